/* homard recipe: match a request without doing anything, run the tests of recipes, show one. */
#include "agent/base/event.h"
#include "agent/base/i18n.h"
#include "agent/cli/cli.h"
#include "agent/skill/recipe_test.h"
#include "agent/skill/sense_train.h"
#include "agent/skill/skill.h"
#include <errno.h>

static int
usage(struct cli *c, const char *sentence)
{
	struct err err = { 0 };

	err_set(&err, ERR_USAGE, "%s", sentence);
	return cli_fail(c, "recipe", &err);
}

static char *
joined(int argc, char **argv)
{
	struct buf b = BUF_INIT(1u << 20);

	for (int i = 0; i < argc; i++)
		buf_printf(&b, "%s%s", i ? " " : "", argv[i]);
	return buf_steal(&b);
}

static void
say_match(struct cli *c, const struct match *m)
{
	autofree char *slots = json_print(m->slots);

	if (m->recipe) {
		fprintf(c->out, "%s %s\n", m->recipe->name, slots);
		for (size_t i = 0; i < m->missing.n; i++)
			fprintf(c->out, _("asks for: %s\n"), m->missing.v[i]);
		return;
	}
	fprintf(c->out, "%s",
		m->why == MATCH_TIE               ? _("Two recipes fit equally well:")
			: m->why == MATCH_SEVERAL ? _("These are several requests:")
						  : _("No recipe fits. The nearest:"));
	for (size_t i = 0; i < m->n_nearest; i++)
		fprintf(c->out, " %s", m->nearest[i].recipe->name);
	fputc('\n', c->out);
}

static int
match(struct cli *c, bool json, int argc, char **argv)
{
	struct skills *s = skills_load(c->places, 0);
	autofree char *text = joined(argc, argv);
	autofree char *cwd = getcwd(NULL, 0);
	struct match_context ctx = { .cwd = cwd, .now_ms = clock_wall(c->clock) };
	autobuf struct buf out = BUF_INIT(4u << 20);
	struct match m;

	match_request(s->matcher, slice_of(text), &ctx, &m);
	if (json) {
		match_to_json(&m, &out);
		fprintf(c->out, "%s\n", buf_str(&out));
	} else
		say_match(c, &m);
	match_finish(&m);
	skills_destroy(s);
	return 0;
}

static int
test(struct cli *c, int argc, char **argv)
{
	/* A folder is tried among the shipped recipes; your own may already hold the same one.
	 */
	struct places shipped = *c->places;
	struct skills *s;
	struct err err = { 0 };
	int failed = 0, ran = 0;

	if (argc > 0 && strchr(argv[0], '/'))
		shipped.data = (char *)"/dev/null";
	s = skills_load(&shipped, RECIPE_WITH_TESTS);
	if (argc > 0 && strchr(argv[0], '/') &&
		!skills_add_folder(s, argv[0], RECIPE_WITH_TESTS, &err)) {
		skills_destroy(s);
		return cli_fail(c, "recipe", &err);
	}
	for (size_t i = 0; i < s->n; i++) {
		const struct skill *k = &s->v[i];

		if (argc > 0 && !str_eq(k->name, argv[0]) && !str_eq(k->dir, argv[0]) &&
			!(k->recipe && str_eq(k->recipe->name, argv[0])))
			continue;
		if (k->recipe_error) {
			fprintf(c->out, "%s\n", k->recipe_error);
			failed++;
		}
		if (k->recipe)
			failed += (int)recipe_test_run(
				s->matcher, k->recipe, c->places->home, c->out, &ran);
	}
	skills_destroy(s);
	if (argc > 0 && ran == 0 && failed == 0)
		return usage(
			c, _("no such recipe, or it has no tests; `homard skills` lists them"));
	fprintf(c->out, _("%d requests, %d wrong\n"), ran, failed);
	return failed ? 1 : 0;
}

