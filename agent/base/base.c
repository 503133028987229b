#include "agent/base/base.h"
#include <errno.h>
#include <stdarg.h>

void
bug(const char *fmt, ...)
{
	va_list ap;

	fputs("homard: bug: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

NORETURN static void
out_of_memory(size_t n)
{
	bug("out of memory (%zu bytes wanted)", n);
}

void *
xmalloc(size_t n)
{
	void *p;

	if (n == 0)
		bug("xmalloc of nothing");
	p = malloc(n);
	if (!p)
		out_of_memory(n);
	return p;
}

static size_t
product(size_t n, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(n, size, &all))
		bug("size overflow: %zu times %zu", n, size);
	if (all == 0)
		bug("allocation of nothing");
	return all;
}

void *
xcalloc(size_t n, size_t size)
{
	size_t all = product(n, size);
	void *p = calloc(n, size);

	if (!p)
		out_of_memory(all);
	return p;
}

void *
xrealloc(void *p, size_t n)
{
	void *q;

	if (n == 0)
		bug("xrealloc to nothing");
	q = realloc(p, n);
	if (!q)
		out_of_memory(n);
	return q;
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	return xrealloc(p, product(n, size));
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *
xstrndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = xmalloc(len + 1);

	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *
xstrdup0(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		bug("cannot format: %s", fmt);
	return s;
}
