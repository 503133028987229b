/*
 * Unified diffs to lines: signs and colours, changed words marked inside changed lines, side by
 * side where there is room. Pure. Limits: 20,000 lines, word marks for lines up to 400 words.
 */
#ifndef HOMARD_TUI_DIFFVIEW_H
#define HOMARD_TUI_DIFFVIEW_H

#include "tui/lines.h"

#define DIFF_SIDE_COLS 100 /* side by side from here */

/* side: two columns. Nothing is cut: long lines wrap. */
void diff_render(struct lines *out, struct slice diff, int cols, bool side);

#endif
