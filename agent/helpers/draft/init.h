/* Pid 1 of the draft: builds the jail, starts the command, reaps orphans, reports the end. When
 * it ends, the kernel kills everything that is left in the draft. */
#ifndef HELPER_DRAFT_INIT_H
#define HELPER_DRAFT_INIT_H

#include "agent/helpers/draft/filter.h"
#include "agent/helpers/draft/spec.h"

/* In the new namespaces. chan is the only way to the supervisor. */
NORETURN void init_main(const struct spec *s, const struct filter *filter, int chan);

#endif
