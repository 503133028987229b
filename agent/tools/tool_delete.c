/* delete: a file, link or whole folder, from the draft. */
#include "agent/tools/util.h"

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *path = tool_arg_path(c, args, "path", err), *shown = NULL;
	struct stat st;
	struct jw w;

	if (!path || !tool_stat(c, path, &st, err))
		return false;
	shown = tool_name(c, path);
	if (path_below(c->home, path))
		return err_set(err, ERR_USAGE,
			_("%s holds your whole home; name what should go instead."), shown);
	if (!draft_delete(c->draft, path, err))
		return false;
	tool_json(c, r, &w);
	jw_path(&w, "path", path);
	jw_bool(&w, "folder", S_ISDIR(st.st_mode));
	tool_json_end(c, r, &w);
	tool_say(r, S_ISDIR(st.st_mode) ? _("Deleted the folder %s") : _("Deleted %s"), shown);
	return true;
}

const struct tool tool_delete = {
	.name = "delete",
	.summary = N_("Delete a file or folder"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}},"
		  "\"required\":[\"path\"]}",
	.returns = "path, folder",
	.risk = RISK_ACT,
	.flags = TOOL_CORE,
	.run = run,
};
