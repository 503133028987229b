/*
 * The few words every file speaks: attributes, array length, ownership helpers.
 * Out of memory ends the program (an untested recovery path is worse); sizes that
 * come from outside are another matter: see buf.h and limits.h.
 */
#ifndef HOMARD_BASE_H
#define HOMARD_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define MUST_CHECK __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))

/* Abort with a sentence on stderr; for what cannot happen. */
NORETURN void bug(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* These never return NULL. A zero size or an overflowing product is a bug. */
void *xmalloc(size_t n) __attribute__((malloc));
void *xcalloc(size_t n, size_t size) __attribute__((malloc));
void *xrealloc(void *p, size_t n);
/* Resizes to n elements of size each, checked for overflow. */
void *xreallocarray(void *p, size_t n, size_t size);
char *xstrdup(const char *s) __attribute__((malloc));
char *xstrndup(const char *s, size_t n) __attribute__((malloc));
/* NULL stays NULL. */
char *xstrdup0(const char *s);
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Grows *v (of *cap elements) so that one more than n fits. */
#define GROW(v, n, cap)                                                                            \
	do {                                                                                       \
		if ((n) >= (cap)) {                                                                \
			(cap) = (cap) ? (cap) * 2 : 8;                                             \
			(v) = xreallocarray((v), (cap), sizeof(*(v)));                             \
		}                                                                                  \
	} while (0)

static inline void
free_ptr_(void *p)
{
	free(*(void **)p);
}

static inline void
close_fd_(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void
close_file_(FILE **f)
{
	if (*f)
		fclose(*f);
}

/* Freed when the name leaves scope. */
#define autofree __attribute__((cleanup(free_ptr_)))
/* Closed when the name leaves scope; start with -1. */
#define autofd __attribute__((cleanup(close_fd_)))
#define autofile __attribute__((cleanup(close_file_)))
/* For types with an x_destroy/x_finish that takes a pointer to the variable. */
#define autoclean(fn) __attribute__((cleanup(fn)))

/* Takes the value out of a variable that is cleaned up automatically. */
#define steal_ptr(pp)                                                                              \
	__extension__({                                                                            \
		__typeof__(*(pp)) stolen_ = *(pp);                                                 \
		*(pp) = NULL;                                                                      \
		stolen_;                                                                           \
	})
static inline int
steal_fd(int *fd)
{
	int n = *fd;

	*fd = -1;
	return n;
}

static inline bool
str_eq(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))

#endif
