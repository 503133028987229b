/* `homard try` against commands that destroy, hide and escape: few here, all in make torture.
 */
#include "tests/support/testing.h"
#include "tests/support/corpus.h"
#include "tests/support/draft_box.h"
#include <libgen.h>

static char homard[4096];

static void
run_all(struct corpus *c, const char *wall)
{
	struct corpus_counts n = corpus_run(c, 2, wall);

	assert_true(n.run > 0);
	assert_int_equal(corpus_changed(c), 0);
	assert_int_equal(corpus_reached(c), 0);
	assert_int_equal(n.no_report, 0);
	assert_int_equal(n.unexpected, 0);
	corpus_end(c);
}

static void
try__holds_back__known_bypasses(void **state)
{
	struct corpus *c = corpus_begin(homard, CORPUS_DIRTY);

	(void)state;
	if (!corpus_add_list(c, "tests/torture/bypass.txt") &&
		!corpus_add_list(c, "../tests/torture/bypass.txt")) {
		corpus_end(c);
		skip();
	}
	assert_true(corpus_size(c) > 100);
	run_all(c, "3");
}

static void
sample(const char *name, size_t n)
{
	char below[128];
	const char *path;
	struct corpus *c;

	/* No heap: skip() jumps over the clean-up. */
	snprintf(below, sizeof(below), "corpora/%s.jsonl", name);
	path = test_shared(below);
	if (!path)
		skip();
	c = corpus_begin(homard, CORPUS_HOME);
	assert_true(corpus_add_file(c, path, n));
	run_all(c, "1");
}

static void
try__changes_nothing__destructive_sample(void **state)
{
	(void)state;
	sample("destructive", 30);
}

static void
try__changes_nothing__nl2bash_sample(void **state)
{
	(void)state;
	sample("nl2bash", 30);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(try__holds_back__known_bypasses),
		cmocka_unit_test(try__changes_nothing__destructive_sample),
		cmocka_unit_test(try__changes_nothing__nl2bash_sample) };
	char self[2048];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n < 0 ? 0 : n] = '\0';
	snprintf(homard, sizeof(homard), "%s/../../homard", dirname(self));
	if (!box_possible() || access(homard, X_OK) < 0) {
		print_message("1..0 # SKIP no drafts here\n");
		return 0;
	}
	return cmocka_run_group_tests_name("try corpus", tests, NULL, NULL);
}
