/* undo: takes back what a task committed; the core does it and finishes the call. */
#include "agent/tools/util.h"

static bool
start(const struct tool_ctx *c, const cJSON *args, struct err *err)
{
	int64_t task = tool_arg_i64(args, "task", 0);

	if (task < 0)
		return err_set(err, ERR_USAGE, _("Tasks are numbered from 1."));
	c->services->undo(c->call, task);
	return true;
}

const struct tool tool_undo = {
	.name = "undo",
	.summary = N_("Undo what the last task, or task N, changed"),
	.schema = "{\"type\":\"object\",\"properties\":{\"task\":{\"type\":\"integer\"}}}",
	.returns = "undone",
	.risk = RISK_TALK,
	.flags = TOOL_EXTRA,
	.start = start,
};
