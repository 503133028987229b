/* What homard-draft is told for one run, as a descriptor. */
#ifndef HOMARD_DRAFT_RUN_SPEC_H
#define HOMARD_DRAFT_RUN_SPEC_H

#include "agent/draft/draft_private.h"

/* Readable from its start; -1 with a sentence. */
int run_spec_make(const struct draft *d, const struct draft_run_opts *o, struct err *err);
/* Any spec text as such a descriptor. */
int run_spec_fd(struct slice text, struct err *err);

#endif
