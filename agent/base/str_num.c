/* Numbers from text and back. LC_NUMERIC is never set, so the decimal point is a point. */
#include "agent/base/str.h"
#include <errno.h>
#include <math.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
str_to_u64(const char *s, uint64_t *ret)
{
	uint64_t n = 0;

	if (!is_digit(*s))
		return false;
	for (; is_digit(*s); s++) {
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, (uint64_t)(*s - '0'), &n))
			return false;
	}
	if (*s)
		return false;
	*ret = n;
	return true;
}

bool
str_to_i64(const char *s, int64_t *ret)
{
	bool minus = *s == '-';
	uint64_t n;

	if (!str_to_u64(s + (minus || *s == '+'), &n))
		return false;
	if (n > (uint64_t)INT64_MAX + minus)
		return false;
	*ret = minus ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}

/* How many bytes at s are [+-]digits[.digits][e[+-]digits]; 0 when there is no number. */
static size_t
number_span(const char *s)
{
	const char *p = s + (*s == '-' || *s == '+');
	size_t digits = 0;

	for (; is_digit(*p); p++)
		digits++;
	if (*p == '.') {
		for (p++; is_digit(*p); p++)
			digits++;
	}
	if (digits == 0)
		return 0;
	if (*p == 'e' || *p == 'E') {
		const char *q = p + 1 + (p[1] == '-' || p[1] == '+');

		if (is_digit(*q)) {
			for (; is_digit(*q); q++)
				;
			p = q;
		}
	}
	return (size_t)(p - s);
}

bool
str_to_double(const char *s, double *ret)
{
	size_t n = number_span(s);
	double d;

	if (n == 0 || s[n])
		return false;
	d = strtod(s, NULL);
	if (!isfinite(d))
		return false;
	*ret = d;
	return true;
}

static bool
size_unit(const char *s, unsigned *ret_shift)
{
	static const char units[] = "KMGTP";
	const char *u;

	*ret_shift = 0;
	if (!*s || str_eq_nocase(s, "b"))
		return true;
	u = strchr(units, *s >= 'a' && *s <= 'z' ? *s - 32 : *s);
	if (!u)
		return false;
	*ret_shift = 10 * (unsigned)(u - units + 1);
	s++;
	return !*s || str_eq_nocase(s, "b") || str_eq_nocase(s, "ib") || str_eq_nocase(s, "i");
}

bool
str_to_size(const char *s, uint64_t *ret)
{
	size_t n = number_span(s);
	autofree char *num = NULL;
	unsigned shift;
	uint64_t whole;
	double d;

	if (n == 0 || *s == '-' || *s == '+')
		return false;
	num = xstrndup(s, n);
	for (s += n; *s == ' '; s++)
		;
	if (!size_unit(s, &shift))
		return false;
	if (str_to_u64(num, &whole)) {
		if (whole > UINT64_MAX >> shift)
			return false;
		*ret = whole << shift;
		return true;
	}
	if (!str_to_double(num, &d))
		return false;
	d = d * (double)((uint64_t)1 << shift);
	if (d >= 18446744073709551616.0)
		return false;
	*ret = (uint64_t)(d + 0.5);
	return true;
}

char *
str_size(uint64_t bytes, char out[16])
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
	double d = (double)bytes;
	size_t u = 0;

	if (bytes < 1024) {
		snprintf(out, 16, "%u B", (unsigned)bytes);
		return out;
	}
	/* 1023.6 kB would print as 1024 kB: go up before that. */
	while (d >= 1023.5 && u + 1 < ARRAY_LEN(units)) {
		d /= 1024;
		u++;
	}
	snprintf(out, 16, d < 9.95 ? "%.1f %s" : "%.0f %s", d, units[u]);
	return out;
}

char *
str_count(uint64_t n, char out[32])
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	char *p = out;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*p++ = ',';
		*p++ = digits[i];
	}
	*p = '\0';
	return out;
}
