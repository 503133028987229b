/* Request bodies: what each dialect and quirk asks for, own turns verbatim, results paired. */
#include "tests/support/test.h"
#include "tests/support/llm_test.h"
#include "agent/base/json.h"

#define S(lit) SLICE_LIT(lit)

#define LIT(s) { (s), sizeof(s) - 1 }

static const struct llm_tool tool = { .name = "read", .description = "Reads a file",
	.schema = LIT("{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}},\"required\":[\"path\"]}") };

static struct llm_request
request(enum llm_kind kind, const struct llm_message *m, size_t n)
{
	return (struct llm_request){ .kind = kind, .provider = "p", .model = "m",
		.system = S("be brief"), .messages = m, .n_messages = n, .temperature = -1 };
}

static cJSON *
build(const struct llm_request *r)
{
	struct err err = { 0 };
	cJSON *root = llm_test_build(r, &err);

	if (!root)
		fail_msg("%s", err.text);
	return root;
}

static const struct llm_message user = { .role = LLM_USER, .text = LIT("hi") };

static void
request__chat__smallest_body(void **state UNUSED)
{
	struct llm_request r = request(LLM_OPENAI_CHAT, &user, 1);
	autobuf struct buf b = BUF_INIT(1 << 16);

	assert_true(llm_request_build(&r, &b, NULL));
	assert_string_equal(buf_str(&b),
		"{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"be brief\"},"
		"{\"role\":\"user\",\"content\":\"hi\"}],\"stream\":true,"
		"\"stream_options\":{\"include_usage\":true}}");
}

static void
request__chat__quirks(void **state UNUSED)
{
	struct llm_quirks q = { .max_completion_tokens = true, .developer_role = true,
		.no_stream_options = true, .tool_stream = true, .think = LLM_THINK_EFFORT,
		.extra = "\"usage\":{\"include\":true}" };
	struct llm_request r = request(LLM_OPENAI_CHAT, &user, 1);
	autojson cJSON *j = NULL, *k = NULL;

	r.quirks = &q;
	r.max_tokens = 100;
	r.effort = LLM_EFFORT_HIGH;
	r.tools = &tool;
	r.n_tools = 1;
	j = build(&r);
	assert_json(j, "max_completion_tokens", "100");
	assert_json(j, "messages.0.role", "\"developer\"");
	assert_json(j, "stream_options", "null");
	assert_json(j, "tool_stream", "true");
	assert_json(j, "reasoning_effort", "\"high\"");
	assert_json(j, "usage.include", "true");
	assert_json(j, "tools.0.function.name", "\"read\"");
	q = (struct llm_quirks){ .think = LLM_THINK_OBJECT };
	r.effort = LLM_EFFORT_NONE;
	r.no_tools = true;
	k = build(&r);
	assert_json(k, "max_tokens", "100");
	assert_json(k, "thinking.type", "\"disabled\"");
	assert_json(k, "tool_choice", "\"none\"");
}

/* A kept chat turn with everything servers stumble over. */
static const struct llm_call_ref two_calls[] = { { "a", "read", LIT("{\"path\":\"x\"}") },
	{ "b", "read", { NULL, 0 } } };

static void
request__chat__own_turn_goes_back(void **state UNUSED)
{
	struct llm_message m[] = { user,
		{ .role = LLM_ASSISTANT, .kind = LLM_OPENAI_CHAT, .provider = "p", .model = "m",
			.calls = two_calls, .n_calls = 2,
			.replay = S("{\"role\":\"assistant\",\"content\":null,\"reasoning\":\"r\","
				    "\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"a\\/b\"}],"
				    "\"tool_calls\":[{\"id\":\"a\",\"extra_content\":{\"google\":{\"thought_signature\":\"S\"}}},{\"id\":\"b\"}]}") },
		{ .role = LLM_TOOL, .call = 1, .text = S("second") },
		{ .role = LLM_TOOL, .call = 0, .text = S("first") } };
	struct llm_request r = request(LLM_OPENAI_CHAT, m, 4);
	autobuf struct buf b = BUF_INIT(1 << 16);
	autojson cJSON *j = build(&r);

	assert_json(j, "messages.2",
		"{\"role\":\"assistant\",\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\":\"a/b\"}],"
		"\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"read\",\"arguments\":\"{\\\"path\\\":\\\"x\\\"}\"},"
		"\"extra_content\":{\"google\":{\"thought_signature\":\"S\"}}},"
		"{\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"read\",\"arguments\":\"{}\"}}]}");
	assert_json(j, "messages.3", "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"first\"}");
	assert_json(j, "messages.4.content", "\"second\"");
	assert_true(llm_request_build(&r, &b, NULL));
	assert_non_null(strstr(buf_str(&b), "\"data\":\"a\\/b\""));
}

