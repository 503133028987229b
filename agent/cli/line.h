/*
 * Line mode: everything the screen can, append-only, with numbered choices; for pipes, plain
 * terminals and screen readers; also the presenter of `homard run`. Owns nothing global; main
 * thread.
 */
#ifndef HOMARD_LINE_H
#define HOMARD_LINE_H

#include "agent/cli/session.h"

struct line_opts {
	const char *request; /* NULL: read requests from standard input */
	const char *cwd, *engine, *model, *mode;
	struct slice piped;
	bool json;	  /* events instead of sentences */
	bool approve_all;
	bool ask;	  /* a person answers on standard input */
	bool once;	  /* leave when the request's task has ended */
};

/* Returns the exit code. */
int line_main(struct cli *c, const struct line_opts *o);

#endif
