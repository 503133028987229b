#include "agent/base/buf.h"

void
buf_init(struct buf *b, size_t max)
{
	*b = (struct buf)BUF_INIT(max);
}

void
buf_finish(struct buf *b)
{
	free(b->p);
	b->p = NULL;
	b->len = b->cap = 0;
	b->full = false;
}

/* Room for n more bytes and the NUL, or false for good. */
static bool
reserve(struct buf *b, size_t n)
{
	size_t cap;

	if (b->full || n > b->max - b->len) {
		b->full = true;
		return false;
	}
	if (b->len + n + 1 <= b->cap)
		return true;
	cap = b->cap ? b->cap : 64;
	while (cap < b->len + n + 1)
		cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
	if (cap > b->max && b->max < SIZE_MAX)
		cap = b->max + 1;
	b->p = xrealloc(b->p, cap);
	b->cap = cap;
	return true;
}

bool
buf_add(struct buf *b, const void *p, size_t n)
{
	size_t own = 0;
	bool inside;

	if (n == 0)
		return !b->full;
	/* p may point into the buffer itself, which reserve() moves. */
	inside = b->p && (uintptr_t)p >= (uintptr_t)b->p &&
		(uintptr_t)p < (uintptr_t)b->p + b->cap;
	if (inside)
		own = (size_t)((uintptr_t)p - (uintptr_t)b->p);
	if (!reserve(b, n))
		return false;
	memmove(b->p + b->len, inside ? b->p + own : p, n);
	b->len += n;
	b->p[b->len] = '\0';
	return true;
}

bool
buf_add_str(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

bool
buf_add_slice(struct buf *b, struct slice s)
{
	return buf_add(b, s.p, s.n);
}

bool
buf_add_char(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

bool
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = buf_vprintf(b, fmt, ap);
	va_end(ap);
	return ok;
}

bool
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	char small[256];
	autofree char *large = NULL;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, again);
	va_end(again);
	if (n < 0)
		bug("cannot format: %s", fmt);
	if ((size_t)n < sizeof(small))
		return buf_add(b, small, (size_t)n);
	if (b->full || (size_t)n > b->max - b->len) {
		b->full = true;
		return false;
	}
	/* Formatted apart: an argument may point into the buffer. */
	large = xmalloc((size_t)n + 1);
	vsnprintf(large, (size_t)n + 1, fmt, ap);
	return buf_add(b, large, (size_t)n);
}

void
buf_consume(struct buf *b, size_t n)
{
	if (n > b->len)
		bug("buf_consume: %zu of %zu", n, b->len);
	if (n == 0)
		return;
	b->len -= n;
	memmove(b->p, b->p + n, b->len);
	b->p[b->len] = '\0';
}

void
buf_truncate(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->p[len] = '\0';
}

void
buf_clear(struct buf *b)
{
	buf_truncate(b, 0);
	b->full = false;
}

char *
buf_steal(struct buf *b)
{
	char *p = b->p ? b->p : xstrdup("");

	b->p = NULL;
	b->len = b->cap = 0;
	b->full = false;
	return p;
}

struct slice
buf_slice(const struct buf *b)
{
	return (struct slice){ b->len ? b->p : "", b->len };
}

const char *
buf_str(const struct buf *b)
{
	return b->len ? b->p : "";
}
