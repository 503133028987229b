/* gen_journal FILE EVENTS [SEED]: makes a journal for benches. Without arguments it measures
 * itself. */
#include <time.h>
#include "agent/base/str.h"
#include "tests/support/journal_gen.h"

#define EVENTS 100000

static int
measure(void)
{
	char dir[] = "/tmp/homard-bench-XXXXXX";
	struct timespec a, b;
	struct err err = { 0 };
	autofree char *path = NULL;
	bool ok;

	if (!mkdtemp(dir))
		return 1;
	path = xasprintf("%s/journal.db", dir);
	clock_gettime(CLOCK_MONOTONIC, &a);
	ok = journal_gen(path, EVENTS, 1, &err);
	clock_gettime(CLOCK_MONOTONIC, &b);
	unlink(path);
	rmdir(dir);
	if (!ok) {
		fprintf(stderr, "gen_journal: %s\n", err.text);
		return 1;
	}
	printf("BENCH store_generate_100k value=%.2f limit=6 unit=s\n",
		(double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9);
	return 0;
}

int
main(int argc, char **argv)
{
	struct err err = { 0 };
	int64_t n, seed = 1;

	if (argc == 1)
		return measure();
	if (argc < 3 || !str_to_i64(argv[2], &n) || (argc > 3 && !str_to_i64(argv[3], &seed))) {
		fprintf(stderr, "usage: gen_journal FILE EVENTS [SEED]\n");
		return 2;
	}
	if (!journal_gen(argv[1], n, (uint64_t)seed, &err)) {
		fprintf(stderr, "gen_journal: %s\n", err.text);
		return 1;
	}
	return 0;
}
