/* gemini and ollama: parts, signatures, streamed arguments, lines. */
#include "tests/support/test.h"
#include "tests/support/llm_test.h"
#include "agent/base/json.h"

#define EV(json) "data: " json "\r\n\r\n"
#define PARTS(parts) EV("{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[" parts "]},\"index\":0}],\"modelVersion\":\"g\",\"responseId\":\"r\"}")
#define END(word, usage) EV("{\"candidates\":[{\"finishReason\":\"" word "\"}],\"usageMetadata\":{" usage "}}")
#define GEM(body) autojson cJSON *r = llm_test_decode(LLM_GEMINI, (body))

static void
gemini__parts__joined_but_never_over_a_signature(void **state UNUSED)
{
	GEM(PARTS("{\"text\":\"a\",\"thought\":true},{\"text\":\"b\",\"thought\":true}") PARTS("{\"text\":\"x\"}")
		PARTS("{\"text\":\"y\"}") PARTS("{\"text\":\"\",\"thoughtSignature\":\"S\\/=\"}")
		PARTS("{\"text\":\"z\"}") PARTS("{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AA==\"}}")
		END("STOP", "\"promptTokenCount\":4,\"candidatesTokenCount\":2")
		END("STOP", "\"promptTokenCount\":4,\"thoughtsTokenCount\":7"));
	struct llm_turn t;

	assert_json(r, "text", "\"xyz\"");
	assert_json(r, "reasoning", "\"ab\"");
	assert_json(r, "replay.parts",
		"[{\"text\":\"ab\",\"thought\":true},{\"text\":\"xy\"},{\"text\":\"\",\"thoughtSignature\":\"S/=\"},"
		"{\"text\":\"z\"},{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"AA==\"}}]");
	assert_json(r, "usage", "{\"input\":4,\"output\":2,\"cache_read\":null,\"cache_write\":null,\"reasoning\":7}");
	llm_test_turn(LLM_GEMINI, PARTS("{\"text\":\"\",\"thoughtSignature\":\"S\\/=\"}"), 0, &t);
	assert_non_null(strstr(buf_str(&t.replay), "\"thoughtSignature\":\"S\\/=\""));
	llm_turn_finish(&t);
}

static void
gemini__calls__with_and_without_id_and_args(void **state UNUSED)
{
	GEM(PARTS("{\"functionCall\":{\"name\":\"f\",\"args\":{\"a\":1},\"id\":\"i\"},\"thoughtSignature\":\"S\"},"
		  "{\"functionCall\":{\"name\":\"g\"}}") END("STOP", ""));
	struct llm_turn t;

	assert_json(r, "tool_calls",
		"[{\"id\":\"i\",\"name\":\"f\",\"arguments\":{\"a\":1},\"thought_signature\":\"S\"},"
		"{\"id\":null,\"name\":\"g\",\"arguments\":{}}]");
	assert_json(r, "stop_reason_norm", "\"stop\"");
	llm_test_turn(LLM_GEMINI, PARTS("{\"functionCall\":{\"name\":\"g\"}}") END("STOP", ""), 0, &t);
	assert_true(llm_turn_has_calls(&t));
	llm_turn_finish(&t);
}

#define PART(inside) PARTS("{\"functionCall\":{" inside "}}")
#define ARG(path, value) "\"partialArgs\":[{\"jsonPath\":\"" path "\"," value "}],\"willContinue\":true"

static void
gemini__calls__streamed_arguments(void **state UNUSED)
{
	GEM(PART("\"name\":\"f\",\"willContinue\":true") PART(ARG("$.list[0].name", "\"stringValue\":\"ap\",\"willContinue\":true"))
		PART(ARG("$.list[0].name", "\"stringValue\":\"p\\\"le\"")) PART(ARG("$.list[0].price", "\"numberValue\":0.50"))
		PART(ARG("$.list[1].ok", "\"boolValue\":true")) PART(ARG("$['odd.key']", "\"nullValue\":\"NULL_VALUE\""))
		PART("") PART("\"name\":\"g\"") END("STOP", ""));

	assert_json(r, "tool_calls",
		"[{\"id\":null,\"name\":\"f\",\"arguments\":{\"list\":[{\"name\":\"app\\\"le\",\"price\":0.5},"
		"{\"ok\":true}],\"odd.key\":null}},{\"id\":null,\"name\":\"g\",\"arguments\":{}}]");
}

