/* Shared by the files of the policy only. */
#ifndef HOMARD_POLICY_PRIVATE_H
#define HOMARD_POLICY_PRIVATE_H

#include "agent/core/policy.h"

/* JSON of the rule that would have allowed this, owned, or NULL where none may. */
char *policy_always(const struct policy_question *q, const struct policy_answer *a);

#endif
