/* Providers that misbehave: a clear end, bounded, nothing asked twice without need. */
#include "tests/support/model_env.h"
#include <sys/resource.h>

/* --- faults --- */

static void
model__fault__silence_ends_in_time(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .fault = MS_SILENT };
	struct model_server *s = ms_start(&r, 1);
	int64_t begun = clock_mono(&clock_system);

	env_point(e, "box", LLM_OPENAI_CHAT, s);
	env_set(e, "net.first_byte_timeout", "1");
	env_think(e, "box/m");
	assert_int_equal(e->how, ENGINE_FAILED);
	assert_true(clock_mono(&clock_system) - begun < 3000);
	assert_non_null(strstr(e->err.text, "127.0.0.1"));
	ms_stop(s);
}

static void
model__fault__drops_of_bytes_are_no_life(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .fault = MS_DRIP, .body = xstrdup("data: {\"aaaaaaaaaaaaaaaaaaaaaaaa") };
	struct model_server *s = ms_start(&r, 1);
	int64_t begun = clock_mono(&clock_system);

	env_point(e, "box", LLM_OPENAI_CHAT, s);
	env_set(e, "net.retries", "0");
	env_think(e, "box/m");
	assert_int_equal(e->how, ENGINE_FAILED);
	assert_true(clock_mono(&clock_system) - begun < 4000);
	ms_stop(s);
}

static void
model__fault__a_cut_before_any_text_is_asked_again(void **state)
{
	struct env *e = *state;
	struct ms_reply r[] = { { .fault = MS_CUT, .body = xstrdup(": hello\n\n") },
		{ .body = ms_text(LLM_ANTHROPIC, "here") } };
	struct model_server *s = ms_start(r, 2);

	e->hurry_on_retry = true;
	env_point(e, "box", LLM_ANTHROPIC, s);
	env_think(e, "box/m");
	assert_int_equal(e->how, ENGINE_DONE);
	assert_int_equal(e->retries, 1);
	assert_string_equal(buf_str(&e->text), "here");
	ms_stop(s);
}

static void
model__fault__a_cut_after_text_is_told_and_not_asked_again(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .fault = MS_CUT,
		.body = xstrdup("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half\"}}]}\n\n") };
	struct model_server *s = ms_start(&r, 1);

	env_point(e, "box", LLM_OPENAI_CHAT, s);
	env_think(e, "box/m");
	assert_int_equal(e->how, ENGINE_FAILED);
	assert_int_equal(ms_count(s), 1);
	assert_int_equal(e->n_turns, 0);
	assert_non_null(strstr(e->err.text, "nothing was done"));
	ms_stop(s);
}

static void
model__fault__one_endless_line_is_bounded(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .fault = MS_HUGE };
	struct model_server *s = ms_start(&r, 1);

	env_point(e, "box", LLM_OPENAI_CHAT, s);
	env_set(e, "net.retries", "0");
	env_think(e, "box/m");
	assert_int_equal(e->how, ENGINE_FAILED);
	assert_true(ms_sent(s) < (64u << 20));
	ms_stop(s);
}

static void
model__fault__a_redirect_is_refused_and_named(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .status = 307, .headers = "Location: https://evil.example/v1\r\n" };
	struct model_server *s = ms_start(&r, 1);

	env_point(e, "box", LLM_OPENAI_CHAT, s);
	env_think(e, "box/m");
	assert_int_equal(e->how, ENGINE_FAILED);
	assert_int_equal(ms_count(s), 1);
	assert_non_null(strstr(e->err.text, "evil.example"));
	ms_stop(s);
}

static void
model__fault__a_web_page_is_no_model(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .type = "text/html", .body = xstrdup("<html>sign in</html>") };
	struct model_server *s = ms_start(&r, 1);

	env_point(e, "box", LLM_OPENAI_CHAT, s);
	env_think(e, "box/m");
	assert_int_equal(e->how, ENGINE_FAILED);
	assert_non_null(strstr(e->err.text, "web page"));
	assert_int_equal(ms_count(s), 1);
	ms_stop(s);
}

