/* Where the view stands, and drawing it. line counts the gap as row 0 when there is one. */
#include "tui/blocks_priv.h"

static void
set_size(struct blocks *b, int rows, int cols)
{
	b->rows = rows;
	if (cols == b->cols)
		return;
	b->cols = cols;
	for (size_t i = 0; i < b->n; i++) {
		for (size_t k = 0; k < b->v[i].n; k++) {
			struct piece *p = &b->v[i].v[k];

			/* An estimate from the old width is better than none, but must be marked so. */
			p->rows = -1;
			if (p->lines) {
				lines_finish(p->lines);
				free(p->lines);
				p->lines = NULL;
				b->cached--;
			}
		}
	}
	/* Its lines are other lines now; the piece stays on top. */
	b->top.line = 0;
	b->selecting = false;
}

static struct place
last_place(const struct blocks *b)
{
	struct place at = { 0 };

	if (b->n) {
		at.e = b->n - 1;
		at.p = b->v[at.e].n - 1;
	}
	return at;
}

/* Moves at up by rows; stops at the start. Returns the rows moved. */
static int
move_up(struct blocks *b, struct place *at, int rows)
{
	int moved = 0;

	while (moved < rows) {
		int step = MIN_OF(rows - moved, at->line);

		at->line -= step;
		moved += step;
		if (moved == rows)
			break;
		if (!place_prev(b, at))
			break;
		at->line = piece_rows(b, at->e, at->p, true);
	}
	return moved;
}

/* Moves down, at most to the last row. */
static int
move_down(struct blocks *b, struct place *at, int rows)
{
	int moved = 0;

	while (moved < rows) {
		int here = piece_rows(b, at->e, at->p, true);
		struct place next = *at;

		if (at->line + (rows - moved) < here) {
			at->line += rows - moved;
			return rows;
		}
		if (!place_next(b, &next)) {
			int step = MAX_OF(here - 1 - at->line, 0);

			at->line += step;
			return moved + step;
		}
		moved += MAX_OF(here - at->line, 0);
		*at = next;
		at->line = 0;
	}
	return moved;
}

/* The top that shows the end; true when everything fits. */
static bool
bottom_top(struct blocks *b, struct place *ret)
{
	struct place at = last_place(b);

	at.line = b->n ? piece_rows(b, at.e, at.p, true) : 0;
	if (move_up(b, &at, b->rows) < b->rows) {
		*ret = (struct place){ 0 };
		return true;
	}
	*ret = at;
	return false;
}

static void
settle(struct blocks *b)
{
	struct place bottom;

	if (b->n == 0) {
		b->top = (struct place){ 0 };
		b->follow = true;
		return;
	}
	bottom_top(b, &bottom);
	if (b->follow || place_compare(b->top, bottom) >= 0) {
		b->follow = true;
		b->top = bottom;
	}
}

void
blocks_scroll(struct blocks *b, int rows)
{
	if (b->n == 0)
		return;
	settle(b);
	if (rows < 0) {
		if (move_up(b, &b->top, -rows) > 0)
			b->follow = false;
	} else {
		move_down(b, &b->top, rows);
	}
	settle(b);
}

void
blocks_page(struct blocks *b, int pages2)
{
	/* Two rows stay for the eye to hold on to. */
	blocks_scroll(b, pages2 * MAX_OF(b->rows - 2, 2) / 2);
}

void
blocks_top(struct blocks *b)
{
	b->top = (struct place){ 0 };
	b->follow = false;
}

void
blocks_bottom(struct blocks *b)
{
	b->follow = true;
}

bool
blocks_at_bottom(const struct blocks *b)
{
	return b->follow;
}

void
blocks_show(struct blocks *b, size_t i)
{
	if (i >= b->n)
		return;
	b->top = (struct place){ .e = i };
	b->follow = false;
}

size_t
blocks_first_visible(const struct blocks *b)
{
	return b->n ? b->top.e : 0;
}

void
blocks_position(struct blocks *b, int *ret_above, int *ret_total)
{
	int above = b->top.line, total = 0;

	for (size_t i = 0; i < b->n; i++) {
		for (size_t k = 0; k < b->v[i].n; k++) {
			int rows = piece_rows(b, i, k, false);

			total += rows;
			if (i < b->top.e || (i == b->top.e && k < b->top.p))
				above += rows;
		}
	}
	*ret_above = above;
	*ret_total = total;
}

