/*
 * Borrowed strings with a length, and the parsing everyone needs. A slice never owns.
 */
#ifndef HOMARD_STR_H
#define HOMARD_STR_H

#include "agent/base/base.h"

struct slice {
	const char *p;
	size_t n;
};

#define SLICE_LIT(s) ((struct slice){ (s), sizeof(s) - 1 })
/* For printf("%.*s", SLICE_FMT(s)) */
#define SLICE_FMT(s) (int)(s).n, (s).p

static inline struct slice
slice_of(const char *s)
{
	return (struct slice){ s, s ? strlen(s) : 0 };
}

bool slice_eq(struct slice a, struct slice b);
bool slice_eq_str(struct slice a, const char *s);
bool slice_starts(struct slice s, const char *prefix);
bool slice_ends(struct slice s, const char *suffix);
struct slice slice_trim(struct slice s); /* ASCII white space */
/* Cuts at the first sep: returns the part before, moves *rest behind it. With no sep the whole
 * is returned and *rest becomes {NULL, 0}. Loop while rest->p. */
struct slice slice_cut(struct slice *rest, char sep);
/* The next line without \n or \r\n. */
struct slice slice_line(struct slice *rest);
/* First occurrence of needle, or -1. */
ptrdiff_t slice_find(struct slice hay, struct slice needle);
char *slice_dup(struct slice s);

bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* ASCII case-insensitive. */
bool str_eq_nocase(const char *a, const char *b);

/* Whole-string decimal parses; false on any other byte or overflow. */
bool str_to_i64(const char *s, int64_t *ret);
bool str_to_u64(const char *s, uint64_t *ret);
bool str_to_double(const char *s, double *ret);
/* "10", "4K", "1.5 MB", "2GiB" -> bytes (K = 1024 without and with i, MB = 10^6 never used). */
bool str_to_size(const char *s, uint64_t *ret);
/* "1.4 MB" style for people, at most 16 bytes with NUL; powers of 1024, unit names kB MB GB TB. */
char *str_size(uint64_t bytes, char out[16]);
/* Counts with separators: "101,020"; out of at least 32 bytes. */
char *str_count(uint64_t n, char out[32]);

/* A NULL-terminated, owned vector of strings. */
struct strv {
	char **v; /* NULL while empty */
	size_t n;
	size_t cap;
};
void strv_add(struct strv *s, const char *str);
void strv_addf(struct strv *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
void strv_take(struct strv *s, char *owned);
bool strv_has(const struct strv *s, const char *str);
void strv_sort(struct strv *s);
void strv_finish(struct strv *s);
#define autostrv __attribute__((cleanup(strv_finish)))

#endif
