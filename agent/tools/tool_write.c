/* write: a whole file, new or replaced, in the draft. */
#include "agent/tools/util.h"

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	const char *content = tool_arg_str(args, "content", err);
	bool there;
	autofree char *path = content ? tool_arg_target(c, args, "path", &there, err) : NULL;
	autofree char *shown = path ? tool_name(c, path) : NULL;
	char size[16];
	struct jw w;

	if (!path)
		return false;
	if (!draft_write(c->draft, path, slice_of(content), 0644, err))
		return false;
	tool_json(c, r, &w);
	jw_path(&w, "path", path);
	jw_i64(&w, "bytes", (int64_t)strlen(content));
	jw_bool(&w, "created", !there);
	tool_json_end(c, r, &w);
	tool_say(r, there ? _("Rewrote %s (%s)") : _("Wrote %s (%s)"), shown,
		str_size(strlen(content), size));
	return true;
}

const struct tool tool_write = {
	.name = "write",
	.summary = N_("Create or replace a file"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"content\":{\"type\":\"string\"}},\"required\":[\"path\",\"content\"]}",
	.returns = "path, bytes, created",
	.risk = RISK_ACT,
	.flags = TOOL_CORE,
	.run = run,
};
