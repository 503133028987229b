/* From main to a front end: options before the verb, places, language, settings, dispatch. */
#ifndef HOMARD_FRONT_H
#define HOMARD_FRONT_H

#include "agent/cli/cli.h"

/* screen is called when a screen is wanted and possible; NULL: line mode always. It returns the
 * exit code, or -1 when there is no usable terminal: then line mode begins. */
int front_main(int argc, char **argv, int (*screen)(struct cli *c));

#endif
