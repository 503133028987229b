/* openai-chat: one small own body for each way in which servers differ. */
#include "tests/support/test.h"
#include "tests/support/llm_test.h"
#include "agent/base/json.h"

#define CHAT(body) autojson cJSON *r = llm_test_decode(LLM_OPENAI_CHAT, (body))
#define DELTA(inside) "data: {\"choices\":[{\"index\":0,\"delta\":{" inside "}}]}\n\n"
#define STOP(word) "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" word "\"}]}\n\n"
#define DONE "data: [DONE]\n\n"

static void
chat__text__choices_absent_empty_or_null(void **state UNUSED)
{
	CHAT("data: {\"id\":\"\",\"model\":\"\",\"choices\":[],\"prompt_filter_results\":[]}\n\n"
	     "data: {\"id\":\"a\",\"model\":\"m\",\"choices\":null}\n\n"
	     "data: {\"id\":\"a\"}\n\n" DELTA("\"role\":\"assistant\",\"content\":\"\"")
	     DELTA("\"content\":\"h\\u00e9\"") DELTA("\"content\":null") DELTA("\"content\":\"llo\"")
	     STOP("stop") "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n" DONE);

	assert_json(r, "text", "\"h\u00e9llo\"");
	assert_json(r, "stop_reason_norm", "\"stop\"");
	assert_json(r, "id", "\"a\"");
	assert_json(r, "model", "\"m\"");
	assert_json(r, "usage", "{\"input\":3,\"output\":2,\"cache_read\":null,\"cache_write\":null,\"reasoning\":null}");
	assert_json(r, "replay", "{\"role\":\"assistant\",\"content\":\"h\u00e9llo\"}");
	assert_json(r, "error", "null");
}

static void
chat__text__only_choice_0(void **state UNUSED)
{
	CHAT("data: {\"choices\":[{\"index\":1,\"delta\":{\"content\":\"B\"}},{\"index\":0,\"delta\":{\"content\":\"A\"}}]}\n\n"
	     "data: {\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n" STOP("stop"));

	assert_json(r, "text", "\"A\"");
	assert_json(r, "stop_reason", "\"stop\"");
}

static void
chat__end__without_done_or_reason(void **state UNUSED)
{
	struct llm_turn t;
	CHAT(DELTA("\"content\":\"cut\""));

	assert_json(r, "stop_reason", "null");
	assert_json(r, "text", "\"cut\"");
	llm_test_turn(LLM_OPENAI_CHAT, DELTA("\"content\":\"cut\""), 0, &t);
	assert_true(llm_turn_incomplete(&t));
	llm_turn_finish(&t);
}

#define TOOL(index, rest) DELTA("\"tool_calls\":[{" index rest "}]")

static void
chat__calls__by_index(void **state UNUSED)
{
	CHAT(TOOL("\"index\":0,", "\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}")
	     TOOL("\"index\":1,", "\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"g\",\"arguments\":\"{\\\"y\\\"\"}")
	     TOOL("\"index\":0,", "\"function\":{\"arguments\":\"{\\\"x\\\":1}\"}")
	     TOOL("\"index\":1,", "\"id\":\"\",\"function\":{\"name\":\"\",\"arguments\":\":2}\"}")
	     STOP("tool_calls"));

	assert_json(r, "tool_calls",
		"[{\"id\":\"a\",\"name\":\"f\",\"arguments\":{\"x\":1},\"arguments_raw\":\"{\\\"x\\\":1}\"},"
		"{\"id\":\"b\",\"name\":\"g\",\"arguments\":{\"y\":2},\"arguments_raw\":\"{\\\"y\\\":2}\"}]");
	assert_json(r, "replay.content", "null");
	assert_json(r, "replay.tool_calls.1.function", "{\"name\":\"g\",\"arguments\":\"{\\\"y\\\":2}\"}");
}

