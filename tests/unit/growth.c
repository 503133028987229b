/* The lobster grows by evidence: runs that ended, cost nothing and were not undone. */
#include "tests/support/testing.h"
#include "agent/base/clock.h"
#include "agent/core/growth.h"
#include "tests/support/journal_tmp.h"

static int
setup(void **state)
{
	struct tmp_journal *t = xmalloc(sizeof(*t));

	tmp_journal_open(t);
	*state = t;
	return 0;
}

static int
teardown(void **state)
{
	tmp_journal_close(*state);
	free(*state);
	return 0;
}

static int64_t
run(struct journal *j, const char *recipe, const char *end)
{
	int64_t task = put_request(j, "{\"engine\":\"instinct\",\"mode\":\"step\",\"cwd\":\"/\"}", "do it");
	autofree char *facts = xasprintf("{\"recipe\":\"%s\",\"skill\":\"%s\"}", recipe, recipe);
	autofree char *state = xasprintf("{\"state\":\"%s\"}", end);

	put_event(j, task, EV_RECIPE, facts, "{}");
	put_event(j, task, EV_STATE, state, NULL);
	return task;
}

static struct growth
grown(struct journal *j)
{
	struct growth g;
	struct err err = { 0 };

	if (!growth_read(j, clock_wall(&clock_system), &g, &err))
		fail_msg("%s", err.text);
	return g;
}

static void
growth__read__counts_only_evidence(void **state)
{
	struct journal *j = ((struct tmp_journal *)*state)->j;
	struct growth g = grown(j);
	int64_t task;

	assert_int_equal(g.stage, 0);
	assert_int_equal(g.want_recipes, 1);
	run(j, "tidy", "done");
	run(j, "tidy", "failed");
	run(j, "tidy", "stopped");
	run(j, "other", "done");
	g = grown(j);
	assert_int_equal(g.runs, 2);
	assert_int_equal(g.recipes, 0); /* three good runs make one verified */
	run(j, "tidy", "done");
	task = run(j, "tidy", "done");
	g = grown(j);
	assert_int_equal(g.recipes, 1);
	assert_int_equal(g.runs, 4);
	assert_int_equal(g.stage, 1);
	/* Undone: it was no success after all. */
	put_event(j, task, EV_COMMIT_BEGUN, "{\"commit\":1,\"call\":1,\"n\":1,\"stage\":\"x\"}", NULL);
	put_event(j, task, EV_COMMIT_DONE, "{\"commit\":1,\"call\":1,\"n\":1,\"bytes\":1,\"undoable\":true,\"stage\":\"x\"}", "[]");
	put_event(j, task, EV_UNDONE, "{\"commit\":1,\"n\":1,\"kept\":0}", "[]");
	g = grown(j);
	assert_int_equal(g.recipes, 0);
	assert_int_equal(g.stage, 0);
}

static void
growth__read__counts_kept_memories(void **state)
{
	struct journal *j = ((struct tmp_journal *)*state)->j;
	int64_t id = put_event(j, 0, EV_MEMORY, "{\"op\":\"add\",\"origin\":\"person\",\"trust\":\"sure\"}", "tea");
	autofree char *forget = xasprintf("{\"op\":\"forget\",\"id\":%lld,\"origin\":\"person\",\"trust\":\"sure\"}",
		(long long)id);

	put_event(j, 0, EV_MEMORY, "{\"op\":\"add\",\"origin\":\"task\",\"trust\":\"untrusted\"}", "from the web");
	assert_int_equal(grown(j).memories, 1);
	put_event(j, 0, EV_MEMORY, forget, "");
	assert_int_equal(grown(j).memories, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(growth__read__counts_only_evidence, setup, teardown),
		cmocka_unit_test_setup_teardown(growth__read__counts_kept_memories, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
