/* The real program against a provider that means no good: a clear end, in time, in bounded memory,
 * nothing done twice. */
#include "agent/base/path.h"
#include "agent/base/utf8.h"
#include "tests/support/headless.h"

#ifdef __SANITIZE_ADDRESS__
#define PEAK_KB (600 << 10)
#else
#define PEAK_KB (64 << 10)
#endif

static struct journey j;

static int
begin(UNUSED void **state)
{
	journey_init(&j);
	return 0;
}

static int
finish(UNUSED void **state)
{
	journey_finish(&j);
	return 0;
}

/* Of the last state, for whoever reads the test's output. */
static const char *
last_reason(const struct headless *h)
{
	const char *last = "\n";

	for (const char *p = buf_str(&h->out); (p = strstr(p, "\"state\":\"")); p++)
		last = p;
	return last;
}

static void
ask(const struct model_server *s, struct headless *h, const char *option, const char *value)
{
	const char *const args[] = { "-c", "net.retries=1", "-c", "net.silence_timeout=1", "-c",
		"net.first_byte_timeout=1", "--approve", "all", "--json", option, value, "--", "do something", NULL };

	headless_run(&j, s, args, h);
	print_message("# exit %d, %.0f ms, peak %ld kB: %s", h->exit, h->ms, h->peak_kb, last_reason(h));
	assert_true(h->peak_kb < PEAK_KB);
	assert_true(utf8_valid(buf_str(&h->out), h->out.len));
}

static size_t
count(const struct headless *h, const char *words)
{
	size_t n = 0;

	for (const char *p = buf_str(&h->out); (p = strstr(p, words)); p += strlen(words))
		n++;
	return n;
}

/* One reply, exit 1, nothing was begun, the words are said. */
static void
fails(struct ms_reply r, const char *words, double within_ms)
{
	struct model_server *s = ms_start(&r, 1);
	struct headless h;

	ask(s, &h, "-c", "log.level=info");
	ms_stop(s);
	assert_int_equal(h.exit, 1);
	assert_true(h.ms < within_ms);
	headless_says(&h, words);
	headless_says(&h, "\"state\":\"failed\"");
	assert_int_equal(count(&h, "\"kind\":\"call_begun\""), 0);
	headless_finish(&h);
}

static void
run__nothing_is_sent__ends_in_time(UNUSED void **state)
{
	fails((struct ms_reply){ .fault = MS_SILENT }, "sent no reply in time", 4000);
}

static void
run__a_byte_now_and_then__ends_in_time(UNUSED void **state)
{
	fails((struct ms_reply){ .fault = MS_DRIP, .body = xstrdup("data: {\"choices\":") }, "fell silent", 8000);
}

static void
run__a_gigabyte_on_one_line__stops_at_the_limit(UNUSED void **state)
{
	struct ms_reply r = { .fault = MS_HUGE };
	struct model_server *s = ms_start(&r, 1);
	struct headless h;

	ask(s, &h, "-c", "net.retries=0");
	assert_int_equal(h.exit, 1);
	assert_true(ms_sent(s) < 128u << 20);
	headless_says(&h, "\"state\":\"failed\"");
	ms_stop(s);
	headless_finish(&h);
}

static char *
nested(const char *before, size_t depth, const char *after)
{
	struct buf b = BUF_INIT(1u << 20);

	buf_add_str(&b, before);
	for (size_t i = 0; i < depth; i++)
		buf_add_char(&b, '[');
	for (size_t i = 0; i < depth; i++)
		buf_add_char(&b, ']');
	buf_add_str(&b, after);
	return buf_steal(&b);
}

static void
run__ten_thousand_levels__are_no_reply(UNUSED void **state)
{
	fails((struct ms_reply){ .body = nested("data: {\"choices\":", 10000, "}\n\ndata: [DONE]\n\n") }, "",
		8000);
}

#define CALL(id, name, args)                                                                       \
	"data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":" id ",\"id\":\"c" id  \
	"\",\"type\":\"function\",\"function\":{\"name\":\"" name "\",\"arguments\":\"" args          \
	"\"}}]}}]}\n\n"
#define END_CALLS                                                                                  \
	"data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n"        \
	"data: [DONE]\n\n"

/* First these calls, then a text: done. */
static void
goes_on(char *calls, const char *more, struct headless *h)
{
	struct ms_reply r[] = { { .body = calls }, { .body = ms_text(LLM_OPENAI_CHAT, "that was all") } };
	struct model_server *s = ms_start(r, 2);
	autofree char *body = NULL;

	ask(s, h, "-c", "log.level=info");
	body = ms_body(s, 1);
	ms_stop(s);
	assert_int_equal(h->exit, 0);
	headless_says(h, "that was all");
	assert_non_null(body);
	if (!strstr(body, more))
		fail_msg("the model is not told \"%s\": %s", more, body);
}

static void
run__arguments_nested_without_end__are_not_run(UNUSED void **state)
{
	struct headless h;

	goes_on(nested("data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\","
		       "\"function\":{\"name\":\"list\",\"arguments\":\"{\\\"path\\\":",
			10000, "}\"}}]}}]}\n\n" END_CALLS), "", &h);
	assert_int_equal(count(&h, "\"kind\":\"call_begun\""), 0);
	headless_finish(&h);
}

