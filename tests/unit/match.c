/* The matcher: what the words mean, and above all what they do not. */
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/skill/recipe_test.h"
#include "agent/skill/skill.h"
#include "tests/support/testing.h"

static struct skills *skills;
static const struct match_context ctx = { .cwd = "/home/u/proj", .now_ms = RECIPE_TEST_NOW };

static int
load(void **state)
{
	struct places p = { .home = (char *)"/home/u", .data = (char *)"/nonexistent" };

	(void)state;
	p.share = (char *)test_share();
	skills = skills_load(&p, 0);
	return skills->n > 0 ? 0 : -1;
}

static int
unload(void **state)
{
	(void)state;
	skills_destroy(skills);
	return 0;
}

struct tally {
	int right, all, wrong; /* wrong: another recipe, or one where none serves */
};

/* Whether every wanted slot is there, paths by where they lead: the writers of the blind lists
 * knew folder, count, text, to, since and pattern, and wrote ./x. */
static bool
holds(const cJSON *got, const cJSON *wanted)
{
	const cJSON *v;

	cJSON_ArrayForEach(v, wanted)
	{
		const cJSON *o = json_get(got, v->string);

		if (!o || cJSON_IsString(o) != cJSON_IsString(v))
			return false;
		if (cJSON_IsString(v) && strchr("./~", v->valuestring[0])) {
			autofree char *a = path_resolve(v->valuestring, ctx.cwd, "/home/u");
			autofree char *b = path_resolve(o->valuestring, ctx.cwd, "/home/u");

			if (!str_eq(a, b))
				return false;
		} else if (!cJSON_Compare(o, v, true))
			return false;
	}
	return true;
}

/* Asks one line of a fixture; prints what is not as wanted. */
static void
ask(struct slice line, struct tally *t, bool quiet, bool blind)
{
	struct slice rest = line, want = slice_cut(&rest, '\t'), slots = slice_cut(&rest, '\t');
	autojson cJSON *wanted = slots.n ? json_parse(slots, NULL) : cJSON_CreateObject();
	bool none = slice_eq_str(want, "-"), ok;
	struct match m;

	match_request(skills->matcher, rest, &ctx, &m);
	ok = none ? !m.recipe
		  : m.recipe && slice_eq_str(want, m.recipe->name) &&
			(blind ? holds(m.slots, wanted)
			       : recipe_slots_equal(m.slots, wanted, "/home/u"));
	t->all++;
	t->right += ok;
	if (m.recipe && !slice_eq_str(want, m.recipe->name))
		t->wrong++;
	if (!ok && !quiet) {
		autofree char *got = json_print(m.slots);

		print_message("%.*s: \"%.*s\" gave %s %s\n", SLICE_FMT(want), SLICE_FMT(rest),
			m.recipe ? m.recipe->name : "nothing", got);
	}
	match_finish(&m);
}

/* third 0 and 1 are for tuning, 2 is held out; -1: all. */
static struct tally
run(const char *file, bool none, int third)
{
	autobuf struct buf b = BUF_INIT(4u << 20);
	struct tally t = { 0 };
	struct slice rest;
	int n = 0;

	assert_true(path_read_file(file, &b, NULL));
	rest = buf_slice(&b);
	while (rest.p) {
		struct slice line = slice_line(&rest);
		int at;

		if (line.n == 0 || line.p[0] == '#')
			continue;
		at = n++ % 3;
		if ((third == -1 || (third == 2) == (at == 2)) && (line.p[0] == '-') == none)
			ask(line, &t, third == 2, strstr(file, "blind") || strstr(file, "held"));
	}
	return t;
}

static void
match__fixtures__nine_of_ten_right_and_none_wrong(void **state)
{
	static const char *const files[] = { "agent/data/requests/first.en.tsv",
		"agent/data/requests/first.zh.tsv", "agent/data/requests/first.more.tsv",
		"agent/data/requests/first.blind.tsv", "agent/data/requests/first.none.tsv" };
	struct tally all = { 0 };
	int wrong = 0, few = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		struct tally pos = run(files[i], false, -1), neg = run(files[i], true, -1);

		print_message("%s: %d of %d right, %d wrong; %d of %d that nobody serves\n",
			files[i], pos.right, pos.all, pos.wrong, neg.right, neg.all);
		wrong += neg.wrong + pos.wrong;
		few += pos.right * 10 < pos.all * 9;
		all.right += pos.right;
		all.all += pos.all;
	}
	assert_int_equal(wrong, 0);
	assert_int_equal(few, 0);
	assert_true(all.all >= 550);
}

