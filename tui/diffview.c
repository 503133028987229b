#include "tui/diffview.h"
#include "agent/base/sanitize.h"
#include "agent/base/utf8.h"

#define DIFF_LINES_MAX 20000
#define WORDS_MAX 400

struct word {
	struct slice s;
	bool changed;
};
struct words {
	struct word *v;
	size_t n;
};

static bool
is_word_char(char c)
{
	return (c >= '0' && c <= '9') || (unsigned)((c | 32) - 'a') < 26u || c == '_';
}

static struct words
split_words(struct slice s)
{
	struct words w = { 0 };
	size_t cap = 0, i = 0;

	while (i < s.n && w.n < WORDS_MAX) {
		size_t from = i;

		if (is_word_char(s.p[i])) {
			while (i < s.n && is_word_char(s.p[i]))
				i++;
		} else if (s.p[i] == ' ') {
			while (i < s.n && s.p[i] == ' ')
				i++;
		} else {
			uint32_t cp;

			i += utf8_decode(s.p + i, s.n - i, &cp, NULL);
		}
		GROW(w.v, w.n, cap);
		w.v[w.n++] = (struct word){ { s.p + from, i - from }, true };
	}
	if (i < s.n) {
		GROW(w.v, w.n, cap);
		w.v[w.n++] = (struct word){ { s.p + i, s.n - i }, true };
	}
	return w;
}

/* Marks the longest common run of words as unchanged. */
static void
compare_words(struct words *a, struct words *b)
{
	size_t w = b->n + 1;
	unsigned short *t;

	if (a->n == 0 || b->n == 0)
		return;
	t = xcalloc((a->n + 1) * w, sizeof(*t));
	for (size_t i = a->n; i-- > 0;) {
		for (size_t k = b->n; k-- > 0;) {
			if (slice_eq(a->v[i].s, b->v[k].s))
				t[i * w + k] = (unsigned short)(t[(i + 1) * w + k + 1] + 1);
			else
				t[i * w + k] = MAX_OF(t[(i + 1) * w + k], t[i * w + k + 1]);
		}
	}
	for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
		if (slice_eq(a->v[i].s, b->v[k].s)) {
			a->v[i++].changed = false;
			b->v[k++].changed = false;
		} else if (t[(i + 1) * w + k] >= t[i * w + k + 1]) {
			i++;
		} else {
			k++;
		}
	}
	free(t);
}

/* When nearly everything differs the marks say nothing. */
static bool
worth_marking(const struct words *w)
{
	size_t same = 0, all = 0;

	for (size_t i = 0; i < w->n; i++) {
		all += w->v[i].s.n;
		same += w->v[i].changed ? 0 : w->v[i].s.n;
	}
	return same * 3 >= all;
}

struct painter {
	struct lines *out;
	int cols;
	char sign;
	style st, word_st;
	enum role fill;
	int left;
};

static void
start_line(struct painter *p, char sign)
{
	char text[3] = { sign, ' ', '\0' };

	lines_begin(p->out);
	lines_add_str(p->out, text, p->st);
	lines_decor(p->out);
	lines_last(p->out)->fill = (uint8_t)p->fill;
	p->left = p->cols - 2;
}

static void
add_piece(struct painter *p, struct slice s, style st)
{
	while (s.n > 0) {
		size_t cols, fit = utf8_fit(s.p, s.n, (size_t)MAX_OF(p->left, 0), &cols);

		lines_add(p->out, (struct slice){ s.p, fit }, st, 0);
		p->left -= (int)cols;
		s.p += fit;
		s.n -= fit;
		if (s.n > 0) {
			if (fit == 0 && p->left >= p->cols - 2)
				return;
			lines_last(p->out)->soft = true;
			start_line(p, ' ');
		}
	}
}

static void
put_line(struct lines *out, struct slice s, const struct words *w, char sign, int cols)
{
	struct painter p = { .out = out, .cols = MAX_OF(cols, 6), .sign = sign,
		.st = STYLE(sign == '+' ? ROLE_DIFF_ADD : sign == '-' ? ROLE_DIFF_DEL : ROLE_DIFF_CONTEXT),
		.word_st = STYLE(sign == '+' ? ROLE_DIFF_ADD_WORD : ROLE_DIFF_DEL_WORD),
		.fill = sign == '+' ? ROLE_DIFF_ADD : sign == '-' ? ROLE_DIFF_DEL : ROLE_TEXT };

	start_line(&p, sign);
	if (!w || !worth_marking(w)) {
		add_piece(&p, s, p.st);
		return;
	}
	for (size_t i = 0; i < w->n; i++)
		add_piece(&p, w->v[i].s, w->v[i].changed ? p.word_st : p.st);
}

/* A run of removed lines and the added ones behind it. */
struct hunk_part {
	struct slice del[512], add[512];
	struct words wdel[512], wadd[512];
	size_t n_del, n_add;
};

static void
mark_pairs(struct hunk_part *h)
{
	size_t n = MIN_OF(h->n_del, h->n_add);

	for (size_t i = 0; i < n; i++) {
		h->wdel[i] = split_words(h->del[i]);
		h->wadd[i] = split_words(h->add[i]);
		compare_words(&h->wdel[i], &h->wadd[i]);
	}
}

