/* Whole tasks with a model on loopback: size of requests, brakes, budgets, switching, handles. */
#include "tests/support/play.h"
#include "agent/core/agent_private.h"
#include <inttypes.h>
#include <signal.h>
#include <sys/resource.h>

static void
task__first_request__is_small_in_every_dialect(void **state)
{
	(void)state;
	for (int k = 0; k < LLM_KIND_COUNT; k++) {
		struct ms_reply r = { .body = ms_text(k, "hello") };
		struct model_server *s = ms_start(&r, 1);
		autofree char *kind = xasprintf("provider.box.kind=%s", llm_kind_name(k));
		autofree char *url = play_url("box", s), *body = NULL;
		const char *const settings[] = { kind, url, NULL };
		struct play p;

		play_begin(&p, settings);
		play_run(&p, "box/m", "what is in this folder?");
		assert_string_equal(p.state, "done");
		assert_string_equal(buf_str(&p.texts), "hello");
		body = ms_body(s, 0);
		assert_true(strlen(body) <= 5120);
		assert_non_null(strstr(body, "ask_user"));
		assert_non_null(strstr(body, "remember"));
		play_end(&p);
		ms_stop(s);
	}
}

static void
task__brake__the_third_identical_call_stops_it(void **state)
{
	struct ms_reply r = { .body = ms_call(LLM_ANTHROPIC, "list", "{\"path\":\".\"}") };
	struct model_server *s = ms_start(&r, 1);
	autofree char *url = play_url("box", s);
	const char *const settings[] = { "provider.box.kind=anthropic", url, NULL };
	struct play p;

	(void)state;
	play_begin(&p, settings);
	play_run(&p, "box/m", "list it");
	assert_string_equal(p.state, "failed");
	assert_int_equal(p.exit, 4);
	assert_int_equal(p.calls_begun, 2);
	/* Nobody can answer a question here: it says what to set. */
	assert_non_null(strstr(buf_str(&p.lines), "brakes.repeat"));
	assert_null(strstr(buf_str(&p.lines), "Go on?"));
	assert_null(strstr(buf_str(&p.notices), "price"));
	play_end(&p);
	ms_stop(s);
}

static void
task__budget__without_a_price_says_that_it_cannot_be_kept(void **state)
{
	struct ms_reply r = { .body = ms_text(LLM_OPENAI_CHAT, "hello") };
	struct model_server *s = ms_start(&r, 1);
	autofree char *url = play_url("box", s);
	const char *const settings[] = { "provider.box.kind=openai-chat", url, "budget.task=0.10", NULL };
	struct play p;

	(void)state;
	play_begin(&p, settings);
	play_run(&p, "box/nobody-knows", "hello");
	assert_string_equal(p.state, "done");
	assert_non_null(strstr(buf_str(&p.notices), "box/nobody-knows"));
	play_end(&p);
	ms_stop(s);
}

/* Two calls in turn never come three times in a row. */
static void
task__brake__calls_that_alternate_are_stopped_too(void **state)
{
	struct ms_reply r[50];
	struct model_server *s;
	autofree char *url = NULL;
	struct play p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(r); i++)
		r[i] = (struct ms_reply){ .body = ms_call(LLM_ANTHROPIC, "list",
						  i % 2 ? "{\"path\":\".\"}" : "{\"path\":\"d\"}") };
	s = ms_start(r, ARRAY_LEN(r));
	url = play_url("box", s);
	{
		const char *const settings[] = { "provider.box.kind=anthropic", url, NULL };

		play_begin(&p, settings);
	}
	agent_world_write(&p.w, "d/x", "x");
	play_run(&p, "box/m", "list both");
	assert_int_equal(p.exit, 4);
	assert_int_equal(p.calls_begun, 10); /* the sixth of the first is the eleventh */
	play_end(&p);
	ms_stop(s);
}

/* Begun on one dialect, failed there, finished by another server on another dialect. */
static void
task__failed_on_one_model__is_finished_on_another(void **state)
{
	struct ms_reply first[2] = { { .body = ms_call(LLM_OPENAI_CHAT, "read", "{\"path\":\"a\"}") },
		{ .status = 401, .type = "application/json", .body = xstrdup("{\"error\":{\"message\":\"bad key\"}}") } };
	struct ms_reply second = { .body = ms_text(LLM_GEMINI, "it says hello") };
	struct model_server *a = ms_start(first, 2), *b = ms_start(&second, 1);
	autofree char *url_a = play_url("one", a), *url_b = play_url("two", b), *body = NULL;
	const char *const settings[] = { "provider.one.kind=openai-chat", url_a, "provider.two.kind=gemini", url_b,
		NULL };
	struct play p;

	(void)state;
	play_begin(&p, settings);
	agent_world_write(&p.w, "a", "hello from the file\n");
	play_run(&p, "one/m", "what does a say?");
	assert_string_equal(p.state, "failed");
	play_resume(&p, 1, "two/m");
	assert_string_equal(p.state, "done");
	assert_int_equal(ms_count(a), 2);
	assert_int_equal(ms_count(b), 1);
	body = ms_body(b, 0);
	assert_non_null(strstr(body, "what does a say?"));
	assert_non_null(strstr(body, "hello from the file"));
	assert_int_equal(p.calls_begun, 1);
	play_end(&p);
	ms_stop(a);
	ms_stop(b);
}

