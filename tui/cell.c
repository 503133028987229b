/* The grid itself, and drawing single characters into it. */
#include "tui/cell.h"
#include "agent/base/utf8.h"
#include <stdarg.h>

static struct cell *
cell_at(const struct canvas *c, int y, int x)
{
	return &c->cells[(size_t)y * (size_t)c->cols + (size_t)x];
}

static void
cell_blank(struct cell *e, style st)
{
	memset(e, 0, sizeof(*e));
	e->cp = ' ';
	e->width = 1;
	e->style = st;
}

struct canvas *
canvas_create(int rows, int cols)
{
	struct canvas *c = xcalloc(1, sizeof(*c));

	canvas_resize(c, rows, cols);
	return c;
}

void
canvas_destroy(struct canvas *c)
{
	if (!c)
		return;
	strv_finish(&c->links);
	free(c->cells);
	free(c);
}

void
canvas_resize(struct canvas *c, int rows, int cols)
{
	c->rows = MIN_OF(MAX_OF(rows, 1), CANVAS_MAX);
	c->cols = MIN_OF(MAX_OF(cols, 1), CANVAS_MAX);
	c->cells = xreallocarray(c->cells, (size_t)c->rows * (size_t)c->cols, sizeof(*c->cells));
	canvas_clear(c);
}

void
canvas_clear(struct canvas *c)
{
	struct cell blank;

	cell_blank(&blank, 0);
	for (size_t i = 0; i < (size_t)c->rows * (size_t)c->cols; i++)
		c->cells[i] = blank;
	c->cur_y = c->cur_x = -1;
	strv_finish(&c->links);
}

uint16_t
canvas_link(struct canvas *c, struct slice url)
{
	if (url.n == 0 || url.n > 2000)
		return 0;
	for (size_t i = 0; i < url.n; i++) {
		if ((unsigned char)url.p[i] <= ' ' || url.p[i] == 0x7F)
			return 0;
	}
	for (size_t i = c->links.n; i-- > 0;) {
		if (slice_eq_str(url, c->links.v[i]))
			return (uint16_t)(i + 1);
	}
	if (c->links.n >= CANVAS_LINKS_MAX)
		return 0;
	strv_take(&c->links, slice_dup(url));
	return (uint16_t)c->links.n;
}

struct area
area_all(struct canvas *c)
{
	return (struct area){ c, 0, 0, c->rows, c->cols };
}

struct area
area_sub(struct area a, int y, int x, int h, int w)
{
	int y0 = MAX_OF(y, 0), x0 = MAX_OF(x, 0);
	int y1 = MIN_OF(y + h, a.h), x1 = MIN_OF(x + w, a.w);

	return (struct area){ a.c, a.y + y0, a.x + x0, MAX_OF(y1 - y0, 0), MAX_OF(x1 - x0, 0) };
}

/* A wide character that loses one half loses both: a half cannot be shown. */
static void
unlink_halves(struct canvas *c, int y, int x, int w)
{
	struct cell *e = cell_at(c, y, x);

	if (e->width == 0 && x > 0)
		cell_blank(e - 1, e[-1].style);
	e = cell_at(c, y, x + w - 1);
	if (e->width == 2 && x + w < c->cols)
		cell_blank(e + 1, e->style);
}

static void
put(struct area a, int y, int x, uint32_t cp, int w, style st, uint16_t link)
{
	struct cell *e;

	y += a.y;
	x += a.x;
	unlink_halves(a.c, y, x, w);
	e = cell_at(a.c, y, x);
	memset(e->marks, 0, sizeof(e->marks));
	e->cp = cp;
	e->width = (uint8_t)w;
	e->style = st;
	e->link = link;
	if (w == 2) {
		memset(&e[1], 0, sizeof(e[1]));
		e[1].style = st;
		e[1].link = link;
	}
}

static void
add_mark(struct area a, int y, int x, uint32_t cp)
{
	struct cell *e = cell_at(a.c, a.y + y, a.x + x - 1);
	int i;

	if (e->width == 0 && x > 1)
		e--;
	for (i = 0; i < CELL_MARKS; i++) {
		if (e->marks[i] == 0) {
			e->marks[i] = cp;
			return;
		}
	}
}

/* What has no width but is no mark: joiners, variation selectors, direction controls. */
static bool
is_mark(uint32_t c)
{
	return c >= 0x300 && !(c >= 0x200B && c <= 0x200F) && !(c >= 0x2028 && c <= 0x202E) &&
		!(c >= 0x2060 && c <= 0x206F) && !(c >= 0xFE00 && c <= 0xFE0F) && c != 0xFEFF &&
		c != 0x61C && c < 0xE0000;
}

