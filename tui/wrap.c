#include "tui/wrap.h"
#include "agent/base/utf8.h"

/* Must not begin a line: closing marks, small kana, long-vowel and iteration marks. */
static bool
no_start(uint32_t c)
{
	static const uint32_t marks[] = { 0x2019, 0x201D, 0x2014, 0x2026, 0x3001, 0x3002, 0x3005,
		0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0x3015, 0x3017, 0x301C, 0x30FC, 0x30FB, 0xFF01,
		0xFF05, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF3D, 0xFF5D, 0xFF5E, 0x3041,
		0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x30A1, 0x30A3, 0x30A5,
		0x30A7, 0x30A9, 0x30C3, 0x30E3, 0x30E5, 0x30E7, 0xFF61, 0xFF63, 0xFF64 };

	if (c < 0x80)
		return c && strchr("!),.:;?]}%'\"", (int)c);
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (marks[i] == c)
			return true;
	}
	return false;
}

/* Must not end a line: opening marks and currency. */
static bool
no_end(uint32_t c)
{
	static const uint32_t marks[] = { 0x2018, 0x201C, 0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0x3014,
		0x3016, 0xFF08, 0xFF3B, 0xFF5B, 0xFFE5, 0xFF04, 0xA5, 0xA3, 0x20AC, 0xFF62 };

	if (c < 0x80)
		return c && strchr("([{$", (int)c);
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (marks[i] == c)
			return true;
	}
	return false;
}

/* Characters of scripts that break anywhere. Hangul has words. */
static bool
breaks_anywhere(uint32_t c)
{
	if (c < 0x2E80)
		return c == 0x2014 || c == 0x2026 || c == 0x201C || c == 0x201D;
	if ((c >= 0xAC00 && c <= 0xD7AF) || (c >= 0x1100 && c <= 0x11FF))
		return false;
	return utf8_is_cjk(c) || c >= 0x1F300;
}

static bool
is_letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* May a line end between a and b (b is no space)? before: what stands before a. */
static bool
may_break(uint32_t before, uint32_t a, uint32_t b)
{
	if (a == ' ')
		return true;
	if (a == '-' && is_letter(before) && is_letter(b))
		return true;
	if (!breaks_anywhere(a) && !breaks_anywhere(b))
		return false;
	return !no_start(b) && !no_end(a);
}

static size_t
decode(struct slice s, size_t i, uint32_t *cp, int *w)
{
	unsigned char c = (unsigned char)s.p[i];
	size_t used;

	if (c >= ' ' && c < 0x7F) {
		*cp = c;
		*w = 1;
		return 1;
	}
	used = utf8_decode(s.p + i, s.n - i, cp, NULL);
	*w = utf8_cp_width(*cp);
	if (*w < 0)
		*w = 1;
	return used;
}

static void
line_at(struct wrap_line *ret, size_t end, size_t next, int cols)
{
	*ret = (struct wrap_line){ end, next, cols };
}

void
wrap_next(struct slice s, int cols, struct wrap_line *ret)
{
	/* The newest place a line may end: what is shown, where the next begins. */
	size_t good_end = 0, good_next = 0, i = 0, text_end = 0;
	int used = 0, good_cols = 0, text_cols = 0;
	uint32_t a = 0, before = 0;

	cols = MAX_OF(cols, 1);
	while (i < s.n) {
		uint32_t b;
		int w;
		size_t n = decode(s, i, &b, &w);

		if (b != ' ' && text_cols > 0 && w > 0 && may_break(before, a, b)) {
			good_end = text_end;
			good_next = i;
			good_cols = text_cols;
		}
		/* Spaces may hang over the edge; they are not shown there. */
		if (used + w > cols && b != ' ' && i > 0) {
			if (good_next > 0)
				line_at(ret, good_end, good_next, good_cols);
			else
				line_at(ret, i, i, used);
			return;
		}
		i += n;
		used += w;
		if (b != ' ') {
			text_end = i;
			text_cols = used;
		} else if (text_cols == 0 && used <= cols) {
			/* Leading spaces are shown: they indent. */
			text_end = i;
		}
		if (w > 0) {
			before = a;
			a = b;
		}
	}
	line_at(ret, used <= cols ? s.n : text_end, s.n, MIN_OF(used, cols));
}

int
wrap_count(struct slice s, int cols)
{
	int n = 0;

	do {
		struct wrap_line l;

		wrap_next(s, cols, &l);
		s.p += l.next;
		s.n -= l.next;
		n++;
	} while (s.n > 0);
	return n;
}
