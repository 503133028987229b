/* Decoding, validation, widths: libc only, so that helpers may use it. */
#include "agent/base/utf8.h"
#include <locale.h>
#include <pthread.h>
#include <wchar.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t utf8_locale; /* for processes that never set a locale: helpers, early errors */

/* Length and smallest code point by first byte; 0 for bytes that cannot begin a sequence. */
static size_t
sequence_length(unsigned char c, uint32_t *ret_min)
{
	if (c < 0x80) {
		*ret_min = 0;
		return 1;
	}
	if (c >= 0xC2 && c < 0xE0) {
		*ret_min = 0x80;
		return 2;
	}
	if (c >= 0xE0 && c < 0xF0) {
		*ret_min = 0x800;
		return 3;
	}
	if (c >= 0xF0 && c < 0xF5) {
		*ret_min = 0x10000;
		return 4;
	}
	return 0;
}

/* Whether b may follow c as second byte: refuses overlong forms, surrogates, past U+10FFFF. */
static bool
second_ok(unsigned char c, unsigned char b)
{
	switch (c) {
	case 0xE0:
		return b >= 0xA0 && b <= 0xBF;
	case 0xED:
		return b >= 0x80 && b <= 0x9F;
	case 0xF0:
		return b >= 0x90 && b <= 0xBF;
	case 0xF4:
		return b >= 0x80 && b <= 0x8F;
	default:
		return b >= 0x80 && b <= 0xBF;
	}
}

size_t
utf8_decode(const char *s, size_t n, uint32_t *ret_cp, bool *ok)
{
	const unsigned char *u = (const unsigned char *)s;
	uint32_t min = 0, cp;
	size_t len = sequence_length(u[0], &min);

	if (len == 1) {
		*ret_cp = u[0];
		if (ok)
			*ok = true;
		return 1;
	}
	if (len == 0 || len > n || !second_ok(u[0], u[1]))
		goto bad;
	cp = u[0] & (0xFFu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((u[i] & 0xC0) != 0x80)
			goto bad;
		cp = cp << 6 | (u[i] & 0x3Fu);
	}
	*ret_cp = cp;
	if (ok)
		*ok = true;
	return len;
bad:
	*ret_cp = UTF8_BAD;
	if (ok)
		*ok = false;
	return 1;
}

size_t
utf8_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000))
		cp = UTF8_BAD;
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

bool
utf8_valid(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n) {
		uint32_t cp;
		bool ok;

		if ((unsigned char)s[i] < 0x80) {
			i++;
			continue;
		}
		i += utf8_decode(s + i, n - i, &cp, &ok);
		if (!ok)
			return false;
	}
	return true;
}

size_t
utf8_partial_tail(const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;

	for (size_t back = 1; back <= 3 && back <= n; back++) {
		const unsigned char *p = u + n - back;
		uint32_t min;
		size_t len;

		if ((*p & 0xC0) == 0x80)
			continue;
		len = sequence_length(*p, &min);
		if (len <= back || (back > 1 && !second_ok(p[0], p[1])))
			return 0;
		return back;
	}
	return 0;
}

static void
make_locale(void)
{
	utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

int
utf8_cp_width(uint32_t cp)
{
	locale_t old;
	int w;

	if (cp < 0x7F)
		return cp < 0x20 ? -1 : 1;
	if (cp < 0xA0)
		return -1;
	if (MB_CUR_MAX > 1)
		return wcwidth((wchar_t)cp);
	pthread_once(&once, make_locale);
	if (!utf8_locale)
		return utf8_is_cjk(cp) ? 2 : 1;
	old = uselocale(utf8_locale);
	w = wcwidth((wchar_t)cp);
	uselocale(old);
	return w;
}

size_t
utf8_width(const char *s, size_t n)
{
	size_t cols = 0;

	for (size_t i = 0; i < n;) {
		uint32_t cp;
		int w;

		if (s[i] >= 0x20 && s[i] < 0x7F) {
			cols++;
			i++;
			continue;
		}
		i += utf8_decode(s + i, n - i, &cp, NULL);
		w = utf8_cp_width(cp);
		if (w > 0)
			cols += (size_t)w;
	}
	return cols;
}

bool
utf8_is_cjk(uint32_t cp)
{
	return (cp >= 0x1100 && cp <= 0x11FF) || (cp >= 0x2E80 && cp <= 0x9FFF) ||
		(cp >= 0xA960 && cp <= 0xA97F) || (cp >= 0xAC00 && cp <= 0xD7FF) ||
		(cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0xFE30 && cp <= 0xFE4F) ||
		(cp >= 0xFF00 && cp <= 0xFFEF) || (cp >= 0x1B000 && cp <= 0x1B16F) ||
		(cp >= 0x20000 && cp <= 0x3FFFF);
}

bool
utf8_is_space(uint32_t cp)
{
	return cp == ' ' || (cp >= 9 && cp <= 13) || cp == 0x85 || cp == 0xA0 || cp == 0x1680 ||
		(cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 ||
		cp == 0x202F || cp == 0x205F || cp == 0x3000;
}
