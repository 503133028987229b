/* remember: keeps a fact about the person or their work. */
#include "agent/tools/util.h"

#define FACT_MAX 4000

static bool
start(const struct tool_ctx *c, const cJSON *args, struct err *err)
{
	const char *text = tool_arg_str(args, "text", err);
	struct tool_result r = { .exit = -1 };
	autofree char *shown = NULL;
	int64_t id = 0;
	struct jw w;

	if (!text)
		return false;
	if (!slice_trim(slice_of(text)).n)
		return err_set(err, ERR_USAGE, _("There is nothing to remember."));
	if (strlen(text) > FACT_MAX)
		return err_set(err, ERR_LIMIT,
			_("A memory is at most %d bytes; put long texts in a file."), FACT_MAX);
	if (!c->services->remember(c->call, 0, text, &id, err))
		return false;
	tool_json(c, &r, &w);
	jw_i64(&w, "id", id);
	jw_str(&w, "text", text);
	tool_json_end(c, &r, &w);
	shown = sanitize_dup(text, SANITIZE_LINE);
	tool_say(&r, _("Remembered: %s"), shown);
	tool_finish(c->call, &r, NULL);
	return true;
}

const struct tool tool_remember = {
	.name = "remember",
	.summary = N_("Keep a fact for later tasks"),
	.schema = "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},"
		  "\"required\":[\"text\"]}",
	.returns = "id, text",
	.risk = RISK_TALK,
	.flags = TOOL_CORE,
	.start = start,
};
