/* A person's words as an FTS5 expression. */
#ifndef HOMARD_STORE_SEARCH_QUERY_H
#define HOMARD_STORE_SEARCH_QUERY_H

#include "agent/base/buf.h"
#include "agent/base/err.h"

#define SEARCH_QUERY_MAX (16u << 10)
#define SEARCH_TERMS_MAX 32 /* further words are ignored */

enum search_mode {
	SEARCH_ALL, /* every word, "phrases", -without, begin* */
	SEARCH_ANY  /* any word, for ranking */
};

/* Nothing is appended when there is no word in it; only words to leave out is ERR_USAGE. */
bool search_query(struct buf *out, const char *words, enum search_mode mode, struct err *err)
	MUST_CHECK;
/* The plain words of a query, folded, for marking matches: CJK runs whole. */
void search_query_words(struct strv *out, const char *words);

#endif
