/* The fold of a task over its events. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "agent/core/fold.h"

static int64_t seq;

static void
feed(struct fold *f, enum event_kind kind, const char *facts, const char *body)
{
	struct event ev = { .seq = seq + 1, .task = 7, .time = 1001 + seq, .kind = kind,
		.kind_name = event_kinds[kind].name, .facts = slice_of(facts) };

	seq++;
	ev.body = slice_of(body ? body : "");
	ev.has_body = body != NULL;
	fold_apply(f, &ev);
}

static struct fold *
begun(void)
{
	struct fold *f;

	seq = 0;
	f = fold_create(7);
	feed(f, EV_REQUEST, "{\"engine\":\"auto\",\"mode\":\"step\",\"cwd\":\"/h\"}", "tidy");
	feed(f, EV_STATE, "{\"state\":\"thinking\"}", NULL);
	return f;
}

static void
fold__text__joins_pieces_until_end(void **state)
{
	struct fold *f = begun();

	(void)state;
	feed(f, EV_TEXT, "{\"turn\":1}", "Hel");
	feed(f, EV_TEXT, "{\"turn\":1}", "lo");
	assert_int_equal(f->n_blocks, 2);
	assert_false(f->blocks[1].closed);
	feed(f, EV_TEXT, "{\"turn\":1,\"end\":true}", "");
	assert_string_equal(buf_str(&f->blocks[1].text), "Hello");
	assert_true(f->blocks[1].closed);
	feed(f, EV_TEXT, "{\"turn\":2}", "again");
	assert_int_equal(f->n_blocks, 3);
	fold_destroy(f);
}

static void
fold__other_task__is_ignored(void **state)
{
	struct fold *f = begun();
	struct event ev = { .seq = 99, .task = 8, .kind = EV_TEXT, .kind_name = "text" };

	(void)state;
	assert_false(fold_apply(f, &ev));
	fold_destroy(f);
}

static void
fold__call__follows_its_life(void **state)
{
	struct fold *f = begun();
	const struct fold_call *c;

	(void)state;
	feed(f, EV_CALL, "{\"call\":1,\"turn\":1,\"tool\":\"move\",\"risk\":\"act\"}",
		"{\"path\":\"a\"}");
	c = fold_call(f, 1);
	assert_int_equal(c->state, FOLD_CALL_ASKED);
	feed(f, EV_CALL_BEGUN, "{\"call\":1}", NULL);
	assert_int_equal(fold_call(f, 1)->state, FOLD_CALL_RUNNING);
	feed(f, EV_EFFECTS, "{\"call\":1,\"n\":1}",
		"[{\"n\":0,\"kind\":\"move\",\"path\":\"/h/b\",\"from\":\"/h/a\",\"bytes\":3,"
		"\"count\":1,\"type\":\"file\",\"text\":true}]");
	feed(f, EV_DIFF, "{\"call\":1,\"n\":0}", "-a\n+b\n");
	c = fold_call(f, 1);
	assert_int_equal(c->n_effects, 1);
	assert_string_equal(c->effects[0].from, "/h/a");
	assert_string_equal(c->effects[0].diff, "-a\n+b\n");
	assert_int_equal(c->effects[0].type, 'f');
	feed(f, EV_APPROVAL, "{\"approval\":1,\"call\":1,\"why\":[\"it changes files\"],\"red\":false}",
		"{\"effects\":[0]}");
	assert_non_null(fold_open_approval(f));
	assert_int_equal(fold_open_approval(f)->n_effects, 1);
	feed(f, EV_DECISION, "{\"approval\":1,\"decision\":\"take\",\"by\":\"person\"}", "{}");
	assert_null(fold_open_approval(f));
	feed(f, EV_COMMIT_DONE, "{\"commit\":1,\"call\":1,\"n\":1}",
		"[{\"kind\":\"move\",\"path\":\"/h/b\"}]");
	assert_true(fold_call(f, 1)->effects[0].taken);
	assert_int_equal(fold_call(f, 1)->commit, 1);
	feed(f, EV_CALL_DONE, "{\"call\":1,\"outcome\":\"done\",\"ms\":5}", "ok");
	assert_int_equal(fold_call(f, 1)->state, FOLD_CALL_DONE);
	feed(f, EV_UNDONE, "{\"commit\":1}", "[]");
	assert_true(fold_call(f, 1)->undone);
	feed(f, EV_REDONE, "{\"commit\":1}", "[]");
	assert_false(fold_call(f, 1)->undone);
	fold_destroy(f);
}

static void
fold__end__carries_exit_and_reason(void **state)
{
	struct fold *f = begun();

	(void)state;
	assert_false(fold_is_ended(f));
	feed(f, EV_STATE, "{\"state\":\"failed\",\"exit\":3,\"reason\":\"no\"}", NULL);
	assert_true(fold_is_ended(f));
	assert_int_equal(f->exit, 3);
	assert_string_equal(f->reason, "no");
	fold_destroy(f);
}

static void
fold__second_approval__replaces_the_first(void **state)
{
	struct fold *f = begun();

	(void)state;
	feed(f, EV_APPROVAL, "{\"approval\":1}", "{\"effects\":[]}");
	feed(f, EV_APPROVAL, "{\"approval\":2}", "{\"effects\":[]}");
	assert_int_equal(fold_open_approval(f)->approval, 2);
	feed(f, EV_DECISION, "{\"approval\":2,\"decision\":\"take\"}", "{}");
	assert_null(fold_open_approval(f));
	feed(f, EV_APPROVAL, "{\"approval\":3}", "{\"effects\":[]}");
	feed(f, EV_STATE, "{\"state\":\"stopped\",\"exit\":130}", NULL);
	assert_null(fold_open_approval(f));
	fold_destroy(f);
}

static void
fold__edited_command__is_what_the_call_shows(void **state)
{
	struct fold *f = begun();

	(void)state;
	feed(f, EV_CALL, "{\"call\":1,\"turn\":1,\"tool\":\"shell\"}", "{\"command\":\"rm -rf a\"}");
	feed(f, EV_APPROVAL, "{\"approval\":1,\"call\":1}", "{\"effects\":[0],\"command\":\"rm -rf a\"}");
	feed(f, EV_DECISION, "{\"approval\":1,\"call\":1,\"decision\":\"edit\",\"by\":\"person\"}",
		"{\"command\":\"rm a\"}");
	assert_string_equal(f->calls[0].args, "{\"command\":\"rm a\"}");
	fold_destroy(f);
}

static void
fold__steps__keep_their_time_and_cost(void **state)
{
	struct fold *f = begun();

	(void)state;
	feed(f, EV_PLAN, "{\"by\":\"engine\"}", "[{\"id\":\"1\",\"text\":\"a\",\"state\":\"now\"},"
		"{\"id\":\"2\",\"text\":\"b\",\"state\":\"todo\"}]");
	seq += 5000; /* the clock of these events */
	feed(f, EV_USAGE, "{\"turn\":1,\"input\":10,\"output\":1,\"cost\":0.5}", NULL);
	feed(f, EV_PLAN, "{\"by\":\"person\"}", "[{\"id\":\"x\",\"text\":\"b\",\"state\":\"now\"},"
		"{\"id\":\"1\",\"text\":\"a, renamed\",\"state\":\"done\"}]");
	assert_int_equal(f->n_steps, 2);
	assert_true(f->steps[1].ms >= 5000 && f->steps[1].ms < 6000);
	assert_true(f->steps[1].cost > 0.49);
	assert_int_equal(f->steps[0].ms, 0);
	seq += 7000;
	feed(f, EV_STATE, "{\"state\":\"done\"}", NULL);
	assert_true(f->steps[0].ms >= 7000);
	fold_destroy(f);
}

