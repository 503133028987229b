/* Changing config.yaml by single lines, nested ones too. */
#include "tests/support/testing.h"
#include "agent/base/path.h"
#include "agent/core/config.h"

static char *path;

static int
begin(UNUSED void **state)
{
	path = path_join(test_dir(), "config.yaml");
	unlink(path);
	return 0;
}

static int
end(UNUSED void **state)
{
	free(path);
	path = NULL;
	return 0;
}

static void
assert_set(const char *before, const char *key, const char *value, const char *after)
{
	autobuf struct buf now = BUF_INIT(1u << 16);
	struct config *c = NULL;
	struct err err = { 0 };

	assert_true(path_write_file(path, slice_of(before), 0600, &err));
	assert_true(config_load(path, &c, &err));
	if (!config_set(c, key, value, &err))
		fail_msg("%s", err.text);
	assert_string_equal(config_str(c, key), value);
	config_destroy(c);
	assert_true(path_read_file(path, &now, &err));
	assert_string_equal(buf_str(&now), after);
	assert_true(config_load(path, &c, &err));
	assert_string_equal(config_str(c, key), value);
	config_destroy(c);
}

static void
config__set__adds_nested_lines(UNUSED void **state)
{
	assert_set("", "keys.global.C-v", "palette", "keys:\n  global:\n    C-v: palette\n");
	assert_set("# mine\nui:\n  theme: nord # dark\n", "keys.global.M-.", "help",
		"# mine\nui:\n  theme: nord # dark\nkeys:\n  global:\n    M-.: help\n");
	assert_set("keys:\n    input:\n        # my own\n        C-o: send\nui:\n    vi: true\n",
		"keys.global.F4", "keys", "keys:\n    global:\n      F4: keys\n    input:\n        # my own\n"
		"        C-o: send\nui:\n    vi: true\n");
	assert_set("keys:\n    input:\n        # my own\n        C-o: send\n", "keys.input.C-v", "",
		"keys:\n    input:\n        C-v: \"\"\n        # my own\n        C-o: send\n");
	assert_set("provider:\n  box:\n    kind: openai-chat\n", "provider.box.base_url", "http://127.0.0.1:1/v1",
		"provider:\n  box:\n    base_url: \"http://127.0.0.1:1/v1\"\n    kind: openai-chat\n");
}

static void
config__set__replaces_nested_lines(UNUSED void **state)
{
	assert_set("keys:\n  global:\n    C-v: palette # often\n    \"?\": help\n", "keys.global.C-v", "help",
		"keys:\n  global:\n    C-v: help # often\n    \"?\": help\n");
	assert_set("keys:\n  global:\n    C-v: palette\n    \"?\": help\n", "keys.global.?", "log",
		"keys:\n  global:\n    C-v: palette\n    \"?\": log\n");
}

static void
config__set__keeps_the_file_when_it_cannot(UNUSED void **state)
{
	static const char odd[] = "keys: {global: {C-v: palette}}\n";
	autobuf struct buf now = BUF_INIT(1u << 16);
	struct config *c = NULL;
	struct err err = { 0 };

	assert_true(path_write_file(path, slice_of(odd), 0600, &err));
	assert_true(config_load(path, &c, &err));
	assert_false(config_set(c, "keys.global.C-o", "help", &err));
	config_destroy(c);
	assert_true(path_read_file(path, &now, &err));
	assert_string_equal(buf_str(&now), odd);
}

static void
config__names__keep_a_dot_of_a_key(UNUSED void **state)
{
	autostrv struct strv names = { 0 };
	struct config *c = NULL;
	struct err err = { 0 };

	assert_true(path_write_file(path, SLICE_LIT("keys:\n  global:\n    M-.: help\n"), 0600, &err));
	assert_true(config_load(path, &c, &err));
	config_names(c, "keys.global.", &names);
	assert_int_equal(names.n, 1);
	assert_string_equal(names.v[0], "M-.");
	config_destroy(c);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(config__set__adds_nested_lines),
		T(config__set__replaces_nested_lines),
		T(config__set__keeps_the_file_when_it_cannot),
		T(config__names__keep_a_dot_of_a_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
