/* Errors: every shape, every provider's words for a full window, every way to say "wait". */
#include "tests/support/test.h"
#include "agent/llm/errors.h"
#include "agent/llm/llm.h"

struct want {
	int status;
	const char *body;
	enum llm_error_kind kind;
	bool retryable;
	const char *message; /* NULL: not looked at */
};

static void
check(const struct want *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct llm_error e;

		if (!llm_error_decode(LLM_OPENAI_CHAT, w[i].status, NULL, 0, slice_of(w[i].body), 0, &e))
			fail_msg("%d %s: no error", w[i].status, w[i].body);
		if (e.kind != w[i].kind || e.retryable != w[i].retryable)
			fail_msg("%d %s: %s retryable %d", w[i].status, w[i].body,
				llm_error_kind_name(e.kind), e.retryable);
		if (w[i].message)
			assert_string_equal(e.message, w[i].message);
		assert_non_null(e.message);
		llm_error_finish(&e);
	}
}

static void
errors__shapes(void **state UNUSED)
{
	static const struct want w[] = {
		{ 401, "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"k\"}}", LLM_ERR_AUTH, false, "k" },
		{ 404, "{\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":null,\"code\":null}}", LLM_ERR_NOT_FOUND, false, "m" },
		{ 400, "[{\"error\":{\"code\":400,\"message\":\"API key not valid.\",\"status\":\"INVALID_ARGUMENT\"}}]", LLM_ERR_AUTH, false, "API key not valid." },
		{ 400, "{\"code\":\"Client specified an invalid argument\",\"error\":\"Incorrect API key provided: x\"}", LLM_ERR_AUTH, false, "Incorrect API key provided: x" },
		{ 400, "{\"object\":\"error\",\"message\":\"m\",\"type\":\"invalid_model\",\"code\":\"1500\"}", LLM_ERR_INVALID_REQUEST, false, "m" },
		{ 422, "{\"object\":\"error\",\"message\":{\"detail\":[{\"msg\":\"x\"}]},\"type\":\"t\"}", LLM_ERR_INVALID_REQUEST, false, "{\"detail\":[{\"msg\":\"x\"}]}" },
		{ 422, "{\"detail\":[{\"loc\":[1],\"msg\":\"x\"}]}", LLM_ERR_INVALID_REQUEST, false, NULL },
		{ 401, "{\"detail\":\"Invalid API Key\"}", LLM_ERR_AUTH, false, "Invalid API Key" },
		{ 401, "{\"message\":\"Unauthorized\",\"request_id\":\"r\"}", LLM_ERR_AUTH, false, "Unauthorized" },
		{ 400, "{\"error\":[\"a\",\"b\"]}", LLM_ERR_INVALID_REQUEST, false, "a" },
		{ 429, "{\"error\":\"Model is overloaded\",\"error_type\":\"overloaded\"}", LLM_ERR_OVERLOADED, true, "Model is overloaded" },
		{ 404, "{\"error\":\"model 'x' not found\"}", LLM_ERR_NOT_FOUND, false, "model 'x' not found" },
		{ 502, "<html>bad gateway</html>\n", LLM_ERR_SERVER, true, "<html>bad gateway</html>" },
		{ 503, "", LLM_ERR_OVERLOADED, true, "" },
		{ 200, "{\"base_resp\":{\"status_code\":1008,\"status_msg\":\"insufficient balance\"},\"choices\":null}", LLM_ERR_BILLING, false, "insufficient balance" },
		{ 200, "{\"error\":{\"message\":\"m\",\"code\":\"content_filter\",\"status\":400}}", LLM_ERR_CONTENT_FILTER, false, "m" },
		{ 500, "data: {\"error\":{\"message\":\"m\"}}\n\n", LLM_ERR_SERVER, true, "m" },
		{ 400, "event: error\ndata: {\"error\":{\"message\":\"m\"}}\n\n", LLM_ERR_INVALID_REQUEST, false, "m" },
	};

	check(w, ARRAY_LEN(w));
}

