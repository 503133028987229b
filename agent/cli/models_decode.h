/* `homard models decode`: what a recorded reply means, as one JSON object on c->out. */
#ifndef HOMARD_MODELS_DECODE_H
#define HOMARD_MODELS_DECODE_H

#include "agent/cli/cli.h"

/* argv[0] is "decode". The exit code: 0 whenever a body was read, also when it is an error. */
int cli_models_decode(struct cli *c, int argc, char **argv);
/* Its lines in `homard models --help`. */
extern const char cli_models_decode_usage[];
extern const char cli_models_decode_help[];

#endif
