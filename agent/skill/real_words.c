/* Words that are one or two letters away from a word of the lexicon, and are words themselves:
 * never taken for typing errors. Sorted. */
#include "agent/skill/lexicon.h"

static const char *const words[] = { "tape", "tiles", "votes" };

static int
compare(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

bool
lex_is_real_word(const char *w)
{
	return bsearch(w, words, ARRAY_LEN(words), sizeof(words[0]), compare) != NULL;
}