static void
errors__kinds(void **state UNUSED)
{
	static const struct want w[] = {
		{ 402, "{}", LLM_ERR_BILLING, false, NULL },
		{ 403, "{\"error\":{\"message\":\"not allowed\"}}", LLM_ERR_PERMISSION, false, NULL },
		{ 404, "{\"error\":{\"message\":\"No endpoints found that support tool use.\"}}", LLM_ERR_INVALID_REQUEST, false, NULL },
		{ 400, "{\"error\":{\"code\":\"model_not_found\",\"message\":\"m\"}}", LLM_ERR_NOT_FOUND, false, NULL },
		{ 408, "{}", LLM_ERR_TIMEOUT, true, NULL },
		{ 409, "{}", LLM_ERR_INVALID_REQUEST, true, NULL },
		{ 429, "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"You exceeded your current quota\"}}", LLM_ERR_BILLING, false, NULL },
		{ 429, "{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\",\"message\":\"You exceeded your current quota\"}}", LLM_ERR_RATE_LIMIT, true, NULL },
		{ 429, "{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"Request too large: maximum context length\"}}", LLM_ERR_RATE_LIMIT, true, NULL },
		{ 529, "{}", LLM_ERR_OVERLOADED, true, NULL },
		{ 504, "x", LLM_ERR_TIMEOUT, true, NULL },
		{ 400, "{\"error\":{\"code\":\"tool_use_failed\",\"message\":\"m\"}}", LLM_ERR_TOOL_USE_FAILED, false, NULL },
		{ 400, "{\"error\":{\"code\":\"data_inspection_failed\",\"message\":\"m\"}}", LLM_ERR_CONTENT_FILTER, false, NULL },
		{ 498, "{\"error\":{\"code\":\"capacity_exceeded\",\"message\":\"Flex tier capacity exceeded\"}}", LLM_ERR_OVERLOADED, true, NULL },
		{ 403, "{\"error\":{\"code\":403,\"message\":\"Key limit exceeded (total limit).\"}}", LLM_ERR_BILLING, false, NULL },
		{ 403, "{\"code\":\"permission-denied\",\"error\":\"Your newly created team doesn't have any credits or licenses yet.\"}", LLM_ERR_BILLING, false, NULL },
		{ 412, "{\"error\":{\"message\":\"Account x is suspended, possibly due to reaching the monthly spending limit\"}}", LLM_ERR_BILLING, false, NULL },
		{ 402, "{\"error\":\"You have exceeded your monthly included credits for Inference Providers.\"}", LLM_ERR_BILLING, false, NULL },
		{ 400, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit balance is too low to access the API.\"}}", LLM_ERR_BILLING, false, NULL },
		{ 429, "{\"error\":{\"code\":\"1113\",\"message\":\"Insufficient balance or no resource package. Please recharge.\"}}", LLM_ERR_BILLING, false, NULL },
		{ 429, "{\"error\":{\"code\":\"1302\",\"message\":\"High concurrency usage of this API\"}}", LLM_ERR_RATE_LIMIT, true, NULL },
		{ 400, "{\"error\":{\"code\":\"1301\",\"message\":\"System detected potentially unsafe or sensitive content in input or generation.\"}}", LLM_ERR_CONTENT_FILTER, false, NULL },
		{ 400, "{\"error\":{\"type\":\"content_filter\",\"message\":\"The request was rejected because it was considered high risk\"}}", LLM_ERR_CONTENT_FILTER, false, NULL },
		{ 400, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Output blocked by content filtering policy\"}}", LLM_ERR_CONTENT_FILTER, false, NULL },
		{ 403, "{\"code\":\"x\",\"error\":\"Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO\"}", LLM_ERR_CONTENT_FILTER, false, NULL },
		{ 400, "{\"error\":{\"code\":400,\"message\":\"API key expired. Please renew the API key.\",\"status\":\"INVALID_ARGUMENT\"}}", LLM_ERR_AUTH, false, NULL },
		{ 400, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"This model does not support the effort parameter. Supported levels: low, medium, high.\"}}", LLM_ERR_INVALID_REQUEST, false, NULL },
		{ 403, "<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head></html>", LLM_ERR_PERMISSION, false, NULL },
		{ 524, "<html><head><title>524: A timeout occurred</title></head></html>", LLM_ERR_TIMEOUT, true, NULL },
		{ 520, "<html>error</html>", LLM_ERR_SERVER, true, NULL },
	};

	check(w, ARRAY_LEN(w));
}

