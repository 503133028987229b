/* Finding again: history by words, its preview, one task event by event. */
#include "tests/support/journey.h"

static struct journey J;

static int
begin(UNUSED void **state)
{
	journey_init(&J);
	journey_downloads(&J);
	journey_file(&J, "Documents/bill.txt", "invoice 42\n");
	journey_start(&J, NULL);
	journey_see(&J, "homard");
	journey_ask(&J, "find files that mention invoice");
	journey_see(&J, "■ done");
	journey_ask(&J, "what takes the most space in my downloads?");
	journey_see(&J, "biggest files");
	pty_settle(J.pty, 50);
	return 0;
}

static int
end(UNUSED void **state)
{
	journey_finish(&J);
	return 0;
}

static void
history__at_80_columns__shows_requests_and_filters(UNUSED void **state)
{
	pty_key(J.pty, "F2");
	journey_see(&J, "History · 2/2");
	/* Enough of a request to know it by. */
	journey_see(&J, "what takes");
	pty_send(J.pty, "invoice");
	journey_see(&J, "History · 1/1");
	journey_see(&J, "bill.txt"); /* the preview */
	pty_key(J.pty, "Enter");
	journey_see(&J, "history: task 1");
	journey_see(&J, "bill.txt:1");
	pty_key(J.pty, "Esc");
	journey_gone(&J, "history: task 1");
	journey_see(&J, "biggest files");
}

static void
history__event_by_event__names_each(UNUSED void **state)
{
	pty_key(J.pty, "F2");
	journey_see(&J, "History · 2/2");
	pty_key(J.pty, "M-e");
	journey_see(&J, "Event by event");
	journey_see(&J, "request");
	journey_see(&J, "engine");
	pty_key(J.pty, "Down");
	pty_key(J.pty, "Esc");
	journey_gone(&J, "Event by event");
	pty_key(J.pty, "Esc");
	journey_gone(&J, "History ·");
}

int
main(void)
{
#define JOURNEY(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		JOURNEY(history__at_80_columns__shows_requests_and_filters),
		JOURNEY(history__event_by_event__names_each),
	};

	return cmocka_run_group_tests_name("tui_journey_find", tests, NULL, NULL);
}
