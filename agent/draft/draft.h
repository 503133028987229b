/*
 * A draft: one task's private copy-on-write view of the person's files (DESIGN 7). Acts happen
 * here first; what changed is observed as effects; taking them is a commit, reversible by undo.
 *
 * On disk a draft is one overlayfs upper folder per root below the stage, so that file tools
 * and commands share it: file tools write the upper directly (whiteouts are 0:0 character
 * devices, opaque folders carry user.overlay.opaque), commands see it mounted. Moves made by
 * the move tool are kept as a list and cost nothing until a command needs to see them.
 *
 * Threads: every call blocks; one thread at a time per draft (the core runs them on its worker
 * pool), except that the view (stat, open, locate, readlink, list) may be read side by side
 * while nothing acts. Nothing here writes events: results and callbacks carry the facts.
 * Limits: LIMIT_EFFECTS effects (the rest is summed into the last), 64 roots.
 */
#ifndef HOMARD_DRAFT_H
#define HOMARD_DRAFT_H

#include <sys/stat.h>
#include <uv.h>
#include "agent/base/child.h"
#include "agent/base/clock.h"
#include "agent/base/draft_proto.h"
#include "agent/draft/effects.h"

struct draft; /* opaque */

struct draft_opts {
	const char *stage_root; /* $STATE/stage, 0700; other file systems get .homard-stage */
	int64_t task;
	const char *home;
	const char *cwd;
	const char *helper;	   /* path of homard-draft; NULL: file tools only */
	const char *const *masks;  /* NULL-terminated, absolute: secrets hidden from commands */
	const char *const *own;	   /* NULL-terminated: Homard's own folders: never readable or
				    * writable by any act, red when asked for */
	const struct clock *clock; /* NULL = clock_system */
};

/* Opens or creates stage/TASK; an existing one is continued (after a crash). */
bool draft_open(const struct draft_opts *o, struct draft **ret, struct err *err) MUST_CHECK;
/* Forgets the handle; the stage stays for recovery, undo and continuing. NULL is fine. */
void draft_close(struct draft *d);
/* Removes everything pending (not what was committed). */
bool draft_discard(struct draft *d, struct err *err) MUST_CHECK;
/* Closes the handle and removes the draft's folders from disk, unless something was committed:
 * then only what is pending. For drafts that are thrown away. NULL is fine. */
bool draft_destroy(struct draft *d, struct err *err);
/* Closes the handle; nothing is pending afterwards and nothing lies outside of the stage root, but
 * the folders there stay: opening the same task again is cheap. NULL is fine. */
bool draft_park(struct draft *d, struct err *err);
bool draft_is_empty(struct draft *d);

/* --- the view: what the task sees; paths are absolute and lexically normal --- */
bool draft_stat(struct draft *d, const char *path, struct stat *ret, struct err *err) MUST_CHECK;
/* O_RDONLY descriptor of a regular file as the draft sees it, or -1. Never follows a link out
 * of its own folder silently: symlinks are resolved within the view. */
int draft_open_read(struct draft *d, const char *path, struct err *err);
/* The path on disk that holds the content right now (real or in the stage). Owned. */
char *draft_locate(struct draft *d, const char *path, struct err *err);
char *draft_readlink(struct draft *d, const char *path, struct err *err); /* owned */
/* Merged listing in byte order, without . and ..; return false to stop. */
typedef bool draft_list_fn(void *user, const char *name, const struct stat *st);
bool draft_list(struct draft *d, const char *path, draft_list_fn *fn, void *user, struct err *err);

/* --- acts of file tools --- */
/* Creates (parents too) or replaces content; keeps the mode of an existing file, else mode. */
bool draft_write(struct draft *d, const char *path, struct slice content, unsigned mode,
	struct err *err) MUST_CHECK;
bool draft_mkdir(struct draft *d, const char *path, struct err *err) MUST_CHECK; /* with parents */
bool draft_delete(struct draft *d, const char *path, struct err *err) MUST_CHECK; /* trees too */
/* to may be an existing folder (then into it). A taken name becomes "name (2).ext"; ret_to
 * (owned) is the final path. Parents are made. No data is copied. */
