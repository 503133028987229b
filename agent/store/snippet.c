/*
 * The index keeps no text, so matches are found again here. Words are compared by their stems
 * only roughly (a common beginning with short ends): it is about what to mark, not what to find.
 */
#include "agent/base/utf8.h"
#include "agent/store/search_cut.h"
#include "agent/store/snippet.h"

#define WORD_END_MAX 4 /* letters after the common beginning */

static bool
is_letter(uint32_t cp)
{
	return cp >= 0x80 ? !utf8_is_space(cp) && !utf8_is_cjk(cp)
			  : (cp >= '0' && cp <= '9') || ((cp | 32) >= 'a' && (cp | 32) <= 'z');
}

static bool
same_stem(struct slice a, struct slice b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	if (n == a.n && n == b.n)
		return true;
	return n >= 3 && a.n - n <= WORD_END_MAX && b.n - n <= WORD_END_MAX;
}

/* Most words of a text have nothing to do with the query: a look at their first letter tells. */
static bool
may_begin(unsigned char first, const struct strv *words)
{
	size_t i;
	const char *q;

	if (first >= 0x80)
		return true;
	if (first >= 'A' && first <= 'Z')
		first |= 32;
	for (i = 0; i < words->n; i++) {
		for (q = words->v[i]; (q = strchr(q, first)); q++) {
			if (q == words->v[i] || !is_letter((unsigned char)q[-1]))
				return true;
		}
	}
	return false;
}

/* One word of the query may be "name.txt": each word in it counts. */
static bool
word_matches(struct slice word, const struct strv *words)
{
	autofree char *folded = NULL;
	struct slice w;
	size_t i, from, to;

	if (!may_begin((unsigned char)word.p[0], words))
		return false;
	folded = utf8_fold(word.p, word.n);
	w = slice_of(folded);

	for (i = 0; i < words->n; i++) {
		const char *q = words->v[i];

		for (from = 0; q[from]; from = to) {
			while (q[from] && (unsigned char)q[from] < 0x80
				&& !is_letter((unsigned char)q[from]))
				from++;
			for (to = from; q[to]
				&& ((unsigned char)q[to] >= 0x80 || is_letter((unsigned char)q[to]));)
				to++;
			if (to > from && same_stem(w, (struct slice){ q + from, to - from }))
				return true;
		}
	}
	return false;
}

/* Bytes of the longest CJK word of the query that stands at p. */
static size_t
cjk_match(const char *p, size_t n, const struct strv *words)
{
	size_t i, len, best = 0;

	for (i = 0; i < words->n; i++) {
		len = strlen(words->v[i]);
		if ((unsigned char)words->v[i][0] >= 0xe3 && len <= n && len > best
			&& memcmp(words->v[i], p, len) == 0)
			best = len;
	}
	return best;
}

/* The next match at or after *pos: its length, or 0 at the end. */
static size_t
next_match(struct slice text, size_t *pos, const struct strv *words)
{
	size_t i = *pos, used, from;
	uint32_t cp;
	bool ok;

	while (i < text.n) {
		used = utf8_decode(text.p + i, text.n - i, &cp, &ok);
		if (ok && search_is_cjk(cp)) {
			size_t len = cjk_match(text.p + i, text.n - i, words);

			*pos = i;
			if (len)
				return len;
			i += used;
			continue;
		}
		from = i;
		while (i < text.n && (used = utf8_decode(text.p + i, text.n - i, &cp, &ok), ok)
			&& is_letter(cp) && !search_is_cjk(cp))
			i += used;
		*pos = from;
		if (i == from)
			i += used;
		else if (i - from <= SEARCH_WORD_MAX * 4
			&& word_matches((struct slice){ text.p + from, i - from }, words))
			return i - from;
	}
	*pos = text.n;
	return 0;
}

static void
add_line(struct buf *out, struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		buf_add_char(out, (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i]);
}

static size_t
char_start(struct slice text, size_t i)
{
	while (i > 0 && i < text.n && ((unsigned char)text.p[i] & 0xc0) == 0x80)
		i--;
	return i;
}

bool
snippet(struct buf *out, struct slice text, const struct strv *words)
{
	size_t pos = 0, len = next_match(text, &pos, words), from, to;
	bool found = len > 0;

	if (!len)
		pos = 0;
	from = char_start(text, pos > SNIPPET_BEFORE ? pos - SNIPPET_BEFORE : 0);
	to = text.n - from > SNIPPET_BYTES ? char_start(text, from + SNIPPET_BYTES) : text.n;
	if (from)
		buf_add_str(out, "\u2026");
	while (len && pos + len <= to) {
		add_line(out, (struct slice){ text.p + from, pos - from });
		buf_add_char(out, '\x01');
		add_line(out, (struct slice){ text.p + pos, len });
		buf_add_char(out, '\x02');
		from = pos += len;
		len = next_match((struct slice){ text.p, to }, &pos, words);
	}
	add_line(out, (struct slice){ text.p + from, to - from });
	if (to < text.n)
		buf_add_str(out, "\u2026");
	return found;
}
