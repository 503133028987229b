#include "tests/support/draft_tree.h"
#include "agent/draft/effects_private.h"
#include <sys/xattr.h>

/* Takes everything that is pending as commit number n. */
static void
take_all(struct world *w, int64_t n, struct commit_result *r)
{
	struct effects e = { 0 };
	struct err err = { 0 };

	if (!draft_effects(w->d, NULL, &e, &err))
		fail_msg("effects: %s", err.text);
	autofree bool *take = xcalloc(e.n + 1, sizeof(*take));

	memset(take, 1, e.n);
	if (!draft_commit(w->d, &e, take, n, NULL, NULL, r, &err))
		fail_msg("commit: %s (%s %s)", err.text, r->n_conflicts ? r->conflicts[0].path : "",
			r->n_conflicts ? r->conflicts[0].why : "");
	effects_finish(&e);
}

static void
commit__write_delete_move__undo_and_redo_exact(UNUSED void **state)
{
	struct commit_result r = { 0 };
	struct err err = { 0 };
	struct world w;
	char *to = NULL;

	world_open(&w, "basic");
	world_write(&w, "a/one.txt", "one\n");
	world_write(&w, "a/two.txt", "two\n");
	world_write(&w, "gone/x/y", "y\n");
	autofree char *before = tree_snapshot(w.home);

	assert_true(draft_write(w.d, world_path(&w, "a/one.txt"), SLICE_LIT("ONE\n"), 0644, &err));
	assert_true(draft_write(w.d, world_path(&w, "new/deep/file"), SLICE_LIT("n\n"), 0600, &err));
	assert_true(draft_delete(w.d, world_path(&w, "gone"), &err));
	assert_true(draft_move(w.d, world_path(&w, "a/two.txt"), world_path(&w, "b/"), &to, &err));
	assert_string_equal(to, world_path(&w, "b"));
	autofree char *still = tree_snapshot(w.home);

	tree_assert_same("a draft changes nothing", before, still);
	take_all(&w, 1, &r);
	autofree char *after = tree_snapshot(w.home);

	assert_true(access(world_path(&w, "gone"), F_OK) < 0);
	assert_int_equal(access(world_path(&w, "b"), F_OK), 0);
	assert_true(draft_is_empty(w.d));
	autofree char *stage = xstrdup(r.stage);

	assert_int_equal(stage_state(stage), STAGE_COMMITTED);
	commit_result_finish(&r);
	if (!stage_undo(stage, false, &r, &err))
		fail_msg("undo: %s", err.text);
	commit_result_finish(&r);
	autofree char *undone = tree_snapshot(w.home);

	tree_assert_same("undo", before, undone);
	assert_true(stage_redo(stage, false, &r, &err));
	commit_result_finish(&r);
	autofree char *redone = tree_snapshot(w.home);

	tree_assert_same("redo", after, redone);
	free(to);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commit__write_delete_move__undo_and_redo_exact),
	};

	world_use_memory();
	return cmocka_run_group_tests_name("draft_commit", tests, NULL, NULL);
}
