/*
 * The screen without terminal and agent: events in, a canvas out, a clock that stands still unless
 * the test moves it. What it shows is compared as text, with the roles of its cells, or as painted
 * for a kind of terminal.
 */
#ifndef HOMARD_TEST_STAGE_H
#define HOMARD_TEST_STAGE_H

#include "tui/screen_priv.h"

#define STAGE_DAY 1767225600000ll /* 2026-01-01 00:00 UTC */

struct stage {
	struct screen s;
	struct cli cli;
	struct places places;
	int64_t seq;
};

/* Of every stage: what its clock says (both the wall's and the running one). */
extern int64_t stage_now;

/* Sets HOME, TZ and the locale, remembers where the goldens are, and goes to /. Call it in main. */
void stage_world(void);
void stage_begin(struct stage *st, int rows, int cols);
void stage_end(struct stage *st);
/* An event of task 7; body NULL: none. */
void stage_feed(struct stage *st, enum event_kind kind, const char *facts, const char *body);
/* Everything into the canvas. */
void stage_compose(struct stage *st);
/* The language of what is drawn from here on, "en" or another. False: it is not built. */
bool stage_language(const char *lang);

/*
 * Composes and appends the rows, each behind a "|"; then, with a theme, a letter for each cell
 * that does not look like the terminal's own ("." does), and what the letters mean.
 */
void stage_shot(struct stage *st, struct buf *out);
void stage_shot_painted(struct stage *st, enum color_depth depth, struct buf *out);

#endif
