/* `homard-draft run` and `list`: the outer process, in the caller's place, inside its own user
 * namespace. */
#ifndef HELPER_DRAFT_RUN_H
#define HELPER_DRAFT_RUN_H

#include "agent/helpers/draft/rec.h"
#include "agent/helpers/draft/spec.h"

/* Exit codes: 0 the records are complete, 1 a DRAFT_FAIL was written. */
int run_command(const struct spec *s, struct rec *out);
int run_list(const struct spec *s, struct rec *out);

#endif
