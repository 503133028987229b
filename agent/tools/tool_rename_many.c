/* rename_many: new names for the files of one folder by a rule; nothing is overwritten. */
#include "agent/tools/rename.h"
#include "agent/tools/util.h"
#include "agent/tools/walk.h"

struct renaming {
	const struct tool_ctx *ctx;
	const char *root;
	struct glob glob;
	struct strv names, taken;
	char **wanted;
	uint64_t skipped;
	bool too_many;
};

static bool
gather(void *user, const char *path, const struct stat *st)
{
	struct renaming *n = user;
	const char *name = path_base(path);
	bool mine = S_ISREG(st->st_mode) && name[0] != '.' && glob_match(&n->glob, name, name);

	if (n->names.n >= LIMIT_EFFECTS) {
		n->too_many = true;
		return false;
	}
	strv_add(mine ? &n->names : &n->taken, name);
	return true;
}

static bool
name_all(struct renaming *n, const struct rename_rule *rule, struct err *err)
{
	n->wanted = xcalloc(n->names.n + 1, sizeof(*n->wanted));
	for (size_t i = 0; i < n->names.n; i++) {
		struct err own = { 0 };

		n->wanted[i] = rename_apply(rule, n->names.v[i], i + 1, n->names.n, &own);
		/* One name that cannot be is left out; when none can be, that is the answer. */
		if (!n->wanted[i]) {
			n->skipped++;
			if (n->skipped == n->names.n) {
				if (err)
					*err = own;
				return false;
			}
		}
	}
	return true;
}

static bool
make_moves(struct renaming *n, const struct rename_plan *plan, struct err *err)
{
	/* A file that stepped aside is found under its middle name the second time. */
	char **at = xcalloc(n->names.n + 1, sizeof(*at));
	bool ok = true;

	for (size_t i = 0; ok && i < plan->n; i++) {
		const struct rename_move *m = &plan->v[i];
		const char *name = at[m->file] ? at[m->file] : n->names.v[m->file];
		autofree char *from = path_join(n->root, name), *to = path_join(n->root, m->to);
		autofree char *landed = NULL;

		if (i % 256 == 0 && n->ctx->progress)
			n->ctx->progress(n->ctx->call, i, plan->n);
		ok = tool_going(n->ctx, err) &&
			draft_move(n->ctx->draft, from, to, &landed, err);
		if (ok) {
			free(at[m->file]);
			at[m->file] = xstrdup(path_base(landed));
		}
	}
	for (size_t i = 0; i < n->names.n; i++)
		free(at[i]);
	free(at);
	return ok;
}

static void
give(struct renaming *n, const struct rename_plan *plan, struct tool_result *r)
{
	autofree char *shown = tool_name(n->ctx, n->root);
	uint64_t renamed = 0;
	char count[32];
	struct jw w;

	tool_json(n->ctx, r, &w);
	jw_array(&w, "examples");
	for (size_t i = 0; i < plan->n; i++) {
		bool final = !str_starts(plan->v[i].to, ".homard-rename-");

		renamed += final;
		if (final && renamed <= 5) {
			jw_object(&w, NULL);
			jw_path(&w, "from", n->names.v[plan->v[i].file]);
			jw_path(&w, "to", plan->v[i].to);
			jw_end_object(&w);
		}
	}
	jw_end_array(&w);
	jw_i64(&w, "renamed", (int64_t)renamed);
	jw_i64(&w, "skipped", (int64_t)n->skipped);
	jw_i64(&w, "numbered", (int64_t)plan->numbered);
	tool_json_end(n->ctx, r, &w);
	if (renamed)
		tool_say(r,
			ngettext_("Renamed %s file in %s", "Renamed %s files in %s", renamed),
			str_count(renamed, count), shown);
	else
		tool_say(r, _("No name in %s changes by this"), shown);
}

static bool
rename_folder(struct renaming *n, const struct rename_rule *rule, struct tool_result *r,
	struct err *err)
{
	struct walk w = { .ctx = n->ctx,
		.flags = WALK_FLAT | WALK_HIDDEN | WALK_LINKS | WALK_FOLDERS,
		.fn = gather,
		.user = n };
	struct rename_plan plan = { 0 };
	bool ok = walk_run(&w, n->root, err);

	walk_finish(&w);
	if (ok && n->too_many)
		ok = err_set(err, ERR_LIMIT,
			_("There are more than %d files; do it in parts with a pattern."),
			LIMIT_EFFECTS);
	ok = ok && name_all(n, rule, err) &&
		rename_make_plan(&n->names, n->wanted, &n->taken, &plan, err) &&
		make_moves(n, &plan, err);
	if (ok)
		give(n, &plan, r);
	rename_plan_finish(&plan);
	return ok;
}

static bool
run(const struct tool_ctx *c, const cJSON *args, struct tool_result *r, struct err *err)
{
	autofree char *path = tool_arg_folder(c, args, "path", NULL, err);
	const char *spaces = tool_arg_opt(args, "spaces"), *names = tool_arg_opt(args, "names");
	struct renaming n = { .ctx = c, .root = path };
	const struct rename_rule rule = {
		.find = tool_arg_opt(args, "find"),
		.replace = json_str(args, "replace", ""),
		.letters = json_str(args, "case", "")[0],
		.number = names ? names : tool_arg_opt(args, "number"),
		/* An empty slot of a recipe is no answer; "none" takes blanks out. */
		.spaces = spaces && str_eq(spaces, "none") ? "" : spaces,
	};
	bool ok;

	if (!path)
		return false;
	if (!rule.find && !rule.letters && !rule.number && !rule.spaces)
		return err_set(err, ERR_USAGE,
			_("Say how to rename: find and replace, case, number or spaces."));
	if (!glob_init(&n.glob, tool_arg_opt(args, "pattern"), err))
		return false;
	ok = rename_folder(&n, &rule, r, err);
	for (size_t i = 0; n.wanted && i < n.names.n; i++)
		free(n.wanted[i]);
	free(n.wanted);
	strv_finish(&n.names);
	strv_finish(&n.taken);
	glob_finish(&n.glob);
	return ok;
}

const struct tool tool_rename_many = {
	.name = "rename_many",
	.summary = N_("Rename a folder's files by a rule"),
	.schema = "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"},"
		  "\"pattern\":{\"type\":\"string\"},\"find\":{\"type\":\"string\"},"
		  "\"replace\":{\"type\":\"string\"},"
		  "\"case\":{\"type\":\"string\",\"enum\":[\"lower\",\"upper\",\"title\"]},"
		  "\"number\":{\"type\":\"string\"},\"names\":{\"type\":\"string\"},\"spaces\":{\"type\":\"string\"}},"
		  "\"required\":[\"path\"]}",
	.returns = "renamed, skipped, numbered, examples:[{from,to}]",
	.risk = RISK_ACT,
	.flags = TOOL_EXTRA,
	.run = run,
};