static void
errors__context_overflow__of_each_provider(void **state UNUSED)
{
	static const char *const texts[] = {
		"prompt is too long: 3333404 tokens > 200000 maximum",
		"Your input exceeds the context window of this model. Please adjust your input",
		"This model's maximum context length is 1048565 tokens. However, you requested 2000000",
		"The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).",
		"This endpoint's maximum context length is 200000 tokens. However",
		"prompt too long; exceeded max context length by 42 tokens",
		"This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
		"Please reduce the length of the messages or completion.",
		"Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
		"Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)",
		"invalid params, context window exceeds limit (2013)",
		"the request exceeds the available context size, try increasing it",
		"The number of tokens to keep from the initial prompt is greater than the context length.",
		"Trying to keep the first 9000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens",
		"<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 98304]",
		"Prompt exceeds max length",
		"The input (40000 tokens) is longer than the model's context length (32768 tokens).",
		"The decoder prompt (length 9000) is longer than the maximum model length of 8192.",
		"You passed 9000 input tokens and requested 100 output tokens. However, the model's context length is only 8192 tokens",
		"Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.",
		"input length exceeds maximum context length",
		"`inputs` must have less than 4096 tokens. Given: 9000",
		"`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000",
		"too many tokens: total number of tokens in the prompt cannot exceed 4081",
		"Request body too large for gpt-4o model. Max size: 8000 tokens.",
		"input length and `max_tokens` exceed context limit: 199759 + 20000 > 200000",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		autofree char *body = xasprintf("{\"error\":{\"message\":\"%s\"}}", texts[i]);
		autofree char *event = xasprintf("data: %s\n\n", body);
		const struct want w = { 400, body, LLM_ERR_CONTEXT_OVERFLOW, false, NULL };
		struct llm_stream *s = llm_stream_create(
			&(struct llm_stream_opts){ .kind = LLM_OPENAI_CHAT });
		struct llm_turn t;

		check(&w, 1);
		/* LM Studio says it inside a 200. */
		llm_stream_feed(s, slice_of(event));
		llm_stream_finish(s, &t);
		llm_stream_destroy(s);
		assert_int_equal(t.error.kind, LLM_ERR_CONTEXT_OVERFLOW);
		llm_turn_finish(&t);
	}
	/* Cerebras says nothing. */
	check(&(struct want){ 400, "", LLM_ERR_CONTEXT_OVERFLOW, false, NULL }, 1);
	check(&(struct want){ 413, "", LLM_ERR_CONTEXT_OVERFLOW, false, NULL }, 1);
}

static int64_t
delay(int status, const char *body, const char *const (*h)[2], size_t n, bool *retryable)
{
	struct llm_header headers[8];
	struct llm_error e;
	int64_t ms;

	for (size_t i = 0; i < n; i++)
		headers[i] = (struct llm_header){ h[i][0], h[i][1] };
	assert_true(llm_error_decode(LLM_OPENAI_CHAT, status, headers, n, slice_of(body), 0, &e));
	ms = e.retry_after_ms;
	*retryable = e.retryable;
	llm_error_finish(&e);
	return ms;
}
#define DELAY(status, body, ...)                                                                   \
	__extension__({                                                                            \
		const char *const h_[][2] = { __VA_ARGS__ };                                       \
		delay((status), (body), h_, ARRAY_LEN(h_), &retry);                                \
	})

