/* What is in a folder that goes: its entries, one a line, as removed lines of a difference. */
#ifndef HOMARD_DRAFT_DIFF_TREE_H
#define HOMARD_DRAFT_DIFF_TREE_H

#include "agent/base/buf.h"

#define DIFF_TREE_LINES 1000
#define DIFF_TREE_NAMES 20000 /* looked at in one folder */
#define DIFF_TREE_DEPTH 64

/* "-sub/name  12 kB" in byte order, folders before what is in them; at most DIFF_TREE_LINES and the
 * room left in max bytes of out, then how many entries of count are not named. */
void diff_tree(int dir, const char *rel, uint64_t count, size_t max, struct buf *out);

#endif
