/* What the acts of file tools share. All paths are canonical (view.h). */
#ifndef HOMARD_DRAFT_ACT_H
#define HOMARD_DRAFT_ACT_H

#include "agent/draft/moves.h"
#include "agent/draft/view.h"

/* Before an act: T0 when it is the first, and nothing of the same instant stays unseen. */
bool act_begin(struct draft *d, struct err *err) MUST_CHECK;
/* Resolves path for a change: inside a root (one is added where the person owns the place),
 * not Homard's own, not a root itself. Owned canonical path, NULL on error. */
char *act_target(struct draft *d, const char *path, bool follow, struct err *err);
/* Makes sure that the folders above canon exist in the upper, copied up or new. */
bool act_parents(struct draft *d, const char *canon, struct err *err) MUST_CHECK;
/* Puts what lies at tmp/name of the root to canon in its upper, over what is there (a whiteout,
 * a file). A folder gets opaque when something on disk would shine through. */
bool act_put(struct draft *d, struct draft_root *r, const char *name, const char *canon,
	struct err *err) MUST_CHECK;
/* A fresh name in the root's tmp; out of 32 bytes. */
void act_temp(struct draft *d, char out[32]);
/* A new folder with the mode, attributes and times of like (NULL: just mode). */
bool act_make_dir(struct draft *d, const char *canon, unsigned mode, const struct place *like,
	struct err *err) MUST_CHECK;
/* Removes the upper's entry at canon and whatever is below it; none is fine. */
bool act_clear_upper(struct draft *d, struct draft_root *r, const char *rel, struct err *err)
	MUST_CHECK;
/* A whiteout at canon when something on disk is to be seen there; over nothing else. */
bool act_whiteout(struct draft *d, const char *canon, struct err *err) MUST_CHECK;
/* What lies at disk, already free of its place in the view, is deleted. */
bool act_hide_disk(struct draft *d, const char *disk, struct err *err) MUST_CHECK;
/* Breaks moves up until canon does not lie strictly inside a moved folder. */
bool act_break_up(struct draft *d, const char *canon, struct err *err) MUST_CHECK;
/* The thing at canon itself gets into the upper, with parents: copied up when it is on disk. */
bool act_copy_up(struct draft *d, const char *canon, struct err *err) MUST_CHECK;
bool act_delete(struct draft *d, const char *canon, struct err *err) MUST_CHECK;
bool act_move(struct draft *d, const char *from, const char *to, struct err *err) MUST_CHECK;

#endif