static void
mark_words(const struct blocks *b, struct slice line, struct area a, int y, int x)
{
	size_t at = 0, n = b->words ? strlen(b->words) : 0;

	while (n > 0 && at < line.n) {
		struct slice rest = { line.p + at, line.n - at };
		ptrdiff_t hit = find_nocase(rest, b->words);

		if (hit < 0)
			return;
		at += (size_t)hit;
		draw_highlight(a, y, x + text_cols((struct slice){ line.p, at }),
			text_cols((struct slice){ line.p + at, n }), ROLE_MATCH);
		at += n;
	}
}

/* Columns of this line that are selected. */
static bool
selected_part(const struct blocks *b, struct place at, int cols, int *ret_x, int *ret_w)
{
	bool swap = place_compare(b->sel_a, b->sel_b) > 0 ||
		(place_compare(b->sel_a, b->sel_b) == 0 && b->sel_ax > b->sel_bx);
	struct place from = swap ? b->sel_b : b->sel_a, to = swap ? b->sel_a : b->sel_b;
	int from_x = swap ? b->sel_bx : b->sel_ax, to_x = swap ? b->sel_ax : b->sel_bx;

	if (!b->selecting || place_compare(at, from) < 0 || place_compare(at, to) > 0)
		return false;
	*ret_x = place_compare(at, from) == 0 ? MIN_OF(from_x, cols) : 0;
	*ret_w = (place_compare(at, to) == 0 ? MIN_OF(to_x + 1, cols) : cols) - *ret_x;
	return *ret_w > 0;
}

static void
draw_line(struct blocks *b, struct area a, int y, struct place at, const struct lines *l, int i)
{
	int x = b->v[at.e].view.indent, sx, sw;
	struct slice text = lines_text(l, (size_t)i);

	lines_draw(l, (size_t)i, a, y, x);
	mark_words(b, text, a, y, x);
	if (selected_part(b, at, text_cols(text), &sx, &sw))
		draw_highlight(a, y, x + sx, sw, ROLE_SELECTION);
}

void
blocks_draw(struct blocks *b, struct area a)
{
	struct place at;
	int y = 0;

	if (a.h <= 0 || a.w <= 0)
		return;
	b->frame++;
	set_size(b, a.h, a.w);
	settle(b);
	b->seen = xreallocarray(b->seen, (size_t)a.h, sizeof(*b->seen));
	b->n_seen = a.h;
	for (int i = 0; i < a.h; i++)
		b->seen[i] = (struct place){ .e = b->n };
	at = b->top;
	while (b->n && y < a.h) {
		const struct lines *l = piece_lines(b, at.e, at.p);
		int gap = l->n ? piece_gap(b, at.e, at.p) : 0;

		for (int i = at.line; i < gap + (int)l->n && y < a.h; i++, y++) {
			b->seen[y] = (struct place){ at.e, at.p, i };
			if (i >= gap)
				draw_line(b, a, y, b->seen[y], l, i - gap);
		}
		if (!place_next(b, &at))
			break;
		at.line = 0;
	}
}

/* Scrolls so that the place stands a third below the top. */
static void
show_place(struct blocks *b, struct place at)
{
	b->top = at;
	b->follow = false;
	move_up(b, &b->top, b->rows / 3);
	settle(b);
}

static bool
find_in_piece(struct blocks *b, struct place *at, int from, int dir)
{
	const struct entry *e = &b->v[at->e];
	const struct piece *p = &e->v[at->p];
	const struct lines *l;
	int gap;

	/* Raw Markdown is quicker to search than to lay out; only what may match is laid out. */
	if (e->view.markdown &&
		find_nocase((struct slice){ e->view.text.p + p->md.start, p->md.end - p->md.start },
			b->words) < 0)
		return false;
	l = piece_lines(b, at->e, at->p);
	gap = l->n ? piece_gap(b, at->e, at->p) : 0;
	if (from < 0)
		from = dir > 0 ? 0 : (int)l->n - 1;
	for (int i = from; i >= 0 && i < (int)l->n; i += dir) {
		if (find_nocase(lines_text(l, (size_t)i), b->words) >= 0) {
			at->line = i + gap;
			return true;
		}
	}
	return false;
}

