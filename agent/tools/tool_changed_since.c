/* changed_since: files below a folder that changed after a time, newest first. */
#include "agent/tools/topn.h"
#include "agent/tools/util.h"
#include "agent/tools/walk.h"
#include "agent/tools/when.h"

#define ROWS_DEFAULT 100
#define ROWS_MAX 10000

struct changed {
	struct topn rows;
	int64_t since;
};

static bool
one(void *user, const char *path, const struct stat *st)
{
	struct changed *ch = user;
	int64_t time = stat_mtime_ms(st);
	const struct topn_row row = { .size = st->st_size, .time_ms = time };

	if (time >= ch->since)
		topn_add(&ch->rows, path, time, &row);
	return true;
}

static void
give(const struct tool_ctx *c, struct tool_result *r, const struct changed *ch,
	const struct walk *walked, const char *path)
{
	autofree char *shown = tool_name(c, path);
	char time[32], count[32];
	struct jw w;

	tool_json(c, r, &w);
	jw_array(&w, "files");
	for (size_t i = 0;
		i < ch->rows.n && tool_room(&w, 300 + 6 * strlen(ch->rows.v[i].name)); i++) {
		jw_object(&w, NULL);
		jw_path(&w, "path", ch->rows.v[i].name);
		jw_time(&w, "time", ch->rows.v[i].time_ms);
		jw_i64(&w, "size", ch->rows.v[i].size);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_i64(&w, "count", (int64_t)ch->rows.seen);
	jw_time(&w, "since", ch->since);
	walk_tell(walked, &w);
	tool_json_end(c, r, &w);
	tool_say(r,
		ngettext_("%s file in %s changed since %s", "%s files in %s changed since %s",
			ch->rows.seen),
		str_count(ch->rows.seen, count), shown, tool_time(ch->since, time));
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *path = tool_arg_folder(c, args, "path", NULL, err);
	const char *since = path ? tool_arg_str(args, "since", err) : NULL;
	struct changed ch = { .since = 0 };
	struct walk w = { .ctx = c, .flags = WALK_NO_BULK, .fn = one, .user = &ch };
	struct glob glob = { 0 };
	bool ok;

	if (!since || !when_parse(since, WHEN_PAST, tool_now(c), &ch.since, err) ||
		!glob_init(&glob, tool_arg_opt(args, "pattern"), err))
		return false;
	w.glob = &glob;
	topn_init(&ch.rows, tool_arg_limit(args, "limit", ROWS_DEFAULT, ROWS_MAX), false);
	ok = walk_run(&w, path, err);
	if (ok) {
		topn_sort(&ch.rows);
		give(c, r, &ch, &w, path);
		tool_taint(c, r, path);
	}
	topn_finish(&ch.rows);
	walk_finish(&w);
	glob_finish(&glob);
	return ok;
}

const struct tool tool_changed_since = {
	.name = "changed_since",
	.summary = N_("Files that changed after a date"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"since\":{\"type\":\"string\"},\"limit\":{\"type\":\"integer\"},"
		  "\"pattern\":{\"type\":\"string\"}},\"required\":[\"path\",\"since\"]}",
	.returns = "files:[{path,time,size}], count, since",
	.risk = RISK_READ,
	.flags = TOOL_EXTRA,
	.run = run,
};
