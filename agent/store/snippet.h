/* The piece of a found text around its first match. */
#ifndef HOMARD_STORE_SNIPPET_H
#define HOMARD_STORE_SNIPPET_H

#include "agent/base/buf.h"

#define SNIPPET_BEFORE 48 /* bytes shown before the first match */
#define SNIPPET_BYTES 200 /* bytes of text in all */

/* Appends one line: controls become spaces, matches stand between \x01 and \x02. words as from
 * search_query_words(). Text without a match gives its beginning, and false. */
bool snippet(struct buf *out, struct slice text, const struct strv *words);

#endif
