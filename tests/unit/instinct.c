/* The instinct engine against a small loop: its calls are answered by the test. */
#include "tests/support/testing.h"
#include "agent/base/i18n.h"
#include "agent/skill/instinct.h"
#include "agent/skill/recipe_test.h"
#include <sys/stat.h>

#define ITEMS 64

struct loop {
	struct engine *engine;
	struct engine_item items[ITEMS];
	size_t n;
	struct engine_input in;
	char *call_id, *tool, *args; /* the newest call */
	int n_calls;
	char *text, *plan, *recipe, *slots, *notice;
	bool ended, failed;
	struct err err;
};

static struct skills *skills;
static char home[] = "/tmp/homard-instinct-XXXXXX";

static void
set(char **to, const char *from, size_t n)
{
	free(*to);
	*to = xstrndup(from, n);
}

static void
on_text(void *u, struct slice s)
{
	struct loop *l = u;

	set(&l->text, s.p, s.n);
}

static void
on_plan(void *u, const char *json)
{
	struct loop *l = u;

	set(&l->plan, json, strlen(json));
}

static void
on_call(void *u, const char *id, const char *tool, struct slice args)
{
	struct loop *l = u;

	set(&l->call_id, id, strlen(id));
	set(&l->tool, tool, strlen(tool));
	set(&l->args, args.p, args.n);
	l->n_calls++;
}

static void
item(struct loop *l, enum engine_item_kind kind, struct slice text)
{
	assert_true(l->n < ITEMS);
	l->items[l->n++] = (struct engine_item){ .kind = kind,
		.turn = l->in.turn,
		.text = { slice_dup(text), text.n },
		.engine = "instinct",
		.id = "" };
}

static void
on_turn(void *u, struct slice json, const char *stop)
{
	(void)stop;
	item(u, ITEM_TURN, json);
}

static void
on_notice(void *u, const char *level, const char *s)
{
	struct loop *l = u;

	(void)level;
	set(&l->notice, s, strlen(s));
}

static void
on_recipe(void *u, const char *name, const char *skill, const char *slots)
{
	struct loop *l = u;

	assert_non_null(skill);
	set(&l->recipe, name, strlen(name));
	set(&l->slots, slots, strlen(slots));
}

static void
on_end(void *u, enum engine_end how, const struct err *err)
{
	struct loop *l = u;

	assert_false(l->ended); /* exactly once a turn */
	l->ended = true;
	l->failed = how == ENGINE_FAILED;
	if (err)
		l->err = *err;
}

static const struct engine_sink sink = { .text = on_text,
	.plan = on_plan,
	.call = on_call,
	.turn = on_turn,
	.notice = on_notice,
	.recipe = on_recipe,
	.end = on_end };

static void
think(struct loop *l)
{
	struct err err = { 0 };

	l->ended = false;
	l->n_calls = 0;
	l->in.turn++;
	l->in.items = l->items;
	l->in.n_items = l->n;
	assert_true(l->engine->ops->think(l->engine, &l->in, &sink, l, &err));
	assert_true(l->ended);
}

static void
start(struct loop *l, const char *request)
{
	memset(l, 0, sizeof(*l));
	l->engine = instinct_create(skills);
	l->in = (struct engine_input){ .cwd = home,
		.home = home,
		.mode = "step",
		.language = "en",
		.now_ms = RECIPE_TEST_NOW };
	item(l, ITEM_REQUEST, slice_of(request));
}

/* Answers the newest call and lets it think. */
static void
answer(struct loop *l, enum call_outcome how, const char *text)
{
	assert_int_equal(l->n_calls, 1);
	item(l, ITEM_RESULT, slice_of(text));
	l->items[l->n - 1].outcome = how;
	l->items[l->n - 1].id = xstrdup(l->call_id);
	think(l);
}

