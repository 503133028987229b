/* The little lobster: shows the state, keeps out of the way. */
#ifndef HOMARD_TUI_LOBSTER_H
#define HOMARD_TUI_LOBSTER_H

#include "tui/screen_priv.h"

/* How far it has grown, from the journal; a few milliseconds, so behind the first frame. */
void lobster_grow(struct screen *s);
int lobster_rows(const struct screen *s);
/* The figure for an empty screen; returns its rows. */
int draw_lobster(struct area a, int y, int x, const struct screen *s);
/* The one-line form for the header: "(\/)!_!(\/)". Returns columns used. */
int draw_lobster_small(struct area a, int y, int x_end, const struct screen *s);

#endif
