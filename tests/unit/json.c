#include "tests/support/testing.h"
#include "agent/base/json.h"

static void
json__parse__is_strict(UNUSED void **state)
{
	static const char *const bad[] = { "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "01",
		"1.", ".5", "+1", "-", "1e", "0x10", "NaN", "tru", "nullx", "\"a", "\"\t\"",
		"\"\\x\"", "\"\\u12\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\"",
		"\"\\ud800\\u0041\"", "1 2", "[1 2]", "{\"a\" 1}", "{\"a\":1 \"b\":2}",
		"\xEF\xBB\xBF{}", "\"\xFF\"", "\"\xED\xA0\x80\"", "{\"a\":1,\"a\":2}",
		"{\"a\":1,\"\\u0061\":2}", "[{\"x\":{\"b\":1,\"c\":2,\"b\":3}}]",
		"9007199254740993", "-9007199254740993", "12345678901234567890", "'a'",
		"//c\n1", "[1}", "\"\\", "\"\\u" };
	static const char *const good[] = { "0", "-0", "1.5e-3", " [ ] ", "{}", "\"\"", "true",
		"9007199254740992", "-9007199254740992", "\"\\ud83e\\udd9e\"", "\"\\\\u0000\"",
		"{\"a\":{\"a\":1},\"A\":2}", "[[],{}]", "\"文件\"", "1e300" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = { 0 };
		autojson cJSON *o = json_parse(slice_of(bad[i]), &err);

		if (o || err.code != ERR_PROTO)
			fail_msg("taken: %s", bad[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct err err = { 0 };
		autojson cJSON *o = json_parse(slice_of(good[i]), &err);

		if (!o)
			fail_msg("%s: %s", good[i], err.text);
	}
}

static void
json__parse__every_cut_is_refused(UNUSED void **state)
{
	static const char text[] =
		"{\"k\\u00e9\":[1,-2.5e3,\"\\ud83e\\udd9e 文\",true,null],\"z\":{}}";

	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		/* An exact copy, so that a sanitizer sees one byte read too many. */
		char *copy = xmalloc(n + 1);
		autojson cJSON *o = NULL;

		memcpy(copy, text, n);
		o = json_parse((struct slice){ copy, n }, NULL);
		assert_null(o);
		o = json_parse_lenient((struct slice){ copy, n }, NULL);
		assert_null(o);
		free(copy);
	}
	assert_null(json_parse((struct slice){ NULL, 0 }, NULL));
}

static void
json__parse__duplicates_in_objects_of_any_size(UNUSED void **state)
{
	for (int n = 1; n < 40; n++) {
		autobuf struct buf b = BUF_INIT(4096);
		autojson cJSON *o = NULL;

		buf_add_str(&b, "{\"k0\":0");
		for (int i = 1; i < n; i++)
			buf_printf(&b, ",\"k%d\":%d", i, i);
		buf_add_char(&b, '}');
		o = json_parse(buf_slice(&b), NULL);
		assert_non_null(o);
		b.len--;
		buf_printf(&b, ",\"k%d\":1}", n / 2);
		assert_null(json_parse(buf_slice(&b), NULL));
	}
}

static void
json__parse__depth_is_bounded(UNUSED void **state)
{
	char text[2 * 100000];

	for (size_t n = 60; n < 70; n++) {
		autojson cJSON *o = NULL;

		memset(text, '[', n);
		memset(text + n, ']', n);
		o = json_parse((struct slice){ text, 2 * n }, NULL);
		assert_int_equal(o != NULL, n <= JSON_DEPTH_MAX);
	}
	memset(text, '[', sizeof(text));
	assert_null(json_parse((struct slice){ text, sizeof(text) }, NULL));
}

static void
json__lenient__lets_provider_traffic_through(UNUSED void **state)
{
	static const char text[] = "\xEF\xBB\xBF{\"a\":1,\"a\":2,\"n\":\"x\\u0000y\\\\u0000\","
				   "\"s\":\"\\ud800!\",\"big\":12345678901234567890}";
	struct err err = { 0 };
	autojson cJSON *o = json_parse_lenient(SLICE_LIT(text), &err);

	assert_non_null(o);
	assert_int_equal(json_i64(o, "a", 0), 2);
	assert_string_equal(json_str(o, "n", ""), "x\xEF\xBF\xBDy\\u0000");
	assert_string_equal(json_str(o, "s", ""), "\xEF\xBF\xBD!");
	assert_int_equal(json_i64(o, "big", -1), -1);
	assert_null(json_parse_lenient(SLICE_LIT("{\"a\":01}"), &err));
}

static void
json__get__is_case_sensitive_and_typed(UNUSED void **state)
{
	autojson cJSON *o = json_parse(SLICE_LIT("{\"Key\":\"s\",\"n\":3,\"f\":1.5,\"b\":true,"
						 "\"a\":[{\"c\":\"deep\"},7],"
						 "\"max\":9007199254740992}"),
		NULL);

	assert_null(json_get(o, "key"));
	assert_string_equal(json_str(o, "Key", "x"), "s");
	assert_string_equal(json_str(o, "n", "x"), "x");
	assert_null(json_str(o, "none", NULL));
	assert_int_equal(json_i64(o, "n", 0), 3);
	assert_int_equal(json_i64(o, "f", -7), -7);
	assert_true(json_i64(o, "max", 0) == INT64_C(9007199254740992));
	assert_true(json_num(o, "f", 0) == 1.5);
	assert_true(json_bool(o, "b", false));
	assert_true(json_bool(o, "n", true));
	assert_string_equal(json_at(o, "a.0.c")->valuestring, "deep");
	assert_int_equal(json_at(o, "a.1")->valueint, 7);
	assert_null(json_at(o, "a.2"));
	assert_null(json_at(o, "a.-1"));
	assert_null(json_at(o, "a.0.c.d"));
	assert_null(json_at(NULL, "a"));
	assert_null(json_get(NULL, "a"));
	assert_null(json_at(o, "a.99999999999999999999"));
}

static void
json__writer__commas_names_and_escapes(UNUSED void **state)
{
	autobuf struct buf b = BUF_INIT(4096);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "s\"", "a\"\\\n\x01/文");
	jw_array(&w, "list");
	jw_i64(&w, NULL, INT64_MIN);
	jw_object(&w, NULL);
	jw_end_object(&w);
	jw_null(&w, NULL);
	jw_array(&w, NULL);
	jw_end_array(&w);
	jw_end_array(&w);
	jw_bool(&w, "b", false);
	jw_num(&w, "n", 0.1);
	jw_num(&w, "inf", 1e308 * 10);
	jw_raw(&w, "raw", SLICE_LIT("{ \"x\" : 1 }"));
	jw_str(&w, "null", NULL);
	jw_slice(&w, "bad", (struct slice){ "a\xFF\0", 3 });
	jw_end_object(&w);
	assert_string_equal(buf_str(&b),
		"{\"s\\\"\":\"a\\\"\\\\\\n\\u0001/"
		"文\",\"list\":[-9223372036854775808,{},null,[]],"
		"\"b\":false,\"n\":0.1,\"inf\":null,\"raw\":{ \"x\" : 1 },\"null\":null,"
		"\"bad\":\"a\\\\xFF\\u0000\"}");
}