static void
request__chat__reasoning_rules(void **state UNUSED)
{
	struct llm_message m[] = { user,
		{ .role = LLM_ASSISTANT, .kind = LLM_OPENAI_CHAT, .provider = "p", .model = "m", .text = S("x"),
			.replay = S("{\"role\":\"assistant\",\"content\":\"x\",\"reasoning_content\":\"why\"}") },
		user };
	struct llm_quirks drop = { .drop_reasoning = true }, need = { .require_reasoning = true };
	struct llm_request r = request(LLM_OPENAI_CHAT, m, 3);
	autojson cJSON *a = build(&r), *b = NULL, *c = NULL, *d = NULL;

	assert_json(a, "messages.2.reasoning_content", "\"why\"");
	r.quirks = &drop;
	b = build(&r);
	assert_json(b, "messages.2.reasoning_content", "null");
	/* In a tool loop it is asked for all the same. */
	m[1].calls = two_calls;
	m[1].n_calls = 1;
	m[1].replay = S("{\"role\":\"assistant\",\"content\":\"x\",\"reasoning_content\":\"why\",\"tool_calls\":[{\"id\":\"a\"}]}");
	d = build(&r);
	assert_json(d, "messages.2.reasoning_content", "\"why\"");
	m[1].n_calls = 0;
	r.quirks = &need;
	m[1].model = "another";
	c = build(&r);
	assert_json(c, "messages.2", "{\"role\":\"assistant\",\"content\":\"x\",\"reasoning_content\":\"\"}");
}

static void
request__chat__array_content_is_completed(void **state UNUSED)
{
	struct llm_message m[] = { user,
		{ .role = LLM_ASSISTANT, .kind = LLM_OPENAI_CHAT, .provider = "p", .model = "m", .text = S("144"),
			.replay = S("{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"t\"}]},"
				    "{\"type\":\"thinking\",\"thinking\":[]},{\"type\":\"text\",\"text\":\"1\"}],\"reasoning_content\":\"t\"}") },
		user };
	struct llm_request r = request(LLM_OPENAI_CHAT, m, 3);
	autojson cJSON *j = build(&r);

	assert_json(j, "messages.2",
		"{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"t\"}]},"
		"{\"type\":\"text\",\"text\":\"1\"},{\"type\":\"text\",\"text\":\"44\"}]}");
}

static void
request__results__unanswered_calls_get_one(void **state UNUSED)
{
	static const enum llm_kind kinds[] = { LLM_OPENAI_CHAT, LLM_ANTHROPIC, LLM_OPENAI_RESPONSES,
		LLM_GEMINI, LLM_OLLAMA };
	struct llm_message m[] = { user,
		{ .role = LLM_ASSISTANT, .calls = two_calls, .n_calls = 2 },
		{ .role = LLM_USER, .text = S("stop") }, { .role = LLM_TOOL, .call = 0, .text = S("ok") } };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct llm_request r = request(kinds[i], m, 4);
		autobuf struct buf b = BUF_INIT(1 << 16);
		const char *made, *ok, *stop;

		assert_true(llm_request_build(&r, &b, NULL));
		ok = strstr(buf_str(&b), "\"ok\"");
		made = strstr(buf_str(&b), "This call did not run.");
		stop = strstr(buf_str(&b), "\"stop\"");
		assert_non_null(ok);
		assert_non_null(made);
		assert_non_null(stop);
		/* Results first, words after them. */
		assert_true(ok < made && made < stop);
	}
}