/* Each reply asks for another folder and costs 3.15 cents. */
static void
task__budget__ten_cents_stop_at_ten_cents(void **state)
{
	struct ms_reply r[12];
	struct model_server *s;
	autofree char *url = NULL;
	struct play p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(r); i++) {
		autofree char *args = xasprintf("{\"path\":\"d%zu\"}", i);

		r[i] = (struct ms_reply){ .body = ms_call(LLM_ANTHROPIC, "list", args) };
		/* 10,000 tokens in at 3 dollars a million and 100 out at 15 */
		memcpy(strstr(r[i].body, "\"input_tokens\":1000") + 15, "9990", 4);
	}
	s = ms_start(r, ARRAY_LEN(r));
	url = play_url("anthropic", s);
	{
		const char *const settings[] = { url, "budget.task=0.10", NULL };

		play_begin(&p, settings);
	}
	play_run(&p, "anthropic/claude-sonnet-4-5", "look everywhere");
	assert_string_equal(p.state, "failed");
	assert_int_equal(p.exit, 4);
	assert_true(p.cost <= 0.10);
	assert_true(p.cost > 0.05);
	assert_int_equal(ms_count(s), p.requests);
	play_end(&p);
	ms_stop(s);
}

static void
task__handle__a_cut_result_can_be_read_again(void **state)
{
	struct ms_reply r[4];
	struct model_server *s;
	autofree char *url = NULL, *body = NULL, *last = NULL, *big = xmalloc(60001), *seq = NULL;
	const char *at;
	struct play p;

	(void)state;
	for (size_t i = 0; i < 60000; i++)
		big[i] = i % 80 == 79 ? '\n' : (char)('a' + i / 4000);
	big[60000] = '\0';
	r[0] = (struct ms_reply){ .body = ms_call(LLM_OPENAI_CHAT, "read", "{\"path\":\"big.txt\",\"limit\":2000}") };
	r[1] = (struct ms_reply){ .body = ms_text(LLM_OPENAI_CHAT, "read it") };
	s = ms_start(r, 2);
	url = play_url("box", s);
	{
		const char *const settings[] = { "provider.box.kind=openai-chat", url, NULL };

		play_begin(&p, settings);
	}
	agent_world_write(&p.w, "big.txt", big);
	play_run(&p, "box/m", "read big.txt");
	body = ms_body(s, 1);
	at = strstr(body, "left out; recall {");
	assert_non_null(at);
	at = strchr(at, '#');
	seq = xstrndup(at + 1, strspn(at + 1, "0123456789"));
	ms_stop(s);
	{
		autofree char *args = xasprintf("{\"text\":\"#%s 30000\"}", seq);

		r[2] = (struct ms_reply){ .body = ms_call(LLM_OPENAI_CHAT, "recall", args) };
		r[3] = (struct ms_reply){ .body = ms_text(LLM_OPENAI_CHAT, "seen") };
	}
	s = ms_start(r + 2, 2);
	free(url);
	url = play_url("box", s);
	assert_true(config_override(p.w.config, url, NULL));
	play_go_on(&p, "box/m", "more of it", 1);
	assert_string_equal(p.state, "done");
	last = ms_body(s, 1);
	assert_non_null(strstr(last, "hhhhhhhh")); /* byte 30,000 */
	play_end(&p);
	ms_stop(s);
}

/* A later task asks for seq of task 1 with these words; what the model was told, owned. */
static char *
recall_elsewhere(struct play *p, int64_t seq, const char *words)
{
	autofree char *args = xasprintf("{\"text\":\"#%lld\"}", (long long)seq);
	struct ms_reply r[2] = { { .body = ms_call(LLM_OPENAI_CHAT, "recall", args) },
		{ .body = ms_text(LLM_OPENAI_CHAT, "seen") } };
	struct model_server *s = ms_start(r, 2);
	autofree char *url = play_url("box", s);
	char *told;

	assert_true(config_override(p->w.config, url, NULL));
	play_run(p, "box/m", words);
	assert_string_equal(p->state, "done");
	told = ms_body(s, 1);
	ms_stop(s);
	return told;
}

