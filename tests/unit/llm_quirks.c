/* One small own body for each way in which a provider is different, by provider. */
#include "tests/support/test.h"
#include "tests/support/llm_test.h"
#include "agent/base/json.h"

#define CHAT(body) autojson cJSON *r = llm_test_decode(LLM_OPENAI_CHAT, (body))
#define DATA(json) "data: " json "\n\n"
#define DELTA(inside) DATA("{\"choices\":[{\"index\":0,\"delta\":{" inside "}}]}")
#define END(word) DATA("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" word "\"}]}")
#define CALL(rest) DELTA("\"tool_calls\":[{" rest "}]")

/* --- openai-chat and who imitates it --- */

static void
quirk__openrouter__error_in_the_choice(void **state UNUSED)
{
	struct llm_turn t;
	CHAT("{\"id\":\"g\",\"choices\":[{\"index\":0,\"finish_reason\":\"error\",\"message\":{\"content\":\"par\"},"
	     "\"error\":{\"code\":429,\"message\":\"upstream is busy; retry in 1.5s\"}}]}");

	assert_json(r, "text", "\"par\"");
	assert_json(r, "error", "{\"type\":null,\"code\":429,\"message\":\"upstream is busy; retry in 1.5s\"}");
	llm_test_turn(LLM_OPENAI_CHAT,
		DATA("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\",\"error\":{\"code\":429,"
		     "\"message\":\"upstream is busy; retry in 1.5s\"}}]}"), 0, &t);
	assert_int_equal(t.error.kind, LLM_ERR_RATE_LIMIT);
	assert_int_equal(t.error.retry_after_ms, 1500);
	llm_turn_finish(&t);
}

static void
quirk__copilot__reasoning_text(void **state UNUSED)
{
	CHAT(DELTA("\"reasoning_text\":\"hm\"") DELTA("\"content\":\"4\"") END("stop"));

	assert_json(r, "reasoning", "\"hm\"");
	assert_json(r, "replay", "{\"role\":\"assistant\",\"content\":\"4\",\"reasoning_text\":\"hm\"}");
}

static void
quirk__mistral__thinking_parts_beside_the_field(void **state UNUSED)
{
	CHAT(DELTA("\"reasoning_content\":\"hm\",\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"hm\"}]}]")
	     DELTA("\"content\":[{\"type\":\"text\",\"text\":\"4\"}]") END("stop"));

	assert_json(r, "reasoning", "\"hm\"");
	assert_json(r, "text", "\"4\"");
}

static void
quirk__mistral__whole_call_without_index_with_the_reason(void **state UNUSED)
{
	CHAT(DATA("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\",\"tool_calls\":[{\"id\":\"D681PevKs\",\"function\":"
		  "{\"name\":\"f\",\"arguments\":\"{\\\"a\\\": 1}\"}}]},\"finish_reason\":\"tool_calls\"}],"
		  "\"usage\":{\"prompt_tokens\":4,\"completion_tokens\":2,\"num_cached_tokens\":0}}") "data: [DONE]\n\n");

	assert_json(r, "tool_calls.0.arguments", "{\"a\":1}");
	assert_json(r, "usage.cache_read", "0");
	assert_json(r, "stop_reason_norm", "\"tool_calls\"");
}

static void
quirk__gateways__blank_finish_reason_on_every_chunk(void **state UNUSED)
{
	struct llm_turn t;
	const char *body = DATA("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"finish_reason\":\"\"}]}");
	CHAT(body);

	assert_json(r, "stop_reason", "null");
	llm_test_turn(LLM_OPENAI_CHAT, body, 0, &t);
	assert_true(llm_turn_incomplete(&t));
	llm_turn_finish(&t);
}

static void
quirk__vllm__name_first_and_text_with_the_reason(void **state UNUSED)
{
	CHAT(CALL("\"index\":0,\"id\":\"chatcmpl-tool-1\",\"type\":\"function\",\"function\":{\"name\":\"f\"}")
	     CALL("\"index\":0,\"function\":{\"arguments\":\"{}\"}")
	     DATA("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"end\"},\"finish_reason\":\"stop\",\"stop_reason\":null}]}"));

	assert_json(r, "text", "\"end\"");
	assert_json(r, "tool_calls.0.arguments", "{}");
	assert_json(r, "stop_reason", "\"stop\"");
}

