/* Projections: the task list and its filters, memory, commits, usage, drafts, leases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <signal.h>
#include <sys/wait.h>
#include "agent/base/buf.h"
#include "agent/store/knowledge.h"
#include "agent/store/memory.h"
#include "agent/store/project.h"
#include "agent/store/undo_index.h"
#include "agent/store/usage.h"
#include "tests/support/journal_tmp.h"

/* The numbers of listed rows as "3 2 1". */
static bool
add_task(void *user, const struct task_row *r)
{
	buf_printf(user, "%s%lld", ((struct buf *)user)->len ? " " : "", (long long)r->task);
	return true;
}

static void
assert_tasks(struct journal *j, struct task_filter f, const char *want)
{
	autobuf struct buf b = BUF_INIT(10000);
	struct err err = { 0 };

	if (!journal_tasks(j, &f, add_task, &b, &err))
		fail_msg("%s", err.text);
	assert_string_equal(buf_str(&b), want);
}

static bool
copy_row(void *user, const struct task_row *r)
{
	buf_printf(user, "%lld|%s|%s|%s|%s|%s|%d|%lld|%lld|%.2f|%lld", (long long)r->task,
		r->request, r->state, r->engine, r->model, r->cwd, r->ended != 0,
		(long long)r->effects, (long long)r->tokens, r->cost, (long long)r->last_seq);
	return true;
}

static void
assert_task(struct journal *j, int64_t task, const char *want)
{
	autobuf struct buf b = BUF_INIT(10000);
	struct err err = { 0 };

	if (!journal_task(j, task, copy_row, &b, &err))
		fail_msg("%s", err.text);
	assert_string_equal(buf_str(&b), want);
}

static void
tasks__list__every_filter(void **state)
{
	struct tmp_journal *t = *state;

	put_request(t->j, "{\"engine\":\"instinct\",\"cwd\":\"/home/a\"}", "tidy downloads");
	put_request(t->j, "{\"engine\":\"model\",\"model\":\"ollama/qwen3\",\"cwd\":\"/home/a/proj\"}",
		"整理下载");
	put_request(t->j, "{\"engine\":\"model\",\"model\":\"openai/gpt-5\",\"cwd\":\"/srv\"}", "write tests");
	put_event(t->j, 1, EV_STATE, "{\"state\":\"done\"}", NULL);
	put_event(t->j, 3, EV_USAGE,
		"{\"turn\":1,\"provider\":\"openai\",\"model\":\"gpt-5\",\"input\":100,\"output\":20,"
		"\"cost\":0.25}",
		NULL);
	put_event(t->j, 2, EV_COMMIT_DONE, "{\"commit\":1,\"n\":7,\"bytes\":900,\"undoable\":true}", "[]");
	assert_tasks(t->j, (struct task_filter){ 0 }, "3 2 1");
	assert_tasks(t->j, (struct task_filter){ .limit = 1, .offset = 1 }, "2");
	assert_tasks(t->j, (struct task_filter){ .state = "done" }, "1");
	assert_tasks(t->j, (struct task_filter){ .state = "thinking" }, "3 2");
	assert_tasks(t->j, (struct task_filter){ .engine = "model" }, "3 2");
	assert_tasks(t->j, (struct task_filter){ .engine = "instinct" }, "1");
	assert_tasks(t->j, (struct task_filter){ .engine = "gpt-5" }, "3");
	assert_tasks(t->j, (struct task_filter){ .engine = "ollama/qwen3" }, "2");
	assert_tasks(t->j, (struct task_filter){ .engine = "ollama" }, "2");
	assert_tasks(t->j, (struct task_filter){ .place = "/home/a" }, "2 1");
	assert_tasks(t->j, (struct task_filter){ .place = "/home/a/" }, "2");
	assert_tasks(t->j, (struct task_filter){ .place = "/nowhere" }, "");
	assert_tasks(t->j, (struct task_filter){ .min_cost = 0.1 }, "3");
	assert_tasks(t->j, (struct task_filter){ .min_cost = 0.3 }, "");
	assert_tasks(t->j, (struct task_filter){ .since = 1 }, "3 2 1");
	assert_tasks(t->j, (struct task_filter){ .until = 1 }, "");
	assert_tasks(t->j, (struct task_filter){ .words = "downloads" }, "1");
	assert_tasks(t->j, (struct task_filter){ .words = "下载", .engine = "model" }, "2");
	assert_tasks(t->j, (struct task_filter){ .words = "下载", .engine = "instinct" }, "");
	assert_task(t->j, 3, "3|write tests|thinking|model|openai/gpt-5|/srv|0|0|120|0.25|5");
	assert_task(t->j, 1, "1|tidy downloads|done|instinct||/home/a|1|0|0|0.00|4");
	put_event(t->j, 2, EV_UNDONE, "{\"commit\":1,\"n\":7}", "[]");
	assert_task(t->j, 2, "2|整理下载|thinking|model|ollama/qwen3|/home/a/proj|0|0|0|0.00|7");
}