static void
task__handle__reaches_another_task_only_when_the_person_names_it(void **state)
{
	struct ms_reply r[2] = { { .body = ms_call(LLM_OPENAI_CHAT, "read", "{\"path\":\"a.txt\"}") },
		{ .body = ms_text(LLM_OPENAI_CHAT, "read it") } };
	struct model_server *s = ms_start(r, 2);
	autofree char *url = play_url("box", s), *words = NULL, *near = NULL;
	autofree char *no = NULL, *close = NULL, *yes = NULL, *own = NULL;
	const char *const settings[] = { "provider.box.kind=openai-chat", url, NULL };
	const char *at;
	struct play p;
	int64_t seq;

	(void)state;
	play_begin(&p, settings);
	agent_world_write(&p.w, "a.txt", "seventeen shells");
	play_run(&p, "box/m", "read a.txt");
	at = strstr(buf_str(&p.lines), "\"kind\":\"call_done\"");
	while (at > buf_str(&p.lines) && at[-1] != '\n')
		at--;
	assert_int_equal(sscanf(at, "{\"seq\":%" SCNd64, &seq), 1);
	no = recall_elsewhere(&p, seq, "what did you read?");
	assert_null(strstr(no, "seventeen"));
	assert_non_null(strstr(no, "there is no text"));
	near = xasprintf("show me #%lld1", (long long)seq);
	close = recall_elsewhere(&p, seq, near);
	assert_null(strstr(close, "seventeen"));
	words = xasprintf("show me #%lld again", (long long)seq);
	yes = recall_elsewhere(&p, seq, words);
	assert_non_null(strstr(yes, "seventeen shells"));
	assert_non_null(strstr(buf_str(&p.lines), "\"kind\":\"taint\""));
	/* What went to the provider is nobody's text. */
	at = strstr(buf_str(&p.lines), "\"kind\":\"model_request\"");
	while (at > buf_str(&p.lines) && at[-1] != '\n')
		at--;
	assert_int_equal(sscanf(at, "{\"seq\":%" SCNd64, &seq), 1);
	free(words);
	words = xasprintf("show me #%lld", (long long)seq);
	own = recall_elsewhere(&p, seq, words);
	assert_non_null(strstr(own, "there is no text"));
	play_end(&p);
	ms_stop(s);
}

/* Twenty calls: what is new in each request is what the tools said and little more. */
static void
task__thrift__only_what_is_new_is_paid_in_full(void **state)
{
	struct ms_reply r[21];
	struct model_server *s;
	autofree char *url = NULL;
	size_t fresh = 0;
	struct play p;

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		autofree char *args = xasprintf("{\"path\":\"d%zu\"}", i);

		r[i] = (struct ms_reply){ .body = ms_call(LLM_OPENAI_CHAT, "list", args) };
	}
	r[20] = (struct ms_reply){ .body = ms_text(LLM_OPENAI_CHAT, "done") };
	s = ms_start(r, 21);
	url = play_url("box", s);
	{
		const char *const settings[] = { "provider.box.kind=openai-chat", url, NULL };

		play_begin(&p, settings);
	}
	play_run(&p, "box/m", "look into all of them");
	assert_string_equal(p.state, "done");
	assert_int_equal(ms_count(s), 21);
	for (size_t i = 1; i < 21; i++) {
		autofree char *before = ms_body(s, i - 1), *now = ms_body(s, i);
		size_t same = 0;

		while (before[same] && before[same] == now[same])
			same++;
		fresh += strlen(now) - same;
	}
	assert_true(fresh <= 30 * 1024 + p.results.len);
	play_end(&p);
	ms_stop(s);
}

/* A server that sends signs of life for ever, then one that answers: begun with 1.5 s to work. */
static struct model_server *
begin_endless(struct play *p, bool interactive)
{
	struct ms_reply r[] = { { .fault = MS_DRIP }, { .body = ms_text(LLM_OPENAI_CHAT, "at last") } };
	struct submit sub = { .text = "go", .engine = "model", .model = "box/m" };
	struct buf life = BUF_INIT(1000);
	autofree char *url = NULL;
	struct model_server *s;
	struct err err = { 0 };

	while (life.len < 600)
		buf_add_char(&life, '\n');
	r[0].body = buf_steal(&life);
	s = ms_start(r, 2);
	url = play_url("box", s);
	{
		const char *const settings[] = { "provider.box.kind=openai-chat", url,
			"net.silence_timeout=1", NULL };

		play_begin(p, settings);
	}
	p->w.agent->interactive = interactive;
	sub.cwd = p->w.home;
	assert_true(agent_submit(p->w.agent, &sub, play_started, p, &err));
	p->w.agent->task->brakes.max_work_ms = 1500;
	return s;
}

