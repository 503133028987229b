/* What a task sees, and what it can never reach. */
#include "tests/support/draft_tree.h"
#include <errno.h>
#include "agent/base/path.h"
#include "agent/draft/effects_private.h"
#include "agent/draft/mounts.h"

static char *
slurp_view(struct world *w, const char *name, struct err *err)
{
	autofd int fd = draft_open_read(w->d, world_path(w, name), err);
	char text[4096];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));

	return n < 0 ? NULL : xstrndup(text, (size_t)n);
}

static bool
add_name(void *user, const char *name, UNUSED const struct stat *st)
{
	struct buf *b = user;

	return buf_printf(b, "%s ", name);
}

static void
listed(struct world *w, const char *dir, const char *expected)
{
	struct buf b = BUF_INIT(4096);

	assert_true(draft_list(w->d, world_path(w, dir), add_name, &b, NULL));
	assert_string_equal(buf_str(&b), expected);
	buf_finish(&b);
}

static void
view__merged_listing__in_byte_order(UNUSED void **state)
{
	struct world w;

	world_open(&w, "list");
	world_write(&w, "d/b", "b");
	world_write(&w, "d/gone", "x");
	world_write(&w, "d/moved", "x");
	world_put(&w, "d/a", "a");
	world_put(&w, "d/c", "c");
	assert_true(draft_delete(w.d, world_path(&w, "d/gone"), NULL));
	assert_true(
		draft_move(w.d, world_path(&w, "d/moved"), world_path(&w, "d/z"), NULL, NULL));
	listed(&w, "d", "a b c z ");
	autofree char *moved = slurp_view(&w, "d/z", NULL);

	assert_string_equal(moved, "x");
	world_close(&w);
}

static void
view__reopened__still_there(UNUSED void **state)
{
	struct world w;

	world_open(&w, "again");
	world_write(&w, "m", "moved");
	world_put(&w, "new/f", "text");
	assert_true(draft_move(w.d, world_path(&w, "m"), world_path(&w, "new/m"), NULL, NULL));
	world_reopen(&w);
	listed(&w, "new", "f m ");
	assert_true(draft_discard(w.d, NULL));
	assert_true(draft_is_empty(w.d));
	autofree char *is = test_slurp(world_path(&w, "m"));

	assert_string_equal(is, "moved");
	world_close(&w);
}

static void
view__links__resolved_within_the_view(UNUSED void **state)
{
	struct err err = { 0 };
	struct world w;

	world_open(&w, "links");
	world_write(&w, "real/f", "old");
	assert_int_equal(symlink("real", world_path(&w, "link")), 0);
	assert_int_equal(symlink("link/../real/f", world_path(&w, "chain")), 0);
	assert_int_equal(symlink("loop", world_path(&w, "loop")), 0);
	world_put(&w, "link/f", "new");
	autofree char *through = slurp_view(&w, "chain", NULL);
	autofree char *real = slurp_view(&w, "real/f", NULL);

	assert_string_equal(through, "new");
	assert_string_equal(real, "new");
	assert_null(slurp_view(&w, "loop", &err));
	assert_non_null(strstr(err.text, "too many links"));
	/* The draft's own links count as well. */
	assert_true(draft_symlink(w.d, "real/f", world_path(&w, "mine"), NULL));
	autofree char *mine = slurp_view(&w, "mine", NULL);

	assert_string_equal(mine, "new");
	world_close(&w);
}

static void
view__outside__not_written(UNUSED void **state)
{
	struct err err = { 0 };
	struct world w;

	world_open(&w, "outside");
	assert_int_equal(symlink("/proc", world_path(&w, "out")), 0);
	assert_false(draft_write(w.d, world_path(&w, "out/x"), SLICE_LIT("x"), 0644, &err));
	assert_int_equal(err.code, ERR_DENIED);
	assert_false(draft_delete(w.d, "/", &err));
	assert_false(draft_delete(w.d, w.home, &err) && geteuid() == 0);
	assert_false(draft_write(w.d, "relative", SLICE_LIT("x"), 0644, &err));
	world_close(&w);
}

static void
view__own_folders__out_of_reach(UNUSED void **state)
{
	struct err err = { 0 };
	struct world w;
	struct stat st;

	world_open(&w, "own");
	autofree char *lock = path_join(w.stage, "1/lock");
	autofree char *link = xstrdup(world_path(&w, "trick"));

	assert_int_equal(symlink(lock, link), 0);
	assert_false(draft_stat(w.d, lock, &st, &err));
	assert_int_equal(err.code, ERR_DENIED);
	assert_true(draft_open_read(w.d, link, &err) < 0);
	assert_false(draft_write(w.d, lock, SLICE_LIT("x"), 0644, &err));
	assert_false(draft_write(w.d, link, SLICE_LIT("x"), 0644, &err));
	assert_int_equal(err.code, ERR_DENIED);
	assert_false(draft_move(w.d, link, w.stage, NULL, &err) && false);
	world_close(&w);
}

