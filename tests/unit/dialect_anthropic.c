/* anthropic: blocks, signatures, usage, ends. */
#include "tests/support/test.h"
#include "tests/support/llm_test.h"
#include "agent/base/json.h"

#define EV(json) "event: x\ndata: " json "\n\n"
#define START                                                                                      \
	EV("{\"type\":\"message_start\",\"message\":{\"id\":\"msg_1\",\"model\":\"m\",\"content\":[]," \
	   "\"usage\":{\"input_tokens\":10,\"output_tokens\":1,\"cache_read_input_tokens\":0}}}")
#define BLOCK(i, inside)                                                                           \
	EV("{\"type\":\"content_block_start\",\"index\":" #i ",\"content_block\":{" inside "}}")
#define DELTA(i, inside)                                                                           \
	EV("{\"type\":\"content_block_delta\",\"index\":" #i ",\"delta\":{" inside "}}")
#define STOP(i) EV("{\"type\":\"content_block_stop\",\"index\":" #i "}")
#define END(word)                                                                                  \
	EV("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" word "\"},\"usage\":{"      \
	   "\"input_tokens\":400,\"output_tokens\":9,\"output_tokens_details\":{\"thinking_tokens\":3}}}") \
	EV("{\"type\":\"message_stop\"}")
#define ANT(body) autojson cJSON *r = llm_test_decode(LLM_ANTHROPIC, (body))

static void
anthropic__blocks__kept_as_they_came(void **state UNUSED)
{
	ANT(START BLOCK(0, "\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"")
		DELTA(0, "\"type\":\"thinking_delta\",\"thinking\":\"h\\u006dm\"")
		EV("{\"type\":\"ping\"}") DELTA(0, "\"type\":\"signature_delta\",\"signature\":\"a\\/+=\"")
		STOP(0) BLOCK(1, "\"type\":\"redacted_thinking\",\"data\":\"opaque\"") STOP(1)
		BLOCK(2, "\"type\":\"text\",\"text\":\"\"") DELTA(2, "\"type\":\"text_delta\",\"text\":\"hi\"")
		STOP(2) END("end_turn"));
	struct llm_turn t;

	assert_json(r, "reasoning", "\"hmm\"");
	assert_json(r, "replay.content",
		"[{\"type\":\"thinking\",\"thinking\":\"hmm\",\"signature\":\"a/+=\"},"
		"{\"type\":\"redacted_thinking\",\"data\":\"opaque\"},{\"type\":\"text\",\"text\":\"hi\"}]");
	llm_test_turn(LLM_ANTHROPIC,
		BLOCK(0, "\"type\":\"thinking\",\"thinking\":\"\"")
		DELTA(0, "\"type\":\"signature_delta\",\"signature\":\"a\\/+=\""), 0, &t);
	assert_non_null(strstr(buf_str(&t.replay), "\"signature\":\"a\\/+=\""));
	llm_turn_finish(&t);
}

static void
anthropic__usage__later_counters_replace(void **state UNUSED)
{
	ANT(START END("end_turn"));

	assert_json(r, "usage", "{\"input\":400,\"output\":9,\"cache_read\":0,\"cache_write\":null,\"reasoning\":3}");
	assert_json(r, "stop_reason_norm", "\"stop\"");
}

static void
anthropic__calls__interleaved_and_without_input(void **state UNUSED)
{
	ANT(START BLOCK(0, "\"type\":\"tool_use\",\"id\":\"t0\",\"name\":\"f\",\"input\":{}")
		BLOCK(1, "\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"g\",\"input\":{}")
		DELTA(1, "\"type\":\"input_json_delta\",\"partial_json\":\"\"")
		DELTA(1, "\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\\\": \"")
		STOP(0) DELTA(1, "\"type\":\"input_json_delta\",\"partial_json\":\"[1]}\"") STOP(1)
		END("tool_use"));

	assert_json(r, "tool_calls.0", "{\"id\":\"t0\",\"name\":\"f\",\"arguments\":{},\"arguments_raw\":\"\"}");
	assert_json(r, "tool_calls.1.arguments", "{\"a\":[1]}");
	assert_json(r, "replay.content.1.input", "{\"a\":[1]}");
	assert_json(r, "stop_reason_norm", "\"tool_calls\"");
}

static void
anthropic__calls__whole_input_in_the_start(void **state UNUSED)
{
	ANT(START BLOCK(0, "\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{\"q\":1},\"caller\":{\"type\":\"x\"}")
		STOP(0) END("tool_use"));

	assert_json(r, "tool_calls.0", "{\"id\":\"t\",\"name\":\"f\",\"arguments\":{\"q\":1},\"arguments_raw\":\"\"}");
	assert_json(r, "replay.content.0.caller", "{\"type\":\"x\"}");
	assert_json(r, "replay.content.0.input", "{\"q\":1}");
}

static void
anthropic__calls__cut_by_max_tokens_never_run(void **state UNUSED)
{
	const char *body = START BLOCK(0, "\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"write\",\"input\":{}")
		DELTA(0, "\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"path\\\": \\\"a\\\", \\\"content\\\": \\\"half\"")
		END("max_tokens");
	ANT(body);
	struct llm_turn t;

	assert_json(r, "tool_calls.0.arguments", "null");
	assert_json(r, "replay.content.0.input", "null");
	llm_test_turn(LLM_ANTHROPIC, body, 0, &t);
	assert_false(llm_turn_has_calls(&t));
	llm_turn_finish(&t);
}

static void
anthropic__server_tools__apart_from_ours(void **state UNUSED)
{
	ANT(START BLOCK(0, "\"type\":\"server_tool_use\",\"id\":\"s\",\"name\":\"web_search\",\"input\":{}")
		DELTA(0, "\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"query\\\":\\\"x\\\"}\"") STOP(0)
		BLOCK(1, "\"type\":\"web_search_tool_result\",\"tool_use_id\":\"s\",\"content\":[{\"n\":1}]") STOP(1)
		BLOCK(2, "\"type\":\"never_seen\",\"foo\":[null]") STOP(2)
		BLOCK(3, "\"citations\":[],\"type\":\"text\",\"text\":\"\"")
		DELTA(3, "\"type\":\"citations_delta\",\"citation\":{\"u\":1}")
		DELTA(3, "\"type\":\"text_delta\",\"text\":\"y\"") DELTA(3, "\"type\":\"unknown_delta\"") STOP(3)
		END("pause_turn"));

	assert_json(r, "tool_calls", "[]");
	assert_json(r, "server_tool_calls",
		"[{\"id\":\"s\",\"name\":\"web_search\",\"arguments\":{\"query\":\"x\"},\"type\":\"server_tool_use\"}]");
	assert_json(r, "replay.content.1.content", "[{\"n\":1}]");
	assert_json(r, "replay.content.2", "{\"type\":\"never_seen\",\"foo\":[null]}");
	assert_json(r, "replay.content.3", "{\"type\":\"text\",\"text\":\"y\",\"citations\":[{\"u\":1}]}");
	assert_json(r, "stop_reason_norm", "\"pause\"");
}

static void
anthropic__end__refusal_with_details(void **state UNUSED)
{
	ANT(START EV("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\",\"stop_details\":"
		     "{\"type\":\"refusal\",\"category\":\"cyber\"}}}"));

	assert_json(r, "stop_reason_norm", "\"refusal\"");
	assert_json(r, "stop_details.category", "\"cyber\"");
}

static void
anthropic__start__repeated_by_a_proxy(void **state UNUSED)
{
	ANT(START BLOCK(0, "\"type\":\"text\",\"text\":\"a\"") START DELTA(0, "\"type\":\"text_delta\",\"text\":\"b\"")
		STOP(0) END("end_turn"));

	assert_json(r, "text", "\"ab\"");
	assert_json(r, "replay.content", "[{\"type\":\"text\",\"text\":\"ab\"}]");
}

static void
anthropic__block__compaction(void **state UNUSED)
{
	ANT(START BLOCK(0, "\"type\":\"compaction\",\"content\":null")
		DELTA(0, "\"type\":\"compaction_delta\",\"content\":\"sum\"")
		DELTA(0, "\"type\":\"compaction_delta\",\"content\":\"mary\"") STOP(0) END("end_turn"));

	assert_json(r, "replay.content", "[{\"type\":\"compaction\",\"content\":\"summary\"}]");
	assert_json(r, "text", "\"\"");
}

static void
anthropic__error__in_the_middle(void **state UNUSED)
{
	struct llm_turn t;

	llm_test_turn(LLM_ANTHROPIC, START BLOCK(0, "\"type\":\"text\",\"text\":\"a\"")
		"event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n",
		0, &t);
	assert_int_equal(t.error.kind, LLM_ERR_OVERLOADED);
	assert_true(t.error.retryable);
	assert_string_equal(t.error.type, "overloaded_error");
	llm_turn_finish(&t);
}

static void
anthropic__whole__not_streamed(void **state UNUSED)
{
	ANT("{\"type\":\"message\",\"id\":\"m\",\"model\":\"x\",\"role\":\"assistant\",\"content\":["
	    "{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{\"a\":1}}],"
	    "\"stop_reason\":\"tool_use\",\"usage\":{\"input_tokens\":1,\"output_tokens\":2}}");

	assert_json(r, "text", "\"a\"");
	assert_json(r, "tool_calls.0.arguments", "{\"a\":1}");
	assert_json(r, "stop_reason", "\"tool_use\"");
	assert_json(r, "usage.output", "2");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(anthropic__blocks__kept_as_they_came),
		cmocka_unit_test(anthropic__usage__later_counters_replace),
		cmocka_unit_test(anthropic__calls__interleaved_and_without_input),
		cmocka_unit_test(anthropic__calls__whole_input_in_the_start),
		cmocka_unit_test(anthropic__calls__cut_by_max_tokens_never_run),
		cmocka_unit_test(anthropic__server_tools__apart_from_ours),
		cmocka_unit_test(anthropic__end__refusal_with_details),
		cmocka_unit_test(anthropic__start__repeated_by_a_proxy),
		cmocka_unit_test(anthropic__block__compaction),
		cmocka_unit_test(anthropic__error__in_the_middle),
		cmocka_unit_test(anthropic__whole__not_streamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
