/* homard skills: what it can do; check, make, trust skills. */
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"
#include "agent/cli/cli.h"
#include "agent/skill/skill.h"
#include <errno.h>
#include <sys/stat.h>

extern const struct cli_command cli_skills;

static int
fail(struct cli *c, enum err_code code, const char *sentence)
{
	struct err err = { 0 };

	err_set(&err, code, "%s", sentence);
	return cli_fail(c, "skills", &err);
}

static void
list_json(struct cli *c, const struct skill *k)
{
	autobuf struct buf b = BUF_INIT(1u << 20);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "name", k->name);
	jw_str(&w, "description", k->description);
	jw_str(&w, "path", k->dir);
	jw_bool(&w, "shipped", k->source == SKILL_SHIPPED);
	jw_bool(&w, "trusted", k->pinned);
	jw_bool(&w, "changed", k->changed);
	jw_str(&w, "recipe", k->recipe ? k->recipe->name : NULL);
	jw_str(&w, "example",
		k->recipe ? saying_in(&k->recipe->example, i18n_language()) : NULL);
	jw_str(&w, "problem", k->recipe_error);
	jw_end_object(&w);
	fprintf(c->out, "%s\n", buf_str(&b));
}

static void
list_line(struct cli *c, const struct skill *k)
{
	const struct recipe *r = k->recipe;
	autofree char *name = sanitize_dup(k->name, SANITIZE_LINE);
	autofree char *what = sanitize_dup(
		r ? saying_in(&r->summary, i18n_language()) : k->description, SANITIZE_LINE);

	fprintf(c->out, "%-16s %s\n", name, what);
	if (r && r->example.en) {
		autofree char *ex =
			sanitize_dup(saying_in(&r->example, i18n_language()), SANITIZE_LINE);

		fprintf(c->out, "%-16s   %s\n", "", ex);
	}
	if (k->changed)
		fprintf(c->out, "%-16s   %s\n", "",
			_("changed since you trusted it: not used; look at it, then `homard "
			  "skills trust NAME`"));
	else if (!k->pinned)
		fprintf(c->out, "%-16s   %s\n", "",
			_("not trusted yet: not used; look at it, then `homard skills trust "
			  "NAME`"));
	if (k->recipe_error) {
		autofree char *e = sanitize_dup(k->recipe_error, SANITIZE_LINE);

		fprintf(c->out, "%-16s   %s\n", "", e);
	}
}

static int
list(struct cli *c, bool json)
{
	struct skills *s = skills_load(c->places, 0);

	for (size_t i = 0; i < s->n; i++) {
		if (json)
			list_json(c, &s->v[i]);
		else
			list_line(c, &s->v[i]);
	}
	skills_destroy(s);
	return 0;
}

static int
check(struct cli *c, bool json, const char *path)
{
	struct err err = { 0 };
	struct stat st;
	autofree char *file = stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? skill_md_path(path)
									  : xstrdup(path);
	autofree char *dir = path_dir(file), *yaml = path_join(dir, "recipe.yaml");
	struct skill_doc *d = skill_doc_load(file, &err);
	struct recipe *r = NULL;
	bool bad;

	if (!d)
		return cli_fail(c, "skills", &err);
	if (json) {
		autobuf struct buf b = BUF_INIT(4u << 20);

		skill_doc_to_json(d, file, &b);
		fprintf(c->out, "%s\n", buf_str(&b));
	} else {
		autofree char *name = sanitize_dup(d->name, SANITIZE_LINE);
		autofree char *what = sanitize_dup(d->description, SANITIZE_LINE);

		fprintf(c->out, "%s: %s\n", name, what);
		for (size_t i = 0; i < d->n_problems; i++) {
			autofree char *t = sanitize_dup(d->problems[i].sentence, SANITIZE_LINE);

			fprintf(c->out, "  %s: %s\n", d->problems[i].id, t);
		}
		if (skill_doc_strict(d))
			fprintf(c->out, "  %s\n", _("no problems"));
	}
	bad = d->front != FRONT_OK || !*d->description;
	skill_doc_destroy(d);
	if (access(yaml, F_OK) == 0) {
		struct matcher *m = matcher_create("/", NULL);

		r = recipe_load(yaml, RECIPE_WITH_TESTS, &err);
		if (!r || !matcher_add(m, r, &err)) {
			bad = true;
			fprintf(json ? c->errout : c->out, "  %s\n", err.text);
		}
		matcher_destroy(m);
		recipe_destroy(r);
	}
	return bad ? 1 : 0;
}

static const char new_md[] =
	"---\n"
	"name: %s\n"
	"description: Say in one or two sentences what it does and when to use it.\n"
	"---\n"
	"# %s\n\n"
	"`recipe.yaml` does the work without a model.\n";

static const char new_recipe[] =
	"# How to write a recipe: skills/README.md. Try it: homard recipe test %s\n"
	"name: %s\n"
	"summary:\n"
	"  en: Say which files of a folder fit a pattern\n"
	"  zh: 列出文件夹里符合条件的文件\n"
	"example:\n"
	"  en: show the *.pdf in ~/Documents with %s\n"
	"  zh: 用%s列出 ~/Documents 里的 *.pdf\n"
	"effects: false\n"
	"say:\n"
	"  en:\n"
	"    - show {pattern} in {folder} (with|using) =%s\n"
	"  zh:\n"
	"    - 用=%s列出{folder}里的{pattern}\n"
	"slots:\n"
	"  folder:\n"
	"    type: folder\n"
	"    required: true\n"
	"    ask: {en: \"Which folder?\", zh: \"哪个文件夹？\"}\n"
	"  pattern:\n"
	"    type: glob\n"
	"    default: \"*\"\n"
	"before:\n"
	"  - is_folder: ${folder}\n"
	"steps:\n"
	"  - id: found\n"
	"    tool: list\n"
	"    args:\n"
	"      path: ${folder}\n"
	"      pattern: ${pattern}\n"
	"    text:\n"
	"      en: Look into ${folder|tilde}\n"
	"      zh: 查看 ${folder|tilde}\n"
	"result:\n"
	"  - en: \"${found.count|plural:file fits:files fit}.\"\n"
	"    zh: \"有 ${found.count|count} 个文件。\"\n"
	"    list: ${found.entries}\n"
	"    item: {en: \"${item.name}\"}\n"
	"tests:\n"
	"  en:\n"
	"    - say: show the *.pdf in ~/Documents with %s\n"
	"      slots: {folder: ~/Documents, pattern: \"*.pdf\"}\n"
	"  zh:\n"
	"    - say: 用%s列出 ~/Documents 里的 *.pdf\n"
	"      slots: {folder: ~/Documents, pattern: \"*.pdf\"}\n";

