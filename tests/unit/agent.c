/* The whole loop with a scripted engine: think, act, decide, take, undo, brakes, recovery. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "agent/base/json.h"
#include "tests/support/agent_world.h"

#define ASK(w, request, mode, ...)                                                                 \
	agent_world_ask(w, request, (const struct script_turn[]){ __VA_ARGS__ },                         \
		sizeof((struct script_turn[]){ __VA_ARGS__ }) / sizeof(struct script_turn), mode)

static void
agent__answer__ends_done(void **state)
{
	struct world *w = *state;

	agent_world_begin(w, true, false);
	ASK(w, "hello", "step", { .text = "Good day." });
	assert_int_equal(w->fold->state, FOLD_DONE);
	assert_int_equal(w->fold->exit, 0);
	assert_int_equal(w->task, 1);
	assert_string_equal(buf_str(&w->fold->blocks[1].text), "Good day.");
}

static void
agent__write__waits_for_decision_then_takes_and_undoes(void **state)
{
	struct world *w = *state;
	autofree char *before = NULL, *after = NULL, *text = NULL, *redone = NULL;

	agent_world_write(w, "keep.txt", "old\n");
	before = agent_world_print(w);
	agent_world_begin(w, true, false);
	ASK(w, "write", "step",
		{ .calls = { { "write", "{\"path\":\"new/a.txt\",\"content\":\"hi\\n\"}" } } },
		{ .text = "done" });
	assert_int_equal(w->fold->state, FOLD_WAITING);
	assert_false(agent_world_has(w, "new"));
	assert_int_equal(fold_open_approval(w->fold)->n_effects, 2);
	agent_world_decide(w, DECIDE_TAKE, NULL, 0);
	assert_int_equal(w->fold->state, FOLD_DONE);
	text = agent_world_read(w, "new/a.txt");
	assert_string_equal(text, "hi\n");
	agent_world_undo(w, 0, false);
	assert_int_equal(w->undo_err.code, ERR_NONE);
	after = agent_world_print(w);
	assert_string_equal(before, after);
	agent_world_undo(w, 0, true);
	redone = agent_world_read(w, "new/a.txt");
	assert_string_equal(redone, "hi\n");
}

static void
agent__refuse__changes_nothing_and_tells_the_engine(void **state)
{
	struct world *w = *state;

	agent_world_begin(w, true, false);
	ASK(w, "write", "step", { .calls = { { "write", "{\"path\":\"a\",\"content\":\"x\"}" } } },
		{ .text = "as you wish" });
	agent_world_decide(w, DECIDE_REFUSE, NULL, 0);
	assert_int_equal(w->fold->state, FOLD_STOPPED);
	assert_int_equal(w->fold->exit, 3);
	assert_false(agent_world_has(w, "a"));
	assert_int_equal(w->fold->calls[0].state, FOLD_CALL_REFUSED);
	assert_non_null(strstr(w->script.items, "3:2:"));
}

static void
agent__part__takes_only_that(void **state)
{
	struct world *w = *state;
	int64_t take[] = { 1 };

	agent_world_write(w, "a", "a");
	agent_world_write(w, "b", "b");
	agent_world_write(w, "c", "c");
	agent_world_begin(w, true, false);
	ASK(w, "delete", "draft",
		{ .calls = { { "delete", "{\"path\":\"a\"}" }, { "delete", "{\"path\":\"b\"}" },
			  { "delete", "{\"path\":\"c\"}" } } },
		{ .text = "deleted" });
	assert_int_equal(w->fold->state, FOLD_WAITING);
	assert_int_equal(fold_open_approval(w->fold)->n_effects, 3);
	agent_world_decide(w, DECIDE_PART, take, 1);
	assert_int_equal(w->fold->state, FOLD_DONE);
	assert_true(agent_world_has(w, "a"));
	assert_false(agent_world_has(w, "b"));
	assert_true(agent_world_has(w, "c"));
}

static void
agent__headless__refuses_with_exit_3(void **state)
{
	struct world *w = *state;
	autofree char *before = NULL, *after = NULL;

	agent_world_write(w, "a", "a");
	before = agent_world_print(w);
	agent_world_begin(w, false, false);
	ASK(w, "delete", "step", { .calls = { { "delete", "{\"path\":\"a\"}" } } }, { .text = "x" });
	assert_int_equal(w->fold->exit, 3);
	after = agent_world_print(w);
	assert_string_equal(before, after);
}

static void
agent__approve_all__takes_without_asking(void **state)
{
	struct world *w = *state;

	agent_world_write(w, "a", "a");
	agent_world_begin(w, false, true);
	ASK(w, "delete", "step", { .calls = { { "delete", "{\"path\":\"a\"}" } } }, { .text = "x" });
	assert_int_equal(w->fold->exit, 0);
	assert_false(agent_world_has(w, "a"));
}

static void
agent__read_only_mode__refuses_acts(void **state)
{
	struct world *w = *state;

	agent_world_write(w, "a", "text of a\n");
	agent_world_begin(w, true, false);
	ASK(w, "look", "read-only",
		{ .calls = { { "read", "{\"path\":\"a\"}" }, { "delete", "{\"path\":\"a\"}" } } },
		{ .text = "x" });
	assert_int_equal(w->fold->calls[0].state, FOLD_CALL_DONE);
	assert_int_equal(w->fold->calls[1].state, FOLD_CALL_REFUSED);
	assert_true(agent_world_has(w, "a"));
}

static void
agent__unknown_tool_and_broken_arguments__are_told_not_run(void **state)
{
	struct world *w = *state;

	agent_world_begin(w, true, false);
	ASK(w, "x", "step",
		{ .calls = { { "fly", "{}" }, { "write", "{\"path\":\"a\",\"conte" },
			  { "write", "{\"path\":7}" } } },
		{ .text = "hm" });
	assert_int_equal(w->fold->state, FOLD_DONE);
	assert_int_equal(w->fold->calls[0].state, FOLD_CALL_FAILED);
	assert_int_equal(w->fold->calls[1].state, FOLD_CALL_FAILED);
	assert_int_equal(w->fold->calls[2].state, FOLD_CALL_FAILED);
	assert_false(agent_world_has(w, "a"));
}

static void
agent__same_call_three_times__brakes_at_the_third(void **state)
{
	struct world *w = *state;
	static const struct script_turn turn = { .calls = { { "list", "{\"path\":\".\"}" } } };

	agent_world_begin(w, false, false);
	ASK(w, "loop", "step", turn, turn, turn, turn, { .text = "never" });
	assert_int_equal(w->fold->exit, 4);
	assert_int_equal(w->fold->n_calls, 3);
	assert_non_null(strstr(w->events, "brake"));
}

static void
agent__each_call_and_task__ends_exactly_once(void **state)
{
	struct world *w = *state;
	const char *p;
	int done = 0, call = 0;

	agent_world_write(w, "a", "a");
	agent_world_begin(w, false, true);
	ASK(w, "x", "step",
		{ .calls = { { "read", "{\"path\":\"a\"}" }, { "list", "{\"path\":\".\"}" },
			  { "delete", "{\"path\":\"a\"}" }, { "read", "{\"path\":\"a\"}" } } },
		{ .text = "x" });
	for (p = w->events; (p = strstr(p, "call_done ")); p++)
		done++;
	for (p = w->events; (p = strstr(p, "call ")); p++)
		call++;
	assert_int_equal(done, 4);
	assert_int_equal(call, 4);
	assert_int_equal(w->fold->calls[3].state, FOLD_CALL_FAILED);
}

static void
agent__reads_side_by_side__all_answer(void **state)
{
	struct world *w = *state;
	int i;

	for (i = 0; i < 40; i++) {
		autofree char *name = xasprintf("d%d/deep/f.txt", i);

		agent_world_write(w, name, "needle\n");
	}
	agent_world_begin(w, false, true);
	ASK(w, "x", "step",
		{ .calls = { { "search", "{\"text\":\"needle\"}" }, { "list", "{\"path\":\".\",\"recursive\":true}" },
			  { "search", "{\"text\":\"need\"}" }, { "list", "{\"path\":\"d1\",\"recursive\":true}" },
			  { "read", "{\"path\":\"d2/deep/f.txt\"}" }, { "read", "{\"path\":\"d3/deep/f.txt\"}" } } },
		{ .text = "x" });
	assert_int_equal(w->fold->exit, 0);
	for (i = 0; i < 6; i++)
		assert_int_equal(w->fold->calls[i].state, FOLD_CALL_DONE);
}

/* Two results that are written together were each taken for the last one. */
static void
agent__reads_that_end_together__lead_to_one_turn(void **state)
{
	struct world *w = *state;
	const char *p;
	int i, turns;

	agent_world_write(w, "a", "a\n");
	agent_world_begin(w, false, true);
	for (i = 0; i < 30; i++) {
		ASK(w, "x", "step",
			{ .calls = { { "read", "{\"path\":\"a\"}" }, { "list", "{\"path\":\".\"}" },
				  { "read", "{\"path\":\"./a\"}" } } },
			{ .text = "x" });
		assert_int_equal(w->fold->exit, 0);
		for (turns = 0, p = w->events; (p = strstr(p, " turn ")); p++)
			turns++;
		assert_int_equal(turns, 2);
	}
}

