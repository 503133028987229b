/* Rules and the built-in policy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "agent/base/path.h"
#include "agent/core/rules.h"

static char dir[64];

static int
setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/homard-rules-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int
teardown(void **state)
{
	autofree char *f = path_join(dir, "rules.yaml");

	(void)state;
	unlink(f);
	return rmdir(dir);
}

static struct rules *
load(const char *text, struct err *err)
{
	autofree char *f = path_join(dir, "rules.yaml");
	struct rules *r = NULL;

	assert_true(path_write_file(f, slice_of(text), 0600, err));
	err_clear(err);
	return rules_load(f, &r, err) ? r : NULL;
}

static const char good[] = "rules:\n"
			   "  - id: build\n"
			   "    allow: [create, modify]\n"
			   "    below: ~/proj/build\n"
			   "    match: [\"create ~/proj/build/x.o\"]\n"
			   "    not_match: [\"delete ~/proj/build/x.o\", \"create ~/proj/y\"]\n"
			   "  - id: never\n"
			   "    deny: [delete]\n"
			   "    below: ~/papers\n"
			   "    match: [\"delete ~/papers/a\"]\n"
			   "    not_match: [\"create ~/papers/a\"]\n";

static enum verdict
ask_about(const struct rules *r, enum effect_kind kind, const char *path, const char *mode,
	const char *taint, unsigned red)
{
	struct effect e = { .kind = kind, .path = (char *)path, .count = 1, .red = red };
	struct effects list = { .v = &e, .n = 1, .red = red };
	struct policy_question q = { .effects = &list, .tool = "write", .actor = "model",
		.mode = mode, .home = "/home/u", .cwd = "/home/u/proj", .taint = taint,
		.now_ms = 1000 };
	struct policy_answer a;
	enum verdict v;

	policy_decide(r, &q, &a);
	v = a.verdict;
	policy_answer_finish(&a);
	return v;
}

static void
policy__defaults__ask_before_changes(void **state)
{
	(void)state;
	assert_int_equal(ask_about(NULL, EFFECT_CREATE, "/home/u/proj/a", "step", NULL, 0), VERDICT_ASK);
	assert_int_equal(ask_about(NULL, EFFECT_CREATE, "/home/u/proj/a", "auto", NULL, 0), VERDICT_ALLOW);
	assert_int_equal(ask_about(NULL, EFFECT_DELETE, "/home/u/proj/a", "auto", NULL, 0), VERDICT_ASK);
	assert_int_equal(ask_about(NULL, EFFECT_CREATE, "/home/u/a", "auto", NULL, 0), VERDICT_ASK);
	assert_int_equal(ask_about(NULL, EFFECT_CREATE, "/home/u/proj/a", "auto", "web", 0), VERDICT_ASK);
	assert_int_equal(ask_about(NULL, EFFECT_CREATE, "/home/u/proj/a", "auto", NULL, RED_SSH), VERDICT_ASK);
	assert_int_equal(ask_about(NULL, EFFECT_CREATE, "/home/u/proj/a", "read-only", NULL, 0), VERDICT_DENY);
}

static void
policy__no_effect__asks_nothing(void **state)
{
	struct effects none = { 0 };
	struct policy_question q = { .effects = &none, .tool = "shell", .actor = "model",
		.mode = "step", .home = "/home/u", .cwd = "/home/u" };
	struct policy_answer a;

	(void)state;
	policy_decide(NULL, &q, &a);
	assert_int_equal(a.verdict, VERDICT_ALLOW);
	policy_answer_finish(&a);
}

static void
rules__allow_and_deny__by_effect_and_place(void **state)
{
	struct err err = { 0 };
	struct rules *r = load(good, &err);

	(void)state;
	assert_non_null(r);
	assert_int_equal(ask_about(r, EFFECT_CREATE, "/home/u/proj/build/a", "step", NULL, 0), VERDICT_ALLOW);
	assert_int_equal(ask_about(r, EFFECT_DELETE, "/home/u/proj/build/a", "step", NULL, 0), VERDICT_ASK);
	assert_int_equal(ask_about(r, EFFECT_CREATE, "/home/u/proj/buildx/a", "step", NULL, 0), VERDICT_ASK);
	assert_int_equal(ask_about(r, EFFECT_CREATE, "/home/u/proj/build/a", "step", "web", 0), VERDICT_ASK);
	assert_int_equal(ask_about(r, EFFECT_CREATE, "/home/u/proj/build/a", "step", NULL, RED_GIT), VERDICT_ASK);
	assert_int_equal(ask_about(r, EFFECT_DELETE, "/home/u/papers/a", "step", NULL, 0), VERDICT_DENY);
	rules_destroy(r);
}

static void
rules__broken__name_file_line_and_reason(void **state)
{
	static const struct {
		const char *text, *want;
	} bad[] = {
		{ "rules:\n  - id: a\n    allow: [create]\n    below: ~/x/y\n", ":2:" },
		{ "rules:\n  - id: a\n    allow: [delete]\n    below: ~/x\n    match: [\"delete ~/x/y\"]\n"
		  "    not_match: [\"create ~/x/y\"]\n", "too broad" },
		{ "rules:\n  - id: a\n    allow: [create]\n    below: ~/x/y\n    match: [\"create ~/z\"]\n"
		  "    not_match: [\"create ~/q\"]\n", "does not match" },
		{ "rules:\n  - id: a\n    allow: [create]\n    below: ~/x/y\n    match: [\"create ~/x/y/a\"]\n"
		  "    not_match: [\"create ~/x/y/b\"]\n", "must not match" },
		{ "rules:\n  - id: a\n    allow: [burn]\n    below: ~/x/y\n", "burn" },
		{ "rules:\n  - id: a\n    prefix: rm\n", "prefix" },
		{ "what: 1\n", "rules:" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = { 0 };

		assert_null(load(bad[i].text, &err));
		if (!strstr(err.text, bad[i].want))
			fail_msg("%zu: \"%s\" lacks \"%s\"", i, err.text, bad[i].want);
	}
}

static void
rules__add_and_remove__keep_the_rest(void **state)
{
	static const char json[] = "{\"id\":\"b\",\"allow\":[\"create\"],\"below\":\"~/b/c\",\"until\":"
				   "\"2030-01-01\",\"match\":[\"create ~/b/c/x\"],\"not_match\":[\"delete "
				   "~/b/c/x\"]}";
	struct err err = { 0 };
	struct rules *r = load(good, &err), *again = NULL;
	autofree char *f = path_join(dir, "rules.yaml"), *id = NULL, *id2 = NULL;

	(void)state;
	assert_true(rules_add(r, json, &id, &err));
	assert_string_equal(id, "b");
	assert_true(rules_add(r, json, &id2, &err));
	assert_string_equal(id2, "b-2");
	assert_int_equal(ask_about(r, EFFECT_CREATE, "/home/u/b/c/q", "step", NULL, 0), VERDICT_ALLOW);
	assert_true(rules_remove(r, "build", &err));
	assert_true(rules_load(f, &again, &err));
	assert_int_equal(rules_count(again), 3);
	assert_int_equal(ask_about(again, EFFECT_CREATE, "/home/u/proj/build/a", "step", NULL, 0), VERDICT_ASK);
	assert_false(rules_remove(again, "nope", &err));
	rules_destroy(again);
	rules_destroy(r);
}

static void
rules__odd_name__stays_one_place(void **state)
{
	static const char json[] = "{\"id\":\"odd\",\"allow\":[\"create\"],"
				   "\"below\":\"~/a/x\\n    deny: [create]\\n\\u0001\\\"'\\\\ é\","
				   "\"match\":[\"create ~/a/x\\n    deny: [create]\\n\\u0001\\\"'\\\\ é/f\"],"
				   "\"not_match\":[\"create ~/a/x/f\"]}";
	struct err err = { 0 };
	struct rules *r = load("rules: []\n", &err), *again = NULL;
	autofree char *f = path_join(dir, "rules.yaml");

	(void)state;
	assert_true(rules_add(r, json, NULL, &err));
	assert_true(rules_load(f, &again, &err));
	assert_int_equal(rules_count(again), 1);
	assert_int_equal(ask_about(again, EFFECT_CREATE,
				 "/home/u/a/x\n    deny: [create]\n\x01\"'\\ é/g", "step", NULL, 0),
		VERDICT_ALLOW);
	assert_int_equal(
		ask_about(again, EFFECT_CREATE, "/home/u/a/x/g", "step", NULL, 0), VERDICT_ASK);
	rules_destroy(again);
	rules_destroy(r);
}

static void
policy__always__is_shaped_by_the_effects(void **state)
{
	struct effect e[2] = { { .kind = EFFECT_CREATE, .path = (char *)"/home/u/p/q/a", .count = 1 },
		{ .kind = EFFECT_MODIFY, .path = (char *)"/home/u/p/r/b", .count = 1 } };
	struct effects list = { .v = e, .n = 2 };
	struct policy_question q = { .effects = &list, .tool = "shell", .actor = "model",
		.mode = "step", .home = "/home/u", .cwd = "/home/u/p" };
	struct policy_answer a;
	struct err err = { 0 };
	struct rules *r = load("rules: []\n", &err);

	(void)state;
	policy_decide(r, &q, &a);
	assert_non_null(a.always);
	assert_non_null(strstr(a.always, "\"~/p\""));
	assert_true(rule_json_hits(a.always, "/home/u", "create", "/home/u/p/z", NULL));
	assert_false(rule_json_hits(a.always, "/home/u", "delete", "/home/u/p/z", NULL));
	assert_true(rules_add(r, a.always, NULL, &err));
	policy_answer_finish(&a);
	e[1].kind = EFFECT_DELETE;
	policy_decide(NULL, &q, &a);
	assert_null(a.always);
	policy_answer_finish(&a);
	rules_destroy(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policy__defaults__ask_before_changes),
		cmocka_unit_test(policy__no_effect__asks_nothing),
		cmocka_unit_test(rules__allow_and_deny__by_effect_and_place),
		cmocka_unit_test(rules__broken__name_file_line_and_reason),
		cmocka_unit_test(rules__add_and_remove__keep_the_rest),
		cmocka_unit_test(rules__odd_name__stays_one_place),
		cmocka_unit_test(policy__always__is_shaped_by_the_effects),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
