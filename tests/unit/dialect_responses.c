/* openai-responses: items by output_index, the final object, errors in two places. */
#include "tests/support/test.h"
#include "tests/support/llm_test.h"
#include "agent/base/json.h"

#define EV(json) "data: " json "\n\n"
#define CREATED EV("{\"type\":\"response.created\",\"response\":{\"id\":\"resp\",\"model\":\"m\",\"status\":\"in_progress\"}}")
#define RSP(body) autojson cJSON *r = llm_test_decode(LLM_OPENAI_RESPONSES, (body))
#define ITEM(what, i, inside)                                                                      \
	EV("{\"type\":\"response.output_item." what "\",\"output_index\":" #i ",\"item\":{" inside "}}")
#define COMPLETED(output)                                                                          \
	EV("{\"type\":\"response.completed\",\"response\":{\"id\":\"resp\",\"model\":\"m\","       \
	   "\"status\":\"completed\",\"error\":null,\"output\":[" output "],\"usage\":{"          \
	   "\"input_tokens\":5,\"input_tokens_details\":{\"cached_tokens\":4},\"output_tokens\":3," \
	   "\"output_tokens_details\":{\"reasoning_tokens\":2}}}}")
#define TEXT(i, t) EV("{\"type\":\"response.output_text.delta\",\"output_index\":" #i ",\"delta\":\"" t "\",\"obfuscation\":\"xx\"}")
#define ARGS(i, t) EV("{\"type\":\"response.function_call_arguments.delta\",\"output_index\":" #i ",\"delta\":\"" t "\"}")
#define CALL(id, args)                                                                             \
	"\"type\":\"function_call\",\"id\":\"" id "\",\"call_id\":\"call_1\",\"name\":\"f\","      \
	"\"arguments\":\"" args "\",\"status\":\"completed\""

static void
responses__items__by_index_when_ids_rotate(void **state UNUSED)
{
	RSP(CREATED ITEM("added", 0, CALL("fc_a", "")) ARGS(0, "{\\\"x\\\":") ARGS(0, "1}")
		ITEM("done", 0, CALL("fc_b", "{\\\"x\\\":1}"))
		COMPLETED("{" CALL("fc_c", "{\\\"x\\\":1}") "}") "data: [DONE]\n\n");

	assert_json(r, "tool_calls",
		"[{\"id\":\"call_1\",\"name\":\"f\",\"arguments\":{\"x\":1},\"arguments_raw\":\"{\\\"x\\\":1}\",\"item_id\":\"fc_c\"}]");
	assert_int_equal(cJSON_GetArraySize(json_get(r, "replay")), 1);
	assert_json(r, "stop_reason", "\"completed\"");
	assert_json(r, "stop_reason_norm", "\"stop\"");
	assert_json(r, "usage", "{\"input\":5,\"output\":3,\"cache_read\":4,\"cache_write\":null,\"reasoning\":2}");
}

static void
responses__output__empty_in_the_final_object(void **state UNUSED)
{
	RSP(CREATED ITEM("done", 0, "\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[],\"encrypted_content\":\"g\\/\"")
		TEXT(1, "hi") ITEM("done", 1, "\"type\":\"message\",\"id\":\"m\",\"phase\":\"final_answer\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"hi\"}]")
		COMPLETED(""));
	struct llm_turn t;

	assert_json(r, "text", "\"hi\"");
	assert_json(r, "replay.0.encrypted_content", "\"g/\"");
	assert_json(r, "replay.1.phase", "\"final_answer\"");
	llm_test_turn(LLM_OPENAI_RESPONSES, ITEM("done", 0, "\"type\":\"reasoning\",\"encrypted_content\":\"g\\/\""), 0, &t);
	assert_non_null(strstr(buf_str(&t.replay), "\"encrypted_content\":\"g\\/\""));
	llm_turn_finish(&t);
}

static void
responses__text__only_in_the_final_object(void **state UNUSED)
{
	RSP(COMPLETED("{\"type\":\"message\",\"id\":\"m\",\"content\":[{\"type\":\"output_text\",\"text\":\"all\"},"
		      "{\"type\":\"refusal\",\"refusal\":\"no\"}]},{" CALL("fc", "") "}"));

	assert_json(r, "text", "\"all\"");
	assert_json(r, "refusal", "\"no\"");
	assert_json(r, "tool_calls.0.arguments", "{}");
}

static void
responses__reasoning__summary_or_raw(void **state UNUSED)
{
	RSP(CREATED EV("{\"type\":\"response.reasoning_summary_text.delta\",\"output_index\":0,\"delta\":\"su\"}")
		ITEM("done", 0, "\"type\":\"reasoning\",\"id\":\"r\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"su\"}]")
		EV("{\"type\":\"response.reasoning_text.delta\",\"output_index\":1,\"delta\":\"raw\"}"));

	assert_json(r, "reasoning", "\"suraw\"");
}

static void
responses__items__of_the_server(void **state UNUSED)
{
	RSP(CREATED ITEM("done", 0, "\"type\":\"web_search_call\",\"id\":\"ws\",\"status\":\"completed\"")
		ITEM("done", 1, "\"type\":\"custom_tool_call\",\"id\":\"ct\",\"call_id\":\"c\",\"name\":\"sql\",\"input\":\"SELECT 1\"")
		COMPLETED(""));

	assert_json(r, "server_tool_calls", "[{\"type\":\"web_search_call\",\"id\":\"ws\",\"status\":\"completed\"}]");
	assert_json(r, "tool_calls.0.arguments", "\"SELECT 1\"");
	assert_json(r, "tool_calls.0.type", "\"custom_tool_call\"");
}

static void
responses__end__incomplete_and_failed(void **state UNUSED)
{
	RSP(CREATED EV("{\"type\":\"response.incomplete\",\"response\":{\"status\":\"incomplete\",\"incomplete_details\":{\"reason\":\"max_output_tokens\"},\"output\":[]}}"));
	autojson cJSON *f = llm_test_decode(LLM_OPENAI_RESPONSES, CREATED
		EV("{\"type\":\"error\",\"error\":{\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\",\"message\":\"slow\"}}")
		EV("{\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"slow\"}}}"));
	autojson cJSON *e = llm_test_decode(LLM_OPENAI_RESPONSES,
		"event: error\n" EV("{\"type\":\"error\",\"code\":\"server_error\",\"message\":\"sorry\",\"param\":null}"));

	assert_json(r, "stop_reason", "\"max_output_tokens\"");
	assert_json(r, "stop_reason_norm", "\"length\"");
	assert_json(r, "status", "\"incomplete\"");
	assert_json(f, "error", "{\"type\":\"response.failed\",\"code\":\"rate_limit_exceeded\",\"message\":\"slow\"}");
	assert_json(f, "stop_reason", "\"failed\"");
	assert_json(e, "error.message", "\"sorry\"");
}

static void
responses__whole__not_streamed(void **state UNUSED)
{
	RSP("{\"id\":\"x\",\"object\":\"response\",\"status\":\"completed\",\"model\":\"m\",\"error\":null,"
	    "\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"w\"}]}]}");

	assert_json(r, "text", "\"w\"");
	assert_json(r, "stop_reason", "\"completed\"");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(responses__items__by_index_when_ids_rotate),
		cmocka_unit_test(responses__output__empty_in_the_final_object),
		cmocka_unit_test(responses__text__only_in_the_final_object),
		cmocka_unit_test(responses__reasoning__summary_or_raw),
		cmocka_unit_test(responses__items__of_the_server),
		cmocka_unit_test(responses__end__incomplete_and_failed),
		cmocka_unit_test(responses__whole__not_streamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