static void
json__quote__is_safe_on_a_terminal(UNUSED void **state)
{
	autobuf struct buf b = BUF_INIT(1 << 16);
	static const char nasty[] = "\x1b[31m\x7F\xC2\x9B\xE2\x80\xAE\xE2\x80\xA8";
	autojson cJSON *o = NULL;

	assert_true(json_quote(&b, SLICE_LIT(nasty)));
	assert_string_equal(buf_str(&b), "\"\\u001b[31m\\u007f\\u009b\\u202e\\u2028\"");
	o = json_parse(buf_slice(&b), NULL);
	assert_non_null(o);
	assert_string_equal(o->valuestring, nasty);
	/* Every byte value makes valid JSON. */
	for (int c = 0; c < 256; c++) {
		char s[] = { 'x', (char)c };

		buf_clear(&b);
		json_quote(&b, (struct slice){ s, 2 });
		cJSON *parsed = json_parse_lenient(buf_slice(&b), NULL);
		assert_non_null(parsed);
		cJSON_Delete(parsed);
	}
}

static void
json__num__reads_back_the_same(UNUSED void **state)
{
	static const double list[] = { 0.1, 1.0 / 3, 1e21, -2.5e-10, 123456789.125, 0 };

	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		autobuf struct buf b = BUF_INIT(100);
		autojson cJSON *o = NULL;
		struct jw w;

		jw_init(&w, &b);
		jw_num(&w, NULL, list[i]);
		o = json_parse(buf_slice(&b), NULL);
		assert_true(o && o->valuedouble == list[i]);
	}
}

