/* Lists of owned strings. */
#include "agent/base/str.h"
#include <stdarg.h>

void
strv_take(struct strv *s, char *owned)
{
	GROW(s->v, s->n + 1, s->cap);
	s->v[s->n++] = owned;
	s->v[s->n] = NULL;
}

void
strv_add(struct strv *s, const char *str)
{
	strv_take(s, xstrdup(str));
}

void
strv_addf(struct strv *s, const char *fmt, ...)
{
	va_list ap;
	char *str = NULL;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&str, fmt, ap);
	va_end(ap);
	if (n < 0)
		bug("cannot format: %s", fmt);
	strv_take(s, str);
}

bool
strv_has(const struct strv *s, const char *str)
{
	for (size_t i = 0; i < s->n; i++) {
		if (str_eq(s->v[i], str))
			return true;
	}
	return false;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
strv_sort(struct strv *s)
{
	if (s->n > 1)
		qsort(s->v, s->n, sizeof(*s->v), by_bytes);
}

void
strv_finish(struct strv *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct strv){ 0 };
}
