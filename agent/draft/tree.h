/* Sums and prints of whole trees on disk, and comparison of two of them. */
#ifndef HOMARD_DRAFT_TREE_H
#define HOMARD_DRAFT_TREE_H

#include "agent/draft/draft_private.h"

struct tree_sum {
	uint64_t count, bytes; /* entries with the top, bytes of regular files */
	uint64_t print;	       /* changes when any entry comes, goes or changes; never 0 */
	int64_t newest_ns;     /* ctime of the newest entry that is not a folder */
};

/* d may be NULL; else what pending moves take out of the tree (path is its name) is left out. */
bool tree_sum(const struct draft *d, int dir, const char *name, const char *path,
	const volatile bool *cancelled, struct tree_sum *ret);

struct tree_same {
	const volatile bool *cancelled; /* or NULL */
	uint64_t budget;		/* bytes that may still be compared */
};
/* Same names, types, modes, times, link targets and content. */
bool tree_same(struct tree_same *s, int a_dir, const char *a, int b_dir, const char *b);
/* Same bytes from the start; sizes are equal already. */
bool tree_same_bytes(struct tree_same *s, int a, int b, uint64_t size);

#endif
