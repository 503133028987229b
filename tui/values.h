/* What a tool answered, for people: JSON as rows of words, one line a hit, row or pair. Pure. */
#ifndef HOMARD_TUI_VALUES_H
#define HOMARD_TUI_VALUES_H

#include "tui/lines.h"

/* False, and nothing added, when the text is no JSON object or array. At most max lines (the rest
 * is counted in *ret_more). */
bool values_lines(struct slice text, int cols, int max, struct lines *out, int *ret_more);

#endif
