/*
 * Every shipped recipe on the screen, in two languages, on real files (tests/support/recipes.sh):
 * asked, shown, taken, told with its numbers, undone exactly; a part taken where there are parts.
 */
#include "tests/support/journey.h"

struct language {
	const char *name, *env, *idle, *take, *part, *undone;
};
static const struct language english = { "en", "LANGUAGE=en", "what next?", "Alt+Y take",
	"Alt+Y take part", "Undone" };
static const struct language chinese = { "zh", "LANGUAGE=zh_CN", "接下来呢？", "Alt+Y 接受",
	"Alt+Y 部分接受", "已撤销" };

static struct journey J;
static char *cut; /* the present sentence's beginning */

static int
begin(UNUSED void **state)
{
	journey_init(&J);
	return 0;
}

static int
end(UNUSED void **state)
{
	journey_finish(&J);
	free(cut);
	cut = NULL;
	return 0;
}

/* What the shell says with the recipes' generators at hand, in the home. Owned. */
static char *
shell(const char *command)
{
	autofree char *root = realpath(".", NULL);
	autofree char *line = xasprintf("exec bash -c \"cd '%s' && HOME='%s' && "
					". '%s/tests/support/recipes.sh' && %s\"",
		J.home, J.home, root, command);
	struct buf out = BUF_INIT(1u << 20);
	char piece[4096];
	size_t n;
	FILE *f = popen(line, "r");

	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&out, piece, n);
	assert_int_equal(pclose(f), 0);
	return buf_steal(&out);
}

static void
start(const struct language *l)
{
	const char *const env[] = { l->env, NULL };
	const struct journey_opts wide = { .rows = 45, .cols = 150, .env = env };

	journey_start(&J, &wide);
	journey_see(&J, "homard");
}

static void
quit(void)
{
	pty_key(J.pty, "C-q");
	assert_int_equal(journey_end(&J), 0);
}

/* A sentence may be wrapped: its beginning must be there. */
static const char *
beginning(const char *sentence)
{
	size_t n = MIN_OF(strlen(sentence), (size_t)60);

	while (n > 0 && ((unsigned char)sentence[n] & 0xC0) == 0x80)
		n--;
	free(cut);
	return cut = xstrndup(sentence, n);
}

static void
assert_untouched(const char *before, const char *what)
{
	autofree char *now = journey_print(&J);

	if (!str_eq(before, now))
		fail_msg("%s: not as before:\n%s\nnow:\n%s", what, before, now);
}

static void
assert_touched(const char *before, const char *what)
{
	autofree char *now = journey_print(&J);

	if (str_eq(before, now))
		fail_msg("%s: nothing changed", what);
}

static void
undo(const struct language *l, const char *before)
{
	pty_key(J.pty, "M-z");
	journey_see(&J, l->undone);
	assert_untouched(before, l->name);
}

static void
journey(const struct language *l, const char *request, const char *sentence, bool parts)
{
	autofree char *before = journey_print(&J);

	start(l);
	journey_ask(&J, request);
	journey_decidable(&J);
	assert_untouched(before, request);
	pty_key(J.pty, "M-y");
	journey_see(&J, beginning(sentence));
	journey_see(&J, l->idle);
	assert_touched(before, request);
	undo(l, before);
	if (parts) {
		/* On a screen of its own: the word of the first undo would still stand there. */
		quit();
		start(l);
		journey_ask(&J, request);
		journey_decidable(&J);
		pty_key(J.pty, "F6");
		pty_key(J.pty, "End");
		pty_key(J.pty, "Space");
		journey_see(&J, l->part);
		pty_key(J.pty, "M-y");
		journey_gone(&J, l->part);
		journey_see(&J, l->idle);
		assert_touched(before, request);
		pty_key(J.pty, "F6");
		undo(l, before);
	}
	quit();
}

/* One line of every_recipe: name, request and sentence twice, words twice, effects to choose. */
static void
with_effects(const char *name)
{
	autofree char *command = xasprintf("one_recipe %s", name);
	autofree char *said = shell(command);
	char *f[5];
	struct slice rest = slice_of(said);

	for (size_t i = 0; i < ARRAY_LEN(f); i++)
		f[i] = slice_dup(slice_line(&rest));
	if (*f[4]) {
		/* A single effect has no parts; an archive needs its folder. */
		bool parts = !str_eq(f[4], "1") && !str_eq(name, "backup-folder");

		journey(&english, f[0], f[1], parts);
		journey(&chinese, f[2], f[3], parts);
	} else {
		print_message("# %s: its program is not installed\n", name);
	}
	for (size_t i = 0; i < ARRAY_LEN(f); i++)
		free(f[i]);
}

#define EFFECTS(id, name)                                                                          \
	static void id(UNUSED void **state)                                                        \
	{                                                                                          \
		with_effects(name);                                                                \
	}