static void
agent__file_changed_meanwhile__is_a_conflict(void **state)
{
	struct world *w = *state;
	autofree char *text = NULL;

	agent_world_write(w, "a", "one\n");
	agent_world_begin(w, true, false);
	ASK(w, "edit", "step",
		{ .calls = { { "edit", "{\"path\":\"a\",\"old\":\"one\",\"new\":\"two\"}" } } },
		{ .text = "x" });
	assert_int_equal(w->fold->state, FOLD_WAITING);
	agent_world_write(w, "a", "the person's own\n");
	agent_world_decide(w, DECIDE_TAKE, NULL, 0);
	text = agent_world_read(w, "a");
	assert_string_equal(text, "the person's own\n");
	assert_non_null(strstr(w->events, "commit_failed"));
	assert_int_equal(w->fold->state, FOLD_FAILED);
	assert_int_equal(w->fold->exit, 1);
}

static void
agent__stop_while_waiting__drops_and_ends(void **state)
{
	struct world *w = *state;

	agent_world_begin(w, true, false);
	ASK(w, "write", "step", { .calls = { { "write", "{\"path\":\"a\",\"content\":\"x\"}" } } },
		{ .text = "x" });
	agent_stop(w->agent, false);
	w->fold->state = FOLD_ACTING;
	agent_world_run(w);
	assert_int_equal(w->fold->state, FOLD_STOPPED);
	assert_int_equal(w->fold->exit, 130);
	assert_false(agent_world_has(w, "a"));
}

