/* The shipped recipes: they load, they are complete, their own tests hold. */
#include "tests/support/testing.h"
#include "agent/base/i18n.h"
#include "agent/skill/recipe_test.h"
#include "agent/skill/skill.h"
#include "agent/skill/template.h"

static struct skills *skills;
static struct places places = { .home = (char *)"/home/ada", .data = (char *)"/nonexistent" };

static int
load(void **state)
{
	struct places found = { 0 };

	(void)state;
	found = places;
	found.share = (char *)test_share();
	skills = skills_load(&found, RECIPE_WITH_TESTS);
	return skills->n > 0 ? 0 : -1;
}

static int
unload(void **state)
{
	(void)state;
	skills_destroy(skills);
	return 0;
}

static void
recipe__load__every_shipped_one_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < skills->n; i++) {
		if (skills->v[i].recipe_error)
			print_message("%s\n", skills->v[i].recipe_error);
		assert_null(skills->v[i].recipe_error);
		assert_non_null(skills->v[i].recipe);
		assert_string_equal(skills->v[i].name, skills->v[i].recipe->name);
	}
	assert_int_equal(matcher_count(skills->matcher), skills->n);
}

static void
recipe__load__every_sentence_is_in_both_languages(void **state)
{
	(void)state;
	for (size_t i = 0; i < skills->n; i++) {
		const struct recipe *r = skills->v[i].recipe;

		assert_non_null(r->summary.zh);
		assert_non_null(r->example.en);
		assert_non_null(r->example.zh);
		for (size_t k = 0; k < r->n_slots; k++)
			assert_true(!r->slots[k].ask.en == !r->slots[k].ask.zh);
		for (size_t k = 0; k < r->n_steps; k++)
			assert_non_null(r->steps[k].text.zh);
		assert_true(r->n_results > 0);
		for (size_t k = 0; k < r->n_results; k++)
			assert_non_null(r->results[k].text.zh);
	}
}

static void
recipe__tests__hold_for_every_shipped_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < skills->n; i++) {
		const struct recipe *r = skills->v[i].recipe;
		int en = 0, zh = 0, ran = 0;

		for (size_t k = 0; k < r->n_tests; k++)
			if (!r->tests[k].none)
				*(str_eq(r->tests[k].language, "zh") ? &zh : &en) += 1;
		if (en < 8 || zh < 8)
			print_message(
				"%s has %d English and %d Chinese tests\n", r->name, en, zh);
		assert_true(en >= 8 && zh >= 8);
		assert_int_equal(
			recipe_test_run(skills->matcher, r, places.home, stderr, &ran), 0);
	}
}

static void
recipe__example__asks_for_its_recipe(void **state)
{
	(void)state;
	for (size_t i = 0; i < skills->n; i++) {
		const struct recipe *r = skills->v[i].recipe;
		struct match_context c = { .cwd = "/here", .now_ms = RECIPE_TEST_NOW };

		for (int zh = 0; zh < 2; zh++) {
			struct match m;

			match_request(skills->matcher,
				slice_of(saying_in(&r->example, zh ? "zh_CN" : "en")), &c, &m);
			if (m.recipe != r)
				print_message("example of %s: %s\n", r->name,
					saying_in(&r->example, zh ? "zh_CN" : "en"));
			assert_ptr_equal(m.recipe, r);
			assert_int_equal(m.missing.n, 0);
			match_finish(&m);
		}
	}
}

static void
refuse(const char *text, const char *line)
{
	struct err err = { 0 };

	assert_null(recipe_parse(slice_of(text), "recipe.yaml", RECIPE_WITH_TESTS, &err));
	if (!strstr(err.text, line))
		print_message("%s\n", err.text);
	assert_non_null(strstr(err.text, line));
}

