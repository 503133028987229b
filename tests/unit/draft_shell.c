/* Commands in a draft, taken: the tree is the one the same command makes without a draft. */
#include "tests/support/draft_tree.h"
#include <libgen.h>
#include <sys/xattr.h>
#include <uv.h>
#include "agent/base/path.h"
#include "agent/draft/effects_private.h"

static char *helper;
static bool possible;

static const char *const scripts[] = {
	"for i in 1 2 3; do echo new$i >> m$i; rm d$i; echo c > c$i; done; rm -rf dir1; "
	"mkdir -p nd/x; echo q > nd/x/q; rm lnk; ln -s m2 lnk; rm -rf opq; mkdir opq; "
	"echo z > opq/z; rm m3; mkdir m3; chmod 700 keep; mv mvdir mvdir2; chmod 600 m1",
	"mv dir1 dir9; echo x > dir9/s/f0; mv keep/s/f1 here; rm -r keep",
	"cp -a dir1 copy; cp -al dir1 links; rm -rf dir1; mv copy dir1",
	"sed -i s/orig/changed/ m1 m2; touch m3; chmod -R go-rwx opq; rmdir nothing; true",
	"tar cf t.tar dir1 && rm -rf dir1 && tar xf t.tar && rm t.tar",
	"mkdir locked; echo in > locked/f; chmod 555 locked; mkdir -m 000 dark",
	"mv m1 t; mv m2 m1; mv t m2; mv lnk 'new\nline'; echo > \"$(printf 'bad\\377')\"",
	"find . -type f -delete; find . -mindepth 1 -type d -empty -delete",
	"mv opq/s dir1/s2; mv dir1 opq/; rm -rf keep; setfattr -n user.x -v y m2; true",
	"mkfifo pipe; ln -s /etc/passwd out; ln -s ../.. up; echo a > a; rm a; mkdir a; rmdir a; echo b > a",
};

static void
make_tree(const struct world *w)
{
	for (int i = 1; i <= 3; i++) {
		autofree char *m = xasprintf("m%d", i), *g = xasprintf("d%d", i);

		world_write(w, m, "orig\n");
		world_write(w, g, "del\n");
	}
	static const char *const dirs[] = { "dir1", "opq", "keep", "mvdir" };

	for (size_t d = 0; d < ARRAY_LEN(dirs); d++) {
		for (int i = 0; i < 5; i++) {
			autofree char *f = xasprintf("%s/s/f%d", dirs[d], i);

			world_write(w, f, dirs[d]);
		}
	}
	assert_int_equal(symlink("m1", world_path(w, "lnk")), 0);
}

struct running {
	bool done, ran;
	struct effects e;
	struct err err;
};

static void
on_ended(void *user, const struct draft_run_end *end)
{
	struct running *r = user;

	r->done = true;
	r->ran = end->ran;
	r->err = end->err;
	if (end->effects) {
		r->e = *end->effects;
		free(end->effects);
	}
}

static void
run(struct world *w, const char *script, struct running *r)
{
	const char *argv[] = { "sh", "-c", script, NULL };
	struct draft_run_opts o = { .argv = argv, .wall_ms = 20000, .ended = on_ended, .user = r };
	struct draft_run *handle;
	struct err err = { 0 };
	uv_loop_t loop;

	*r = (struct running){ 0 };
	assert_int_equal(uv_loop_init(&loop), 0);
	if (!draft_run(w->d, &loop, &o, &handle, &err))
		fail_msg("draft_run: %s", err.text);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_true(r->done);
}

static void
open_with_helper(struct world *w)
{
	const char *own[] = { w->stage, NULL };
	struct draft_opts o = { .stage_root = w->stage, .task = 1, .home = w->home,
		.cwd = w->home, .own = own, .helper = helper };
	struct err err = { 0 };

	draft_close(w->d);
	if (!draft_open(&o, &w->d, &err))
		fail_msg("%s", err.text);
}

/* What the script makes of the tree when it simply runs. */
static char *
plainly(const char *name, const char *script)
{
	struct world w;
	char *snap;

	world_open(&w, name);
	make_tree(&w);
	autofree char *file = path_join(w.top, "script");
	autofile FILE *f = fopen(file, "we");

	assert_true(f && fputs(script, f) >= 0 && fflush(f) == 0);
	autofree char *command = xasprintf("cd '%s' && sh ../script 2>/dev/null", w.home);

	if (system(command) < 0)
		fail_msg("system");
	snap = tree_snapshot_plain(w.home);
	world_close(&w);
	return snap;
}

static void
no_overlay_attributes(const char *dir)
{
	autofree char *command = xasprintf("getfattr -R -h -m '^user.overlay' '%s' 2>/dev/null | "
					   "grep -q overlay", dir);

	if (system(command) == 0)
		fail_msg("attributes of the overlay stay in %s", dir);
}

