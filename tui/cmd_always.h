/* The question behind "always" in a decision. */
#ifndef HOMARD_TUI_CMD_ALWAYS_H
#define HOMARD_TUI_CMD_ALWAYS_H

#include "tui/screen_priv.h"

/* An approval must be open. take is called when the person said yes, once or always. */
void always_ask(struct screen *s, void (*take)(struct screen *s));

#endif
