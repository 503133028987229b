/*
 * Where a path of the draft's view lies on disk. Canonical paths are absolute and have no
 * links in them as the draft sees it.
 */
#ifndef HOMARD_DRAFT_VIEW_H
#define HOMARD_DRAFT_VIEW_H

#include "agent/draft/draft_private.h"

enum place_kind { PLACE_NONE, PLACE_UPPER, PLACE_REAL };

struct place {
	enum place_kind kind;
	struct draft_root *root; /* that covers the path; NULL outside of all */
	char *rel;		 /* within root; owned */
	char *disk;		 /* PLACE_REAL: the path on disk; owned */
	struct stat st;		 /* unless PLACE_NONE */
	bool lower;		 /* something on disk is seen or covered here */
	struct stat lower_st;
	bool whiteout; /* the upper has a whiteout right here */
	bool opaque;   /* PLACE_UPPER folder that hides the one on disk */
};
void place_finish(struct place *p);
#define autoplace __attribute__((cleanup(place_finish)))

/* Canonical form; follow: also when the last part is a link. What does not exist stays as it
 * is spelled. Owned, NULL on error. */
char *view_resolve(struct draft *d, const char *path, bool follow, struct err *err);
/* Never fails: PLACE_NONE when there is nothing. */
void view_find(struct draft *d, const char *canon, struct place *ret);
/* O_PATH or other descriptor of what the place holds. */
int view_open(struct draft *d, const struct place *p, int flags);
/* Names in a folder of the view, in byte order. */
bool view_names(struct draft *d, const char *canon, const struct place *p, struct strv *ret);
/* Target of a link; owned, NULL with errno. */
char *view_link(struct draft *d, const struct place *p);
/* A whiteout, an opaque folder or a file of the upper lies above rel. */
bool view_covered(const struct draft_root *r, const char *rel);

#endif