static uint32_t
to_ascii(uint32_t cp)
{
	if (cp < 0x80)
		return cp;
	if (cp >= 0x2500 && cp <= 0x257F) {
		if (cp == 0x2500 || cp == 0x2501 || cp == 0x2504 || cp == 0x2508 || cp == 0x2550)
			return '-';
		if (cp == 0x2502 || cp == 0x2503 || cp == 0x2506 || cp == 0x250A || cp == 0x2551)
			return '|';
		return '+';
	}
	switch (cp) {
	case 0x2588: case 0x2593: case 0x25CF: case 0x25A0: case 0x25C6:
		return '#';
	case 0x2591: case 0x2592: case 0x00B7: case 0x2022:
		return '.';
	case 0x258E: case 0x258F: case 0x258C: case 0x2590:
		return '|';
	case 0x25B8: case 0x203A: case 0x276F: case 0x25B6: case 0x2192:
		return '>';
	case 0x25BE: case 0x2193: case 0x25BC:
		return 'v';
	case 0x2190:
		return '<';
	case 0x2191:
		return '^';
	case 0x2713: case 0x2714:
		return '+';
	case 0x2717: case 0x2718: case 0x00D7:
		return 'x';
	case 0x25CB: case 0x25CC: case 0x25E6:
		return 'o';
	case 0x2014: case 0x2013: case 0x2212:
		return '-';
	case 0x2018: case 0x2019:
		return '\'';
	case 0x201C: case 0x201D:
		return '"';
	case 0x2026:
		return '~';
	default:
		return cp;
	}
}

int
draw_link(struct area a, int y, int x, int max, struct slice s, style st, uint16_t link)
{
	int start = x, end = max < 0 ? a.w : MIN_OF(a.w, x + max);
	size_t i = 0;

	if (y < 0 || y >= a.h)
		return 0;
	while (i < s.n) {
		uint32_t cp;
		int w;

		if (s.p[i] >= ' ' && s.p[i] < 0x7F) {
			cp = (unsigned char)s.p[i++];
			w = 1;
		} else {
			i += utf8_decode(s.p + i, s.n - i, &cp, NULL);
			if (a.c->ascii)
				cp = to_ascii(cp);
			w = utf8_cp_width(cp);
		}
		if (w == 0) {
			if (x > start && x > 0 && x <= a.w && is_mark(cp))
				add_mark(a, y, x, cp);
			continue;
		}
		if (w < 0) {
			cp = UTF8_BAD;
			w = 1;
		}
		if (x + w > end)
			break;
		if (x >= 0)
			put(a, y, x, cp, w, st, link);
		x += w;
	}
	return x - start;
}

int
draw_text(struct area a, int y, int x, int max, struct slice s, style st)
{
	return draw_link(a, y, x, max, s, st, 0);
}

void
draw_repeat(struct area a, int y, int x, int n, uint32_t cp, style st)
{
	if (y < 0 || y >= a.h)
		return;
	if (a.c->ascii)
		cp = to_ascii(cp);
	for (; n > 0 && x < a.w; n--, x++) {
		if (x >= 0)
			put(a, y, x, cp, 1, st, 0);
	}
}

void
draw_vline(struct area a, int y, int x, int n, uint32_t cp, style st)
{
	for (; n > 0; n--, y++)
		draw_repeat(a, y, x, 1, cp, st);
}

void
draw_fill(struct area a, style st)
{
	for (int y = 0; y < a.h; y++)
		draw_repeat(a, y, 0, a.w, ' ', st);
}

void
draw_highlight(struct area a, int y, int x, int w, enum role bg)
{
	if (y < 0 || y >= a.h)
		return;
	for (; w > 0 && x < a.w; w--, x++) {
		if (x >= 0) {
			struct cell *e = cell_at(a.c, a.y + y, a.x + x);

			e->style = style_on(e->style, bg);
		}
	}
}

void
draw_ground(struct area a, enum role bg)
{
	for (int y = 0; y < a.h; y++) {
		for (int x = 0; x < a.w; x++) {
			struct cell *e = cell_at(a.c, a.y + y, a.x + x);

			if (!role_has_bg(style_bg(e->style)))
				e->style = style_on(e->style, bg);
		}
	}
}

void
draw_cursor(struct area a, int y, int x)
{
	if (y < 0 || x < 0 || y >= a.h || x > a.w || a.w == 0)
		return;
	a.c->cur_y = a.y + y;
	a.c->cur_x = a.x + MIN_OF(x, a.w - 1);
}

int
text_cols(struct slice s)
{
	int cols = 0;
	size_t i = 0;

	while (i < s.n) {
		uint32_t cp;
		int w;

		if (s.p[i] >= ' ' && s.p[i] < 0x7F) {
			i++;
			cols++;
			continue;
		}
		i += utf8_decode(s.p + i, s.n - i, &cp, NULL);
		w = utf8_cp_width(cp);
		cols += w < 0 ? 1 : w;
	}
	return cols;
}