static void
stop(struct loop *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free((char *)l->items[i].text.p);
		if (l->items[i].kind == ITEM_RESULT)
			free((char *)l->items[i].id);
	}
	free(l->call_id);
	free(l->tool);
	free(l->args);
	free(l->text);
	free(l->plan);
	free(l->recipe);
	free(l->slots);
	free(l->notice);
	l->engine->ops->destroy(l->engine);
}

static int
setup(void **state)
{
	struct places p = { .home = home, .data = home };
	char path[600];

	(void)state;
	if (!mkdtemp(home))
		return -1;
	snprintf(path, sizeof(path), "%s/Downloads", home);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/Bills", home);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/Desktop", home);
	mkdir(path, 0700);
	p.share = (char *)test_share();
	skills = skills_load(&p, 0);
	return 0;
}

static int
teardown(void **state)
{
	char path[600];

	(void)state;
	snprintf(path, sizeof(path), "%s/Downloads", home);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/Bills", home);
	rmdir(path);
	snprintf(path, sizeof(path), "%s/Desktop", home);
	rmdir(path);
	rmdir(home);
	skills_destroy(skills);
	return 0;
}

static void
instinct__request__is_planned_run_and_told(void **state)
{
	struct loop l;
	char want[700];

	(void)state;
	start(&l, "tidy my downloads by type");
	think(&l);
	assert_string_equal(l.tool, "arrange");
	snprintf(want, sizeof(want), "{\"path\":\"%s/Downloads\",\"by\":\"kind\"}", home);
	assert_string_equal(l.args, want);
	assert_string_equal(l.recipe, "tidy-by-type");
	assert_string_equal(l.slots, "{\"folder\":\"~/Downloads\"}");
	assert_non_null(strstr(l.plan, "\"state\":\"now\""));
	answer(&l, CALL_DONE,
		"{\"moved\":1,\"folders\":[{\"name\":\"Pictures\",\"count\":1}],\"skipped\":"
		"0}");
	assert_int_equal(l.n_calls, 0);
	assert_false(l.failed);
	assert_string_equal(l.text, "Sorted 1 file of ~/Downloads into 1 folder: Pictures 1.");
	assert_non_null(strstr(l.plan, "\"state\":\"done\""));
	stop(&l);
}

static void
instinct__note__of_the_core_is_told(void **state)
{
	struct loop l;

	(void)state;
	start(&l, "tidy my downloads by type");
	think(&l);
	answer(&l, CALL_DONE,
		"{\"moved\":2,\"folders\":[],\"note\":\"The person took 1 of 2 effects.\"}");
	assert_non_null(strstr(l.text, "The person took 1 of 2 effects."));
	stop(&l);
}

static void
instinct__missing_slot__is_asked_until_it_is_one(void **state)
{
	struct loop l;

	(void)state;
	start(&l, "tidy files by type");
	think(&l);
	assert_string_equal(l.tool, "ask_user");
	assert_non_null(strstr(l.args, "Which folder"));
	answer(&l, CALL_DONE, "{\"answer\":\"hm\"}");
	assert_string_equal(l.tool, "ask_user");
	answer(&l, CALL_DONE, "{\"answer\":\"my downloads, please\"}");
	assert_string_equal(l.tool, "arrange");
	assert_non_null(strstr(l.args, "/Downloads"));
	stop(&l);
	/* Nobody there. */
	start(&l, "tidy files by type");
	think(&l);
	answer(&l, CALL_FAILED, "nobody is there");
	assert_true(l.failed);
	assert_int_equal(err_exit_code(&l.err), 1);
	assert_int_equal(l.n_calls, 0);
	stop(&l);
}

static void
instinct__guard__fails_before_any_act(void **state)
{
	struct loop l;

	(void)state;
	start(&l, "tidy ~/nowhere by type");
	think(&l);
	assert_int_equal(l.n_calls, 0);
	assert_true(l.failed);
	assert_non_null(strstr(l.err.text, "~/nowhere"));
	stop(&l);
}

