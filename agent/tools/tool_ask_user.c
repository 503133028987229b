/* ask_user: a question to the person; the core brings the answer. */
#include "agent/tools/util.h"

static bool
start(const struct tool_ctx *c, const cJSON *args, struct err *err)
{
	const char *question = tool_arg_str(args, "question", err);
	const cJSON *choices = json_get(args, "choices");
	autofree char *text = NULL;

	if (!question)
		return false;
	if (!*question)
		return err_set(err, ERR_USAGE, _("The question is empty."));
	if (cJSON_IsArray(choices) && cJSON_GetArraySize(choices) > 0)
		text = json_print(choices);
	c->services->ask(c->call, question, text);
	return true;
}

const struct tool tool_ask_user = {
	.name = "ask_user",
	.summary = N_("Ask the person when you cannot decide"),
	.schema = "{\"type\":\"object\",\"properties\":{\"question\":{\"type\":\"string\"},"
		  "\"choices\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
		  "\"required\":[\"question\"]}",
	.returns = "answer",
	.risk = RISK_TALK,
	.flags = TOOL_CORE,
	.start = start,
};
