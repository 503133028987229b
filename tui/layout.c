#include "tui/layout.h"

#define WIDE_COLS 120
#define WIDE_ROWS 30
#define NARROW_COLS 80
#define NARROW_ROWS 16
#define TINY_COLS 20
#define TINY_ROWS 6
#define INPUT_ROWS_MAX 8

static struct rect
rect(int y, int x, int h, int w)
{
	return (struct rect){ y, x, MAX_OF(h, 0), MAX_OF(w, 0) };
}

static enum layout_kind
kind_of(const struct layout_wish *w)
{
	if (w->cols < TINY_COLS || w->rows < TINY_ROWS)
		return LAYOUT_TINY;
	if (w->cols < NARROW_COLS || w->rows < NARROW_ROWS)
		return LAYOUT_NARROW;
	if (w->cols >= WIDE_COLS && w->rows >= WIDE_ROWS)
		return LAYOUT_WIDE;
	return LAYOUT_NORMAL;
}

/* Header on top; rule, input and status below; returns the rows between. */
static struct rect
frame(const struct layout_wish *w, struct layout *l)
{
	int y = 0, room = w->rows - 3, input = MAX_OF(w->input_rows, 1);
	int bottom;

	input = MIN_OF(MIN_OF(input, INPUT_ROWS_MAX), MAX_OF(room / 2, 1));
	l->header = rect(y++, 0, 1, w->cols);
	if (w->banner && w->rows >= 12)
		l->banner = rect(y++, 0, 1, w->cols);
	if (l->kind == LAYOUT_NARROW && w->rows >= 10)
		l->tabs = rect(y++, 0, 1, w->cols);
	bottom = w->rows - 1;
	l->status = rect(bottom, 0, 1, w->cols);
	l->input = rect(bottom - input, 0, input, w->cols);
	l->rule = rect(bottom - input - 1, 0, 1, w->cols);
	l->pane[PANE_INPUT] = l->input;
	return rect(y, 0, l->rule.y - y, w->cols);
}

static bool
is_there(const struct layout_wish *w, enum pane_id p)
{
	switch (p) {
	case PANE_PLAN:
		return w->has_plan;
	case PANE_TOOLS:
		return w->has_tools;
	case PANE_APPROVAL:
		return w->has_approval;
	default:
		return true;
	}
}

static void
one_pane(const struct layout_wish *w, struct layout *l, struct rect body)
{
	enum pane_id p = w->focus == PANE_INPUT ? PANE_TRANSCRIPT : w->focus;

	/* A decision fills a small screen: what is decided must be seen. */
	if (w->has_approval && (w->focus == PANE_INPUT || w->focus == PANE_APPROVAL))
		p = PANE_APPROVAL;
	l->pane[is_there(w, p) ? p : PANE_TRANSCRIPT] = body;
}

static void
normal(const struct layout_wish *w, struct layout *l, struct rect body)
{
	int top = body.h / 2;

	l->pane[PANE_TRANSCRIPT] = body;
	if (w->has_approval) {
		int h = MAX_OF(body.h * 6 / 10, MIN_OF(body.h, 10));

		/* Whoever looks closer wants to see it. */
		if (w->focus == PANE_APPROVAL)
			h = MAX_OF(h, body.h - 3);
		l->pane[PANE_APPROVAL] = rect(body.y + body.h - h, 0, h, body.w);
		l->pane[PANE_TRANSCRIPT].h = body.h - h;
		top = body.h - h;
	}
	if ((w->focus == PANE_PLAN || w->focus == PANE_TOOLS) && is_there(w, w->focus) && top >= 3) {
		l->pane[w->focus] = rect(body.y, 0, top, body.w);
		l->pane[PANE_TRANSCRIPT].y += top;
		l->pane[PANE_TRANSCRIPT].h -= top;
	}
}

static void
wide(const struct layout_wish *w, struct layout *l, struct rect body)
{
	int side = MIN_OF(MAX_OF(body.w * 38 / 100, 44), 76), x = body.w - side;
	int plan = 0;

	l->pane[PANE_TRANSCRIPT] = body;
	if (!w->has_plan && !w->has_tools && !w->has_approval)
		return;
	if (w->has_approval) {
		/* Effects and differences want room. */
		x = body.w * 45 / 100;
		side = body.w - x;
	}
	l->pane[PANE_TRANSCRIPT].w = x - 1;
	l->split_x = x - 1;
	if (w->has_approval) {
		/* Plan or tools stand above it while somebody is there. */
		if ((w->focus == PANE_PLAN || w->focus == PANE_TOOLS) && is_there(w, w->focus))
			plan = body.h * 4 / 10;
		if (plan)
			l->pane[w->focus] = rect(body.y, x, plan, side);
		l->pane[PANE_APPROVAL] = rect(body.y + plan, x, body.h - plan, side);
		return;
	}
	if (w->has_plan && w->plan_folded)
		plan = 1;
	else if (w->has_plan && w->has_tools && !w->tools_folded)
		plan = MIN_OF(w->plan_rows + 2, body.h * 5 / 10);
	else if (w->has_plan)
		plan = body.h - (w->has_tools ? 1 : 0);
	if (w->has_plan)
		l->pane[PANE_PLAN] = rect(body.y, x, plan, side);
	if (w->has_tools)
		l->pane[PANE_TOOLS] = rect(body.y + plan, x, w->tools_folded ? 1 : body.h - plan, side);
}

void
layout_make(const struct layout_wish *w, struct layout *ret)
{
	struct rect body;

	*ret = (struct layout){ .kind = kind_of(w) };
	if (ret->kind == LAYOUT_TINY) {
		/* Never refuse input: its last row stays. */
		ret->header = rect(0, 0, MIN_OF(w->rows, 1), w->cols);
		ret->input = rect(w->rows - 1, 0, w->rows > 1 ? 1 : 0, w->cols);
		ret->pane[PANE_INPUT] = ret->input;
		return;
	}
	body = frame(w, ret);
	if (w->zoom != PANE_INPUT && is_there(w, w->zoom) && !(w->has_approval && w->zoom != PANE_APPROVAL))
		ret->pane[w->zoom] = body;
	else if (ret->kind == LAYOUT_NARROW)
		one_pane(w, ret, body);
	else if (ret->kind == LAYOUT_NORMAL)
		normal(w, ret, body);
	else
		wide(w, ret, body);
}

enum pane_id
layout_next(const struct layout_wish *w, enum pane_id from, int dir)
{
	/* What waits for the person comes first. */
	static const enum pane_id order[] = { PANE_INPUT, PANE_APPROVAL, PANE_TRANSCRIPT, PANE_PLAN,
		PANE_TOOLS };
	int n = (int)ARRAY_LEN(order), i = 0;

	while (i < n && order[i] != from)
		i++;
	do {
		i = (i + dir + n) % n;
	} while (!is_there(w, order[i]));
	return order[i];
}
