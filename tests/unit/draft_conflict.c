/* The person edits while a task's changes wait, are taken, or are taken back. */
#include "tests/support/draft_tree.h"
#include <errno.h>
#include <sys/wait.h>
#include "agent/base/path.h"
#include "agent/draft/effects_private.h"

static struct effects shown;

static char *
take_ok(struct world *w, int64_t n)
{
	struct commit_result r = { 0 };
	struct err err = { 0 };
	char *stage;

	world_show(w, &shown);
	if (!world_take(w, &shown, n, &r, &err))
		fail_msg("commit: %s (%s)", err.text, r.n_conflicts ? r.conflicts[0].why : "");
	stage = xstrdup(r.stage);
	commit_result_finish(&r);
	return stage;
}

/* The commit must be refused because of path, and nothing else on disk may have changed. */
static void
refused(struct world *w, const char *path, const char *why)
{
	struct commit_result r = { 0 };
	struct err err = { 0 };
	autofree char *before = tree_snapshot(w->home);

	assert_false(world_take(w, &shown, 1, &r, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(r.n_conflicts, 1);
	assert_string_equal(r.conflicts[0].path, world_path(w, path));
	assert_string_equal(r.conflicts[0].why, why);
	autofree char *after = tree_snapshot(w->home);

	tree_assert_same("refused", before, after);
	assert_false(draft_is_empty(w->d));
	commit_result_finish(&r);
}

static void
append(struct world *w, const char *name, const char *text)
{
	autofile FILE *f = fopen(world_path(w, name), "ae");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
}

static void
conflict__edit_after_shown__refused(UNUSED void **state)
{
	struct world w;

	world_open(&w, "edit");
	world_write(&w, "f", "one\n");
	world_write(&w, "g", "two\n");
	world_put(&w, "f", "task\n");
	world_put(&w, "g", "task\n");
	world_show(&w, &shown);
	append(&w, "f", "person\n");
	refused(&w, "f", "it changed after it was shown");
	autofree char *is = test_slurp(world_path(&w, "f"));

	assert_string_equal(is, "one\nperson\n");
	world_close(&w);
}

static void
conflict__edit_before_shown__stale_and_refused(UNUSED void **state)
{
	struct world w;

	world_open(&w, "stale");
	world_write(&w, "f", "one\n");
	world_put(&w, "f", "task\n");
	/* Times are grainy: an edit of the same instant cannot be told from one before. */
	for (int i = 0; i < 100; i++) {
		append(&w, "f", "person\n");
		world_show(&w, &shown);
		if (shown.v[0].stale)
			break;
		usleep(1000);
	}
	assert_true(shown.v[0].stale);
	refused(&w, "f", "it changed after the draft began");
	world_close(&w);
}

static void
conflict__name_taken_after_shown__refused(UNUSED void **state)
{
	struct world w;

	world_open(&w, "taken");
	world_put(&w, "new", "task\n");
	world_show(&w, &shown);
	world_write(&w, "new", "person\n");
	refused(&w, "new", "something else has that name by now");
	world_close(&w);
}

static void
conflict__file_in_a_deleted_tree_edited__refused(UNUSED void **state)
{
	struct world w;

	world_open(&w, "tree");
	world_write(&w, "dir/a/b/c", "one\n");
	assert_true(draft_delete(w.d, world_path(&w, "dir"), NULL));
	world_show(&w, &shown);
	append(&w, "dir/a/b/c", "person\n");
	refused(&w, "dir", "what is in it changed after it was shown");
	world_close(&w);
	world_open(&w, "tree2");
	world_write(&w, "dir/a/b/c", "one\n");
	assert_true(draft_delete(w.d, world_path(&w, "dir"), NULL));
	world_show(&w, &shown);
	world_write(&w, "dir/a/new", "person\n");
	refused(&w, "dir", "what is in it changed after it was shown");
	world_close(&w);
}

/* Even when the clock was set back meanwhile. */
static void
conflict__edit_with_an_older_time__refused(UNUSED void **state)
{
	struct world w;

	world_open(&w, "clock");
	world_write(&w, "f", "one\n");
	world_write(&w, "dir/f", "one\n");
	world_put(&w, "f", "task\n");
	assert_true(draft_delete(w.d, world_path(&w, "dir"), NULL));
	world_show(&w, &shown);
	append(&w, "f", "person\n");
	fs_set_mtime(AT_FDCWD, world_path(&w, "f"), -1, 1000000000);
	refused(&w, "f", "it changed after it was shown");
	world_close(&w);
}

static void
conflict__open_for_writing_elsewhere__refused(UNUSED void **state)
{
	struct world w;

	world_open(&w, "busy");
	world_write(&w, "f", "one\n");
	world_put(&w, "f", "task\n");
	world_show(&w, &shown);
	autofd int fd = open(world_path(&w, "f"), O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_true(fd >= 0);
	refused(&w, "f", "another program has it open for writing");
	world_show(&w, &shown);
	assert_true(shown.v[0].red & RED_OPEN);
	world_close(&w);
}

static void
conflict__folder_became_a_link__outside_untouched(UNUSED void **state)
{
	struct commit_result r = { 0 };
	struct err err = { 0 };
	struct world w;
	autofree char *outside = NULL, *link = NULL;

	world_open(&w, "link");
	outside = path_join(w.top, "outside");
	assert_int_equal(mkdir(outside, 0755), 0);
	world_write(&w, "dir/keep", "x");
	world_put(&w, "dir/new", "task\n");
	world_show(&w, &shown);
	assert_int_equal(rename(world_path(&w, "dir"), world_path(&w, "other")), 0);
	assert_int_equal(symlink(outside, world_path(&w, "dir")), 0);
	assert_false(world_take(&w, &shown, 1, &r, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	link = path_join(outside, "new");
	assert_true(access(link, F_OK) < 0);
	commit_result_finish(&r);
	world_close(&w);
}

/* Another program makes the same folder just as ours does: before the moment from which changes on
 * disk count as the person's (0), or at later ones. */
static struct world *other;
static int other_at, other_calls;

static void
make_the_same_folder(UNUSED const char *what)
{
	if (other_calls++ != other_at)
		return;
	fs_kill_hook = NULL;
	world_write(other, "new/theirs", "kept\n");
}

static void
conflict__folder_made_by_another_meanwhile__never_hidden(UNUSED void **state)
{
	for (other_at = 0; other_at < 4; other_at++) {
		struct commit_result r = { 0 };
		struct world w;
		struct err err = { 0 };

		world_open(&w, "both");
		other = &w;
		other_calls = 0;
		fs_kill_hook = make_the_same_folder;
		assert_true(draft_mkdir(w.d, world_path(&w, "new"), &err));
		if (fs_kill_hook)
			make_the_same_folder("late");
		world_put(&w, "new/ours", "task\n");
		world_show(&w, &shown);
		(void)!world_take(&w, &shown, 1, &r, &err); /* taken beside it, or refused */
		autofree char *is = test_slurp(world_path(&w, "new/theirs"));

		assert_string_equal(is, "kept\n");
		commit_result_finish(&r);
		world_close(&w);
	}
}

static void
undo__later_edit__refused_then_both_kept(UNUSED void **state)
{
	struct commit_result r = { 0 };
	struct err err = { 0 };
	struct world w;

	world_open(&w, "keep");
	world_write(&w, "f", "one\n");
	world_write(&w, "gone", "old\n");
	world_put(&w, "f", "task\n");
	world_put(&w, "new/made", "task\n");
	assert_true(draft_delete(w.d, world_path(&w, "gone"), NULL));
	autofree char *stage = take_ok(&w, 1);

	append(&w, "f", "person\n");
	world_write(&w, "gone", "person's new one\n");
	world_write(&w, "new/persons", "p\n");
	autofree char *before = tree_snapshot(w.home);

	assert_false(stage_undo(stage, false, &r, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(r.n_conflicts, 3);
	autofree char *same = tree_snapshot(w.home);

	tree_assert_same("refused undo", before, same);
	assert_int_equal(stage_state(stage), STAGE_COMMITTED);
	commit_result_finish(&r);
	assert_true(stage_undo(stage, true, &r, &err));
	assert_int_equal(stage_state(stage), STAGE_UNDONE);
	autofree char *f = test_slurp(world_path(&w, "f"));
	autofree char *ours = test_slurp(world_path(&w, "f.before-undo"));
	autofree char *gone = test_slurp(world_path(&w, "gone"));
	autofree char *old = test_slurp(world_path(&w, "gone.before-undo"));
	autofree char *persons = test_slurp(world_path(&w, "new/persons"));

	assert_string_equal(f, "task\nperson\n");
	assert_string_equal(ours, "one\n");
	assert_string_equal(gone, "person's new one\n");
	assert_string_equal(old, "old\n");
	assert_string_equal(persons, "p\n");
	assert_true(access(world_path(&w, "new/made"), F_OK) < 0);
	commit_result_finish(&r);
	world_close(&w);
}

static void
undo__moved_file_edited__refused_then_moved_back_as_it_is(UNUSED void **state)
{
	struct commit_result r = { 0 };
	struct err err = { 0 };
	struct world w;
	char *to = NULL;

	world_open(&w, "moved");
	world_write(&w, "a.txt", "one\n");
	world_write(&w, "b.txt", "two\n");
	assert_true(draft_move(w.d, world_path(&w, "a.txt"), world_path(&w, "dir/a.txt"), &to, &err));
	free(to);
	assert_true(draft_move(w.d, world_path(&w, "b.txt"), world_path(&w, "dir/b.txt"), &to, &err));
	free(to);
	autofree char *stage = take_ok(&w, 1);

	append(&w, "dir/a.txt", "person\n");
	autofree char *before = tree_snapshot(w.home);

	assert_false(stage_undo(stage, false, &r, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	assert_int_equal(r.n_conflicts, 1);
	autofree char *same = tree_snapshot(w.home);

	tree_assert_same("refused undo", before, same);
	commit_result_finish(&r);
	assert_true(stage_undo(stage, true, &r, &err));
	autofree char *a = test_slurp(world_path(&w, "a.txt"));

	assert_string_equal(a, "one\nperson\n");
	assert_true(access(world_path(&w, "dir"), F_OK) < 0);
	commit_result_finish(&r);
	world_close(&w);
}

static void
undo__folder_removed_meanwhile__made_again(UNUSED void **state)
{
	struct commit_result r = { 0 };
	struct world w;

	world_open(&w, "remade");
	world_write(&w, "dir/f", "old\n");
	assert_true(draft_delete(w.d, world_path(&w, "dir/f"), NULL));
	autofree char *stage = take_ok(&w, 1);

	assert_int_equal(rmdir(world_path(&w, "dir")), 0);
	assert_false(stage_undo(stage, false, &r, NULL));
	commit_result_finish(&r);
	assert_true(stage_undo(stage, true, &r, NULL));
	autofree char *back = test_slurp(world_path(&w, "dir/f.before-undo"));

	assert_string_equal(back, "old\n");
	commit_result_finish(&r);
	world_close(&w);
}

static void
undo__twice_or_forgotten__says_so(UNUSED void **state)
{
	struct commit_result r = { 0 };
	struct stage_sums sums = { 0 };
	struct err err = { 0 };
	uint64_t freed = 0;
	struct world w;

	world_open(&w, "forget");
	world_write(&w, "big", "some kilobytes would be better\n");
	assert_true(draft_delete(w.d, world_path(&w, "big"), NULL));
	autofree char *stage = take_ok(&w, 1);

	assert_true(stage_sums(w.stage, w.home, &sums, NULL));
	assert_int_equal(sums.stages, 1);
	assert_true(sums.bytes > 0);
	assert_false(stage_redo(stage, false, &r, &err));
	assert_true(stage_undo(stage, false, &r, &err));
	commit_result_finish(&r);
	assert_false(stage_undo(stage, false, &r, &err));
	assert_string_equal(err.text, "this is undone already");
	assert_true(stage_redo(stage, false, &r, &err));
	commit_result_finish(&r);
	assert_true(stage_forget(stage, &freed, &err));
	assert_int_equal(freed, sums.bytes);
	assert_int_equal(stage_state(stage), STAGE_FORGOTTEN);
	assert_false(stage_undo(stage, false, &r, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	assert_true(stage_sums(w.stage, w.home, &sums, NULL));
	assert_int_equal(sums.bytes, 0);
	world_close(&w);
}

static void
forget__late_write_to_a_replaced_file__comes_back(UNUSED void **state)
{
	struct world w;

	world_open(&w, "late");
	world_write(&w, "f", "one\n");
	autofd int fd = -1;

	world_put(&w, "f", "task\n");
	autofree char *stage = take_ok(&w, 1);
	autofree char *held = path_join(w.stage, "1/r0/h1/0");

	/* As a program would that kept the file open for reading and writing. */
	fd = open(held, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "late\n", 5), 5);
	assert_true(stage_forget(stage, NULL, NULL));
	autofree char *late = test_slurp(world_path(&w, "f.late-write"));

	assert_string_equal(late, "one\nlate\n");
	world_close(&w);
}

static bool
let_go(void *user, UNUSED const char *stage, UNUSED int64_t task, UNUSED uint64_t bytes,
	UNUSED int64_t time_ms)
{
	++*(int *)user;
	return true;
}

static void
expire__old_stages__go_after_being_shown(UNUSED void **state)
{
	struct stat st;
	struct world w;
	int asked = 0;

	world_open(&w, "expire");
	world_write(&w, "f", "one\n");
	assert_true(draft_delete(w.d, world_path(&w, "f"), NULL));
	autofree char *stage = take_ok(&w, 1);

	assert_int_equal(stat(stage, &st), 0);
	int64_t now = (int64_t)st.st_mtime * 1000, day = 24ll * 3600 * 1000;

	assert_true(stage_expire(w.stage, w.home, now + 29 * day, let_go, &asked, NULL));
	assert_int_equal(asked, 0);
	assert_true(stage_expire(w.stage, w.home, now - 400 * day, let_go, &asked, NULL));
	assert_int_equal(asked, 0); /* the clock was set back: nothing is old */
	assert_true(stage_expire(w.stage, w.home, now + 31 * day, let_go, &asked, NULL));
	assert_int_equal(asked, 1);
	assert_int_equal(stage_state(stage), STAGE_FORGOTTEN);
	world_close(&w);
}

static void
commit__in_part__the_rest_stays_until_dropped(UNUSED void **state)
{
	struct commit_result r = { 0 };
	struct world w;
	bool some[2] = { true, false };

	world_open(&w, "part");
	world_put(&w, "a", "a\n");
	world_put(&w, "b", "b\n");
	world_show(&w, &shown);
	assert_int_equal(shown.n, 2);
	assert_true(draft_commit(w.d, &shown, some, 1, NULL, NULL, &r, NULL));
	assert_int_equal(r.n, 1);
	commit_result_finish(&r);
	assert_int_equal(access(world_path(&w, "a"), F_OK), 0);
	assert_true(access(world_path(&w, "b"), F_OK) < 0);
	world_show(&w, &shown);
	assert_int_equal(shown.n, 1);
	assert_string_equal(shown.v[0].path, world_path(&w, "b"));
	assert_true(draft_drop(w.d, &shown, NULL, NULL));
	assert_true(draft_is_empty(w.d));
	world_close(&w);
}

/* To another disk and back: copies, told apart from the real thing by nothing. */
static void
commit__move_to_another_disk__exact(UNUSED void **state)
{
	struct commit_result r = { 0 };
	struct err err = { 0 };
	struct stat here, there;
	struct rng rng = { 11 };
	struct world w;
	char far[] = "/tmp/homard-test-far-XXXXXX";

	assert_non_null(mkdtemp(far));
	world_open(&w, "far");
	if (stat(far, &there) < 0 || stat(w.home, &here) < 0 || there.st_dev == here.st_dev) {
		rmdir(far);
		world_close(&w);
		skip();
	}
	autofree char *tree = xstrdup(world_path(&w, "tree"));
	autofree char *to = path_join(far, "tree");

	assert_int_equal(mkdir(tree, 0755), 0);
	tree_make(&rng, tree, 60, true);
	autofree char *before = tree_snapshot(w.home), *content = tree_snapshot(tree);

	if (!draft_move(w.d, tree, to, NULL, &err))
		fail_msg("%s", err.text);
	autofree char *stage = take_ok(&w, 1);
	autofree char *moved = tree_snapshot(to);

	tree_assert_same("moved", content, moved);
	assert_true(access(tree, F_OK) < 0);
	assert_true(stage_undo(stage, false, &r, &err));
	commit_result_finish(&r);
	autofree char *undone = tree_snapshot(w.home);

	tree_assert_same("undone", before, undone);
	assert_true(access(to, F_OK) < 0);
	assert_true(stage_forget(stage, NULL, &err));
	draft_close(w.d);
	w.d = NULL;
	autofree char *left = path_join(far, DRAFT_STAGE_NAME);

	assert_true(access(left, F_OK) < 0);
	autofd int tmp = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fs_remove_tree(tmp, path_base(far), NULL));
	world_close(&w);
}

static int
done(UNUSED void **state)
{
	effects_finish(&shown);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conflict__edit_after_shown__refused),
		cmocka_unit_test(conflict__edit_before_shown__stale_and_refused),
		cmocka_unit_test(conflict__name_taken_after_shown__refused),
		cmocka_unit_test(conflict__file_in_a_deleted_tree_edited__refused),
		cmocka_unit_test(conflict__edit_with_an_older_time__refused),
		cmocka_unit_test(conflict__open_for_writing_elsewhere__refused),
		cmocka_unit_test(conflict__folder_became_a_link__outside_untouched),
		cmocka_unit_test(conflict__folder_made_by_another_meanwhile__never_hidden),
		cmocka_unit_test(undo__later_edit__refused_then_both_kept),
		cmocka_unit_test(undo__moved_file_edited__refused_then_moved_back_as_it_is),
		cmocka_unit_test(undo__folder_removed_meanwhile__made_again),
		cmocka_unit_test(undo__twice_or_forgotten__says_so),
		cmocka_unit_test(forget__late_write_to_a_replaced_file__comes_back),
		cmocka_unit_test(expire__old_stages__go_after_being_shown),
		cmocka_unit_test(commit__in_part__the_rest_stays_until_dropped),
		cmocka_unit_test(commit__move_to_another_disk__exact),
	};

	world_use_memory();
	return cmocka_run_group_tests_name("draft_conflict", tests, NULL, done);
}
