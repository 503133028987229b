/* Deciding about a model's acts: edit, refuse with words, part, no undo, typed; its plan edited. */
#include "tests/support/journey.h"
#include "tests/support/mock_model.h"
#include <fcntl.h>
#include <sys/stat.h>

static struct journey J;
static struct mock_model *model;

static int
begin(UNUSED void **state)
{
	static struct journey_opts o = { .rows = 30, .cols = 120 };

	model = mock_model_start();
	if (!model)
		return -1;
	o.args = mock_model_options(model);
	journey_init(&J);
	journey_downloads(&J);
	journey_file(&J, "old/a.txt", "a\n");
	journey_file(&J, "old/b.txt", "b\n");
	journey_start(&J, &o);
	journey_see(&J, "what shall I do?");
	return 0;
}

static int
end(UNUSED void **state)
{
	journey_finish(&J);
	mock_model_stop(model);
	return 0;
}

static void
ask(const char *words)
{
	pty_send(J.pty, words);
	journey_see(&J, "};");
	pty_key(J.pty, "Enter");
	journey_decidable(&J);
}

static void
focus(void)
{
	pty_key(J.pty, "F6");
	journey_see(&J, "or choose below");
}

#define REMOVE "CALL shell {\"command\":\"rm -rf old\"};"

static void
command__edited__runs_anew_and_shows_as_edited(UNUSED void **state)
{
	ask(REMOVE);
	journey_see(&J, "$ rm -rf old");
	focus();
	pty_send(J.pty, "e");
	journey_see(&J, "Edit the command");
	pty_key(J.pty, "C-u");
	pty_send(J.pty, "rm old/a.txt");
	pty_key(J.pty, "Enter");
	journey_see(&J, "$ rm old/a.txt");
	journey_decidable(&J);
	pty_key(J.pty, "M-y");
	journey_see(&J, "■ done");
	/* The call shows what ran. */
	journey_see(&J, "✓ shell rm old/a.txt");
	assert_false(journey_has(&J, "old/a.txt"));
	assert_true(journey_has(&J, "old/b.txt"));
}

static void
refusal__with_words__reaches_the_model(UNUSED void **state)
{
	struct mock_seen *seen = mock_model_seen(model);

	ask(REMOVE);
	focus();
	pty_send(J.pty, "w");
	journey_see(&J, "Refuse, and say what to do instead");
	pty_send(J.pty, "only look at it");
	pty_key(J.pty, "Enter");
	journey_see(&J, "refused: only look at it");
	journey_see(&J, "ok, that is all");
	assert_true(atomic_load(&seen->requests) >= 2);
	assert_true(journey_has(&J, "old/a.txt"));
	/* What it was told can be read, exactly. */
	pty_key(J.pty, "C-x");
	pty_send(J.pty, "r");
	journey_see(&J, "The newest request to the model, exactly");
	pty_key(J.pty, "G");
	journey_see(&J, "only look at it");
}

static void
part__of_a_deletion__leaves_the_rest(UNUSED void **state)
{
	ask("CALL shell {\"command\":\"rm old/a.txt old/b.txt\"};");
	focus();
	pty_key(J.pty, "Down");
	pty_key(J.pty, "Space");
	journey_see(&J, "Alt+Y take part");
	pty_key(J.pty, "M-y");
	journey_see(&J, "■ done");
	assert_true(journey_has(&J, "old/a.txt") != journey_has(&J, "old/b.txt"));
}

