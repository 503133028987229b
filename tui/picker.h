/*
 * A filtered list to choose from: palette, themes, history of the input, settings, tasks, skills,
 * memory. The caller gives the items and what happens; the picker owns copies of the texts.
 * Limits: 5,000 items.
 */
#ifndef HOMARD_TUI_PICKER_H
#define HOMARD_TUI_PICKER_H

#include "tui/screen_priv.h"

#define PICKER_MAX 5000

struct picker; /* opaque */

struct picker_opts {
	const char *title;	/* translated */
	const char *placeholder;
	const char *empty;	/* shown when nothing matches */
	const char *hints;	/* bottom line, translated */
	bool wide;		/* with a preview beside the list */
	bool no_sort;		/* keep the given order while filtering */
	const char *const *contexts; /* NULL: picker only */
	/* data is the item's. The picker is closed before `chosen` unless keep_open. */
	void (*chosen)(struct screen *s, const char *data);
	void (*moved)(struct screen *s, const char *data); /* selection changed; NULL */
	void (*cancelled)(struct screen *s);		   /* NULL */
	/* Lays out the preview of an item. */
	void (*preview)(struct screen *s, const char *data, int cols, struct lines *out);
	/* Called when the filter changed, to fill the items anew; NULL: filter what is there. */
	void (*refill)(struct screen *s, struct picker *p, const char *filter);
	bool keep_open;
	/* What was asked has answered itself meanwhile: the list goes away. NULL: never. */
	bool (*stale)(struct screen *s);
};

struct picker *picker_open(struct screen *s, const struct picker_opts *o);
/* What stands behind a tab in the label is left out where there is little room. */
void picker_add(struct picker *p, const char *label, const char *right, const char *data);
void picker_clear(struct picker *p);
/* What stands in the filter from the start; before picker_ready. */
void picker_filter(struct picker *p, const char *text);
/* Items are there: filter and show. select: data to stand on, or NULL. */
void picker_ready(struct screen *s, struct picker *p, const char *select);
/* Key contexts of this one. */
const char *const *picker_contexts_of(const struct picker *p);
/* The open picker on top, or NULL. */
struct picker *picker_top(struct screen *s);
const char *picker_data(const struct picker *p); /* of the selected item, or NULL */
void picker_move(struct screen *s, struct picker *p, int by);
void picker_page(struct screen *s, struct picker *p, int pages2);
void picker_choose(struct screen *s);
void picker_cancel(struct screen *s);
/* What the list on top shows changed: fills it anew, on the same item. */
void picker_refresh(struct screen *s);
/* Before a frame: closes lists on top whose question is gone. */
void picker_drop_stale(struct screen *s);
void picker_scroll_preview(struct screen *s, struct picker *p, int rows);
/* Takes an editing operation for the filter. */
bool picker_edit(struct screen *s, struct picker *p, enum edit_op op);

#endif