bool draft_move(struct draft *d, const char *from, const char *to, char **ret_to,
	struct err *err) MUST_CHECK;
bool draft_chmod(struct draft *d, const char *path, unsigned mode, struct err *err) MUST_CHECK;
bool draft_symlink(struct draft *d, const char *target, const char *path, struct err *err)
	MUST_CHECK;
/* Puts all pending moves into the uppers so that a command sees them (reflink, else copy). */
bool draft_materialise(struct draft *d, struct err *err) MUST_CHECK;

/* --- observing and deciding --- */
/* Everything pending, sorted by path. cancelled may be NULL; checked often. */
bool draft_effects(struct draft *d, const volatile bool *cancelled, struct effects *ret,
	struct err *err) MUST_CHECK;
/* Unified diff of one text effect (or a sentence about a binary, archive, link ...), at most
 * max bytes; labels are the sanitised paths. */
bool draft_diff(struct draft *d, const struct effect *e, size_t max, struct buf *out,
	struct err *err) MUST_CHECK;
/* What an effect means in words where it can be said ("branch feature loses 3 commits");
 * owned or NULL. */
char *draft_words(struct draft *d, const struct effects *all, const struct effect *e);

struct commit_conflict {
	char *path;
	char *why; /* a sentence */
};
struct commit_result {
	char *stage; /* folder of the plan: what undo, redo and forget take; owned */
	size_t n;
	uint64_t bytes;
	struct commit_conflict *conflicts;
	size_t n_conflicts;
};
void commit_result_finish(struct commit_result *r);

/* Moves the effects with take[i] into the real files: plan fsynced, compare-and-swap renames,
 * conflicts found; all or nothing (ERR_CONFLICT: everything was put back, r->conflicts says
 * why). What was taken leaves the draft; the rest stays until draft_drop. commit is the number
 * of COMMIT_BEGUN. before is called once the plan is durable and before the first rename. */
bool draft_commit(struct draft *d, const struct effects *e, const bool *take, int64_t commit,
	bool (*before)(void *user, const char *stage), void *user, struct commit_result *r,
	struct err *err) MUST_CHECK;
/* Removes pending effects with drop[i] from the draft (NULL: all). */
bool draft_drop(struct draft *d, const struct effects *e, const bool *drop, struct err *err)
	MUST_CHECK;

/* --- running commands: agent/draft/run.c --- */
struct draft_run_end;
struct draft_run_opts {
	const char *const *argv; /* NULL-terminated */
	const char *const *env;	 /* extra K=V, NULL-terminated or NULL */
	uint64_t wall_ms, mem, fsize, cpu_s;
	unsigned nproc;
	const char *const *hosts; /* NULL: no network */
	struct slice input;
	void (*output)(void *user, int which, struct slice bytes);
	/* ok false: nothing ran (fail says why). The effects are what draft_effects would give. */
	void (*ended)(void *user, const struct draft_run_end *end);
	void *user;
};
struct draft_run_end {
	bool ran;
	enum draft_fail fail;
	int exit, signal; /* exit -1 when killed by a limit */
	enum draft_limit limit;
	struct effects *effects; /* owned by the receiver */
	const char *const *hosts; /* reached, NULL-terminated */
	const char *const *refused;
	struct err err;
};
struct draft_run; /* opaque; gone when ended() was called */
/* Asynchronous on the loop; the draft may not be used otherwise until ended(). */
bool draft_run(struct draft *d, uv_loop_t *loop, const struct draft_run_opts *o,
	struct draft_run **ret, struct err *err) MUST_CHECK;
/* Kills everything in the draft at once; ended() still comes. */
void draft_run_stop(struct draft_run *r);

/* What this machine allows. words: one sentence per missing thing and how to mend it. */
struct draft_ground {
	unsigned can; /* DRAFT_CAN_* */
	bool commands; /* commands can be drafted */
	char words[1024];
};
/* Tries in stage_root (may be missing) where it can. */
bool draft_probe(const char *helper, const char *home, const char *stage_root,
	struct draft_ground *ret, struct err *err);

#endif
