/* append: text at the end of a file, on a line of its own. */
#include "agent/tools/util.h"

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	const char *content = tool_arg_str(args, "content", err);
	bool there;
	autofree char *path = content ? tool_arg_target(c, args, "path", &there, err) : NULL;
	autofree char *shown = path ? tool_name(c, path) : NULL;
	autobuf struct buf all = BUF_INIT(LIMIT_READ_FILE);
	struct jw w;

	if (!path)
		return false;
	if (there && !tool_slurp(c, path, &all, err))
		return false;
	all.max += LIMIT_TOOL_ARGS;
	if (all.len && all.p[all.len - 1] != '\n')
		buf_add_char(&all, '\n');
	buf_add_str(&all, content);
	if (!str_ends(content, "\n"))
		buf_add_char(&all, '\n');
	if (!draft_write(c->draft, path, buf_slice(&all), 0644, err))
		return false;
	tool_json(c, r, &w);
	jw_path(&w, "path", path);
	jw_i64(&w, "bytes", (int64_t)all.len);
	jw_bool(&w, "created", !there);
	tool_json_end(c, r, &w);
	tool_say(r, _("Added to %s"), shown);
	return true;
}

const struct tool tool_append = {
	.name = "append",
	.summary = N_("Add text at the end of a file"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"content\":{\"type\":\"string\"}},\"required\":[\"path\",\"content\"]}",
	.returns = "path, bytes, created",
	.risk = RISK_ACT,
	.flags = TOOL_EXTRA,
	.run = run,
};
