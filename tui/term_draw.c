/* Canvas to curses: only rows that differ are handed over, whole, left to right. */
#include <curses.h>
#include <wchar.h>
#include "tui/term_priv.h"
#include "agent/base/utf8.h"

void
draw_forget(struct term *t)
{
	free(t->shown);
	t->shown = NULL;
	for (size_t i = 0; i < t->n_shown_links; i++)
		free(t->shown_links[i]);
	free(t->shown_links);
	t->shown_links = NULL;
	t->n_shown_links = 0;
}

void
term_new_paint(struct term *t)
{
	memset(t->styles, 0, sizeof(t->styles));
	term_redraw_all(t);
}

static unsigned long
curses_attr(const struct term *t, const struct paint *p)
{
	unsigned long a = 0;

	if (p->attr & ATTR_BOLD)
		a |= A_BOLD;
	if (p->attr & ATTR_DIM)
		a |= A_DIM;
	if (p->attr & ATTR_ITALIC)
		a |= t->traits.italic ? A_ITALIC : 0;
	if (p->attr & ATTR_UNDERLINE)
		a |= A_UNDERLINE;
	if (p->attr & ATTR_REVERSE)
		a |= A_REVERSE;
	/* Eight-colour terminals make the bright half with bold. */
	if (t->traits.depth == DEPTH_16 && COLORS < 16 && p->fg >= 8)
		a |= A_BOLD;
	return a;
}

/* In a direct-colour screen 0..7 mean the ANSI colours, so the darkest blues move up. */
static int
direct_color(int c)
{
	if (c <= PAINT_ANSI(0))
		return PAINT_ANSI(0) - c;
	return c >= 0 && c < 8 ? 8 : c;
}

static int
curses_pair(const struct term *t, const struct paint *p)
{
	int fg = p->fg, bg = p->bg, pair;

	if (t->traits.depth == DEPTH_MONO || (fg == -1 && bg == -1))
		return 0;
	if (COLORS < 16) {
		fg = fg >= 8 ? fg - 8 : fg;
		bg = bg >= 8 ? bg - 8 : bg;
	}
	if (t->traits.depth == DEPTH_TRUE) {
		fg = direct_color(fg);
		bg = direct_color(bg);
	}
	pair = alloc_pair(fg, bg);
	return pair < 0 ? 0 : pair;
}

static const struct term_style *
resolve(struct term *t, style s, paint_fn *paint, void *user)
{
	struct term_style *e = &t->styles[(s * 2654435761u) >> 23 & (TERM_STYLES - 1)];

	if (e->known && e->key == s)
		return e;
	paint(user, s, &e->paint);
	e->attr = curses_attr(t, &e->paint);
	e->pair = curses_pair(t, &e->paint);
	e->key = s;
	e->known = true;
	return e;
}

static void
draw_row(struct term *t, const struct cell *row, int y, int cols, paint_fn *paint, void *user)
{
	cchar_t *out = t->row;
	int n = 0;

	for (int x = 0; x < cols; x++) {
		const struct cell *c = &row[x];
		wchar_t chars[CCHARW_MAX + 1] = { 0 };
		const struct term_style *st;

		if (c->width == 0)
			continue;
		chars[0] = (wchar_t)c->cp;
		for (int i = 0; i < CELL_MARKS && i + 1 < CCHARW_MAX && c->marks[i]; i++)
			chars[i + 1] = (wchar_t)c->marks[i];
		st = resolve(t, c->style, paint, user);
		setcchar(&out[n++], chars, st->attr, 0, &st->pair);
	}
	mvadd_wchnstr(y, 0, out, n);
}

static void
add_color(const struct term *t, struct buf *out, int32_t color, int base)
{
	if (color == -1)
		return;
	if (color <= PAINT_ANSI(0))
		buf_printf(out, ";%d", base + (PAINT_ANSI(0) - color));
	else if (t->traits.depth == DEPTH_TRUE)
		buf_printf(out, ";%d;2;%d;%d;%d", base + 8, color >> 16 & 255, color >> 8 & 255,
			color & 255);
	else if (color < 8)
		buf_printf(out, ";%d", base + color);
	else if (color < 16)
		buf_printf(out, ";%d", base + 60 + color - 8);
	else
		buf_printf(out, ";%d;5;%d", base + 8, color);
}

