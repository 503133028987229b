/*
 * A task begun on one dialect goes on with another: for all pairs the calls and their results
 * arrive, with ids the new server takes; opaque state of the old one stays behind.
 */
#include "tests/support/test.h"
#include "tests/support/llm_test.h"
#include "agent/base/json.h"

#define OPAQUE "0paque+State/0="

/* One reply per dialect: text, reasoning with state, two calls of the same tool. The chat ids
 * are Kimi's (illegal elsewhere), those of Responses longer than others take. */
#define LONG_ID "call_0123456789012345678901234567890123456789012345678901234567890123456789"
static const char *const replies[LLM_KIND_COUNT] = {
	[LLM_OPENAI_CHAT] =
		"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Looking.\",\"reasoning_content\":\"secret thought\","
		"\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"" OPAQUE "\"}]}}]}\n\n"
		"data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"functions.read:0\",\"function\":{\"name\":\"read\",\"arguments\":\"{\\\"path\\\":\\\"a\\\"}\"}},"
		"{\"index\":1,\"id\":\"functions.read:0\",\"function\":{\"name\":\"read\",\"arguments\":\"\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n",
	[LLM_OPENAI_RESPONSES] =
		"data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":["
		"{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[],\"encrypted_content\":\"" OPAQUE "\"},"
		"{\"type\":\"message\",\"id\":\"msg_1\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"Looking.\"}]},"
		"{\"type\":\"function_call\",\"id\":\"fc_1\",\"call_id\":\"" LONG_ID "\",\"name\":\"read\",\"arguments\":\"{\\\"path\\\":\\\"a\\\"}\"},"
		"{\"type\":\"function_call\",\"id\":\"fc_2\",\"call_id\":\"call_2\",\"name\":\"read\",\"arguments\":\"{}\"}]}}\n\n",
	[LLM_ANTHROPIC] =
		"data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"secret thought\",\"signature\":\"" OPAQUE "\"}}\n\n"
		"data: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"text\",\"text\":\"Looking.\"}}\n\n"
		"data: {\"type\":\"content_block_start\",\"index\":2,\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"read\",\"input\":{\"path\":\"a\"}}}\n\n"
		"data: {\"type\":\"content_block_start\",\"index\":3,\"content_block\":{\"type\":\"tool_use\",\"id\":\"toolu_2\",\"name\":\"read\",\"input\":{}}}\n\n"
		"data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"}}\n\n",
	[LLM_GEMINI] =
		"data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"secret thought\",\"thought\":true},{\"text\":\"Looking.\"},"
		"{\"functionCall\":{\"name\":\"read\",\"args\":{\"path\":\"a\"}},\"thoughtSignature\":\"" OPAQUE "\"},"
		"{\"functionCall\":{\"name\":\"read\"}}]},\"finishReason\":\"STOP\"}]}\n\n",
	[LLM_OLLAMA] =
		"{\"message\":{\"content\":\"Looking.\",\"thinking\":\"secret thought\",\"tool_calls\":[{\"function\":{\"name\":\"read\",\"arguments\":{\"path\":\"a\"}}},"
		"{\"function\":{\"name\":\"read\",\"arguments\":{}}}]},\"done\":true,\"done_reason\":\"stop\"}\n",
};

struct task {
	struct llm_kept kept[2];
	struct llm_message m[9];
	size_t n;
};

static void
begin_task(struct task *t, enum llm_kind kind)
{
	t->m[0] = (struct llm_message){ .role = LLM_USER, .text = SLICE_LIT("read both") };
	t->n = 1;
	/* Two turns alike: ids of the first come again in the second. */
	for (size_t i = 0; i < 2; i++) {
		autobuf struct buf b = BUF_INIT(1 << 20);
		struct llm_turn turn;

		llm_test_turn(kind, replies[kind], 0, &turn);
		assert_int_equal(turn.n_calls, 2);
		assert_true(llm_turn_save(&turn, kind, "old", "old-model", &b));
		assert_true(llm_kept_load(buf_slice(&b), &t->kept[i], NULL));
		llm_turn_finish(&turn);
		t->m[t->n++] = t->kept[i].msg;
		t->m[t->n++] = (struct llm_message){ .role = LLM_TOOL, .call = 0, .text = SLICE_LIT("result A") };
		t->m[t->n++] = (struct llm_message){ .role = LLM_TOOL, .call = 1, .text = SLICE_LIT("result B"),
			.is_error = true };
	}
}