static void
quirk__kimi__blank_text_repeated_ids_and_usage_in_the_choice(void **state UNUSED)
{
	CHAT(DELTA("\"role\":\"assistant\",\"content\":\" \"") DELTA("\"role\":\"assistant\",\"content\":null")
	     CALL("\"index\":0,\"id\":\"functions.f:0\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}")
	     CALL("\"index\":0,\"id\":\"functions.f:0\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\"}")
	     CALL("\"index\":0,\"id\":\"functions.f:0\",\"function\":{\"name\":null,\"arguments\":\"2}\"}")
	     CALL("\"index\":1,\"id\":\"functions.f:1\",\"function\":{\"name\":\"f\",\"arguments\":null}")
	     DATA("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\",\"usage\":{\"prompt_tokens\":8,"
		  "\"completion_tokens\":1,\"cached_tokens\":0}}],\"usage\":null}"));

	assert_json(r, "text", "\" \"");
	assert_json(r, "tool_calls",
		"[{\"id\":\"functions.f:0\",\"name\":\"f\",\"arguments\":{\"a\":2},\"arguments_raw\":\"{\\\"a\\\":2}\"},"
		"{\"id\":\"functions.f:1\",\"name\":\"f\",\"arguments\":{},\"arguments_raw\":\"\"}]");
	assert_json(r, "usage", "{\"input\":8,\"output\":1,\"cache_read\":0,\"cache_write\":null,\"reasoning\":null}");
}

static void
quirk__usage__zero_absent_late_and_not_whole(void **state UNUSED)
{
	CHAT(DELTA("\"content\":\"a\"") END("stop")
	     DATA("{\"choices\":[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":3.0,\"prompt_tokens_details\":null,"
		  "\"completion_tokens_details\":{\"reasoning_tokens\":0}}}") "data: [DONE]\n\n"
	     DATA("{\"choices\":[],\"usage\":{}}"));
	autojson cJSON *n = llm_test_decode(LLM_OPENAI_CHAT, DELTA("\"content\":\"a\"") END("stop"));

	assert_json(r, "usage", "{\"input\":0,\"output\":3,\"cache_read\":null,\"cache_write\":null,\"reasoning\":0}");
	assert_json(n, "usage", "{\"input\":null,\"output\":null,\"cache_read\":null,\"cache_write\":null,\"reasoning\":null}");
	assert_json(n, "usage_raw", "null");
}

static void
quirk__minimax__error_in_base_resp_under_200(void **state UNUSED)
{
	static const struct llm_header h[] = { { "content-type", "application/json; charset=utf-8" } };
	autobuf struct buf out = BUF_INIT(1 << 16);
	struct llm_error e;
	autojson cJSON *r = NULL;

	assert_true(llm_error_decode(LLM_OPENAI_CHAT, 200, h, 1,
		SLICE_LIT("{\"id\":\"0\",\"choices\":null,\"model\":\"m\",\"base_resp\":{\"status_code\":2061,"
			  "\"status_msg\":\"your current token plan not support model\"}}"), 0, &e));
	assert_true(llm_error_to_json(&e, &out));
	llm_error_finish(&e);
	r = json_parse(buf_slice(&out), NULL);
	assert_json(r, "error",
		"{\"http_status\":200,\"type\":null,\"code\":2061,\"message\":\"your current token plan not support model\","
		"\"kind\":\"permission\",\"retryable\":false,\"retry_after_s\":null}");
}

