/* What a person does first: ask, watch, take, take a part, refuse, undo. */
#include "tests/support/journey.h"
#include <time.h>

static struct journey J;

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

static const struct journey_opts wide = { .rows = 40, .cols = 140 };

static void
quit(void)
{
	pty_key(J.pty, "C-q");
	assert_int_equal(journey_end(&J), 0);
	assert_false(pty_altscreen(J.pty));
	assert_int_equal(pty_mouse(J.pty), 0);
}

static void
assert_untouched(const char *before)
{
	autofree char *now = journey_print(&J);

	assert_string_equal(before, now);
}

/* --- the first minute --- */

static void
screen__opens__says_what_to_try(UNUSED void **state)
{
	int row, col;
	bool visible;

	journey_start(&J, NULL);
	journey_see(&J, "homard");
	assert_true(pty_find(J.pty, "homard", &row, &col));
	assert_int_equal(row, 0);
	journey_see(&J, "Try one of these:");
	journey_see(&J, "F1 help");
	/* The terminal's own cursor stands where the text will be: input methods look there. */
	pty_settle(J.pty, 30);
	pty_cursor(J.pty, &row, &col, &visible);
	assert_true(visible);
	assert_int_equal(row, 22);
	assert_int_equal(col, 3);
	quit();
	assert_false(journey_has(&J, ".config"));
	assert_false(journey_has(&J, ".local"));
}

static void
screen__opens__three_things_can_really_be_done(UNUSED void **state)
{
	autofree char *text = NULL;
	struct strv tries = { 0 };
	struct slice rest;

	journey_start(&J, NULL);
	journey_see(&J, "Try one of these:");
	pty_settle(J.pty, 30);
	text = pty_text(J.pty);
	rest = slice_of(text);
	while (rest.p && rest.n) {
		struct slice line = slice_trim(slice_line(&rest));
		autofree char *one = slice_dup(line);

		if (str_starts(one, "› ") && !strstr(one, "What shall") && !strstr(one, "what shall"))
			strv_add(&tries, one + strlen("› "));
	}
	assert_int_equal(tries.n, 3);
	for (size_t i = 0; i < tries.n; i++) {
		pty_forget(J.pty);
		journey_ask(&J, tries.v[i]);
		/* It ends, or shows changes to decide on. "I did not understand" is a failure. */
		if (pty_wait_text(J.pty, "Alt+Y take", 3000)) {
			journey_decidable(&J);
			pty_key(J.pty, "M-n");
			journey_gone(&J, "Alt+Y take");
		}
		assert_false(pty_find(J.pty, "not understood", NULL, NULL));
	}
	strv_finish(&tries);
	quit();
}

/* --- taking and undoing --- */

static void
tidy__taken_and_undone__brings_all_back(UNUSED void **state)
{
	autofree char *before = journey_print(&J), *after = NULL;

	journey_start(&J, &wide);
	journey_see(&J, "homard");
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	journey_see(&J, "report.pdf → ");
	journey_see(&J, "Documents/report.pdf");
	/* Nothing happens before the decision. */
	assert_untouched(before);
	pty_key(J.pty, "M-y");
	journey_see(&J, "■ done");
	assert_true(journey_has(&J, "Downloads/Documents/report.pdf"));
	assert_true(journey_has(&J, "Downloads/Music/song.mp3"));
	assert_false(journey_has(&J, "Downloads/song.mp3"));
	after = journey_print(&J);
	journey_see(&J, "Alt+Z");
	pty_key(J.pty, "M-z");
	journey_see(&J, "Undone");
	assert_untouched(before);
	/* Alt+Shift+Z: and forth again. */
	pty_key(J.pty, "M-Z");
	journey_gone(&J, "Undone");
	journey_see(&J, "Done again");
	assert_true(journey_has(&J, "Downloads/Documents/report.pdf"));
	quit();
	/* What stays in the ordinary scrollback. */
	journey_see(&J, "tidy ~/Downloads by type");
	journey_see(&J, "homard show 1");
}

static void
tidy__at_80x24__is_the_same(UNUSED void **state)
{
	autofree char *before = journey_print(&J);

	journey_start(&J, NULL);
	journey_see(&J, "homard");
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	pty_key(J.pty, "M-y");
	journey_see(&J, "■ done");
	assert_true(journey_has(&J, "Downloads/Documents/report.pdf"));
	pty_key(J.pty, "M-z");
	journey_see(&J, "Undone");
	assert_untouched(before);
	quit();
}

static void
tidy__at_50x15__is_the_same(UNUSED void **state)
{
	struct journey_opts o = { .rows = 15, .cols = 50 };
	autofree char *before = journey_print(&J);

	journey_start(&J, &o);
	journey_see(&J, "homard");
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	pty_key(J.pty, "M-y");
	journey_see(&J, "■ done");
	assert_true(journey_has(&J, "Downloads/Documents/report.pdf"));
	pty_key(J.pty, "M-z");
	journey_see(&J, "Undone");
	assert_untouched(before);
	quit();
}

static void
tidy__refused__changes_nothing(UNUSED void **state)
{
	autofree char *before = journey_print(&J);

	journey_start(&J, &wide);
	journey_see(&J, "homard");
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	pty_key(J.pty, "M-n");
	journey_gone(&J, "Alt+Y take");
	journey_see(&J, "□");
	assert_untouched(before);
	quit();
	assert_untouched(before);
}