static void
chat__calls__repeated_names_and_ids_are_not_joined(void **state UNUSED)
{
	CHAT(TOOL("\"index\":0,", "\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}")
	     TOOL("\"index\":0,", "\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"}\"}")
	     TOOL("\"index\":0,", "\"id\":null,\"function\":{\"name\":null,\"arguments\":null}")
	     STOP("tool_calls"));

	assert_json(r, "tool_calls", "[{\"id\":\"a\",\"name\":\"f\",\"arguments\":{},\"arguments_raw\":\"{}\"}]");
}

static void
chat__calls__without_index(void **state UNUSED)
{
	CHAT(DELTA("\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},"
		   "{\"id\":\"b\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"q\\\":1}\"}}]")
	     DELTA("\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"g\",\"arguments\":{\"o\":[1]}}}]")
	     STOP("stop"));

	assert_int_equal(cJSON_GetArraySize(json_get(r, "tool_calls")), 3);
	assert_json(r, "tool_calls.1.arguments", "{\"q\":1}");
	assert_json(r, "tool_calls.2.arguments", "{\"o\":[1]}");
	assert_json(r, "stop_reason_norm", "\"stop\"");
}

/* Neither ids nor numbers, and no arguments: another name is another call. */
static void
chat__calls__told_apart_by_name_alone(void **state UNUSED)
{
	CHAT(DELTA("\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]")
	     DELTA("\"tool_calls\":[{\"function\":{\"name\":\"g\",\"arguments\":\"{\\\"a\\\":\"}}]")
	     DELTA("\"tool_calls\":[{\"function\":{\"arguments\":\"1}\"}}]") STOP("tool_calls"));

	assert_json(r, "tool_calls",
		"[{\"id\":null,\"name\":\"f\",\"arguments\":{},\"arguments_raw\":\"\"},"
		"{\"id\":null,\"name\":\"g\",\"arguments\":{\"a\":1},\"arguments_raw\":\"{\\\"a\\\":1}\"}]");
}

static void
chat__calls__all_numbered_0(void **state UNUSED)
{
	CHAT(TOOL("\"index\":0,", "\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}")
	     TOOL("\"index\":0,", "\"id\":\"b\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}")
	     STOP("tool_calls"));

	assert_int_equal(cJSON_GetArraySize(json_get(r, "tool_calls")), 2);
	assert_json(r, "tool_calls.1.id", "\"b\"");
}

static void
chat__calls__no_arguments_are_an_empty_object(void **state UNUSED)
{
	CHAT(TOOL("\"index\":0,", "\"id\":\"a\",\"function\":{\"name\":\"f\"}")
	     TOOL("\"index\":1,", "\"id\":\"b\",\"function\":{\"name\":\"f\",\"arguments\":\" \\n\"}")
	     STOP("tool_calls"));

	assert_json(r, "tool_calls.0.arguments", "{}");
	assert_json(r, "tool_calls.0.arguments_raw", "\"\"");
	assert_json(r, "tool_calls.1.arguments", "{}");
}

static void
chat__calls__incomplete_arguments_are_null(void **state UNUSED)
{
	struct llm_turn t;
	const char *body = TOOL("\"index\":0,",
		"\"id\":\"a\",\"function\":{\"name\":\"write\",\"arguments\":\"{\\\"path\\\":\\\"/etc/x\"}")
		STOP("length");
	CHAT(body);

	assert_json(r, "tool_calls.0.arguments", "null");
	assert_json(r, "tool_calls.0.arguments_raw", "\"{\\\"path\\\":\\\"/etc/x\"");
	llm_test_turn(LLM_OPENAI_CHAT, body, 0, &t);
	assert_false(llm_turn_has_calls(&t));
	llm_turn_finish(&t);
}

static void
chat__calls__control_bytes_in_arguments_are_no_json(void **state UNUSED)
{
	CHAT(TOOL("\"index\":0,", "\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\\\"x\\ny\\\"}\"}")
	     STOP("tool_calls"));

	assert_json(r, "tool_calls.0.arguments", "null");
}

static void
chat__calls__signature_of_google_stays_with_its_call(void **state UNUSED)
{
	CHAT(DELTA("\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]")
	     DELTA("\"tool_calls\":[{\"extra_content\":{\"google\":{\"thought_signature\":\"S+/=\"}}}]")
	     STOP("stop"));

	assert_json(r, "tool_calls.0.thought_signature", "\"S+/=\"");
	assert_json(r, "replay.tool_calls.0.extra_content", "{\"google\":{\"thought_signature\":\"S+/=\"}}");
}

