/* note_add: one dated entry in ~/Notes/YYYY-MM.md, a file a month. */
#include "agent/tools/util.h"

#define NOTE_MAX (64u << 10)

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	const char *text = tool_arg_str(args, "text", err);
	autobuf struct buf all = BUF_INIT(LIMIT_READ_FILE);
	autofree char *notes = path_join(c->home, "Notes"), *path = NULL, *shown = NULL;
	char now[32];
	struct slice note;
	struct stat st;
	struct jw w;

	if (!text)
		return false;
	note = slice_trim(slice_of(text));
	if (!note.n)
		return err_set(err, ERR_USAGE, _("The note is empty."));
	if (note.n > NOTE_MAX)
		return err_set(err, ERR_LIMIT,
			_("A note is at most %u bytes; write a file instead."), NOTE_MAX);
	tool_time(tool_now(c), now);
	path = xasprintf("%s/%.7s.md", notes, now);
	if (draft_stat(c->draft, path, &st, NULL) && !tool_slurp(c, path, &all, err))
		return false;
	all.max = LIMIT_READ_FILE + 2 * NOTE_MAX;
	if (!all.len)
		buf_printf(&all, "# %.7s\n", now);
	else if (all.p[all.len - 1] != '\n')
		buf_add_char(&all, '\n');
	buf_printf(&all, "\n## %s\n\n", now);
	buf_add_slice(&all, note);
	buf_add_char(&all, '\n');
	if (!draft_write(c->draft, path, buf_slice(&all), 0644, err))
		return false;
	tool_json(c, r, &w);
	jw_path(&w, "path", path);
	jw_str(&w, "time", now);
	tool_json_end(c, r, &w);
	shown = tool_name(c, path);
	tool_say(r, _("Noted in %s"), shown);
	return true;
}

const struct tool tool_note_add = {
	.name = "note_add",
	.summary = N_("Keep a note in ~/Notes"),
	.schema = "{\"type\":\"object\",\"properties\":{\"text\":{\"type\":\"string\"}},"
		  "\"required\":[\"text\"]}",
	.returns = "path, time",
	.risk = RISK_ACT,
	.flags = TOOL_EXTRA,
	.run = run,
};
