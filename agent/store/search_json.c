/*
 * The words inside JSON bodies. A scanner, not a parser: bodies were valid when written, and what
 * is not only has to be harmless. Keys are left out: they are ours, nobody searches for "path".
 */
#include "agent/base/utf8.h"
#include "agent/store/search_cut.h"

static int
hex4(const char *p, size_t n)
{
	int i, v = 0, d;

	if (n < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		char c = p[i];

		d = c >= '0' && c <= '9' ? c - '0'
			: c >= 'a' && c <= 'f' ? c - 'a' + 10
			: c >= 'A' && c <= 'F' ? c - 'A' + 10
					       : -1;
		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* s begins behind \u; returns the bytes used. */
static size_t
add_code_point(struct buf *out, struct slice s)
{
	int hi = hex4(s.p, s.n), lo;
	uint32_t cp;
	char enc[4];
	size_t used = 4;

	if (hi < 0)
		return 0;
	cp = (uint32_t)hi;
	if (cp >= 0xd800 && cp < 0xdc00 && s.n >= 10 && s.p[4] == '\\' && s.p[5] == 'u'
		&& (lo = hex4(s.p + 6, s.n - 6)) >= 0xdc00 && lo < 0xe000) {
		cp = 0x10000 + ((cp - 0xd800) << 10) + ((uint32_t)lo - 0xdc00);
		used = 10;
	}
	if (cp < ' ')
		cp = ' ';
	buf_add(out, enc, utf8_encode(cp, enc));
	return used;
}

static void
add_unescaped(struct buf *out, struct slice s)
{
	size_t i = 0, from = 0;

	while (i < s.n) {
		if (s.p[i] != '\\' || i + 1 >= s.n) {
			i++;
			continue;
		}
		buf_add(out, s.p + from, i - from);
		i += 2;
		if (s.p[i - 1] == 'u')
			i += add_code_point(out, (struct slice){ s.p + i, s.n - i });
		else if (strchr("bfnrt", s.p[i - 1]))
			buf_add_char(out, ' ');
		else
			buf_add_char(out, s.p[i - 1]);
		from = i;
	}
	buf_add(out, s.p + from, s.n - from);
	buf_add_char(out, '\n');
}

/* The length of the string that begins at p[0] == '"', without its quotes. */
static size_t
string_length(const char *p, size_t n)
{
	size_t i = 1;

	while (i < n && p[i] != '"')
		i += p[i] == '\\' ? 2 : 1;
	return MIN_OF(i, n) - 1;
}

void
search_json_strings(struct buf *out, struct slice json)
{
	size_t i = 0, len, after;

	while (i < json.n && !out->full) {
		if (json.p[i] != '"') {
			i++;
			continue;
		}
		len = string_length(json.p + i, json.n - i);
		after = i + len + 2;
		while (after < json.n && strchr(" \t\r\n", json.p[after]) && json.p[after])
			after++;
		if (after >= json.n || json.p[after] != ':')
			add_unescaped(out, (struct slice){ json.p + i + 1, len });
		i += len + 2;
	}
}
