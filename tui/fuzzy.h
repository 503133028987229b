/*
 * Fuzzy matching for pickers: the words of the pattern must all occur in order of their letters;
 * starts of words and runs of letters weigh more. Pure. Texts over 256 characters are cut.
 */
#ifndef HOMARD_TUI_FUZZY_H
#define HOMARD_TUI_FUZZY_H

#include "agent/base/str.h"

#define FUZZY_MAX 256

/* -1: no match; else the higher the better (0 for an empty pattern). Marks the bytes of text that
 * matched in hits (NULL or FUZZY_MAX entries). Both are matched without case. */
int fuzzy_match(const char *pattern, const char *text, bool *hits);

#endif