static void
quirk__html__is_no_reply(void **state UNUSED)
{
	struct llm_turn t;

	llm_test_turn(LLM_OPENAI_CHAT, "<!DOCTYPE html>\n<html><body>data: {}\n</body></html>\n", 0, &t);
	assert_int_equal(t.error.kind, LLM_ERR_PROTOCOL);
	assert_false(t.error.retryable);
	llm_turn_finish(&t);
	llm_test_turn(LLM_OPENAI_CHAT, "", 0, &t);
	assert_int_equal(t.error.kind, LLM_ERR_INCOMPLETE);
	assert_true(t.error.retryable);
	llm_turn_finish(&t);
}

/* Google's compatible endpoint signs text too, in a piece that holds nothing else. */
static void
quirk__google_compat__signature_of_the_text(void **state UNUSED)
{
	CHAT(DELTA("\"content\":\"4\"")
	     DELTA("\"content\":\"\",\"extra_content\":{\"google\":{\"thought_signature\":\"S+=\"}}")
	     CALL("\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"},\"extra_content\":{\"vertex\":{\"thought_signature\":\"V=\"}}")
	     END("stop"));

	assert_json(r, "replay.extra_content", "{\"google\":{\"thought_signature\":\"S+=\"}}");
	assert_json(r, "tool_calls.0.thought_signature", "\"V=\"");
	assert_json(r, "replay.tool_calls.0.extra_content.vertex.thought_signature", "\"V=\"");
}

/* --- anthropic --- */

static void
quirk__anthropic__block_whose_start_was_lost(void **state UNUSED)
{
	autojson cJSON *r = llm_test_decode(LLM_ANTHROPIC,
		DATA("{\"type\":\"message_start\",\"message\":{\"id\":\"i\",\"model\":\"m\",\"usage\":null}}")
		DATA("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"h\"}}")
		DATA("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"s\"}}")
		DATA("{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}")
		DATA("{\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"text_delta\",\"text\":\"b\"}}")
		DATA("{\"type\":\"content_block_delta\",\"index\":2,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}}")
		DATA("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}"));

	assert_json(r, "text", "\"ab\"");
	assert_json(r, "reasoning", "\"h\"");
	assert_json(r, "replay.content",
		"[{\"type\":\"thinking\",\"thinking\":\"h\",\"signature\":\"s\"},{\"type\":\"text\",\"text\":\"ab\"}]");
	assert_json(r, "tool_calls", "[]");
}

static void
quirk__anthropic__thinking_left_out_keeps_its_signature(void **state UNUSED)
{
	autojson cJSON *r = llm_test_decode(LLM_ANTHROPIC,
		DATA("{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}")
		DATA("{\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"EqQ=\"}}")
		DATA("{\"type\":\"content_block_stop\",\"index\":0}")
		DATA("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"model_context_window_exceeded\"},\"usage\":null}"));
	struct llm_turn t;

	assert_json(r, "replay.content.0", "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"EqQ=\"}");
	assert_json(r, "stop_reason_norm", "\"other\"");
	llm_test_turn(LLM_ANTHROPIC,
		DATA("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"model_context_window_exceeded\"}}"), 0, &t);
	assert_true(llm_turn_overflowed(&t));
	llm_turn_finish(&t);
}

/* --- gemini --- */

static void
quirk__gemini__error_in_the_middle_and_no_parts(void **state UNUSED)
{
	struct llm_turn t;

	llm_test_turn(LLM_GEMINI,
		DATA("{\"candidates\":[{\"content\":{\"role\":\"model\"},\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":3}}")
		DATA("{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}")
		DATA("{\"error\":{\"code\":503,\"message\":\"The model is overloaded.\",\"status\":\"UNAVAILABLE\","
		     "\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"2.5s\"}]}}"), 0, &t);
	assert_int_equal(t.error.kind, LLM_ERR_OVERLOADED);
	assert_int_equal(t.error.retry_after_ms, 2500);
	assert_int_equal(t.usage.input, 3);
	assert_string_equal(buf_str(&t.text), "a");
	llm_turn_finish(&t);
}

/* --- ollama --- */

