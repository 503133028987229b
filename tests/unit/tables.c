/* Every table entry is complete: a new verb, setting, event kind, command or skill is one file and
 * one line, and this says what was forgotten. */
#include "tests/support/test.h"
#include <dirent.h>
#include <sys/stat.h>
#include "agent/base/event.h"
#include "agent/base/path.h"
#include "agent/base/utf8.h"
#include "agent/cli/cli.h"
#include "agent/core/config.h"
#include "agent/draft/effects.h"
#include "tui/command.h"

static char *
whole(const char *path)
{
	struct buf b = BUF_INIT(1 << 20);
	struct err err = { 0 };

	if (!path_read_file(path, &b, &err))
		fail_msg("%s", err.text);
	return buf_steal(&b);
}

static void
check_summary(const char *what, const char *summary)
{
	if (!summary || utf8_width(summary, strlen(summary)) > 60 || strlen(summary) < 2 ||
		summary[strlen(summary) - 1] == '.')
		fail_msg("%s: the summary \"%s\" must have 2 to 60 characters and no full stop", what,
			summary ? summary : "");
}

static void
verbs__entries__are_complete(UNUSED void **state)
{
	for (size_t i = 0; cli_commands[i]; i++) {
		const struct cli_command *c = cli_commands[i];

		if (i && strcmp(cli_commands[i - 1]->name, c->name) >= 0)
			fail_msg("%s must stand before %s", c->name, cli_commands[i - 1]->name);
		check_summary(c->name, c->summary);
		if (!c->usage || !c->help || !*c->help || !c->run)
			fail_msg("%s lacks usage, help or its function", c->name);
		for (struct slice rest = slice_of(c->help); rest.p;) {
			struct slice line = slice_cut(&rest, '\n');

			if (utf8_width(line.p, line.n) > 80)
				fail_msg("%s: a line of its help is longer than 80: %.*s", c->name,
					SLICE_FMT(line));
		}
		assert_ptr_equal(cli_find(c->name), c);
	}
	assert_null(cli_find("no-such-verb"));
}

static void
settings__entries__are_complete(UNUSED void **state)
{
	for (const struct config_option *o = config_options; o->key; o++) {
		if (!strchr(o->key, '.') || strspn(o->key, "abcdefghijklmnopqrstuvwxyz_.*") != strlen(o->key))
			fail_msg("%s is not section.name", o->key);
		if (!o->help || !*o->help || !o->fallback)
			fail_msg("%s lacks its help or fallback", o->key);
		for (const struct config_option *p = config_options; p < o; p++)
			assert_string_not_equal(p->key, o->key);
		if (o->choices && *o->fallback) {
			struct slice rest = slice_of(o->choices);
			bool found = false;

			while (rest.p)
				found |= slice_eq_str(slice_cut(&rest, '|'), o->fallback);
			if (!found)
				fail_msg("%s: %s is not among %s", o->key, o->fallback, o->choices);
		}
	}
}

static void
effect_kinds__names__are_told(UNUSED void **state)
{
	autofree char *design = whole("agent/ARCHITECTURE.md");

	for (size_t i = 0; i < EFFECT_KINDS; i++) {
		assert_non_null(effect_kind_names[i]);
		if (!strstr(design, effect_kind_names[i]))
			fail_msg("agent/ARCHITECTURE.md does not tell the effect %s", effect_kind_names[i]);
	}
	for (unsigned i = 0; i < RED_BITS; i++) {
		assert_non_null(effect_red_names[i]);
		assert_true(*effect_red_sentence(1u << i));
	}
}

static void
event_kinds__entries__are_documented(UNUSED void **state)
{
	autofree char *design = whole("agent/ARCHITECTURE.md");

	for (size_t i = 0; i < EV_COUNT; i++) {
		autofree char *row = xasprintf("\n| `%s` | ", event_kinds[i].name);

		assert_true(*event_kinds[i].facts);
		assert_int_equal(event_kind_of(event_kinds[i].name), i);
		if (!strstr(design, row))
			fail_msg("agent/ARCHITECTURE.md does not document the event %s", event_kinds[i].name);
	}
	assert_int_equal(event_kind_of("no-such-event"), EV_COUNT);
}

static bool
check_command(void *user, const struct command *c)
{
	size_t *n = user;

	check_summary(c->name, c->summary);
	if (!c->context || !c->run)
		fail_msg("%s lacks its context or function", c->name);
	if (c->slash && *c->slash != '/')
		fail_msg("%s: %s must begin with /", c->name, c->slash);
	if (command_find(c->name) != c)
		fail_msg("%s: the name is used twice", c->name);
	if (c->slash && command_find_slash(c->slash) != c)
		fail_msg("%s: %s is used twice", c->name, c->slash);
	++*n;
	return true;
}

static void
screen_commands__entries__are_complete(UNUSED void **state)
{
	size_t n = 0;

	command_each(check_command, &n);
	assert_true(n > 20);
	assert_null(command_find("no-such-command"));
}

static bool
has_cjk(const char *s)
{
	for (size_t n = strlen(s); n;) {
		uint32_t cp;
		bool ok;
		size_t step = utf8_decode(s, n, &cp, &ok);

		if (utf8_is_cjk(cp))
			return true;
		s += step, n -= step;
	}
	return false;
}

/* Tests stand below "tests:", "en:" and "zh:" in it; a request of each is what counts. */
static void
check_recipe(const char *name, const char *text)
{
	struct slice rest = slice_of(text);
	bool in_tests = false, en = false, zh = false, summary = false;

	while (rest.p) {
		struct slice line = slice_cut(&rest, '\n');
		autofree char *s = xstrndup(line.p, line.n);

		if (*s && *s != ' ' && *s != '#')
			in_tests = str_eq(s, "tests:");
		summary |= slice_starts(line, "summary:");
		if (in_tests && (strstr(s, "- say:") || strstr(s, "- {say:"))) {
			bool cjk = has_cjk(s);

			zh |= cjk;
			en |= !cjk;
		}
	}
	if (!summary || !en || !zh)
		fail_msg("skills/%s/recipe.yaml needs a summary and tests in English and Chinese", name);
}

static void
skills__shipped__have_tests_in_both_languages(UNUSED void **state)
{
	DIR *d = opendir("skills");
	struct dirent *e;
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d))) {
		autofree char *file = xasprintf("skills/%s/recipe.yaml", e->d_name);
		autofree char *doc = xasprintf("skills/%s/SKILL.md", e->d_name);
		autofree char *text = NULL;
		struct stat st;

		if (*e->d_name == '.' || stat(file, &st) < 0)
			continue;
		if (stat(doc, &st) < 0)
			fail_msg("skills/%s has no SKILL.md", e->d_name);
		text = whole(file);
		check_recipe(e->d_name, text);
		n++;
	}
	closedir(d);
	assert_true(n >= 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verbs__entries__are_complete),
		cmocka_unit_test(settings__entries__are_complete),
		cmocka_unit_test(effect_kinds__names__are_told),
		cmocka_unit_test(event_kinds__entries__are_documented),
		cmocka_unit_test(screen_commands__entries__are_complete),
		cmocka_unit_test(skills__shipped__have_tests_in_both_languages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
