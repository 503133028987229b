/*
 * How far the lobster has grown: a fold over the journal, kept nowhere. Evidence counts, use does
 * not: recipes that ran to their end at least three times within the last 180 days and were not
 * undone, runs of theirs that cost no token, and remembered facts that still stand. Of runs
 * the newest 500 are looked at. Loop's thread; a few milliseconds.
 */
#ifndef HOMARD_GROWTH_H
#define HOMARD_GROWTH_H

#include "agent/store/journal.h"

#define GROWTH_STAGES 5
#define GROWTH_VERIFIED 3 /* runs that make a recipe verified */

struct growth {
	int stage; /* 0 .. GROWTH_STAGES - 1 */
	int64_t recipes, runs, memories;
	/* What the next moult wants; 0 at the last stage. */
	int64_t want_recipes, want_runs, want_memories;
};

bool growth_read(struct journal *j, int64_t now_ms, struct growth *ret, struct err *err) MUST_CHECK;
const char *growth_word(int stage); /* translated */

#endif
