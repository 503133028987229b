/*
 * The fork and exec under child.c, without a loop. Internal to base.
 */
#ifndef HOMARD_CHILD_EXEC_H
#define HOMARD_CHILD_EXEC_H

#include "agent/base/err.h"
#include <sys/types.h>

struct child_exec {
	const char *const *argv; /* argv[0] is a path or found in the PATH of env */
	const char *const *env;
	const char *cwd; /* NULL = ours */
	int in, out, error; /* become 0, 1, 2; not owned */
	int extra; /* becomes 3, or -1 */
	int extra2; /* becomes 4; 0 or -1 for none */
};

/* Returns when the exec has happened; false with a sentence when it failed (nothing is left
 * behind then). The caller reaps the pid. */
bool child_exec(const struct child_exec *x, pid_t *ret_pid, struct err *err) MUST_CHECK;

#endif