static void
check_raw(const char *text, const char *path, const char *want)
{
	struct slice got = json_raw(slice_of(text), path);

	if (!want) {
		assert_null(got.p);
		return;
	}
	assert_non_null(got.p);
	if (!slice_eq_str(got, want))
		fail_msg("%s: %.*s", path, SLICE_FMT(got));
}

static void
json__raw__finds_bytes_as_sent(UNUSED void **state)
{
	static const char t[] = " { \"a\" : [ 1.50 , {\"b\": \"x\\u0041\\/\" } ,\"s]}\" ],"
				" \"\\u0063\" : 12345678901234567890 , \"d\":1, \"d\":2}";

	check_raw(t, "a.0", "1.50");
	check_raw(t, "a.1", "{\"b\": \"x\\u0041\\/\" }");
	check_raw(t, "a.1.b", "\"x\\u0041\\/\"");
	check_raw(t, "a.2", "\"s]}\"");
	check_raw(t, "c", "12345678901234567890");
	check_raw(t, "d", "2");
	check_raw(t, "a.3", NULL);
	check_raw(t, "a.x", NULL);
	check_raw(t, "b", NULL);
	check_raw("[]", "0", NULL);
	check_raw("{}", "a", NULL);
	check_raw("\"a\"", "a", NULL);
	check_raw("{\"a\":1", "a", NULL);
	check_raw("{\"a\":[1", "a.0", NULL);
}

static void
json__raw__never_reads_past_any_cut(UNUSED void **state)
{
	static const char t[] =
		"{\"k\\u00e9\":[1,-2.5e3,\"\\ud83e\\udd9e\"],\"z\":{\"y\":null}}";

	for (size_t n = 0; n < sizeof(t) - 1; n++) {
		char *copy = xmalloc(n + 1);
		char *exact = realloc(copy, n ? n : 1);

		memcpy(exact, t, n);
		assert_null(json_raw((struct slice){ exact, n }, "z.y").p);
		free(exact);
	}
	check_raw(t, "z.y", "null");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json__parse__is_strict),
		cmocka_unit_test(json__parse__every_cut_is_refused),
		cmocka_unit_test(json__parse__duplicates_in_objects_of_any_size),
		cmocka_unit_test(json__parse__depth_is_bounded),
		cmocka_unit_test(json__lenient__lets_provider_traffic_through),
		cmocka_unit_test(json__get__is_case_sensitive_and_typed),
		cmocka_unit_test(json__writer__commas_names_and_escapes),
		cmocka_unit_test(json__quote__is_safe_on_a_terminal),
		cmocka_unit_test(json__num__reads_back_the_same),
		cmocka_unit_test(json__raw__finds_bytes_as_sent),
		cmocka_unit_test(json__raw__never_reads_past_any_cut),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
