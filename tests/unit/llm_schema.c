/* Tool schemas as each server takes them. */
#include "tests/support/test.h"
#include "agent/base/json.h"
#include "agent/llm/request.h"

static void
check(enum llm_schema mode, const char *in, const char *want)
{
	struct err err = { 0 };
	autofree char *got = schema_reduce(slice_of(in), mode, &err);
	autojson cJSON *a = got ? cJSON_Parse(got) : NULL, *b = want ? cJSON_Parse(want) : NULL;

	assert_int_equal(err.code, ERR_NONE);
	if (!want) {
		assert_null(got);
		return;
	}
	assert_non_null(b);
	if (!a || !cJSON_Compare(a, b, 1))
		fail_msg("%s\n gives %s\n not   %s", in, got ? got : "nothing", want);
}

#define OBJ(props) "{\"type\":\"object\",\"properties\":{" props "}}"

static void
schema__full(void **state UNUSED)
{
	check(LLM_SCHEMA_FULL, "{\"$schema\":\"x\",\"type\":\"object\"}", "{\"type\":\"object\",\"properties\":{}}");
	check(LLM_SCHEMA_FULL, "", "{\"type\":\"object\",\"properties\":{}}");
	check(LLM_SCHEMA_FULL, OBJ("\"a\":{\"type\":[\"string\",\"null\"],\"minLength\":1}"),
		OBJ("\"a\":{\"type\":[\"string\",\"null\"],\"minLength\":1}"));
}

static void
schema__openapi(void **state UNUSED)
{
	check(LLM_SCHEMA_OPENAPI, "{\"type\":\"object\",\"properties\":{}}", NULL);
	check(LLM_SCHEMA_OPENAPI, OBJ("\"a\":{\"type\":[\"string\",\"null\"],\"default\":\"x\",\"format\":\"uri\"}"),
		OBJ("\"a\":{\"type\":\"string\",\"nullable\":true}"));
	check(LLM_SCHEMA_OPENAPI, OBJ("\"a\":{\"type\":[\"string\",\"integer\"]}"),
		OBJ("\"a\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}"));
	check(LLM_SCHEMA_OPENAPI, OBJ("\"a\":{\"anyOf\":[{\"type\":\"integer\"},{\"type\":\"null\"}],\"title\":\"A\"}"),
		OBJ("\"a\":{\"type\":\"integer\",\"nullable\":true}"));
	check(LLM_SCHEMA_OPENAPI, OBJ("\"a\":{\"const\":\"x\"},\"b\":{\"enum\":[1,2],\"type\":\"integer\"}"),
		OBJ("\"a\":{\"type\":\"string\",\"enum\":[\"x\"]},\"b\":{\"type\":\"integer\"}"));
	check(LLM_SCHEMA_OPENAPI,
		"{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"a\",\"gone\"],\"properties\":{\"a\":{\"type\":\"array\"}}}",
		"{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}");
	check(LLM_SCHEMA_OPENAPI,
		"{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/A\"}},\"$defs\":{\"A\":{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"number\"}}}}}",
		OBJ("\"a\":" OBJ("\"x\":{\"type\":\"number\"}")));
}

static void
schema__openapi__recursive_refs_end(void **state UNUSED)
{
	static const char in[] =
		"{\"type\":\"object\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/A\"}},\"$defs\":{\"A\":"
		"{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":\"#/$defs/A\"},\"y\":{\"$ref\":\"#/$defs/none\"}}}}}";
	autofree char *got = schema_reduce(slice_of(in), LLM_SCHEMA_OPENAPI, NULL);

	assert_non_null(got);
	assert_null(strstr(got, "$ref"));
	assert_true(strlen(got) < 10000);
}

