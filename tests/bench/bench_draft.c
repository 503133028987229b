/*
 * Figures of drafts: moving 10,000 files, deleting one tree of 100,000, deleting 100,000 files
 * one by one. Prints BENCH lines. HOMARD_BENCH_SCALE=10 makes everything ten times smaller.
 */
#include <dirent.h>
#include <time.h>
#include "agent/base/path.h"
#include "agent/draft/draft_private.h"
#include "agent/draft/stage.h"

static char *top, *home, *stage;
static struct draft *d;
static int64_t commits;

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
die(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_draft: %s: %s\n", what, err->text);
	exit(1);
}

static void
say(const char *name, double seconds, double limit)
{
	printf("BENCH %s value=%.3f limit=%.1f unit=s\n", name, seconds, limit);
	fflush(stdout);
}

static void
open_draft(void)
{
	const char *own[] = { stage, NULL };
	struct draft_opts o = { .stage_root = stage, .task = 1, .home = home, .cwd = home,
		.own = own };
	struct err err = { 0 };

	if (!draft_open(&o, &d, &err))
		die("open", &err);
}

/* n files in folders of 1,000 below home/name. */
static void
make_files(const char *name, size_t n)
{
	autofree char *dir = path_join(home, name);

	for (size_t i = 0; i < n; i++) {
		autofree char *sub = xasprintf("%s/d%zu", dir, i / 1000);
		autofree char *file = xasprintf("%s/file-%zu.txt", sub, i);

		if (i % 1000 == 0 && !path_make_dirs(sub, 0755, NULL))
			exit(1);
		autofd int fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

		if (fd < 0 || write(fd, "some text of a file\n", 20) != 20)
			exit(1);
	}
	sync();
}

struct figures {
	const char *name;
	double list, commit, undo;
};

static void
take_and_undo(const struct figures *f)
{
	struct effects e = { 0 };
	struct commit_result r = { 0 };
	struct err err = { 0 };
	char name[64];
	double t = now();

	if (!draft_effects(d, NULL, &e, &err))
		die("effects", &err);
	snprintf(name, sizeof(name), "draft_%s_list", f->name);
	say(name, now() - t, f->list);
	bool *take = xcalloc(e.n + 1, sizeof(*take));

	memset(take, 1, e.n);
	t = now();
	if (!draft_commit(d, &e, take, ++commits, NULL, NULL, &r, &err))
		die("commit", &err);
	snprintf(name, sizeof(name), "draft_%s_commit", f->name);
	say(name, now() - t, f->commit);
	free(take);
	effects_finish(&e);
	autofree char *where = xstrdup(r.stage);

	commit_result_finish(&r);
	t = now();
	if (!stage_undo(where, false, &r, &err))
		die("undo", &err);
	snprintf(name, sizeof(name), "draft_%s_undo", f->name);
	say(name, now() - t, f->undo);
	commit_result_finish(&r);
}

static bool
drop_name(void *user, UNUSED int dir, const char *name, UNUSED unsigned char type)
{
	strv_add(user, name);
	return true;
}

static void
move_files(size_t n)
{
	const struct figures f = { "move10k", 2, 2, 2 };
	struct err err = { 0 };
	double t;

	make_files("from", n);
	t = now();
	for (size_t i = 0; i < n; i++) {
		autofree char *a = xasprintf("%s/from/d%zu/file-%zu.txt", home, i / 1000, i);
		autofree char *b = xasprintf("%s/to/kind%zu", home, i % 20);

		if (!draft_mkdir(d, b, &err) || !draft_move(d, a, b, NULL, &err))
			die("move", &err);
	}
	say("draft_move10k_preview", now() - t, 2);
	take_and_undo(&f);
}

static void
delete_tree(size_t n)
{
	const struct figures f = { "rmtree100k", 2, 1, 1 };
	struct err err = { 0 };
	autofree char *dir = path_join(home, "tree");
	double t;

	make_files("tree", n);
	t = now();
	if (!draft_delete(d, dir, &err))
		die("delete", &err);
	say("draft_rmtree100k_preview", now() - t, 10);
	take_and_undo(&f);
}

static void
delete_each(size_t n)
{
	const struct figures f = { "delete100k", 3, 8, 6 };
	struct err err = { 0 };
	double t = now();

	for (size_t i = 0; i < n; i++) {
		autofree char *a = xasprintf("%s/tree/d%zu/file-%zu.txt", home, i / 1000, i);

		if (!draft_delete(d, a, &err))
			die("delete", &err);
	}
	say("draft_delete100k_preview", now() - t, 10);
	take_and_undo(&f);
}

int
main(void)
{
	const char *scale_text = getenv("HOMARD_BENCH_SCALE"), *tmp = getenv("TMPDIR");
	size_t scale = scale_text ? (size_t)atoi(scale_text) : 1;
	autostrv struct strv names = { 0 };

	top = xasprintf("%s/homard-bench-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(top))
		return 1;
	home = path_join(top, "home");
	stage = path_join(top, "stage");
	if (!path_make_dirs(home, 0755, NULL))
		return 1;
	open_draft();
	move_files(10000 / scale);
	delete_tree(100000 / scale);
	delete_each(100000 / scale);
	draft_close(d);
	autofd int fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	fs_each(fd, "", drop_name, &names);
	for (size_t i = 0; i < names.n; i++) {
		if (!fs_remove_tree(fd, names.v[i], NULL))
			return 1;
	}
	return rmdir(top) == 0 ? 0 : 1;
}
