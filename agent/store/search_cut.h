/*
 * How text becomes words for the search index. The index keeps no text and takes words out by
 * cutting the same text again, so changing anything here needs a schema step that rebuilds it.
 */
#ifndef HOMARD_STORE_SEARCH_CUT_H
#define HOMARD_STORE_SEARCH_CUT_H

#include "agent/base/buf.h"

#define SEARCH_WORD_MAX 64    /* letters of one word that count: keys and hashes are endless */
#define SEARCH_CHARS_MAX 4096 /* distinct CJK characters of one text that are found alone */

/* Characters written without spaces between words. */
bool search_is_cjk(uint32_t cp);
/* The distinct CJK characters, separated by spaces. */
void search_chars(struct buf *out, struct slice text);
/* Appends the string values of a JSON text (not its keys), one a line. */
void search_json_strings(struct buf *out, struct slice json);

#endif
