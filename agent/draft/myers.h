/* The shortest edit between two lists of lines (Myers 1986), with caps: where the texts differ
 * too much, the middle counts as replaced. */
#ifndef HOMARD_DRAFT_MYERS_H
#define HOMARD_DRAFT_MYERS_H

#include "agent/base/str.h"

struct diff_lines {
	struct slice *v; /* with their newline; the last may lack it */
	uint64_t *hash;
	size_t n;
};
/* At most max lines; false when there are more. */
bool diff_lines_split(struct slice text, size_t max, struct diff_lines *ret);
void diff_lines_finish(struct diff_lines *l);

/* One run: n_old lines at old go, n_new at new come. */
struct diff_edit {
	size_t old, n_old, new, n_new;
};
struct diff_edits {
	struct diff_edit *v;
	size_t n, cap;
};
void diff_edits_find(const struct diff_lines *a, const struct diff_lines *b, struct diff_edits *ret);
void diff_edits_finish(struct diff_edits *e);

#endif