/* Acceptance lists by writers who had seen neither patterns nor what was learned from. */
static void
match__held_out__nine_of_ten_right_and_no_other_recipe(void **state)
{
	static const char file[] = "tests/fixtures/requests.held.tsv";
	struct tally pos = run(file, false, -1), neg = run(file, true, -1);

	(void)state;
	print_message("held out: %d of %d right, %d wrong; %d of %d that nobody serves\n", pos.right,
		pos.all, pos.wrong, neg.right, neg.all);
	assert_true(pos.right * 10 >= pos.all * 9);
	assert_int_equal(pos.wrong, 0);
	/* Wanted are 0. The two that are allowed for are printed above; more is a step back. */
	assert_true(neg.wrong <= 2);
}

/* Whatever a recipe serves, nobody serves when it is negated, asked about or supposed. */
static void
match__prefix__turns_every_request_into_none(void **state)
{
	static const char *const en[] = { "don't ", "please do not ", "never ", "how do I ",
		"should I ", "what happens if you ", "I already did ", "my sister wants to ",
		"why did you " };
	static const char *const zh[] = { "不要", "请别", "怎么", "如何", "为什么要", "要不要",
		"如果", "老板让" };
	static const char *const files[] = { "agent/data/requests/first.en.tsv",
		"agent/data/requests/first.zh.tsv" };
	int n = 0, taken = 0;

	(void)state;
	for (size_t f = 0; f < 2; f++) {
		autobuf struct buf b = BUF_INIT(4u << 20);
		struct slice rest;

		assert_true(path_read_file(files[f], &b, NULL));
		rest = buf_slice(&b);
		while (rest.p) {
			struct slice line = slice_line(&rest), text = line;

			if (line.n == 0 || line.p[0] == '#' || line.p[0] == '-')
				continue;
			slice_cut(&text, '\t');
			slice_cut(&text, '\t');
			for (size_t i = 0; i < (f ? ARRAY_LEN(zh) : ARRAY_LEN(en)); i++) {
				autofree char *q =
					xasprintf("%s%.*s", f ? zh[i] : en[i], SLICE_FMT(text));
				struct match m;

				/* Chinese ticks off "X is done" whatever X begins with. */
				/* "don't forget that ..." asks to remember. */
				if (!f && i < 3 && slice_starts(text, "forget"))
					continue;
				/* What is done already may be ticked off. */
				if (!f && i == 6 && slice_starts(line, "todo-done"))
					continue;
				if (f && slice_find(text, SLICE_LIT("做完了")) >= 0)
					continue;
				match_request(skills->matcher, slice_of(q), &ctx, &m);
				if (m.recipe)
					print_message("\"%s\" gave %s\n", q, m.recipe->name);
				taken += m.recipe != NULL;
				match_finish(&m);
				n++;
			}
		}
	}
	assert_true(n > 3000);
	assert_int_equal(taken, 0);
}

static void
same(const char *request, const char *recipe, const char *slots)
{
	autojson cJSON *want = cJSON_Parse(slots);
	struct match m;

	match_request(skills->matcher, slice_of(request), &ctx, &m);
	if (!m.recipe || !str_eq(m.recipe->name, recipe) ||
		!recipe_slots_equal(m.slots, want, "/home/u")) {
		autofree char *got = json_print(m.slots);

		print_message("\"%s\" gave %s %s\n", request,
			m.recipe ? m.recipe->name : "nothing", got);
		fail();
	}
	match_finish(&m);
}

static void
match__typos__are_mended_but_not_into_other_words(void **state)
{
	struct match m;

	(void)state;
	same("orgnaize my downlaods by tyep", "tidy-by-type", "{\"folder\":\"~/Downloads\"}");
	same("shwo the bigest fiels in ~/Videos", "biggest", "{\"folder\":\"~/Videos\"}");
	match_request(skills->matcher, SLICE_LIT("sort my tapes by tape"), &ctx, &m);
	assert_null(m.recipe);
	match_finish(&m);
}

static void
match__numbers_and_dates__in_words(void **state)
{
	(void)state;
	same("show the twenty five biggest files here", "biggest",
		"{\"folder\":\"/home/u/proj\",\"count\":25}");
	same("列出下载里最大的二十五个文件", "biggest",
		"{\"folder\":\"~/Downloads\",\"count\":25}");
	same("列出下载里最大的一百零五个文件", "biggest",
		"{\"folder\":\"~/Downloads\",\"count\":105}");
	same("files over 1.5 GB in ~/Videos", "biggest",
		"{\"folder\":\"~/Videos\",\"min_size\":\"1.5G\"}");
	same("what changed in ~/x since last Friday", "changed-since",
		"{\"folder\":\"~/x\",\"since\":\"2026-11-13\"}");
	same("what changed in ~/x since 3 March", "changed-since",
		"{\"folder\":\"~/x\",\"since\":\"2026-03-03\"}");
	same("what changed in ~/x since December", "changed-since",
		"{\"folder\":\"~/x\",\"since\":\"2025-12-01\"}");
	same("what changed in ~/x in the last 10 days", "changed-since",
		"{\"folder\":\"~/x\",\"since\":\"2026-11-06\"}");
	same("~/x 里两周内改过的文件", "changed-since",
		"{\"folder\":\"~/x\",\"since\":\"2026-11-02\"}");
	same("~/x 里10月1日以来改过的文件", "changed-since",
		"{\"folder\":\"~/x\",\"since\":\"2026-10-01\"}");
}

