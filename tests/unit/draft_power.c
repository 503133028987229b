/*
 * Power cuts: the commit is killed at a call, the image of its disk is copied as it is, and the
 * copy is mounted in its place. Needs root, loop devices and mkfs.ext4; else skipped.
 */
#include "tests/support/draft_tree.h"
#include <signal.h>
#include <sys/wait.h>
#include "agent/base/path.h"

static char *base, *mnt;
static long kill_at, calls;

static void
count_and_kill(UNUSED const char *what)
{
	if (++calls == kill_at)
		kill(getpid(), SIGKILL);
}

static bool
sh(const char *fmt, ...) PRINTF_LIKE(1, 2);

static bool
sh(const char *fmt, ...)
{
	char line[4096];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return system(line) == 0;
}

static void
open_world(struct world *w)
{
	const char *own[] = { w->stage, NULL };
	struct draft_opts o = { .stage_root = w->stage, .task = 1, .home = w->home,
		.cwd = w->home, .own = own };
	struct err err = { 0 };

	if (!draft_open(&o, &w->d, &err))
		fail_msg("draft_open: %s", err.text);
}

static void
close_world(struct world *w)
{
	draft_close(w->d);
	free(w->home);
	free(w->stage);
	*w = (struct world){ 0 };
}

static bool
new_disk(void)
{
	return sh("rm -f %s/a.img %s/b.img && truncate -s 32M %s/a.img && "
		  "mkfs.ext4 -q -O ^resize_inode %s/a.img 2>/dev/null && "
		  "mount -o loop %s/a.img %s 2>/dev/null",
		base, base, base, base, base, mnt);
}

/* What a sudden end leaves: only what the kernel has written so far. */
static void
cut_power(void)
{
	assert_true(sh("cp --sparse=always %s/a.img %s/b.img && umount %s && "
		       "mount -o loop %s/b.img %s",
		base, base, mnt, base, mnt));
}

static void
setup(struct world *w)
{
	*w = (struct world){ .home = path_join(mnt, "home"), .stage = path_join(mnt, "stage") };
	assert_int_equal(mkdir(w->home, 0755), 0);
	for (int i = 0; i < 5; i++) {
		autofree char *m = xasprintf("m%d", i), *t = xasprintf("dir/s/f%d", i);

		world_write(w, m, "original\n");
		world_write(w, t, "in a tree\n");
	}
	world_write(w, "mv", "moves\n");
	sync();
	open_world(w);
}

static void
act(struct world *w)
{
	char big[100000];

	memset(big, 'b', sizeof(big));
	for (int i = 0; i < 3; i++) {
		autofree char *m = xasprintf("m%d", i), *c = xasprintf("new/c%d", i);

		assert_true(draft_write(w->d, world_path(w, m), SLICE_LIT("changed\n"), 0644, NULL));
		assert_true(draft_write(w->d, world_path(w, c),
			(struct slice){ big, sizeof(big) }, 0600, NULL));
	}
	assert_true(draft_delete(w->d, world_path(w, "dir"), NULL));
	assert_true(draft_delete(w->d, world_path(w, "m4"), NULL));
	assert_true(draft_move(w->d, world_path(w, "mv"), world_path(w, "new/mv"), NULL, NULL));
}

static int
do_commit(struct world *w)
{
	struct commit_result r = { 0 };
	struct effects e = { 0 };
	bool all[32];
	int ret = 91;

	memset(all, 1, sizeof(all));
	if (draft_effects(w->d, NULL, &e, NULL) && e.n <= ARRAY_LEN(all))
		ret = draft_commit(w->d, &e, all, 1, NULL, NULL, &r, NULL) ? 0 : 1;
	effects_finish(&e);
	commit_result_finish(&r);
	return ret;
}

static bool
killed_commit(struct world *w, long n)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		kill_at = n;
		fs_kill_hook = count_and_kill;
		_exit(do_commit(w));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status);
}

/* False when the commit came to its end. */
static bool
power_point(long n, const char *after_plain)
{
	struct commit_result r = { 0 };
	struct err err = { 0 };
	struct world w;
	autofree char *what = xasprintf("power cut at call %ld", n), *stage = NULL;

	assert_true(new_disk());
	setup(&w);
	autofree char *before = tree_snapshot(w.home);

	act(&w);
	bool cut = killed_commit(&w, n);

	draft_close(w.d);
	w.d = NULL;
	cut_power();
	stage = path_join(w.stage, "1/c1");
	enum stage_state is = stage_state(stage);

	if (!cut)
		assert_int_equal(is, STAGE_COMMITTED);
	if (!stage_recover(w.stage, w.home, NULL, NULL, &err))
		fail_msg("%s: recovery: %s", what, err.text);
	autofree char *now = tree_snapshot_plain(w.home);

	if (is == STAGE_PREPARED || is == STAGE_COMMITTED) {
		tree_assert_same(what, after_plain, now);
		if (!stage_undo(stage, false, &r, &err))
			fail_msg("%s: undo: %s", what, err.text);
		commit_result_finish(&r);
	}
	autofree char *last = tree_snapshot(w.home);

	tree_assert_same(what, before, last);
	close_world(&w);
	assert_true(sh("umount %s", mnt));
	return cut;
}

static char *
learn(void)
{
	struct world w;
	char *after;

	assert_true(new_disk());
	setup(&w);
	act(&w);
	assert_int_equal(do_commit(&w), 0);
	after = tree_snapshot_plain(w.home);
	close_world(&w);
	assert_true(sh("umount %s", mnt));
	return after;
}

static void
power__cut_during_a_commit__before_or_after(UNUSED void **state)
{
	long step = getenv("HOMARD_TORTURE") ? 1 : 9, points = 1;

	base = xstrdup(test_path("power"));
	mnt = path_join(base, "mnt");
	assert_true(path_make_dirs(mnt, 0755, NULL));
	if (geteuid() != 0 || !new_disk()) {
		printf("skipped: power cuts need root, loop devices and mkfs.ext4\n");
		skip();
	}
	assert_true(sh("umount %s", mnt));
	autofree char *after = learn();

	for (long n = 1; power_point(n, after); n += step)
		points++;
	printf("power cuts: %ld points, 0 lost\n", points);
}

static int
clean(UNUSED void **state)
{
	if (mnt)
		sh("umount %s 2>/dev/null", mnt);
	free(base);
	free(mnt);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(power__cut_during_a_commit__before_or_after),
	};

	return cmocka_run_group_tests_name("draft_power", tests, NULL, clean);
}
