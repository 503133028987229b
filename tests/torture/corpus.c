/*
 * All commands of the corpora and of the list of bypasses through `homard try`.
 * Usage: corpus [PER_FILE] (0 or absent: all). Needs HOMARD_SHARED for the corpora.
 */
#include "tests/support/testing.h"
#include "tests/support/corpus.h"
#include <libgen.h>
#include "agent/base/str.h"

#define JOBS 2
#define WALL "4"

struct totals {
	size_t changed, reached, no_report, unexpected, run;
};

static const char *
homard(void)
{
	static char path[4096];
	char self[2048];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n < 0 ? 0 : n] = '\0';
	snprintf(path, sizeof(path), "%s/../../homard", dirname(self));
	return path;
}

static void
tell(struct totals *t, struct corpus *c, const char *name, bool dirty)
{
	struct corpus_counts n = corpus_run(c, JOBS, WALL);
	size_t changed = corpus_changed(c), reached = corpus_reached(c);

	printf("%s%s: %zu commands, exit 0 %zu, with effects %zu, ended by a limit %zu, "
	       "no report %zu, unexpected %zu, real files changed %zu, reached outside %zu\n",
		name, dirty ? " (dirty repository)" : "", n.run, n.ok, n.effects, n.limits,
		n.no_report, n.unexpected, changed, reached);
	if (strstr(name, "nl2bash") && !dirty)
		printf("questions asked on nl2bash commands that succeed: %zu of %zu (%.1f "
		       "%%)\n",
			n.asked, n.ok, n.ok ? 100.0 * (double)n.asked / (double)n.ok : 0.0);
	fflush(stdout);
	t->run += n.run;
	t->changed += changed;
	t->reached += reached;
	t->no_report += n.no_report;
	t->unexpected += n.unexpected;
}

static void
one(struct totals *t, const char *name, size_t max, bool dirty)
{
	autofree char *below = xasprintf("corpora/%s.jsonl", name);
	const char *path = test_shared(below);
	struct corpus *c;

	if (!path) {
		printf("%s: skipped, the corpus is not here\n", name);
		return;
	}
	c = corpus_begin(homard(), dirty ? CORPUS_REPO : CORPUS_HOME);
	if (corpus_add_file(c, path, max))
		tell(t, c, name, dirty);
	corpus_end(c);
}

static void
bypasses(struct totals *t)
{
	struct corpus *c = corpus_begin(homard(), CORPUS_DIRTY);

	if (!corpus_add_list(c, "tests/torture/bypass.txt"))
		printf("run this at the root of the repository\n");
	tell(t, c, "bypasses", true);
	corpus_end(c);
}

int
main(int argc, char **argv)
{
	size_t max = argc > 1 ? (size_t)atol(argv[1]) : 0;
	struct totals t = { 0 };

	bypasses(&t);
	one(&t, "destructive", max, false);
	one(&t, "destructive", max, true);
	one(&t, "benign_guard_tests", max, false);
	one(&t, "benign_guard_tests", max, true);
	one(&t, "nl2bash", max, false);
	printf("commands run: %zu\nreal files changed: %zu\nreached outside: %zu\n", t.run,
		t.changed, t.reached);
	return t.changed || t.reached || t.no_report || t.unexpected;
}
