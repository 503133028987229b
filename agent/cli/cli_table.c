/* All verbs, sorted by name: one line each. */
#include "agent/cli/cli.h"

#define VERBS(X)                                                                                   \
	X(approvals)                                                                               \
	X(approve)                                                                                 \
	X(backup)                                                                                  \
	X(config)                                                                                  \
	X(deny)                                                                                    \
	X(doctor)                                                                                  \
	X(export)                                                                             \
	X(help)                                                                                    \
	X(history)                                                                                 \
	X(memory)                                                                                  \
	X(models)                                                                                  \
	X(recipe)                                                                                  \
	X(redo)                                                                                    \
	X(rules)                                                                                   \
	X(run)                                                                                     \
	X(search)                                                                                  \
	X(secrets)                                                                                 \
	X(show)                                                                               \
	X(skills)                                                                                  \
	X(try)                                                                                     \
	X(undo)                                                                                    \
	X(usage_)                                                                                  \
	X(verify)                                                                                  \

#define X(name) extern const struct cli_command cli_##name;
VERBS(X)
#undef X

const struct cli_command *const cli_commands[] = {
#define X(name) &cli_##name,
	VERBS(X)
#undef X
	NULL,
};