static void
quirk__ollama__old_servers_give_no_reason(void **state UNUSED)
{
	struct llm_turn t;

	llm_test_turn(LLM_OLLAMA,
		"{\"model\":\"q\",\"message\":{\"role\":\"assistant\",\"content\":\"x\"},\"done\":false}\r\n\r\n"
		"{\"model\":\"q\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"eval_count\":1}", 0, &t);
	assert_false(llm_turn_incomplete(&t));
	assert_string_equal(buf_str(&t.text), "x");
	assert_int_equal(t.usage.input, -1);
	assert_int_equal(t.usage.output, 1);
	llm_turn_finish(&t);
	llm_test_turn(LLM_OLLAMA, "{\"model\":\"q\",\"message\":{\"content\":\"x\"},\"done\":false}\n", 0, &t);
	assert_true(llm_turn_incomplete(&t));
	llm_turn_finish(&t);
}

static void
quirk__ollama__one_object_over_several_lines(void **state UNUSED)
{
	autojson cJSON *r = llm_test_decode(LLM_OLLAMA,
		"{\n  \"model\": \"q\",\n  \"message\": {\n    \"role\": \"assistant\",\n    \"content\": \"x\"\n  },\n"
		"  \"done_reason\": \"stop\",\n  \"done\": true\n}\n");
	autojson cJSON *e = llm_test_decode(LLM_OLLAMA, "{\n  \"error\": \"no\"\n}");

	assert_json(r, "text", "\"x\"");
	assert_json(r, "stop_reason", "\"stop\"");
	assert_json(e, "error.message", "\"no\"");
}

/* --- openai-responses --- */

static void
quirk__responses__filtered_and_cut(void **state UNUSED)
{
	autojson cJSON *r = llm_test_decode(LLM_OPENAI_RESPONSES,
		DATA("{\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"a\"}")
		DATA("{\"type\":\"response.incomplete\",\"response\":{\"status\":\"incomplete\",\"incomplete_details\":"
		     "{\"reason\":\"content_filter\"},\"usage\":null}}"));
	struct llm_turn t;

	assert_json(r, "text", "\"a\"");
	assert_json(r, "stop_reason", "\"content_filter\"");
	assert_json(r, "stop_reason_norm", "\"content_filter\"");
	llm_test_turn(LLM_OPENAI_RESPONSES,
		DATA("{\"type\":\"response.output_text.delta\",\"output_index\":0,\"delta\":\"a\"}"), 0, &t);
	assert_true(llm_turn_incomplete(&t));
	llm_turn_finish(&t);
	llm_test_turn(LLM_OPENAI_RESPONSES,
		DATA("{\"type\":\"error\",\"error\":{\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\","
		     "\"message\":\"Please try again in 1.2s.\"}}"), 0, &t);
	assert_int_equal(t.error.retry_after_ms, 1200);
	assert_true(t.error.retryable);
	llm_turn_finish(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quirk__openrouter__error_in_the_choice),
		cmocka_unit_test(quirk__copilot__reasoning_text),
		cmocka_unit_test(quirk__mistral__thinking_parts_beside_the_field),
		cmocka_unit_test(quirk__mistral__whole_call_without_index_with_the_reason),
		cmocka_unit_test(quirk__gateways__blank_finish_reason_on_every_chunk),
		cmocka_unit_test(quirk__vllm__name_first_and_text_with_the_reason),
		cmocka_unit_test(quirk__kimi__blank_text_repeated_ids_and_usage_in_the_choice),
		cmocka_unit_test(quirk__usage__zero_absent_late_and_not_whole),
		cmocka_unit_test(quirk__minimax__error_in_base_resp_under_200),
		cmocka_unit_test(quirk__html__is_no_reply),
		cmocka_unit_test(quirk__google_compat__signature_of_the_text),
		cmocka_unit_test(quirk__anthropic__block_whose_start_was_lost),
		cmocka_unit_test(quirk__anthropic__thinking_left_out_keeps_its_signature),
		cmocka_unit_test(quirk__gemini__error_in_the_middle_and_no_parts),
		cmocka_unit_test(quirk__ollama__old_servers_give_no_reason),
		cmocka_unit_test(quirk__ollama__one_object_over_several_lines),
		cmocka_unit_test(quirk__responses__filtered_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