static void
schema__openapi__refs_do_not_multiply(void **state UNUSED)
{
	autobuf struct buf in = BUF_INIT(1 << 20);
	autofree char *got = NULL;

	buf_printf(&in, "{\"type\":\"object\",\"properties\":{\"r\":{\"$ref\":\"#/$defs/A\"}},"
			"\"$defs\":{\"A\":{\"type\":\"object\",\"properties\":{");
	for (int i = 0; i < 40; i++)
		buf_printf(&in, "%s\"p%d\":{\"$ref\":\"#/$defs/A\"}", i ? "," : "", i);
	buf_printf(&in, "}}}}");
	got = schema_reduce(buf_slice(&in), LLM_SCHEMA_OPENAPI, NULL);
	assert_non_null(got);
	assert_true(strlen(got) < 1 << 20);
}

static void
schema__strict(void **state UNUSED)
{
	check(LLM_SCHEMA_STRICT,
		"{\"type\":\"object\",\"required\":[\"a\"],\"properties\":{\"a\":{\"type\":\"string\",\"minLength\":1},"
		"\"b\":{\"type\":\"string\",\"enum\":[\"x\"]},\"c\":{\"type\":\"object\",\"properties\":{\"d\":{\"type\":[\"string\",\"null\"]}}}}}",
		"{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"a\",\"b\",\"c\"],\"properties\":{"
		"\"a\":{\"type\":\"string\"},\"b\":{\"type\":[\"string\",\"null\"],\"enum\":[\"x\",null]},"
		"\"c\":{\"type\":[\"object\",\"null\"],\"additionalProperties\":false,\"required\":[\"d\"],\"properties\":{\"d\":{\"type\":[\"string\",\"null\"]}}}}}");
}

static void
schema__kimi(void **state UNUSED)
{
	check(LLM_SCHEMA_KIMI,
		"{\"$schema\":\"x\",\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"items\":[{\"type\":\"string\"}]},"
		"\"b\":{\"type\":\"string\",\"anyOf\":[{\"minLength\":1},{\"type\":\"null\"}]}}}",
		"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"prefixItems\":[{\"type\":\"string\"}]},"
		"\"b\":{\"anyOf\":[{\"minLength\":1,\"type\":\"string\"},{\"type\":\"null\"}]}}}");
	check(LLM_SCHEMA_KIMI, "{\"properties\":{}}", "{\"type\":\"object\",\"properties\":{}}");
}

static void
schema__anthropic(void **state UNUSED)
{
	check(LLM_SCHEMA_ANTHROPIC,
		OBJ("\"a\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":9},\"b\":{\"type\":\"array\",\"minItems\":3,\"uniqueItems\":true,\"items\":{\"type\":\"string\",\"pattern\":\"x\"}}"),
		"{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"a\":{\"type\":\"integer\"},"
		"\"b\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}}");
}

static void
schema__a_property_may_be_called_like_a_keyword(void **state UNUSED)
{
	check(LLM_SCHEMA_ANTHROPIC, OBJ("\"pattern\":{\"type\":\"string\"},\"minimum\":{\"type\":\"string\"}"),
		"{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"pattern\":{\"type\":\"string\"},\"minimum\":{\"type\":\"string\"}}}");
	check(LLM_SCHEMA_OPENAPI, OBJ("\"default\":{\"type\":\"string\"},\"$ref\":{\"type\":\"string\"},\"items\":{\"type\":\"string\"}"),
		OBJ("\"default\":{\"type\":\"string\"},\"$ref\":{\"type\":\"string\"},\"items\":{\"type\":\"string\"}"));
}

static void
schema__bad(void **state UNUSED)
{
	static const char *const bad[] = { "[]", "x", "1", "{", "\"s\"" };
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		err_clear(&err);
		assert_null(schema_reduce(slice_of(bad[i]), LLM_SCHEMA_FULL, &err));
		assert_int_not_equal(err.code, ERR_NONE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schema__full),
		cmocka_unit_test(schema__openapi),
		cmocka_unit_test(schema__openapi__recursive_refs_end),
		cmocka_unit_test(schema__openapi__refs_do_not_multiply),
		cmocka_unit_test(schema__strict),
		cmocka_unit_test(schema__kimi),
		cmocka_unit_test(schema__anthropic),
		cmocka_unit_test(schema__a_property_may_be_called_like_a_keyword),
		cmocka_unit_test(schema__bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