static void
end_task(struct task *t)
{
	llm_kept_finish(&t->kept[0]);
	llm_kept_finish(&t->kept[1]);
}

/* Every string member of this name anywhere, in order. */
static void
collect(const cJSON *v, const char *name, struct strv *out)
{
	for (const cJSON *c = v->child; c; c = c->next) {
		if (c->string && str_eq(c->string, name) && cJSON_IsString(c))
			strv_add(out, c->valuestring);
		collect(c, name, out);
	}
}

static void
check_ids(enum llm_kind to, const cJSON *root, enum llm_tool_id rule)
{
	static const char *const call_key[] = { "id", "call_id", "id", NULL, NULL };
	static const char *const result_key[] = { "tool_call_id", NULL, "tool_use_id", NULL, NULL };
	autostrv struct strv calls = { 0 }, results = { 0 };
	size_t max = rule == LLM_ID_9_ALNUM ? 9 : rule == LLM_ID_40 ? 40 : 64;

	if (to == LLM_GEMINI || to == LLM_OLLAMA)
		return;
	collect(root, call_key[to], &calls);
	if (to == LLM_OPENAI_RESPONSES) {
		/* Calls and results carry the same member: call call result result. */
		assert_int_equal(calls.n, 8);
		for (size_t i = 0; i < 8; i += 4) {
			assert_string_equal(calls.v[i], calls.v[i + 2]);
			assert_string_equal(calls.v[i + 1], calls.v[i + 3]);
			assert_string_not_equal(calls.v[i], calls.v[i + 1]);
		}
	} else {
		collect(root, result_key[to], &results);
		assert_int_equal(calls.n, 4);
		assert_int_equal(results.n, 4);
		for (size_t i = 0; i < 4; i++) {
			assert_string_equal(calls.v[i], results.v[i]);
			for (size_t k = 0; k < i; k++)
				assert_string_not_equal(calls.v[i], calls.v[k]);
		}
	}
	for (size_t i = 0; i < calls.n; i++) {
		assert_in_range(strlen(calls.v[i]), 1, max);
		assert_int_equal(strspn(calls.v[i],
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"),
			strlen(calls.v[i]));
		if (rule == LLM_ID_9_ALNUM)
			assert_int_equal(strlen(calls.v[i]), 9);
	}
}

static size_t
count(const char *hay, const char *needle)
{
	size_t n = 0;

	for (; (hay = strstr(hay, needle)); hay += strlen(needle))
		n++;
	return n;
}

static void
check_pair(enum llm_kind from, enum llm_kind to, enum llm_tool_id rule)
{
	struct llm_quirks q = { .tool_id = rule };
	struct task t;
	struct llm_request r;
	autobuf struct buf b = BUF_INIT(1 << 20), again = BUF_INIT(1 << 20);
	autojson cJSON *root = NULL;

	begin_task(&t, from);
	r = (struct llm_request){ .kind = to, .provider = "new", .model = "new-model", .quirks = &q,
		.messages = t.m, .n_messages = t.n, .temperature = -1 };
	assert_true(llm_request_build(&r, &b, NULL));
	assert_true(llm_request_build(&r, &again, NULL));
	assert_string_equal(buf_str(&b), buf_str(&again));
	root = json_parse(buf_slice(&b), NULL);
	assert_non_null(root);
	assert_null(strstr(buf_str(&b), OPAQUE));
	assert_null(strstr(buf_str(&b), "secret thought"));
	assert_null(strstr(buf_str(&b), "rs_1"));
	assert_int_equal(count(buf_str(&b), "Looking."), 2);
	assert_int_equal(count(buf_str(&b), "result A"), 2);
	assert_int_equal(count(buf_str(&b), "result B"), 2);
	assert_int_equal(count(buf_str(&b), "\"name\":\"read\""), to == LLM_GEMINI ? 8 : 4);
	check_ids(to, root, rule);
	end_task(&t);
}

static void
switch__all_pairs(void **state UNUSED)
{
	for (int from = 0; from < LLM_KIND_COUNT; from++)
		for (int to = 0; to < LLM_KIND_COUNT; to++) {
			check_pair((enum llm_kind)from, (enum llm_kind)to, LLM_ID_ANY);
			check_pair((enum llm_kind)from, (enum llm_kind)to, LLM_ID_9_ALNUM);
		}
}

static void
switch__same_model__everything_goes_back(void **state UNUSED)
{
	for (int kind = 0; kind < LLM_KIND_COUNT; kind++) {
		struct task t;
		struct llm_request r;
		autobuf struct buf b = BUF_INIT(1 << 20);

		begin_task(&t, (enum llm_kind)kind);
		r = (struct llm_request){ .kind = (enum llm_kind)kind, .provider = "old",
			.model = "old-model", .messages = t.m, .n_messages = t.n, .temperature = -1 };
		assert_true(llm_request_build(&r, &b, NULL));
		assert_int_equal(count(buf_str(&b), OPAQUE), kind == LLM_OLLAMA ? 0 : 2);
		if (kind == LLM_OPENAI_CHAT)
			assert_int_equal(count(buf_str(&b), "functions.read:0"), 8);
		r.model = "other-model";
		buf_clear(&b);
		assert_true(llm_request_build(&r, &b, NULL));
		assert_int_equal(count(buf_str(&b), OPAQUE), 0);
		end_task(&t);
	}
}

static void
switch__to_gemini__calls_it_did_not_make(void **state UNUSED)
{
	struct task t;
	struct llm_request r;
	autobuf struct buf b = BUF_INIT(1 << 20);

	begin_task(&t, LLM_ANTHROPIC);
	r = (struct llm_request){ .kind = LLM_GEMINI, .provider = "g", .model = "gemini-3-pro",
		.messages = t.m, .n_messages = t.n, .temperature = -1 };
	assert_true(llm_request_build(&r, &b, NULL));
	assert_int_equal(count(buf_str(&b), "skip_thought_signature_validator"), 2);
	r.model = "gemini-2.5-flash";
	buf_clear(&b);
	assert_true(llm_request_build(&r, &b, NULL));
	assert_int_equal(count(buf_str(&b), "skip_thought_signature_validator"), 0);
	end_task(&t);
}

static void
keep__incomplete_turn__has_no_replay(void **state UNUSED)
{
	autobuf struct buf b = BUF_INIT(1 << 20);
	struct llm_kept k;
	struct llm_turn t;

	llm_test_turn(LLM_ANTHROPIC,
		"data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"thinking\",\"thinking\":\"x\"}}\n\n",
		0, &t);
	assert_true(llm_turn_save(&t, LLM_ANTHROPIC, "p", "m", &b));
	assert_true(llm_kept_load(buf_slice(&b), &k, NULL));
	assert_int_equal(k.msg.replay.n, 0);
	llm_kept_finish(&k);
	llm_turn_finish(&t);
}

static void
keep__load__refuses_what_is_not_ours(void **state UNUSED)
{
	static const char *const bad[] = { "", "{}", "[]", "null", "{\"kind\":\"telepathy\"}", "{\"kind\":1}" };
	struct llm_kept k;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(llm_kept_load(slice_of(bad[i]), &k, &err));
		assert_int_equal(err.code, ERR_CORRUPT);
	}
	assert_true(llm_kept_load(slice_of("{\"kind\":\"ollama\",\"calls\":[1,{}]}"), &k, NULL));
	assert_int_equal(k.msg.n_calls, 2);
	llm_kept_finish(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(switch__all_pairs),
		cmocka_unit_test(switch__same_model__everything_goes_back),
		cmocka_unit_test(switch__to_gemini__calls_it_did_not_make),
		cmocka_unit_test(keep__incomplete_turn__has_no_replay),
		cmocka_unit_test(keep__load__refuses_what_is_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
