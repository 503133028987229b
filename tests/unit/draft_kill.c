/*
 * kill -9 before every call that changes the disk, in commit, undo, redo, recovery and drop:
 * afterwards the tree is exactly as before or exactly as after, and undo is exact.
 */
#include "tests/support/draft_tree.h"
#include <signal.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include "agent/base/path.h"
#include "agent/draft/effects_private.h"

static long kill_at, calls;
static unsigned long points, inner, mixed;

static void
count_and_kill(UNUSED const char *what)
{
	if (++calls == kill_at)
		kill(getpid(), SIGKILL);
}

/* Runs fn in a child that is killed at the n-th call (0: never). Returns its exit code, or -1
 * when it was killed. */
static int
run_killed(int (*fn)(struct world *w), struct world *w, long n)
{
	pid_t pid;
	int status;

	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		kill_at = n;
		calls = 0;
		fs_kill_hook = count_and_kill;
		int code = fn(w);

		fflush(NULL);
		_exit(code);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status)) {
		assert_int_equal(WTERMSIG(status), SIGKILL);
		return -1;
	}
	return WEXITSTATUS(status);
}

/* --- what the child does --- */

static struct draft *
open_in_child(struct world *w)
{
	const char *own[] = { w->stage, NULL };
	struct draft_opts o = { .stage_root = w->stage, .task = 1, .home = w->home,
		.cwd = w->home, .own = own };
	struct draft *d = NULL;

	if (!draft_open(&o, &d, NULL))
		_exit(90);
	return d;
}

static int
do_commit(struct world *w)
{
	struct draft *d = open_in_child(w);
	struct commit_result r = { 0 };
	struct effects e = { 0 };
	struct err err = { 0 };

	if (!draft_effects(d, NULL, &e, &err))
		return 91;
	bool *take = xcalloc(e.n + 1, sizeof(*take));

	memset(take, 1, e.n);
	return draft_commit(d, &e, take, 1, NULL, NULL, &r, &err) ? 0 : 1;
}

static char *
stage_of(struct world *w)
{
	return path_join(w->stage, "1/c1");
}

static int
do_undo(struct world *w)
{
	struct commit_result r = { 0 };

	return stage_undo(stage_of(w), false, &r, NULL) ? 0 : 1;
}

static int
do_redo(struct world *w)
{
	struct commit_result r = { 0 };

	return stage_redo(stage_of(w), false, &r, NULL) ? 0 : 1;
}

static void
say_recovered(UNUSED void *user, UNUSED int64_t task, UNUSED int64_t commit,
	UNUSED const char *stage, enum stage_state was, enum stage_state now)
{
	if (was == STAGE_PREPARED && now != STAGE_COMMITTED)
		printf("recovered from %d to %d\n", was, now);
}

static int
do_recover(struct world *w)
{
	struct err err = { 0 };

	if (stage_recover(w->stage, w->home, say_recovered, NULL, &err))
		return 0;
	printf("recovery: %s\n", err.text);
	return 1;
}

static int
do_drop(struct world *w)
{
	struct draft *d = open_in_child(w);
	struct effects e = { 0 };
	bool drop[64];

	if (!draft_effects(d, NULL, &e, NULL) || e.n > ARRAY_LEN(drop))
		return 91;
	memset(drop, 1, sizeof(drop));
	return draft_drop(d, &e, drop, NULL) ? 0 : 1;
}

/* --- the tree and what a task does to it --- */

static struct err why;

static void
act(struct world *w, bool ok)
{
	if (!ok)
		fail_msg("an act of the fixture failed in %s: %s", w->top, why.text);
}

static void
make_tree(struct world *w)
{
	for (int i = 1; i <= 3; i++) {
		autofree char *m = xasprintf("m%d", i), *d = xasprintf("d%d", i);

		world_write(w, m, "original\n");
		world_write(w, d, "to be deleted\n");
	}
	for (int i = 0; i < 5; i++) {
		autofree char *a = xasprintf("dir1/s/f%d", i), *b = xasprintf("mv/s/f%d", i);
		autofree char *c = xasprintf("keep/f%d", i), *e = xasprintf("tidy/x%d.txt", i);

		world_write(w, a, "in a tree\n");
		world_write(w, b, "in a tree that moves\n");
		world_write(w, c, "stays\n");
		world_write(w, e, "to be tidied\n");
	}
	world_write(w, "hard", "one file with two names\n");
	assert_int_equal(link(world_path(w, "hard"), world_path(w, "hard2")), 0);
	assert_int_equal(symlink("m1", world_path(w, "lnk")), 0);
	world_write(w, "note", "has an attribute\n");
	setxattr(world_path(w, "note"), "user.note", "x", 1, 0);
	world_mkdir(w, "ro", 0755);
	world_write(w, "ro/inside", "in a folder without rights\n");
	chmod(world_path(w, "ro"), 0555);
}