static void
move__taken_name__gets_a_number(UNUSED void **state)
{
	struct world w;
	char *to = NULL;

	world_open(&w, "number");
	world_write(&w, "a.tar.gz", "1");
	world_write(&w, "d/a.tar.gz", "2");
	assert_true(
		draft_move(w.d, world_path(&w, "a.tar.gz"), world_path(&w, "d"), &to, NULL));
	assert_string_equal(to, world_path(&w, "d/a (2).tar.gz"));
	free(to);
	assert_false(draft_move(w.d, world_path(&w, "d"), world_path(&w, "d/in"), NULL, NULL));
	world_close(&w);
}

static void
open__second_handle__refused(UNUSED void **state)
{
	struct err err = { 0 };
	struct draft *other;
	struct world w;

	world_open(&w, "locked");
	const char *own[] = { w.stage, NULL };
	struct draft_opts o = {
		.stage_root = w.stage, .task = 1, .home = w.home, .cwd = w.home, .own = own
	};

	assert_false(draft_open(&o, &other, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	world_close(&w);
}

static void
mounts__parsed__only_disks_below(UNUSED void **state)
{
	static const char text[] =
		"22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
		"30 22 8:2 / /home/me/my\\040disk rw - ext4 /dev/sdb1 rw\n"
		"31 22 8:3 / /home/me/ro ro - ext4 /dev/sdc1 rw\n"
		"32 22 0:4 / /home/me/.gvfs rw - fuse.gvfsd gvfsd rw\n"
		"33 22 0:5 / /home/me rw - ext4 /dev/sdd1 rw\n"
		"34 22 0:6 / /home/me/tmp rw,nosuid master:1 - tmpfs none rw\n"
		"torn line\n35 22 0:7 / /home/me/x";
	autostrv struct strv points = { 0 };

	mounts_parse((struct slice){ text, sizeof(text) - 1 }, "/home/me", &points);
	assert_int_equal(points.n, 2);
	assert_string_equal(points.v[0], "/home/me/my disk");
	assert_string_equal(points.v[1], "/home/me/tmp");
}

static void
red__paths__known(UNUSED void **state)
{
	static const struct {
		const char *path;
		unsigned red;
	} cases[] = {
		{ "/h/.bashrc", RED_SHELL_START },
		{ "/h/x/.bashrc", 0 },
		{ "/h/.config/autostart/x.desktop", RED_AUTOSTART },
		{ "/h/.config/systemd/user/a.service", RED_AUTOSTART },
		{ "/h/p/.git/hooks/pre-commit", RED_GIT },
		{ "/h/p/.git/config", RED_GIT },
		{ "/h/p/.git/index", 0 },
		{ "/h/.ssh/authorized_keys", RED_SSH },
		{ "/h/p/.env", RED_SSH },
		{ "/h/p/.env.example", 0 },
		{ "/h/p/.mcp.json", RED_OWN },
		{ "/h/p/AGENTS.md", RED_OWN },
		{ "/h/Documents/letter.txt", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (effects_red_of_path(cases[i].path, "/h", false) != cases[i].red)
			fail_msg("%s", cases[i].path);
	}
	/* A tree that holds such a place counts when it goes. */
	assert_int_equal(effects_red_of_path("/h/.config", "/h", false), 0);
	assert_true(effects_red_of_path("/h/.config", "/h", true) & RED_AUTOSTART);
	for (unsigned i = 0; i < RED_BITS; i++) {
		assert_true(strlen(effect_red_names[i]) > 2);
		assert_true(strlen(effect_red_sentence(1u << i)) > 5);
	}
}

static void
effects__links_and_rights__red(UNUSED void **state)
{
	struct effects e = { 0 };
	struct world w;
	unsigned red = 0;

	world_open(&w, "red");
	world_write(&w, "prog", "x");
	world_put(&w, ".local/bin/tool", "#!/bin/sh\n");
	assert_true(draft_chmod(w.d, world_path(&w, ".local/bin/tool"), 0755, NULL));
	assert_true(draft_chmod(w.d, world_path(&w, "prog"), 04755, NULL));
	assert_true(draft_symlink(w.d, "/etc/passwd", world_path(&w, "out"), NULL));
	assert_true(draft_symlink(w.d, "prog", world_path(&w, "in"), NULL));
	assert_true(draft_effects(w.d, NULL, &e, NULL));
	for (size_t i = 0; i < e.n; i++) {
		if (str_ends(e.v[i].path, "/in"))
			assert_int_equal(e.v[i].red, 0);
		red |= e.v[i].red;
	}
	assert_int_equal(red & (RED_EXEC | RED_SETUID | RED_LINK_OUT),
		RED_EXEC | RED_SETUID | RED_LINK_OUT);
	effects_finish(&e);
	world_close(&w);
}

/* The plan is read by another process, perhaps after an accident: no flipped byte may crash it
 * or be believed. */
static void
plan__damaged__refused(UNUSED void **state)
{
	struct commit_result r = { 0 };
	struct effects e = { 0 };
	struct world w;
	bool all[4] = { true, true, true, true };
	struct rng rng = { 3 };

	world_open(&w, "plan");
	world_write(&w, "f", "x");
	world_put(&w, "f", "y");
	world_put(&w, "g", "y");
	assert_true(draft_effects(w.d, NULL, &e, NULL));
	assert_true(draft_commit(w.d, &e, all, 1, NULL, NULL, &r, NULL));
	effects_finish(&e);
	autofree char *stage = xstrdup(r.stage), *file = path_join(r.stage, "plan");
	autobuf struct buf good = BUF_INIT(1 << 20);

	commit_result_finish(&r);
	assert_true(path_read_file(file, &good, NULL));
	for (int i = 0; i < 200; i++) {
		autofree char *bad = xmalloc(good.len);
		size_t n = i % 10 == 0 ? rng_next(&rng, (uint32_t)good.len) : good.len;

		memcpy(bad, good.p, good.len);
		bad[rng_next(&rng, (uint32_t)good.len)] ^= (char)(1 + rng_next(&rng, 255));
		assert_true(path_write_file(file, (struct slice){ bad, n }, 0600, NULL));
		struct err err = { 0 };

		assert_false(stage_undo(stage, false, &r, &err));
		assert_int_equal(err.code, ERR_CORRUPT);
	}
	assert_true(path_write_file(file, buf_slice(&good), 0600, NULL));
	assert_true(stage_undo(stage, false, &r, NULL));
	commit_result_finish(&r);
	world_close(&w);
}

static void
denied(struct world *w, const char *name)
{
	struct err err = { 0 };
	struct stat st;
	char *to = NULL;

	assert_false(draft_stat(w->d, world_path(w, name), &st, &err));
	assert_int_equal(err.code, ERR_DENIED);
	assert_non_null(strstr(err.text, "draft.hide"));
	assert_int_equal(draft_open_read(w->d, world_path(w, name), NULL), -1);
	assert_false(draft_write(w->d, world_path(w, name), SLICE_LIT("x"), 0644, NULL));
	assert_false(draft_delete(w->d, world_path(w, name), NULL));
	assert_false(draft_move(w->d, world_path(w, name), world_path(w, "out"), &to, NULL));
}

/* What commands do not see, file tools do not read either. */
static void
view__secrets__are_refused_with_a_sentence(UNUSED void **state)
{
	autofree char *link = NULL;
	struct err err = { 0 };
	struct world w;
	char *to = NULL;

	world_open(&w, "secrets");
	world_write(&w, ".ssh/id_rsa", "private\n");
	world_write(&w, ".config/gcloud/key", "private\n");
	world_write(&w, "plain", "plain\n");
	denied(&w, ".ssh");
	denied(&w, ".ssh/id_rsa");
	denied(&w, ".ssh/new");
	assert_true(draft_symlink(w.d, ".ssh", world_path(&w, "door"), &err));
	link = slurp_view(&w, "door/id_rsa", &err);
	assert_null(link);
	assert_int_equal(err.code, ERR_DENIED);
	/* It may not leave with the folder around it. */
	assert_false(draft_move(w.d, world_path(&w, ".config"), world_path(&w, "conf"), &to, &err));
	assert_int_equal(err.code, ERR_DENIED);
	listed(&w, "", ".config .ssh door plain ");
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(view__merged_listing__in_byte_order),
		cmocka_unit_test(view__reopened__still_there),
		cmocka_unit_test(view__links__resolved_within_the_view),
		cmocka_unit_test(view__outside__not_written),
		cmocka_unit_test(view__own_folders__out_of_reach),
		cmocka_unit_test(view__secrets__are_refused_with_a_sentence),
		cmocka_unit_test(move__taken_name__gets_a_number),
		cmocka_unit_test(open__second_handle__refused),
		cmocka_unit_test(mounts__parsed__only_disks_below),
		cmocka_unit_test(red__paths__known),
		cmocka_unit_test(effects__links_and_rights__red),
		cmocka_unit_test(plan__damaged__refused),
	};

	world_use_memory();
	return cmocka_run_group_tests_name("draft_view", tests, NULL, NULL);
}
