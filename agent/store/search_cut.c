/* Cutting text into what the search index stores. */
#include "agent/base/utf8.h"
#include "agent/store/journal.h"
#include "agent/store/search_cut.h"

static const struct {
	uint32_t from, to;
} cjk[] = {
	{ 0x3005, 0x3007 },   /* iteration mark, zero */
	{ 0x3041, 0x3096 },   /* hiragana */
	{ 0x30a1, 0x30fa },   /* katakana */
	{ 0x30fc, 0x30ff },   /* its long mark */
	{ 0x3105, 0x312f },   /* bopomofo */
	{ 0x31f0, 0x31ff },
	{ 0x3400, 0x4dbf },   /* Han */
	{ 0x4e00, 0x9fff },
	{ 0xac00, 0xd7a3 },   /* hangul */
	{ 0xf900, 0xfaff },
	{ 0xff66, 0xff9d },   /* half-width katakana */
	{ 0x20000, 0x3ffff }, /* Han beyond the first plane */
};

bool
search_is_cjk(uint32_t cp)
{
	size_t i;

	if (cp < cjk[0].from)
		return false;
	for (i = 0; i < ARRAY_LEN(cjk); i++) {
		if (cp >= cjk[i].from && cp <= cjk[i].to)
			return true;
	}
	return false;
}

static bool
is_word_byte(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct cutter {
	struct buf *out;
	char last[4]; /* the CJK character before, when in a run */
	size_t last_n;
	size_t run;  /* characters of the CJK run so far */
	size_t word; /* letters of the present word */
};

static void
space(struct cutter *c)
{
	if (c->out->len && c->out->p[c->out->len - 1] != ' ')
		buf_add_char(c->out, ' ');
}

/* A run of one character is a word by itself; longer ones are their pairs. */
static void
end_run(struct cutter *c)
{
	if (c->run == 1) {
		space(c);
		buf_add(c->out, c->last, c->last_n);
	}
	if (c->run)
		space(c);
	c->run = 0;
}

static void
add_cjk(struct cutter *c, const char *p, size_t n)
{
	if (c->run) {
		space(c);
		buf_add(c->out, c->last, c->last_n);
		buf_add(c->out, p, n);
	}
	memcpy(c->last, p, n);
	c->last_n = n;
	c->run++;
	c->word = 0;
}

static void
add_ascii(struct cutter *c, unsigned char b)
{
	end_run(c);
	if (!is_word_byte(b)) {
		c->word = 0;
		if (b <= ' ' || b == 0x7f)
			space(c);
		else
			buf_add_char(c->out, (char)b);
	} else if (c->word++ < SEARCH_WORD_MAX) {
		buf_add_char(c->out, (char)b);
	}
}

static size_t
add_other(struct cutter *c, const char *p, size_t n)
{
	uint32_t cp;
	bool ok;
	size_t used = utf8_decode(p, n, &cp, &ok);

	if (!ok)
		add_ascii(c, ' ');
	else if (search_is_cjk(cp))
		add_cjk(c, p, used);
	else if (cp >= 0xff01 && cp <= 0xff5e) /* full-width ASCII */
		add_ascii(c, (unsigned char)(cp - 0xff01 + '!'));
	else if (utf8_is_space(cp))
		add_ascii(c, ' ');
	else if (end_run(c), c->word++ < SEARCH_WORD_MAX)
		buf_add(c->out, p, used);
	return used;
}

void
search_cut(struct buf *out, struct slice text)
{
	struct cutter c = { .out = out };
	size_t i = 0;

	while (i < text.n && !out->full) {
		if ((unsigned char)text.p[i] < 0x80)
			add_ascii(&c, (unsigned char)text.p[i++]);
		else
			i += add_other(&c, text.p + i, text.n - i);
	}
	end_run(&c);
}

/* Open addressing over code points; 0 is free. */
static bool
seen_before(uint32_t *set, size_t size, uint32_t cp)
{
	size_t i = (cp * 2654435761u) & (size - 1);

	for (; set[i]; i = (i + 1) & (size - 1)) {
		if (set[i] == cp)
			return true;
	}
	set[i] = cp;
	return false;
}

void
search_chars(struct buf *out, struct slice text)
{
	autofree uint32_t *set = NULL;
	size_t i = 0, used, n = 0, size = 64;
	uint32_t cp;
	bool ok;

	/* As many places as characters can come, so that small texts stay cheap. */
	while (size < SEARCH_CHARS_MAX * 2 && size < text.n)
		size *= 2;
	while (i < text.n && n < SEARCH_CHARS_MAX && n < size / 2) {
		if ((unsigned char)text.p[i] < 0xe3) { /* no CJK below U+3000 */
			i++;
			continue;
		}
		used = utf8_decode(text.p + i, text.n - i, &cp, &ok);
		if (ok && search_is_cjk(cp)) {
			if (!set)
				set = xcalloc(size, sizeof(*set));
			if (!seen_before(set, size, cp)) {
				if (n++)
					buf_add_char(out, ' ');
				buf_add(out, text.p + i, used);
			}
		}
		i += used;
	}
}
