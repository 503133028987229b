/* A list's selection and scroll position, and the bar beside long things. Values only. */
#ifndef HOMARD_TUI_SCROLL_H
#define HOMARD_TUI_SCROLL_H

#include "tui/cell.h"

struct list {
	int n;	 /* items */
	int sel; /* -1 when empty */
	int top; /* first visible */
	int h;	 /* rows, as last drawn */
};

/* Keeps sel and top inside; the selection keeps a margin of rows around it. */
void list_fit(struct list *l, int n, int h);
void list_move(struct list *l, int by);
void list_page(struct list *l, int pages2); /* half pages */
void list_to(struct list *l, int sel);
/* Item in a row, or -1. */
int list_hit(const struct list *l, int y);

/* A bar in column x of the area when not everything fits. */
void draw_scrollbar(struct area a, int x, int total, int above);

#endif