static void
errors__delay__from_headers(void **state UNUSED)
{
	bool retry;

	assert_int_equal(DELAY(429, "{}", { "Retry-After", "2" }), 2000);
	assert_int_equal(DELAY(429, "{}", { "retry-after-ms", "1500.2" }, { "retry-after", "9" }), 1501);
	assert_int_equal(DELAY(429, "{}", { "retry-after-ms", "0" }, { "retry-after", "1" }), 1000);
	assert_int_equal(DELAY(503, "{}", { "retry-after", "Tue, 26 Mar 2024 20:00:05 GMT" },
				 { "date", "Tue, 26 Mar 2024 19:59:59 GMT" }), 6000);
	assert_int_equal(DELAY(429, "{}", { "anthropic-ratelimit-requests-remaining", "0" },
				 { "anthropic-ratelimit-requests-reset", "2024-03-26T20:00:00Z" },
				 { "anthropic-ratelimit-tokens-remaining", "9" },
				 { "anthropic-ratelimit-tokens-reset", "2024-03-26T21:00:00Z" },
				 { "date", "Tue, 26 Mar 2024 19:59:59 GMT" }), 1000);
	assert_int_equal(DELAY(429, "{}", { "x-ratelimit-remaining-requests", "0" },
				 { "x-ratelimit-reset-requests", "1m2.5s" }), 62500);
	assert_int_equal(DELAY(429, "{}", { "X-RateLimit-Remaining", "0" },
				 { "X-RateLimit-Reset", "1711483205000" },
				 { "Date", "Tue, 26 Mar 2024 19:59:59 GMT" }), 6000);
	assert_int_equal(DELAY(429, "{}", { "retry-after", "1.5" }), 1500);
	assert_int_equal(DELAY(429, "{}", { "retry-after", "0" }), 0);
	assert_int_equal(DELAY(503, "{}", { "retry-after", "Sun, 06 Nov 1994 08:49:37 GMT" },
				 { "date", "Tue, 26 Mar 2024 19:59:59 GMT" }), 0);
	assert_int_equal(DELAY(429, "{}", { "x-ratelimit-remaining-tokens-minute", "0" },
				 { "x-ratelimit-reset-tokens-minute", "45.25" }), 45250);
	assert_int_equal(DELAY(429, "{}", { "retry-after", "soon" }), -1);
	assert_int_equal(DELAY(429, "{}", { "retry-after", "99999999999999999999" }), -1);
	assert_int_equal(DELAY(400, "{}", { "retry-after", "5" }), -1);
}

static void
errors__delay__from_the_body(void **state UNUSED)
{
	bool retry;

	assert_int_equal(DELAY(429, "{\"error\":{\"message\":\"Please retry in 48.939935699s.\",\"details\":[{\"@type\":\"x\"},{\"retryDelay\":\"48s\"}]}}", { "a", "b" }), 48000);
	assert_int_equal(DELAY(429, "{\"error\":{\"message\":\"Please retry in 48.9399s.\"}}", { "a", "b" }), 48940);
	assert_int_equal(DELAY(429, "{\"error\":{\"message\":\"Rate limit. Please try again in 6ms. More\"}}", { "a", "b" }), 6);
	assert_int_equal(DELAY(429, "{\"error\":{\"message\":\"Please try again in 1h2m3s\"}}", { "a", "b" }), 3723000);
	assert_int_equal(DELAY(429, "{\"error\":{\"message\":\"Please try again in 20 seconds\"}}", { "a", "b" }), 20000);
	assert_int_equal(DELAY(429, "{\"error\":{\"message\":\"Please try again in 1.2s.\"}}", { "a", "b" }), 1200);
	assert_int_equal(DELAY(429, "{\"error\":{\"message\":\"slow\",\"retry_after\":3}}", { "a", "b" }), 3000);
	assert_int_equal(DELAY(429, "{\"message\":\"slow\",\"retry_after\":\"2.5\"}", { "a", "b" }), 2500);
	assert_int_equal(DELAY(429, "{\"error\":{\"message\":\"slow\",\"metadata\":{\"retry_after_seconds\":7}}}", { "a", "b" }), 7000);
	assert_int_equal(DELAY(429, "{\"error\":{\"message\":\"slow\",\"retry_after_ms\":150}}", { "a", "b" }), 150);
	assert_int_equal(DELAY(429, "{\"error\":{\"message\":\"try again in a while\"}}", { "a", "b" }), -1);
}

