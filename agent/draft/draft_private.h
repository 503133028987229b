/*
 * What the files of this room share: the draft itself, its roots, and the seams between the
 * view, the runner (run.c) and the effects. Nothing outside agent/draft includes this.
 *
 * On disk:
 *   stage/TASK/lock          flocked while a handle is open
 *   stage/TASK/t0            T0 in ns: what changed later on disk is the person's
 *   stage/TASK/roots         NUL-separated: real folder, stage folder of it
 *   stage/TASK/moves         log of pending moves
 *   stage/TASK/rN/{upper,work,tmp}   one root each (below .homard-stage on other mounts)
 *   stage/TASK/cN/...        committed stages (plan.h)
 */
#ifndef HOMARD_DRAFT_PRIVATE_H
#define HOMARD_DRAFT_PRIVATE_H

#include <pthread.h>
#include "agent/draft/draft.h"
#include "agent/draft/fs.h"
#include "agent/draft/map.h"

#define DRAFT_MAX_ROOTS 64
#define DRAFT_MAX_LINKS 40
#define DRAFT_SEEN 8
#define DRAFT_KNOWN_MAX 4096
#define DRAFT_KNOWN_OPEN 1u  /* nothing in the upper covers what lies in it on disk */
#define DRAFT_KNOWN_UPPER 2u /* the upper has the folder */
#define DRAFT_STAGE_NAME ".homard-stage" /* on mounts other than the stage's own */

/* One folder of the person that the draft covers. All paths absolute and free of links. */
struct draft_root {
	char *real;  /* the folder itself */
	char *dir;   /* our folder for it: upper, work and tmp lie inside, commits too */
	char *upper; /* overlay upper: always there */
	char *work;  /* overlay work: always there; run.c clears work/incompat */
	int real_fd, dir_fd, upper_fd, tmp_fd;
	struct fs_place place;
};

struct draft_move; /* moves.h */

struct draft {
	char *stage_root;
	char *dir; /* stage/TASK */
	int dir_fd, lock_fd;
	int64_t task;
	char *home, *cwd; /* links resolved */
	char *helper;	  /* or NULL */
	struct draft_root *roots; /* by real path; a root may lie inside another (its own mount) */
	size_t n_roots;
	struct strv hidden, own;
	const struct clock *clock;
	int64_t t0_ns;
	struct draft_move **moves;
	size_t n_moves, cap_moves;
	struct map *by_to, *by_from; /* of moves */
	int moves_fd;
	/* Readers may look side by side: it guards what is remembered below. */
	pthread_mutex_t view_lock;
	/* What is remembered until draft_changed(): see view.c. */
	struct draft_seen {
		char *dir, *real; /* as spelled, with its slash; canonical */
	} seen[DRAFT_SEEN];
	size_t n_seen;
	struct map *known; /* canonical folder -> DRAFT_KNOWN_* */
	bool acted;	   /* something is or was pending since T0 */
	bool has_read;
	int64_t read_ms; /* monotonic time of the last read of a file */
};

/* --- roots.c --- */
/* Finds the roots for home and cwd, adds them to d and makes their stage folders. Roots that
 * cannot be staged (read-only, foreign) are left out. Called at open; again when an act needs a
 * place that no root covers. */
bool draft_roots_find(struct draft *d, const char *place, struct err *err) MUST_CHECK;
bool draft_roots_load(struct draft *d, struct err *err) MUST_CHECK;
void draft_roots_close(struct draft *d);
/* Empties uppers, works and tmps of every root. */
bool draft_roots_clear(struct draft *d, struct err *err) MUST_CHECK;
/* Stage folders on other mounts that hold nothing any more go, up to .homard-stage. dir is that of
 * a root. */
void draft_root_prune(const char *dir);
/* The root that covers a canonical path, or NULL; *ret_rel is the part behind it ("" = root). */
struct draft_root *draft_root_of(const struct draft *d, const char *path, const char **ret_rel);
/* Places that belong to Homard: no act may touch them. */
bool draft_is_own(const struct draft *d, const char *path);

/* --- draft.c --- */
/* Call before anything acts in the draft: when nothing is pending, T0 becomes now. */
bool draft_begin_act(struct draft *d, struct err *err) MUST_CHECK;
/* Where nothing is pending, what acts left behind in the uppers (copied folders, files that are
 * the same again) goes. */
bool draft_tidy(struct draft *d, struct err *err) MUST_CHECK;
/* Waits until every later change of a file gets a stamp behind T0 (at most one tick of the clock).
 * For acts that look at files at once; a command takes longer than that to start. */
void draft_settle_t0(struct draft *d);
/* A file is being read, perhaps to be changed: T0 becomes now, so that an edit of the person
 * between the reading and the writing is found. */
bool draft_begin_read(struct draft *d, struct err *err) MUST_CHECK;
/* Forgets what was remembered about folders; call after anything but the view's own acts
 * changed the uppers (a command ran). */
void draft_changed(struct draft *d);
unsigned draft_known(const struct draft *d, const char *dir, size_t n);
void draft_remember(struct draft *d, const char *dir, size_t n, unsigned bits);

/* --- effects.c: records become effects --- */
/* Adds one record. path is absolute (root joined with the record's path), from the link target
 * or "". DRAFT_LIST_END, EXIT, PROBE and HOST are not for this. Never fails: what is over
 * LIMIT_EFFECTS is counted in not_listed. */
void effects_add_record(struct effects *e, const struct draft_record *r, const char *path,
	const char *from);
/* After the last record: pairs moves, adds pending ones, finds red classes, text and sums, and
 * sorts. What draft_effects gives is this. */
bool draft_effects_finish(struct draft *d, const volatile bool *cancelled, struct effects *e,
	struct err *err) MUST_CHECK;

#endif