static void
instinct__nothing_fits__names_the_nearest_and_does_nothing(void **state)
{
	struct loop l;

	(void)state;
	start(&l, "tidy my inbox by type");
	think(&l);
	assert_int_equal(l.n_calls, 0);
	assert_true(l.failed);
	assert_int_equal(err_exit_code(&l.err), 1);
	assert_non_null(strstr(l.text, "tidy ~/Downloads by type"));
	stop(&l);
	start(&l, "please do not tidy my downloads");
	think(&l);
	assert_int_equal(l.n_calls, 0);
	assert_true(l.failed);
	stop(&l);
}

static void
instinct__refused__says_so_without_failing(void **state)
{
	struct loop l;

	(void)state;
	start(&l, "tidy my downloads by type");
	think(&l);
	answer(&l, CALL_REFUSED, "The person refused it; nothing was changed.");
	assert_false(l.failed);
	assert_int_equal(l.n_calls, 0);
	assert_non_null(strstr(l.text, "refused"));
	stop(&l);
}

static void
instinct__named_folder__comes_from_memory(void **state)
{
	struct loop l;
	char hits[700];

	(void)state;
	start(&l, "tidy my invoices folder by type");
	think(&l);
	assert_string_equal(l.tool, "recall");
	assert_string_equal(l.args, "{\"text\":\"invoices\"}");
	snprintf(hits, sizeof(hits),
		"{\"hits\":[{\"text\":\"my invoices folder is %s/Bills.\"}],\"count\":1}",
		home);
	answer(&l, CALL_DONE, hits);
	assert_string_equal(l.tool, "arrange");
	assert_non_null(strstr(l.args, "/Bills\""));
	assert_non_null(strstr(l.notice, "invoices"));
	stop(&l);
	/* Memory contradicts itself: the person is asked. */
	start(&l, "tidy my invoices folder by type");
	think(&l);
	answer(&l, CALL_DONE,
		"{\"hits\":[{\"text\":\"invoices lie in ~/Bills\"},{\"text\":\"invoices: "
		"~/Old\"}]}");
	assert_string_equal(l.tool, "ask_user");
	assert_non_null(strstr(l.args, "~/Bills"));
	assert_non_null(strstr(l.args, "~/Old"));
	answer(&l, CALL_DONE, "{\"answer\":\"~/Bills\"}");
	assert_string_equal(l.tool, "arrange");
	stop(&l);
	/* It knows nothing. */
	start(&l, "tidy my invoices folder by type");
	think(&l);
	answer(&l, CALL_DONE, "{\"hits\":[],\"count\":0}");
	assert_string_equal(l.tool, "ask_user");
	assert_non_null(strstr(l.args, "invoices"));
	stop(&l);
}

static void
remember_with(struct loop *l, const char *request, const char *known)
{
	start(l, request);
	think(l);
	assert_string_equal(l->tool, "recall");
	answer(l, CALL_DONE, known);
}

static void
instinct__contradiction__is_asked_about_before_anything_is_kept(void **state)
{
	static const char known[] = "{\"hits\":[{\"text\":\"my invoices folder is "
				    "~/A\",\"id\":7},{\"text\":\"I like "
				    "tea\",\"id\":8}],\"count\":2}";
	static const char *const other[] = { "remember that my invoices folder is ~/B",
		"remember: the invoices folder is ~/a" };
	struct loop l;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		remember_with(&l, other[i], known);
		assert_string_equal(l.tool, "ask_user");
		assert_non_null(strstr(l.args, "~/A"));
		answer(&l, CALL_DONE, "{\"answer\":\"1\"}");
		assert_string_equal(l.tool, "remember");
		assert_int_equal(l.n_calls, 1);
		stop(&l);
	}
	/* Replacing forgets the old one, and only that. */
	remember_with(&l, other[0], known);
	answer(&l, CALL_DONE, "{\"answer\":\"2\"}");
	assert_int_equal(l.n_calls, 2);
	assert_string_equal(l.tool, "remember");
	stop(&l);
	/* Leaving changes nothing, and so does nobody being there. */
	remember_with(&l, other[0], known);
	answer(&l, CALL_DONE, "{\"answer\":\"3\"}");
	assert_int_equal(l.n_calls, 0);
	assert_false(l.failed);
	stop(&l);
	remember_with(&l, other[0], known);
	answer(&l, CALL_FAILED, "nobody is there");
	assert_int_equal(l.n_calls, 0);
	assert_true(l.failed);
	assert_int_equal(l.err.code, ERR_DENIED);
	stop(&l);
	/* The same, or something else, is no contradiction. */
	remember_with(&l, "remember that my invoices folder is ~/A", known);
	assert_int_equal(l.n_calls, 0);
	stop(&l);
	remember_with(&l, "remember that my receipts folder is ~/B", known);
	assert_string_equal(l.tool, "remember");
	stop(&l);
	start(&l, "remember that I prefer tea");
	think(&l);
	assert_string_equal(l.tool, "remember");
	stop(&l);
}

