#include "agent/base/err.h"
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"
#include "agent/base/utf8.h"
#include <errno.h>
#include <stdarg.h>

/* Arguments are often foreign bytes (names, replies), and the text goes to a terminal. */
static void
set_text(struct err *e, const char *raw)
{
	struct buf safe = BUF_INIT(4 * ERR_TEXT_MAX);
	size_t n;

	sanitize(&safe, raw, strlen(raw), SANITIZE_NAME);
	n = MIN_OF(safe.len, (size_t)ERR_TEXT_MAX - 1);
	n -= utf8_partial_tail(buf_str(&safe), n);
	memcpy(e->text, buf_str(&safe), n);
	e->text[n] = '\0';
	buf_finish(&safe);
}

/* Cut where ERR_TEXT_MAX would cut anyway, so that the sanitiser's buffer always suffices. */
PRINTF_LIKE(2, 0)
static void
format(char out[ERR_TEXT_MAX], const char *fmt, va_list ap)
{
	int n = vsnprintf(out, ERR_TEXT_MAX, fmt, ap);

	if (n >= ERR_TEXT_MAX) {
		size_t len = ERR_TEXT_MAX - 1;

		out[len - utf8_partial_tail(out, len)] = '\0';
	}
}

bool
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	char raw[ERR_TEXT_MAX];
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	format(raw, fmt, ap);
	va_end(ap);
	e->code = code;
	e->sys = 0;
	set_text(e, raw);
	return false;
}

static const char *
hint(int sys)
{
	switch (sys) {
	case ENOSPC:
		return _("; free some space and try again");
	case EDQUOT:
		return _("; your disk quota is used up: free some space and try again");
	case EROFS:
		return _("; choose a place that can be written");
	case EACCES:
	case EPERM:
		return _("; check who owns it and its permissions");
	default:
		return "";
	}
}

bool
err_sys(struct err *e, int sys, const char *fmt, ...)
{
	char raw[ERR_TEXT_MAX];
	autofree char *whole = NULL;
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	format(raw, fmt, ap);
	va_end(ap);
	whole = xasprintf("%s: %s%s", raw, strerror(sys), hint(sys));
	e->code = sys == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	e->sys = sys;
	set_text(e, whole);
	return false;
}

bool
err_wrap(struct err *e, const char *fmt, ...)
{
	char raw[ERR_TEXT_MAX];
	autofree char *whole = NULL;
	va_list ap;

	if (!e)
		return false;
	va_start(ap, fmt);
	format(raw, fmt, ap);
	va_end(ap);
	whole = xasprintf("%s: %s", raw, e->text);
	set_text(e, whole);
	return false;
}

void
err_clear(struct err *e)
{
	if (e)
		*e = (struct err){ 0 };
}

int
err_exit_code(const struct err *e)
{
	switch (e->code) {
	case ERR_NONE:
		return 0;
	case ERR_USAGE:
		return 2;
	case ERR_DENIED:
		return 3;
	case ERR_LIMIT:
		return 4;
	case ERR_CANCELLED:
		return 130;
	default:
		return 1;
	}
}
