/* What instinct says where no single recipe fits the words. On the loop's thread, for
 * instinct.c. */
#ifndef HOMARD_INSTINCT_SAY_H
#define HOMARD_INSTINCT_SAY_H

#include "agent/skill/run.h"

/* One honest sentence and the nearest things it can do; ends the run. */
void instinct_not_understood(struct run *x, const struct match *m);
/* A tie, or several requests at once: the person says which. */
void instinct_which_one(struct run *x, const struct match *m);

#endif
