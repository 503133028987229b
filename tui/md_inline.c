/* Gathered text and how it is wrapped into lines. */
#include "tui/md_priv.h"
#include "tui/wrap.h"

void
inline_init(struct inline_text *t)
{
	*t = (struct inline_text){ 0 };
	buf_init(&t->text, 1u << 20);
}

void
inline_finish(struct inline_text *t)
{
	buf_finish(&t->text);
	free(t->runs);
	*t = (struct inline_text){ 0 };
}

void
inline_clear(struct inline_text *t)
{
	buf_clear(&t->text);
	t->n = 0;
}

void
inline_add(struct inline_text *t, struct slice s, style st, uint16_t link)
{
	if (s.n == 0 || !buf_add_slice(&t->text, s))
		return;
	if (t->n && t->runs[t->n - 1].st == st && t->runs[t->n - 1].link == link) {
		t->runs[t->n - 1].end = (uint32_t)t->text.len;
		return;
	}
	GROW(t->runs, t->n, t->cap);
	t->runs[t->n++] = (struct run){ .end = (uint32_t)t->text.len, .st = st, .link = link };
}

const struct run *
inline_at(const struct inline_text *t, size_t at, size_t *ret_end)
{
	size_t lo = 0, hi = t->n;

	while (lo + 1 < hi) {
		size_t mid = (lo + hi - 1) / 2;

		if (t->runs[mid].end > at)
			hi = mid + 1;
		else
			lo = mid + 1;
	}
	*ret_end = t->runs[lo].end;
	return &t->runs[lo];
}

void
inline_emit(const struct inline_text *t, size_t from, size_t to, struct lines *out)
{
	while (from < to) {
		size_t end;
		const struct run *r = inline_at(t, from, &end);

		end = MIN_OF(end, to);
		lines_add(out, (struct slice){ t->text.p + from, end - from }, r->st, r->link);
		from = end;
	}
}

void
md_gap(struct md *m)
{
	bool tight = m->n_lists > 0 && m->lists[m->n_lists - 1].tight;

	if (m->wrote && !tight && !m->in_item_first) {
		lines_begin(m->out);
		lines_add_str(m->out, m->prefix, m->prefix_st);
		lines_decor(m->out);
	}
}

void
md_line(struct md *m)
{
	lines_begin(m->out);
	if (m->in_item_first && m->mark[0]) {
		size_t n = strlen(m->prefix), w = (size_t)text_cols(slice_of(m->mark));

		/* The mark stands in the last columns of the prefix. */
		lines_add(m->out, (struct slice){ m->prefix, n > w ? n - w : 0 }, m->prefix_st, 0);
		lines_add_str(m->out, m->mark, STYLE_ON(ROLE_LIST_MARK, style_bg(m->o->base)));
		m->mark[0] = '\0';
	} else {
		lines_add_str(m->out, m->prefix, m->prefix_st);
		lines_decor(m->out);
	}
	m->wrote = true;
	m->in_item_first = false;
}

int
md_width(const struct md *m)
{
	return MAX_OF(m->o->cols - text_cols(slice_of(m->prefix)), 8);
}

static void
flush_line(struct md *m, size_t from, size_t to)
{
	int cols = md_width(m);

	do {
		struct slice s = { m->t.text.p + from, to - from };
		struct wrap_line w;

		wrap_next(s, cols, &w);
		md_line(m);
		inline_emit(&m->t, from, from + w.end, m->out);
		lines_last(m->out)->soft = from + w.next < to;
		lines_last(m->out)->soft_space = w.next > w.end;
		from += w.next;
	} while (from < to);
}

void
md_flush(struct md *m)
{
	size_t at = 0;

	if (m->t.text.len == 0)
		return;
	while (at < m->t.text.len) {
		const char *nl = memchr(m->t.text.p + at, '\n', m->t.text.len - at);
		size_t end = nl ? (size_t)(nl - m->t.text.p) : m->t.text.len;

		flush_line(m, at, end);
		at = end + 1;
	}
	inline_clear(&m->t);
}
