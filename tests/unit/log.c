#define LOG_MODULE "test"
#include "tests/support/testing.h"
#include "agent/base/log.h"
#include "agent/base/path.h"
#include <pthread.h>
#include <sys/stat.h>

struct seen {
	size_t n;
	char first[1500], last[1500];
};

static void
see(void *user, const char *line)
{
	struct seen *s = user;

	if (s->n++ == 0)
		snprintf(s->first, sizeof(s->first), "%s", line);
	snprintf(s->last, sizeof(s->last), "%s", line);
	log_debug("a callback may log");
}

static void
log__level__drops_what_is_below(UNUSED void **state)
{
	struct seen s = { 0 };

	log_open(NULL, LOG_WARN);
	log_info("no");
	log_warn("one %d", 1);
	log_error("two");
	log_recent(see, &s);
	assert_int_equal(s.n, 2);
	assert_non_null(strstr(s.first, " warn test: one 1"));
	assert_non_null(strstr(s.last, " error test: two"));
	log_close();
	s = (struct seen){ 0 };
	log_recent(see, &s);
	assert_int_equal(s.n, 0);
}

static void
log__line__is_one_line_and_bounded(UNUSED void **state)
{
	struct seen s = { 0 };
	char longer[5000];

	memset(longer, '\x01', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	log_open(NULL, LOG_INFO);
	log_info("a\nb\x1b[31m");
	log_recent(see, &s);
	assert_non_null(strstr(s.last, "a\\nb\\e[31m"));
	log_info("%s", longer);
	log_recent(see, &s);
	assert_true(strlen(s.last) <= 1024);
	log_close();
}

static void
log__memory__keeps_the_newest_2000(UNUSED void **state)
{
	struct seen s = { 0 };

	log_open(NULL, LOG_INFO);
	for (int i = 0; i < 2500; i++)
		log_info("line %d", i);
	log_recent(see, &s);
	assert_int_equal(s.n, 2000);
	assert_true(str_ends(s.first, "line 500"));
	assert_true(str_ends(s.last, "line 2499"));
	log_close();
}

static void *
write_many(UNUSED void *arg)
{
	for (int i = 0; i < 3000; i++)
		log_info("%0200d", i);
	return NULL;
}

static void
log__files__two_of_one_megabyte(UNUSED void **state)
{
	pthread_t threads[4];
	struct stat now, old;

	log_open(test_dir(), LOG_INFO);
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, write_many, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	log_close();
	assert_int_equal(stat(test_path("log"), &now), 0);
	assert_int_equal(stat(test_path("log.1"), &old), 0);
	assert_true(now.st_size > 0 && now.st_size <= 1 << 20);
	assert_true(old.st_size > 1000000 && old.st_size <= 1 << 20);
	assert_int_equal(now.st_mode & 0777, 0600);
	assert_int_equal(old.st_mode & 0777, 0600);
}

static void
log__no_folder__still_remembers(UNUSED void **state)
{
	struct seen s = { 0 };

	log_open("/nonexistent", LOG_INFO);
	log_info("x");
	log_recent(see, &s);
	assert_int_equal(s.n, 1);
	log_close();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log__level__drops_what_is_below),
		cmocka_unit_test(log__line__is_one_line_and_bounded),
		cmocka_unit_test(log__memory__keeps_the_newest_2000),
		cmocka_unit_test(log__files__two_of_one_megabyte),
		cmocka_unit_test(log__no_folder__still_remembers),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
