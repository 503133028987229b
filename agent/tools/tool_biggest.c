/* biggest: the largest files below a folder. */
#include "agent/tools/topn.h"
#include "agent/tools/util.h"
#include "agent/tools/walk.h"

#define COUNT_DEFAULT 10
#define COUNT_MAX 10000

struct biggest {
	struct topn rows;
	uint64_t min, bytes, all_bytes;
};

static bool
one(void *user, const char *path, const struct stat *st)
{
	struct biggest *b = user;
	const struct topn_row row = { .size = st->st_size, .time_ms = stat_mtime_ms(st) };

	b->all_bytes += (uint64_t)st->st_size;
	if ((uint64_t)st->st_size >= b->min)
		topn_add(&b->rows, path, (int64_t)st->st_size, &row);
	return true;
}

static void
give(const struct tool_ctx *c, struct tool_result *r, struct biggest *b,
	const struct walk *walked, const char *path)
{
	autofree char *shown = tool_name(c, path);
	char size[16];
	size_t i;
	struct jw w;

	tool_json(c, r, &w);
	jw_array(&w, "files");
	for (i = 0; i < b->rows.n && tool_room(&w, 300 + 6 * strlen(b->rows.v[i].name)); i++) {
		jw_object(&w, NULL);
		jw_path(&w, "path", b->rows.v[i].name);
		jw_i64(&w, "size", b->rows.v[i].size);
		jw_str(&w, "size_text", str_size((uint64_t)b->rows.v[i].size, size));
		jw_end_object(&w);
		b->bytes += (uint64_t)b->rows.v[i].size;
	}
	jw_end_array(&w);
	jw_i64(&w, "count", (int64_t)i);
	jw_i64(&w, "bytes", (int64_t)b->bytes);
	jw_str(&w, "bytes_text", str_size(b->bytes, size));
	jw_i64(&w, "seen", (int64_t)walked->files);
	walk_tell(walked, &w);
	tool_json_end(c, r, &w);
	if (i)
		tool_say(r,
			ngettext_("The biggest file in %s, %zu of %llu, takes %s",
				"The biggest %2$zu of %3$llu files in %1$s take %4$s", i),
			shown, i, (unsigned long long)walked->files, str_size(b->bytes, size));
	else
		tool_say(r, _("No such files in %s"), shown);
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *path = tool_arg_folder(c, args, "path", NULL, err);
	struct biggest b = { .min = 0 };
	struct walk w = { .ctx = c, .flags = WALK_HIDDEN, .fn = one, .user = &b };
	struct glob glob = { 0 };
	bool ok;

	if (!path || !tool_arg_size(args, "min_size", 0, &b.min, err) ||
		!glob_init(&glob, tool_arg_opt(args, "pattern"), err))
		return false;
	w.glob = &glob;
	topn_init(&b.rows, tool_arg_limit(args, "count", COUNT_DEFAULT, COUNT_MAX), false);
	ok = walk_run(&w, path, err);
	if (ok) {
		topn_sort(&b.rows);
		give(c, r, &b, &w, path);
		tool_taint(c, r, path);
	}
	topn_finish(&b.rows);
	walk_finish(&w);
	glob_finish(&glob);
	return ok;
}

const struct tool tool_biggest = {
	.name = "biggest",
	.summary = N_("The largest files below a folder"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"count\":{\"type\":\"integer\"},\"min_size\":{\"type\":\"string\"},"
		  "\"pattern\":{\"type\":\"string\"}},\"required\":[\"path\"]}",
	.returns = "files:[{path,size,size_text}], count, bytes, bytes_text, seen",
	.risk = RISK_READ,
	.flags = TOOL_EXTRA,
	.run = run,
};
