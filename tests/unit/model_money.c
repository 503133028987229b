/* Thrift and money of whole tasks: stable prefixes, budgets of a day, servers that do not count. */
#include "tests/support/play.h"

#define TAIL 220 /* options behind the messages */

/* The bytes without the marks that move along with the newest messages. */
static char *
unmarked(const char *body)
{
	static const char mark[] = ",\"cache_control\":{\"type\":\"ephemeral\"}";
	char *out = xmalloc(strlen(body) + 1), *w = out;

	while (*body) {
		if (strncmp(body, mark, sizeof(mark) - 1) == 0) {
			body += sizeof(mark) - 1;
			continue;
		}
		*w++ = *body++;
	}
	*w = '\0';
	return out;
}

/* Four calls, a steer's worth of text among them; every request begins with the one before. */
static void
one_dialect(int k)
{
	struct ms_reply r[5];
	struct model_server *s;
	autofree char *url = NULL, *kind = xasprintf("provider.box.kind=%s", llm_kind_name(k));
	struct play p;

	for (int i = 0; i < 4; i++) {
		autofree char *args = xasprintf("{\"path\":\"d%d\"}", i);

		r[i] = (struct ms_reply){ .body = ms_call(k, "list", args) };
	}
	r[4] = (struct ms_reply){ .body = ms_text(k, "done") };
	s = ms_start(r, 5);
	url = play_url("box", s);
	{
		const char *const settings[] = { kind, url, NULL };

		play_begin(&p, settings);
	}
	play_run(&p, "box/m", "look into all of them");
	assert_string_equal(p.state, "done");
	assert_int_equal(ms_count(s), 5);
	for (size_t i = 1; i < 5; i++) {
		autofree char *a = ms_body(s, i - 1), *b = ms_body(s, i);
		autofree char *before = unmarked(a), *now = unmarked(b);
		size_t same = 0, n = strlen(before);

		while (before[same] && before[same] == now[same])
			same++;
		if (n - same > TAIL || strlen(now) <= n)
			fail_msg("%s: request %zu shares %zu of %zu bytes\n%s\n%s", llm_kind_name(k), i, same,
				n, before, now);
	}
	play_end(&p);
	ms_stop(s);
}

static void
thrift__every_request_begins_with_the_one_before(void **state)
{
	(void)state;
	for (int k = 0; k < LLM_KIND_COUNT; k++)
		one_dialect(k);
}

/* Replies that cost 3.15 cents each (10,000 tokens in at 3 dollars a million, 100 out at 15). */
static struct model_server *
dear(size_t n)
{
	struct ms_reply r[16];

	for (size_t i = 0; i < n; i++) {
		autofree char *args = xasprintf("{\"path\":\"d%zu\"}", i);

		r[i] = (struct ms_reply){ .body = ms_call(LLM_ANTHROPIC, "list", args) };
		memcpy(strstr(r[i].body, "\"input_tokens\":1000") + 15, "9990", 4);
	}
	return ms_start(r, n);
}

static void
money__budget_of_the_day__is_never_passed(void **state)
{
	struct model_server *s = dear(16);
	autofree char *url = play_url("anthropic", s);
	const char *const settings[] = { url, "budget.day=0.25", NULL };
	struct play p;
	size_t asked;

	(void)state;
	play_begin(&p, settings);
	play_run(&p, "anthropic/claude-sonnet-4-5", "look everywhere");
	assert_string_equal(p.state, "failed");
	assert_int_equal(p.exit, 4);
	assert_true(p.cost <= 0.25 && p.cost > 0.18);
	asked = ms_count(s);
	/* A new task knows nothing of what this server counts: it may begin while something is left
	 * of the day, and that is all. */
	for (int i = 0; i < 4; i++) {
		play_run(&p, "anthropic/claude-sonnet-4-5", "look again");
		assert_int_equal(p.exit, 4);
		assert_true(p.cost <= 0.25 + 0.0315);
	}
	assert_true(ms_count(s) <= asked + 2);
	play_end(&p);
	ms_stop(s);
}

#define DELTA(text) "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text "\"}}]}\n\n"

/* A server that counts nothing: the limit on tokens holds all the same. */
static void
money__server_without_usage__is_estimated(void **state)
{
	struct ms_reply r[8];
	struct model_server *s;
	autofree char *url = NULL;
	struct play p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(r); i++)
		r[i] = (struct ms_reply){ .body = xasprintf(
			"data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c%zu\",\"function\":"
			"{\"name\":\"list\",\"arguments\":\"{\\\"path\\\":\\\"d%zu\\\"}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n", i, i) };
	s = ms_start(r, ARRAY_LEN(r));
	url = play_url("box", s);
	{
		const char *const settings[] = { "provider.box.kind=openai-chat", url, "budget.task_tokens=3000", NULL };

		play_begin(&p, settings);
	}
	play_run(&p, "box/m", "look everywhere");
	assert_int_equal(p.exit, 4);
	assert_true(ms_count(s) >= 2 && ms_count(s) <= 4);
	assert_non_null(strstr(buf_str(&p.lines), "\"estimated\":true"));
	play_end(&p);
	ms_stop(s);
}

/* What a reply cost that was cut off is counted too: what the provider said, or an estimate. */
static void
money__reply_that_broke_off__is_counted(void **state)
{
	struct ms_reply r = { .body = xstrdup(DELTA("half a sentence of an answer")), .fault = MS_CUT };
	struct model_server *s = ms_start(&r, 1);
	autofree char *url = play_url("box", s);
	const char *const settings[] = { "provider.box.kind=openai-chat", url, NULL };
	const char *usage;
	struct play p;

	(void)state;
	play_begin(&p, settings);
	play_run(&p, "box/m", "say something");
	assert_string_equal(p.state, "failed");
	usage = strstr(buf_str(&p.lines), "\"kind\":\"usage\"");
	assert_non_null(usage);
	assert_non_null(strstr(usage, "\"output\":7,"));
	assert_non_null(strstr(usage, "\"estimated\":true"));
	play_end(&p);
	ms_stop(s);
}

static void
money__refused_request__costs_nothing(void **state)
{
	struct ms_reply r = { .status = 401, .type = "application/json",
		.body = xstrdup("{\"error\":{\"message\":\"no\"}}") };
	struct model_server *s = ms_start(&r, 1);
	autofree char *url = play_url("box", s);
	const char *const settings[] = { "provider.box.kind=openai-chat", url, NULL };
	struct play p;

	(void)state;
	play_begin(&p, settings);
	play_run(&p, "box/m", "say something");
	assert_string_equal(p.state, "failed");
	assert_null(strstr(buf_str(&p.lines), "\"kind\":\"usage\""));
	play_end(&p);
	ms_stop(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(thrift__every_request_begins_with_the_one_before),
		cmocka_unit_test(money__budget_of_the_day__is_never_passed),
		cmocka_unit_test(money__server_without_usage__is_estimated),
		cmocka_unit_test(money__reply_that_broke_off__is_counted),
		cmocka_unit_test(money__refused_request__costs_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
