/*
 * The canvas: a grid of styled characters that panes draw into, left to right, through clipped
 * areas. No terminal is involved; term.c compares it with what is shown. It can be written out as
 * text and as text with a map of styles, which is what golden screens are.
 * Every character is checked once more here, so nothing but what wcwidth() can measure reaches a
 * cell. Main thread. Limits: 1,000 x 1,000 cells, 4 combining marks a cell, 4,095 links a frame.
 */
#ifndef HOMARD_TUI_CELL_H
#define HOMARD_TUI_CELL_H

#include "agent/base/buf.h"
#include "tui/style.h"

#define CANVAS_MAX 1000
#define CELL_MARKS 4
#define CANVAS_LINKS_MAX 4095

struct cell {
	uint32_t cp; /* 0: right half of the wide character before it */
	uint32_t marks[CELL_MARKS]; /* zero-terminated unless full */
	style style;
	uint16_t link; /* 0 = none, else index into links */
	uint8_t width; /* 0, 1 or 2 */
};

struct canvas {
	int rows, cols;
	struct cell *cells;
	int cur_y, cur_x; /* the real cursor; -1: hidden */
	struct strv links; /* link 1 is v[0] */
	bool ascii; /* draw lines and marks with ASCII: the terminal makes them wide, or has none */
};

struct canvas *canvas_create(int rows, int cols);
void canvas_destroy(struct canvas *c); /* NULL is fine */
/* Keeps nothing. Sizes are clamped to 1..CANVAS_MAX. */
void canvas_resize(struct canvas *c, int rows, int cols);
/* Blanks everything, forgets links and the cursor. */
void canvas_clear(struct canvas *c);
/* Index for a URL (0 when the table is full or the URL holds control bytes). */
uint16_t canvas_link(struct canvas *c, struct slice url);

/* A clipped rectangle of a canvas; everything below draws relative to it. A value. */
struct area {
	struct canvas *c;
	int y, x, h, w;
};

struct area area_all(struct canvas *c);
/* The part of a that lies in the rectangle; may be empty (h or w 0). */
struct area area_sub(struct area a, int y, int x, int h, int w);

/* Draws sanitised text from column x on, cut at the right edge of the area or at max columns
 * (max < 0: no other limit). Returns the columns used. */
int draw_text(struct area a, int y, int x, int max, struct slice s, style st);
int draw_str(struct area a, int y, int x, const char *s, style st);
/* As draw_text with "..." where it had to be cut. */
int draw_elided(struct area a, int y, int x, int max, const char *s, style st);
int draw_printf(struct area a, int y, int x, style st, const char *fmt, ...) PRINTF_LIKE(5, 6);
/* Right-aligned to end before column x_end. Returns the first column used. */
int draw_right(struct area a, int y, int x_end, const char *s, style st);
int draw_link(struct area a, int y, int x, int max, struct slice s, style st, uint16_t link);
/* n times the code point (must be one column wide). */
void draw_repeat(struct area a, int y, int x, int n, uint32_t cp, style st);
void draw_vline(struct area a, int y, int x, int n, uint32_t cp, style st);
void draw_fill(struct area a, style st);
/* Rounded box around the whole area with a title in its top line; both may be NULL. */
void draw_box(struct area a, style border, const char *title, style title_st);
/* Gives the cells of a row another background, text stays. */
void draw_highlight(struct area a, int y, int x, int w, enum role bg);
/* The same for every cell that has no background of its own: texts laid out for the panes on a
 * popup. */
void draw_ground(struct area a, enum role bg);
void draw_cursor(struct area a, int y, int x);

/* Columns of text as the canvas will draw it. */
int text_cols(struct slice s);

/* Rows right-trimmed, each with its newline. */
void canvas_text(const struct canvas *c, struct buf *out);
/* The text, then per row the runs "x+w role[/bgrole][+bold...]" that are not plain text. */
void canvas_styles(const struct canvas *c, struct buf *out);

#endif
