/* The made-up home of the corpus tests, with tripwires around it. */
#ifndef HOMARD_TEST_CORPUS_HOME_H
#define HOMARD_TEST_CORPUS_HOME_H

#include "agent/base/str.h"
#include "tests/support/corpus.h"

struct corpus_home; /* opaque */

struct corpus_home *corpus_home_make(enum corpus_place place);
/* In a child: environment and folder of the home. */
void corpus_home_enter(const struct corpus_home *h);
/* The command with its marks filled in. Owned. */
char *corpus_home_fill(const struct corpus_home *h, struct slice command);
size_t corpus_home_changed(struct corpus_home *h);
size_t corpus_home_reached(struct corpus_home *h);
void corpus_home_remove(struct corpus_home *h);

#endif