static int
list(struct cli *c)
{
	struct skills *s = skills_load(c->places, 0);

	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].recipe)
			fprintf(c->out, "%-16s %s\n", s->v[i].recipe->name,
				saying_in(&s->v[i].recipe->summary, i18n_language()));
	skills_destroy(s);
	return 0;
}

/* The tests of the shipped recipes are requests as well. */
static bool
learn_tests(struct cli *c, struct sense_trainer *t, struct err *err)
{
	struct skills *s = skills_load(c->places, RECIPE_WITH_TESTS);
	bool ok = true;

	for (size_t i = 0; i < s->n; i++) {
		const struct recipe *r =
			s->v[i].source == SKILL_SHIPPED ? s->v[i].recipe : NULL;

		for (size_t k = 0; r && k < r->n_tests && ok; k++)
			ok = sense_trainer_add(t, slice_of(r->tests[k].none ? "-" : r->name),
				slice_of(r->tests[k].say),
				slice_of(json_str(r->tests[k].slots, "text", "")), err);
	}
	skills_destroy(s);
	return ok;
}

static int
train(struct cli *c, int argc, char **argv)
{
	struct sense_trainer *t = sense_trainer_create();
	struct err err = { 0 };
	bool ok = learn_tests(c, t, &err);

	for (int i = 1; i < argc && ok; i++)
		ok = sense_trainer_read(t, argv[i], &err);
	ok = ok && sense_trainer_write(t, argv[0], &err);
	if (ok)
		fprintf(c->out, _("%s: learned from %zu requests\n"), argv[0],
			sense_trainer_count(t));
	sense_trainer_destroy(t);
	return ok ? 0 : cli_fail(c, "recipe", &err);
}

static int
run(struct cli *c, int argc, char **argv)
{
	int ret, at = 1;
	bool json = false;
	const char *verb;

	extern const struct cli_command cli_recipe;

	if (argc > 1 && str_eq(argv[1], "--help") &&
		cli_help_asked(c, &cli_recipe, argc, argv, &ret))
		return ret;
	verb = argc > 1 ? argv[1] : "list";
	at = 2;
	while (at < argc && str_starts(argv[at], "--")) {
		if (str_eq(argv[at], "--json"))
			json = true;
		else if (str_eq(argv[at], "--")) {
			at++;
			break;
		} else
			return usage(c, _("unknown option; see `homard recipe --help`"));
		at++;
	}
	if (str_eq(verb, "match")) {
		if (at >= argc)
			return usage(c, _("say the request behind `match`"));
		return match(c, json, argc - at, argv + at);
	}
	if (str_eq(verb, "test"))
		return test(c, argc - at, argv + at);
	if (str_eq(verb, "list"))
		return list(c);
	if (str_eq(verb, "train")) {
		if (at + 1 >= argc)
			return usage(c,
				_("say the file to write and the lists to learn from "
				  "behind `train`"));
		return train(c, argc - at, argv + at);
	}
	return usage(c, _("use match, test, list or train; see `homard recipe --help`"));
}

const struct cli_command cli_recipe = {
	.name = "recipe",
	.summary = N_("Which recipe a request means; test recipes"),
	.usage = "match [--json] REQUEST | test [NAME|FOLDER] | list | train FILE LIST...",
	.help = N_(
		"match   shows which recipe a request means and with which slots; it looks at\n"
		"        no file and does nothing. --json prints one line:\n"
		"        {\"recipe\",\"slots\",\"missing\",\"score\",\"nearest\"}\n"
		"test    runs the tests written in recipes: all, one, or those of a folder\n"
		"list    the recipes that can be used\n"
		"train   learns from lists of requests, and from the tests of the recipes "
		"that\n"
		"        come with the program, what people's words mean; writes it to FILE. "
		"A\n"
		"        line holds recipe, slots and request with tabs between. The build "
		"makes\n"
		"        the program's own one (requests.sense) so.\n"),
	.run = run,
};
