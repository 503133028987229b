/*
 * A loop with an agent on it, for subcommands that act. One per process; begin and end on the
 * main thread.
 */
#ifndef HOMARD_SESSION_H
#define HOMARD_SESSION_H

#include "agent/cli/cli.h"
#include "agent/core/agent.h"

struct session {
	struct cli *cli;
	uv_loop_t loop;
	struct agent *agent;
	uv_signal_t sigint, sigterm, sighup;
	void (*on_signal)(struct session *s, int signo); /* NULL: stop the task, then leave */
	void *user;
	int exit;
	bool done;
};

/* interactive: a person can be asked. */
bool session_begin(struct session *s, struct cli *c, const char *front, bool interactive,
	bool approve_all, struct err *err) MUST_CHECK;
/* Runs the loop until session_leave. Returns the exit code. */
int session_run(struct session *s);
void session_leave(struct session *s, int exit);
void session_end(struct session *s);

#endif
