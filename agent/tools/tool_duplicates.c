/*
 * duplicates: of files with the same content the oldest stays, the copies move to Duplicates/
 * beside the folder (in it, when it is the home or its parent is not the person's).
 */
#include "agent/tools/dupes.h"
#include "agent/tools/util.h"
#include "agent/tools/walk.h"

#define SHOWN 50

struct doubling {
	const struct tool_ctx *ctx;
	const char *root, *target;
	struct dupes dupes;
	struct err *err;
	bool failed;
	uint64_t min;
};

static bool
gather(void *user, const char *path, const struct stat *st)
{
	struct doubling *d = user;

	if (!st->st_size || (uint64_t)st->st_size < d->min || path_below(path, d->target))
		return true;
	d->failed = !dupes_add(&d->dupes, path, st, d->err);
	return !d->failed;
}

static int
open_quick(UNUSED void *user, const struct dupes_file *f)
{
	return tool_open_same(f->path, f->dev, f->ino);
}

static int
open_one(void *user, const struct dupes_file *f)
{
	struct doubling *d = user;

	return draft_open_read(d->ctx->draft, f->path, NULL);
}

static void
progress(void *user, uint64_t n, uint64_t total)
{
	struct doubling *d = user;

	if (d->ctx->progress)
		d->ctx->progress(d->ctx->call, n, total);
}

static char *
target_of(const struct tool_ctx *c, const char *path)
{
	autofree char *parent = path_dir(path);
	struct stat st;

	if (path_below(c->home, path) || !draft_stat(c->draft, parent, &st, NULL) ||
		(st.st_uid != getuid() && getuid() != 0))
		return path_join(path, "Duplicates");
	return path_join(parent, "Duplicates");
}

static bool
move_copies(struct doubling *d, uint64_t *ret_moved, struct err *err)
{
	struct stat st;

	for (size_t i = 1; i < d->dupes.n && d->dupes.v[i].group; i++) {
		const char *path = d->dupes.v[i].path;
		autofree char *to = NULL, *landed = NULL;

		if (d->dupes.v[i].group != d->dupes.v[i - 1].group)
			continue;
		if (!tool_going(d->ctx, err))
			return false;
		if (!*ret_moved && !draft_stat(d->ctx->draft, d->target, &st, NULL) &&
			!draft_mkdir(d->ctx->draft, d->target, err))
			return false;
		to = path_join(d->target, path_base(path));
		if (!draft_move(d->ctx->draft, path, to, &landed, err))
			return false;
		progress(d, ++*ret_moved, 0);
	}
	return true;
}

static void
give(struct doubling *d, struct tool_result *r, const struct walk *walked, uint64_t moved)
{
	uint64_t copies = 0, bytes = 0;
	char count[32], size[16];
	struct jw w;

	for (size_t i = 1; i < d->dupes.n && d->dupes.v[i].group; i++)
		if (d->dupes.v[i].group == d->dupes.v[i - 1].group) {
			copies++;
			bytes += d->dupes.v[i].size;
		}
	tool_json(d->ctx, r, &w);
	jw_i64(&w, "groups", (int64_t)d->dupes.groups);
	jw_i64(&w, "copies", (int64_t)copies);
	jw_i64(&w, "bytes", (int64_t)bytes);
	jw_str(&w, "bytes_text", str_size(bytes, size));
	jw_i64(&w, "moved", (int64_t)moved);
	jw_path(&w, "to", moved ? d->target : NULL);
	jw_array(&w, "examples");
	for (size_t i = 1, n = 0; i < d->dupes.n && d->dupes.v[i].group && n < SHOWN; i++)
		if (d->dupes.v[i].group == d->dupes.v[i - 1].group &&
			tool_room(&w, 12 * 4096)) {
			size_t first = i;

			while (first && d->dupes.v[first - 1].group == d->dupes.v[i].group)
				first--;
			jw_object(&w, NULL);
			jw_path(&w, "copy", d->dupes.v[i].path);
			jw_path(&w, "kept", d->dupes.v[first].path);
			jw_end_object(&w);
			n++;
		}
	jw_end_array(&w);
	jw_i64(&w, "seen", (int64_t)d->dupes.n);
	walk_tell(walked, &w);
	tool_json_end(d->ctx, r, &w);
	if (!copies) {
		tool_say(r, _("No duplicates among %s files"), str_count(d->dupes.n, count));
	} else if (moved) {
		autofree char *shown = tool_name(d->ctx, d->target);

		tool_say(r,
			ngettext_("Moved %s copy (%s) to %s", "Moved %s copies (%s) to %s",
				copies),
			str_count(copies, count), size, shown);
	} else {
		tool_say(r, ngettext_("Found %s copy (%s)", "Found %s copies (%s)", copies),
			str_count(copies, count), size);
	}
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *path = tool_arg_folder(c, args, "path", NULL, err), *target = NULL;
	struct doubling d = { .ctx = c, .root = path, .err = err };
	struct walk w = { .ctx = c, .flags = WALK_NO_BULK, .fn = gather, .user = &d };
	const struct dupes_opts o = { open_quick, open_one, &d, c->cancelled, progress };
	uint64_t moved = 0;
	struct glob glob;
	bool ok;

	if (!path || !tool_arg_size(args, "min_size", 1, &d.min, err) ||
		!glob_init(&glob, tool_arg_opt(args, "pattern"), err))
		return false;
	w.glob = &glob;
	d.target = target = target_of(c, path);
	ok = walk_run(&w, path, err) && !d.failed && dupes_find(&d.dupes, &o, err);
	if (ok && tool_arg_bool(args, "move", true))
		ok = move_copies(&d, &moved, err);
	if (ok)
		give(&d, r, &w, moved);
	dupes_finish(&d.dupes);
	walk_finish(&w);
	glob_finish(&glob);
	return ok;
}

const struct tool tool_duplicates = {
	.name = "duplicates",
	.summary = N_("Move copies of equal files to Duplicates/"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"pattern\":{\"type\":\"string\"},\"min_size\":{\"type\":\"string\"},"
		  "\"move\":{\"type\":\"boolean\"}},\"required\":[\"path\"]}",
	.returns = "groups, copies, bytes, bytes_text, moved, to, examples:[{copy,kept}], seen",
	.risk = RISK_ACT,
	.flags = TOOL_EXTRA,
	.run = run,
};
