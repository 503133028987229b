/*
 * clean_temp: deletes leftovers, and only what nobody can miss: editors' and systems' temporary
 * files a day old, unfinished downloads a week old; without a path also ~/.cache files that
 * were not used for 30 days and all thumbnails.
 */
#include "agent/tools/util.h"
#include "agent/tools/walk.h"

#define HOUR_MS 3600000ll
#define DAY_MS (24 * HOUR_MS)
#define CACHE_DAYS 30

struct cleaning {
	const struct tool_ctx *ctx;
	int64_t now;
	bool cache; /* walking ~/.cache */
	struct strv paths;
	uint64_t *sizes; /* one for each path */
	size_t n_sizes, cap;
	uint64_t bytes; /* of what was deleted */
	bool too_many;
};

static const struct {
	const char *pattern; /* * at either end only */
	int days;
} leftovers[] = {
	{ "*.tmp", 1 },
	{ "*.temp", 1 },
	{ "~$*", 1 },
	{ ".~lock.*", 1 },
	{ "*~", 7 },
	{ "*.part", 7 },
	{ "*.partial", 7 },
	{ "*.crdownload", 7 },
	{ "*.download", 7 },
	{ "Thumbs.db", 0 },
	{ ".DS_Store", 0 },
	{ "._*", 0 },
	{ "desktop.ini", 0 },
};

static bool
fits(const char *pattern, const char *name)
{
	if (pattern[0] == '*')
		return strlen(name) > strlen(pattern + 1) && str_ends(name, pattern + 1);
	if (str_ends(pattern, "*")) {
		size_t n = strlen(pattern) - 1;

		return strncmp(name, pattern, n) == 0 && name[n];
	}
	return str_eq(name, pattern);
}

static bool
is_leftover(const struct cleaning *cl, const char *path, const struct stat *st)
{
	const char *name = path_base(path);
	int64_t age = cl->now - stat_mtime_ms(st);

	if (cl->cache) {
		int64_t used = (int64_t)MAX_OF(st->st_atim.tv_sec, st->st_mtim.tv_sec) * 1000;

		return strstr(path, "/.cache/thumbnails/") ||
			cl->now - used > CACHE_DAYS * DAY_MS;
	}
	for (size_t i = 0; i < ARRAY_LEN(leftovers); i++)
		if (fits(leftovers[i].pattern, name))
			return age >= leftovers[i].days * DAY_MS;
	return false;
}

static bool
one(void *user, const char *path, const struct stat *st)
{
	struct cleaning *cl = user;

	/* Only one's own: others' files would be refused one by one. */
	if (st->st_uid != getuid() || !is_leftover(cl, path, st))
		return true;
	if (cl->paths.n >= LIMIT_EFFECTS) {
		cl->too_many = true;
		return false;
	}
	strv_add(&cl->paths, path);
	GROW(cl->sizes, cl->n_sizes, cl->cap);
	cl->sizes[cl->n_sizes++] = (uint64_t)st->st_size;
	return true;
}

static bool
delete_all(struct cleaning *cl, uint64_t *ret_skipped, struct err *err)
{
	for (size_t i = 0; i < cl->paths.n; i++) {
		if (!tool_going(cl->ctx, err))
			return false;
		if (i % 256 == 0 && cl->ctx->progress)
			cl->ctx->progress(cl->ctx->call, i, cl->paths.n);
		if (!draft_delete(cl->ctx->draft, cl->paths.v[i], NULL))
			++*ret_skipped;
		else
			cl->bytes += cl->sizes[i];
	}
	return true;
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *path = tool_arg_folder(c, args, "path", c->home, err);
	autofree char *cache = path_join(c->home, ".cache");
	struct cleaning cl = { .ctx = c, .now = tool_now(c) };
	struct walk w = {
		.ctx = c, .flags = WALK_DOTFILES | WALK_NO_BULK, .fn = one, .user = &cl
	};
	uint64_t skipped = 0;
	char count[32], size[16];
	struct stat st;
	bool ok;

	if (!path)
		return false;
	ok = walk_run(&w, path, err);
	if (ok && !tool_arg_opt(args, "path") && draft_stat(c->draft, cache, &st, NULL)) {
		cl.cache = true;
		w.flags = WALK_HIDDEN;
		ok = walk_run(&w, cache, err);
	}
	ok = ok && delete_all(&cl, &skipped, err);
	if (ok) {
		uint64_t n = cl.paths.n - skipped;
		struct jw out;

		tool_json(c, r, &out);
		jw_i64(&out, "files", (int64_t)n);
		jw_i64(&out, "bytes", (int64_t)cl.bytes);
		jw_str(&out, "bytes_text", str_size(cl.bytes, size));
		jw_i64(&out, "skipped", (int64_t)skipped);
		jw_bool(&out, "more", cl.too_many);
		walk_tell(&w, &out);
		tool_json_end(c, r, &out);
		if (n)
			tool_say(r,
				ngettext_("Deleted %s leftover file, %s",
					"Deleted %s leftover files, %s", n),
				str_count(n, count), size);
		else
			tool_say(r, _("No leftovers found"));
	}
	walk_finish(&w);
	strv_finish(&cl.paths);
	free(cl.sizes);
	return ok;
}

const struct tool tool_clean_temp = {
	.name = "clean_temp",
	.summary = N_("Delete temporary files, old caches, thumbnails"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}",
	.returns = "files, bytes, bytes_text, skipped, more",
	.risk = RISK_ACT,
	.flags = TOOL_EXTRA,
	.run = run,
};
