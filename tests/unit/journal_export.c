/* Tasks and events for use outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "agent/base/json.h"
#include "agent/store/export.h"
#include "tests/support/journal_gen.h"
#include "tests/support/journal_tmp.h"

static bool
collect(void *user, struct slice piece, struct err *err)
{
	(void)err;
	return buf_add_slice(user, piece);
}

static char *
export_all(struct journal *j, int64_t task, const char *form)
{
	struct buf b = BUF_INIT(16u << 20);
	struct err err = { 0 };

	if (!export_task(j, task, export_form_of(form), collect, &b, &err))
		fail_msg("%s", err.text);
	return buf_steal(&b);
}

static void
play(struct journal *j)
{
	put_request(j, "{\"engine\":\"instinct\",\"cwd\":\"/home/a\"}", "tidy\nmy \x1b[31mdownloads");
	put_event(j, 1, EV_TEXT, "{\"turn\":1}", "I look ");
	put_event(j, 1, EV_TEXT, "{\"turn\":1,\"end\":true}", "first.");
	put_event(j, 1, EV_CALL, "{\"call\":1,\"turn\":1,\"tool\":\"list\"}", "{\"path\":\"/home/a\"}");
	put_event(j, 1, EV_OUTPUT, "{\"call\":1}", "one\n```\ntw");
	put_event(j, 1, EV_OUTPUT, "{\"call\":1}", "o\n");
	put_event(j, 1, EV_CALL_DONE, "{\"call\":1,\"outcome\":\"done\",\"summary\":\"2 names\"}", "one two");
	put_event(j, 1, EV_CALL_DONE, "{\"call\":2,\"outcome\":\"done\",\"summary\":\"x\"}", "a ```` b");
	put_event(j, 1, EV_EFFECTS, "{\"call\":1,\"n\":1}",
		"[{\"n\":1,\"kind\":\"move\",\"from\":\"/a\",\"path\":\"/b`\\n\"}]");
	put_event(j, 1, EV_DECISION, "{\"approval\":1,\"decision\":\"take\",\"by\":\"person\"}", "{}");
	put_event(j, 1, EV_STATE, "{\"state\":\"done\"}", NULL);
}

static void
export__json__equals_the_journal(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *want = NULL, *got = NULL;

	play(t->j);
	want = journal_lines(t->j);
	got = export_all(t->j, 1, "json");
	assert_string_equal(want, got);
}

static void
export__markdown__reads_and_is_safe(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *md = NULL;
	struct err err = { 0 };

	play(t->j);
	md = export_all(t->j, 1, "markdown");
	assert_true(str_starts(md, "# Task 1: tidy my downloads\n"));
	assert_non_null(strstr(md, "> tidy\n> my downloads\n"));
	assert_non_null(strstr(md, "I look first.\n"));
	assert_non_null(strstr(md, "    one\n    ```\n    two\n"));
	assert_null(strstr(md, "one two")); /* not repeated */
	assert_non_null(strstr(md, "`````\na ```` b\n`````\n"));
	assert_non_null(strstr(md, "- moved `/a` → `/b"));
	assert_non_null(strstr(md, "Decision: taken (by you)"));
	assert_null(strchr(md, '\x1b'));
	assert_true(journal_remove_body(t->j, 1, "person", &err));
	free(md);
	md = export_all(t->j, 1, "markdown");
	assert_null(strstr(md, "downloads"));
	assert_non_null(strstr(md, "removed on"));
}

/* Facts as any kind may have them. */
#define ALL_FACTS                                                                                  \
	"{\"call\":1,\"n\":2,\"turn\":1,\"commit\":1,\"approval\":1,\"engine\":\"instinct\","             \
	"\"reason\":\"recipe\",\"state\":\"done\",\"ms\":1200,\"by\":\"person\",\"tool\":\"list\","        \
	"\"outcome\":\"done\",\"summary\":\"two\",\"decision\":\"take\",\"why\":[\"it changes files\"],"   \
	"\"op\":\"add\",\"id\":\"x\",\"what\":\"network\",\"host\":\"a.example\",\"bytes\":10,"            \
	"\"model\":\"m\",\"brake\":\"steps\",\"limit\":50,\"source\":\"web\",\"place\":\"/p\","             \
	"\"recipe\":\"r\",\"of\":1,\"mode\":\"step\",\"end\":true}"