static void
tidy__one_unticked__takes_the_others(UNUSED void **state)
{
	journey_start(&J, &wide);
	journey_see(&J, "homard");
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	pty_key(J.pty, "F6");
	journey_see(&J, "Space choose");
	/* Down to the song, untick it. */
	for (int i = 0; i < 12; i++) {
		int row, col;

		pty_key(J.pty, "Down");
		pty_settle(J.pty, 15);
		assert_true(pty_find(J.pty, "song.mp3 → ", &row, &col));
		if (pty_cell(J.pty, row, col).bg != pty_cell(J.pty, row - 1, col).bg &&
			pty_cell(J.pty, row, col).bg != pty_cell(J.pty, row + 1, col).bg)
			break;
	}
	pty_key(J.pty, "Space");
	journey_see(&J, "[ ] → ");
	journey_see(&J, "Alt+Y take part: 6 of 7");
	pty_key(J.pty, "M-y");
	journey_gone(&J, "Alt+Y take");
	journey_see(&J, "■ done");
	assert_true(journey_has(&J, "Downloads/song.mp3"));
	assert_false(journey_has(&J, "Downloads/Music/song.mp3"));
	assert_true(journey_has(&J, "Downloads/Documents/report.pdf"));
	quit();
}

/* --- typing ahead --- */

/* Lets d ms pass while the screen is read: a person's pause, not a wait for something. */
static void
pause_ms(int d)
{
	struct timespec a, b;
	int left = d;

	clock_gettime(CLOCK_MONOTONIC, &a);
	while (left > 0) {
		pty_pump(J.pty, left);
		clock_gettime(CLOCK_MONOTONIC, &b);
		left = d - (int)((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000);
	}
}

static int
number_of(const char *name, int otherwise)
{
	const char *v = getenv(name);

	return v ? (int)strtol(v, NULL, 10) : otherwise;
}

/* From the moment the request left, through the pane's appearance and on; never so long apart that
 * a pause of 300 ms could arm it. */
static void
type_ahead(int n)
{
	static const char *const keys[] = { "M-y", "M-y", "Enter", "M-y", "Space", "M-y", "BS" };
	int gap = n > 1 ? 8 + rand() % 60 : 250;

	for (int i = 0; i < n; i++) {
		pause_ms(rand() % gap);
		pty_key(J.pty, n > 1 ? keys[(size_t)rand() % ARRAY_LEN(keys)] : "M-y");
		if (i % 5 == 4)
			pty_key(J.pty, "M-y");
	}
}

/* HOMARD_TYPED_AHEAD: how many timings; HOMARD_TYPED_A_TASK: how many for each decision. */
static void
decision__keys_typed_ahead__take_nothing(UNUSED void **state)
{
	autofree char *before = journey_print(&J);
	unsigned seed = (unsigned)number_of("SEED", (int)time(NULL));
	int all = number_of("HOMARD_TYPED_AHEAD", 100), each = number_of("HOMARD_TYPED_A_TASK", 25);

	print_message("# seed %u, %d timings\n", seed, all);
	srand(seed);
	journey_start(&J, &wide);
	journey_see(&J, "homard");
	for (int typed = 0; typed < all; typed += each) {
		journey_ask(&J, "tidy ~/Downloads by type");
		type_ahead(each);
		journey_decidable(&J);
		assert_untouched(before);
		pty_key(J.pty, "M-n");
		journey_gone(&J, "Alt+Y take");
		assert_untouched(before);
		journey_see(&J, "□");
		pty_key(J.pty, "C-u"); /* the blanks */
		journey_see(&J, "what next?");
	}
	pty_key(J.pty, "C-u");
	quit();
}

static void
decision__enter_and_letters__never_take(UNUSED void **state)
{
	autofree char *before = journey_print(&J);

	journey_start(&J, &wide);
	journey_see(&J, "homard");
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	for (int i = 0; i < 5; i++)
		pty_key(J.pty, "Enter");
	/* Letters go on in the input, which keeps focus and text. */
	pty_send(J.pty, "y yes take ok t");
	journey_see(&J, "› y yes take ok t");
	journey_see(&J, "Alt+Y take");
	assert_untouched(before);
	/* A bracketed paste with the deciding bytes inside is text. */
	pty_key(J.pty, "C-u");
	pty_paste(J.pty, "pasted \033y \033[121;3u words");
	journey_see(&J, "pasted");
	pty_settle(J.pty, 50);
	journey_see(&J, "Alt+Y take");
	assert_untouched(before);
	pty_key(J.pty, "C-u");
	pty_key(J.pty, "M-n");
	journey_see(&J, "□");
	quit();
	assert_untouched(before);
}

static void
decision__text_before_the_pane__stays_in_the_input(UNUSED void **state)
{
	journey_start(&J, &wide);
	journey_see(&J, "homard");
	journey_ask(&J, "tidy ~/Downloads by type");
	pty_send(J.pty, "and then the desk");
	journey_decidable(&J);
	pty_send(J.pty, "top");
	journey_see(&J, "› and then the desktop");
	pty_key(J.pty, "C-u");
	pty_key(J.pty, "M-n");
	journey_see(&J, "□");
	quit();
}

int
main(void)
{
#define JOURNEY(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		JOURNEY(screen__opens__says_what_to_try),
		JOURNEY(screen__opens__three_things_can_really_be_done),
		JOURNEY(tidy__taken_and_undone__brings_all_back),
		JOURNEY(tidy__at_80x24__is_the_same),
		JOURNEY(tidy__at_50x15__is_the_same),
		JOURNEY(tidy__refused__changes_nothing),
		JOURNEY(tidy__one_unticked__takes_the_others),
		JOURNEY(decision__keys_typed_ahead__take_nothing),
		JOURNEY(decision__enter_and_letters__never_take),
		JOURNEY(decision__text_before_the_pane__stays_in_the_input),
	};

	return cmocka_run_group_tests_name("tui_journey", tests, NULL, NULL);
}
