#include "tests/support/llm_test.h"
#include "tests/support/test.h"
#include "agent/base/json.h"

#define OUT_MAX (64u << 20)

void
llm_test_turn(enum llm_kind kind, const char *body, size_t step, struct llm_turn *ret)
{
	struct llm_stream *s = llm_stream_create(&(struct llm_stream_opts){ .kind = kind });
	size_t n = strlen(body);

	if (!step)
		step = MAX_OF(n, 1);
	for (size_t at = 0; at < n; at += step)
		if (!llm_stream_feed(s, (struct slice){ body + at, MIN_OF(step, n - at) }))
			break;
	llm_stream_finish(s, ret);
	llm_stream_destroy(s);
}

static char *
decode_text(enum llm_kind kind, const char *body, size_t step)
{
	struct buf out = BUF_INIT(OUT_MAX);
	struct llm_turn t;

	llm_test_turn(kind, body, step, &t);
	assert_true(llm_turn_to_json(&t, kind, &out));
	llm_turn_finish(&t);
	return buf_steal(&out);
}

cJSON *
llm_test_decode(enum llm_kind kind, const char *body)
{
	static const size_t steps[] = { 1, 2, 3, 7 };
	autofree char *whole = decode_text(kind, body, 0);
	cJSON *root = cJSON_Parse(whole);

	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		autofree char *cut = decode_text(kind, body, steps[i]);

		assert_string_equal(whole, cut);
	}
	if (!root)
		fail_msg("not JSON: %s", whole);
	return root;
}

cJSON *
llm_test_build(const struct llm_request *r, struct err *err)
{
	autobuf struct buf out = BUF_INIT(OUT_MAX);
	cJSON *root;

	if (!llm_request_build(r, &out, err))
		return NULL;
	root = json_parse(buf_slice(&out), NULL);
	if (!root)
		fail_msg("not strict JSON: %s", buf_str(&out));
	return root;
}

void
llm_test_same(const cJSON *root, const char *path, const char *json, const char *file, int line)
{
	const cJSON *got = *path ? json_at(root, path) : root;
	autojson cJSON *want = cJSON_Parse(json);
	char *text;

	if (!want) {
		print_error("%s:%d: the expectation is not JSON: %s\n", file, line, json);
		fail();
	}
	if ((!got && cJSON_IsNull(want)) || (got && cJSON_Compare(got, want, 1)))
		return;
	text = got ? cJSON_PrintUnformatted(got) : NULL;
	print_error("%s:%d: %s is %s, not %s\n", file, line, path, text ? text : "absent", json);
	cJSON_free(text);
	fail();
}
