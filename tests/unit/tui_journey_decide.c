/* Deciding with the pane in hand: what letters do, what belongs together, what is for good. */
#include "tests/support/journey.h"

static struct journey J;
static const struct journey_opts wide = { .rows = 40, .cols = 140 };

static int
begin(UNUSED void **state)
{
	journey_init(&J);
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
ask_and_look_closer(void)
{
	journey_start(&J, &wide);
	journey_see(&J, "homard");
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	pty_key(J.pty, "F6");
	journey_see(&J, "Space choose");
}

static void
refuse_and_leave(void)
{
	pty_key(J.pty, "M-n");
	journey_see(&J, "□");
	pty_key(J.pty, "C-u");
	pty_key(J.pty, "C-q");
	assert_int_equal(journey_end(&J), 0);
}

static void
decision__letters_in_the_pane__decide_nothing(UNUSED void **state)
{
	autofree char *before = journey_print(&J), *now = NULL;

	ask_and_look_closer();
	/* Each was a decision once: take, refuse, take for good, stop. */
	pty_send(J.pty, "tnGS");
	journey_see(&J, "› tnGS");
	journey_see(&J, "Alt+Y take");
	now = journey_print(&J);
	assert_string_equal(before, now);
	refuse_and_leave();
}

static void
decision__folder_left_out__leaves_out_what_comes_into_it(UNUSED void **state)
{
	ask_and_look_closer();
	pty_key(J.pty, "Down"); /* Documents/, which gets two files */
	pty_key(J.pty, "Space");
	journey_see(&J, "[ ] + ~/Downloads/Documents/");
	journey_see(&J, "Alt+Y take part: 4 of 7");
	/* One of them again: the folder is needed for it. */
	pty_key(J.pty, "Down");
	pty_key(J.pty, "Space");
	journey_see(&J, "Alt+Y take part: 6 of 7");
	journey_see(&J, "[✓] + ~/Downloads/Documents/");
	pty_key(J.pty, "Up");
	pty_key(J.pty, "Space");
	journey_see(&J, "Alt+Y take part: 4 of 7");
	pty_key(J.pty, "M-y");
	journey_see(&J, "■ done");
	assert_false(journey_has(&J, "Downloads/Documents"));
	assert_true(journey_has(&J, "Downloads/report.pdf"));
	assert_true(journey_has(&J, "Downloads/Music/song.mp3"));
	pty_key(J.pty, "C-q");
	assert_int_equal(journey_end(&J), 0);
}

static void
decision__end_and_space__change_the_row_one_sees(UNUSED void **state)
{
	ask_and_look_closer();
	pty_key(J.pty, "End");
	pty_key(J.pty, "Space");
	journey_see(&J, "Alt+Y take part: 6 of 7");
	journey_see(&J, "[ ] → ~/Downloads/  holiday.jpg");
	refuse_and_leave();
}

/* The words know what was asked before them. */
static void
decision__words_instead__refuse_and_are_asked(UNUSED void **state)
{
	autofree char *before = journey_print(&J), *now = NULL;

	journey_start(&J, &wide);
	journey_see(&J, "homard");
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	/* What nobody understands throws nothing away. */
	pty_send(J.pty, "yes");
	pty_key(J.pty, "Enter");
	journey_see(&J, "a decision waits, and no recipe does that");
	journey_see(&J, "Alt+Y take");
	pty_key(J.pty, "C-u");
	pty_send(J.pty, "only the pictures");
	journey_see(&J, "› only the pictures");
	pty_key(J.pty, "Enter");
	journey_see(&J, "create 1 · → move 1");
	now = journey_print(&J);
	assert_string_equal(before, now);
	journey_decidable(&J);
	pty_key(J.pty, "M-y");
	journey_see(&J, "■ done");
	assert_true(journey_has(&J, "Downloads/Pictures/holiday.jpg"));
	assert_true(journey_has(&J, "Downloads/song.mp3"));
	pty_key(J.pty, "C-q");
	assert_int_equal(journey_end(&J), 0);
}

static void
take_for_good(const char *word)
{
	pty_key(J.pty, "C-p");
	journey_see(&J, "Commands");
	pty_send(J.pty, "without keeping");
	journey_see(&J, "Take without keeping the undo");
	pty_key(J.pty, "Enter");
	journey_see(&J, "This can never be undone");
	pty_send(J.pty, word);
	pty_key(J.pty, "Enter");
}

static void
decision__for_good__asks_and_offers_no_undo(UNUSED void **state)
{
	autofree char *before = journey_print(&J), *now = NULL;

	ask_and_look_closer();
	take_for_good("no");
	journey_see(&J, "nothing was taken");
	now = journey_print(&J);
	assert_string_equal(before, now);
	take_for_good("yes");
	journey_see(&J, "■ done");
	assert_true(journey_has(&J, "Downloads/Music/song.mp3"));
	journey_gone(&J, "Alt+Z");
	pty_key(J.pty, "C-q");
	assert_int_equal(journey_end(&J), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			decision__letters_in_the_pane__decide_nothing, begin, end),
		cmocka_unit_test_setup_teardown(
			decision__folder_left_out__leaves_out_what_comes_into_it, begin, end),
		cmocka_unit_test_setup_teardown(
			decision__end_and_space__change_the_row_one_sees, begin, end),
		cmocka_unit_test_setup_teardown(
			decision__words_instead__refuse_and_are_asked, begin, end),
		cmocka_unit_test_setup_teardown(
			decision__for_good__asks_and_offers_no_undo, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
