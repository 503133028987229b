/* Running a whole plan: shared by commit, undo, redo and recovery. */
#ifndef HOMARD_DRAFT_STAGE_PRIVATE_H
#define HOMARD_DRAFT_STAGE_PRIVATE_H

#include "agent/draft/apply.h"
#include "agent/draft/plan.h"
#include "agent/draft/stage.h"

/* All operations forward. On failure everything done is reversed again (r gets the conflict)
 * and false comes back. */
bool stage_forward(struct apply *a, struct commit_result *r, struct err *err) MUST_CHECK;
/* Everything back that was done, both versions kept where the person changed it since. */
void stage_reverse(struct apply *a);
/* All operations back. keep: conflicts are skipped with both versions kept, and counted in r;
 * else the first one makes everything go forward again and false. */
bool stage_back(struct apply *a, bool keep, struct commit_result *r, struct err *err) MUST_CHECK;
/* Forward again after an undo; keep as for stage_back. */
bool stage_forward_keeping(struct apply *a, bool keep, struct commit_result *r, struct err *err)
	MUST_CHECK;
/* Conflicts that undoing (forward: redoing) would meet, noted in r; their number. */
size_t stage_check(struct plan *p, bool forward, struct commit_result *r);
/* Times and lent modes of the folders: targets[i] or -1. pre: the side before the commit. */
void stage_settle_dirs(struct plan *p, bool pre, const int64_t *targets);
/* The times that going to that side shall leave: a folder that the person changed since keeps
 * the time it has. targets has n_dirs entries. */
void stage_choose_times(struct plan *p, bool to_pre, int64_t *targets);
/* The times folders have now on that side. */
void stage_current_times(struct plan *p, bool pre, int64_t *times);
/* Takes from the uppers and the list of moves what was committed. */
bool stage_clean_draft(struct plan *p, struct err *err) MUST_CHECK;
/* Every file system of the plan. */
bool stage_sync(struct plan *p, struct err *err) MUST_CHECK;
/* Removes the holds. */
bool stage_drop_holds(struct plan *p, struct err *err) MUST_CHECK;
/* Lock of one committed stage's folder against other processes; -1 on error. */
int stage_lock(const char *stage, struct err *err);
/* Waits until no other task's commit, undo or recovery moves files; taken after stage_lock. Two
 * of them in one folder would each see the other's middle, and give it back as its time. */
int stage_lock_all(const char *stage, struct err *err);
/* From PREPARED to COMMITTED, or, everything put back, to ABORTED and false. */
bool stage_finish_commit(struct plan *p, struct commit_result *r, struct err *err) MUST_CHECK;
/* The holds and the stage folder; for stages that ended in nothing. What is still displaced in
 * the holds goes back first, and where that fails nothing is removed. */
void stage_remove(struct plan *p);
/* Everything of the person's that lies in the holds goes to its place, or beside it. */
bool stage_rescue(struct plan *p);
/* A program that had looked the name up just before a file was displaced may open and write it
 * just after. All: true when none did. */
bool stage_is_quiet(struct plan *p, struct commit_result *r);
/* The same when it is too late to go back: a copy of what was written comes beside the file. */
void stage_save_late(struct plan *p, struct commit_result *r);
/* Puts a held version beside what is at the path, as "name.word". */
bool stage_place_beside(struct apply *a, const struct plan_op *o, const char *word,
	const char *slot);
/* Blocks on disk below dir. */
uint64_t stage_disk_bytes(const char *dir);
/* Fills r from the plan. */
void stage_fill_result(const struct plan *p, struct commit_result *r);

/* recover.c: one task's stages; the caller holds the task's lock. */
bool stage_recover_task(const char *task_dir, stage_recovered_fn *fn, void *user, struct err *err)
	MUST_CHECK;

#endif
