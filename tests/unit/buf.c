#include "tests/support/testing.h"
#include "agent/base/buf.h"

static void
buf__add__keeps_nul_behind(UNUSED void **state)
{
	autobuf struct buf b = BUF_INIT(100);

	assert_string_equal(buf_str(&b), "");
	assert_true(buf_add(&b, "ab\0c", 4));
	assert_int_equal(b.len, 4);
	assert_memory_equal(b.p, "ab\0c\0", 5);
	assert_true(buf_add_char(&b, 'x'));
	assert_int_equal(b.p[b.len], 0);
}

static void
buf__add__refuses_all_or_nothing_at_the_maximum(UNUSED void **state)
{
	autobuf struct buf b = BUF_INIT(5);

	assert_true(buf_add_str(&b, "abc"));
	assert_false(buf_add_str(&b, "def"));
	assert_true(b.full);
	assert_string_equal(buf_str(&b), "abc");
	assert_false(buf_add_char(&b, 'd'));
	buf_clear(&b);
	assert_true(buf_add_str(&b, "fives"));
	assert_int_equal(b.len, 5);
	assert_false(buf_printf(&b, "%d", 1));
	assert_string_equal(buf_str(&b), "fives");
}

static void
buf__add__takes_bytes_of_its_own(UNUSED void **state)
{
	autobuf struct buf b = BUF_INIT(1 << 20);

	buf_add_str(&b, "0123456789");
	for (int i = 0; i < 10; i++)
		assert_true(buf_add(&b, b.p, b.len));
	assert_int_equal(b.len, 10 << 10);
	assert_memory_equal(b.p + b.len - 10, "0123456789", 10);
	assert_true(buf_printf(&b, "%s", b.p));
	assert_int_equal(b.len, 10 << 11);
}

static void
buf__printf__longer_than_its_stack_space(UNUSED void **state)
{
	autobuf struct buf b = BUF_INIT(5000);

	assert_true(buf_printf(&b, "%0*d|", 1000, 7));
	assert_int_equal(b.len, 1001);
	assert_string_equal(b.p + 998, "07|");
	assert_false(buf_printf(&b, "%0*d", 4000, 7));
	assert_int_equal(b.len, 1001);
}

static void
buf__consume__moves_the_rest(UNUSED void **state)
{
	autobuf struct buf b = BUF_INIT(50);

	buf_add_str(&b, "hello world");
	buf_consume(&b, 6);
	assert_string_equal(buf_str(&b), "world");
	buf_truncate(&b, 2);
	assert_string_equal(buf_str(&b), "wo");
	buf_truncate(&b, 10);
	assert_string_equal(buf_str(&b), "wo");
	buf_consume(&b, 2);
	assert_string_equal(buf_str(&b), "");
	buf_consume(&b, 0);
}

static void
buf__steal__never_null_and_empties(UNUSED void **state)
{
	struct buf b = BUF_INIT(50);
	char *s = buf_steal(&b);

	assert_string_equal(s, "");
	free(s);
	buf_add_str(&b, "x");
	s = buf_steal(&b);
	assert_string_equal(s, "x");
	free(s);
	assert_int_equal(b.len, 0);
	assert_true(buf_add_str(&b, "again"));
	buf_finish(&b);
	buf_finish(&b);
}

static void
buf__zero_maximum__takes_nothing(UNUSED void **state)
{
	autobuf struct buf b = BUF_INIT(0);

	assert_true(buf_add(&b, "", 0));
	assert_false(buf_add_char(&b, 'a'));
	assert_string_equal(buf_str(&b), "");
	assert_int_equal(buf_slice(&b).n, 0);
	assert_non_null(buf_slice(&b).p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf__add__keeps_nul_behind),
		cmocka_unit_test(buf__add__refuses_all_or_nothing_at_the_maximum),
		cmocka_unit_test(buf__add__takes_bytes_of_its_own),
		cmocka_unit_test(buf__printf__longer_than_its_stack_space),
		cmocka_unit_test(buf__consume__moves_the_rest),
		cmocka_unit_test(buf__steal__never_null_and_empties),
		cmocka_unit_test(buf__zero_maximum__takes_nothing),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
