/*
 * arrange: the visible regular files of one folder go into sub-folders, by kind, by month or by
 * the day a photo was taken. Folders, hidden files and links stay.
 */
#include "agent/tools/files_helper.h"
#include "agent/tools/kinds.h"
#include "agent/tools/util.h"
#include "agent/tools/walk.h"
#include <time.h>

#define FOLDERS_MAX 4096

struct target {
	char *name; /* owned */
	char *path; /* owned, NULL until needed */
	uint64_t count;
};

struct arranging {
	const struct tool_ctx *ctx;
	const char *root;
	char by; /* k, m, p */
	struct strv paths;
	int64_t *times;
	size_t cap;
	bool too_many;
	struct target *targets;
	size_t n, targets_cap;
	uint64_t moved, skipped, undated;
	char *why; /* first reason for a skip, owned */
};

static bool
gather(void *user, const char *path, const struct stat *st)
{
	struct arranging *a = user;

	if (a->by == 'p' && !kind_is(path_base(path), "Pictures") &&
		!kind_is(path_base(path), "Videos"))
		return true;
	if (a->paths.n >= LIMIT_EFFECTS) {
		a->too_many = true;
		return false;
	}
	GROW(a->times, a->paths.n, a->cap);
	a->times[a->paths.n] = stat_mtime_ms(st);
	strv_add(&a->paths, path);
	return true;
}

static void
month_name(int64_t ms, char out[32])
{
	time_t t = (time_t)(ms / 1000);
	struct tm tm;

	if (!localtime_r(&t, &tm) || !strftime(out, 32, "%Y-%m", &tm))
		snprintf(out, 32, "%s", KIND_OTHER);
}

static struct target *
target_for(struct arranging *a, const char *name)
{
	for (size_t i = 0; i < a->n; i++)
		if (str_eq(a->targets[i].name, name))
			return &a->targets[i];
	if (a->n >= FOLDERS_MAX)
		return NULL;
	GROW(a->targets, a->n, a->targets_cap);
	a->targets[a->n] = (struct target){ .name = xstrdup(name) };
	return &a->targets[a->n++];
}

/* A file that has the folder's name stands in the way: the folder gets a number. */
static bool
open_target(struct arranging *a, struct target *t, struct err *err)
{
	autofree char *path = path_join(a->root, t->name);
	struct stat st;

	if (t->path)
		return true;
	if (draft_stat(a->ctx->draft, path, &st, NULL) && !S_ISDIR(st.st_mode)) {
		t->path = tool_free_name(a->ctx, path);
		free(t->name);
		t->name = xstrdup(path_base(t->path));
	} else {
		t->path = steal_ptr(&path);
	}
	if (draft_stat(a->ctx->draft, t->path, &st, NULL))
		return true;
	return draft_mkdir(a->ctx->draft, t->path, err);
}

static bool
move_one(struct arranging *a, size_t i, struct err *err)
{
	const char *path = a->paths.v[i], *folder = kind_of_name(path_base(path));
	char month[32];
	struct target *t;
	struct err own = { 0 };
	autofree char *to = NULL, *landed = NULL;

	if (a->by != 'k') {
		month_name(a->times[i], month);
		folder = month;
	}
	t = target_for(a, folder);
	if (!t || !open_target(a, t, err))
		return false;
	to = path_join(t->path, path_base(path));
	if (draft_move(a->ctx->draft, path, to, &landed, &own)) {
		t->count++;
		a->moved++;
		return true;
	}
	/* A full disk ends it; one file that may not move does not. */
	if (own.code == ERR_LIMIT || own.code == ERR_CANCELLED) {
		if (err)
			*err = own;
		return false;
	}
	a->skipped++;
	if (!a->why)
		a->why = xstrdup(own.text);
	return true;
}

static int
compare_targets(const void *a, const void *b)
{
	const struct target *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void
give(struct arranging *a, struct tool_result *r, const struct walk *walked)
{
	struct jw w;
	char files[32];
	size_t used = 0;

	if (a->n)
		qsort(a->targets, a->n, sizeof(*a->targets), compare_targets);
	while (used < a->n && a->targets[used].count)
		used++;
	tool_json(a->ctx, r, &w);
	jw_i64(&w, "moved", (int64_t)a->moved);
	jw_array(&w, "folders");
	for (size_t i = 0; i < used && tool_room(&w, 2000); i++) {
		jw_object(&w, NULL);
		jw_path(&w, "name", a->targets[i].name);
		jw_i64(&w, "count", (int64_t)a->targets[i].count);
		jw_end_object(&w);
	}
	jw_end_array(&w);
	jw_i64(&w, "skipped", (int64_t)a->skipped);
	if (a->why)
		jw_str(&w, "why", a->why);
	if (a->by == 'p')
		jw_i64(&w, "by_file_date", (int64_t)a->undated);
	walk_tell(walked, &w);
	tool_json_end(a->ctx, r, &w);
	if (!a->moved) {
		autofree char *shown = tool_name(a->ctx, a->root);

		tool_say(r, _("Nothing to move in %s"), shown);
	} else if (used == 1) {
		tool_say(r,
			ngettext_("Moved %s file into one folder",
				"Moved %s files into one folder", a->moved),
			str_count(a->moved, files));
	} else {
		tool_say(r, _("Moved %s files into %zu folders"), str_count(a->moved, files),
			used);
	}
}

static bool
arrange_all(struct arranging *a, struct err *err)
{
	if (a->by == 'p' && !files_photo_times(a->ctx, &a->paths, a->times, &a->undated, err))
		return false;
	for (size_t i = 0; i < a->paths.n; i++) {
		if (i % 256 == 0 && a->ctx->progress)
			a->ctx->progress(a->ctx->call, i, a->paths.n);
		if (!tool_going(a->ctx, err) || !move_one(a, i, err))
			return false;
	}
	return true;
}

static void
arranging_finish(struct arranging *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->targets[i].name);
		free(a->targets[i].path);
	}
	free(a->targets);
	strv_finish(&a->paths);
	free(a->times);
	free(a->why);
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *path = tool_arg_folder(c, args, "path", NULL, err);
	struct arranging a = { .ctx = c, .root = path, .by = json_str(args, "by", "kind")[0] };
	struct walk w = { .ctx = c, .flags = WALK_FLAT, .fn = gather, .user = &a };
	struct glob glob;
	bool ok;

	if (!path || !glob_init(&glob, tool_arg_opt(args, "pattern"), err))
		return false;
	w.glob = &glob;
	ok = walk_run(&w, path, err);
	if (ok && a.too_many)
		ok = err_set(err, ERR_LIMIT,
			_("There are more than %d files; do it in parts with a pattern such as "
			  "*.jpg."),
			LIMIT_EFFECTS);
	ok = ok && arrange_all(&a, err);
	if (ok)
		give(&a, r, &w);
	arranging_finish(&a);
	walk_finish(&w);
	glob_finish(&glob);
	return ok;
}

const struct tool tool_arrange = {
	.name = "arrange",
	.summary = N_("Sort a folder's files into sub-folders"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"by\":{\"type\":\"string\",\"enum\":[\"kind\",\"month\",\"photo_date\"]},"
		  "\"pattern\":{\"type\":\"string\"}},\"required\":[\"path\",\"by\"]}",
	.returns = "moved, folders:[{name,count}], skipped, why?, by_file_date?",
	.risk = RISK_ACT,
	.flags = TOOL_EXTRA,
	.run = run,
};