static void
gemini__calls__streamed_arguments_that_never_end(void **state UNUSED)
{
	GEM(PART("\"name\":\"f\",\"willContinue\":true") PART(ARG("$.a", "\"stringValue\":\"x\"")));
	autojson cJSON *bad = llm_test_decode(LLM_GEMINI,
		PART("\"name\":\"f\",\"willContinue\":true") PART(ARG("$.a[7]", "\"stringValue\":\"x\"")) PART(""));
	autojson cJSON *deep = llm_test_decode(LLM_GEMINI,
		PART("\"name\":\"f\",\"willContinue\":true") PART(ARG("$.a[99999999]", "\"numberValue\":1")) PART(""));

	assert_json(r, "tool_calls.0.arguments", "null");
	assert_json(bad, "tool_calls.0.arguments", "null");
	assert_json(deep, "tool_calls.0.arguments", "null");
}

static void
gemini__blocked__prompt_and_unknown_reasons(void **state UNUSED)
{
	GEM(EV("{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}"));
	autojson cJSON *u = llm_test_decode(LLM_GEMINI,
		EV("{\"candidates\":[{\"index\":0,\"finishReason\":\"MALFORMED_FUNCTION_CALL\",\"finishMessage\":\"m\"}]}"));
	struct llm_turn t;

	assert_json(r, "block_reason", "\"SAFETY\"");
	assert_json(r, "replay.parts", "[]");
	assert_json(u, "stop_reason_norm", "\"other\"");
	assert_json(u, "finish_message", "\"m\"");
	llm_test_turn(LLM_GEMINI, EV("{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}"), 0, &t);
	assert_false(llm_turn_incomplete(&t));
	llm_turn_finish(&t);
}

static void
gemini__whole__one_array(void **state UNUSED)
{
	GEM("[{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"a\"}]}}]}\n,\r\n"
	    "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"b\"}]},\"finishReason\":\"STOP\"}]}]");

	assert_json(r, "text", "\"ab\"");
	assert_json(r, "stop_reason", "\"STOP\"");
}

static void
ollama__lines__thinking_calls_and_the_end(void **state UNUSED)
{
	autojson cJSON *r = llm_test_decode(LLM_OLLAMA,
		"{\"model\":\"q\",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"hm\"},\"done\":false}\n"
		"{\"model\":\"q\",\"message\":{\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}},"
		"{\"function\":{\"index\":1,\"name\":\"g\",\"arguments\":{}}}]},\"done\":false}\n"
		"{\"model\":\"q\",\"message\":{\"content\":\"x\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":3,\"eval_count\":4}\n");

	assert_json(r, "reasoning", "\"hm\"");
	assert_json(r, "tool_calls", "[{\"id\":null,\"name\":\"f\",\"arguments\":{\"a\":1}},{\"id\":null,\"name\":\"g\",\"arguments\":{}}]");
	assert_json(r, "usage_raw", "{\"prompt_eval_count\":3,\"eval_count\":4}");
	assert_json(r, "replay", "{\"role\":\"assistant\",\"content\":\"x\"}");
	assert_json(r, "stop_reason", "\"stop\"");
}

static void
ollama__error__in_the_middle(void **state UNUSED)
{
	autojson cJSON *r = llm_test_decode(LLM_OLLAMA,
		"{\"message\":{\"content\":\"a\"}}\n{\"error\":\"model runner has unexpectedly stopped\"}\n");

	assert_json(r, "error.message", "\"model runner has unexpectedly stopped\"");
	assert_json(r, "text", "\"a\"");
	assert_json(r, "stop_reason", "null");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gemini__parts__joined_but_never_over_a_signature),
		cmocka_unit_test(gemini__calls__with_and_without_id_and_args),
		cmocka_unit_test(gemini__calls__streamed_arguments),
		cmocka_unit_test(gemini__calls__streamed_arguments_that_never_end),
		cmocka_unit_test(gemini__blocked__prompt_and_unknown_reasons),
		cmocka_unit_test(gemini__whole__one_array),
		cmocka_unit_test(ollama__lines__thinking_calls_and_the_end),
		cmocka_unit_test(ollama__error__in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
