/* Which commits exist and what became of them: a projection of commit events. */
#ifndef HOMARD_UNDO_INDEX_H
#define HOMARD_UNDO_INDEX_H

#include "agent/store/journal.h"

struct commit_row {
	int64_t task, commit, call, time, n, bytes;
	const char *stage; /* folder of the commit's plan */
	const char *state; /* begun, done, undone, forgotten, failed */
};
typedef bool commit_fn(void *user, const struct commit_row *row);
/* task -1: all. Newest first. */
bool commit_each(struct journal *j, int64_t task, commit_fn *fn, void *user, struct err *err);

#endif
