/* Hands: the mouse, the clipboard, the person's editor and pager. */
#include "tests/support/journey.h"
#include <sys/stat.h>

static struct journey J;

static int
begin(UNUSED void **state)
{
	journey_init(&J);
	journey_file(&J, "Documents/bill.txt", "The invoice of March\n");
	journey_downloads(&J);
	return 0;
}

static int
end(UNUSED void **state)
{
	journey_finish(&J);
	return 0;
}

static void
start(const char *const *env)
{
	const struct journey_opts o = { .rows = 24, .cols = 80, .env = env };

	journey_start(&J, &o);
	journey_see(&J, "what shall I do?");
}

static void
answered(void)
{
	journey_ask(&J, "find \"invoice\" in ~/Documents");
	journey_see(&J, "■ done");
}

/* SGR reports count from one. */
static void
mouse(int button, int row, int col, char press)
{
	autofree char *bytes = xasprintf("\033[<%d;%d;%d%c", button, col + 1, row + 1, press);

	pty_send(J.pty, bytes);
}

static bool
raw_has(struct pty *p, void *arg)
{
	return slice_find(pty_raw(p), slice_of(arg)) >= 0;
}

static void
mouse__drag__copies_what_it_covers(UNUSED void **state)
{
	char want[] = "\033]52;c;VGhlIGludm9pY2";
	int row, col;

	start(NULL);
	answered();
	assert_true(pty_find(J.pty, "The invoice of March", &row, &col));
	pty_forget(J.pty);
	mouse(0, row, col, 'M');
	mouse(32, row, col + 3, 'M');
	mouse(32, row, col + 10, 'M');
	mouse(0, row, col + 10, 'm');
	/* "The invoice" or with the next letter, as the drag counts its end. */
	journey_until(&J, raw_has, want, "the selection as OSC 52");
	journey_see(&J, "copied");
}

static void
mouse__click__unfolds_a_call(UNUSED void **state)
{
	int row, col;

	start(NULL);
	answered();
	assert_true(pty_find(J.pty, "✓ search", &row, &col));
	mouse(0, row, col + 2, 'M');
	mouse(0, row, col + 2, 'm');
	journey_see(&J, "text: invoice");
	/* Rows of words, not the engine's JSON. */
	journey_see(&J, "│   ~/Documents/bill.txt:1  The invoice of March");
	journey_gone(&J, "{\"");
}

static void
mouse__wheel__scrolls_and_a_key_gives_the_mouse_away(UNUSED void **state)
{
	start(NULL);
	for (int i = 0; i < 3; i++) {
		answered();
		journey_see(&J, "what next?");
	}
	for (int i = 0; i < 12; i++)
		mouse(64, 5, 5, 'M');
	journey_see(&J, "↓ more below");
	for (int i = 0; i < 12; i++)
		mouse(65, 5, 5, 'M');
	journey_gone(&J, "↓ more below");
	assert_int_not_equal(pty_mouse(J.pty), 0);
	pty_send(J.pty, "\033[20~"); /* F9 */
	journey_see(&J, "mouse off");
	assert_int_equal(pty_mouse(J.pty), 0);
	pty_send(J.pty, "\033[20~");
	journey_see(&J, "drag to copy");
	assert_int_not_equal(pty_mouse(J.pty), 0);
}

static void
find__words_in_a_folded_result__unfolds_it(UNUSED void **state)
{
	start(NULL);
	answered();
	journey_gone(&J, "searched:");
	pty_send(J.pty, "/find searched");
	journey_see(&J, "/find searched");
	pty_key(J.pty, "Enter");
	journey_see(&J, "searched: ");
}

static void
copy__key__takes_the_answer(UNUSED void **state)
{
	char want[] = "\033]52;c;";

	start(NULL);
	answered();
	pty_forget(J.pty);
	pty_send(J.pty, "/copy");
	journey_see(&J, "Copy the newest answer");
	pty_key(J.pty, "Enter");
	journey_see(&J, "copied");
	journey_until(&J, raw_has, want, "the answer as OSC 52");
}

