/* todo_list: what is on the to-do list; unlike todo it only looks, so that it works read-only. */
#include "agent/tools/todo.h"
#include "agent/tools/util.h"

static bool
run(const struct tool_ctx *c, const cJSON *args UNUSED, struct tool_result *r, struct err *err)
{
	return todo_tell(c, r, err);
}

const struct tool tool_todo_list = {
	.name = "todo_list",
	.summary = N_("What is on the to-do list in ~/Notes/todo.md"),
	.schema = "{\"type\":\"object\",\"properties\":{}}",
	.returns = "items:[{text,done,number,mark}], open, done, path",
	.risk = RISK_READ,
	.flags = TOOL_EXTRA,
	.run = run,
};
