/*
 * The one error value. The caller owns it and passes it last; a function that fails
 * returns false (or NULL, -1) after err_set() and leaves its outputs untouched.
 * text is one sentence for the person, already translated, that says what to do.
 * Library code never prints. err may be NULL where the caller does not care.
 */
#ifndef HOMARD_ERR_H
#define HOMARD_ERR_H

#include "agent/base/base.h"

enum err_code {
	ERR_NONE,
	ERR_USAGE,     /* the person's words or options; exit 2 */
	ERR_IO,	       /* the file system said no */
	ERR_NET,       /* host unreachable, TLS, proxy */
	ERR_PROTO,     /* the other side broke the format */
	ERR_DENIED,    /* refused for want of approval or by a rule; exit 3 */
	ERR_LIMIT,     /* a size, time, step or money limit; exit 4 */
	ERR_CONFLICT,  /* a file is not what it was */
	ERR_NOT_FOUND, /* no such thing */
	ERR_CANCELLED, /* stopped by the person; exit 130 */
	ERR_CORRUPT,   /* our own data does not verify */
	ERR_BUG
};

#define ERR_TEXT_MAX 512

struct err {
	enum err_code code;
	int sys; /* errno, or 0 */
	char text[ERR_TEXT_MAX];
};

/* Both return false, so that failing is one line. Control bytes in arguments are escaped. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Appends ": strerror(sys)"; ENOSPC, EDQUOT, EROFS and EACCES get a hint what to do. */
bool err_sys(struct err *e, int sys, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* Puts "fmt: " before the present text; code and sys stay. */
bool err_wrap(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
void err_clear(struct err *e);
/* The process exit code of DESIGN 12 for an error. */
int err_exit_code(const struct err *e);

#endif
