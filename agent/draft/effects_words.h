/* Words for effects, shared by the tree and the sentence. */
#ifndef HOMARD_DRAFT_EFFECTS_WORDS_H
#define HOMARD_DRAFT_EFFECTS_WORDS_H

#include "agent/draft/effects.h"

/* "new", "changed" ... */
const char *effects_kind_word(enum effect_kind kind);
/* "creates 3, deletes 101,020 (9.4 MB)" of entries first..last; several red sentences are not
 * part of it. */
void effects_sums(const struct effects *e, size_t first, size_t last, struct buf *out);
/* The folder all entries of first..last share; owned. */
char *effects_common(const struct effects *e, size_t first, size_t last);
/* "~/x" with everything unsafe spelled out; owned. */
char *effects_place(const char *path, const char *home);
/* What is said behind the name: sizes, where it came from, what is red about it. */
void effects_detail(const struct effect *x, const char *home, struct buf *out);

#endif
