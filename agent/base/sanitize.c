/* libc only: helpers and the earliest error use it too. */
#include "agent/base/sanitize.h"
#include "agent/base/utf8.h"

#define MARKS_MAX 4       /* combining marks per base: ncurses drops the sixth character */
#define SEQUENCE_MAX 1024 /* a longer "escape sequence" is text that wants to hide */
#define TAB 8

struct state {
	struct buf *out;
	enum sanitize_mode mode;
	size_t col;       /* since the last newline */
	size_t marks;     /* on the present base */
	bool has_base;    /* something a mark may sit on stands before */
	bool after_emoji; /* the last base was an emoji */
	bool joined;      /* ... and a joiner came behind it */
};

/* Characters nobody sees, or that reorder what is seen. */
static bool
is_invisible(uint32_t c)
{
	return c == 0xAD || c == 0x34F || c == 0x61C || c == 0x115F || c == 0x1160 ||
		c == 0x17B4 || c == 0x17B5 || (c >= 0x180B && c <= 0x180F) ||
		(c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
		(c >= 0x2060 && c <= 0x206F) || c == 0x3164 || (c >= 0xFE00 && c <= 0xFE0F) ||
		c == 0xFEFF || c == 0xFFA0 || (c >= 0xFFF0 && c <= 0xFFFB) ||
		(c >= 0x1BCA0 && c <= 0x1BCA3) || (c >= 0x1D173 && c <= 0x1D17A) ||
		(c >= 0xE0000 && c <= 0xE0FFF);
}

/* Blanks that look like a space but are another name. U+3000 is plainly wide. */
static bool
is_false_space(uint32_t c)
{
	return utf8_is_space(c) && c > ' ' && c != 0x3000;
}

static bool
is_emoji(uint32_t c)
{
	return (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x2600 && c <= 0x27BF) ||
		(c >= 0x1F1E6 && c <= 0x1F1FF) || (c >= 0x2B00 && c <= 0x2BFF) || c == 0x2190 ||
		c == 0x2640 || c == 0x2642;
}

/* Behind "ESC [": parameters, intermediates, one final byte. 0 when it is not one. */
static size_t
csi_length(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && i < SEQUENCE_MAX && s[i] >= 0x30 && s[i] <= 0x3F)
		i++;
	while (i < n && i < SEQUENCE_MAX && s[i] >= 0x20 && s[i] <= 0x2F)
		i++;
	if (i == n)
		return i;
	return s[i] >= 0x40 && s[i] <= 0x7E ? i + 1 : 0;
}

/* Behind "ESC ]", "ESC P", "ESC X", "ESC ^", "ESC _": up to BEL or ST on the same line.
 * An unended one swallows nothing: text behind it must not vanish. */
static size_t
string_length(const char *s, size_t n)
{
	for (size_t i = 0; i < n && i < SEQUENCE_MAX; i++) {
		if (s[i] == '\a')
			return i + 1;
		if (s[i] == '\x1b' && i + 1 < n && s[i + 1] == '\\')
			return i + 2;
		if (s[i] == '\xc2' && i + 1 < n && s[i + 1] == '\x9c')
			return i + 2;
		if (s[i] == '\n' || s[i] == '\r' || s[i] == '\x1b')
			return 0;
	}
	return 0;
}

/* Bytes of the escape sequence at s[0] = ESC, at least 1. */
static size_t
escape_length(const char *s, size_t n)
{
	size_t i = 1;

	if (n == 1)
		return 1;
	if (s[1] == '[')
		return 2 + csi_length(s + 2, n - 2);
	if (s[1] && strchr("]PX^_", s[1]))
		return 2 + string_length(s + 2, n - 2);
	while (i < n && i < 4 && s[i] >= 0x20 && s[i] <= 0x2F)
		i++;
	if (i < n && s[i] >= 0x30 && s[i] <= 0x7E)
		return i + 1;
	return 1;
}

/* The same for the eight-bit introducers, which come as two bytes of UTF-8 here. */
static size_t
c1_length(uint32_t c, const char *s, size_t n)
{
	if (c == 0x9B)
		return csi_length(s, n);
	if (c == 0x90 || c == 0x98 || (c >= 0x9D && c <= 0x9F))
		return string_length(s, n);
	return 0;
}

static bool
put_space(struct state *st, size_t n)
{
	st->marks = 0;
	st->has_base = st->after_emoji = st->joined = false;
	st->col += n;
	while (n--) {
		if (!buf_add_char(st->out, ' '))
			return false;
	}
	return true;
}

static bool
put_newline(struct state *st)
{
	if (st->mode == SANITIZE_LINE)
		return put_space(st, 1);
	st->col = st->marks = 0;
	st->has_base = st->after_emoji = st->joined = false;
	return buf_add_char(st->out, '\n');
}

static bool
spell(struct state *st, uint32_t c, bool ok, unsigned char byte)
{
	static const char names[] = "\aa\bb\tt\nn\vv\ff\rr\x1b"
				    "e";
	const char *hit;

	st->has_base = false;
	if (!ok)
		return buf_printf(st->out, "\\x%02X", byte);
	if (c >= 0x20 && c != 0x7F)
		return buf_printf(st->out, "<U+%04X>", c);
	for (hit = names; *hit; hit += 2) {
		if ((uint32_t)*hit == c)
			return buf_printf(st->out, "\\%c", hit[1]);
	}
	return buf_printf(st->out, "\\x%02X", c);
}

