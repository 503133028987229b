/*
 * Child processes on the loop: argv and environment are built before the fork, only
 * async-signal-safe calls after it, exec failure is reported through a close-on-exec pipe,
 * the signal mask is reset, every descriptor above 2 is closed in the child, each child is
 * its own process group and dies with us (PDEATHSIG). Watched by pidfd, never waitpid(-1).
 * The end is reported exactly once, after the exit was seen and the pipes are drained (or
 * 200 ms later: a grandchild may hold them open).
 */
#ifndef HOMARD_CHILD_H
#define HOMARD_CHILD_H

#include <uv.h>
#include "agent/base/err.h"
#include "agent/base/str.h"

struct child; /* opaque */

struct child_end {
	int exit;   /* exit code, or -1 */
	int signal; /* 0, or what ended it */
	bool timed_out;
	bool stopped; /* child_stop was called */
};

struct child_opts {
	const char *const *argv; /* NULL-terminated; argv[0] is a path or found in PATH */
	const char *const *env;	 /* NULL-terminated, NULL = a clean allow-list of ours */
	const char *cwd;	 /* NULL = ours */
	struct slice input;	 /* written to stdin, then closed; empty = /dev/null. Copied. */
	int extra_fd;		 /* becomes descriptor 3 in the child; below 3 for none. Not owned. */
	int extra_fd2;		 /* becomes descriptor 4; 0 or -1 for none. Not owned. */
	uint64_t wall_ms;	 /* 0 = no limit; then SIGKILL to the group */
	bool merge_stderr;
	/* Called on the loop; may be NULL. which is 1 or 2. */
	void (*output)(void *user, int which, struct slice bytes);
	void (*ended)(void *user, const struct child_end *end); /* the handle is gone afterwards */
	void *user;
};

bool child_start(uv_loop_t *loop, const struct child_opts *o, struct child **ret,
	struct err *err) MUST_CHECK;
/* TERM to the group, KILL after grace_ms (0: at once). ended() still comes. */
void child_stop(struct child *c, unsigned grace_ms);
pid_t child_pid(const struct child *c);

#endif
