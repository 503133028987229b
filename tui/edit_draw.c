/* The text on the screen: wrapped lines, chips, the caret. */
#include "tui/edit_priv.h"
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"
#include "tui/wrap.h"

#define TAB_COLS 4

struct row {
	size_t start, end, next; /* end: what is shown; next: where the next row starts */
	bool hard; /* the text's own end of line follows */
};

/* What a character shows as: a chip's label, blanks for a tab, or itself. */
static struct slice
shown(const struct edit *e, size_t at, size_t *ret_used, char label[96], bool *ret_chip)
{
	uint32_t cp;
	const char *chip;
	size_t lines = 1;

	*ret_used = utf8_decode(e->text.p + at, e->text.len - at, &cp, NULL);
	*ret_chip = false;
	if (cp == '\t')
		return (struct slice){ "        ", TAB_COLS };
	chip = edit_chip(e, cp);
	if (!chip)
		return (struct slice){ e->text.p + at, *ret_used };
	for (const char *p = chip; *p; p++)
		lines += *p == '\n' && p[1];
	*ret_chip = true;
	if (lines > 1)
		snprintf(label, 96, ngettext_("[pasted %zu line]", "[pasted %zu lines]", lines), lines);
	else
		snprintf(label, 96, _("[pasted %zu characters]"), strlen(chip));
	return slice_of(label);
}

static int
cols_at(const struct edit *e, size_t at, size_t *ret_used)
{
	char label[96];
	bool chip;
	struct slice s = shown(e, at, ret_used, label, &chip);

	return text_cols(s);
}

/* The row that starts at `start`. Rows of plain text break like wrap.c; a caret needs its column,
 * so the last column stays free. */
static struct row
row_at(const struct edit *e, size_t start, int cols)
{
	size_t stop = edit_line_end(e, start), i = start;
	struct slice line = { e->text.p + start, stop - start };
	struct row r = { .start = start };
	struct wrap_line w;
	int used = 0;
	bool plain = true;

	while (i < stop && used <= cols) {
		size_t n;
		int c = cols_at(e, i, &n);

		plain = plain && c == text_cols((struct slice){ e->text.p + i, n });
		used += c;
		i += n;
	}
	if (used <= cols && i == stop) {
		r.end = r.next = stop;
	} else if (plain) {
		wrap_next(line, cols, &w);
		r.end = start + w.end;
		r.next = start + MAX_OF(w.next, (size_t)1);
	} else {
		size_t n;

		for (i = start, used = 0; i < stop; i += n) {
			int c = cols_at(e, i, &n);

			if (used + c > cols && i > start)
				break;
			used += c;
		}
		r.end = r.next = i;
	}
	if (r.next >= stop) {
		r.hard = stop < e->text.len;
		r.next = stop;
	}
	return r;
}

static bool
next_row(const struct edit *e, struct row *r, int cols)
{
	if (r->next >= e->text.len && !r->hard)
		return false;
	*r = row_at(e, r->hard ? r->next + 1 : r->next, cols);
	return true;
}

/* Does the caret stand in this row? At a soft break it stands at the start of the next one. */
static bool
holds_caret(const struct edit *e, const struct row *r)
{
	if (e->caret < r->start)
		return false;
	if (r->hard || r->next >= e->text.len)
		return e->caret <= r->next;
	return e->caret < r->next;
}

int
edit_rows(struct edit *e, int cols)
{
	struct row r = row_at(e, 0, MAX_OF(cols - 1, 1));
	int n = 1;

	while (next_row(e, &r, MAX_OF(cols - 1, 1)))
		n++;
	return n;
}

static int
caret_col(const struct edit *e, const struct row *r)
{
	int x = 0;
	size_t n;

	for (size_t i = r->start; i < e->caret; i += n)
		x += cols_at(e, i, &n);
	return x;
}

static void
caret_place(const struct edit *e, int cols, int *ret_y, int *ret_x, struct row *ret_row)
{
	struct row r = row_at(e, 0, cols);
	int y = 0;

	while (!holds_caret(e, &r) && next_row(e, &r, cols))
		y++;
	*ret_y = y;
	*ret_x = caret_col(e, &r);
	*ret_row = r;
}

static size_t
offset_at(const struct edit *e, const struct row *r, int col)
{
	size_t i = r->start, n, limit = r->hard || r->next >= e->text.len ? r->next : r->end;
	int x = 0;

	while (i < limit) {
		int c = cols_at(e, i, &n);

		if (x + c > col)
			break;
		x += c;
		i += n;
	}
	return i;
}

static struct row
row_number(const struct edit *e, int y, int cols)
{
	struct row r = row_at(e, 0, cols);

	while (y-- > 0 && next_row(e, &r, cols))
		;
	return r;
}

bool
edit_vertical(struct edit *e, int dir)
{
	int cols = MAX_OF(e->cols - 1, 1), y, x;
	struct row r;

	caret_place(e, cols, &y, &x, &r);
	if (e->want_col >= 0)
		x = e->want_col;
	if ((dir < 0 && y == 0) || (dir > 0 && !next_row(e, &r, cols)))
		return false;
	r = row_number(e, y + dir, cols);
	edit_move(e, offset_at(e, &r, x));
	e->want_col = x;
	return true;
}

static void
draw_row(const struct edit *e, struct area a, int y, const struct row *r, style st)
{
	int x = 0;
	size_t n;

	for (size_t i = r->start; i < r->end; i += n) {
		char label[96];
		bool chip;
		struct slice s = shown(e, i, &n, label, &chip);

		x += draw_text(a, y, x, -1, s, chip ? STYLE(ROLE_CHIP) : st);
	}
}

void
edit_draw(struct edit *e, struct area a, style st, bool focused)
{
	int cols = MAX_OF(a.w - 1, 1), y, x;
	struct row r;

	e->cols = a.w;
	caret_place(e, cols, &y, &x, &r);
	if (y < e->top)
		e->top = y;
	if (y >= e->top + a.h)
		e->top = y - a.h + 1;
	r = row_number(e, e->top, cols);
	for (int i = 0; i < a.h; i++) {
		draw_row(e, a, i, &r, st);
		if (!next_row(e, &r, cols))
			break;
	}
	if (focused)
		draw_cursor(a, y - e->top, x);
}

void
edit_click(struct edit *e, int y, int x)
{
	struct row r = row_number(e, e->top + y, MAX_OF(e->cols - 1, 1));

	edit_move(e, offset_at(e, &r, x));
	e->want_col = -1;
}
