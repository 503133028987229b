/*
 * A command of a tool in the task's draft: pending moves are put in place on a worker, then the
 * command runs and is watched on the loop. The owner gets exactly one done() and frees nothing
 * else. With outside it runs for real, as a plain child (the person agreed to that).
 */
#ifndef HOMARD_TOOLS_DRAFT_CMD_H
#define HOMARD_TOOLS_DRAFT_CMD_H

#include "agent/tools/shell_keep.h"
#include "agent/tools/tool.h"

struct draft_cmd; /* opaque */

struct draft_cmd_end {
	bool ran;
	int exit, signal;
	enum draft_limit limit;
	bool stopped;
	struct effects *effects; /* steal or leave; NULL outside */
	struct strv refused;     /* hosts the proxy refused */
	struct strv reached;
	struct shell_keep keep; /* both streams as they came */
	struct err err;
};

struct draft_cmd_opts {
	const char *const *argv; /* copied */
	const char *const *env;  /* borrowed, constant */
	uint64_t wall_ms;
	struct slice input; /* copied */
	bool quiet;         /* output is no live output for the person */
	/* Gets every byte as it comes, beside keep; may be NULL. */
	void (*output)(void *user, int which, struct slice bytes);
	void (*done)(void *user, struct draft_cmd_end *end);
	void *user;
};

bool draft_cmd_start(const struct tool_ctx *c, const struct draft_cmd_opts *o,
	struct draft_cmd **ret, struct err *err) MUST_CHECK;
void draft_cmd_stop(struct draft_cmd *d);
/* One sentence for a command that a limit ended, or NULL. Translated, static. */
const char *draft_cmd_limit_words(enum draft_limit limit);

#endif
