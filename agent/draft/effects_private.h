/* Between the files that make effects of records. */
#ifndef HOMARD_EFFECTS_PRIVATE_H
#define HOMARD_EFFECTS_PRIVATE_H

#include "agent/draft/draft_private.h"
#include "agent/draft/effects.h"

void effect_finish(struct effect *e);
/* A zeroed one with count 1 at the end; valid until the next call. */
struct effect *effects_append(struct effects *e);
/* Takes entries with gone[i] out. */
void effects_remove(struct effects *e, const bool *gone);
void effects_sort(struct effects *e);
int effects_path_cmp(const char *a, const char *b);

/* effects_pair.c: a delete and a create that match become a move. */
bool effects_pair(struct draft *d, const volatile bool *cancelled, struct effects *e,
	struct err *err) MUST_CHECK;
/* effects_red.c */
void effects_find_red(const struct draft *d, struct effects *e);
/* whole: a tree that goes or moves counts when it holds such a place. */
unsigned effects_red_of_path(const char *path, const char *home, bool whole);
/* effects_text.c: sets text where a text diff can be shown. */
void effects_find_text(struct draft *d, const volatile bool *cancelled, struct effects *e);
/* "rw-r--r-- → rwxr-xr-x" */
void effect_mode_words(mode_t was, mode_t is, char out[40]);
bool effects_looks_like_text(const char *p, size_t n);

#endif
