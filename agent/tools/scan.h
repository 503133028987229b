/*
 * Looking for text in the bytes of one file. A needle in lower case fits either case (ASCII
 * letters), any capital makes it exact. Regular expressions are POSIX extended, matched as
 * bytes line by line; the longest plain piece every match must hold is looked for first.
 * Files with a NUL in their first 32 KB are binary and skipped. Lines over 1 MB are looked at
 * in pieces. A pattern may be used by several threads, a scan_room by one.
 */
#ifndef HOMARD_TOOLS_SCAN_H
#define HOMARD_TOOLS_SCAN_H

#include "agent/base/err.h"
#include "agent/base/str.h"
#include <regex.h>

struct scan {
	char *needle; /* folded when fold; for a regex: the piece every match holds, may be ""
		       */
	size_t n;
	bool fold, is_regex;
	regex_t regex;
};

/* 2 MB, kept from file to file. */
struct scan_room {
	char *bytes, *folded;
};

bool scan_init(struct scan *s, const char *text, bool regex, struct err *err) MUST_CHECK;
void scan_finish(struct scan *s);
void scan_room_init(struct scan_room *room);
void scan_room_finish(struct scan_room *room);

/* line counts from 1; text is the line without its end. Return false to stop. */
typedef bool scan_fn(void *user, uint64_t line, struct slice text);
enum scan_end { SCAN_TEXT, SCAN_BINARY, SCAN_FAILED };
/* Reads fd from its position to the end. cancelled may be NULL. */
enum scan_end scan_fd(const struct scan *s, struct scan_room *room, int fd, scan_fn *fn,
	void *user, const volatile bool *cancelled);

#endif
