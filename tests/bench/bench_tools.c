/*
 * Tools over many files, next to the programs people would use: duplicates beside jdupes and
 * fdupes, search beside grep -r, and tidying and renaming 10,000 files with their preview,
 * commit and undo. HOMARD_BENCH_FULL=1 takes the sizes of the promise (100,000 files in 5 GB, 1
 * GB of text), else a fifth. Files lie below TMPDIR, warm in the cache for both sides.
 */
#include "tests/support/toolbox.h"
#include "agent/draft/stage.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

static struct toolbox t;

static double
now_s(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static uint64_t seed = 1;
static uint32_t
next(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

static void
put(const char *path, const char *p, size_t n)
{
	autofd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		bug("cannot write %s", path);
}

/* A tenth are copies of an earlier file, a third share their size and first block with one. */
static void
make_doubles(const char *dir, size_t files, size_t mean)
{
	char *piece = xmalloc(2 * mean + 64);
	uint64_t *seeds = xcalloc(files, sizeof(*seeds));

	for (size_t i = 0; i < files; i++) {
		autofree char *sub = xasprintf("%s/%02zu", dir, i % 100);
		autofree char *path = xasprintf("%s/f%06zu.bin", sub, i);
		size_t of = i && next(10) == 0 ? next((uint32_t)i) : i;
		uint64_t keep = seed,
			 mine = of == i ? (seeds[i] = seed ^ i * 77777) : seeds[of];
		size_t n;

		seeds[i] = mine;
		seed = mine;
		n = mean / 2 + next((uint32_t)mean);
		if (i % 3 == 0)
			n &= ~(size_t)0xfff;
		for (size_t k = 0; k + 8 <= n; k += 8) {
			uint64_t v = k < 20000 && i % 3 == 0
				? k
				: (seed = seed * 6364136223846793005u + 1);

			memcpy(piece + k, &v, 8);
		}
		seed = keep + i;
		mkdir(sub, 0755);
		put(path, piece, n);
	}
	free(seeds);
	free(piece);
}

static void
make_text(const char *dir, size_t files, size_t bytes)
{
	static const char *const words[] = { "the", "lobster", "report", "of", "March", "and",
		"invoice", "sum", "with", "number", "annual", "garden", "water", "to", "for",
		"letter", "because" };
	char *piece = xmalloc(bytes + 64);

	for (size_t i = 0; i < files; i++) {
		autofree char *sub = xasprintf("%s/%02zu", dir, i % 50), *path = NULL;
		size_t n = 0, column = 0;

		mkdir(sub, 0755);
		path = xasprintf("%s/text%05zu.txt", sub, i);
		while (n + 20 < bytes) {
			const char *word = words[next(ARRAY_LEN(words))];
			size_t k = strlen(word);

			memcpy(piece + n, word, k);
			n += k;
			column += k + 1;
			piece[n++] = column > 70 ? '\n' : ' ';
			column = column > 70 ? 0 : column;
		}
		if (i % 50 == 0)
			n += (size_t)sprintf(piece + n, "zebra %zu\n", i);
		put(path, piece, n);
	}
	free(piece);
}

/* Best of three; a program that is not there gives 0. */
static double
reference(const char *program, const char *command)
{
	autofree char *probe = xasprintf("command -v %s >/dev/null 2>&1", program);
	double best = 0;

	if (system(probe) != 0)
		return 0;
	for (int i = 0; i < 3; i++) {
		double began = now_s(), took;
		int code = system(command);

		took = now_s() - began;
		if (code < 0)
			return 0;
		best = i && best < took ? best : took;
	}
	return best;
}

static double
tool_time(const char *tool, const char *args, int rounds)
{
	double best = 0;

	for (int i = 0; i < rounds; i++) {
		double began = now_s(), took;

		toolbox_call(&t, tool, args);
		took = now_s() - began;
		best = i && best < took ? best : took;
	}
	return best;
}

static void
tell(const char *name, double value, double limit, double ref)
{
	if (ref > 0)
		printf("BENCH %s value=%.3f limit=%.3f unit=s ref=%.3f\n", name, value, limit,
			ref);
	else
		printf("BENCH %s value=%.3f limit=%.3f unit=s\n", name, value, limit);
	fflush(stdout);
}

static void
bench_duplicates(size_t files, size_t mean)
{
	autofree char *dir = path_join(t.home, "doubles"), *jdupes = NULL, *fdupes = NULL;
	double ref, other, mine;

	mkdir(dir, 0755);
	make_doubles(dir, files, mean);
	jdupes = xasprintf("jdupes -rqm '%s' >/dev/null 2>&1", dir);
	fdupes = xasprintf("fdupes -rqm '%s' >/dev/null 2>&1", dir);
	ref = reference("jdupes", jdupes);
	other = reference("fdupes", fdupes);
	ref = ref > 0 && (other <= 0 || ref < other) ? ref : other;
	mine = tool_time("duplicates", "{'path':'~/doubles','move':false}", 3);
	if (ref > 0)
		tell("duplicates", mine, 1.5 * ref, ref);
	else
		printf("SKIP duplicates: neither jdupes nor fdupes is installed\n");
}

static void
bench_search(size_t files, size_t bytes)
{
	autofree char *dir = path_join(t.home, "texts"), *grep = NULL, *folded = NULL,
		      *none = NULL;
	double ref;

	mkdir(dir, 0755);
	make_text(dir, files, bytes);
	grep = xasprintf("grep -rn Zebra '%s' >/dev/null", dir);
	folded = xasprintf("grep -rni zebra '%s' >/dev/null", dir);
	none = xasprintf("grep -rnE 'zebra [0-9]*7$' '%s' >/dev/null", dir);
	ref = reference("grep", grep);
	tell("search_exact",
		tool_time("search", "{'text':'Zebra','path':'~/texts','limit':5000}", 3),
		3 * ref, ref);
	ref = reference("grep", folded);
	tell("search_either_case",
		tool_time("search", "{'text':'zebra','path':'~/texts','limit':5000}", 3),
		3 * ref, ref);
	ref = reference("grep", none);
	tell("search_regex",
		tool_time("search",
			"{'text':'Zebra [0-9]*7$','regex':true,'path':'~/texts','limit':5000}",
			3),
		3 * ref, ref);
}

static bool
before(UNUSED void *user, UNUSED const char *stage)
{
	return true;
}

static void
commit_and_undo(const char *name, int64_t commit, double preview)
{
	struct effects e = { 0 };
	struct commit_result r = { 0 };
	struct err err = { 0 };
	autofree char *label = NULL;
	autofree bool *take = NULL;
	double began = now_s();

	if (!draft_effects(t.d, NULL, &e, &err))
		bug("%s", err.text);
	label = xasprintf("%s_preview", name);
	tell(label, preview + now_s() - began, 2, 0);
	take = xcalloc(e.n + 1, sizeof(*take));
	memset(take, 1, e.n);
	began = now_s();
	if (!draft_commit(t.d, &e, take, commit, before, NULL, &r, &err))
		bug("%s", err.text);
	free(label);
	label = xasprintf("%s_commit", name);
	tell(label, now_s() - began, 2, 0);
	effects_finish(&e);
	autofree char *stage = xstrdup(r.stage);
	commit_result_finish(&r);
	began = now_s();
	if (!stage_undo(stage, false, &r, &err))
		bug("%s", err.text);
	free(label);
	label = xasprintf("%s_undo", name);
	tell(label, now_s() - began, 2, 0);
	commit_result_finish(&r);
}

static void
bench_acts(void)
{
	static const char *const exts[] = { "jpg", "pdf", "mp3", "zip", "c", "xyz", "txt",
		"mp4", "ods", "odp" };
	autofree char *dir = path_join(t.home, "many");
	double preview;

	mkdir(dir, 0755);
	for (int i = 0; i < 10000; i++) {
		autofree char *path = xasprintf("%s/file %05d.%s", dir, i, exts[i % 10]);

		put(path, "content", 7);
	}
	preview = tool_time("arrange", "{'path':'~/many','by':'kind'}", 1);
	commit_and_undo("tidy_10k", 1, preview);
	preview = tool_time("rename_many", "{'path':'~/many','spaces':'_','case':'upper'}", 1);
	commit_and_undo("rename_10k", 2, preview);
}

int
main(void)
{
	bool full = getenv("HOMARD_BENCH_FULL") != NULL;

	toolbox_open(&t, true);
	bench_acts();
	bench_search(full ? 2000 : 400, 512u << 10);
	bench_duplicates(full ? 100000 : 20000, 50000);
	toolbox_close(&t);
	return 0;
}
