#include "tui/scroll.h"

#define MARGIN 2

void
list_fit(struct list *l, int n, int h)
{
	int margin = MIN_OF(MARGIN, MAX_OF((h - 1) / 2, 0));

	l->n = n;
	l->h = MAX_OF(h, 1);
	l->sel = n == 0 ? -1 : MIN_OF(MAX_OF(l->sel, 0), n - 1);
	if (l->sel < l->top + margin)
		l->top = l->sel - margin;
	if (l->sel >= l->top + l->h - margin)
		l->top = l->sel - l->h + 1 + margin;
	l->top = MAX_OF(MIN_OF(l->top, n - l->h), 0);
}

void
list_move(struct list *l, int by)
{
	list_to(l, l->sel + by);
}

void
list_page(struct list *l, int pages2)
{
	list_move(l, pages2 * MAX_OF(l->h - 1, 2) / 2);
}

void
list_to(struct list *l, int sel)
{
	l->sel = sel;
	list_fit(l, l->n, l->h);
}

int
list_hit(const struct list *l, int y)
{
	int i = l->top + y;

	return y >= 0 && y < l->h && i < l->n ? i : -1;
}

void
draw_scrollbar(struct area a, int x, int total, int above)
{
	int size, pos;

	if (total <= a.h || a.h < 2)
		return;
	size = MAX_OF(a.h * a.h / total, 1);
	pos = above >= total - a.h ? a.h - size : (a.h - size) * above / (total - a.h);
	draw_vline(a, MIN_OF(MAX_OF(pos, 0), a.h - size), x, size, 0x2590, STYLE(ROLE_SCROLLBAR));
}