static void
chat__reasoning__one_of_two_fields(void **state UNUSED)
{
	CHAT(DELTA("\"reasoning\":\"th\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"th\",\"index\":0}]")
	     DELTA("\"reasoning\":\"ink\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"ink\",\"index\":0}]")
	     DELTA("\"reasoning_details\":[{\"type\":\"reasoning.text\",\"signature\":\"sig==\",\"index\":0},"
		   "{\"type\":\"reasoning.encrypted\",\"data\":\"D\\/1\",\"index\":0}]")
	     DELTA("\"content\":\"x\"") STOP("stop"));

	assert_json(r, "reasoning", "\"think\"");
	assert_json(r, "replay.reasoning_details",
		"[{\"type\":\"reasoning.text\",\"text\":\"think\",\"index\":0,\"signature\":\"sig==\"},"
		"{\"type\":\"reasoning.encrypted\",\"data\":\"D/1\",\"index\":0}]");
}

static void
chat__reasoning__opaque_state_is_not_printed_anew(void **state UNUSED)
{
	struct llm_turn t;

	llm_test_turn(LLM_OPENAI_CHAT,
		DELTA("\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"a\\/b\\u002b\",\"index\":0}]")
		STOP("stop"), 0, &t);
	assert_non_null(strstr(buf_str(&t.replay), "\"data\":\"a\\/b\\u002b\""));
	llm_turn_finish(&t);
}

static void
chat__reasoning__name_is_kept(void **state UNUSED)
{
	CHAT(DELTA("\"reasoning_content\":\"a\",\"reasoning\":\"a\",\"content\":null")
	     DELTA("\"content\":\"b\"") STOP("stop"));

	assert_json(r, "reasoning", "\"a\"");
	assert_json(r, "replay", "{\"role\":\"assistant\",\"content\":\"b\",\"reasoning_content\":\"a\"}");
}

static void
chat__content__array_of_parts(void **state UNUSED)
{
	CHAT(DELTA("\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"hm\"}]}]")
	     DELTA("\"content\":[{\"type\":\"text\",\"text\":\"4\"}]") DELTA("\"content\":\"2\"")
	     STOP("stop"));

	assert_json(r, "text", "\"42\"");
	assert_json(r, "reasoning", "\"hm\"");
	assert_json(r, "replay.content.0.thinking.0.text", "\"hm\"");
}

static void
chat__think_tags__stay_in_text_and_split_on_demand(void **state UNUSED)
{
	struct slice think, rest;
	CHAT(DELTA("\"content\":\"<think>a</th\"") DELTA("\"content\":\"ink>b\"") STOP("stop"));

	assert_json(r, "text", "\"<think>a</think>b\"");
	assert_json(r, "reasoning", "\"\"");
	assert_true(llm_think_split(slice_of(" <think>a</think>b"), &think, &rest));
	assert_true(slice_eq_str(think, "a") && slice_eq_str(rest, "b"));
	assert_true(llm_think_split(slice_of("<think>open"), &think, &rest));
	assert_true(slice_eq_str(think, "open") && rest.n == 0);
	assert_false(llm_think_split(slice_of("x <think>a</think>"), &think, &rest));
	assert_int_equal(rest.n, 18);
}

static void
chat__refusal__is_not_text(void **state UNUSED)
{
	CHAT(DELTA("\"content\":null,\"refusal\":\"I \"") DELTA("\"refusal\":\"won't\"") STOP("stop"));

	assert_json(r, "text", "\"\"");
	assert_json(r, "refusal", "\"I won't\"");
}