static void
errors__retry__the_server_decides_first(void **state UNUSED)
{
	bool retry;

	DELAY(529, "{}", { "x-should-retry", "false" });
	assert_false(retry);
	DELAY(400, "{}", { "x-should-retry", "true" });
	assert_true(retry);
}

static void
errors__good_bodies_are_none(void **state UNUSED)
{
	static const char *const bodies[] = { "{\"id\":\"x\",\"choices\":[]}",
		"{\"object\":\"response\",\"error\":null,\"output\":[]}", "data: {\"choices\":[]}\n\n", "",
		"event: error\ndata: {\"error\":{\"message\":\"the stream says it\"}}\n\n",
		"{\"type\":\"message\",\"content\":[]}", "{\"base_resp\":{\"status_code\":0}}" };
	struct llm_error e;

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
		assert_false(llm_error_decode(LLM_OPENAI_CHAT, 200, NULL, 0, slice_of(bodies[i]), 0, &e));
}

static void
errors__sentence__says_what_to_do(void **state UNUSED)
{
	for (int k = LLM_ERR_AUTH; k <= LLM_ERR_TOO_LARGE; k++) {
		struct llm_error e = { .kind = (enum llm_error_kind)k, .status = 400,
			.message = xstrdup("words\x1b[31m of the server"), .retry_after_ms = 2000 };
		autofree char *s = llm_error_sentence(&e, "openai");

		assert_non_null(strstr(s, "openai"));
		assert_null(strchr(s, '\x1b'));
		assert_non_null(llm_error_kind_name(e.kind));
		llm_error_finish(&e);
	}
}

/* A gateway's web page is not poured over the person: its title says enough. */
static void
errors__sentence__of_a_web_page_is_its_title(void **state UNUSED)
{
	struct llm_error e;
	char *s;

	assert_true(llm_error_decode(LLM_OPENAI_CHAT, 502, NULL, 0,
		SLICE_LIT("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center>nginx</center></body></html>"),
		0, &e));
	s = llm_error_sentence(&e, "OpenAI");
	assert_non_null(strstr(s, "502 Bad Gateway"));
	assert_null(strchr(s, '<'));
	free(s);
	llm_error_finish(&e);
	assert_true(llm_error_decode(LLM_OPENAI_CHAT, 404, NULL, 0, SLICE_LIT("<!doctype html><p>nothing"), 0, &e));
	s = llm_error_sentence(&e, "OpenAI");
	assert_null(strchr(s, '<'));
	assert_non_null(strstr(s, "address"));
	free(s);
	llm_error_finish(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors__shapes),
		cmocka_unit_test(errors__kinds),
		cmocka_unit_test(errors__context_overflow__of_each_provider),
		cmocka_unit_test(errors__delay__from_headers),
		cmocka_unit_test(errors__delay__from_the_body),
		cmocka_unit_test(errors__retry__the_server_decides_first),
		cmocka_unit_test(errors__good_bodies_are_none),
		cmocka_unit_test(errors__sentence__says_what_to_do),
		cmocka_unit_test(errors__sentence__of_a_web_page_is_its_title),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
