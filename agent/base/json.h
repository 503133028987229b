/*
 * JSON: cJSON behind checks, and a writer into a buf. cJSON's traps are handled here: look-ups
 * are case-sensitive, \u0000 and duplicate keys and depth over JSON_DEPTH_MAX are refused by
 * json_parse, integers are read from the text where they must be exact.
 * <cJSON.h> may be used anywhere in agent/, never in tui/.
 */
#ifndef HOMARD_JSON_H
#define HOMARD_JSON_H

#include <cjson/cJSON.h>
#include "agent/base/buf.h"
#include "agent/base/err.h"

#define JSON_DEPTH_MAX 64

/* Strict: whole text, valid UTF-8, no duplicate keys, no \u0000, integers within 2^53.
 * The caller owns the result (cJSON_Delete). */
cJSON *json_parse(struct slice text, struct err *err);
/* For provider traffic: as above but duplicates, big integers and \u0000 are let through
 * (a NUL escape becomes U+FFFD). */
cJSON *json_parse_lenient(struct slice text, struct err *err);
static inline void
json_free_(cJSON **p)
{
	cJSON_Delete(*p);
}
#define autojson __attribute__((cleanup(json_free_)))

/* Case-sensitive member, or NULL. */
const cJSON *json_get(const cJSON *o, const char *key);
/* Follows "a.b.0.c". */
const cJSON *json_at(const cJSON *o, const char *path);
/* Borrowed string, or fallback when absent or of another type. */
const char *json_str(const cJSON *o, const char *key, const char *fallback);
bool json_bool(const cJSON *o, const char *key, bool fallback);
/* Exact for |n| <= 2^53; fallback when absent, not a number or not whole. */
int64_t json_i64(const cJSON *o, const char *key, int64_t fallback);
double json_num(const cJSON *o, const char *key, double fallback);
/* Compact text, owned. */
char *json_print(const cJSON *o);

/* The raw bytes of a member's value within an object's or array's text, found without
 * re-printing; {NULL,0} when absent. Path as in json_at. */
struct slice json_raw(struct slice text, const char *path);

/* --- writer: commas and escapes are its business --- */
struct jw {
	struct buf *out;
	bool comma;
};
void jw_init(struct jw *w, struct buf *out);
/* key may be NULL inside arrays and at the top. */
void jw_object(struct jw *w, const char *key);
void jw_end_object(struct jw *w);
void jw_array(struct jw *w, const char *key);
void jw_end_array(struct jw *w);
void jw_str(struct jw *w, const char *key, const char *s); /* NULL -> null; bad UTF-8 -> \xHH text */
void jw_slice(struct jw *w, const char *key, struct slice s);
void jw_i64(struct jw *w, const char *key, int64_t n);
void jw_num(struct jw *w, const char *key, double n);
void jw_bool(struct jw *w, const char *key, bool b);
void jw_null(struct jw *w, const char *key);
/* Raw must be valid JSON already. */
void jw_raw(struct jw *w, const char *key, struct slice raw);
/* Escaped string with quotes appended to out. */
bool json_quote(struct buf *out, struct slice s);

#endif
