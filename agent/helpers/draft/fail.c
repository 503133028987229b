#include "agent/helpers/draft/fail.h"
#include <stdarg.h>

bool
fail_set(struct fail *f, enum draft_fail code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->why, sizeof(f->why), fmt, ap);
	va_end(ap);
	f->code = code;
	return false;
}

bool
fail_sys(struct fail *f, enum draft_fail code, const char *fmt, ...)
{
	int sys = errno;
	size_t n;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->why, sizeof(f->why), fmt, ap);
	va_end(ap);
	n = strlen(f->why);
	snprintf(f->why + n, sizeof(f->why) - n, ": %s", strerror(sys));
	f->code = code;
	return false;
}
