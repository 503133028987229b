/* The last steps before foreign code runs: no privilege, limits, filter, exec. */
#ifndef HELPER_DRAFT_COMMAND_H
#define HELPER_DRAFT_COMMAND_H

#include "agent/helpers/draft/filter.h"
#include "agent/helpers/draft/spec.h"

/* In a fresh child of pid 1. Says on stderr why a program cannot be run and ends with 127, 126
 * or 125, as a shell would. proxy_port 0: no network. */
NORETURN void command_exec(
	const struct spec *s, const struct filter *filter, unsigned proxy_port);

#endif