static void
tasks__get__unknown_is_not_found(void **state)
{
	struct tmp_journal *t = *state;
	struct err err = { 0 };
	struct buf b = BUF_INIT(10);

	assert_false(journal_task(t->j, 5, copy_row, &b, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

static void
tasks__request_removed__leaves_no_words(void **state)
{
	struct tmp_journal *t = *state;
	struct err err = { 0 };

	put_request(t->j, "{}", "the secret");
	assert_true(journal_remove_body(t->j, 1, "person", &err));
	assert_task(t->j, 1, "1||thinking||||0|0|0|0.00|2");
}

static bool
add_memory(void *user, const struct memory_row *r)
{
	buf_printf(user, "%s%lld@%lld:%s(%s,%s)", ((struct buf *)user)->len ? " " : "",
		(long long)r->id, (long long)r->seq, r->text, r->origin, r->trust);
	return true;
}

static void
assert_memory(struct journal *j, const char *words, const char *want)
{
	autobuf struct buf b = BUF_INIT(10000);
	struct err err = { 0 };

	if (!memory_find(j, words, 20, add_memory, &b, &err))
		fail_msg("%s", err.text);
	assert_string_equal(buf_str(&b), want);
}

static void
memory__fold__add_edit_forget_revert(void **state)
{
	struct tmp_journal *t = *state;
	autobuf struct buf b = BUF_INIT(1000);
	struct err err = { 0 };
	const char *all = "2@2:我的生日是五月三日(task,told) 1@1:I like tea(person,sure)";

	put_event(t->j, 1, EV_MEMORY, "{\"op\":\"add\",\"origin\":\"person\",\"trust\":\"sure\"}",
		"I like tea");
	put_event(t->j, 2, EV_MEMORY, "{\"op\":\"add\",\"origin\":\"task\",\"trust\":\"told\"}",
		"我的生日是五月三日");
	assert_memory(t->j, NULL, all);
	assert_memory(t->j, "what tea", "1@1:I like tea(person,sure)");
	assert_memory(t->j, "生日是哪天", "2@2:我的生日是五月三日(task,told)");
	put_event(t->j, 1, EV_MEMORY, "{\"op\":\"edit\",\"id\":1}", "I like coffee");
	assert_memory(t->j, "tea", "");
	assert_memory(t->j, "coffee", "1@3:I like coffee(person,sure)");
	put_event(t->j, 1, EV_MEMORY, "{\"op\":\"revert\",\"id\":1}", NULL);
	assert_memory(t->j, "tea", "1@1:I like tea(person,sure)");
	put_event(t->j, 1, EV_MEMORY, "{\"op\":\"forget\",\"id\":1}", NULL);
	put_event(t->j, 1, EV_MEMORY, "{\"op\":\"forget\",\"id\":1}", NULL);
	assert_memory(t->j, "tea", "");
	assert_false(memory_get(t->j, 1, add_memory, &b, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	put_event(t->j, 1, EV_MEMORY, "{\"op\":\"revert\",\"id\":1}", NULL);
	assert_memory(t->j, "tea", "1@1:I like tea(person,sure)");
	assert_true(memory_get(t->j, 1, add_memory, &b, &err));
	err_clear(&err);
	assert_true(journal_rebuild(t->j, &err));
	assert_memory(t->j, "tea", "1@1:I like tea(person,sure)");
	assert_true(journal_remove_body(t->j, 1, "person", &err));
	assert_memory(t->j, "tea", "");
	assert_memory(t->j, NULL, "2@2:我的生日是五月三日(task,told)");
	assert_true(journal_rebuild(t->j, &err));
	assert_memory(t->j, NULL, "2@2:我的生日是五月三日(task,told)");
}

static bool
add_commit(void *user, const struct commit_row *r)
{
	buf_printf(user, "%s%lld:%lld:%s:%lld:%s", ((struct buf *)user)->len ? " " : "",
		(long long)r->task, (long long)r->commit, r->state, (long long)r->n, r->stage);
	return true;
}

static void
assert_commits(struct journal *j, int64_t task, const char *want)
{
	autobuf struct buf b = BUF_INIT(10000);
	struct err err = { 0 };

	assert_true(commit_each(j, task, add_commit, &b, &err));
	assert_string_equal(buf_str(&b), want);
}

static void
commits__fold__life_of_a_commit(void **state)
{
	struct tmp_journal *t = *state;

	put_event(t->j, 1, EV_COMMIT_BEGUN, "{\"commit\":1,\"n\":3,\"stage\":\"s/1\"}", NULL);
	assert_commits(t->j, 1, "1:1:begun:3:s/1");
	put_event(t->j, 1, EV_COMMIT_DONE, "{\"commit\":1,\"n\":2,\"bytes\":5,\"stage\":\"s/1\"}", "[]");
	put_event(t->j, 2, EV_COMMIT_BEGUN, "{\"commit\":1,\"n\":9,\"stage\":\"s/2\"}", NULL);
	put_event(t->j, 2, EV_COMMIT_FAILED, "{\"commit\":1,\"why\":\"conflict\"}", "[]");
	put_event(t->j, 1, EV_UNDONE, "{\"commit\":1,\"n\":2}", "[]");
	assert_commits(t->j, -1, "2:1:failed:9:s/2 1:1:undone:2:s/1");
	put_event(t->j, 1, EV_REDONE, "{\"commit\":1,\"n\":2}", "[]");
	assert_commits(t->j, 1, "1:1:done:2:s/1");
	put_event(t->j, 1, EV_FORGOTTEN, "{\"commit\":1,\"bytes\":5}", NULL);
	assert_commits(t->j, 1, "1:1:forgotten:2:s/1");
}

static bool
add_usage(void *user, const struct usage_row *r)
{
	buf_printf(user, "%s%s=%lld/%lld/%.1f", ((struct buf *)user)->len ? " " : "", r->key,
		(long long)r->requests, (long long)(r->input + r->output), r->cost);
	return true;
}

static void
usage__sums__by_everything(void **state)
{
	struct tmp_journal *t = *state;
	autobuf struct buf b = BUF_INIT(1000);
	struct usage_row total;
	struct err err = { 0 };

	put_event(t->j, 1, EV_USAGE,
		"{\"provider\":\"a\",\"model\":\"m\",\"input\":10,\"output\":5,\"cost\":0.5}", NULL);
	put_event(t->j, 1, EV_USAGE,
		"{\"provider\":\"a\",\"model\":\"m\",\"input\":10,\"output\":5,\"skill\":\"s\"}", NULL);
	put_event(t->j, 2, EV_USAGE, "{\"provider\":\"b\",\"model\":\"n\",\"input\":100}", NULL);
	assert_true(usage_sums(t->j, USAGE_BY_MODEL, 0, 0, add_usage, &b, &err));
	assert_string_equal(buf_str(&b), "b/n=1/100/0.0 a/m=2/30/0.5");
	buf_clear(&b);
	assert_true(usage_sums(t->j, USAGE_BY_TASK, 0, 0, add_usage, &b, &err));
	assert_string_equal(buf_str(&b), "2=1/100/0.0 1=2/30/0.5");
	buf_clear(&b);
	assert_true(usage_sums(t->j, USAGE_BY_SKILL, 0, 0, add_usage, &b, &err));
	assert_string_equal(buf_str(&b), "=2/115/0.5 s=1/15/0.0");
	buf_clear(&b);
	assert_true(usage_sums(t->j, USAGE_BY_DAY, 0, 0, add_usage, &b, &err));
	assert_non_null(strstr(buf_str(&b), "=3/130/0.5"));
	buf_clear(&b);
	assert_true(usage_sums(t->j, USAGE_BY_DAY, 0, 1, add_usage, &b, &err));
	assert_int_equal(b.len, 0);
	assert_true(usage_total(t->j, 1, 0, &total, &err));
	assert_int_equal(total.input, 20);
	assert_int_equal(total.requests, 2);
	assert_true(usage_total(t->j, -1, 0, &total, &err));
	assert_int_equal(total.input, 120);
	assert_true(usage_total(t->j, -1, INT64_MAX, &total, &err));
	assert_int_equal(total.requests, 0);
}

static bool
add_stat(void *user, const struct recipe_stat *r)
{
	buf_printf(user, "%s/%s=%lld ", r->recipe, r->outcome, (long long)r->n);
	return true;
}

static bool
add_reminder(void *user, const struct reminder_row *r)
{
	buf_printf(user, "%s:%s ", r->id, r->text);
	return true;
}

static void
knowledge__fold__draft_recipes_reminders(void **state)
{
	struct tmp_journal *t = *state;
	autobuf struct buf b = BUF_INIT(1000);
	autofree char *draft = NULL;
	struct err err = { 0 };

	assert_null(input_draft(t->j, &err));
	put_event(t->j, 0, EV_INPUT, "{}", "half a");
	put_event(t->j, 0, EV_INPUT, "{}", "half a thought");
	draft = input_draft(t->j, &err);
	assert_string_equal(draft, "half a thought");
	put_event(t->j, 0, EV_INPUT, "{}", "");
	assert_null(input_draft(t->j, &err));
	put_event(t->j, 1, EV_RECIPE, "{\"recipe\":\"tidy\",\"skill\":\"files\"}", "{}");
	put_event(t->j, 1, EV_RECIPE, "{\"recipe\":\"tidy\",\"skill\":\"files\",\"outcome\":\"done\"}", "{}");
	put_event(t->j, 2, EV_RECIPE, "{\"recipe\":\"tidy\",\"skill\":\"files\"}", "{}");
	assert_true(recipe_stats(t->j, "tidy", add_stat, &b, &err));
	assert_string_equal(buf_str(&b), "tidy/=2 tidy/done=1 ");
	buf_clear(&b);
	put_event(t->j, 1, EV_REMINDER, "{\"op\":\"add\",\"id\":\"a\",\"due\":500}", "late");
	put_event(t->j, 1, EV_REMINDER, "{\"op\":\"add\",\"id\":\"b\",\"due\":100}", "soon");
	put_event(t->j, 1, EV_REMINDER, "{\"op\":\"add\",\"id\":\"c\",\"due\":50}", "gone");
	put_event(t->j, 1, EV_REMINDER, "{\"op\":\"done\",\"id\":\"c\"}", NULL);
	assert_true(reminders_open(t->j, 0, add_reminder, &b, &err));
	assert_string_equal(buf_str(&b), "b:soon a:late ");
	buf_clear(&b);
	assert_true(reminders_open(t->j, 100, add_reminder, &b, &err));
	assert_string_equal(buf_str(&b), "b:soon ");
}

/* Everything projected is the same after folding anew. */
static void
projections__rebuild__same_as_live(void **state)
{
	struct tmp_journal *t = *state;
	autobuf struct buf before = BUF_INIT(10000), after = BUF_INIT(10000);
	struct task_filter all = { 0 };
	struct err err = { 0 };

	tasks__list__every_filter(state);
	assert_true(journal_tasks(t->j, &all, copy_row, &before, &err));
	assert_true(journal_rebuild(t->j, &err));
	assert_true(journal_tasks(t->j, &all, copy_row, &after, &err));
	assert_string_equal(buf_str(&before), buf_str(&after));
}

static void
projections__table__is_complete(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < n_projections; i++) {
		assert_true(strlen(projections[i]->name) > 0);
		assert_non_null(projections[i]->apply);
		assert_non_null(projections[i]->tables[0]);
		assert_in_range(projections[i]->n_kinds, 1, PROJECT_KINDS);
		for (k = 0; k < i; k++)
			assert_string_not_equal(projections[i]->name, projections[k]->name);
	}
}

static void
lease__process__conflict_death_and_orphans(void **state)
{
	struct tmp_journal *t = *state;
	int64_t orphans[8];
	struct err err = { 0 };
	int ready[2], go[2], status;
	size_t n;
	char c;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(go), 0);
	tmp_journal_shut(t);
	pid = fork();
	if (pid == 0) {
		struct journal_opts o = { .path = t->path };
		struct journal *j;

		if (!journal_open(&o, &j, &err))
			_exit(1);
		put_request(j, "{}", "one");
		put_request(j, "{}", "two");
		put_event(j, 2, EV_STATE, "{\"state\":\"done\"}", NULL);
		if (write(ready[1], "x", 1) != 1 || read(go[0], &c, 1) < 0)
			_exit(1);
		_exit(0);
	}
	close(go[0]);
	assert_int_equal(read(ready[0], &c, 1), 1);
	tmp_journal_reopen(t);
	/* It lives and works on its task. */
	assert_true(lease_orphans(t->j, orphans, 8, &n, &err));
	assert_int_equal(n, 0);
	assert_false(lease_take(t->j, 1, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(lease_orphans(t->j, orphans, 8, &n, &err));
	assert_int_equal(n, 1);
	assert_int_equal(orphans[0], 1);
	err_clear(&err);
	assert_true(lease_take(t->j, 1, &err));
	assert_true(lease_take(t->j, 1, &err));
	assert_true(lease_orphans(t->j, orphans, 8, &n, &err));
	assert_int_equal(n, 0);
	lease_release(t->j, 1);
	assert_true(lease_orphans(t->j, orphans, 8, &n, &err));
	assert_int_equal(n, 1);
	/* Closing gives everything back. */
	assert_true(lease_take(t->j, 1, &err));
	tmp_journal_reopen(t);
	assert_true(lease_orphans(t->j, orphans, 8, &n, &err));
	assert_int_equal(n, 1);
	close(ready[0]);
	close(ready[1]);
	close(go[1]);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_journal_setup, tmp_journal_teardown)
	const struct CMUnitTest tests[] = {
		T(tasks__list__every_filter),
		T(tasks__get__unknown_is_not_found),
		T(tasks__request_removed__leaves_no_words),
		T(memory__fold__add_edit_forget_revert),
		T(commits__fold__life_of_a_commit),
		T(usage__sums__by_everything),
		T(knowledge__fold__draft_recipes_reminders),
		T(projections__rebuild__same_as_live),
		cmocka_unit_test(projections__table__is_complete),
		T(lease__process__conflict_death_and_orphans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
