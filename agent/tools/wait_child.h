/*
 * A child process for tools that run on a worker: started, fed, read and waited for in one
 * call, on a loop of its own. Ended when the call is cancelled (seen within 50 ms). Blocks:
 * never on the main loop.
 */
#ifndef HOMARD_TOOLS_WAIT_CHILD_H
#define HOMARD_TOOLS_WAIT_CHILD_H

#include "agent/base/child.h"
#include "agent/tools/tool.h"

struct wait_child {
	const struct tool_ctx *ctx;
	const char *const *argv, *const *env; /* env NULL: the clean list of base */
	const char *cwd;
	struct slice input;
	int fd, fd2; /* become 3 and 4; -1: none */
	uint64_t wall_ms;
	size_t max; /* bytes of standard output kept, and no more than read; 0: none is kept */
	/* Standard output as it comes instead of being kept; false ends the child. */
	bool (*output)(void *user, struct slice bytes);
	void *user;
	/* Told back: */
	struct buf out, error; /* error: at most 8 KB; wait_child_finish */
	bool full;             /* more came than max: the child was ended */
	struct child_end end;
};

/* False when it could not be started or the call was cancelled; else look at end. */
bool wait_child_run(struct wait_child *w, struct err *err) MUST_CHECK;
void wait_child_finish(struct wait_child *w);
/* True when a program of that name is in PATH. */
bool wait_child_exists(const char *program);

#endif
