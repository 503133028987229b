#include "tests/support/testing.h"
#include "agent/tools/when.h"
#include "agent/base/str.h"
#include <time.h>

/* Wednesday, 15 May 2024, 12:00 UTC */
#define NOW 1715774400000ll
#define DAY 86400000ll
#define MIDNIGHT (NOW - DAY / 2)

static int
utc(UNUSED void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

static int64_t
past(const char *s)
{
	int64_t ms;
	struct err err = { 0 };

	if (!when_parse(s, WHEN_PAST, NOW, &ms, &err))
		fail_msg("%s: %s", s, err.text);
	return ms;
}

static int64_t
future(const char *s)
{
	int64_t ms;
	struct err err = { 0 };

	if (!when_parse(s, WHEN_FUTURE, NOW, &ms, &err))
		fail_msg("%s: %s", s, err.text);
	return ms;
}

static void
when__since__understands_words(UNUSED void **state)
{
	assert_int_equal(past("today"), MIDNIGHT);
	assert_int_equal(past("Yesterday"), MIDNIGHT - DAY);
	assert_int_equal(past("昨天"), MIDNIGHT - DAY);
	assert_int_equal(past("前天"), MIDNIGHT - 2 * DAY);
	assert_int_equal(past("monday"), MIDNIGHT - 2 * DAY);
	assert_int_equal(past("last Monday"), MIDNIGHT - 2 * DAY);
	assert_int_equal(past("wednesday"), MIDNIGHT - 7 * DAY);
	assert_int_equal(past("周一"), MIDNIGHT - 2 * DAY);
	assert_int_equal(past("上周五"), MIDNIGHT - 5 * DAY);
	assert_int_equal(past("this week"), MIDNIGHT - 2 * DAY);
	assert_int_equal(past("本月"), MIDNIGHT - 14 * DAY);
}

static void
when__since__counts_back(UNUSED void **state)
{
	assert_int_equal(past("7d"), NOW - 7 * DAY);
	assert_int_equal(past("3 days ago"), NOW - 3 * DAY);
	assert_int_equal(past("last week"), NOW - 7 * DAY);
	assert_int_equal(past("the last 2 weeks"), NOW - 14 * DAY);
	assert_int_equal(past("36 hours"), NOW - 36 * 3600000ll);
	assert_int_equal(past("三天前"), NOW - 3 * DAY);
	assert_int_equal(past("两周前"), NOW - 14 * DAY);
	assert_int_equal(past("上周"), NOW - 7 * DAY);
	assert_int_equal(past("an hour ago"), NOW - 3600000ll);
	assert_int_equal(past("上个月"), NOW - 30 * DAY);
}

static void
when__dates__are_iso(UNUSED void **state)
{
	assert_int_equal(past("2024-05-01"), MIDNIGHT - 14 * DAY);
	assert_int_equal(past(" 2024/5/1 "), MIDNIGHT - 14 * DAY);
	assert_int_equal(past("2024-05-01 10:20"), MIDNIGHT - 14 * DAY + 620 * 60000ll);
	assert_int_equal(past("2024-05-01T10:20:30Z"), MIDNIGHT - 14 * DAY + 620 * 60000ll);
	assert_int_equal(past("2024年5月1日"), MIDNIGHT - 14 * DAY);
	assert_int_equal(past("1715774400000"), NOW);
}

static void
when__due__looks_ahead(UNUSED void **state)
{
	assert_int_equal(future("tomorrow"), MIDNIGHT + DAY + 9 * 3600000ll);
	assert_int_equal(future("friday"), MIDNIGHT + 2 * DAY + 9 * 3600000ll);
	assert_int_equal(future("next wednesday"), MIDNIGHT + 7 * DAY + 9 * 3600000ll);
	assert_int_equal(future("in 2 hours"), NOW + 7200000ll);
	assert_int_equal(future("20 minutes"), NOW + 1200000ll);
	assert_int_equal(future("11:30"), NOW + DAY - 1800000ll);
	assert_int_equal(future("12:30"), NOW + 1800000ll);
	assert_int_equal(future("三天后"), NOW + 3 * DAY);
}

static void
when__nonsense__is_refused(UNUSED void **state)
{
	static const char *const bad[] = { "", "soon", "2024-02-31", "2024-13-01", "99:99",
		"-3 days", "5", "12345678901234567890 days", "2024-05-01x", "last", "\xff\xfe",
		"前" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = { 0 };
		int64_t ms = 77;

		assert_false(when_parse(bad[i], WHEN_PAST, NOW, &ms, &err));
		assert_int_equal(err.code, ERR_USAGE);
		assert_int_equal(ms, 77);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when__since__understands_words),
		cmocka_unit_test(when__since__counts_back),
		cmocka_unit_test(when__dates__are_iso),
		cmocka_unit_test(when__due__looks_ahead),
		cmocka_unit_test(when__nonsense__is_refused),
	};

	return cmocka_run_group_tests(tests, utc, NULL);
}
