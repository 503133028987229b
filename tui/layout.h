/*
 * Where everything stands, from the size and what there is to show. Pure. Four layouts: wide (two
 * columns), normal (one, others over it), narrow (one pane at a time with tabs), tiny (a sentence).
 */
#ifndef HOMARD_TUI_LAYOUT_H
#define HOMARD_TUI_LAYOUT_H

#include "agent/base/base.h"

enum pane_id { PANE_INPUT, PANE_TRANSCRIPT, PANE_PLAN, PANE_TOOLS, PANE_APPROVAL, PANE_COUNT };
enum layout_kind { LAYOUT_TINY, LAYOUT_NARROW, LAYOUT_NORMAL, LAYOUT_WIDE };

struct rect {
	int y, x, h, w; /* h 0: not shown */
};

struct layout_wish {
	int rows, cols;
	int input_rows;	    /* the text's own */
	enum pane_id focus;
	enum pane_id zoom;  /* PANE_INPUT: none */
	bool has_plan, has_tools, has_approval;
	int plan_rows; /* steps */
	bool plan_folded, tools_folded;
	bool banner;	    /* a permanent warning row */
};

struct layout {
	enum layout_kind kind;
	struct rect header, banner, tabs, rule, input, status;
	struct rect pane[PANE_COUNT]; /* with their title row; PANE_INPUT is input */
	int split_x; /* column of the line between the columns, 0 none */
};

void layout_make(const struct layout_wish *w, struct layout *ret);
/* The next pane that is shown (or can be), for Tab; dir -1 goes back. */
enum pane_id layout_next(const struct layout_wish *w, enum pane_id from, int dir);

#endif
