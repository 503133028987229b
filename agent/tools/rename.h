/*
 * Renaming many files: from a rule to new names, and from new names to an order of moves that
 * never meets a taken name (a and b may change places). Pure: works on names of one folder.
 */
#ifndef HOMARD_TOOLS_RENAME_H
#define HOMARD_TOOLS_RENAME_H

#include "agent/base/err.h"
#include "agent/base/str.h"

struct rename_rule {
	const char *find, *replace; /* NULL: none; find may hold one * */
	char letters;               /* 'l'ower, 'u'pper, 't'itle, 0 */
	const char *number;         /* "Holiday ###": every name becomes this with a counter;
				     * "true": the counter goes in front; NULL: none */
	const char *spaces;         /* what blanks become; NULL: they stay */
};

/* The new name of the n-th (from 1) of total files; owned. NULL with err: no name is left, or
 * it would hold a slash. Extensions are kept as they are, but for lower case. */
char *rename_apply(const struct rename_rule *rule, const char *name, size_t n, size_t total,
	struct err *err);

struct rename_move {
	size_t file; /* index into names */
	char *to;    /* owned; a name in the folder */
};
struct rename_plan {
	struct rename_move *v; /* in the order they must be made */
	size_t n, cap;
	size_t numbered; /* names that were wanted twice and got " (2)" */
};
/* names: the files to rename; wanted: their new names (NULL or the same: it stays); taken: all
 * other names in the folder. Returns false when most would get one and the same name. */
bool rename_make_plan(const struct strv *names, char *const *wanted, const struct strv *taken,
	struct rename_plan *ret, struct err *err) MUST_CHECK;
void rename_plan_finish(struct rename_plan *p);

#endif
