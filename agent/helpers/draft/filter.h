/* The system calls a drafted command may not make, as a BPF program. */
#ifndef HELPER_DRAFT_FILTER_H
#define HELPER_DRAFT_FILTER_H

#include "agent/helpers/draft/fail.h"
#include <linux/filter.h>

#define FILTER_MAX 1024 /* instructions */

struct filter {
	struct sock_filter code[FILTER_MAX];
	size_t n;
};

bool filter_build(struct filter *ret, struct fail *f) MUST_CHECK;
/* For this process and all it becomes; no_new_privs must be set. */
bool filter_load(const struct filter *p, struct fail *f) MUST_CHECK;

#endif