EFFECTS(tidy_by_type__screen__taken_and_undone, "tidy-by-type")
EFFECTS(tidy_by_month__screen__taken_and_undone, "tidy-by-month")
EFFECTS(photos_by_date__screen__taken_and_undone, "photos-by-date")
EFFECTS(rename_many__screen__taken_and_undone, "rename-many")
EFFECTS(duplicates__screen__taken_and_undone, "duplicates")
EFFECTS(backup_folder__screen__taken_and_undone, "backup-folder")
EFFECTS(unpack__screen__taken_and_undone, "unpack")
EFFECTS(clean_temp__screen__taken_and_undone, "clean-temp")
EFFECTS(convert_images__screen__taken_and_undone, "convert-images")
EFFECTS(pdf_text__screen__taken_and_undone, "pdf-text")
EFFECTS(note_add__screen__taken_and_undone, "note-add")
EFFECTS(todo_add__screen__taken_and_undone, "todo-add")
EFFECTS(todo_done__screen__taken_and_undone, "todo-done")

struct look {
	const char *request, *sentence;
};

static void
ask_all(const struct language *l, const struct look *looks, size_t n)
{
	autofree char *before = NULL;

	free(shell("gen_reads"));
	before = journey_print(&J);
	start(l);
	for (size_t i = 0; i < n; i++) {
		journey_ask(&J, looks[i].request);
		journey_see(&J, looks[i].sentence);
		journey_see(&J, l->idle);
	}
	assert_untouched(before, l->name);
	quit();
}

static void
looking__screen__says_numbers_and_changes_nothing(UNUSED void **state)
{
	static const struct look looks[] = {
		{ "show the 3 biggest files in ~/Downloads",
			"The 3 biggest files in ~/Downloads take 262 kB:" },
		{ "what changed in ~/Documents since yesterday", "2 files in ~/Documents changed" },
		{ "find \"invoice\" in ~/Documents", "stands in 3 lines of 2 files" },
		{ "what was committed in ~/proj since yesterday", "5 commits in ~/proj since" },
		{ "summarise ~/Documents/sales.csv", "sales.csv has 3 rows and 3 columns:" },
		{ "how much space is left in ~/Downloads", "are free on its disk" },
		{ "show a system report", "Up for " },
		{ "what is on my to-do list", "2 tasks are open, 1 done:" },
		{ "find my notes about the plumber", "1 place mentions" },
		{ "remember that my bike lock code is 4711",
			"Remembered: my bike lock code is 4711" },
		{ "what do you know about my bike lock", "I remember 1 thing" },
		{ "forget my bike lock code", "Forgotten: my bike lock code is 4711" },
	};

	ask_all(&english, looks, ARRAY_LEN(looks));
}

static void
looking__screen__says_it_in_chinese(UNUSED void **state)
{
	static const struct look looks[] = {
		{ "列出下载里最大的三个文件", "里最大的 3 个文件共占 262 kB" },
		{ "文档里昨天以来改过哪些文件", "以来改动了 2 个文件" },
		{ "在文档里搜索“invoice”", "的 2 个文件、共 3 行里" },
		{ "总结 ~/proj 这周的提交", "有 5 次提交" },
		{ "总结 ~/Documents/sales.csv", "sales.csv 有 3 行、3 列" },
		{ "硬盘还剩多少空间", "主目录所在磁盘" },
		{ "系统状态报告", "已运行" },
		{ "看看待办清单", "2 项未完成，1 项已完成" },
		{ "查找关于水管工的笔记", "有 1 处提到" },
		{ "记住我的自行车锁密码是4711", "记住了：我的自行车锁密码是4711" },
		{ "你记得我的自行车锁吗", "我记得 1 件事" },
		{ "忘掉我的自行车锁密码", "已忘掉：我的自行车锁密码是4711" },
	};

	ask_all(&chinese, looks, ARRAY_LEN(looks));
}

int
main(void)
{
#define JOURNEY(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		JOURNEY(tidy_by_type__screen__taken_and_undone),
		JOURNEY(tidy_by_month__screen__taken_and_undone),
		JOURNEY(photos_by_date__screen__taken_and_undone),
		JOURNEY(rename_many__screen__taken_and_undone),
		JOURNEY(duplicates__screen__taken_and_undone),
		JOURNEY(backup_folder__screen__taken_and_undone),
		JOURNEY(unpack__screen__taken_and_undone),
		JOURNEY(clean_temp__screen__taken_and_undone),
		JOURNEY(convert_images__screen__taken_and_undone),
		JOURNEY(pdf_text__screen__taken_and_undone),
		JOURNEY(note_add__screen__taken_and_undone),
		JOURNEY(todo_add__screen__taken_and_undone),
		JOURNEY(todo_done__screen__taken_and_undone),
		JOURNEY(looking__screen__says_numbers_and_changes_nothing),
		JOURNEY(looking__screen__says_it_in_chinese),
	};

	return cmocka_run_group_tests_name("tui_recipes", tests, NULL, NULL);
}
