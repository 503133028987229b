/* A set of names with a number each: open addressing, names borrowed. */
#ifndef HOMARD_TOOLS_NAMESET_H
#define HOMARD_TOOLS_NAMESET_H

#include "agent/base/base.h"

struct nameset {
	const char **names;
	size_t *values;
	size_t n, cap;
};
void nameset_put(struct nameset *s, const char *name, size_t value);
/* SIZE_MAX when absent. */
size_t nameset_get(const struct nameset *s, const char *name);
void nameset_finish(struct nameset *s);

#endif
