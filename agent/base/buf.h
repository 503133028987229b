/*
 * Growable bytes with a hard maximum chosen at init: no buffer here is unbounded.
 * Always NUL-terminated past len once anything was added. A write that would pass the
 * maximum adds nothing, sets .full and returns false; later writes fail too.
 */
#ifndef HOMARD_BUF_H
#define HOMARD_BUF_H

#include "agent/base/base.h"
#include "agent/base/str.h"
#include <stdarg.h>

struct buf {
	char *p;
	size_t len;
	size_t cap;
	size_t max;
	bool full;
};

#define BUF_INIT(maximum) { .max = (maximum) }

void buf_init(struct buf *b, size_t max);
void buf_finish(struct buf *b); /* frees; may be called twice */
#define autobuf __attribute__((cleanup(buf_finish)))

bool buf_add(struct buf *b, const void *p, size_t n);
bool buf_add_str(struct buf *b, const char *s);
bool buf_add_slice(struct buf *b, struct slice s);
bool buf_add_char(struct buf *b, char c);
bool buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool buf_vprintf(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
/* Drops the first n bytes. */
void buf_consume(struct buf *b, size_t n);
void buf_truncate(struct buf *b, size_t len);
void buf_clear(struct buf *b); /* keeps the memory, clears .full */
/* The content as a string the caller owns; the buffer is empty afterwards. Never NULL. */
char *buf_steal(struct buf *b);
struct slice buf_slice(const struct buf *b);
/* "" when empty. */
const char *buf_str(const struct buf *b);

#endif
