/*
 * JSON as rows of words for a person: one row a member, a hit or a pair, nothing of its signs.
 * Paths become "~/x", sizes "9.4 MB"; what says nothing (null, false, "") is left out. Every row is
 * sanitised. Pure but for HOME. Limits: four levels deep, 4,000 bytes of one text.
 */
#ifndef HOMARD_JSON_WORDS_H
#define HOMARD_JSON_WORDS_H

#include "agent/base/str.h"

/* depth: 0 is the outermost; a row may hold line feeds. Returns false when it takes no more. */
typedef bool json_words_fn(void *user, const char *row, int depth);

/* False, and fn never called, when the text is no JSON object or array. */
bool json_words(struct slice text, json_words_fn *fn, void *user);
/* One object in one row. Owned. */
char *json_words_row(struct slice json);

#endif
