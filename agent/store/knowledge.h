/* Small projections: the kept draft of the input, recipe statistics, reminders. */
#ifndef HOMARD_STORE_KNOWLEDGE_H
#define HOMARD_STORE_KNOWLEDGE_H

#include "agent/store/journal.h"

/* The newest draft text of the input, owned; NULL when there is none (err stays clear) or it
 * was empty. */
char *input_draft(struct journal *j, struct err *err);

struct recipe_stat {
	const char *skill, *recipe;
	const char *outcome; /* "" counts the matches, else as the events say */
	int64_t n, last;     /* how often, and when last */
};
typedef bool recipe_stat_fn(void *user, const struct recipe_stat *row);
/* recipe NULL: all. By skill, recipe, outcome. */
bool recipe_stats(struct journal *j, const char *recipe, recipe_stat_fn *fn, void *user,
	struct err *err);

struct reminder_row {
	const char *id;
	int64_t seq, task, due; /* due in ms since 1970 UTC, 0: none */
	const char *text;
};
typedef bool reminder_fn(void *user, const struct reminder_row *row);
/* Open reminders, soonest first; until 0: all, else those due at or before it. */
bool reminders_open(struct journal *j, int64_t until, reminder_fn *fn, void *user,
	struct err *err);

#endif