static void
task__brake__time_is_up_in_the_middle_of_a_reply(void **state)
{
	struct play p;
	struct model_server *s = begin_endless(&p, false);

	(void)state;
	while (!p.over)
		uv_run(&p.w.loop, UV_RUN_ONCE);
	assert_string_equal(p.state, "failed");
	assert_int_equal(p.exit, 4);
	assert_int_equal(ms_count(s), 1);
	play_end(&p);
	ms_stop(s);
}

static void
task__brake__time_that_is_up_asks_and_goes_on(void **state)
{
	struct play p;
	struct model_server *s = begin_endless(&p, true);
	struct decision_opts yes = { .decision = DECIDE_TAKE };
	struct task *t = p.w.agent->task;
	struct err err = { 0 };

	(void)state;
	while (!p.over && t->phase != TASK_WAITING)
		uv_run(&p.w.loop, UV_RUN_ONCE);
	assert_int_equal(t->pending.kind, PEND_BRAKE);
	if (!agent_decide(p.w.agent, t->n, t->pending.approval, &yes, &err))
		fail_msg("%s", err.text);
	while (!p.over)
		uv_run(&p.w.loop, UV_RUN_ONCE);
	assert_string_equal(p.state, "done");
	assert_string_equal(buf_str(&p.texts), "at last");
	play_end(&p);
	ms_stop(s);
}

/* The disk is full in the middle of a reply: the engine falls silent before its task goes. */
static void
task__full_disk__ends_a_reply_on_its_way(void **state)
{
	struct ms_reply r = { .fault = MS_STALL,
		.body = xstrdup("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half\"}}]}\n\n") };
	struct model_server *s = ms_start(&r, 1);
	autofree char *url = play_url("box", s);
	const char *const settings[] = { "provider.box.kind=openai-chat", url, NULL };
	struct submit sub = { .text = "go", .engine = "model", .model = "box/m" };
	struct rlimit was, none;
	struct err err = { 0 };
	struct play p;

	(void)state;
	play_begin(&p, settings);
	sub.cwd = p.w.home;
	assert_true(agent_submit(p.w.agent, &sub, play_started, &p, &err));
	while (!p.texts.len)
		uv_run(&p.w.loop, UV_RUN_ONCE);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	none = was;
	none.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_true(agent_steer(p.w.agent, "more", &err));
	while (agent_busy(p.w.agent))
		uv_run(&p.w.loop, UV_RUN_ONCE);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_true(p.notices.len > 0);
	play_end(&p);
	ms_stop(s);
}

static void
agent__warm__is_over_by_itself(void **state)
{
	struct ms_reply r = { .body = ms_text(LLM_OPENAI_CHAT, "hello") };
	struct model_server *s = ms_start(&r, 1);
	autofree char *url = play_url("box", s);
	const char *const settings[] = { "provider.box.kind=openai-chat", url, "model.default=box/m", NULL };
	struct play p;

	(void)state;
	play_begin(&p, settings);
	agent_warm(p.w.agent);
	agent_warm(p.w.agent);
	assert_int_equal(uv_run(&p.w.loop, UV_RUN_DEFAULT), 0); /* nothing is left to wait for */
	assert_int_equal(ms_connections(s), 0);
	play_run(&p, NULL, "what is in this folder?");
	assert_string_equal(buf_str(&p.texts), "hello");
	play_end(&p);
	/* Leaving in the middle of it. */
	play_begin(&p, settings);
	agent_warm(p.w.agent);
	play_end(&p);
	ms_stop(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(task__first_request__is_small_in_every_dialect),
		cmocka_unit_test(task__brake__the_third_identical_call_stops_it),
		cmocka_unit_test(task__budget__without_a_price_says_that_it_cannot_be_kept),
		cmocka_unit_test(task__brake__calls_that_alternate_are_stopped_too),
		cmocka_unit_test(task__failed_on_one_model__is_finished_on_another),
		cmocka_unit_test(task__budget__ten_cents_stop_at_ten_cents),
		cmocka_unit_test(task__handle__a_cut_result_can_be_read_again),
		cmocka_unit_test(task__handle__reaches_another_task_only_when_the_person_names_it),
		cmocka_unit_test(task__thrift__only_what_is_new_is_paid_in_full),
		cmocka_unit_test(task__brake__time_is_up_in_the_middle_of_a_reply),
		cmocka_unit_test(task__brake__time_that_is_up_asks_and_goes_on),
		cmocka_unit_test(task__full_disk__ends_a_reply_on_its_way),
		cmocka_unit_test(agent__warm__is_over_by_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
