/* Guards: what must hold before a recipe begins and after its last step. */
#ifndef HOMARD_GUARD_H
#define HOMARD_GUARD_H

#include "agent/skill/template.h"
#include "agent/skill/recipe.h"

/* False with a sentence when it does not hold. Looks at the folder itself only: never at more
 * than GUARD_ENTRIES_MAX names. */
#define GUARD_ENTRIES_MAX 10000
bool guard_holds(const struct guard *g, const struct template_scope *s, const char *cwd,
	struct err *err) MUST_CHECK;

#endif
