/*
 * Committed stages: undo, redo, forgetting, recovery, retention. A stage folder holds the plan
 * and its state; they are the truth, the journal is told. Every call blocks; run on a worker.
 */
#ifndef HOMARD_STAGE_H
#define HOMARD_STAGE_H

#include "agent/draft/draft.h"

/* Undo: the exact reverse, same compare-and-swap. Later edits of the person are conflicts:
 * keep = false: nothing changes (ERR_CONFLICT, r->conflicts); keep = true: both are kept, the
 * person's as it is, ours as "name.before-undo". */
bool stage_undo(const char *stage, bool keep, struct commit_result *r, struct err *err) MUST_CHECK;
bool stage_redo(const char *stage, bool keep, struct commit_result *r, struct err *err) MUST_CHECK;
/* Frees what undo would need. ret_bytes may be NULL. */
bool stage_forget(const char *stage, uint64_t *ret_bytes, struct err *err) MUST_CHECK;

enum stage_state { STAGE_NONE, STAGE_PREPARED, STAGE_COMMITTED, STAGE_ABORTED, STAGE_UNDOING,
	STAGE_UNDONE, STAGE_REDOING, STAGE_FORGOTTEN };
enum stage_state stage_state(const char *stage);

/* Called for each stage that a crash left in the middle and that was brought to an end. */
typedef void stage_recovered_fn(void *user, int64_t task, int64_t commit, const char *stage,
	enum stage_state was, enum stage_state now);
/* Runs first at every start; idempotent; takes a lock on the stage root and skips tasks that
 * another live process holds (locked stage folders). */
bool stage_recover(const char *stage_root, const char *home, stage_recovered_fn *fn, void *user,
	struct err *err) MUST_CHECK;

struct stage_sums {
	uint64_t stages, bytes; /* held for undo */
	uint64_t pending;	/* bytes of open drafts */
};
bool stage_sums(const char *stage_root, const char *home, struct stage_sums *ret, struct err *err);
/* Stages to forget by age (30 days) and space (10 % of free), oldest first; ask is told each
 * and returns true to let it go (it shows before). */
bool stage_expire(const char *stage_root, const char *home, int64_t now_ms,
	bool (*ask)(void *user, const char *stage, int64_t task, uint64_t bytes, int64_t time_ms),
	void *user, struct err *err) MUST_CHECK;

#endif