static void
fold__damaged_events__do_no_harm(void **state)
{
	struct fold *f = begun();

	(void)state;
	feed(f, EV_CALL_DONE, "{\"call\":77}", "x");
	feed(f, EV_EFFECTS, "{\"call\":77}", "[[[");
	feed(f, EV_DECISION, "not json", "{");
	feed(f, EV_PLAN, "{}", "{\"no\":\"list\"}");
	feed(f, EV_APPROVAL, "{}", "[");
	assert_int_equal(f->n_calls, 0);
	assert_int_equal(f->n_steps, 0);
	fold_destroy(f);
}

/* The meter of the window is the newest request's, with its own model's window. */
static void
fold__window__follows_a_switched_model(void **state)
{
	struct fold *f = begun();

	(void)state;
	feed(f, EV_MODEL_REQUEST, "{\"turn\":1,\"provider\":\"a\",\"model\":\"x\",\"tokens_est\":900,\"window\":8000}", "{}");
	assert_int_equal(f->window, 8000);
	assert_int_equal(f->last_context, 900);
	feed(f, EV_USAGE, "{\"turn\":1,\"provider\":\"a\",\"model\":\"x\",\"input\":200,\"cache_read\":800,\"output\":5}", NULL);
	assert_int_equal(f->last_context, 1000);
	feed(f, EV_MODEL_REQUEST, "{\"turn\":2,\"provider\":\"b\",\"model\":\"y\",\"tokens_est\":1200,\"window\":200000}", "{}");
	assert_int_equal(f->window, 200000);
	assert_int_equal(f->last_context, 1200);
	/* A summary by model.small is no part of this window. */
	feed(f, EV_MODEL_REQUEST, "{\"turn\":2,\"provider\":\"c\",\"model\":\"s\",\"tokens_est\":7,\"window\":0}", "{}");
	feed(f, EV_USAGE, "{\"turn\":2,\"provider\":\"c\",\"model\":\"s\",\"input\":7,\"output\":5}", NULL);
	assert_int_equal(f->window, 200000);
	assert_int_equal(f->last_context, 1200);
	fold_destroy(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fold__text__joins_pieces_until_end),
		cmocka_unit_test(fold__other_task__is_ignored),
		cmocka_unit_test(fold__call__follows_its_life),
		cmocka_unit_test(fold__end__carries_exit_and_reason),
		cmocka_unit_test(fold__second_approval__replaces_the_first),
		cmocka_unit_test(fold__edited_command__is_what_the_call_shows),
		cmocka_unit_test(fold__steps__keep_their_time_and_cost),
		cmocka_unit_test(fold__window__follows_a_switched_model),
		cmocka_unit_test(fold__damaged_events__do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
