/* Remembered facts: a projection of `memory` events. To add, edit or forget, append the event
 * (facts: op, id, origin, trust; body: the text); to read, use this. */
#ifndef HOMARD_MEMORY_H
#define HOMARD_MEMORY_H

#include "agent/store/journal.h"

struct memory_row {
	int64_t id;   /* the seq of the event that added it */
	int64_t time; /* of the newest version */
	int64_t seq, task; /* where it comes from */
	const char *text;
	const char *origin; /* person, task, import */
	const char *trust;  /* sure, told, untrusted */
};
typedef bool memory_fn(void *user, const struct memory_row *row);
/* words NULL: all, newest first. Folded, CJK-aware matching; best first. */
bool memory_find(struct journal *j, const char *words, size_t limit, memory_fn *fn, void *user,
	struct err *err);
/* How many stand that are not untrusted; reads no text. */
bool memory_count(struct journal *j, int64_t *ret, struct err *err);
bool memory_get(struct journal *j, int64_t id, memory_fn *fn, void *user, struct err *err);

#endif