static void
run__a_tool_never_offered__is_told_to_the_model(UNUSED void **state)
{
	struct headless h;

	goes_on(xstrdup(CALL("0", "launch", "{}") END_CALLS), "launch", &h);
	assert_int_equal(count(&h, "\"kind\":\"call_begun\""), 0);
	headless_finish(&h);
}

static void
run__text_that_is_not_utf8__is_mended(UNUSED void **state)
{
	struct ms_reply r = { .body = xstrdup("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"caf\xff\xe4\xb8 "
					     "fine\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n") };
	struct model_server *s = ms_start(&r, 1);
	struct headless h;

	ask(s, &h, "-c", "log.level=info");
	ms_stop(s);
	headless_says(&h, "fine");
	assert_int_equal(h.exit, 0);
	headless_finish(&h);
}

/* Ids are names the other side chose: the same for all, or with what a terminal would obey. */
static void
run__foreign_ids__are_only_names(UNUSED void **state)
{
	static const char call[] = "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":%d,\"id\":"
				   "\"../../x\\u001b[2J\",\"function\":{\"name\":\"write\",\"arguments\":"
				   "\"{\\\"path\\\":\\\"f%d\\\",\\\"content\\\":\\\"x\\\"}\"}}]}}]}\n\n";
	struct buf b = BUF_INIT(65536);
	struct headless h;

	buf_printf(&b, call, 0, 0);
	buf_printf(&b, call, 1, 1);
	buf_add_str(&b, END_CALLS);
	goes_on(buf_steal(&b), "tool_call_id", &h);
	assert_true(journey_has(&j, "f0"));
	assert_true(journey_has(&j, "f1"));
	assert_int_equal(count(&h, "\"kind\":\"commit_done\""), 2);
	assert_null(memchr(h.out.p, '\033', h.out.len));
	headless_finish(&h);
}

static void
run__ten_thousand_calls__are_refused(UNUSED void **state)
{
	struct buf b = BUF_INIT(8u << 20);

	for (int i = 0; i < 10000; i++)
		buf_printf(&b, "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":%d,\"id\":\"c%d\","
			       "\"function\":{\"name\":\"write\",\"arguments\":\"{\\\"path\\\":\\\"f%d\\\","
			       "\\\"content\\\":\\\"x\\\"}\"}}]}}]}\n\n", i, i, i);
	buf_add_str(&b, END_CALLS);
	fails((struct ms_reply){ .body = buf_steal(&b) }, "", 8000);
	assert_false(journey_has(&j, "f0"));
}

static void
run__a_redirect__is_not_followed(UNUSED void **state)
{
	struct ms_reply other = { .body = ms_text(LLM_OPENAI_CHAT, "caught") };
	struct model_server *s = ms_start(&other, 1);
	autofree char *headers = xasprintf("Location: http://127.0.0.2:%d/\r\n", ms_port(s));

	fails((struct ms_reply){ .status = 307, .headers = headers }, "127.0.0.2", 8000);
	assert_int_equal(ms_connections(s), 0);
	ms_stop(s);
}

#define APPEND CALL("0", "shell", "{\\\"command\\\":\\\"echo once >> log\\\"}")

/* The whole call was there, but not the end of the reply: it is asked again, and done once. */
static void
run__a_cut_behind_a_call__does_it_once(UNUSED void **state)
{
	struct ms_reply r[] = { { .fault = MS_CUT, .body = xstrdup(APPEND) }, { .body = xstrdup(APPEND END_CALLS) },
		{ .body = ms_text(LLM_OPENAI_CHAT, "that was all") } };
	struct model_server *s = ms_start(r, 3);
	autofree char *path = path_join(j.home, "log"), *text = NULL;
	struct headless h;

	ask(s, &h, "-c", "log.level=info");
	assert_int_equal(ms_count(s), 3);
	ms_stop(s);
	assert_int_equal(h.exit, 0);
	assert_int_equal(count(&h, "\"kind\":\"call_begun\""), 1);
	text = test_slurp(path);
	assert_string_equal(text, "once\n");
	headless_finish(&h);
}

/* After an act nothing is asked again by itself: what was done is known, and the task can go on. */
static void
run__a_failure_behind_an_act__repeats_no_act(UNUSED void **state)
{
	struct ms_reply r[] = { { .body = xstrdup(APPEND END_CALLS) }, { .status = 400, .body = xstrdup("{}") } };
	struct model_server *s = ms_start(r, 2);
	autofree char *path = path_join(j.home, "log"), *text = NULL;
	struct headless h;

	ask(s, &h, "-c", "log.level=info");
	ms_stop(s);
	assert_int_equal(h.exit, 1);
	text = test_slurp(path);
	assert_string_equal(text, "once\n");
	headless_finish(&h);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, finish)
	static const struct CMUnitTest tests[] = {
		T(run__nothing_is_sent__ends_in_time),
		T(run__a_byte_now_and_then__ends_in_time),
		T(run__a_gigabyte_on_one_line__stops_at_the_limit),
		T(run__ten_thousand_levels__are_no_reply),
		T(run__arguments_nested_without_end__are_not_run),
		T(run__a_tool_never_offered__is_told_to_the_model),
		T(run__text_that_is_not_utf8__is_mended),
		T(run__foreign_ids__are_only_names),
		T(run__ten_thousand_calls__are_refused),
		T(run__a_redirect__is_not_followed),
		T(run__a_cut_behind_a_call__does_it_once),
		T(run__a_failure_behind_an_act__repeats_no_act),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
