/* Saying that a decision waits or a task ended while nobody looks at the terminal. */
#ifndef HOMARD_TUI_NOTIFY_H
#define HOMARD_TUI_NOTIFY_H

#include "tui/screen_priv.h"

void notify_waiting(struct screen *s);
void notify_ended(struct screen *s);
/* Takes the notification away: it was answered, or somebody looks. */
void notify_drop(struct screen *s);
void notify_on_timer(uv_timer_t *t);

#endif
