/* Slices and plain strings. */
#include "agent/base/str.h"

static bool
is_white(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool
slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
slice_eq_str(struct slice a, const char *s)
{
	return slice_eq(a, slice_of(s));
}

bool
slice_starts(struct slice s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

bool
slice_ends(struct slice s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, suffix, n) == 0);
}

struct slice
slice_trim(struct slice s)
{
	while (s.n && is_white(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && is_white(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct slice
slice_cut(struct slice *rest, char sep)
{
	struct slice whole = *rest;
	const char *hit = whole.n ? memchr(whole.p, sep, whole.n) : NULL;

	if (!hit) {
		*rest = (struct slice){ NULL, 0 };
		return whole;
	}
	rest->p = hit + 1;
	rest->n = whole.n - (size_t)(hit + 1 - whole.p);
	whole.n = (size_t)(hit - whole.p);
	return whole;
}

struct slice
slice_line(struct slice *rest)
{
	struct slice line = slice_cut(rest, '\n');

	/* A final newline ends the last line; it does not begin an empty one. */
	if (rest->p && rest->n == 0)
		rest->p = NULL;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

ptrdiff_t
slice_find(struct slice hay, struct slice needle)
{
	const char *hit;

	if (needle.n == 0)
		return 0;
	if (hay.n < needle.n)
		return -1;
	hit = memmem(hay.p, hay.n, needle.p, needle.n);
	return hit ? hit - hay.p : -1;
}

/* Not xstrndup: a slice may hold NUL bytes, which the copy then has too. */
char *
slice_dup(struct slice s)
{
	char *p = xmalloc(s.n + 1);

	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

bool
str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
str_ends(const char *s, const char *suffix)
{
	return slice_ends(slice_of(s), suffix);
}

bool
str_eq_nocase(const char *a, const char *b)
{
	for (; *a && lower(*a) == lower(*b); a++, b++)
		;
	return *a == *b;
}
