#include "tests/support/testing.h"
#include "agent/tools/tool.h"

static const char *const core_names[] = { "ask_user", "delete", "edit", "list", "move", "plan",
	"read", "recall", "remember", "search", "shell", "write" };

/* The core and other rooms provide these; here nothing finishes. */
void
tool_finish(UNUSED struct tool_call *call, UNUSED struct tool_result *r,
	UNUSED const struct err *err)
{
	fail_msg("no tool runs in this test");
}

void
tool_set_state(UNUSED struct tool_call *call, UNUSED void *state)
{
}

static void
check_schema(const struct tool *t)
{
	struct err err = { 0 };
	cJSON *schema = json_parse(slice_of(t->schema), &err);
	const cJSON *props, *one, *need;

	if (!schema)
		fail_msg("%s: %s", t->name, err.text);
	assert_string_equal(json_str(schema, "type", ""), "object");
	props = json_get(schema, "properties");
	assert_true(cJSON_IsObject(props));
	cJSON_ArrayForEach(one, props)
	{
		const char *type = json_str(one, "type", "");

		assert_true(str_eq(type, "string") || str_eq(type, "integer") ||
			str_eq(type, "boolean") || str_eq(type, "array"));
		/* Some providers refuse a list without its items. */
		assert_true(!str_eq(type, "array") || json_get(one, "items"));
	}
	cJSON_ArrayForEach(need, json_get(schema, "required"))
		assert_non_null(json_get(props, need->valuestring));
	cJSON_Delete(schema);
}

static void
table__entries__are_complete(UNUSED void **state)
{
	for (size_t i = 0; tool_table[i]; i++) {
		const struct tool *t = tool_table[i];

		assert_true(!i || strcmp(tool_table[i - 1]->name, t->name) < 0);
		assert_ptr_equal(tool_find(t->name), t);
		assert_true(strspn(t->name, "abcdefghijklmnopqrstuvwxyz_") == strlen(t->name));
		assert_non_null(t->summary);
		assert_in_range(strlen(t->summary), 8, 60);
		assert_non_null(t->returns);
		assert_true(*t->returns);
		assert_true(!t->run != !t->start);
		assert_true(!t->stop || t->start);
		assert_true(!!(t->flags & TOOL_CORE) != !!(t->flags & TOOL_EXTRA));
		/* What talks to the person needs services: those are for the loop. */
		assert_true(t->risk != RISK_TALK || t->start);
		assert_true(t->risk != RISK_SINK);
		check_schema(t);
	}
	assert_null(tool_find("no such tool"));
	assert_null(tool_find(""));
}

static void
table__core_tools__are_the_twelve_and_terse(UNUSED void **state)
{
	size_t n = 0, bytes = 0;

	for (size_t i = 0; tool_table[i]; i++) {
		const struct tool *t = tool_table[i];

		if (!(t->flags & TOOL_CORE))
			continue;
		assert_true(n < ARRAY_LEN(core_names));
		assert_string_equal(t->name, core_names[n++]);
		bytes += strlen(t->name) + strlen(t->summary) + strlen(t->schema);
	}
	assert_int_equal(n, ARRAY_LEN(core_names));
	print_message("core tools: %zu bytes of names, summaries and schemas\n", bytes);
	assert_true(bytes <= 2400);
}

static bool
check(const char *tool, const char *args, enum err_code code, const char *words)
{
	struct err err = { 0 };
	cJSON *o = json_parse(slice_of(args), NULL);
	bool ok = tool_check_args(tool_find(tool), o, &err);

	cJSON_Delete(o);
	if (ok != (code == ERR_NONE) || (!ok && (err.code != code || !strstr(err.text, words))))
		fail_msg("%s %s: %d %s", tool, args, ok, err.text);
	return ok;
}

static void
args__wrong__are_named(UNUSED void **state)
{
	check("read", "{\"path\":\"a\"}", ERR_NONE, "");
	check("read", "{\"path\":\"a\",\"limit\":\"10\"}", ERR_NONE, "");
	check("read", "{\"path\":\"a\",\"limit\":null}", ERR_NONE, "");
	check("read", "{}", ERR_USAGE, "\"path\" is missing");
	check("read", "{\"path\":null}", ERR_USAGE, "\"path\" is missing");
	check("read", "{\"path\":[1]}", ERR_USAGE, "\"path\" must be text");
	check("read", "{\"path\":\"a\",\"limit\":1.5}", ERR_USAGE,
		"\"limit\" must be a whole number");
	check("read", "{\"path\":\"a\",\"limit\":\"x\"}", ERR_USAGE,
		"\"limit\" must be a whole number");
	check("read", "{\"path\":\"a\",\"lines\":1}", ERR_USAGE,
		"no argument \"lines\"; it takes: path");
	check("read", "{\"Path\":\"a\"}", ERR_USAGE, "no argument \"Path\"");
	check("list", "{\"path\":\"a\",\"sort\":\"colour\"}", ERR_USAGE,
		"one of: name, size, time");
	check("list", "{\"path\":\"a\",\"recursive\":\"true\"}", ERR_NONE, "");
	check("list", "{\"path\":\"a\",\"recursive\":\"yes\"}", ERR_USAGE, "true or false");
	check("plan", "{\"steps\":[\"a\",{}]}", ERR_USAGE, "every entry of \"steps\"");
	check("plan", "{\"steps\":\"a\"}", ERR_USAGE, "a list");
	check("system_report", "{\"x\":1}", ERR_USAGE, "takes no arguments");
	check("rename_many", "{\"path\":\"a\",\"case\":\"\"}", ERR_NONE, "");
	check("read", "[]", ERR_USAGE, "one JSON object");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table__entries__are_complete),
		cmocka_unit_test(table__core_tools__are_the_twelve_and_terse),
		cmocka_unit_test(args__wrong__are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
