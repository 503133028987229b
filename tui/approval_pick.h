/*
 * Which changes of a decision are chosen. A folder that would be made belongs to what comes into
 * it: leaving it out leaves that out, choosing something in it chooses the folder.
 * Screen's thread. Linear in the number of changes.
 */
#ifndef HOMARD_TUI_APPROVAL_PICK_H
#define HOMARD_TUI_APPROVAL_PICK_H

#include "tui/screen_priv.h"

/* The change in row i of the open decision, or NULL. */
const struct fold_effect *approval_effect(
	const struct screen *s, const struct fold_approval *a, size_t i);
void approval_toggle(struct screen *s, int i);
/* All, or none when all are chosen. */
void approval_toggle_all(struct screen *s);
size_t approval_chosen(const struct screen *s);
/* The selected row, else the first one in view; -1: there is none. */
int approval_row_at_hand(const struct screen *s);

#endif
