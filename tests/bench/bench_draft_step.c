/*
 * A draft step in an open draft: run `sh -c true`, list, in a home of 200,000 files, over what
 * `sh -c true` alone takes; and the same with making and removing the draft. Then deleting
 * 100,000 files: preview and list. And stopping. HOMARD_BENCH_SCALE=10 makes the home ten times
 * smaller.
 */
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include "agent/base/path.h"
#include "agent/draft/draft.h"

#define FILES 200000
#define STEPS 60
#define STOPS 40

extern char **environ;

static char helper[4096], home[256], stage[256];

struct step {
	struct draft_run *run;
	bool ended, stop_when_up;
	double stopped;
	struct draft_run_end end;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
fill(long files)
{
	for (long i = 0; i < files; i++) {
		char path[512];
		int fd;

		if (i % 1000 == 0) {
			snprintf(path, sizeof(path), "%s/d%ld", home, i / 1000);
			if (mkdir(path, 0755) < 0)
				bug("%s", path);
		}
		snprintf(path, sizeof(path), "%s/d%ld/f%ld", home, i / 1000, i);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0)
			bug("%s", path);
		close(fd);
	}
}

static double
run_plain(const char *const *argv)
{
	posix_spawn_file_actions_t fa;
	double from = now();
	pid_t pid;
	int status;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&pid, argv[0], &fa, NULL, (char *const *)(uintptr_t)argv, environ) !=
		0)
		pid = -1;
	posix_spawn_file_actions_destroy(&fa);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
		return -1;
	return now() - from;
}

static void
on_ended(void *user, const struct draft_run_end *end)
{
	struct step *s = user;

	s->ended = true;
	s->end = *end;
}

static void
on_output(void *user, UNUSED int which, UNUSED struct slice bytes)
{
	struct step *s = user;

	if (!s->stop_when_up)
		return;
	s->stop_when_up = false;
	s->stopped = now();
	draft_run_stop(s->run);
}

static struct draft *
open_draft(void)
{
	struct draft_opts o = {
		.stage_root = stage, .task = 1, .home = home, .cwd = home, .helper = helper
	};
	struct draft *d;
	struct err err = { 0 };

	if (!draft_open(&o, &d, &err))
		bug("%s", err.text);
	return d;
}

static void
throw_away(struct draft *d)
{
	struct err err = { 0 };

	if (!draft_destroy(d, &err))
		bug("%s", err.text);
}

/* Milliseconds from the start, or with stop from stopping, to the effects. */
static double
run_step(struct draft *d, const char *script, bool stop, size_t *ret_effects)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct step s = { .stop_when_up = stop };
	struct draft_run_opts r = { .argv = argv,
		.wall_ms = 120000,
		.mem = 4ull << 30,
		.nproc = 512,
		.output = on_output,
		.ended = on_ended,
		.user = &s };
	double from = now(), took;
	struct err err = { 0 };
	uv_loop_t loop;

	uv_loop_init(&loop);
	if (!draft_run(d, &loop, &r, &s.run, &err))
		bug("%s", err.text);
	while (!s.ended)
		uv_run(&loop, UV_RUN_ONCE);
	if (!s.end.ran)
		bug("%s", s.end.err.text);
	took = now() - (stop ? s.stopped : from);
	if (ret_effects)
		*ret_effects = s.end.effects->n;
	effects_finish(s.end.effects);
	free(s.end.effects);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	return took;
}

/* The first step of a task: its folders are made; here they are removed again, too. */
static double
run_first(void)
{
	double from = now();
	struct draft *d = open_draft();

	run_step(d, "true", false, NULL);
	throw_away(d);
	return now() - from;
}

static void
bench_step(void)
{
	const char *const sh[] = { "sh", "-c", "true", NULL };
	const char *const bwrap[] = { "bwrap", "--unshare-all", "--ro-bind", "/", "/", "--dev",
		"/dev", "--proc", "/proc", "--tmpfs", "/tmp", "sh", "-c", "true", NULL };
	double plain[STEPS], step[STEPS], first[STEPS], other[STEPS];
	struct draft *d = open_draft();
	char ref[64] = "";

	/* Side by side, so that a busy moment of the machine meets all of them. */
	for (int i = 0; i < STEPS; i++) {
		plain[i] = run_plain(sh);
		step[i] = run_step(d, "true", false, NULL);
		other[i] = run_plain(bwrap);
	}
	throw_away(d);
	for (int i = 0; i < STEPS; i++)
		first[i] = run_first();
	qsort(plain, STEPS, sizeof(*plain), by_value);
	qsort(step, STEPS, sizeof(*step), by_value);
	qsort(first, STEPS, sizeof(*first), by_value);
	qsort(other, STEPS, sizeof(*other), by_value);
	if (other[0] >= 0)
		snprintf(ref, sizeof(ref), " ref=bwrap:%.2f",
			other[STEPS / 2] - plain[STEPS / 2]);
	printf("BENCH draft_step_p50 value=%.2f limit=8 unit=ms%s\n",
		step[STEPS / 2] - plain[STEPS / 2], ref);
	printf("BENCH draft_step_p95 value=%.2f limit=25 unit=ms\n",
		step[STEPS * 95 / 100] - plain[STEPS / 2]);
	printf("BENCH draft_open_step_remove_p50 value=%.2f limit=12 unit=ms\n",
		first[STEPS / 2] - plain[STEPS / 2]);
}

static void
bench_stop(void)
{
	double took[STOPS];
	struct draft *d = open_draft();

	for (int i = 0; i < STOPS; i++)
		took[i] = run_step(d,
			"trap '' TERM; (setsid sleep 100 & while :; do :; done) & echo up;"
			"while :; do :; done",
			true, NULL);
	throw_away(d);
	qsort(took, STOPS, sizeof(*took), by_value);
	printf("BENCH draft_stop_worst value=%.1f limit=200 unit=ms\n", took[STOPS - 1]);
}

static void
bench_delete(long scale)
{
	char script[128];
	struct draft *d = open_draft();
	size_t effects = 0;
	double took;

	snprintf(script, sizeof(script),
		"seq 0 %ld | sed 's/^/d/' | xargs -I{} find {} -type f -delete",
		FILES / scale / 2000 - 1);
	took = run_step(d, script, false, &effects);
	throw_away(d);
	printf("BENCH draft_delete_%ld_preview_and_list value=%.2f limit=13 unit=s "
	       "effects=%zu\n",
		FILES / scale / 2, took / 1000, effects);
}

static int
remove_one(
	const char *path, UNUSED const struct stat *st, UNUSED int type, UNUSED struct FTW *f)
{
	return remove(path);
}

int
main(void)
{
	const char *tmp = getenv("TMPDIR"), *text = getenv("HOMARD_BENCH_SCALE");
	long scale = text ? atol(text) : 1;
	char self[2048], dir[256];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n < 0 ? 0 : n] = '\0';
	snprintf(helper, sizeof(helper), "%s/../../libexec/homard-draft", dirname(self));
	snprintf(dir, sizeof(dir), "%s/homard-bench-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		bug("%s", dir);
	snprintf(home, sizeof(home), "%.200s/home", dir);
	snprintf(stage, sizeof(stage), "%.200s/stage", dir);
	if (mkdir(home, 0755) < 0)
		bug("%s", home);
	fill(FILES / scale);
	bench_step();
	bench_stop();
	bench_delete(scale);
	nftw(dir, remove_one, 32, FTW_PHYS | FTW_DEPTH);
	return 0;
}
