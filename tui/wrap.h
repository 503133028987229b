/*
 * Breaking lines: Latin words stay whole, CJK may break between any two characters except where
 * punctuation forbids it, amounts such as ￥100 and 3.5% stay together. Text must be sanitised and
 * without newlines. Pure.
 */
#ifndef HOMARD_TUI_WRAP_H
#define HOMARD_TUI_WRAP_H

#include "agent/base/str.h"

struct wrap_line {
	size_t end;  /* bytes shown: s.p[0..end) */
	size_t next; /* where the next line starts; s.n at the end of the text */
	int cols;
};

/* The first line of s in at most cols columns (at least one character is taken). */
void wrap_next(struct slice s, int cols, struct wrap_line *ret);
/* Lines s takes; at least 1. */
int wrap_count(struct slice s, int cols);

#endif