static void
model__fault__429_waits_as_long_as_it_says(void **state)
{
	struct env *e = *state;
	struct ms_reply r[] = { { .status = 429, .type = "application/json",
					.headers = "retry-after: 2\r\n",
					.body = xstrdup("{\"error\":{\"message\":\"slow down\"}}") },
		{ .body = ms_text(LLM_OPENAI_CHAT, "now") } };
	struct model_server *s = ms_start(r, 2);

	e->hurry_on_retry = true; /* the person does not wait */
	env_point(e, "box", LLM_OPENAI_CHAT, s);
	env_think(e, "box/m");
	assert_int_equal(e->wait_ms, 2000);
	assert_int_equal(e->how, ENGINE_DONE);
	assert_int_equal(ms_count(s), 2);
	ms_stop(s);
}

static void
model__fault__529_goes_to_the_next_model_in_the_end(void **state)
{
	struct env *e = *state;
	struct ms_reply busy = { .status = 529, .type = "application/json",
		.body = xstrdup("{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
				"\"message\":\"Overloaded\"}}") };
	struct ms_reply fine = { .body = ms_text(LLM_OLLAMA, "from home") };
	struct model_server *a = ms_start(&busy, 1), *b = ms_start(&fine, 1);

	e->hurry_on_retry = true;
	env_point(e, "far", LLM_ANTHROPIC, a);
	env_point(e, "near", LLM_OLLAMA, b);
	strv_add(&e->fallback, "near/small");
	env_set(e, "net.retries", "1");
	env_think(e, "far/big");
	assert_int_equal(e->how, ENGINE_DONE);
	assert_string_equal(buf_str(&e->text), "from home");
	assert_string_equal(e->next_model, "near/small");
	assert_int_equal(ms_count(a), 2);
	ms_stop(a);
	ms_stop(b);
}

static void
model__fault__401_is_not_asked_again(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .status = 401, .type = "application/json",
		.body = xstrdup("{\"error\":{\"message\":\"Incorrect API key provided\"}}") };
	struct model_server *s = ms_start(&r, 1);

	env_point(e, "box", LLM_OPENAI_CHAT, s);
	env_think(e, "box/m");
	assert_int_equal(e->how, ENGINE_FAILED);
	assert_int_equal(ms_count(s), 1);
	ms_stop(s);
}

static void
model__fault__overflow_leaves_out_and_asks_once_more(void **state)
{
	struct env *e = *state;
	struct ms_reply r[] = { { .body = ms_call(LLM_ANTHROPIC, "look", "{\"path\":\"a\"}") },
		{ .status = 400, .type = "application/json",
			.body = xstrdup("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
					"\"message\":\"prompt is too long: 250000 tokens > 200000 maximum\"}}") },
		{ .body = ms_text(LLM_ANTHROPIC, "fits") } };
	struct model_server *s = ms_start(r, 3);
	autofree char *turn = NULL;
	struct engine_item items[9] = { { .kind = ITEM_REQUEST, .seq = 1, .text = SLICE_LIT("go") } };

	env_point(e, "box", LLM_ANTHROPIC, s);
	env_think(e, "box/m");
	turn = xstrdup(buf_str(&e->turns));
	for (int t = 1; t <= 4; t++) {
		items[2 * t - 1] = (struct engine_item){ .kind = ITEM_TURN, .seq = 10 * t, .turn = t,
			.engine = "model", .model = "box/m", .text = slice_of(turn) };
		items[2 * t] = (struct engine_item){ .kind = ITEM_RESULT, .seq = 10 * t + 1, .turn = t,
			.call = t, .id = "c1", .tool = "look",
			.text = SLICE_LIT("a long result, a long result, a long result, a long result, a "
					  "long result, a long result, a long result, a long result, a "
					  "long result, a long result, a long result, a long result, a "
					  "long result, a long result, a long result, a long result") };
	}
	env_set(e, "provider.box.context", "3000");
	env_think_items(e, "box/m", items, 9, 5);
	assert_int_equal(e->how, ENGINE_DONE);
	assert_string_equal(buf_str(&e->text), "fits");
	ms_stop(s);
}

static void
model__fault__nobody_there_is_said_at_once(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { 0 };
	struct model_server *s = ms_start(&r, 1);

	env_point(e, "box", LLM_OPENAI_CHAT, s);
	ms_stop(s);
	env_think(e, "box/m");
	assert_int_equal(e->how, ENGINE_FAILED);
	assert_int_equal(e->err.code, ERR_NET);
	assert_int_equal(e->retries, 0);
	assert_non_null(strstr(e->err.text, "127.0.0.1"));
}