static void
do_acts(struct world *w)
{
	struct draft *d = w->d;

	for (int i = 1; i <= 2; i++) {
		autofree char *m = xasprintf("m%d", i), *g = xasprintf("d%d", i);
		autofree char *c = xasprintf("new/deep/c%d", i), *t = xasprintf("tidy/x%d.txt", i);

		act(w, draft_write(d, world_path(w, m), SLICE_LIT("changed\n"), 0644, &why));
		act(w, draft_delete(d, world_path(w, g), &why));
		act(w, draft_write(d, world_path(w, c), SLICE_LIT("created\n"), 0600, &why));
		act(w, draft_mkdir(d, world_path(w, "tidy/Text"), &why));
		act(w, draft_move(d, world_path(w, t), world_path(w, "tidy/Text"), NULL, &why));
	}
	act(w, draft_delete(d, world_path(w, "dir1"), &why));
	act(w, draft_move(d, world_path(w, "mv"), world_path(w, "moved"), NULL, &why));
	act(w, draft_delete(d, world_path(w, "lnk"), &why));
	act(w, draft_symlink(d, "m2", world_path(w, "lnk"), &why));
	act(w, draft_delete(d, world_path(w, "m3"), &why));
	act(w, draft_mkdir(d, world_path(w, "m3"), &why));
	act(w, draft_write(d, world_path(w, "hard"), SLICE_LIT("both names see this\n"), 0644, &why));
	act(w, draft_chmod(d, world_path(w, "keep"), 0700, &why));
	act(w, draft_chmod(d, world_path(w, "note"), 0600, &why));
	act(w, draft_move(d, world_path(w, "ro"), world_path(w, "new/ro"), NULL, &why));
}

/* Moves out of a tree that goes: the parking path. */
static void
do_tangled_acts(struct world *w)
{
	struct draft *d = w->d;

	act(w, draft_move(d, world_path(w, "dir1/s/f1"), world_path(w, "saved"), NULL, &why));
	act(w, draft_delete(d, world_path(w, "dir1"), &why));
	act(w, draft_move(d, world_path(w, "m1"), world_path(w, "tmp"), NULL, &why));
	act(w, draft_move(d, world_path(w, "m2"), world_path(w, "m1"), NULL, &why));
	act(w, draft_move(d, world_path(w, "tmp"), world_path(w, "m2"), NULL, &why));
}

static void (*acts)(struct world *w);

static void
setup(struct world *w, bool committed)
{
	world_open(w, "kill");
	make_tree(w);
	acts(w);
	draft_close(w->d);
	w->d = NULL;
	if (committed)
		assert_int_equal(run_killed(do_commit, w, 0), 0);
}

/* world_close wants write rights where a test took them away. */
static void
teardown(struct world *w)
{
	world_close(w);
}

/* Recovery, itself killed at each point when thorough. */
static void
recover(struct world *w, bool thorough)
{
	for (long n = 1; thorough && run_killed(do_recover, w, n) < 0; n++)
		inner++;
	assert_int_equal(run_killed(do_recover, w, 0), 0);
}

struct expected {
	char *before_plain, *after_plain;
};

static void
learn(struct expected *x)
{
	struct world w;

	world_open(&w, "kill");
	make_tree(&w);
	x->before_plain = tree_snapshot_plain(w.home);
	acts(&w);
	draft_close(w.d);
	w.d = NULL;
	assert_int_equal(run_killed(do_commit, &w, 0), 0);
	x->after_plain = tree_snapshot_plain(w.home);
	assert_string_not_equal(x->before_plain, x->after_plain);
	teardown(&w);
}

static void
forget(struct expected *x)
{
	free(x->before_plain);
	free(x->after_plain);
}

static void
check_undo(struct world *w, const char *before, long n)
{
	autofree char *what = xasprintf("undo after point %ld", n);

	assert_int_equal(run_killed(do_undo, w, 0), 0);
	autofree char *is = tree_snapshot(w->home);

	tree_assert_same(what, before, is);
}

/* One point of a commit. Returns false when the commit came to its end. */
static bool
commit_point(const struct expected *x, long n)
{
	autofree char *what = xasprintf("commit killed at point %ld", n), *stage = NULL;
	struct world w;
	int end;

	setup(&w, false);
	autofree char *before = tree_snapshot(w.home);

	end = run_killed(do_commit, &w, n);
	autofree char *torn = tree_snapshot_plain(w.home);

	mixed += !str_eq(torn, x->before_plain) && !str_eq(torn, x->after_plain);
	stage = stage_of(&w);
	bool prepared = stage_state(stage) != STAGE_NONE;

	recover(&w, n % 4 == 0);
	autofree char *is = tree_snapshot_plain(w.home);

	tree_assert_same(what, prepared ? x->after_plain : x->before_plain, is);
	if (prepared) {
		assert_int_equal(stage_state(stage), STAGE_COMMITTED);
		check_undo(&w, before, n);
	} else {
		autofree char *same = tree_snapshot(w.home);

		tree_assert_same(what, before, same);
	}
	teardown(&w);
	return end < 0;
}