static int
make(struct cli *c, const char *name)
{
	autofree char *own = path_join(c->places->data, "skills"), *dir = path_join(own, name);
	autofree char *md = path_join(dir, "SKILL.md"), *yaml = path_join(dir, "recipe.yaml");
	autofree char *word = xstrdup(name);
	autobuf struct buf b = BUF_INIT(64u << 10);
	struct err err = { 0 };

	if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(name) ||
		strlen(name) > 64)
		return fail(c, ERR_USAGE, _("a skill's name is made of a-z, 0-9 and hyphens"));
	if (access(dir, F_OK) == 0)
		return fail(c, ERR_CONFLICT, _("a skill of that name is there already"));
	for (char *p = word; *p; p++) /* the word to call it by */
		if (*p == '-')
			*p = '\0';
	if (!path_make_dirs(dir, 0700, &err))
		return cli_fail(c, "skills", &err);
	buf_printf(&b, new_md, name, name);
	if (!path_write_file(md, buf_slice(&b), 0600, &err))
		return cli_fail(c, "skills", &err);
	buf_clear(&b);
	buf_printf(&b, new_recipe, name, name, word, word, word, word, word, word);
	if (!path_write_file(yaml, buf_slice(&b), 0600, &err))
		return cli_fail(c, "skills", &err);
	fprintf(c->out,
		_("Made %s. Change recipe.yaml, try `homard recipe test %s/`, then `homard "
		  "skills trust %s`.\n"),
		dir, dir, name);
	return 0;
}

static int
trust(struct cli *c, const char *name)
{
	struct skills *s = skills_load(c->places, 0);
	const struct skill *k = skills_find(s, name);
	struct err err = { 0 };
	int ret = 0;

	if (!k)
		ret = fail(c, ERR_NOT_FOUND,
			_("there is no such skill; `homard skills` lists them"));
	else if (k->source == SKILL_SHIPPED)
		fprintf(c->out, _("%s is part of the program.\n"), name);
	else if (!skills_pin(c->places, k, &err))
		ret = cli_fail(c, "skills", &err);
	else
		fprintf(c->out, _("%s is used from now on, until one of its files changes.\n"),
			name);
	skills_destroy(s);
	return ret;
}

static int
show(struct cli *c, const char *name)
{
	struct skills *s = skills_load(c->places, 0);
	const struct skill *k = skills_find(s, name);
	struct err err = { 0 };
	struct skill_doc *d = k ? skill_doc_load(k->file, &err) : NULL;
	int ret = 0;

	if (!k)
		ret = fail(c, ERR_NOT_FOUND,
			_("there is no such skill; `homard skills` lists them"));
	else if (!d)
		ret = cli_fail(c, "skills", &err);
	else {
		autofree char *body = sanitize_dup(d->body, SANITIZE_TEXT);

		list_line(c, k);
		fprintf(c->out, "%s\n\n%s", k->dir, body);
	}
	skill_doc_destroy(d);
	skills_destroy(s);
	return ret;
}

static int
run(struct cli *c, int argc, char **argv)
{
	bool json = false;
	int n = 0, ret;
	char *words[3] = { NULL };

	for (int i = 1; i < argc; i++) {
		if (str_eq(argv[i], "--json"))
			json = true;
		else if (str_eq(argv[i], "--help")) {
			if (cli_help_asked(c, &cli_skills, argc, argv, &ret))
				return ret;
		} else if (str_starts(argv[i], "--") || n == 3)
			return fail(c, ERR_USAGE,
				_("that was not understood; see `homard skills --help`"));
		else
			words[n++] = argv[i];
	}
	if (n == 0 || (n == 1 && str_eq(words[0], "list")))
		return list(c, json);
	if (n == 2 && str_eq(words[0], "check"))
		return check(c, json, words[1]);
	if (n == 2 && str_eq(words[0], "new"))
		return make(c, words[1]);
	if (n == 2 && str_eq(words[0], "trust"))
		return trust(c, words[1]);
	if (n == 2 && str_eq(words[0], "show"))
		return show(c, words[1]);
	return fail(c, ERR_USAGE,
		_("use list, show, check, new or trust; see `homard skills --help`"));
}

const struct cli_command cli_skills = {
	.name = "skills",
	.summary = N_("What it can do; check, make and trust skills"),
	.usage = "[list] [--json] | show NAME | check [--json] PATH | new NAME | trust NAME",
	.help = N_(
		"list    every skill with one example (the default)\n"
		"show    what a skill says about itself\n"
		"check   reads a SKILL.md (or its folder) and prints the parse and the "
		"problems;\n"
		"        exit 1 when it cannot be used\n"
		"new     makes a folder with SKILL.md and recipe.yaml to begin with\n"
		"trust   uses a skill of yours from now on, until one of its files changes\n"),
	.run = run,
};
