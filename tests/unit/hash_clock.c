#include "tests/support/testing.h"
#include "agent/base/clock.h"
#include "agent/base/hash.h"
#include <fcntl.h>

static void
check(const unsigned char digest[HASH_LEN], const char *want)
{
	char hex[HASH_HEX_LEN];

	hash_hex(digest, hex);
	assert_string_equal(hex, want);
}

static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char abc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
static const char million_a[] =
	"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

static void
hash__bytes__known_answers(UNUSED void **state)
{
	unsigned char digest[HASH_LEN];

	hash_bytes(NULL, 0, digest);
	check(digest, empty);
	hash_bytes("abc", 3, digest);
	check(digest, abc);
}

static void
hash__pieces__same_as_whole(UNUSED void **state)
{
	unsigned char digest[HASH_LEN];
	struct hasher *h = hasher_create();
	char a[1000];

	memset(a, 'a', sizeof(a));
	for (int i = 0; i < 1000; i++)
		hasher_add(h, a, sizeof(a));
	hasher_add(h, NULL, 0);
	hasher_finish(h, digest);
	check(digest, million_a);
}

static void
hash__fd__from_its_position(UNUSED void **state)
{
	unsigned char digest[HASH_LEN];
	struct err err = { 0 };
	autofd int fd = open(test_write("f", "xyabc"), O_RDONLY);
	autofd int dir = open(test_dir(), O_RDONLY);

	assert_int_equal(lseek(fd, 2, SEEK_SET), 2);
	assert_true(hash_fd(fd, digest, &err));
	check(digest, abc);
	assert_true(hash_fd(fd, digest, &err));
	check(digest, empty);
	assert_false(hash_fd(dir, digest, &err));
	check(digest, empty);
}

static void
clock__test_time__starts_there_and_advances(UNUSED void **state)
{
	int64_t a = clock_wall(&clock_system), b, m = clock_mono(&clock_system);

	assert_true(a >= 1700000000000 && a < 1700000060000);
	b = clock_wall(&clock_system);
	assert_true(b >= a);
	assert_true(clock_mono(&clock_system) >= m);
}

static void
clock__random__is_not_the_same_twice(UNUSED void **state)
{
	unsigned char a[300] = { 0 }, b[300] = { 0 };

	clock_system.random(NULL, a, sizeof(a));
	clock_system.random(NULL, b, sizeof(b));
	assert_memory_not_equal(a, b, sizeof(a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash__bytes__known_answers),
		cmocka_unit_test(hash__pieces__same_as_whole),
		cmocka_unit_test(hash__fd__from_its_position),
		cmocka_unit_test(clock__test_time__starts_there_and_advances),
		cmocka_unit_test(clock__random__is_not_the_same_twice),
	};

	setenv("HOMARD_TEST_TIME", "1700000000000", 1);
	return cmocka_run_group_tests_name("hash_clock", tests, NULL, NULL);
}
