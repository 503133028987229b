/* All verbs, sorted by name. */
#include "agent/cli/cli.h"

extern const struct cli_command cli_models, cli_redo, cli_run, cli_undo;

const struct cli_command *const cli_commands[] = {
	&cli_models,
	&cli_redo,
	&cli_run,
	&cli_undo,
	NULL,
};
