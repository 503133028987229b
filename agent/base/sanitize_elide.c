/* Safe text cut to a width. */
#include "agent/base/sanitize.h"
#include "agent/base/utf8.h"

/* Bytes of the longest prefix of at most cols columns; marks stay with their base. */
static size_t
head_bytes(const char *s, size_t n, size_t cols)
{
	size_t i = 0, used = 0;

	while (i < n) {
		uint32_t c;
		size_t len = utf8_decode(s + i, n - i, &c, NULL);
		int w = utf8_cp_width(c);

		used += w > 0 ? (size_t)w : 0;
		if (used > cols)
			break;
		i += len;
	}
	return i;
}

/* Bytes to skip so that what is left takes at most cols columns. */
static size_t
skip_bytes(const char *s, size_t n, size_t cols)
{
	size_t width = utf8_width(s, n), i = 0;

	while (i < n) {
		uint32_t c;
		size_t len = utf8_decode(s + i, n - i, &c, NULL);
		int w = utf8_cp_width(c);

		if (width <= cols && w != 0)
			break;
		width -= w > 0 ? (size_t)w : 0;
		i += len;
	}
	return i;
}

char *
sanitize_elide(const char *s, size_t cols)
{
	autofree char *safe = sanitize_dup(s, SANITIZE_NAME);
	size_t n = strlen(safe), head;

	if (utf8_width(safe, n) <= cols)
		return steal_ptr(&safe);
	if (cols == 0)
		return xstrdup("");
	head = head_bytes(safe, n, (cols - 1) / 3);
	/* The end of a name says most: it gets what the beginning left. */
	return xasprintf("%.*s\u2026%s", (int)head, safe,
		safe + skip_bytes(safe, n, cols - 1 - utf8_width(safe, head)));
}
