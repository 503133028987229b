/*
 * A long scrolling text made of blocks that only grow at the end or change one at a time. Nothing
 * but the visible rows is laid out: finished pieces keep their rows by width, the rest is estimated
 * until it comes into view; the position is kept by block, never by row number, so nothing jumps.
 * Owned by its pane, main thread. Limits: 160 laid-out pieces are kept.
 */
#ifndef HOMARD_TUI_BLOCKS_H
#define HOMARD_TUI_BLOCKS_H

#include "tui/lines.h"

struct block_view {
	uint64_t revision; /* changes when anything about the block changes */
	bool markdown;	   /* text is Markdown that only ever grows; else render() is asked */
	struct slice text; /* Markdown; otherwise what search looks at first (may be empty) */
	style base;
	int indent;   /* columns left free */
	bool gap;     /* an empty row before it */
};
struct blocks_source {
	size_t (*count)(void *user);
	void (*view)(void *user, size_t i, struct block_view *ret);
	void (*render)(void *user, size_t i, int cols, struct lines *out);
	void *user;
};

struct blocks; /* opaque */

struct blocks *blocks_create(const struct blocks_source *src);
void blocks_destroy(struct blocks *b); /* NULL is fine */
/* Another content altogether: to its end. */
void blocks_reset(struct blocks *b);
/* The source changed: looks at every revision, lays out nothing. */
void blocks_sync(struct blocks *b);

void blocks_draw(struct blocks *b, struct area a);
/* Rows up (negative) or down. */
void blocks_scroll(struct blocks *b, int rows);
void blocks_page(struct blocks *b, int pages2); /* half pages */
void blocks_top(struct blocks *b);
void blocks_bottom(struct blocks *b);
bool blocks_at_bottom(const struct blocks *b);
/* For a scroll bar: estimated rows above the view and in all. */
void blocks_position(struct blocks *b, int *ret_above, int *ret_total);
/* Moves so that a block's first row shows. */
void blocks_show(struct blocks *b, size_t i);
/* Block at the view's top; the count when empty. */
size_t blocks_first_visible(const struct blocks *b);

/* --- search, without case; "" ends it --- */
/* dir 1 onwards, -1 back. False: nowhere. */
bool blocks_find(struct blocks *b, const char *words, int dir);

/* --- mouse --- */
/* The block in a row of the area last drawn, or -1; *ret_line its line or -1. */
ptrdiff_t blocks_hit(const struct blocks *b, int y, int *ret_line);
void blocks_select_start(struct blocks *b, int y, int x);
void blocks_select_to(struct blocks *b, int y, int x);
void blocks_select_none(struct blocks *b);
/* The selected text, wrapped lines joined again. Owned; NULL when nothing is selected. */
char *blocks_selected(struct blocks *b);

/* Everything as plain text at a width, for $PAGER and export. */
void blocks_text(struct blocks *b, int cols, struct buf *out);

#endif