static void
one(const char *script)
{
	struct commit_result r = { 0 };
	struct err err = { 0 };
	struct running run_end;
	struct world w;
	autofree char *expected = plainly("plain", script);

	world_open(&w, "shell");
	make_tree(&w);
	open_with_helper(&w);
	autofree char *before = tree_snapshot(w.home);

	run(&w, script, &run_end);
	if (!run_end.ran)
		fail_msg("%s: %s", script, run_end.err.text);
	autofree char *still = tree_snapshot(w.home);

	tree_assert_same(script, before, still);
	autofree bool *all = xcalloc(run_end.e.n + 1, sizeof(*all));

	memset(all, 1, run_end.e.n);
	if (run_end.e.n && !draft_commit(w.d, &run_end.e, all, 1, NULL, NULL, &r, &err))
		fail_msg("%s: %s (%s: %s)", script, err.text,
			r.n_conflicts ? r.conflicts[0].path : "",
			r.n_conflicts ? r.conflicts[0].why : "");
	effects_finish(&run_end.e);
	autofree char *after = tree_snapshot_plain(w.home);

	tree_assert_same(script, expected, after);
	no_overlay_attributes(w.home);
	assert_true(draft_is_empty(w.d));
	autofree char *stage = xstrdup(r.stage);

	commit_result_finish(&r);
	if (!stage_undo(stage, false, &r, &err))
		fail_msg("%s: undo: %s (%s: %s)", script, err.text,
			r.n_conflicts ? r.conflicts[0].path : "",
			r.n_conflicts ? r.conflicts[0].why : "");
	commit_result_finish(&r);
	autofree char *undone = tree_snapshot(w.home);

	tree_assert_same(script, before, undone);
	world_close(&w);
}

static void
shell__taken__same_as_without_a_draft(UNUSED void **state)
{
	if (!possible)
		skip();
	for (size_t i = 0; i < ARRAY_LEN(scripts); i++)
		one(scripts[i]);
}

/* File tools and commands act on one draft and see each other. */
static void
shell__after_file_tools__sees_their_work(UNUSED void **state)
{
	struct commit_result r = { 0 };
	struct running end;
	struct world w;

	if (!possible)
		skip();
	world_open(&w, "mixed");
	make_tree(&w);
	open_with_helper(&w);
	autofree char *before = tree_snapshot(w.home);

	assert_true(draft_move(w.d, world_path(&w, "dir1"), world_path(&w, "moved"), NULL, NULL));
	assert_true(draft_write(w.d, world_path(&w, "note"), SLICE_LIT("a\n"), 0644, NULL));
	assert_true(draft_delete(w.d, world_path(&w, "m1"), NULL));
	run(&w, "test ! -e dir1 && test ! -e m1 && cat note moved/s/f1 > seen && echo b >> note", &end);
	assert_true(end.ran);
	effects_finish(&end.e);
	assert_true(draft_write(w.d, world_path(&w, "moved/s/new"), SLICE_LIT("n\n"), 0644, NULL));
	run(&w, "cat moved/s/new >> seen; mv seen moved/", &end);
	assert_true(end.ran);
	bool moves = false, all[32];

	for (size_t i = 0; i < end.e.n; i++)
		moves |= end.e.v[i].kind == EFFECT_MOVE;
	memset(all, 1, sizeof(all));
	assert_true(end.e.n <= ARRAY_LEN(all));
	assert_true(draft_commit(w.d, &end.e, all, 1, NULL, NULL, &r, NULL));
	effects_finish(&end.e);
	autofree char *seen = test_slurp(world_path(&w, "moved/seen"));
	autofree char *note = test_slurp(world_path(&w, "note"));

	assert_string_equal(seen, "a\ndir1n\n");
	assert_string_equal(note, "a\nb\n");
	assert_true(access(world_path(&w, "dir1"), F_OK) < 0);
	autofree char *stage = xstrdup(r.stage);

	commit_result_finish(&r);
	assert_true(stage_undo(stage, false, &r, NULL));
	commit_result_finish(&r);
	autofree char *undone = tree_snapshot(w.home);

	tree_assert_same("mixed", before, undone);
	(void)moves;
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shell__taken__same_as_without_a_draft),
		cmocka_unit_test(shell__after_file_tools__sees_their_work),
	};
	struct draft_ground ground = { 0 };
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return 1;
	self[n] = '\0';
	helper = xasprintf("%s/../../libexec/homard-draft", dirname(self));
	possible = access(helper, X_OK) == 0 && draft_probe(helper, "/tmp", "/tmp/homard-test-none", &ground, NULL) &&
		ground.commands;
	if (!possible)
		printf("skipped: no drafts of commands here (%s)\n", ground.words);
	return cmocka_run_group_tests_name("draft_shell", tests, NULL, NULL);
}
