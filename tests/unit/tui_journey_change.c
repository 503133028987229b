/* Making it one's own: a key, a theme, the language, vi keys, a provider's key, rules, the lobster. */
#include "tests/support/journey.h"

static struct journey J;

static int
begin(UNUSED void **state)
{
	static const char *const env[] = { "COLORTERM=truecolor", NULL };
	static const struct journey_opts o = { .rows = 30, .cols = 120, .env = env,
		.background = "rgb:1010/1010/1818" };

	journey_init(&J);
	journey_downloads(&J);
	journey_start(&J, &o);
	journey_see(&J, "what shall I do?");
	return 0;
}

static int
end(UNUSED void **state)
{
	journey_finish(&J);
	return 0;
}

static void
command(const char *words, const char *shown)
{
	pty_send(J.pty, words);
	journey_see(&J, words);
	pty_key(J.pty, "Enter");
	journey_see(&J, shown);
}

static char *
config(void)
{
	autofree char *path = xasprintf("%s/config.yaml", J.state);

	return test_slurp(path);
}

static void
key__is_pressed__and_kept(UNUSED void **state)
{
	autofree char *text = NULL;

	command("/keys", "Keys · ");
	pty_send(J.pty, "Browse every");
	journey_see(&J, "Keys · 2/");
	pty_key(J.pty, "Enter");
	journey_see(&J, "Press the new key");
	pty_key(J.pty, "C-v");
	journey_see(&J, "Ctrl+V: Browse every task");
	pty_key(J.pty, "C-v");
	journey_see(&J, "History ·");
	pty_key(J.pty, "Esc");
	journey_gone(&J, "History ·");
	text = config();
	assert_non_null(strstr(text, "C-v: history"));
}

static void
key__taken__is_asked_about(UNUSED void **state)
{
	command("/keys", "Keys · ");
	pty_send(J.pty, "Show the log");
	journey_see(&J, "Show the log");
	pty_key(J.pty, "Enter");
	journey_see(&J, "Press the new key");
	pty_send(J.pty, "x");
	journey_see(&J, "that key writes");
	pty_key(J.pty, "C-p");
	journey_see(&J, "Ctrl+P is taken");
	pty_key(J.pty, "Enter"); /* stands on: leave it */
	journey_gone(&J, "is taken");
	pty_key(J.pty, "C-p");
	journey_see(&J, "Commands ·");
}

static void
theme__moving_shows_it_and_enter_keeps_it(UNUSED void **state)
{
	autofree char *text = NULL;
	int bg;

	command("/theme", "Themes ·");
	pty_send(J.pty, "Dracula");
	journey_see(&J, "Themes · 1/");
	pty_key(J.pty, "Esc");
	journey_gone(&J, "Themes ·");
	bg = pty_cell(J.pty, 0, 1).fg;
	command("/theme", "Themes ·");
	pty_send(J.pty, "Dracula");
	journey_see(&J, "Themes · 1/");
	pty_key(J.pty, "Enter");
	journey_see(&J, "theme: dracula");
	assert_int_not_equal(pty_cell(J.pty, 0, 1).fg, bg);
	text = config();
	assert_non_null(strstr(text, "theme: dracula"));
}

static void
language__chinese__at_once(UNUSED void **state)
{
	command("/language zh_CN", "要我做什么？");
	pty_key(J.pty, "Left");
	journey_see(&J, "Enter 发送");
	pty_send(J.pty, "/language en");
	journey_see(&J, "/language en");
	pty_key(J.pty, "Enter");
	journey_see(&J, "what shall I do?");
}

static void
vi__keys__work_once_wanted(UNUSED void **state)
{
	command("/settings ui.vi true", "ui.vi: true");
	pty_send(J.pty, "one two");
	journey_see(&J, "› one two");
	pty_key(J.pty, "Esc");
	journey_see(&J, "◆ one two");
	pty_send(J.pty, "0dw");
	journey_see(&J, "◆ two");
	pty_send(J.pty, "i");
	journey_see(&J, "› two");
}

static void
provider_key__is_kept_unseen(UNUSED void **state)
{
	autofree char *path = xasprintf("%s/secrets.json", J.state), *text = NULL;
	struct slice raw;

	command("/key anthropic", "Key of Anthropic");
	pty_forget(J.pty);
	pty_paste(J.pty, "sk-ant-never-shown\n");
	journey_see(&J, "18 characters");
	pty_key(J.pty, "Enter");
	journey_see(&J, "kept in a file only you can read");
	raw = pty_raw(J.pty);
	assert_true(slice_find(raw, SLICE_LIT("never-shown")) < 0);
	text = test_slurp(path);
	assert_non_null(strstr(text, "sk-ant-never-shown"));
	command("/model", "key kept");
	pty_key(J.pty, "Esc");
}

static void
rule__kept_in_a_decision__is_listed_and_removed(UNUSED void **state)
{
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	pty_key(J.pty, "F6");
	journey_see(&J, "a always  ");
	pty_send(J.pty, "a");
	journey_see(&J, "Always allow this?");
	pty_key(J.pty, "Down");
	pty_key(J.pty, "Down");
	journey_see(&J, "It would have allowed 7 changes before:");
	pty_key(J.pty, "Enter");
	journey_see(&J, "kept as the rule");
	journey_see(&J, "■ done");
	command("/rules", "It speaks about 7 changes of the past:");
	pty_key(J.pty, "Enter");
	journey_see(&J, "Remove this rule?");
	pty_key(J.pty, "Down");
	pty_key(J.pty, "Enter");
	journey_see(&J, "is gone; what it allowed is asked again");
}

static void
lobster__goes_and_tells_how_it_grew(UNUSED void **state)
{
	journey_see(&J, "\\o_o/");
	command("/growth", "The lobster is a hatchling");
	pty_key(J.pty, "Esc");
	journey_see(&J, "what shall I do?");
	pty_send(J.pty, "/lobster");
	journey_see(&J, "/lobster");
	pty_key(J.pty, "Enter");
	journey_gone(&J, "o_o");
}

#define JOURNEY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		JOURNEY(key__is_pressed__and_kept),
		JOURNEY(key__taken__is_asked_about),
		JOURNEY(theme__moving_shows_it_and_enter_keeps_it),
		JOURNEY(language__chinese__at_once),
		JOURNEY(vi__keys__work_once_wanted),
		JOURNEY(provider_key__is_kept_unseen),
		JOURNEY(rule__kept_in_a_decision__is_listed_and_removed),
		JOURNEY(lobster__goes_and_tells_how_it_grew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
