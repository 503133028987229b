/*
 * Laid-out text: lines of styled runs, ready to draw. What a layout makes once and keeps.
 * Plain data, owned by whoever asked. Limits: 16 MB of text, 4 G runs.
 */
#ifndef HOMARD_TUI_LINES_H
#define HOMARD_TUI_LINES_H

#include "tui/cell.h"

struct run {
	uint32_t end; /* offset into text; starts where the run before ends */
	style st;
	uint16_t link; /* 0, or index + 1 into links */
};

struct line {
	uint32_t start, end; /* bytes of text */
	uint32_t first_run, n_runs;
	uint32_t skip; /* bytes of decoration at the start: not copied */
	bool soft;     /* the text goes on in the next line (a wrap, no newline) */
	bool soft_space; /* ... and a space was dropped there */
	bool no_copy;	 /* all decoration: leaves no line in a copy */
	uint8_t fill;  /* role whose background fills the row, 0 none */
};

struct lines {
	struct buf text;
	struct run *runs;
	size_t n_runs, cap_runs;
	struct line *v;
	size_t n, cap;
	struct strv links;
};

void lines_init(struct lines *l);
void lines_finish(struct lines *l);
void lines_clear(struct lines *l);
#define autolines __attribute__((cleanup(lines_finish)))

/* Starts a line; pieces follow. */
void lines_begin(struct lines *l);
void lines_add(struct lines *l, struct slice s, style st, uint16_t link);
void lines_add_str(struct lines *l, const char *s, style st);
void lines_printf(struct lines *l, style st, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* What stands in the line so far is decoration. */
void lines_decor(struct lines *l);
/* The open line. */
struct line *lines_last(struct lines *l);
uint16_t lines_link(struct lines *l, struct slice url);
/* One whole line. */
void lines_put(struct lines *l, const char *s, style st);
/* All lines of another at the end; its links are not taken along. */
void lines_append(struct lines *l, const struct lines *more);
/* Wraps text (sanitised; newlines end lines) in one style with a prefix before every line. */
void lines_wrap(struct lines *l, struct slice s, int cols, const char *prefix, style st);
/* With the prefix in a style of its own. */
void lines_wrap_marked(struct lines *l, struct slice s, int cols, const char *prefix,
	style prefix_st, style st);
/* The prefix before the first line only; further ones are indented as far. */
void lines_wrap_hang(struct lines *l, struct slice s, int cols, const char *prefix, style prefix_st,
	style st);

struct slice lines_text(const struct lines *l, size_t i);
/* Draws line i into row y from column x on. */
void lines_draw(const struct lines *l, size_t i, struct area a, int y, int x);

#endif