static void
chat__usage__wherever_it_stands(void **state UNUSED)
{
	CHAT("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\","
	     "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1,\"cached_tokens\":4}}]}\n\n" DONE);
	autojson cJSON *g = llm_test_decode(LLM_OPENAI_CHAT,
		DELTA("\"content\":\"a\"") "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],"
		"\"x_groq\":{\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":6}}}\n\n");
	autojson cJSON *d = llm_test_decode(LLM_OPENAI_CHAT,
		"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n"
		"data: {\"choices\":[],\"usage\":null}\n\n"
		"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2,"
		"\"prompt_cache_hit_tokens\":6,\"prompt_cache_miss_tokens\":1,"
		"\"completion_tokens_details\":{\"reasoning_tokens\":2}}}\n\n");
	autojson cJSON *m = llm_test_decode(LLM_OPENAI_CHAT,
		"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"num_cached_tokens\":3}}\n\n");

	assert_json(r, "usage.cache_read", "4");
	assert_json(g, "usage.output", "6");
	assert_json(d, "usage", "{\"input\":7,\"output\":2,\"cache_read\":6,\"cache_write\":null,\"reasoning\":2}");
	assert_json(m, "usage.cache_read", "3");
}

static void
chat__error__inside_200(void **state UNUSED)
{
	CHAT(": OPENROUTER PROCESSING\n\n" DELTA("\"content\":\"par\"")
	     "data: {\"id\":\"g\",\"error\":{\"code\":502,\"message\":\"upstream died\"},"
	     "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\"},\"finish_reason\":null}]}\n\n" DONE);
	autojson cJSON *e = llm_test_decode(LLM_OPENAI_CHAT,
		"event: error\ndata: {\"error\":{\"message\":\"m\",\"type\":\"t\",\"code\":\"tool_use_failed\"}}\n\n");
	autojson cJSON *v = llm_test_decode(LLM_OPENAI_CHAT,
		"data: {\"object\":\"error\",\"message\":\"boom\",\"type\":\"BadRequestError\",\"code\":400}\n\n");
	autojson cJSON *x = llm_test_decode(LLM_OPENAI_CHAT,
		"{\"id\":\"1\",\"choices\":null,\"base_resp\":{\"status_code\":1002,\"status_msg\":\"slow down\"}}");
	struct llm_turn t;

	assert_json(r, "error", "{\"type\":null,\"code\":502,\"message\":\"upstream died\"}");
	assert_json(r, "text", "\"par\"");
	assert_json(e, "error.code", "\"tool_use_failed\"");
	assert_json(v, "error", "{\"type\":\"BadRequestError\",\"code\":400,\"message\":\"boom\"}");
	assert_json(x, "error.message", "\"slow down\"");
	llm_test_turn(LLM_OPENAI_CHAT, "data: {\"error\":{\"code\":429,\"message\":\"x\"}}\n\n", 0, &t);
	assert_int_equal(t.error.kind, LLM_ERR_RATE_LIMIT);
	assert_true(t.error.retryable);
	llm_turn_finish(&t);
}

static void
chat__whole__a_reply_that_was_not_streamed(void **state UNUSED)
{
	CHAT("\n\n{\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
	     "\"content\":\"hi\",\"reasoning\":\"r\",\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\","
	     "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}},{\"id\":\"b\",\"type\":\"function\","
	     "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}],"
	     "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n");

	assert_json(r, "text", "\"hi\"");
	assert_json(r, "reasoning", "\"r\"");
	assert_int_equal(cJSON_GetArraySize(json_get(r, "tool_calls")), 2);
	assert_json(r, "usage.output", "2");
}

static void
chat__bytes__that_are_not_utf8(void **state UNUSED)
{
	struct llm_turn t;

	llm_test_turn(LLM_OPENAI_CHAT,
		"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\xff\xc3(\\ud83d b\\u0000c\"}}]}\n\n", 0, &t);
	assert_string_equal(buf_str(&t.text),
		"a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd b\xef\xbf\xbd" "c");
	llm_turn_finish(&t);
}

