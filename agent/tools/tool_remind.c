/* remind: a note that comes back when it is due; kept in the journal. */
#include "agent/tools/util.h"
#include "agent/tools/when.h"

static bool
start(const struct tool_ctx *c, const cJSON *args, struct err *err)
{
	const char *text = tool_arg_str(args, "text", err);
	const char *due = text ? tool_arg_str(args, "due", err) : NULL;
	struct tool_result r = { .exit = -1 };
	autofree char *shown = NULL;
	int64_t now = tool_now(c), ms;
	char time[32];
	struct jw w;

	if (!due || !when_parse(due, WHEN_FUTURE, now, &ms, err))
		return false;
	if (ms <= now)
		return err_set(err, ERR_USAGE,
			_("%s has passed; a reminder needs a time ahead."), due);
	if (!c->services->remind(c->call, text, ms, err))
		return false;
	tool_json(c, &r, &w);
	jw_str(&w, "text", text);
	jw_time(&w, "due", ms);
	tool_json_end(c, &r, &w);
	shown = sanitize_dup(text, SANITIZE_LINE);
	tool_say(&r, _("Reminder for %s: %s"), tool_time(ms, time), shown);
	tool_finish(c->call, &r, NULL);
	return true;
}

const struct tool tool_remind = {
	.name = "remind",
	.summary = N_("Remind the person of something at a time"),
	.schema = "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"},"
		  "\"due\":{\"type\":\"string\"}},\"required\":[\"text\",\"due\"]}",
	.returns = "text, due",
	.risk = RISK_TALK,
	.flags = TOOL_EXTRA,
	.start = start,
};
