/* Between the two files that make a plan. */
#ifndef HOMARD_DRAFT_PLAN_MAKE_H
#define HOMARD_DRAFT_PLAN_MAKE_H

#include "agent/draft/effects_private.h"
#include "agent/draft/plan.h"

#define COMMIT_MAX_CONFLICTS 100

struct make {
	struct draft *d;
	const struct effects *e;
	const bool *take;
	struct plan *p;
	struct commit_result *r;
	struct err *err;
	uint64_t slots;
	bool park;     /* moves and other effects get in each other's way */
	bool new_data; /* content must be on disk before the first rename */
	struct map *going; /* paths of taken deletions and replacements, and where moves start */
	struct map *froms; /* of taken moves: the effect */
	struct map *tos;
	struct map *inodes; /* of modified files with several names: how many are modified */
};

/* Adds the operations of one effect. Conflicts go to m->r; false is an error. */
bool make_one(struct make *m, const struct effect *x) MUST_CHECK;
bool make_is_freed(const struct make *m, const char *path);
/* The nearest entry at path or, strict, only above it. */
void *make_at_or_above(const struct map *m, const char *path, bool strict);
/* No other taken effect changes the same file under another name. */
bool make_is_only_name(const struct make *m, const struct stat *st);
struct plan_op *make_op(struct make *m, enum plan_kind kind, const struct effect *x);
/* plan_dirs.c: the folders whose times change, from the operations. */
bool make_dirs(struct make *m) MUST_CHECK;
void commit_result_add(struct commit_result *r, const char *path, const char *why);

#endif
