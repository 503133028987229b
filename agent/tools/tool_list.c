/* list: what is in a folder, or below it; the first rows of any order in bounded memory. */
#include "agent/tools/topn.h"
#include "agent/tools/util.h"
#include "agent/tools/walk.h"

#define ROWS_DEFAULT 200
#define ROWS_MAX 20000

struct listing {
	struct topn rows;
	const char *root;
	int sort;
	uint64_t bytes;
};

static bool
one(void *user, const char *path, const struct stat *st)
{
	struct listing *l = user;
	const char *name = path + strlen(l->root) + !str_eq(l->root, "/");
	int64_t time = stat_mtime_ms(st);
	struct topn_row row = { .size = st->st_size, .time_ms = time, .mode = st->st_mode };

	if (S_ISREG(st->st_mode))
		l->bytes += (uint64_t)st->st_size;
	topn_add(&l->rows, name, l->sort == 's' ? (int64_t)st->st_size : time, &row);
	return true;
}

static const char *
type_of(unsigned mode)
{
	return S_ISDIR(mode)    ? "folder"
		: S_ISREG(mode) ? "file"
		: S_ISLNK(mode) ? "link"
				: "other";
}

static void
give_json(const struct tool_ctx *c, struct tool_result *r, const struct listing *l,
	const struct walk *walked, const char *path)
{
	struct jw w;
	size_t i;

	tool_json(c, r, &w);
	jw_path(&w, "path", path);
	jw_array(&w, "entries");
	for (i = 0; i < l->rows.n && tool_room(&w, 300 + 6 * strlen(l->rows.v[i].name)); i++) {
		const struct topn_row *row = &l->rows.v[i];

		jw_object(&w, NULL);
		jw_path(&w, "name", row->name);
		jw_str(&w, "type", type_of(row->mode));
		jw_i64(&w, "size", row->size);
		jw_time(&w, "time", row->time_ms);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_i64(&w, "count", (int64_t)l->rows.seen);
	jw_i64(&w, "bytes", (int64_t)l->bytes);
	jw_bool(&w, "more", l->rows.seen > i);
	walk_tell(walked, &w);
	tool_json_end(c, r, &w);
}

static void
give_text(const struct tool_ctx *c, struct tool_result *r, const struct listing *l,
	const struct walk *walked)
{
	size_t i, max = c->max_result ? c->max_result : LIMIT_TOOL_RESULT;

	buf_init(&r->text, max);
	for (i = 0; i < l->rows.n && r->text.len + 4 * strlen(l->rows.v[i].name) + 400 < max;
		i++) {
		const struct topn_row *row = &l->rows.v[i];
		char size[16], time[32];

		sanitize(&r->text, row->name, strlen(row->name), SANITIZE_NAME);
		if (S_ISDIR(row->mode))
			buf_add_str(&r->text, "/\n");
		else if (S_ISREG(row->mode))
			buf_printf(&r->text, "  %s  %s\n", str_size((uint64_t)row->size, size),
				tool_time(row->time_ms, time));
		else
			buf_printf(&r->text, "  (%s)\n", type_of(row->mode));
	}
	if (l->rows.seen == 0)
		buf_add_str(&r->text, "[nothing there]\n");
	else if (l->rows.seen > i)
		buf_printf(&r->text, "[%zu of %llu shown; narrow it with pattern]\n", i,
			(unsigned long long)l->rows.seen);
	if (walked->unreadable)
		buf_printf(&r->text, "[%llu folders could not be read]\n",
			(unsigned long long)walked->unreadable);
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *path = tool_arg_folder(c, args, "path", ".", err), *shown = NULL;
	const char *sort = json_str(args, "sort", "name"),
		   *pattern = tool_arg_opt(args, "pattern");
	bool deep = tool_arg_bool(args, "recursive", false), ok;
	struct listing l = { .root = path, .sort = sort[0] };
	struct walk w = { .ctx = c, .fn = one, .user = &l };
	struct glob glob;
	char count[32];

	if (!path || !glob_init(&glob, pattern, err))
		return false;
	w.glob = &glob;
	w.flags = WALK_LINKS | (deep ? WALK_NO_BULK : WALK_FLAT) | (pattern ? 0 : WALK_FOLDERS);
	if (!deep || (pattern && pattern[0] == '.'))
		w.flags |= deep ? WALK_DOTFILES : WALK_HIDDEN;
	topn_init(
		&l.rows, tool_arg_limit(args, "limit", ROWS_DEFAULT, ROWS_MAX), l.sort == 'n');
	ok = walk_run(&w, path, err);
	if (ok) {
		topn_sort(&l.rows);
		if (c->json)
			give_json(c, r, &l, &w, path);
		else
			give_text(c, r, &l, &w);
		tool_taint(c, r, path);
		shown = tool_name(c, path);
		tool_say(r,
			ngettext_("Listed %s: %s entry", "Listed %s: %s entries", l.rows.seen),
			shown, str_count(l.rows.seen, count));
	}
	topn_finish(&l.rows);
	walk_finish(&w);
	glob_finish(&glob);
	return ok;
}

const struct tool tool_list = {
	.name = "list",
	.summary = N_("List a folder; pattern is a glob for file names"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"pattern\":{\"type\":\"string\"},\"recursive\":{\"type\":\"boolean\"},"
		  "\"sort\":{\"type\":\"string\",\"enum\":[\"name\",\"size\",\"time\"]},"
		  "\"limit\":{\"type\":\"integer\"}},\"required\":[\"path\"]}",
	.returns = "path, entries:[{name,type,size,time}], count, bytes, more",
	.risk = RISK_READ,
	.flags = TOOL_CORE | TOOL_TAINTS,
	.run = run,
};
