/*
 * The screen: panes over the fold of a task, an input line, overlays. Everything on the loop's
 * thread. Returns the exit code, or -1 when there is no usable terminal (nothing was changed then).
 */
#ifndef HOMARD_TUI_SCREEN_H
#define HOMARD_TUI_SCREEN_H

#include "agent/cli/cli.h"

int screen_main(struct cli *c);
/* What can be typed and pressed, with the person's own keys. */
void screen_help(struct cli *c, struct buf *out);

#endif