static void
chat__bytes__surrogate_pairs_split_between_chunks(void **state UNUSED)
{
	CHAT(DELTA("\"content\":\"a\\ud83d\"") DELTA("\"content\":\"\\ude00b\\\\ud83d\"")
	     DELTA("\"content\":\"\\ud83d\"") DELTA("\"content\":\"c\"")
	     TOOL("\"index\":0,", "\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"k\\\":\\\"\\uD83D\"}")
	     TOOL("\"index\":0,", "\"function\":{\"arguments\":\"\\uDE00\\\"}\"}") STOP("stop"));

	assert_json(r, "text", "\"a\U0001f600b\\\\ud83d\ufffdc\"");
	assert_json(r, "tool_calls.0.arguments.k", "\"\U0001f600\"");
}

static void
chat__bytes__raw_controls_inside_strings(void **state UNUSED)
{
	CHAT("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\tb\\\"\",\"x\":\"\\\\\"}}]}\n\n"
	     "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"c\ndata: d\"},\"finish_reason\":\"stop\"}]}\n\n");

	assert_json(r, "text", "\"a\\tb\\\"c\\nd\"");
	assert_json(r, "stop_reason", "\"stop\"");
}

struct log {
	char text[4096];
};

static void
on_delta(void *user, const struct llm_delta *d)
{
	static const char *const names[] = { "t", "r", "R", "b", "a", "e", "s", "u", "S", "E" };
	struct log *l = user;
	size_t n = strlen(l->text);

	snprintf(l->text + n, sizeof(l->text) - n, "%s(%.*s)", names[d->kind], SLICE_FMT(d->text));
}

static void
chat__deltas__as_they_come(void **state UNUSED)
{
	static const char body[] = DELTA("\"content\":\" \\n<thi\"") DELTA("\"content\":\"nk>deep<\"")
		DELTA("\"content\":\"/think>shown\"")
		TOOL("\"index\":0,", "\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}")
		TOOL("\"index\":0,", "\"function\":{\"arguments\":\"}\"}") STOP("tool_calls");
	struct log l = { "" };
	struct llm_stream *s = llm_stream_create(&(struct llm_stream_opts){
		.kind = LLM_OPENAI_CHAT, .delta = on_delta, .user = &l, .split_think = true });
	struct llm_turn t;

	llm_stream_feed(s, slice_of(body));
	llm_stream_finish(s, &t);
	llm_stream_destroy(s);
	assert_string_equal(l.text, "r(deep)t(shown)b()a({)a(})S()e()");
	assert_string_equal(buf_str(&t.text), " \n<think>deep</think>shown");
	llm_turn_finish(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chat__text__choices_absent_empty_or_null),
		cmocka_unit_test(chat__text__only_choice_0),
		cmocka_unit_test(chat__end__without_done_or_reason),
		cmocka_unit_test(chat__calls__by_index),
		cmocka_unit_test(chat__calls__repeated_names_and_ids_are_not_joined),
		cmocka_unit_test(chat__calls__without_index),
		cmocka_unit_test(chat__calls__told_apart_by_name_alone),
		cmocka_unit_test(chat__calls__all_numbered_0),
		cmocka_unit_test(chat__calls__no_arguments_are_an_empty_object),
		cmocka_unit_test(chat__calls__incomplete_arguments_are_null),
		cmocka_unit_test(chat__calls__control_bytes_in_arguments_are_no_json),
		cmocka_unit_test(chat__calls__signature_of_google_stays_with_its_call),
		cmocka_unit_test(chat__reasoning__one_of_two_fields),
		cmocka_unit_test(chat__reasoning__opaque_state_is_not_printed_anew),
		cmocka_unit_test(chat__reasoning__name_is_kept),
		cmocka_unit_test(chat__content__array_of_parts),
		cmocka_unit_test(chat__think_tags__stay_in_text_and_split_on_demand),
		cmocka_unit_test(chat__refusal__is_not_text),
		cmocka_unit_test(chat__usage__wherever_it_stands),
		cmocka_unit_test(chat__error__inside_200),
		cmocka_unit_test(chat__whole__a_reply_that_was_not_streamed),
		cmocka_unit_test(chat__bytes__that_are_not_utf8),
		cmocka_unit_test(chat__bytes__surrogate_pairs_split_between_chunks),
		cmocka_unit_test(chat__bytes__raw_controls_inside_strings),
		cmocka_unit_test(chat__deltas__as_they_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