static void
mouse__button__decides_at_the_second_click(UNUSED void **state)
{
	int row, col;

	start(NULL);
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	assert_true(pty_find(J.pty, "Alt+Y take  ", &row, &col));
	mouse(0, row, col + 2, 'M');
	mouse(0, row, col + 2, 'm');
	mouse(0, row, col + 2, 'M'); /* a double click */
	mouse(0, row, col + 2, 'm');
	journey_see(&J, "once more decides");
	journey_decidable(&J);
	assert_true(journey_has(&J, "Downloads/song.mp3"));
	mouse(0, row, col + 2, 'M');
	mouse(0, row, col + 2, 'm');
	journey_see(&J, "■ done");
	assert_false(journey_has(&J, "Downloads/song.mp3"));
}

/* No desktop answers here: the terminal is asked to say it. */
static void
decision__while_nobody_looks__is_notified(UNUSED void **state)
{
	static const char *const env[] = { "VTE_VERSION=7000", "TERM_PROGRAM=", NULL };
	char want[] = "\033]777;notify;homard waits for you;tidy ~/Downloads by type: + create 3";
	char over[] = "\033]777;notify;homard: done;";

	start(env);
	pty_send(J.pty, "\033[O");
	pty_forget(J.pty);
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_until(&J, raw_has, want, "a notification");
	journey_decidable(&J);
	pty_key(J.pty, "M-y");
	journey_until(&J, raw_has, over, "a notification of the end");
	/* The click that brings the window back is no click on anything. */
	pty_send(J.pty, "\033[I");
	pty_forget(J.pty);
	journey_see(&J, "■ done");
}

static const char *
script(const char *name, const char *text)
{
	const char *path = test_write(name, text);

	assert_int_equal(chmod(path, 0755), 0);
	return path;
}

static void
editor__writes_the_request(UNUSED void **state)
{
	autofree char *env = xasprintf("EDITOR=%s", script("ed.sh", "#!/bin/sh\necho 'second line' >> \"$1\"\n"));
	const char *const more[] = { env, NULL };

	start(more);
	pty_send(J.pty, "first line");
	journey_see(&J, "› first line");
	pty_key(J.pty, "C-g");
	journey_see(&J, "second line");
	journey_see(&J, "› first line");
	assert_true(pty_altscreen(J.pty));
}

static void
pager__shows_all_that_was_said(UNUSED void **state)
{
	autofree char *seen = xasprintf("%s/seen", J.home);
	autofree char *text = xasprintf("#!/bin/sh\ncat \"$1\" > %s\n", seen), *got = NULL;
	autofree char *env = xasprintf("PAGER=%s", script("pg.sh", text));
	const char *const more[] = { env, NULL };

	start(more);
	answered();
	pty_key(J.pty, "C-x");
	pty_send(J.pty, "p");
	journey_see(&J, "what next?");
	journey_see(&J, "■ done");
	while (access(seen, F_OK) != 0)
		pty_pump(J.pty, 20);
	pty_settle(J.pty, 50);
	got = test_slurp(seen);
	assert_non_null(strstr(got, "find \"invoice\""));
	assert_non_null(strstr(got, "The invoice of March"));
}

#define JOURNEY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		JOURNEY(mouse__drag__copies_what_it_covers),
		JOURNEY(mouse__click__unfolds_a_call),
		JOURNEY(mouse__wheel__scrolls_and_a_key_gives_the_mouse_away),
		JOURNEY(mouse__button__decides_at_the_second_click),
		JOURNEY(find__words_in_a_folded_result__unfolds_it),
		JOURNEY(copy__key__takes_the_answer),
		JOURNEY(decision__while_nobody_looks__is_notified),
		JOURNEY(editor__writes_the_request),
		JOURNEY(pager__shows_all_that_was_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
