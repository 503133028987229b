/*
 * JSON read in place, for hot and hostile input: one pass checks the whole text and fills a
 * reused array of nodes that point into it. No copy, no allocation per value, no recursion.
 * Nodes and their slices live as long as the text and the document's next parse.
 *
 * Limits: depth JDOC_DEPTH_MAX, JDOC_NODES_MAX values, text below 4 GB. Strings keep their
 * escapes until jn_text; numbers stay text. Bytes that are not UTF-8 are let through, raw
 * control bytes inside strings are refused.
 */
#ifndef HOMARD_JDOC_H
#define HOMARD_JDOC_H

#include "agent/base/buf.h"
#include "agent/base/str.h"

#define JDOC_DEPTH_MAX 128u
#define JDOC_NODES_MAX 1000000u

enum jn_type { JN_NULL, JN_FALSE, JN_TRUE, JN_NUMBER, JN_STRING, JN_ARRAY, JN_OBJECT };

struct jn {
	const char *p; /* the raw text; for strings behind the opening quote */
	uint32_t len;  /* of strings without the quotes */
	uint32_t skip; /* nodes of this value including itself */
	uint32_t n;    /* array: elements; object: members */
	uint8_t type;
	bool esc; /* the string holds escapes */
};

struct jdoc {
	struct jn *v;
	size_t n, cap;
};

/* NULL when the text is not exactly one JSON value within the limits. */
const struct jn *jdoc_parse(struct jdoc *d, struct slice text);
void jdoc_finish(struct jdoc *d);
#define autojdoc __attribute__((cleanup(jdoc_finish)))

/* All of these accept NULL and other types and then give NULL, "", false or the fallback. */
/* Member; the last of duplicates. */
const struct jn *jn_get(const struct jn *o, const char *key);
/* Several members in one pass, for hot objects: out[i] is the member keys[i], or NULL. */
struct jn_key {
	const char *s;
	uint32_t len;
};
#define JN_KEY(lit) { (lit), sizeof(lit) - 1 }
void jn_pick(const struct jn *o, const struct jn_key *keys, size_t n, const struct jn **out);
/* Two steps. */
const struct jn *jn_get2(const struct jn *o, const char *a, const char *b);
const struct jn *jn_at(const struct jn *a, size_t i);
/* Walks: for (c = jn_first(a); c; c = jn_next(a, c)). Of objects c is the key, jn_value(c) the value. */
const struct jn *jn_first(const struct jn *a);
const struct jn *jn_next(const struct jn *a, const struct jn *c);
const struct jn *jn_value(const struct jn *key);

static inline bool
jn_is(const struct jn *v, enum jn_type t)
{
	return v && v->type == t;
}
/* Absent or null. */
static inline bool
jn_none(const struct jn *v)
{
	return !v || v->type == JN_NULL;
}
bool jn_true(const struct jn *v);
/* Equal to a string value without escapes. */
bool jn_is_str(const struct jn *v, const char *s);
/* Whole number below 2^53, else fallback. 1.0 and 1e3 count. */
int64_t jn_i64(const struct jn *v, int64_t fallback);
/* The value's JSON text, byte for byte; {NULL,0} for NULL. */
struct slice jn_raw(const struct jn *v);
/* A string's bytes between the quotes, escapes as they are. */
struct slice jn_inner(const struct jn *v);
/* Appends a string's decoded text; \u0000 and lone surrogates become U+FFFD. False when full. */
bool jn_text(struct buf *out, const struct jn *v);
/* The same for strings that are pieces of one: a surrogate pair may be split between two of
 * them. *pending is 0 before the first piece; what is left in it at the end was half a pair. */
bool jn_text_piece(struct buf *out, const struct jn *v, uint32_t *pending);
/* The decoded string, owned; NULL for anything but a string. At most max bytes. */
char *jn_dup(const struct jn *v, size_t max);

#endif