static bool
put_name(struct state *st, uint32_t c, bool ok, const char *s, size_t used)
{
	int w = ok ? utf8_cp_width(c) : -1;

	if (!ok || w < 0 || is_invisible(c) || is_false_space(c) ||
		(w == 0 && (!st->has_base || st->marks >= MARKS_MAX)))
		return spell(st, c, ok, (unsigned char)*s);
	st->marks = w == 0 ? st->marks + 1 : 0;
	st->has_base = true;
	return buf_add(st->out, s, used);
}

static bool
put_text(struct state *st, uint32_t c, bool ok, const char *s, size_t used)
{
	int w = ok ? utf8_cp_width(c) : 1;
	bool emoji = is_emoji(c);

	if (!ok || w < 0) {
		s = "\xEF\xBF\xBD";
		used = 3;
		w = 1;
	}
	if (w == 0) {
		if (!st->has_base || st->marks++ >= MARKS_MAX)
			return true;
		return buf_add(st->out, s, used);
	}
	/* A family or a skin tone: terminals disagree about its width, so the first base stands
	 * for all. */
	if (st->after_emoji && ((st->joined && emoji) || (c >= 0x1F3FB && c <= 0x1F3FF))) {
		st->joined = false;
		return true;
	}
	st->after_emoji = emoji;
	st->joined = false;
	st->has_base = true;
	st->marks = 0;
	st->col += (size_t)w;
	return buf_add(st->out, s, used);
}

/* A regional indicator is half a flag; terminals draw a lone one in different widths. */
static size_t
flag_length(uint32_t c, const char *s, size_t n)
{
	uint32_t next = 0;

	if (c < 0x1F1E6 || c > 0x1F1FF)
		return 0;
	if (n > 4)
		utf8_decode(s + 4, n - 4, &next, NULL);
	return next >= 0x1F1E6 && next <= 0x1F1FF ? 8 : 4;
}

static bool
put_flag(struct state *st, uint32_t c, const char *s, size_t len)
{
	st->has_base = true;
	st->marks = 0;
	st->after_emoji = st->joined = false;
	st->col += len / 4;
	if (len == 8)
		return buf_add(st->out, s, 8);
	return buf_add_char(st->out, (char)('A' + (c - 0x1F1E6)));
}

static bool
text_step(struct state *st, const char *s, size_t n, size_t *ret_used)
{
	uint32_t c;
	bool ok;
	size_t used = utf8_decode(s, n, &c, &ok);

	*ret_used = used;
	if (c == '\t')
		return put_space(st, st->mode == SANITIZE_LINE ? 1 : TAB - st->col % TAB);
	if (c == '\r' && n > 1 && s[1] == '\n')
		return true;
	/* A lone CR is a progress bar's: what it would overwrite stays visible. */
	if (c == '\n' || c == '\r' || c == '\v' || c == '\f' || c == 0x85 || c == 0x2028 ||
		c == 0x2029)
		return put_newline(st);
	if (c == 0x1B) {
		*ret_used = escape_length(s, n);
		return true;
	}
	if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
		*ret_used = used + c1_length(c, s + used, n - used);
		return true;
	}
	if (is_false_space(c))
		return put_space(st, 1);
	if (is_invisible(c)) {
		st->joined = st->joined || c == 0x200D;
		return true;
	}
	if (flag_length(c, s, n)) {
		*ret_used = flag_length(c, s, n);
		return put_flag(st, c, s, *ret_used);
	}
	return put_text(st, c, ok, s, used);
}

/* How many bytes at s are plain printable ASCII. */
static size_t
plain_span(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= 0x20 && s[i] < 0x7F)
		i++;
	return i;
}

bool
sanitize(struct buf *out, const char *s, size_t n, enum sanitize_mode mode)
{
	struct state st = { .out = out, .mode = mode };
	size_t i = 0;

	while (i < n) {
		size_t used = plain_span(s + i, n - i);
		bool fits;

		if (used) {
			st.col += used;
			st.marks = 0;
			st.has_base = true;
			st.after_emoji = st.joined = false;
			fits = buf_add(out, s + i, used);
		} else if (mode == SANITIZE_NAME) {
			uint32_t c;
			bool ok;

			used = utf8_decode(s + i, n - i, &c, &ok);
			fits = put_name(&st, c, ok, s + i, used);
		} else {
			fits = text_step(&st, s + i, n - i, &used);
		}
		if (!fits)
			return false;
		i += used;
	}
	return true;
}

char *
sanitize_dup(const char *s, enum sanitize_mode mode)
{
	struct buf b = BUF_INIT(1u << 20);

	sanitize(&b, s, strlen(s), mode);
	return buf_steal(&b);
}

bool
sanitize_is_odd(const char *s)
{
	autobuf struct buf b = BUF_INIT(SIZE_MAX / 2);
	size_t n = strlen(s);

	sanitize(&b, s, n, SANITIZE_NAME);
	return b.len != n || memcmp(buf_str(&b), s, n) != 0;
}
