/* The verbs of `homard models`: one file each (cli_models_NAME.c), listed in cli_models.c. */
#ifndef HOMARD_CLI_MODELS_H
#define HOMARD_CLI_MODELS_H

#include "agent/cli/cli.h"
#include "agent/llm/model_engine.h"

struct models_verb {
	const char *name;
	const char *usage; /* "decode --kind KIND FILE" */
	const char *help;  /* N_(): lines of at most 80 */
	int (*run)(struct cli *c, int argc, char **argv); /* argv[0] is the name; exit code */
};

extern const struct models_verb models_decode, models_list, models_test, models_update;

/* The config as the room of models wants it. */
struct model_settings cli_model_settings(struct cli *c);

#endif
