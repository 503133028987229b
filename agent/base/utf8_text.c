/* Grapheme clusters and folding: what needs utf8proc's tables. */
#include "agent/base/utf8.h"
#include <utf8proc.h>

size_t
utf8_grapheme_next(const char *s, size_t n)
{
	utf8proc_int32_t state = 0;
	uint32_t a, b;
	size_t i;

	if (n == 0)
		return 0;
	i = utf8_decode(s, n, &a, NULL);
	while (i < n) {
		size_t used = utf8_decode(s + i, n - i, &b, NULL);

		if (utf8proc_grapheme_break_stateful(
			    (utf8proc_int32_t)a, (utf8proc_int32_t)b, &state))
			break;
		i += used;
		a = b;
	}
	return i;
}

/* Before a line feed and before printable ASCII behind printable ASCII a cluster always begins.
 */
static size_t
safe_start(const char *s, size_t n)
{
	/* Far enough back for any real cluster; a longer one is cut there. */
	size_t floor = n > 128 ? n - 128 : 0;
	size_t i = n;

	while (i > floor) {
		i--;
		if (i == 0)
			return 0;
		if (s[i - 1] == '\n')
			return i;
		if ((s[i] & 0x80) == 0 && s[i] >= ' ' && (s[i - 1] & 0x80) == 0 && i < n - 1)
			return i;
	}
	while (i < n && ((unsigned char)s[i] & 0xC0) == 0x80)
		i++;
	return i < n ? i : n - 1;
}

size_t
utf8_grapheme_prev(const char *s, size_t n)
{
	size_t i, last;

	if (n == 0)
		return 0;
	i = safe_start(s, n);
	last = i;
	while (i < n) {
		last = i;
		i += utf8_grapheme_next(s + i, n - i);
	}
	return n - last;
}

size_t
utf8_fit(const char *s, size_t n, size_t cols, size_t *ret_cols)
{
	size_t i = 0, used = 0;

	while (i < n) {
		size_t len, w;

		/* Fast way: ASCII followed by ASCII is a cluster of its own. */
		if (s[i] >= ' ' && s[i] < 0x7F && (i + 1 == n || (s[i + 1] & 0x80) == 0))
			len = w = 1;
		else {
			len = utf8_grapheme_next(s + i, n - i);
			w = utf8_width(s + i, len);
		}
		if (used + w > cols)
			break;
		used += w;
		i += len;
	}
	if (ret_cols)
		*ret_cols = used;
	return i;
}

static char *
fold_ascii(const char *s, size_t n)
{
	char *out = xmalloc(n + 1);

	for (size_t i = 0; i < n; i++)
		out[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i];
	out[n] = '\0';
	return out;
}

/* utf8proc_map refuses a text with one bad byte: those become U+FFFD first. */
static char *
make_valid(const char *s, size_t n, size_t *ret_n)
{
	char *out;
	size_t len = 0;

	if (n > SIZE_MAX / 4)
		bug("utf8_fold: %zu bytes", n);
	out = xmalloc(3 * n + 1);
	for (size_t i = 0; i < n;) {
		uint32_t cp;

		i += utf8_decode(s + i, n - i, &cp, NULL);
		len += utf8_encode(cp, out + len);
	}
	*ret_n = len;
	return out;
}

char *
utf8_fold(const char *s, size_t n)
{
	autofree char *valid = NULL;
	utf8proc_uint8_t *out = NULL;
	size_t i = 0, len;

	while (i < n && s[i] > 0)
		i++;
	if (i == n)
		return fold_ascii(s, n);
	valid = make_valid(s, n, &len);
	if (utf8proc_map((const utf8proc_uint8_t *)valid, (utf8proc_ssize_t)len, &out,
		    UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD) <
			0 ||
		!out)
		return fold_ascii(s, n);
	return (char *)out; /* utf8proc allocates with malloc */
}