static void
agent__restart_while_waiting__offers_and_goes_on(void **state)
{
	struct world *w = *state;
	static const struct script_turn turns[] = {
		{ .calls = { { "write", "{\"path\":\"a\",\"content\":\"x\"}" } } },
		{ .text = "finished" },
	};
	const int64_t *list;
	size_t n;

	agent_world_begin(w, true, false);
	agent_world_ask(w, "write", turns, 2, "step");
	assert_int_equal(w->fold->state, FOLD_WAITING);
	agent_world_end(w);
	agent_world_begin(w, true, false);
	list = agent_interrupted(w->agent, &n);
	assert_int_equal(n, 1);
	assert_int_equal(list[0], w->task);
	w->script.turns = turns;
	w->script.n = 2;
	w->fold = fold_create(w->task);
	assert_true(agent_resume(w->agent, w->task, NULL, &w->err));
	agent_world_run(w);
	assert_int_equal(w->fold->state, FOLD_WAITING);
	agent_world_decide(w, DECIDE_TAKE, NULL, 0);
	assert_int_equal(w->fold->state, FOLD_DONE);
	assert_true(agent_world_has(w, "a"));
	assert_int_equal(w->script.thought, 2);
	assert_true(strlen(w->script.last_result) > 0); /* the act's own result, from before */
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, agent_world_setup, agent_world_teardown)
	const struct CMUnitTest tests[] = {
		T(agent__answer__ends_done),
		T(agent__write__waits_for_decision_then_takes_and_undoes),
		T(agent__refuse__changes_nothing_and_tells_the_engine),
		T(agent__part__takes_only_that),
		T(agent__headless__refuses_with_exit_3),
		T(agent__approve_all__takes_without_asking),
		T(agent__read_only_mode__refuses_acts),
		T(agent__unknown_tool_and_broken_arguments__are_told_not_run),
		T(agent__same_call_three_times__brakes_at_the_third),
		T(agent__each_call_and_task__ends_exactly_once),
		T(agent__reads_side_by_side__all_answer),
		T(agent__reads_that_end_together__lead_to_one_turn),
		T(agent__file_changed_meanwhile__is_a_conflict),
		T(agent__stop_while_waiting__drops_and_ends),
		T(agent__restart_while_waiting__offers_and_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
