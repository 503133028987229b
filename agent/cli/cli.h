/*
 * Subcommands: one file each (cli_NAME.c), one constant each, listed in cli_table.c. The entry
 * carries its usage and help; `homard help`, completions and the man page come from it.
 */
#ifndef HOMARD_CLI_H
#define HOMARD_CLI_H

#include "agent/base/clock.h"
#include "agent/base/err.h"
#include "agent/base/path.h"
#include "agent/core/config.h"


struct front_screen;

/* What main gives every subcommand; borrowed. */
struct cli {
	const struct places *places;
	const struct clock *clock;
	struct config *config; /* loaded, -c overrides applied (agent/core/config.h) */
	FILE *out, *errout;
	const char *program;
	const struct front_screen *screen; /* NULL: there is none (agent/cli/front.h) */
};

struct cli_command {
	const char *name;
	const char *summary; /* N_(): one line, at most 60 characters, no full stop */
	const char *usage;   /* "[--json] REQUEST" */
	const char *help;    /* N_(): what it does and its options, lines of at most 80 */
	bool no_config;	     /* works with a broken config (doctor, help) */
	int (*run)(struct cli *c, int argc, char **argv); /* argv[0] is the verb; exit code */
};

extern const struct cli_command *const cli_commands[]; /* sorted, NULL-terminated */
const struct cli_command *cli_find(const char *name);
/* Prints "homard VERB: text" on stderr, returns the exit code of the error. */
int cli_fail(struct cli *c, const char *verb, const struct err *err);
/* Says the sentence and the usage line on stderr; 2. */
int cli_usage(struct cli *c, const struct cli_command *cmd, const char *sentence);
int cli_unknown_option(struct cli *c, const struct cli_command *cmd, const char *option);
/* "12" or "12:3" (step 0 when absent). */
bool cli_task_number(const char *text, int64_t *ret_task, int64_t *ret_step, struct err *err)
	MUST_CHECK;
/* Handles --help and unknown options alike for all verbs: true when the verb should return
 * *ret at once. */
bool cli_help_asked(struct cli *c, const struct cli_command *cmd, int argc, char **argv, int *ret);

#endif