static const struct words *
words_of(const struct words *w)
{
	return w->n ? w : NULL;
}

/* Two laid-out halves beside each other. */
static void
join_halves(struct lines *out, const struct lines *l, const struct lines *r, int half)
{
	size_t n = MAX_OF(l->n, r->n);

	for (size_t i = 0; i < n; i++) {
		const struct lines *sides[2] = { l, r };

		lines_begin(out);
		for (int k = 0; k < 2; k++) {
			const struct lines *s = sides[k];
			enum role fill = i < s->n ? (enum role)s->v[i].fill : ROLE_TEXT;
			int used = 0;

			if (k == 1)
				lines_add_str(out, "│", STYLE(ROLE_BORDER));
			if (i < s->n) {
				uint32_t at = s->v[i].start;

				for (uint32_t q = 0; q < s->v[i].n_runs; q++) {
					const struct run *run = &s->runs[s->v[i].first_run + q];

					lines_add(out, (struct slice){ s->text.p + at, run->end - at }, run->st, 0);
					at = run->end;
				}
				used = text_cols(lines_text(s, i));
			}
			for (; used < half; used++)
				lines_add_str(out, " ", style_on(0, fill));
		}
	}
}

static void
flush_side(struct lines *out, struct hunk_part *h, int cols)
{
	int half = (cols - 1) / 2;
	size_t n = MAX_OF(h->n_del, h->n_add);

	for (size_t i = 0; i < n; i++) {
		autolines struct lines l, r;

		lines_init(&l);
		lines_init(&r);
		if (i < h->n_del)
			put_line(&l, h->del[i], words_of(&h->wdel[i]), '-', half);
		if (i < h->n_add)
			put_line(&r, h->add[i], words_of(&h->wadd[i]), '+', half);
		join_halves(out, &l, &r, half);
	}
}

static void
flush_part(struct lines *out, struct hunk_part *h, int cols, bool side)
{
	if (h->n_del == 0 && h->n_add == 0)
		return;
	mark_pairs(h);
	if (side) {
		flush_side(out, h, cols);
	} else {
		for (size_t i = 0; i < h->n_del; i++)
			put_line(out, h->del[i], words_of(&h->wdel[i]), '-', cols);
		for (size_t i = 0; i < h->n_add; i++)
			put_line(out, h->add[i], words_of(&h->wadd[i]), '+', cols);
	}
	for (size_t i = 0; i < ARRAY_LEN(h->wdel); i++) {
		free(h->wdel[i].v);
		free(h->wadd[i].v);
	}
	memset(h, 0, sizeof(*h));
}

static void
put_context(struct lines *out, struct slice s, int cols, bool side)
{
	int half = (cols - 1) / 2;
	autolines struct lines l, r;

	lines_init(&l);
	lines_init(&r);
	if (!side) {
		put_line(out, s, NULL, ' ', cols);
		return;
	}
	put_line(&l, s, NULL, ' ', half);
	put_line(&r, s, NULL, ' ', half);
	join_halves(out, &l, &r, half);
}

static void
diff_line(struct lines *out, struct hunk_part *h, struct slice line, int cols, bool side, bool head)
{
	struct slice rest = { line.p + 1, line.n ? line.n - 1 : 0 };
	char c = line.n ? line.p[0] : ' ';

	if (!head && c == '-') {
		if (h->n_add || h->n_del == ARRAY_LEN(h->del))
			flush_part(out, h, cols, side);
		h->del[h->n_del++] = rest;
		return;
	}
	if (!head && c == '+') {
		if (h->n_add == ARRAY_LEN(h->add))
			flush_part(out, h, cols, side);
		h->add[h->n_add++] = rest;
		return;
	}
	flush_part(out, h, cols, side);
	if (head || c == '@' || c == '\\') {
		lines_wrap(out, line, cols, "", STYLE(c == '@' ? ROLE_DIFF_HUNK : ROLE_MUTED));
		return;
	}
	put_context(out, rest, cols, side);
}

void
diff_render(struct lines *out, struct slice diff, int cols, bool side)
{
	autobuf struct buf safe = BUF_INIT(8u << 20);
	struct hunk_part *h = xcalloc(1, sizeof(*h));
	struct slice rest;
	bool in_hunk = false;
	int n = 0;

	sanitize(&safe, diff.p, diff.n, SANITIZE_TEXT);
	rest = buf_slice(&safe);
	/* Sentences instead of hunks ("moves from … to …"). */
	if (rest.n && !slice_starts(rest, "@@") && slice_find(rest, SLICE_LIT("\n@@")) < 0) {
		lines_wrap(out, rest, cols, "", STYLE(ROLE_MUTED));
		free(h);
		return;
	}
	while (rest.p && rest.n && n++ < DIFF_LINES_MAX) {
		struct slice line = slice_line(&rest);
		bool head;

		in_hunk = in_hunk || slice_starts(line, "@@");
		/* "--- name" and "+++ name" stand before the first hunk only. */
		head = !in_hunk && (slice_starts(line, "--- ") || slice_starts(line, "+++ ") ||
					   slice_starts(line, "diff ") || slice_starts(line, "index "));
		diff_line(out, h, line, cols, side, head);
	}
	flush_part(out, h, cols, side);
	free(h);
}