static void
match__series__is_what_counts_up(void **state)
{
	(void)state;
	same("rename the files in ~/x to oslo-1, oslo-2, oslo-3", "rename-many",
		"{\"folder\":\"~/x\",\"series\":\"oslo-#\"}");
	same("rename the files in ~/x to Day 001 and Day 002", "rename-many",
		"{\"folder\":\"~/x\",\"series\":\"Day ###\"}");
	same("把 ~/x 里的文件重命名为 旅行_01 这样", "rename-many",
		"{\"folder\":\"~/x\",\"series\":\"旅行_##\"}");
	/* Numbers alone go in front of the names; 1 and 3 count nothing up. */
	same("number the files in ~/x 01, 02, 03 and so on", "rename-many",
		"{\"folder\":\"~/x\",\"number\":\"true\"}");
	same("note: oslo-1, oslo-3", "note-add", "{\"text\":\"oslo-1, oslo-3\"}");
}

static void
match__paths__stay_as_written(void **state)
{
	(void)state;
	same("tidy /srv/My\\ Files/in by type", "tidy-by-type",
		"{\"folder\":\"/srv/My\\\\ Files/in\"}");
	same("tidy Documents/work by type", "tidy-by-type",
		"{\"folder\":\"~/Documents/work\"}");
	same("tidy ./in by type", "tidy-by-type", "{\"folder\":\"/home/u/proj/in\"}");
	same("整理~/文档/发票里的文件", "tidy-by-type", "{\"folder\":\"~/文档/发票\"}");
	same("整理:~/文档", "tidy-by-type", "{\"folder\":\"~/文档\"}");
	same("把 ~/论文 打包备份到 /media/u盘", "backup-folder",
		"{\"folder\":\"~/论文\",\"to\":\"/media/u盘\"}");
	same("在 ~/src 里搜一下 getUserName 出现在哪些文件", "find-text",
		"{\"folder\":\"~/src\",\"text\":\"getUserName\"}");
	same("tidy \xE2\x80\x9C~/x\xE2\x80\x9D by type", "tidy-by-type",
		"{\"folder\":\"~/x\"}");
}

static void
match__hostile__any_bytes_are_harmless(void **state)
{
	unsigned seed = 7;
	char s[600];

	(void)state;
	for (int round = 0; round < 300; round++) {
		size_t n = (size_t)rand_r(&seed) % sizeof(s);
		struct match m;

		for (size_t i = 0; i < n; i++)
			s[i] = round % 2 ? (char)(rand_r(&seed) % 256)
					 : "tidy ~/\"'的里{*?}0.,:"[rand_r(&seed) % 24];
		match_request(skills->matcher, (struct slice){ s, n }, &ctx, &m);
		match_finish(&m);
	}
	/* A megabyte ends as quickly as a line. */
	autofree char *big = xmalloc(1u << 20);
	struct match m;

	memset(big, 'a', 1u << 20);
	for (size_t i = 0; i < 1u << 20; i += 5)
		big[i] = ' ';
	memcpy(big, "note: ", 6);
	match_request(skills->matcher, (struct slice){ big, 1u << 20 }, &ctx, &m);
	assert_non_null(m.recipe);
	assert_true(strlen(json_str(m.slots, "text", "")) > 1000000);
	match_finish(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(match__fixtures__nine_of_ten_right_and_none_wrong),
		cmocka_unit_test(match__held_out__nine_of_ten_right_and_no_other_recipe),
		cmocka_unit_test(match__prefix__turns_every_request_into_none),
		cmocka_unit_test(match__typos__are_mended_but_not_into_other_words),
		cmocka_unit_test(match__numbers_and_dates__in_words),
		cmocka_unit_test(match__series__is_what_counts_up),
		cmocka_unit_test(match__paths__stay_as_written),
		cmocka_unit_test(match__hostile__any_bytes_are_harmless),
	};

	i18n_init("", "en");
	return cmocka_run_group_tests(tests, load, unload);
}
