/* What the lists of tasks and of events share. */
#ifndef HOMARD_TUI_CMD_HISTORY_H
#define HOMARD_TUI_CMD_HISTORY_H

#include "tui/screen_priv.h"

/* The task that is meant: the list's, else the one on view; 0 none. */
int64_t history_meant(struct screen *s);
/* Asks for the words of a new task that goes on from there. */
void history_fork(struct screen *s, int64_t task, int64_t seq);

#endif
