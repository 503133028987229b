/* move: a file or folder to another name or place; a taken name becomes "name (2).ext". */
#include "agent/tools/util.h"

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *from = tool_arg_path(c, args, "path", err);
	autofree char *to = from ? tool_arg_path(c, args, "to", err) : NULL;
	autofree char *landed = NULL, *shown = NULL, *shown_to = NULL;
	const char *to_text = json_str(args, "to", "");
	struct stat st;
	struct jw w;

	if (!to || !tool_stat(c, from, &st, err))
		return false;
	shown = tool_name(c, from);
	if (path_below(to, from))
		return err_set(err, ERR_USAGE,
			str_eq(to, from) ? _("%s is there already.")
					 : _("%s cannot be moved into itself."),
			shown);
	/* "to/" says a folder is meant, also when it does not exist yet. */
	if (str_ends(to_text, "/") && !draft_stat(c->draft, to, &st, NULL) &&
		!draft_mkdir(c->draft, to, err))
		return false;
	if (!draft_move(c->draft, from, to, &landed, err))
		return false;
	tool_json(c, r, &w);
	jw_path(&w, "path", from);
	jw_path(&w, "to", landed);
	tool_json_end(c, r, &w);
	shown_to = tool_name(c, landed);
	tool_say(r, _("Moved %s to %s"), shown, shown_to);
	return true;
}

const struct tool tool_move = {
	.name = "move",
	.summary = N_("Move or rename; never overwrites"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"to\":{\"type\":\"string\"}},\"required\":[\"path\",\"to\"]}",
	.returns = "path, to",
	.risk = RISK_ACT,
	.flags = TOOL_CORE,
	.run = run,
};
