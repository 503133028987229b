/*
 * Whether a key may decide (DESIGN 7). Nothing typed before the pane was on the screen, nor for
 * 300 ms after, nor within 300 ms of another deciding key, is an answer; and a red one can be taken
 * only after it was shown whole. Time alone does not arm it: the owner first empties the terminal
 * of keys that were pressed before, then calls guard_arm(). Pure; a value.
 */
#ifndef HOMARD_TUI_APPROVAL_GUARD_H
#define HOMARD_TUI_APPROVAL_GUARD_H

#include "agent/base/base.h"

#define GUARD_QUIET_MS 300

struct decision_guard {
	int64_t task, approval; /* 0: none */
	bool shown;	/* a frame with it left for the terminal */
	bool armed;
	int64_t due;	/* when it may be armed, by the monotonic clock */
	bool red;
	int seen, total; /* rows of what is decided */
};

/* Another approval (or 0): everything starts again. */
void guard_open(struct decision_guard *g, int64_t task, int64_t approval, bool red);
/* The frame that shows it was written. */
void guard_shown(struct decision_guard *g, int64_t now);
/* Rows up to `last` of `total` were on the screen in a frame that was written. A longer total
 * (another width) does not unsee what was seen whole. */
void guard_seen(struct decision_guard *g, int last, int total);
/* ms until guard_arm may be called; -1: nothing to wait for. */
int guard_wait(const struct decision_guard *g, int64_t now);
/* The terminal has been emptied of older keys. */
void guard_arm(struct decision_guard *g, int64_t now);
/* A deciding key came while not armed: it is nothing, and the quiet starts again. */
void guard_early(struct decision_guard *g, int64_t now);

/* Something near a decision happened (a click that only brought the keyboard): quiet starts again. */
void guard_again(struct decision_guard *g, int64_t now);

bool guard_may_refuse(const struct decision_guard *g);
bool guard_may_take(const struct decision_guard *g);
bool guard_seen_whole(const struct decision_guard *g);

#endif
