/* The numbers of the events this process appended, as ranges: what a watcher must not report.
 * Limit: OWN_RANGES; the oldest go first. */
#ifndef HOMARD_STORE_OWN_H
#define HOMARD_STORE_OWN_H

#include "agent/base/base.h"

#define OWN_RANGES 4096

struct own_range {
	int64_t from, to;
};
struct own {
	struct own_range *v; /* ascending */
	size_t n, cap;
};

void own_add(struct own *o, int64_t seq); /* greater than all before */
bool own_has(const struct own *o, int64_t seq);
int64_t own_after(const struct own *o, int64_t seq); /* the last of the own ones right after seq; none: seq */
void own_drop_after(struct own *o, int64_t seq); /* rolled back: everything above seq */
void own_forget(struct own *o, int64_t seq);	 /* everything up to seq */
void own_finish(struct own *o);

#endif
