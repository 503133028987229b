/*
 * What the command sees: the machine read-only and without set-user-id, the roots as overlays,
 * its own /dev /proc /run /tmp, masks over secrets. Built inside fresh user and mount
 * namespaces by a process that will not run foreign code itself.
 */
#ifndef HELPER_DRAFT_JAIL_H
#define HELPER_DRAFT_JAIL_H

#include "agent/helpers/draft/fail.h"
#include "agent/helpers/draft/spec.h"

struct jail_fds {
	int proc;  /* O_PATH of the draft's own /proc, -1 where the machine's had to stay */
	int shell; /* O_PATH of the tmpfs under /tmp, /run and /dev/shm: what it holds is memory
		    */
};

/* On false the process must end: what was built so far is not taken down. */
bool jail_build(const struct spec *s, struct jail_fds *ret, struct fail *f) MUST_CHECK;

#endif