static bool
undo_point(const struct expected *x, long n)
{
	autofree char *what = xasprintf("undo killed at point %ld", n), *stage = NULL;
	struct world w;
	int end;

	setup(&w, true);
	end = run_killed(do_undo, &w, n);
	recover(&w, n % 4 == 1);
	stage = stage_of(&w);
	autofree char *is = tree_snapshot_plain(w.home);

	tree_assert_same(what, stage_state(stage) == STAGE_UNDONE ? x->before_plain : x->after_plain,
		is);
	if (stage_state(stage) == STAGE_COMMITTED)
		assert_int_equal(run_killed(do_undo, &w, 0), 0);
	autofree char *last = tree_snapshot_plain(w.home);

	tree_assert_same(what, x->before_plain, last);
	teardown(&w);
	return end < 0;
}

static bool
redo_point(const struct expected *x, long n)
{
	autofree char *what = xasprintf("redo killed at point %ld", n), *stage = NULL;
	struct world w;
	int end;

	setup(&w, true);
	autofree char *after = tree_snapshot(w.home);

	assert_int_equal(run_killed(do_undo, &w, 0), 0);
	end = run_killed(do_redo, &w, n);
	recover(&w, n % 4 == 2);
	stage = stage_of(&w);
	if (stage_state(stage) == STAGE_UNDONE)
		assert_int_equal(run_killed(do_redo, &w, 0), 0);
	autofree char *is = tree_snapshot(w.home);

	tree_assert_same(what, after, is);
	assert_int_equal(run_killed(do_undo, &w, 0), 0);
	autofree char *last = tree_snapshot_plain(w.home);

	tree_assert_same(what, x->before_plain, last);
	teardown(&w);
	return end < 0;
}

/* Dropping touches nothing real; killed, it can be done again. */
static bool
drop_point(UNUSED const struct expected *x, long n)
{
	autofree char *what = xasprintf("drop killed at point %ld", n);
	struct world w;
	int end;

	setup(&w, false);
	autofree char *before = tree_snapshot(w.home);

	end = run_killed(do_drop, &w, n);
	assert_int_equal(run_killed(do_drop, &w, 0), 0);
	autofree char *is = tree_snapshot(w.home);

	tree_assert_same(what, before, is);
	world_reopen(&w);
	assert_true(draft_is_empty(w.d));
	teardown(&w);
	return end < 0;
}

/* make check looks at every third point of the long ones, make torture at all. */
static void
sweep(void (*fixture)(struct world *w), bool (*point)(const struct expected *x, long n), long step)
{
	struct expected x = { 0 };
	long n = 1;

	acts = fixture;
	learn(&x);
	while (point(&x, n)) {
		points++;
		n += getenv("HOMARD_TORTURE") ? 1 : step;
	}
	forget(&x);
}

static void
kill__at_every_call_of_commit__before_or_after(UNUSED void **state)
{
	sweep(do_acts, commit_point, 2);
	sweep(do_tangled_acts, commit_point, 1);
}

static void
kill__at_every_call_of_undo__before_or_after(UNUSED void **state)
{
	sweep(do_acts, undo_point, 1);
	sweep(do_tangled_acts, undo_point, 1);
}

static void
kill__at_every_call_of_redo__before_or_after(UNUSED void **state)
{
	sweep(do_acts, redo_point, 1);
	sweep(do_tangled_acts, redo_point, 1);
}

static void
kill__at_every_call_of_drop__nothing_real_changes(UNUSED void **state)
{
	sweep(do_acts, drop_point, 3);
}

static void
kill__points__are_enough(UNUSED void **state)
{
	printf("kill points: %lu, inside recovery: %lu, of them mixed before recovery: %lu\n",
		points, inner, mixed);
	assert_true(points + inner >= 200);
	assert_true(mixed > 0); /* else the points lie where nothing happens */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kill__at_every_call_of_commit__before_or_after),
		cmocka_unit_test(kill__at_every_call_of_undo__before_or_after),
		cmocka_unit_test(kill__at_every_call_of_redo__before_or_after),
		cmocka_unit_test(kill__at_every_call_of_drop__nothing_real_changes),
		cmocka_unit_test(kill__points__are_enough),
	};

	world_use_memory();
	return cmocka_run_group_tests_name("draft_kill", tests, NULL, NULL);
}
