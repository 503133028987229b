#include "tests/support/testing.h"
#include "agent/base/buf.h"
#include "agent/base/yaml.h"

static void
yaml__parse__tree_with_lines(UNUSED void **state)
{
	static const char text[] =
		"# head\nui:\n  language: zh_CN\n  \"width\": \"80\"\nlist:\n- a\n"
		"- {x: 1, y: [2, 3]}\ntext: |\n  one\n  two\n";
	struct err err = { 0 };
	autoyaml struct yaml *y = yaml_parse(SLICE_LIT(text), "c.yaml", &err);
	const struct yaml *list, *ui;

	assert_non_null(y);
	assert_int_equal(y->kind, YAML_MAP);
	assert_int_equal(y->n, 3);
	ui = yaml_get(y, "ui");
	assert_int_equal(ui->line, 3);
	assert_string_equal(yaml_str(ui, "language", ""), "zh_CN");
	assert_true(yaml_get(ui, "language")->plain);
	assert_false(yaml_get(ui, "width")->plain);
	assert_int_equal(ui->key_lines[1], 4);
	list = yaml_get(y, "list");
	assert_int_equal(list->kind, YAML_LIST);
	assert_int_equal(list->n, 2);
	assert_int_equal(yaml_get(list->items[1], "y")->n, 2);
	assert_int_equal(list->items[1]->line, 7);
	assert_string_equal(yaml_str(y, "text", ""), "one\ntwo\n");
	assert_null(yaml_get(list, "x"));
	assert_null(yaml_get(NULL, "x"));
}

static void
yaml__parse__empty_is_an_empty_map(UNUSED void **state)
{
	static const char *const texts[] = { "", "# only a comment\n", "\n\n", "---\n...\n" };

	for (size_t i = 0; i < 3; i++) {
		autoyaml struct yaml *y = yaml_parse(slice_of(texts[i]), "x", NULL);

		assert_non_null(y);
		assert_int_equal(y->kind, YAML_MAP);
		assert_int_equal(y->n, 0);
	}
	autoyaml struct yaml *y = yaml_parse((struct slice){ NULL, 0 }, "x", NULL);
	assert_non_null(y);
}

static void
yaml__errors__name_file_and_line(UNUSED void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "a: 1\nb: 2\na: 3\n", "f.yaml:3: \"a\" stands twice" },
		{ "a: 1\n\tb: 2\n", "f.yaml:2: use spaces" },
		{ "a: [1, 2\nb: 3\n", "f.yaml:2" },
		{ "a: 1\nb: 'open\nc: 2\n", "f.yaml:2" },
		{ "a: &x 1\n", "f.yaml:1: anchors" },
		{ "a: 1\nb: *x\n", "f.yaml:2: aliases" },
		{ "a: 1\nb: !!str x\n", "f.yaml:2: tags" },
		{ "a: !x [1]\n", "f.yaml:1: tags" },
		{ "a: 1\n*x : 2\n", "f.yaml:2: aliases" },
		{ "a: 1\n? [x]\n: 2\n", "f.yaml:2: a key must be" },
		{ "a: 1\n---\nb: 2\n", "f.yaml:2: a second document" },
		{ "a: b: c\n", "f.yaml:1" },
		{ "a: 1\nb: \"x\\0y\"\n", "f.yaml:2: a text must not" },
		{ "a: 1\nb: \xFF\n", "f.yaml:2: the file holds bytes" },
		{ "a: 1\nb: \x01\n", "f.yaml:2" },
		{ "a\n b\nc: 1\n", "f.yaml:" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { 0 };
		autoyaml struct yaml *y = yaml_parse(slice_of(rows[i].text), "f.yaml", &err);

		assert_null(y);
		if (!str_starts(err.text, rows[i].want))
			fail_msg("%s: %s", rows[i].text, err.text);
		assert_int_equal(err.code, ERR_USAGE);
	}
}

