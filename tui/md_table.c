/* Tables: measured by display width; too wide ones wrap in their cells; narrow screens get
 * "head: value" lists. */
#include "tui/md_priv.h"
#include "agent/base/utf8.h"
#include "tui/wrap.h"

#define LIST_BELOW 40
#define COL_MIN 4

void
md_table_clear(struct md_table *t)
{
	for (size_t i = 0; i < t->n_cells; i++)
		inline_finish(&t->cells[i].t);
	free(t->cells);
	*t = (struct md_table){ 0 };
}

static int
cell_cols(const struct md_cell *c)
{
	return text_cols(buf_slice(&c->t.text));
}

/* The widest columns give first. */
static void
fit_columns(int *w, size_t n, int avail)
{
	for (;;) {
		int sum = 0;
		size_t widest = 0;

		for (size_t i = 0; i < n; i++) {
			sum += w[i];
			if (w[i] > w[widest])
				widest = i;
		}
		if (sum <= avail || w[widest] <= COL_MIN)
			return;
		w[widest] -= MAX_OF(1, MIN_OF(sum - avail, w[widest] / 8));
	}
}

static void
add_spaces(struct lines *out, int n, style st)
{
	while (n-- > 0)
		lines_add_str(out, " ", st);
}

/* One screen line of a row; at[i] is where cell i goes on. True while any cell has more. */
static bool
draw_row_line(struct md *m, const struct md_cell *row, const int *w, size_t *at)
{
	const struct md_table *t = &m->table;
	bool more = false;

	md_line(m);
	for (size_t i = 0; i < t->cols; i++) {
		struct slice s = { row[i].t.text.p ? row[i].t.text.p + at[i] : "",
			row[i].t.text.len - at[i] };
		struct wrap_line l = { 0 };
		int pad, before;

		if (s.n)
			wrap_next(s, w[i], &l);
		pad = MAX_OF(w[i] - text_cols((struct slice){ s.p, l.end }), 0);
		before = t->align[i] == 2 ? pad : t->align[i] == 1 ? pad / 2 : 0;
		if (i > 0)
			lines_add_str(m->out, " │ ", STYLE_ON(ROLE_BORDER, style_bg(m->o->base)));
		add_spaces(m->out, before, m->o->base);
		inline_emit(&row[i].t, at[i], at[i] + l.end, m->out);
		if (i + 1 < t->cols)
			add_spaces(m->out, pad - before, m->o->base);
		at[i] += l.next;
		more = more || at[i] < row[i].t.text.len;
	}
	return more;
}

static void
draw_rule(struct md *m, const int *w)
{
	style st = STYLE_ON(ROLE_BORDER, style_bg(m->o->base));

	md_line(m);
	for (size_t i = 0; i < m->table.cols; i++) {
		if (i > 0)
			lines_add_str(m->out, "─┼─", st);
		for (int k = 0; k < w[i]; k++)
			lines_add_str(m->out, "─", st);
	}
	lines_decor(m->out);
	lines_last(m->out)->no_copy = true;
}

static void
draw_grid(struct md *m, int *w)
{
	struct md_table *t = &m->table;
	size_t rows = t->n_cells / t->cols;

	fit_columns(w, t->cols, md_width(m) - 3 * ((int)t->cols - 1));
	for (size_t r = 0; r < rows; r++) {
		size_t at[MD_COLS_MAX] = { 0 };

		while (draw_row_line(m, &t->cells[r * t->cols], w, at))
			;
		if (r == 0)
			draw_rule(m, w);
	}
}

/* "Name: value" for each cell, an empty line between rows. */
static void
draw_list(struct md *m)
{
	struct md_table *t = &m->table;
	size_t rows = t->n_cells / t->cols;

	for (size_t r = 1; r < rows; r++) {
		if (r > 1)
			md_line(m);
		for (size_t i = 0; i < t->cols; i++) {
			const struct inline_text *head = &t->cells[i].t, *v = &t->cells[r * t->cols + i].t;

			inline_clear(&m->t);
			if (head->text.len) {
				inline_add(&m->t, buf_slice(&head->text), STYLE(ROLE_TABLE_HEAD), 0);
				inline_add(&m->t, SLICE_LIT(": "), m->o->base, 0);
			}
			for (size_t at = 0; at < v->text.len;) {
				size_t end;
				const struct run *run = inline_at(v, at, &end);

				inline_add(&m->t, (struct slice){ v->text.p + at, end - at }, run->st, run->link);
				at = end;
			}
			md_flush(m);
		}
	}
}

void
md_table_draw(struct md *m)
{
	struct md_table *t = &m->table;
	int w[MD_COLS_MAX] = { 0 };

	if (t->cols == 0 || t->n_cells < t->cols)
		return;
	while (t->n_cells % t->cols) {
		GROW(t->cells, t->n_cells, t->cap);
		inline_init(&t->cells[t->n_cells++].t);
	}
	for (size_t i = 0; i < t->n_cells; i++)
		w[i % t->cols] = MAX_OF(w[i % t->cols], MAX_OF(cell_cols(&t->cells[i]), 1));
	if (md_width(m) < LIST_BELOW || md_width(m) < (int)t->cols * (COL_MIN + 3))
		draw_list(m);
	else
		draw_grid(m, w);
}
