/* Lists what differs between an upper and the real folder, in this process. */
#ifndef HOMARD_DRAFT_WALK_H
#define HOMARD_DRAFT_WALK_H

#include "agent/draft/draft_private.h"

/* Adds the records of root number index to e. */
bool walk_upper(struct draft *d, size_t index, const volatile bool *cancelled, struct effects *e,
	struct err *err) MUST_CHECK;

#endif
