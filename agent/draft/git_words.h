/* What changes in .git mean, in words. */
#ifndef HOMARD_DRAFT_GIT_WORDS_H
#define HOMARD_DRAFT_GIT_WORDS_H

#include "agent/draft/effects.h"

/* old and new are 40 or 64 hex digits or NULL (no such branch). git_dir is where objects are
 * read. Owned or NULL when nothing can be said. Runs `git rev-list` for at most two seconds. */
char *git_ref_words(const char *git_dir, const char *objects, const char *ref, const char *old,
	const char *new);
/* The object a ref names in a packed-refs text, or NULL; owned. */
char *git_packed_ref(struct slice packed, const char *ref);

#endif
