/* One edit, one error, or a full disk from one call on: at every single call of a commit. */
#include "tests/support/draft_tree.h"
#include <errno.h>
#include "agent/base/path.h"
#include "agent/draft/effects_private.h"

static struct effects shown;

static long calls, at;
static int fail_with;
static bool stay_failed, edit_done, edit_written;
static char *edited;

static void
edit_at(UNUSED const char *what)
{
	if (++calls < at || edit_done)
		return;
	/* As an editor that appends and closes at once. Where a lease makes it wait, it comes
	 * again at the next call. */
	autofd int fd = open(edited, O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC);

	edit_done = fd >= 0 || errno != EWOULDBLOCK;
	edit_written = fd >= 0;
	if (fd >= 0 && write(fd, "person\n", 7) != 7)
		abort();
}

static int
fail_at(const char *what)
{
	static const char *const need_space[] = { "write", "create", "mkdir", "clone",
		"symlink", "mknod", "setxattr" };

	if (++calls < at || (calls > at && !stay_failed))
		return 0;
	for (size_t i = 0; stay_failed && i < ARRAY_LEN(need_space); i++) {
		if (str_eq(what, need_space[i]))
			return fail_with;
	}
	return stay_failed ? 0 : fail_with;
}

static void
fixture(struct world *w)
{
	world_open(w, "every");
	world_write(w, "f", "one\n");
	world_write(w, "g", "one\n");
	world_write(w, "dir/x", "x\n");
	world_write(w, "mv", "moves\n");
	world_write(w, "hard", "hard\n");
	world_write(w, "mode", "mode\n");
	assert_int_equal(link(world_path(w, "hard"), world_path(w, "hard2")), 0);
	world_put(w, "f", "task\n");
	world_put(w, "new/deep/a", "task\n");
	world_put(w, "hard", "in place\n");
	assert_true(draft_delete(w->d, world_path(w, "g"), NULL));
	assert_true(draft_delete(w->d, world_path(w, "dir"), NULL));
	assert_true(draft_move(w->d, world_path(w, "mv"), world_path(w, "new/mv"), NULL, NULL));
	assert_true(draft_chmod(w->d, world_path(w, "mode"), 0600, NULL));
	world_show(w, &shown);
}

/* An edit before any call of the commit: its line is in the file a person would open. */
static bool
edit_point(long n, const char *name)
{
	struct commit_result r = { 0 };
	struct world w;

	fixture(&w);
	edited = xstrdup(world_path(&w, name));
	at = n;
	calls = 0;
	edit_done = edit_written = false;
	fs_kill_hook = edit_at;
	bool ok = world_take(&w, &shown, 1, &r, NULL);

	fs_kill_hook = NULL;
	bool more = calls >= n && edit_done;
	autofree char *is = access(edited, F_OK) == 0 ? test_slurp(edited) : xstrdup("");
	autofree char *beside = xasprintf("%s.late-write", edited);
	autofree char *kept = access(beside, F_OK) == 0 ? test_slurp(beside) : xstrdup("");

	/* Where the name had gone already, there was nothing to append to. */
	if (edit_written && !strstr(is, "person\n") && !strstr(kept, "person\n"))
		fail_msg("line lost in %s at call %ld (%s): %s", name, n,
			ok ? "taken" : "refused", is);
	if (!ok && stage_state(world_path(&w, "../stage/1/c1")) == STAGE_PREPARED)
		fail_msg("stuck at call %ld", n);
	commit_result_finish(&r);
	free(edited);
	world_close(&w);
	return more;
}

static void
commit__edit_at_every_call__no_line_lost(UNUSED void **state)
{
	static const char *const names[] = { "f", "g", "dir/x", "hard" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		for (long n = 1; edit_point(n, names[i]); n++)
			;
	}
}

static void
check_failed_point(struct world *w, long n, const char *before, const char *after)
{
	autofree char *what = xasprintf("error at call %ld", n);
	enum stage_state is_now = stage_state(world_path(w, "../stage/1/c1"));
	bool prepared = is_now == STAGE_PREPARED || is_now == STAGE_COMMITTED;
	struct err err = { 0 };

	draft_close(w->d);
	w->d = NULL;
	if (!stage_recover(w->stage, w->home, NULL, NULL, &err))
		fail_msg("%s: recovery: %s", what, err.text);
	autofree char *is = tree_snapshot_plain(w->home);

	tree_assert_same(what, prepared ? after : before, is);
}

static bool
error_point(long n, const char *before, const char *after)
{
	struct commit_result r = { 0 };
	struct err err = { 0 };
	struct world w;

	fixture(&w);
	at = n;
	calls = 0;
	fs_fail_hook = fail_at;
	bool ok = world_take(&w, &shown, 1, &r, &err);

	fs_fail_hook = NULL;
	bool more = calls >= n;

	if (!ok && err.code == ERR_NONE)
		fail_msg("failed without a word at call %ld", n);
	if (ok) {
		autofree char *is = tree_snapshot_plain(w.home);

		tree_assert_same("taken", after, is);
	} else {
		check_failed_point(&w, n, before, after);
	}
	commit_result_finish(&r);
	world_close(&w);
	return more;
}

static void
learn(char **ret_before, char **ret_after)
{
	struct commit_result r = { 0 };
	struct world w;

	fixture(&w);
	*ret_before = tree_snapshot_plain(w.home);
	assert_true(world_take(&w, &shown, 1, &r, NULL));
	*ret_after = tree_snapshot_plain(w.home);
	commit_result_finish(&r);
	world_close(&w);
}

static void
commit__error_at_every_call__before_or_after(UNUSED void **state)
{
	autofree char *before = NULL, *after = NULL;
	static const int errors[] = { EIO, ENOSPC, EACCES };

	learn(&before, &after);
	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		fail_with = errors[i];
		stay_failed = false;
		for (long n = 1; error_point(n, before, after); n += i == 1 ? 1 : 3)
			;
	}
}

static void
commit__disk_full_from_every_call_on__before_or_after(UNUSED void **state)
{
	autofree char *before = NULL, *after = NULL;

	learn(&before, &after);
	fail_with = ENOSPC;
	stay_failed = true;
	for (long n = 1; error_point(n, before, after); n++)
		;
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
		cmocka_unit_test(commit__edit_at_every_call__no_line_lost),
		cmocka_unit_test(commit__error_at_every_call__before_or_after),
		cmocka_unit_test(commit__disk_full_from_every_call_on__before_or_after),
	};

	world_use_memory();
	return cmocka_run_group_tests_name("draft_every", tests, NULL, done);
}
