/*
 * A decision on a task whose program has ended: the task goes on in this process with that one
 * answer. The next question leaves it waiting again. Main thread, once a process.
 */
#ifndef HOMARD_DECIDE_ALONE_H
#define HOMARD_DECIDE_ALONE_H

#include "agent/cli/cli.h"

/* Does no living process work on the task? */
struct journal;
bool decide_is_alone(struct journal *j, int64_t task);
/* approval and call as in the APPROVAL that waits; typed may be NULL. The exit code: that of the task,
 * 3 when another decision waits, 1 when it would change something else now. */
int decide_alone(struct cli *c, const char *verb, int64_t task, int64_t call, const char *typed,
	bool take);

#endif