static void
ten_thousand__deleted__wants_the_name_typed(UNUSED void **state)
{
	autofree char *dir = xasprintf("%s/many", J.home);
	autofree char *label = xasprintf("Type many to confirm");

	assert_int_equal(mkdir(dir, 0700), 0);
	for (int i = 0; i < 10001; i++) {
		autofree char *path = xasprintf("%s/%d", dir, i);
		int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

		assert_true(fd >= 0);
		close(fd);
	}
	ask("CALL shell {\"command\":\"rm -rf many\"};");
	pty_key(J.pty, "M-y");
	journey_see(&J, label);
	pty_send(J.pty, "yes");
	pty_key(J.pty, "Enter");
	journey_see(&J, "that is not the name; nothing was taken");
	assert_true(journey_has(&J, "many/10000"));
	pty_key(J.pty, "M-y");
	journey_see(&J, label);
	pty_send(J.pty, "many");
	pty_key(J.pty, "Enter");
	journey_see(&J, "■ done");
	assert_false(journey_has(&J, "many"));
}

static void
undo__of_what_changed_since__asks_and_keeps_both(UNUSED void **state)
{
	ask("CALL edit {\"path\":\"old/a.txt\",\"old\":\"a\",\"new\":\"b\"};");
	pty_key(J.pty, "M-y");
	journey_see(&J, "■ done");
	journey_file(&J, "old/a.txt", "mine\n");
	pty_key(J.pty, "M-z");
	journey_see(&J, "changed since");
	journey_see(&J, "Leave everything as it is");
	pty_key(J.pty, "Enter");
	journey_gone(&J, "Leave everything as it is");
	assert_false(journey_has(&J, "old/a.txt.before-undo"));
	pty_key(J.pty, "M-z");
	journey_see(&J, "Leave everything as it is");
	pty_key(J.pty, "Down");
	pty_key(J.pty, "Enter");
	journey_see(&J, "↶ undone");
	assert_true(journey_has(&J, "old/a.txt"));
}

static void
plan__edited_while_it_waits__is_the_plan(UNUSED void **state)
{
	ask("CALL plan {\"steps\":[\"Look\",\"Remove\",\"Tell\"]}; " REMOVE);
	pty_send(J.pty, "\0332"); /* Alt+2 */
	journey_see(&J, "2 Plan");
	journey_see(&J, "○ 1 Look");
	pty_send(J.pty, "e");
	journey_see(&J, "Change this step");
	pty_key(J.pty, "C-u");
	pty_send(J.pty, "Look twice");
	pty_key(J.pty, "Enter");
	journey_see(&J, "○ 1 Look twice");
	pty_send(J.pty, "a");
	journey_see(&J, "Add a step");
	pty_send(J.pty, "Count");
	pty_key(J.pty, "Enter");
	journey_see(&J, "○ 2 Count");
	pty_key(J.pty, "Down");
	pty_send(J.pty, "s");
	journey_see(&J, "– 2 Count");
	pty_key(J.pty, "J");
	journey_see(&J, "– 3 Count");
	pty_key(J.pty, "M-n");
	journey_see(&J, "ok, that is all");
	/* The model was told. */
	journey_see(&J, "■ done");
	pty_key(J.pty, "C-x");
	pty_send(J.pty, "r");
	journey_see(&J, "The newest request to the model, exactly");
	pty_key(J.pty, "G");
	journey_see(&J, "Look twice");
}

static void
leaving__question_goes_when_the_task_ends(UNUSED void **state)
{
	ask(REMOVE);
	pty_key(J.pty, "C-q");
	journey_see(&J, "A task is running");
	pty_key(J.pty, "Esc");
	journey_gone(&J, "A task is running");
	pty_key(J.pty, "M-n");
	journey_see(&J, "■ done");
	pty_key(J.pty, "C-q");
	journey_end(&J);
}

#define JOURNEY(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		JOURNEY(command__edited__runs_anew_and_shows_as_edited),
		JOURNEY(refusal__with_words__reaches_the_model),
		JOURNEY(part__of_a_deletion__leaves_the_rest),
		JOURNEY(ten_thousand__deleted__wants_the_name_typed),
		JOURNEY(undo__of_what_changed_since__asks_and_keeps_both),
		JOURNEY(plan__edited_while_it_waits__is_the_plan),
		JOURNEY(leaving__question_goes_when_the_task_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
