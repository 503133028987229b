/* What the uppers say has changed, as records. Runs after everything in the draft is dead,
 * inside the user namespace, where folders of mode 000 can still be read. */
#ifndef HELPER_DRAFT_LIST_H
#define HELPER_DRAFT_LIST_H

#include "agent/helpers/draft/rec.h"
#include "agent/helpers/draft/spec.h"

/* All roots, then DRAFT_LIST_END. */
void list_all(const struct spec *s, struct rec *out);

#endif