/* Whatever happened, a person reads sentences, never JSON. */
static void
export__every_kind__is_a_sentence(void **state)
{
	static const char *const bodies[] = { NULL, "some words",
		"[{\"id\":\"a\",\"text\":\"first\",\"state\":\"now\",\"kind\":\"move\",\"path\":\"/b\",\"from\":\"/a\"}]",
		"\x89PNG\r\n" };
	struct tmp_journal *t = *state;
	autofree char *whole = NULL;
	struct err err = { 0 };
	int kind;

	put_request(t->j, "{\"engine\":\"auto\",\"cwd\":\"/\"}", "all of it");
	for (kind = 0; kind < EV_COUNT; kind++) {
		autobuf struct buf b = BUF_INIT(1u << 20);
		int64_t seq = put_event(t->j, 1, (enum event_kind)kind, ALL_FACTS,
			bodies[event_kinds[kind].body]);

		assert_true(export_event(t->j, seq, &export_markdown, collect, &b, &err));
		if (!b.len || strstr(buf_str(&b), "{\"") || strstr(buf_str(&b), "\":")
			|| strstr(buf_str(&b), "PNG"))
			fail_msg("%s: %s", event_kinds[kind].name, buf_str(&b));
		buf_clear(&b);
		buf_printf(&b, "**%s**", event_kinds[kind].name);
		free(whole);
		whole = export_all(t->j, 1, "markdown");
		if (strstr(whole, buf_str(&b)))
			fail_msg("%s has no sentence", event_kinds[kind].name);
	}
	assert_null(strstr(whole, "\":"));
	assert_non_null(strstr(whole, "- [ ] first (now)"));
	assert_non_null(strstr(whole, "- moved `/a` → `/b`"));
}

static void
export__cast__is_valid_and_in_order(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *cast = NULL;
	struct slice rest, line;
	double before = -1;
	int n = 0;

	play(t->j);
	cast = export_all(t->j, 1, "cast");
	for (rest = slice_of(cast); rest.p && rest.n; n++) {
		autojson cJSON *v = NULL;

		line = slice_line(&rest);
		v = json_parse(line, NULL);
		assert_non_null(v);
		if (n == 0) {
			assert_int_equal(json_i64(v, "version", 0), 2);
			continue;
		}
		assert_int_equal(cJSON_GetArraySize(v), 3);
		assert_true(cJSON_GetArrayItem(v, 0)->valuedouble >= before);
		before = cJSON_GetArrayItem(v, 0)->valuedouble;
	}
	assert_true(n > 8);
	assert_non_null(strstr(cast, "I look "));
}

static void
export__event__one_and_unknown(void **state)
{
	struct tmp_journal *t = *state;
	autobuf struct buf b = BUF_INIT(1u << 20);
	struct err err = { 0 };

	play(t->j);
	assert_true(export_event(t->j, 3, &export_json, collect, &b, &err));
	assert_non_null(strstr(buf_str(&b), "\"seq\":3"));
	assert_null(strstr(buf_str(&b), "\"seq\":4"));
	buf_clear(&b);
	assert_true(export_event(t->j, 3, &export_markdown, collect, &b, &err));
	assert_non_null(strstr(buf_str(&b), "first."));
	assert_false(export_event(t->j, 99, &export_json, collect, &b, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_false(export_event(t->j, 1, &export_cast, collect, &b, &err));
	assert_int_equal(err.code, ERR_USAGE);
	assert_false(export_task(t->j, 42, &export_json, collect, &b, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void
export__forms__table_is_complete(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < n_export_forms; i++) {
		const struct export_form *f = export_forms[i];

		assert_ptr_equal(export_form_of(f->name), f);
		assert_in_range(strlen(f->help), 1, 60);
		assert_true(f->suffix[0] == '.');
		assert_true(f->begin && f->event && f->end);
	}
	assert_null(export_form_of("pdf"));
}

/* Generated journals verify, repeat by their seed, and export whole. */
static void
generator__seed__same_content(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *one = xasprintf("%s/one.db", t->dir), *two = xasprintf("%s/two.db", t->dir);
	struct verify_report a, b;
	struct err err = { 0 };
	struct journal *j;
	struct journal_opts o = { .path = one };
	autofree char *lines = NULL;

	assert_true(journal_gen(one, 1500, 7, &err));
	assert_true(journal_gen(two, 1500, 7, &err));
	assert_true(journal_open(&o, &j, &err));
	assert_true(journal_verify(j, &a, &err));
	assert_int_equal(a.events, 1500);
	lines = export_all(j, 2, "markdown");
	assert_true(strlen(lines) > 100);
	put_request(j, "{}", "and on");
	journal_close(j);
	o.path = two;
	assert_true(journal_open(&o, &j, &err));
	assert_true(journal_verify(j, &b, &err));
	assert_string_equal(a.head, b.head);
	journal_close(j);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_journal_setup, tmp_journal_teardown)
	const struct CMUnitTest tests[] = {
		T(export__json__equals_the_journal),
		T(export__markdown__reads_and_is_safe),
		T(export__every_kind__is_a_sentence),
		T(export__cast__is_valid_and_in_order),
		T(export__event__one_and_unknown),
		cmocka_unit_test(export__forms__table_is_complete),
		T(generator__seed__same_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