static void
request__anthropic__blocks_results_and_marks(void **state UNUSED)
{
	struct llm_message m[] = { user,
		{ .role = LLM_ASSISTANT, .kind = LLM_ANTHROPIC, .provider = "p", .model = "m",
			.calls = two_calls, .n_calls = 2,
			.replay = S("{\"role\":\"assistant\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"t\",\"signature\":\"S\\/\"},"
				    "{\"type\":\"thinking\",\"thinking\":\"cut\",\"signature\":\"\"},{\"type\":\"text\",\"text\":\"\"},"
				    "{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"read\",\"input\":{\"path\":\"x\"}},"
				    "{\"type\":\"tool_use\",\"id\":\"b\",\"name\":\"read\",\"input\":null}]}") },
		{ .role = LLM_TOOL, .call = 0, .text = S("one") },
		{ .role = LLM_TOOL, .call = 1, .text = S("two"), .is_error = true },
		{ .role = LLM_USER, .text = S("go on") } };
	struct llm_request r = request(LLM_ANTHROPIC, m, 5);
	autojson cJSON *j = NULL;

	r.cache = true;
	r.tools = &tool;
	r.n_tools = 1;
	j = build(&r);
	assert_json(j, "max_tokens", "8192");
	assert_json(j, "system.0.cache_control.type", "\"ephemeral\"");
	assert_json(j, "tools.0.cache_control", "null");
	assert_json(j, "messages.1.content",
		"[{\"type\":\"thinking\",\"thinking\":\"t\",\"signature\":\"S/\"},"
		"{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"read\",\"input\":{\"path\":\"x\"}},"
		"{\"type\":\"tool_use\",\"id\":\"b\",\"name\":\"read\",\"input\":{}}]");
	assert_json(j, "messages.2.content",
		"[{\"type\":\"tool_result\",\"tool_use_id\":\"a\",\"content\":\"one\"},"
		"{\"type\":\"tool_result\",\"tool_use_id\":\"b\",\"content\":\"two\",\"is_error\":true},"
		"{\"type\":\"text\",\"text\":\"go on\",\"cache_control\":{\"type\":\"ephemeral\"}}]");
	assert_json(j, "messages.0.content.0.cache_control.type", "\"ephemeral\"");
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
request__anthropic__never_more_than_four_marks_and_a_stable_prefix(void **state UNUSED)
{
	struct llm_message m[21];
	char *before = NULL;

	m[0] = user;
	for (int i = 0; i < 20; i += 2) {
		m[1 + i] = (struct llm_message){ .role = LLM_ASSISTANT, .calls = two_calls, .n_calls = 1 };
		m[2 + i] = (struct llm_message){ .role = LLM_TOOL, .text = S("out") };
	}
	for (size_t n = 1; n <= 21; n += 2) {
		struct llm_request r = request(LLM_ANTHROPIC, m, n);
		autobuf struct buf b = BUF_INIT(1 << 20);
		char *plain, *end;

		r.cache = true;
		assert_true(llm_request_build(&r, &b, NULL));
		assert_in_range(count(buf_str(&b), "cache_control"), 2, 4);
		/* Without the marks, each request begins with the one before it. */
		plain = buf_steal(&b);
		while ((end = strstr(plain, ",\"cache_control\":{\"type\":\"ephemeral\"}")))
			memmove(end, end + 38 - 1, strlen(end + 38 - 1) + 1);
		end = strstr(plain, "],\"max_tokens\"");
		assert_non_null(end);
		*end = '\0';
		if (before)
			assert_memory_equal(before, plain, strlen(before));
		free(before);
		before = plain;
	}
	free(before);
}

static void
request__anthropic__thinking(void **state UNUSED)
{
	struct llm_quirks old = { .think = LLM_THINK_OBJECT }, new = { .think = LLM_THINK_EFFORT };
	struct llm_request r = request(LLM_ANTHROPIC, &user, 1);
	autojson cJSON *a = NULL, *b = NULL;

	r.effort = LLM_EFFORT_HIGH;
	r.temperature = 0.5;
	r.quirks = &old;
	a = build(&r);
	assert_json(a, "thinking", "{\"type\":\"enabled\",\"budget_tokens\":16384}");
	assert_json(a, "max_tokens", "20480");
	assert_json(a, "temperature", "null");
	r.quirks = &new;
	b = build(&r);
	assert_json(b, "thinking", "{\"type\":\"adaptive\"}");
	assert_json(b, "output_config.effort", "\"high\"");
}

static void
request__responses__items(void **state UNUSED)
{
	struct llm_message m[] = { user,
		{ .role = LLM_ASSISTANT, .kind = LLM_OPENAI_RESPONSES, .provider = "p", .model = "m",
			.calls = two_calls, .n_calls = 1,
			.replay = S("[{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[],\"encrypted_content\":\"g\\/\"},"
				    "{\"type\":\"message\",\"id\":\"msg\",\"phase\":\"commentary\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"t\",\"logprobs\":[{}],\"annotations\":[]}]},"
				    "{\"type\":\"function_call\",\"id\":\"fc\",\"call_id\":\"a\",\"name\":\"read\",\"arguments\":\"\"}]") },
		{ .role = LLM_TOOL, .call = 0, .text = S("one") } };
	struct llm_request r = request(LLM_OPENAI_RESPONSES, m, 3);
	autojson cJSON *j = build(&r), *k = NULL;

	assert_json(j, "store", "false");
	assert_json(j, "include", "[\"reasoning.encrypted_content\"]");
	assert_json(j, "input.2.encrypted_content", "\"g/\"");
	assert_json(j, "input.3",
		"{\"type\":\"message\",\"id\":\"msg\",\"phase\":\"commentary\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"t\",\"annotations\":[]}]}");
	assert_json(j, "input.4", "{\"type\":\"function_call\",\"id\":\"fc\",\"call_id\":\"a\",\"name\":\"read\",\"arguments\":\"{}\"}");
	assert_json(j, "input.5", "{\"type\":\"function_call_output\",\"call_id\":\"a\",\"output\":\"one\"}");
	/* Reasoning the server cannot find again goes, and with it the ids that name it. */
	m[1].replay = S("[{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[]},"
			"{\"type\":\"function_call\",\"id\":\"fc\",\"call_id\":\"a\",\"name\":\"read\",\"arguments\":\"{}\"}]");
	k = build(&r);
	assert_json(k, "input.2", "{\"type\":\"function_call\",\"call_id\":\"a\",\"name\":\"read\",\"arguments\":\"{}\"}");
}

static void
request__gemini__parts(void **state UNUSED)
{
	static const struct llm_call_ref calls[] = { { "i1", "read", { NULL, 0 } }, { NULL, "read", { NULL, 0 } } };
	struct llm_message m[] = { user,
		{ .role = LLM_ASSISTANT, .kind = LLM_GEMINI, .provider = "p", .model = "m", .calls = calls, .n_calls = 2,
			.replay = S("{\"role\":\"model\",\"parts\":[{\"text\":\"t\",\"thought\":true},{\"text\":\"\"},"
				    "{\"functionCall\":{\"name\":\"read\",\"id\":\"i1\"},\"thoughtSignature\":\"S\\/\"},"
				    "{\"functionCall\":{\"name\":\"read\"}},{\"text\":\"\",\"thoughtSignature\":\"T\"}]}") },
		{ .role = LLM_TOOL, .call = 0, .text = S("one") },
		{ .role = LLM_TOOL, .call = 1, .text = S("bad"), .is_error = true } };
	struct llm_request r = request(LLM_GEMINI, m, 4);
	autojson cJSON *j = NULL;

	r.tools = &tool;
	r.n_tools = 1;
	r.max_tokens = 5;
	j = build(&r);
	assert_json(j, "systemInstruction.parts.0.text", "\"be brief\"");
	assert_json(j, "generationConfig.maxOutputTokens", "5");
	assert_json(j, "tools.0.functionDeclarations.0.parameters.properties.path.type", "\"string\"");
	assert_json(j, "contents.1.parts",
		"[{\"functionCall\":{\"name\":\"read\",\"id\":\"i1\"},\"thoughtSignature\":\"S/\"},"
		"{\"functionCall\":{\"name\":\"read\"}},{\"text\":\"\",\"thoughtSignature\":\"T\"}]");
	assert_json(j, "contents.2",
		"{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"id\":\"i1\",\"name\":\"read\",\"response\":{\"output\":\"one\"}}},"
		"{\"functionResponse\":{\"name\":\"read\",\"response\":{\"error\":\"bad\"}}}]}");
	assert_json(j, "model", "null");
}

static void
request__ollama__messages(void **state UNUSED)
{
	struct llm_message m[] = { user,
		{ .role = LLM_ASSISTANT, .kind = LLM_OLLAMA, .provider = "p", .model = "m", .reasoning = S("why"),
			.calls = two_calls, .n_calls = 1, .replay = S("{\"role\":\"assistant\",\"content\":\"\"}") },
		{ .role = LLM_TOOL, .call = 0, .text = S("one") } };
	struct llm_quirks q = { .num_ctx = 8192 };
	struct llm_request r = request(LLM_OLLAMA, m, 3);
	autojson cJSON *j = NULL;

	r.quirks = &q;
	j = build(&r);
	assert_json(j, "options.num_ctx", "8192");
	assert_json(j, "stream", "true");
	assert_json(j, "messages.2",
		"{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"why\",\"tool_calls\":[{\"function\":{\"name\":\"read\",\"arguments\":{\"path\":\"x\"}}}]}");
	assert_json(j, "messages.3", "{\"role\":\"tool\",\"content\":\"one\",\"tool_name\":\"read\"}");
}

/* Mistral: no person's word right behind a tool's. */
static void
request__chat__own_word_between_tool_and_person(void **state UNUSED)
{
	static const struct llm_image im = { "image/png", LIT("AAAA") };
	struct llm_message m[] = { user, { .role = LLM_ASSISTANT, .calls = two_calls, .n_calls = 1 },
		{ .role = LLM_TOOL, .call = 0, .text = S("shot") }, user, user };
	struct llm_quirks q = { .tool_then_model = true };
	struct llm_request r = request(LLM_OPENAI_CHAT, m, 5);
	autojson cJSON *plain = build(&r), *j = NULL, *i = NULL;

	assert_json(plain, "messages.4.role", "\"user\"");
	r.quirks = &q;
	j = build(&r);
	assert_json(j, "messages.3.role", "\"tool\"");
	assert_json(j, "messages.4", "{\"role\":\"assistant\",\"content\":\"OK\"}");
	/* And the person's words are one message: roles alternate. */
	assert_json(j, "messages.5", "{\"role\":\"user\",\"content\":\"hi\\n\\nhi\"}");
	assert_json(j, "messages.6", "null");
	m[2].images = &im;
	m[2].n_images = 1;
	i = build(&r);
	assert_json(i, "messages.4.role", "\"assistant\"");
	assert_json(i, "messages.5.content.1.type", "\"image_url\"");
	assert_json(i, "messages.6.role", "\"user\"");
}

/* Caching by hand where it is wanted, a key where it helps, nothing where it is automatic. */
static void
request__cache__as_each_provider_takes_it(void **state UNUSED)
{
	struct llm_quirks none = { 0 }, key = { .cache_key = true }, marks = { .cache_control = true };

	for (int k = 0; k < LLM_KIND_COUNT; k++) {
		struct llm_request r = request((enum llm_kind)k, &user, 1);
		autobuf struct buf plain = BUF_INIT(1 << 16), keyed = BUF_INIT(1 << 16), off = BUF_INIT(1 << 16);
		bool openai = k == LLM_OPENAI_CHAT || k == LLM_OPENAI_RESPONSES;

		r.cache = true;
		r.cache_key = "homard-1";
		r.quirks = &none;
		assert_true(llm_request_build(&r, &plain, NULL));
		assert_int_equal(count(buf_str(&plain), "cache_control"), k == LLM_ANTHROPIC ? 2 : 0);
		assert_int_equal(count(buf_str(&plain), "prompt_cache_key"), 0);
		r.quirks = &key;
		assert_true(llm_request_build(&r, &keyed, NULL));
		assert_int_equal(count(buf_str(&keyed), "\"prompt_cache_key\":\"homard-1\""), openai);
		r.cache = false;
		assert_true(llm_request_build(&r, &off, NULL));
		assert_int_equal(count(buf_str(&off), "cache"), 0);
	}
	{
		struct llm_request r = request(LLM_OPENAI_CHAT, &user, 1);
		autobuf struct buf b = BUF_INIT(1 << 16);

		r.cache = true;
		r.quirks = &marks;
		assert_true(llm_request_build(&r, &b, NULL));
		assert_int_equal(count(buf_str(&b), "\"cache_control\":{\"type\":\"ephemeral\"}"), 2);
	}
}

static void
request__images__where_each_takes_them(void **state UNUSED)
{
	static const struct llm_image im = { "image/png", LIT("AAAA") };
	struct llm_message m[] = {
		{ .role = LLM_USER, .text = S("look"), .images = &im, .n_images = 1 },
		{ .role = LLM_ASSISTANT, .calls = two_calls, .n_calls = 1 },
		{ .role = LLM_TOOL, .call = 0, .text = S("shot"), .images = &im, .n_images = 1 } };
	struct llm_quirks none = { .no_images = true }, in_tools = { .tool_images = true };

	for (int k = 0; k < LLM_KIND_COUNT; k++) {
		struct llm_request r = request((enum llm_kind)k, m, 3);
		autobuf struct buf b = BUF_INIT(1 << 16), without = BUF_INIT(1 << 16);

		assert_true(llm_request_build(&r, &b, NULL));
		assert_int_equal(count(buf_str(&b), "AAAA"), 2);
		r.quirks = &none;
		assert_true(llm_request_build(&r, &without, NULL));
		assert_int_equal(count(buf_str(&without), "AAAA"), 0);
	}
	{
		struct llm_request r = request(LLM_OPENAI_CHAT, m, 3);
		autojson cJSON *j = build(&r), *a = NULL, *g = NULL, *o = NULL;

		assert_json(j, "messages.1.content.1.image_url.url", "\"data:image/png;base64,AAAA\"");
		assert_json(j, "messages.4.role", "\"user\"");
		assert_json(j, "messages.4.content.1.type", "\"image_url\"");
		r.kind = LLM_ANTHROPIC;
		a = build(&r);
		assert_json(a, "messages.2.content.0.content.1.source",
			"{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"AAAA\"}");
		r.kind = LLM_GEMINI;
		r.quirks = &in_tools;
		g = build(&r);
		assert_json(g, "contents.2.parts.0.functionResponse.parts.0.inlineData.data", "\"AAAA\"");
		r.kind = LLM_OPENAI_RESPONSES;
		o = build(&r);
		assert_json(o, "input.3.output",
			"[{\"type\":\"input_text\",\"text\":\"shot\"},"
			"{\"type\":\"input_image\",\"image_url\":\"data:image/png;base64,AAAA\"}]");
	}
}

static void
request__path_and_headers(void **state UNUSED)
{
	struct llm_request r = request(LLM_GEMINI, &user, 1);
	struct llm_quirks azure = { .auth = LLM_AUTH_API_KEY, .path = "/openai/deployments/%s/chat/completions?api-version=1" };
	autobuf struct buf b = BUF_INIT(1 << 12), c = BUF_INIT(1 << 12);
	autostrv struct strv h = { 0 }, h2 = { 0 }, h3 = { 0 };

	r.model = "models x?y";
	assert_true(llm_request_path(&r, &b));
	assert_string_equal(buf_str(&b), "/models/models%20x%3Fy:streamGenerateContent?alt=sse");
	llm_request_headers(&r, "K", &h);
	assert_true(strv_has(&h, "x-goog-api-key: K"));
	r = request(LLM_ANTHROPIC, &user, 1);
	llm_request_headers(&r, "K", &h2);
	assert_true(strv_has(&h2, "anthropic-version: 2023-06-01") && strv_has(&h2, "x-api-key: K"));
	r = request(LLM_OPENAI_CHAT, &user, 1);
	r.quirks = &azure;
	assert_true(llm_request_path(&r, &c));
	assert_string_equal(buf_str(&c), "/openai/deployments/m/chat/completions?api-version=1");
	llm_request_headers(&r, "K", &h3);
	assert_true(strv_has(&h3, "api-key: K"));
}

static void
request__too_large__says_so(void **state UNUSED)
{
	struct llm_request r = request(LLM_OPENAI_CHAT, &user, 1);
	autobuf struct buf b = BUF_INIT(40);
	struct err err = { 0 };

	assert_false(llm_request_build(&r, &b, &err));
	assert_int_equal(err.code, ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request__chat__smallest_body),
		cmocka_unit_test(request__chat__quirks),
		cmocka_unit_test(request__chat__own_turn_goes_back),
		cmocka_unit_test(request__chat__reasoning_rules),
		cmocka_unit_test(request__chat__array_content_is_completed),
		cmocka_unit_test(request__results__unanswered_calls_get_one),
		cmocka_unit_test(request__anthropic__blocks_results_and_marks),
		cmocka_unit_test(request__anthropic__never_more_than_four_marks_and_a_stable_prefix),
		cmocka_unit_test(request__anthropic__thinking),
		cmocka_unit_test(request__responses__items),
		cmocka_unit_test(request__gemini__parts),
		cmocka_unit_test(request__ollama__messages),
		cmocka_unit_test(request__chat__own_word_between_tool_and_person),
		cmocka_unit_test(request__cache__as_each_provider_takes_it),
		cmocka_unit_test(request__images__where_each_takes_them),
		cmocka_unit_test(request__path_and_headers),
		cmocka_unit_test(request__too_large__says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
