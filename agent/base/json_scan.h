/*
 * The strict walk over JSON text that stands before cJSON (which takes 01, raw controls and
 * lone surrogates as they come) and that finds raw slices. Internal to base. Never reads
 * behind end; recursion is bounded by JSON_DEPTH_MAX.
 */
#ifndef HOMARD_JSON_SCAN_H
#define HOMARD_JSON_SCAN_H

#include "agent/base/json.h"

struct json_scan {
	const char *start, *p, *end;
	char *fix;	     /* writable copy, same length: NUL escapes and lone surrogates are
			      * made \ufffd there; NULL refuses them (when strict) */
	bool strict;	     /* big integers, \u0000 and lone surrogates are errors */
	unsigned depth;
	size_t nodes;
	const char *problem; /* first problem, untranslated N_() text */
};

void json_scan_init(struct json_scan *s, struct slice text);
void json_scan_space(struct json_scan *s);
/* One value at p, which is moved behind it. */
bool json_scan_value(struct json_scan *s);
/* One string at p (on its quote). */
bool json_scan_string(struct json_scan *s);
/* A member's name and the colon; the raw name with quotes is returned through ret_key. */
bool json_scan_key(struct json_scan *s, struct slice *ret_key);
/* Takes c when it is next behind white space. */
bool json_scan_take(struct json_scan *s, char c);

#endif