static void
instinct__several_requests__asks_which(void **state)
{
	struct loop l;

	(void)state;
	start(&l, "tidy my downloads by type and then show the biggest files in ~/Downloads");
	think(&l);
	assert_string_equal(l.tool, "ask_user");
	answer(&l, CALL_DONE, "{\"answer\":\"2\"}");
	assert_true(l.n_calls == 1);
	assert_string_equal(l.tool, "biggest");
	stop(&l);
}

/* The folder of the one is not the folder of the other. */
static void
instinct__several_requests__each_keeps_its_own_slots(void **state)
{
	static const struct {
		const char *request, *answer, *tool, *args;
	} cases[] = {
		{ "tidy my downloads by type and back up my desktop", "2", "backup", "/Desktop\"" },
		{ "tidy my downloads by type and back up my desktop", "1", "arrange", "/Downloads\"" },
		{ "back up my desktop. Then tidy my downloads by type.", "2", "arrange", "/Downloads\"" },
		{ "整理一下下载，然后备份桌面", "2", "backup", "/Desktop\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct loop l;
		autofree char *a = xasprintf("{\"answer\":\"%s\"}", cases[i].answer);

		start(&l, cases[i].request);
		think(&l);
		assert_string_equal(l.tool, "ask_user");
		answer(&l, CALL_DONE, a);
		if (!l.tool || !str_eq(l.tool, cases[i].tool) || !strstr(l.args, cases[i].args))
			print_message("%s: %s %s\n", cases[i].request, l.tool, l.args);
		assert_string_equal(l.tool, cases[i].tool);
		assert_non_null(strstr(l.args, cases[i].args));
		stop(&l);
	}
}

static void
follow(const char *words, const char *last, const char *tool, const char *in_args)
{
	struct loop l;

	start(&l, words);
	l.in.last_run = last;
	think(&l);
	if (!l.n_calls || !str_eq(l.tool, tool) || !strstr(l.args, in_args))
		print_message("\"%s\" gave %s %s\n", words, l.n_calls ? l.tool : "nothing",
			l.n_calls ? l.args : l.err.text);
	assert_int_equal(l.n_calls, 1);
	assert_string_equal(l.tool, tool);
	assert_non_null(strstr(l.args, in_args));
	stop(&l);
}

static void
instinct__follow_up__changes_the_last_run(void **state)
{
	static const char tidy[] =
		"{\"recipe\":\"tidy-by-type\",\"slots\":{\"folder\":\"~/Downloads\"}}";
	static const char big[] =
		"{\"recipe\":\"biggest\",\"slots\":{\"folder\":\"~/Downloads\",\"count\":3}}";

	(void)state;
	follow("now the same for ~/Bills", tidy, "arrange", "/Bills");
	follow("do the same with ~/Bills please", tidy, "arrange", "/Bills");
	follow("again", tidy, "arrange", "/Downloads");
	follow("do it again", big, "biggest", "\"count\":3");
	follow("再来一次", tidy, "arrange", "/Downloads");
	follow("~/Bills 也一样", tidy, "arrange", "/Bills");
	follow("undo that", tidy, "undo", "{}");
	follow("撤销刚才的操作", NULL, "undo", "{}");
	follow("again next Friday", tidy, "remind", "2026-11-20");
	follow("明天再来一次", tidy, "remind", "2026-11-17");
	follow("only the pictures", tidy, "arrange", "png");
	follow("只要图片", tidy, "arrange", "png");
	follow("only jpg and pdf files", tidy, "arrange", "*.{jpg,pdf}");
	follow("还有桌面也一样", tidy, "arrange", "/Desktop");
	follow("桌面也来一次", tidy, "arrange", "/Desktop");
	follow("and my desktop too", tidy, "arrange", "/Desktop");
	follow("now do my desktop", tidy, "arrange", "/Desktop");
	follow("same thing for ~/Bills, please", tidy, "arrange", "/Bills");
	follow("what about ~/Bills?", tidy, "arrange", "/Bills");
	follow("one more time", tidy, "arrange", "/Downloads");
	follow("run it again", tidy, "arrange", "/Downloads");
	follow("undo the last one", tidy, "undo", "{}");
	follow("please undo this", tidy, "undo", "{}");
	follow("take that back", tidy, "undo", "{}");
	follow("put everything back where it was", tidy, "undo", "{}");
	follow("撤销", tidy, "undo", "{}");
	follow("恢复原样", tidy, "undo", "{}");
	follow("刚才那个撤销掉", tidy, "undo", "{}");
	follow("do that again next Friday", tidy, "remind", "2026-11-20");
	follow("下周五再来一次", tidy, "remind", "2026-11-27");
	follow("remind me to do this again tomorrow", tidy, "remind", "2026-11-17");
}

static void
instinct__follow_up__without_a_last_run_means_nothing(void **state)
{
	struct loop l;

	(void)state;
	start(&l, "again");
	think(&l);
	assert_int_equal(l.n_calls, 0);
	assert_true(l.failed);
	stop(&l);
}

static void
instinct__language__result_in_chinese(void **state)
{
	struct loop l;

	(void)state;
	start(&l, "列出下载里最大的三个文件");
	l.in.language = "zh_CN";
	think(&l);
	assert_string_equal(l.tool, "biggest");
	assert_non_null(strstr(l.args, "\"count\":3"));
	answer(&l, CALL_DONE,
		"{\"files\":[{\"path\":\"/x/"
		"a\\u001b[31m.iso\",\"size\":2048}],\"count\":1,\"bytes\":2048}");
	assert_non_null(strstr(l.text, "最大的 1 个文件共占 2.0 kB"));
	assert_null(strchr(l.text, 27));
	stop(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instinct__request__is_planned_run_and_told),
		cmocka_unit_test(instinct__note__of_the_core_is_told),
		cmocka_unit_test(instinct__missing_slot__is_asked_until_it_is_one),
		cmocka_unit_test(instinct__guard__fails_before_any_act),
		cmocka_unit_test(instinct__nothing_fits__names_the_nearest_and_does_nothing),
		cmocka_unit_test(instinct__refused__says_so_without_failing),
		cmocka_unit_test(instinct__named_folder__comes_from_memory),
		cmocka_unit_test(
			instinct__contradiction__is_asked_about_before_anything_is_kept),
		cmocka_unit_test(instinct__several_requests__asks_which),
		cmocka_unit_test(instinct__several_requests__each_keeps_its_own_slots),
		cmocka_unit_test(instinct__follow_up__changes_the_last_run),
		cmocka_unit_test(instinct__follow_up__without_a_last_run_means_nothing),
		cmocka_unit_test(instinct__language__result_in_chinese),
	};

	i18n_init("", "en");
	return cmocka_run_group_tests(tests, setup, teardown);
}
