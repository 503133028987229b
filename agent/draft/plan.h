/*
 * The durable plan of one commit. stage/TASK/cN/ holds
 *   plan    the operations, written once, fsynced before anything moves; ends in a SHA-256
 *   state   one word; the truth about where we are
 *   times   folder times an undo or redo will leave (written before it begins)
 * and each root keeps what is displaced in its own hold folder (same mount, so that renames
 * work): rI/hN/SLOT. Whether an operation was applied is told by inode numbers: a rename keeps
 * them, so no record is written per operation.
 */
#ifndef HOMARD_DRAFT_PLAN_H
#define HOMARD_DRAFT_PLAN_H

#include "agent/draft/draft_private.h"
#include "agent/draft/stage.h"

enum plan_kind {
	OP_CREATE = 1, /* upper or hold -> path, which must be free */
	OP_SWAP,       /* upper <-> path; the old one stays in the hold */
	OP_DELETE,     /* path -> hold */
	OP_MOVE,       /* from -> path */
	OP_PARK,       /* from -> hold, where moves and deletions get in each other's way */
	OP_PLACE,      /* hold -> path: the second half */
	OP_ATTR,       /* mode, owner, attributes of path, in place */
	OP_INPLACE,    /* content of a file with several names, in place */
	OP_KINDS
};

#define OPF_FROM_HOLD 1u /* CREATE: made in the hold before (folders, copies from other disks) */
#define OPF_TREE 2u	 /* CREATE: a whole tree, told by its print */
#define OPF_XATTR 4u	 /* ATTR: carriers SLOT.old and SLOT.new hold extended attributes */
#define OPF_SILENT 8u	 /* the second half of what another operation reports */
#define OPF_COPY 16u	 /* MOVE, PLACE: the upper holds a copy at path that is not needed */
#define OPF_PENDING 32u	 /* MOVE, PLACE: is in the draft's list of moves */
#define OPF_WHITEOUT 64u /* the upper has a whiteout at path (DELETE) or from (MOVE, PARK) */

struct plan_op {
	uint32_t kind, root, from_root, flags;
	uint32_t effect; /* enum effect_kind, for reports */
	uint32_t pad;
	uint64_t slot;
	uint64_t bytes, count;
	uint64_t tree; /* print of the tree: of the old one, or with OPF_TREE of the new one */
	struct draft_print pre, post;
	char *path, *from; /* relative to their roots; from may be NULL */
};

/* A folder whose times (and mode, when lent) are put right at the end. */
struct plan_dir {
	uint32_t pre_root, post_root;
	char *pre, *post; /* where it is before and after; NULL: not there */
	int64_t pre_mtime, post_mtime;
	uint32_t pre_mode, post_mode;
};

struct plan_root {
	char *real, *upper, *hold;
	int real_fd, upper_fd, hold_fd; /* -1 until plan_open_roots */
};

struct plan {
	char *stage; /* stage/TASK/cN */
	int stage_fd;
	int64_t task, commit, time_ns;
	struct plan_root *roots;
	size_t n_roots;
	struct plan_op *ops;
	size_t n_ops, cap_ops;
	struct plan_dir *dirs;
	size_t n_dirs, cap_dirs;
};

void plan_finish(struct plan *p);
/* Writes plan.tmp, syncs and renames it. */
bool plan_save(struct plan *p, struct err *err) MUST_CHECK;
/* n_dirs folder times, -1 where nothing is to be set. */
bool plan_save_times(const struct plan *p, const int64_t *targets, struct err *err) MUST_CHECK;
bool plan_load_times(const struct plan *p, int64_t *targets, struct err *err) MUST_CHECK;
bool plan_load(const char *stage, struct plan *ret, struct err *err) MUST_CHECK;
/* Opens every root's real, upper (when there) and hold folder. */
bool plan_open_roots(struct plan *p, struct err *err) MUST_CHECK;

/* --- state --- */
/* keep is a word behind the state: what an interrupted undo or redo was told. */
bool plan_set_state(const struct plan *p, enum stage_state state, bool keep, struct err *err)
	MUST_CHECK;
enum stage_state plan_state(const char *stage, bool *ret_keep);

/* plan_make.c: operations for the taken effects. Fills everything but stage. Conflicts that are
 * seen already are reported in r and give ERR_CONFLICT; nothing has changed then. new_data:
 * content lies in the upper that must be synced first. */
bool plan_make(struct draft *d, const struct effects *e, const bool *take, struct plan *p,
	bool *ret_new_data, struct commit_result *r, struct err *err) MUST_CHECK;

#endif
