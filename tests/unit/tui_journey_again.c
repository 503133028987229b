/* From history: again, fork, export, event by event with undo, removing the texts. */
#include "tests/support/journey.h"

static struct journey J;

static int
begin(UNUSED void **state)
{
	static const struct journey_opts o = { .rows = 30, .cols = 120 };

	journey_init(&J);
	journey_downloads(&J);
	journey_start(&J, &o);
	journey_see(&J, "what shall I do?");
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
	pty_key(J.pty, "M-y");
	journey_see(&J, "■ done");
	return 0;
}

static int
end(UNUSED void **state)
{
	journey_finish(&J);
	return 0;
}

static void
history(const char *key)
{
	pty_key(J.pty, "F2");
	journey_see(&J, "History · 1/1");
	journey_see(&J, "took"); /* the preview is the task itself */
	if (key)
		pty_key(J.pty, key);
}

static void
again__puts_the_request_into_the_input(UNUSED void **state)
{
	history("M-r");
	journey_see(&J, "› tidy ~/Downloads by type");
	journey_gone(&J, "History ·");
	pty_key(J.pty, "Enter");
	journey_see(&J, "2 Plan");
	journey_see(&J, "nothing to tidy");
}

static void
fork__goes_on_as_a_new_task(UNUSED void **state)
{
	history("M-f");
	journey_see(&J, "Go on from task 1 as a new task with");
	pty_send(J.pty, "what are the biggest files in ~/Downloads");
	pty_key(J.pty, "Enter");
	journey_see(&J, "▌ what are the biggest files");
	pty_key(J.pty, "F2");
	journey_see(&J, "History · 2/2");
}

static void
export_as(const char *name, const char *holds)
{
	autofree char *path = xasprintf("%s/%s", J.home, name), *text = NULL, *said = xasprintf("written: %s", name);

	history("M-x");
	journey_see(&J, "Export to");
	pty_key(J.pty, "C-u");
	pty_send(J.pty, name);
	pty_key(J.pty, "Enter");
	pty_key(J.pty, "Esc");
	journey_see(&J, said);
	text = test_slurp(path);
	assert_non_null(strstr(text, holds));
	pty_key(J.pty, "Esc");
	journey_gone(&J, "History ·");
}

static void
export__three_forms__are_written(UNUSED void **state)
{
	export_as("task.md", "tidy ~/Downloads by type");
	export_as("task.jsonl", "\"kind\":\"commit_done\"");
	export_as("task.cast", "\"version\"");
}

static void
events__undo_and_redo_from_there(UNUSED void **state)
{
	history("M-e");
	journey_see(&J, "Event by event");
	pty_send(J.pty, "taken commit");
	journey_see(&J, "song.mp3 →");
	pty_key(J.pty, "M-u");
	journey_see(&J, "Undone");
	assert_true(journey_has(&J, "Downloads/song.mp3"));
	pty_send(J.pty, "\033U");
	journey_gone(&J, "Undone");
	while (journey_has(&J, "Downloads/song.mp3"))
		pty_pump(J.pty, 20);
	assert_true(journey_has(&J, "Downloads/Music/song.mp3"));
}

static void
events__fork__starts_at_that_event(UNUSED void **state)
{
	history("M-e");
	journey_see(&J, "Event by event");
	pty_key(J.pty, "Down");
	pty_key(J.pty, "M-f");
	journey_see(&J, "Go on from task 1 as a new task with");
	journey_gone(&J, "Event by event");
}

static void
remove__takes_the_texts_and_says_so(UNUSED void **state)
{
	history(NULL);
	pty_send(J.pty, "\033[3;3~"); /* Alt+Del */
	journey_see(&J, "Remove every text of task 1 for good?");
	pty_send(J.pty, "no");
	pty_key(J.pty, "Enter");
	journey_see(&J, "nothing was removed");
	pty_send(J.pty, "\033[3;3~");
	journey_see(&J, "Remove every text of task 1 for good?");
	pty_send(J.pty, "remove");
	pty_key(J.pty, "Enter");
	journey_see(&J, "the chain stays whole");
	journey_see(&J, "(removed)");
}

#define JOURNEY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		JOURNEY(again__puts_the_request_into_the_input),
		JOURNEY(fork__goes_on_as_a_new_task),
		JOURNEY(export__three_forms__are_written),
		JOURNEY(events__undo_and_redo_from_there),
		JOURNEY(events__fork__starts_at_that_event),
		JOURNEY(remove__takes_the_texts_and_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