bool
blocks_find(struct blocks *b, const char *words, int dir)
{
	struct place at;
	int from = -1;
	bool same = b->words && str_eq(b->words, words);

	free(b->words);
	b->words = *words ? xstrdup(words) : NULL;
	if (!b->words || b->n == 0) {
		b->has_match = false;
		return false;
	}
	if (b->has_match) {
		at = b->match;
		from = at.line - piece_gap(b, at.e, at.p) + (same ? dir : 0);
		if (from < 0 && dir < 0)
			from = INT32_MAX; /* this piece is done: no line has that number */
	} else {
		at = dir > 0 && !b->follow ? b->top : last_place(b);
		if (dir > 0 && b->follow)
			at = (struct place){ 0 };
	}
	do {
		if (find_in_piece(b, &at, from, dir)) {
			b->match = at;
			b->has_match = true;
			show_place(b, at);
			return true;
		}
		from = -1;
	} while (dir > 0 ? place_next(b, &at) : place_prev(b, &at));
	return false;
}

ptrdiff_t
blocks_hit(const struct blocks *b, int y, int *ret_line)
{
	struct place at;

	if (y < 0 || y >= b->n_seen || b->seen[y].e >= b->n)
		return -1;
	at = b->seen[y];
	if (ret_line)
		*ret_line = at.line - (at.p < b->v[at.e].n ? piece_gap(b, at.e, at.p) : 0);
	return (ptrdiff_t)at.e;
}

static bool
place_of_row(const struct blocks *b, int y, struct place *ret)
{
	y = MIN_OF(MAX_OF(y, 0), b->n_seen - 1);
	while (y >= 0 && b->seen[y].e >= b->n)
		y--;
	if (y < 0)
		return false;
	*ret = b->seen[y];
	return true;
}

void
blocks_select_start(struct blocks *b, int y, int x)
{
	b->selecting = place_of_row(b, y, &b->sel_a);
	b->sel_b = b->sel_a;
	b->sel_ax = b->sel_bx = b->selecting ? x - b->v[b->sel_a.e].view.indent : 0;
}

void
blocks_select_to(struct blocks *b, int y, int x)
{
	if (b->selecting && place_of_row(b, y, &b->sel_b))
		b->sel_bx = x - b->v[b->sel_b.e].view.indent;
}

void
blocks_select_none(struct blocks *b)
{
	b->selecting = false;
}

static void
copy_line(const struct blocks *b, struct place at, const struct lines *l, int i, struct buf *out)
{
	struct slice text = lines_text(l, (size_t)i);
	int x, w;
	size_t from, to;

	if (l->v[i].no_copy)
		return;
	/* An empty line has no columns to select, but it is a line. */
	if (!selected_part(b, at, MAX_OF(text_cols(text), 1), &x, &w))
		return;
	from = MAX_OF(column_offset(text, x), (size_t)l->v[i].skip);
	to = MAX_OF(column_offset(text, x + w), from);
	buf_add(out, text.p + from, to - from);
	if (!l->v[i].soft)
		buf_add_char(out, '\n');
	else if (l->v[i].soft_space)
		buf_add_char(out, ' ');
}

char *
blocks_selected(struct blocks *b)
{
	struct buf out = BUF_INIT(1u << 20);
	struct place at, end;

	if (!b->selecting)
		return NULL;
	at = place_compare(b->sel_a, b->sel_b) < 0 ? b->sel_a : b->sel_b;
	end = place_compare(b->sel_a, b->sel_b) < 0 ? b->sel_b : b->sel_a;
	do {
		const struct lines *l = piece_lines(b, at.e, at.p);
		int gap = l->n ? piece_gap(b, at.e, at.p) : 0;

		for (int i = 0; i < gap + (int)l->n; i++) {
			at.line = i;
			if (i < gap && place_compare(at, b->sel_a) > 0 && out.len)
				buf_add_char(&out, '\n');
			else if (i >= gap)
				copy_line(b, at, l, i - gap, &out);
		}
	} while (place_next(b, &at) && (at.e < end.e || (at.e == end.e && at.p <= end.p)));
	while (out.len && out.p[out.len - 1] == '\n')
		buf_truncate(&out, out.len - 1);
	return buf_steal(&out);
}

void
blocks_text(struct blocks *b, int cols, struct buf *out)
{
	int old_cols = b->cols, old_rows = b->rows;
	struct place at = { 0 };

	set_size(b, old_rows, cols);
	while (b->n) {
		const struct lines *l;

		b->frame += 2;
		l = piece_lines(b, at.e, at.p);
		if (l->n && piece_gap(b, at.e, at.p))
			buf_add_char(out, '\n');
		for (size_t i = 0; i < l->n; i++)
			buf_printf(out, "%*s%.*s\n", b->v[at.e].view.indent, "", SLICE_FMT(lines_text(l, i)));
		if (!place_next(b, &at))
			break;
	}
	set_size(b, old_rows, old_cols);
}