static void
model__fault__a_connection_that_stays_open_is_not_waited_for(void **state)
{
	struct env *e = *state;
	struct ms_reply r = { .fault = MS_SLOW_END, .body = ms_text(LLM_ANTHROPIC, "all said") };
	struct model_server *s = ms_start(&r, 1);
	int64_t begun = clock_mono(&clock_system);

	env_point(e, "box", LLM_ANTHROPIC, s);
	env_set(e, "net.silence_timeout", "30");
	env_think(e, "box/m");
	assert_int_equal(e->how, ENGINE_DONE);
	assert_string_equal(buf_str(&e->text), "all said");
	assert_true(clock_mono(&clock_system) - begun < 4000);
	ms_stop(s);
}

/* Three turns with a server that closes what is kept, each answered, none of them a retry of the engine's. */
static void
three_turns(struct env *e, enum ms_fault fault)
{
	struct ms_reply r = { .fault = fault, .body = ms_text(LLM_OPENAI_CHAT, "here") };
	struct model_server *s = ms_start(&r, 1);

	env_point(e, "box", LLM_OPENAI_CHAT, s);
	for (size_t i = 1; i <= 3; i++) {
		env_think(e, "box/m");
		assert_int_equal(e->how, ENGINE_DONE);
		assert_int_equal(ms_count(s), i);
	}
	assert_int_equal(e->retries, 0);
	ms_stop(s);
}

static void
model__fault__a_connection_that_died_at_rest_is_opened_anew(void **state)
{
	three_turns(*state, MS_HANGUP);
}

/* While the request is on its way: it was not answered, so it is no failure of the model's. */
static void
model__fault__a_connection_that_dies_under_a_request_is_opened_anew(void **state)
{
	three_turns(*state, MS_HANGUP_LATE);
}

static void
model__memory__a_reply_of_50_mb_is_bounded(void **state)
{
	struct env *e = *state;
	struct buf b = BUF_INIT(60u << 20);
	struct ms_reply r = { 0 };
	struct model_server *s;
	struct rusage before, after;

	while (b.len < 50u << 20)
		buf_add_str(&b, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"0123456789"
				"012345678901234567890123456789012345678901234567890123456789\"}}]}\n\n");
	r.body = buf_steal(&b);
	s = ms_start(&r, 1);
	env_point(e, "box", LLM_OPENAI_CHAT, s);
	getrusage(RUSAGE_SELF, &before);
	env_think(e, "box/m");
	getrusage(RUSAGE_SELF, &after);
	assert_int_equal(e->how, ENGINE_FAILED);
#if !defined(__SANITIZE_ADDRESS__)
	/* The test itself keeps the text, at most 8 MB in a buffer that doubles. */
	assert_true(after.ru_maxrss - before.ru_maxrss < 60 * 1024);
#endif
	ms_stop(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		ENV_TEST(model__fault__silence_ends_in_time),
		ENV_TEST(model__fault__drops_of_bytes_are_no_life),
		ENV_TEST(model__fault__a_cut_before_any_text_is_asked_again),
		ENV_TEST(model__fault__a_cut_after_text_is_told_and_not_asked_again),
		ENV_TEST(model__fault__one_endless_line_is_bounded),
		ENV_TEST(model__fault__a_redirect_is_refused_and_named),
		ENV_TEST(model__fault__a_web_page_is_no_model),
		ENV_TEST(model__fault__429_waits_as_long_as_it_says),
		ENV_TEST(model__fault__529_goes_to_the_next_model_in_the_end),
		ENV_TEST(model__fault__401_is_not_asked_again),
		ENV_TEST(model__fault__overflow_leaves_out_and_asks_once_more),
		ENV_TEST(model__fault__nobody_there_is_said_at_once),
		ENV_TEST(model__fault__a_connection_that_stays_open_is_not_waited_for),
		ENV_TEST(model__fault__a_connection_that_died_at_rest_is_opened_anew),
		ENV_TEST(model__fault__a_connection_that_dies_under_a_request_is_opened_anew),
		ENV_TEST(model__memory__a_reply_of_50_mb_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
