/* Drawing that is made of cell.c's strokes, and the two written forms of a canvas. */
#include "tui/cell.h"
#include "agent/base/utf8.h"
#include <stdarg.h>

int
draw_str(struct area a, int y, int x, const char *s, style st)
{
	return draw_text(a, y, x, -1, slice_of(s), st);
}

int
draw_elided(struct area a, int y, int x, int max, const char *s, style st)
{
	struct slice all = slice_of(s);
	size_t cols, fit;

	max = max < 0 ? a.w - x : MIN_OF(max, a.w - x);
	if (max <= 0)
		return 0;
	if (text_cols(all) <= max)
		return draw_text(a, y, x, max, all, st);
	fit = utf8_fit(all.p, all.n, (size_t)max - 1, &cols);
	draw_text(a, y, x, max, (struct slice){ s, fit }, st);
	draw_str(a, y, x + (int)cols, "…", st);
	return (int)cols + 1;
}

int
draw_printf(struct area a, int y, int x, style st, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return draw_str(a, y, x, line, st);
}

int
draw_right(struct area a, int y, int x_end, const char *s, style st)
{
	int x = MAX_OF(x_end - text_cols(slice_of(s)), 0);

	draw_text(a, y, x, x_end - x, slice_of(s), st);
	return x;
}

void
draw_box(struct area a, style border, const char *title, style title_st)
{
	if (a.h < 2 || a.w < 2)
		return;
	draw_repeat(a, 0, 1, a.w - 2, 0x2500, border);
	draw_repeat(a, a.h - 1, 1, a.w - 2, 0x2500, border);
	draw_vline(a, 1, 0, a.h - 2, 0x2502, border);
	draw_vline(a, 1, a.w - 1, a.h - 2, 0x2502, border);
	draw_repeat(a, 0, 0, 1, 0x256D, border);
	draw_repeat(a, 0, a.w - 1, 1, 0x256E, border);
	draw_repeat(a, a.h - 1, 0, 1, 0x2570, border);
	draw_repeat(a, a.h - 1, a.w - 1, 1, 0x256F, border);
	if (title && *title && a.w > 6) {
		int n;

		draw_str(a, 0, 2, " ", border);
		n = draw_elided(a, 0, 3, a.w - 6, title, title_st);
		draw_str(a, 0, 3 + n, " ", border);
	}
}

static void
add_cell(struct buf *out, const struct cell *e)
{
	char utf8[4];

	if (e->width == 0)
		return;
	buf_add(out, utf8, utf8_encode(e->cp, utf8));
	for (int i = 0; i < CELL_MARKS && e->marks[i]; i++)
		buf_add(out, utf8, utf8_encode(e->marks[i], utf8));
}

static void
add_row(const struct canvas *c, int y, struct buf *out)
{
	size_t start = out->len;

	for (int x = 0; x < c->cols; x++)
		add_cell(out, &c->cells[(size_t)y * (size_t)c->cols + (size_t)x]);
	while (out->len > start && out->p[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
	buf_add_char(out, '\n');
}

void
canvas_text(const struct canvas *c, struct buf *out)
{
	for (int y = 0; y < c->rows; y++)
		add_row(c, y, out);
}

static void
add_style(struct buf *out, style s)
{
	static const char *const attrs[] = { "bold", "dim", "italic", "underline", "reverse",
		"strike" };

	buf_add_str(out, role_name(style_fg(s)));
	if (style_bg(s) != style_fg(s) && style_bg(s) != ROLE_TEXT)
		buf_printf(out, "/%s", role_name(style_bg(s)));
	for (size_t i = 0; i < ARRAY_LEN(attrs); i++) {
		if (style_attr(s) & 1u << i)
			buf_printf(out, "+%s", attrs[i]);
	}
}

void
canvas_styles(const struct canvas *c, struct buf *out)
{
	for (int y = 0; y < c->rows; y++) {
		const struct cell *row = &c->cells[(size_t)y * (size_t)c->cols];

		add_row(c, y, out);
		for (int x = 0, x0 = 0; x < c->cols; x0 = x) {
			while (x < c->cols && row[x].style == row[x0].style)
				x++;
			if (row[x0].style == 0)
				continue;
			buf_printf(out, "    %d+%d ", x0, x - x0);
			add_style(out, row[x0].style);
			buf_add_char(out, '\n');
		}
	}
	if (c->cur_y >= 0)
		buf_printf(out, "cursor %d,%d\n", c->cur_y, c->cur_x);
}
