/*
 * Killed between the last rename and its event: what ended on disk is told once at the next
 * start, nothing is done again, and the numbers of the task list are right.
 */
#include "tests/support/testing.h"
#include <signal.h>
#include <sys/wait.h>
#include "agent/base/json.h"
#include "agent/draft/fs.h"
#include "agent/draft/stage.h"
#include "agent/store/journal.h"
#include "tests/support/agent_world.h"

static const struct script_turn turns[] = {
	{ .calls = { { "write", "{\"path\":\"new/a.txt\",\"content\":\"hi\\n\"}" } } },
	{ .text = "finished" },
};
static char *stage; /* of the first commit */

static int
setup(void **state)
{
	agent_world_setup(state);
	agent_world_write(*state, "keep.txt", "old\n");
	stage = xasprintf("%s/stage/1/c1", ((struct world *)*state)->places.state);
	return 0;
}

static int
teardown(void **state)
{
	free(stage);
	return agent_world_teardown(state);
}

/* --- what the journal says --- */

struct told {
	int commit_done, commit_failed, undone, redone, recovered, begun;
	int64_t effects;
};

static bool
count(void *user, const struct event *ev)
{
	struct told *t = user;

	t->commit_done += ev->kind == EV_COMMIT_DONE;
	t->commit_failed += ev->kind == EV_COMMIT_FAILED;
	t->undone += ev->kind == EV_UNDONE;
	t->redone += ev->kind == EV_REDONE;
	t->recovered += ev->kind == EV_RECOVERED;
	t->begun += ev->kind == EV_CALL_BEGUN;
	return true;
}

static bool
effects_of(void *user, const struct task_row *row)
{
	((struct told *)user)->effects = row->effects;
	return true;
}

static struct told
told(struct world *w)
{
	autofree char *path = path_join(w->places.state, "journal.db");
	struct journal_opts o = { .path = path, .read_only = true };
	struct journal_range all = { .task = 1 };
	struct journal *j;
	struct err err = { 0 };
	struct told t = { 0 };

	if (!journal_open(&o, &j, &err) || !journal_each(j, &all, count, &t, &err)
		|| !journal_task(j, 1, effects_of, &t, &err))
		fail_msg("%s", err.text);
	journal_close(j);
	return t;
}

static void
start_again(struct world *w)
{
	if (w->agent)
		agent_world_end(w);
	agent_world_begin(w, false, true);
	w->task = 1;
}

/* --- the kill --- */

static void
kill_when_committed(UNUSED const char *what)
{
	if (stage_state(stage) == STAGE_COMMITTED)
		kill(getpid(), SIGKILL);
}

/* The draft is emptied after a commit, before its event: there the hook finds the plan done. */
static void
write_and_die(struct world *w)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		fs_kill_hook = kill_when_committed;
		agent_world_begin(w, false, true);
		agent_world_ask(w, "write", turns, 2, "step");
		_exit(1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(stage_state(stage), STAGE_COMMITTED);
}

/* The next step after these would have been the event. */
static void
reverse_untold(bool (*step)(const char *, bool, struct commit_result *, struct err *))
{
	struct commit_result r = { 0 };
	struct err err = { 0 };

	if (!step(stage, false, &r, &err))
		fail_msg("%s", err.text);
	commit_result_finish(&r);
}

static void
resume(struct world *w)
{
	w->script.turns = turns;
	w->script.n = 2;
	w->fold = fold_create(1);
	if (!agent_resume(w->agent, 1, NULL, &w->err))
		fail_msg("%s", w->err.text);
	agent_world_run(w);
}

static void
recover__killed_before_commit_done__told_once_and_not_repeated(void **state)
{
	struct world *w = *state;
	autofree char *before = agent_world_print(w), *after = NULL, *text = NULL;
	struct told t;
	int start;

	write_and_die(w);
	for (start = 0; start < 3; start++) {
		start_again(w);
		t = told(w);
		assert_int_equal(t.commit_done, 1);
		assert_int_equal(t.commit_failed, 0);
		assert_int_equal(t.recovered, 1);
		assert_int_equal(t.effects, 2); /* the folder and the file */
	}
	resume(w);
	assert_int_equal(w->fold->state, FOLD_DONE);
	t = told(w);
	assert_int_equal(t.begun, 1);
	assert_int_equal(t.commit_done, 1);
	text = agent_world_read(w, "new/a.txt");
	assert_string_equal(text, "hi\n");
	assert_false(agent_world_has(w, "new/a (2).txt"));
	agent_world_undo(w, 0, false);
	assert_int_equal(w->undo_err.code, ERR_NONE);
	after = agent_world_print(w);
	assert_string_equal(before, after);
	assert_int_equal(told(w).effects, 0);
}

static void
told_at_each_start(struct world *w, int undone, int redone, int64_t effects)
{
	struct told t;
	int start;

	for (start = 0; start < 3; start++) {
		start_again(w);
		t = told(w);
		assert_int_equal(t.commit_done, 1);
		assert_int_equal(t.undone, undone);
		assert_int_equal(t.redone, redone);
		assert_int_equal(t.effects, effects);
	}
}

static void
recover__killed_before_undone__told_once(void **state)
{
	struct world *w = *state;
	autofree char *before = agent_world_print(w), *after = NULL;

	agent_world_begin(w, false, true);
	agent_world_ask(w, "write", turns, 2, "step");
	assert_int_equal(told(w).effects, 2);
	agent_world_end(w);
	reverse_untold(stage_undo);
	told_at_each_start(w, 1, 0, 0);
	after = agent_world_print(w);
	assert_string_equal(before, after);
	agent_world_undo(w, 0, false); /* it is undone already */
	assert_int_equal(w->undo_err.code, ERR_NOT_FOUND);
	agent_world_end(w);
	reverse_untold(stage_redo);
	told_at_each_start(w, 1, 1, 2);
	assert_true(agent_world_has(w, "new/a.txt"));
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(recover__killed_before_commit_done__told_once_and_not_repeated),
		T(recover__killed_before_undone__told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