static void
yaml__limits__depth_nodes_size(UNUSED void **state)
{
	struct buf b = BUF_INIT(2 << 20);
	struct err err = { 0 };

	for (int i = 0; i < 40; i++)
		buf_add_char(&b, '[');
	for (int i = 0; i < 40; i++)
		buf_add_char(&b, ']');
	assert_null(yaml_parse(buf_slice(&b), "f", &err));
	assert_int_equal(err.code, ERR_LIMIT);
	buf_clear(&b);
	for (int i = 0; i < 50001; i++)
		buf_add_str(&b, "- a\n");
	assert_null(yaml_parse(buf_slice(&b), "f", &err));
	assert_int_equal(err.code, ERR_LIMIT);
	buf_clear(&b);
	for (int i = 0; i < 5002; i++)
		buf_printf(&b, "k%d: 1\n", i);
	assert_null(yaml_parse(buf_slice(&b), "f", &err));
	assert_int_equal(err.code, ERR_LIMIT);
	buf_clear(&b);
	while (b.len <= 1 << 20)
		buf_add_str(&b, "# comment comment comment\n");
	assert_null(yaml_parse(buf_slice(&b), "f", &err));
	assert_int_equal(err.code, ERR_LIMIT);
	buf_finish(&b);
}

static void
yaml__typed_access__is_the_core_schema(UNUSED void **state)
{
	static const char text[] = "t: true\nf: FALSE\ny: yes\nq: \"true\"\nn: 12\nh: 0x1F\no: "
				   "0o17\nneg: -3\ns: '12'\n"
				   "nul: null\nt2: ~\nempty:\nbig: 99999999999999999999\nstrs: "
				   "[a, 'b', 3]\none: x\n";
	autoyaml struct yaml *y = yaml_parse(SLICE_LIT(text), "f", NULL);
	autostrv struct strv v = { 0 };

	assert_non_null(y);
	assert_true(yaml_bool(y, "t", false));
	assert_false(yaml_bool(y, "f", true));
	assert_false(yaml_bool(y, "y", false));
	assert_true(yaml_bool(y, "y", true));
	assert_false(yaml_bool(y, "q", false));
	assert_int_equal(yaml_i64(y, "n", 0), 12);
	assert_int_equal(yaml_i64(y, "h", 0), 31);
	assert_int_equal(yaml_i64(y, "o", 0), 15);
	assert_int_equal(yaml_i64(y, "neg", 0), -3);
	assert_int_equal(yaml_i64(y, "s", -1), -1);
	assert_int_equal(yaml_i64(y, "big", -1), -1);
	assert_string_equal(yaml_str(y, "nul", "d"), "d");
	assert_string_equal(yaml_str(y, "t2", "d"), "d");
	assert_string_equal(yaml_str(y, "empty", "d"), "d");
	assert_string_equal(yaml_str(y, "y", "d"), "yes");
	assert_string_equal(yaml_str(y, "strs", "d"), "d");
	yaml_strings(y, "strs", &v);
	yaml_strings(y, "one", &v);
	yaml_strings(y, "nul", &v);
	yaml_strings(y, "absent", &v);
	assert_int_equal(v.n, 4);
	assert_string_equal(v.v[2], "3");
}

static void
yaml__check_keys__names_the_known(UNUSED void **state)
{
	static const char *const known[] = { "model", "ui", NULL };
	struct err err = { 0 };
	autoyaml struct yaml *y = yaml_parse(SLICE_LIT("ui: 1\nmodle: 2\n"), "c.yaml", NULL);

	assert_false(yaml_check_keys(y, "c.yaml", known, &err));
	assert_string_equal(err.text, "c.yaml:2: unknown key \"modle\"; known: model, ui");
	assert_true(yaml_check_keys(NULL, "c.yaml", known, &err));
	assert_true(yaml_check_keys(yaml_get(y, "ui"), "c.yaml", known, &err));
}

static void
yaml__load__from_a_file(UNUSED void **state)
{
	struct err err = { 0 };
	autoyaml struct yaml *y = yaml_load(test_write("a.yaml", "a: b\n"), &err);

	assert_string_equal(yaml_str(y, "a", ""), "b");
	assert_null(yaml_load(test_path("none.yaml"), &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(yaml__parse__tree_with_lines),
		cmocka_unit_test(yaml__parse__empty_is_an_empty_map),
		cmocka_unit_test(yaml__errors__name_file_and_line),
		cmocka_unit_test(yaml__limits__depth_nodes_size),
		cmocka_unit_test(yaml__typed_access__is_the_core_schema),
		cmocka_unit_test(yaml__check_keys__names_the_known),
		cmocka_unit_test(yaml__load__from_a_file),
	};

	return cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
}