static void
recipe__parse__broken_names_file_and_line(void **state)
{
	(void)state;
	refuse("name: x\nsummary: s\nsay: {en: [go]}\nsteps: []\nresult: []\n",
		"recipe.yaml:4:");
	refuse("name: x\nsummary: s\nsay: {en: [go]}\nnonsense: 1\n", "nonsense");
	refuse("name: x\nsummary: s\nsay: {en: [go]}\nslots:\n  a: {type: colour}\n",
		"recipe.yaml:5:");
	refuse("name: x\nsummary: s\nsay: {en: [go]}\nslots:\n  a: {type: folder, required: "
	       "true}\n",
		"ask");
	refuse("name: x\nsummary: s\nsay: {en: [go]}\nsteps:\n  - id: a\n    tool: list\n    "
	       "args:\n"
	       "      path: \"${a|nofilter}\"\nresult: [{en: ok}]\n",
		"recipe.yaml:8:");
	refuse("name: X\n", "name");
	refuse("name: x\nsummary: s\nsay: {en: [go]}\nbefore:\n  - explode: yes\n",
		"recipe.yaml:5:");
	refuse("- a\n- b\n", "recipe.yaml:1:");
}

static void
recipe__parse__tests_are_read_only_when_wanted(void **state)
{
	static const char text[] =
		"name: x\nsummary: s\nsay: {en: [go]}\nsteps:\n  - {tool: list}\n"
		"result: [{en: ok}]\ntests:\n  en: [go]\n";
	struct recipe *r = recipe_parse(SLICE_LIT(text), "x", 0, NULL);

	(void)state;
	assert_non_null(r);
	assert_int_equal(r->n_tests, 0);
	recipe_destroy(r);
	r = recipe_parse(SLICE_LIT(text), "x", RECIPE_WITH_TESTS, NULL);
	assert_int_equal(r->n_tests, 1);
	recipe_destroy(r);
}

static void
template__text__fills_slots_and_filters(void **state)
{
	autojson cJSON *v = cJSON_Parse(
		"{\"folder\":\"/home/ada/x\",\"r\":{\"n\":1,\"b\":1536,"
		"\"l\":[{\"name\":\"A\",\"count\":2},{\"name\":\"B\",\"count\":1}]}}");
	struct template_scope s = { .values = v, .home = "/home/ada" };
	autofree char *t = template_text("${folder|tilde}: ${r.n|plural:file:files}, "
					 "${r.b|size}, ${r.l|names}, ${nothing}.",
		&s, NULL);

	(void)state;
	assert_string_equal(t, "~/x: 1 file, 1.5 kB, A 2, B 1, .");
}

static void
template__true__compares_numbers_and_texts(void **state)
{
	autojson cJSON *v = cJSON_Parse("{\"a\":{\"n\":10,\"s\":\"x\",\"l\":[]},\"b\":true}");
	struct template_scope s = { .values = v };

	(void)state;
	assert_true(template_true("a.n > 9", &s));
	assert_false(template_true("a.n < 9", &s));
	assert_true(template_true("a.n == 10", &s));
	assert_true(template_true("a.s == 'x'", &s));
	assert_true(template_true("not a.l", &s));
	assert_true(template_true("b", &s));
	assert_false(template_true("gone", &s));
	assert_true(template_true("gone == 0", &s));
	assert_true(template_true("gone or a.n", &s));
	assert_true(template_true("a.n or gone", &s));
	assert_false(template_true("gone or gone or not b", &s));
	assert_false(template_true("a.s == 'x or a.n'", &s));
}

static void
template__json__keeps_types_and_leaves_out_absent(void **state)
{
	autojson cJSON *v = cJSON_Parse("{\"count\":5,\"folder\":\"~/x\"}");
	autojson cJSON *args = cJSON_Parse(
		"{\"count\":\"${count}\",\"path\":\"${folder}\",\"min\":\"${min}\"}");
	struct template_scope s = { .values = v };
	autojson cJSON *out = template_json(args, &s, NULL);
	autofree char *t = json_print(out);

	(void)state;
	assert_string_equal(t, "{\"count\":5,\"path\":\"~/x\"}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recipe__load__every_shipped_one_is_sound),
		cmocka_unit_test(recipe__load__every_sentence_is_in_both_languages),
		cmocka_unit_test(recipe__tests__hold_for_every_shipped_one),
		cmocka_unit_test(recipe__example__asks_for_its_recipe),
		cmocka_unit_test(recipe__parse__broken_names_file_and_line),
		cmocka_unit_test(recipe__parse__tests_are_read_only_when_wanted),
		cmocka_unit_test(template__text__fills_slots_and_filters),
		cmocka_unit_test(template__true__compares_numbers_and_texts),
		cmocka_unit_test(template__json__keeps_types_and_leaves_out_absent),
	};

	i18n_init("", "en");
	return cmocka_run_group_tests(tests, load, unload);
}
