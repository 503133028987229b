/* `homard try` on a terminal: what it asks, what counts as an answer. */
#include "tests/support/testing.h"
#include "tests/support/draft_box.h"
#include "tests/support/pty.h"
#include <libgen.h>
#include "agent/base/path.h"

#define SECONDS 1000
#define SOON (10 * SECONDS)

static char homard[4096];
static char *env_home, *env_own;

static struct pty *
start(const char *script)
{
	const char *const argv[] = { homard, "try", "--", "sh", "-c", script, NULL };
	const char *const env[] = { env_home, env_own, "LC_ALL=C.UTF-8", "LANGUAGE=en", NULL };
	struct pty_opts o = { .rows = 50, .cols = 100, .env = env, .cwd = test_path("home") };

	return pty_run(argv, &o);
}

static void
await_question(struct pty *p)
{
	assert_true(pty_wait_text(p, "drop everything", SOON));
	pty_settle(p, 400); /* for a moment it is deaf on purpose */
}

static bool
exists(const char *name)
{
	autofree char *path = path_join(test_path("home"), name);

	return access(path, F_OK) == 0;
}

static int
finish(struct pty *p)
{
	int status = -1;

	assert_true(pty_wait_exit(p, SOON, &status));
	pty_finish(p);
	return status;
}

static void
fill(void)
{
	test_write("home/old", "one\ntwo\n");
	test_write("home/tree/a", "a");
	test_write("home/tree/b", "b");
}

static void
try_tty__takes__all(void **state)
{
	struct pty *p;

	(void)state;
	fill();
	p = start("echo new >new1; rm -r tree; exit 5");
	await_question(p);
	assert_true(pty_find(p, "new1", NULL, NULL));
	assert_true(pty_find(p, "tree", NULL, NULL));
	assert_false(exists("new1"));
	pty_send(p, "1\r");
	assert_true(pty_wait_text(p, "homard undo", SOON));
	assert_int_equal(finish(p), 5 << 8);
	assert_true(exists("new1"));
	assert_false(exists("tree"));
}

static void
try_tty__ignores__what_was_typed_before(void **state)
{
	struct pty *p;

	(void)state;
	fill();
	p = start("sleep 0.5; echo x >new2");
	pty_send(p, "1\r1\rtake\r");
	await_question(p);
	pty_send(p, "\r"); /* an empty line decides nothing */
	assert_true(pty_wait_text(p, "Type the number", SOON));
	assert_false(exists("new2"));
	pty_send(p, "5\r");
	assert_true(pty_wait_text(p, "Dropped", SOON));
	finish(p);
	assert_false(exists("new2"));
}

static void
try_tty__takes__a_part_and_shows_differences(void **state)
{
	struct pty *p;

	(void)state;
	fill();
	p = start("echo x >part1; echo x >part2; echo three >>old");
	await_question(p);
	pty_send(p, "diff\r");
	assert_true(pty_wait_text(p, "Which numbers", SOON));
	pty_send(p, "1\r");
	assert_true(pty_wait_text(p, "+three", SOON));
	pty_send(p, "2\r");
	assert_true(pty_wait_text(p, "Take which numbers", SOON));
	pty_send(p, "9\r");
	assert_true(pty_wait_text(p, "not numbers of this list", SOON));
	pty_send(p, "2\r");
	assert_true(pty_wait_gone(p, "nothing here", SOON));
	pty_settle(p, 100);
	pty_send(p, "2-2\r");
	assert_true(pty_wait_text(p, "homard undo", SOON));
	finish(p);
	assert_true(exists("part1"));
	assert_false(exists("part2"));
}

static void
try_tty__drops__at_the_end_of_input_and_on_interrupt(void **state)
{
	struct pty *p;

	(void)state;
	fill();
	p = start("echo x >never");
	await_question(p);
	pty_send(p, "\004");
	assert_true(pty_wait_text(p, "Dropped", SOON));
	finish(p);
	p = start("echo x >never; echo up; sleep 100");
	assert_true(pty_wait_text(p, "up", SOON));
	pty_send(p, "\003");
	assert_int_equal(finish(p), 130 << 8);
	assert_false(exists("never"));
}

static void
try_tty__keeps__escapes_from_the_terminal(void **state)
{
	struct pty *p;
	struct slice raw;

	(void)state;
	fill();
	p = start("printf '\\033]0;title\\007\\033[8mhidden\\033[2J\\n'; "
		  "echo x >\"$(printf 'odd\\033[8mname')\"");
	await_question(p);
	raw = pty_raw(p);
	assert_int_equal(slice_find(raw, SLICE_LIT("\033]0;title")), -1);
	assert_int_equal(slice_find(raw, SLICE_LIT("\033[8m")), -1);
	assert_int_equal(slice_find(raw, SLICE_LIT("\033[2J")), -1);
	assert_true(slice_find(raw, SLICE_LIT("odd\\e[8mname")) >= 0);
	pty_send(p, "drop\r");
	finish(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(try_tty__takes__all),
		cmocka_unit_test(try_tty__ignores__what_was_typed_before),
		cmocka_unit_test(try_tty__takes__a_part_and_shows_differences),
		cmocka_unit_test(try_tty__drops__at_the_end_of_input_and_on_interrupt),
		cmocka_unit_test(try_tty__keeps__escapes_from_the_terminal) };
	char self[2048];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int failed;

	self[n < 0 ? 0 : n] = '\0';
	snprintf(homard, sizeof(homard), "%s/../../homard", dirname(self));
	if (!box_possible() || access(homard, X_OK) < 0) {
		print_message("1..0 # SKIP no drafts here\n");
		return 0;
	}
	env_home = xasprintf("HOME=%s", test_path("home"));
	env_own = xasprintf("HOMARD_HOME=%s", test_path("own"));
	failed = cmocka_run_group_tests_name("try on a terminal", tests, NULL, NULL);
	free(env_home);
	free(env_own);
	return failed;
}
