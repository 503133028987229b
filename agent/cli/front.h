/* From main to a front end: options before the verb, places, language, settings, dispatch. */
#ifndef HOMARD_FRONT_H
#define HOMARD_FRONT_H

#include "agent/cli/cli.h"

struct front_screen {
	/* Called when a screen is wanted and possible. Returns the exit code, or -1 when there is
	 * no usable terminal: then line mode begins. */
	int (*run)(struct cli *c);
	/* For `homard help keys`. c->config is NULL when the settings are broken. */
	void (*help)(struct cli *c, struct buf *out);
};

/* screen NULL: line mode always. */
int front_main(int argc, char **argv, const struct front_screen *screen);

#endif