void
paint_sgr(const struct term *t, const struct paint *p, struct buf *out)
{
	buf_add_str(out, "\033[0");
	if (p->attr & ATTR_BOLD)
		buf_add_str(out, ";1");
	if (p->attr & ATTR_DIM)
		buf_add_str(out, ";2");
	if (p->attr & ATTR_ITALIC && t->traits.italic)
		buf_add_str(out, ";3");
	if (p->attr & ATTR_UNDERLINE)
		buf_add_str(out, ";4");
	if (p->attr & ATTR_REVERSE)
		buf_add_str(out, ";7");
	if (t->traits.depth != DEPTH_MONO) {
		add_color(t, out, p->fg, 30);
		add_color(t, out, p->bg, 40);
	}
	buf_add_char(out, 'm');
}

/* curses knows no links: cells that have one, or had one, are written over after the frame. */
static void
draw_links(struct term *t, const struct canvas *c, int y, const bool *had, paint_fn *paint,
	void *user)
{
	const struct cell *row = &c->cells[(size_t)y * (size_t)c->cols];

	for (int x = 0; x < c->cols;) {
		int from = x;
		char utf8[4];

		if (!row[x].link && !(had && had[x])) {
			x++;
			continue;
		}
		while (x < c->cols && row[x].link == row[from].link &&
			row[x].style == row[from].style && (row[x].link || (had && had[x])))
			x++;
		buf_printf(&t->extra, "\033[%d;%dH", y + 1, from + 1);
		paint_sgr(t, &resolve(t, row[from].style, paint, user)->paint, &t->extra);
		buf_printf(&t->extra, "\033]8;;%s\033\\",
			row[from].link ? c->links.v[row[from].link - 1] : "");
		for (int i = from; i < x; i++) {
			if (row[i].width == 0)
				continue;
			buf_add(&t->extra, utf8, utf8_encode(row[i].cp, utf8));
			for (int m = 0; m < CELL_MARKS && row[i].marks[m]; m++)
				buf_add(&t->extra, utf8, utf8_encode(row[i].marks[m], utf8));
		}
		buf_add_str(&t->extra, "\033]8;;\033\\");
	}
}

static void
make_room(struct term *t, const struct canvas *c)
{
	if (t->shown && !t->all)
		return;
	if (t->all)
		clearok(curscr, TRUE);
	t->shown = xreallocarray(t->shown, (size_t)c->rows * (size_t)c->cols, sizeof(*t->shown));
	memset(t->shown, 0xFF, (size_t)c->rows * (size_t)c->cols * sizeof(*t->shown));
	t->row = xreallocarray(t->row, (size_t)c->cols + 1, sizeof(cchar_t));
}

/* Link numbers are given out anew every frame, so rows are compared without them, and links by
 * whether the cell has one; a changed target with equal text repaints through the row's links. */
static bool
row_differs(const struct cell *a, const struct cell *b, int cols)
{
	return memcmp(a, b, (size_t)cols * sizeof(*a)) != 0;
}

static bool
links_of(const struct cell *shown, int cols, bool *had)
{
	bool any = false;

	for (int x = 0; x < cols; x++) {
		had[x] = shown[x].link != 0 && shown[x].link != 0xFFFF;
		any = any || had[x];
	}
	return any;
}

void
draw_frame(struct term *t, const struct canvas *c, paint_fn *paint, void *user)
{
	bool had[CANVAS_MAX], any_links = false;
	size_t saved = t->extra.len;

	if (c->rows != t->rows || c->cols != t->cols)
		return;
	make_room(t, c);
	for (int y = 0; y < c->rows; y++) {
		const struct cell *row = &c->cells[(size_t)y * (size_t)c->cols];
		struct cell *shown = &t->shown[(size_t)y * (size_t)c->cols];

		if (!row_differs(row, shown, c->cols))
			continue;
		draw_row(t, row, y, c->cols, paint, user);
		if (t->traits.links) {
			if (!any_links)
				buf_add_str(&t->extra, "\0337");
			any_links = true;
			draw_links(t, c, y, links_of(shown, c->cols, had) ? had : NULL, paint, user);
		}
		memcpy(shown, row, (size_t)c->cols * sizeof(*row));
	}
	if (any_links && t->extra.len == saved + 2)
		buf_truncate(&t->extra, saved);
	else if (any_links)
		buf_add_str(&t->extra, "\0338");
	if (t->cur_visible != (c->cur_y >= 0) || t->all) {
		t->cur_visible = c->cur_y >= 0;
		curs_set(t->cur_visible);
	}
	move(c->cur_y >= 0 ? c->cur_y : c->rows - 1, c->cur_y >= 0 ? c->cur_x : 0);
	t->all = false;
	wnoutrefresh(stdscr);
	doupdate();
}
