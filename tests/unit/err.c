#include "tests/support/testing.h"
#include "agent/base/err.h"
#include "agent/base/utf8.h"
#include <errno.h>

static void
err__set__escapes_foreign_bytes(UNUSED void **state)
{
	struct err e = { 0 };

	assert_false(err_set(&e, ERR_NET, "no \"%s\"", "a\x1b[31m\n\xff\xE2\x80\xAE"));
	assert_int_equal(e.code, ERR_NET);
	assert_string_equal(e.text, "no \"a\\e[31m\\n\\xFF<U+202E>\"");
	assert_false(err_set(NULL, ERR_NET, "nobody cares"));
}

static void
err__set__keeps_chinese(UNUSED void **state)
{
	struct err e = { 0 };

	err_set(&e, ERR_IO, "打不开 %s", "文件.txt");
	assert_string_equal(e.text, "打不开 文件.txt");
}

static void
err__set__cuts_at_a_whole_character(UNUSED void **state)
{
	struct err e = { 0 };
	char longer[2000];

	for (size_t shift = 0; shift < 4; shift++) {
		size_t n = shift;

		memset(longer, 'x', shift);
		while (n + 3 < sizeof(longer)) {
			memcpy(longer + n, "\xE6\x96\x87", 3);
			n += 3;
		}
		longer[n] = '\0';
		err_set(&e, ERR_IO, "%s", longer);
		assert_true(strlen(e.text) >= ERR_TEXT_MAX - 4);
		assert_true(utf8_valid(e.text, strlen(e.text)));
		assert_null(strstr(e.text, "\\x"));
	}
}

static void
err__sys__says_what_to_do(UNUSED void **state)
{
	struct err e = { 0 };

	assert_false(err_sys(&e, ENOSPC, "Cannot write %s", "x"));
	assert_int_equal(e.sys, ENOSPC);
	assert_int_equal(e.code, ERR_IO);
	assert_non_null(strstr(e.text, "free some space"));
	err_sys(&e, ENOENT, "Cannot open %s", "y");
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void
err__wrap__keeps_code_and_grows_in_front(UNUSED void **state)
{
	struct err e = { 0 };

	err_sys(&e, EACCES, "b");
	assert_false(err_wrap(&e, "%s", "a"));
	assert_int_equal(e.sys, EACCES);
	assert_memory_equal(e.text, "a: b: ", 6);
	/* The text itself as an argument, and as wrapped text. */
	err_set(&e, ERR_IO, "again %s", e.text);
	assert_memory_equal(e.text, "again a: b: ", 12);
	for (int i = 0; i < 100; i++)
		err_wrap(&e, "deeper");
	assert_true(strlen(e.text) < ERR_TEXT_MAX);
	err_clear(&e);
	assert_int_equal(e.code, ERR_NONE);
	assert_string_equal(e.text, "");
}

static void
err__exit_code__is_the_contract(UNUSED void **state)
{
	static const struct {
		enum err_code code;
		int exit;
	} table[] = { { ERR_NONE, 0 }, { ERR_USAGE, 2 }, { ERR_IO, 1 }, { ERR_NET, 1 },
		{ ERR_PROTO, 1 }, { ERR_DENIED, 3 }, { ERR_LIMIT, 4 }, { ERR_CONFLICT, 1 },
		{ ERR_NOT_FOUND, 1 }, { ERR_CANCELLED, 130 }, { ERR_CORRUPT, 1 },
		{ ERR_BUG, 1 } };

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct err e = { .code = table[i].code };

		assert_int_equal(err_exit_code(&e), table[i].exit);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(err__set__escapes_foreign_bytes),
		cmocka_unit_test(err__set__keeps_chinese),
		cmocka_unit_test(err__set__cuts_at_a_whole_character),
		cmocka_unit_test(err__sys__says_what_to_do),
		cmocka_unit_test(err__wrap__keeps_code_and_grows_in_front),
		cmocka_unit_test(err__exit_code__is_the_contract),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
