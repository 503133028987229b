/* What a person sees of effects: tree, sentence, diff, JSON, selection. */
#include <locale.h>
#include "tests/support/draft_tree.h"
#include "agent/draft/effects_private.h"
#include "agent/draft/git_words.h"
#include "agent/draft/myers.h"

static const struct effect *
find(const struct effects *e, const char *end)
{
	for (size_t i = 0; i < e->n; i++) {
		if (str_ends(e->v[i].path, end))
			return &e->v[i];
	}
	fail_msg("no effect on %s", end);
	return NULL;
}

static void
show__tree__reads_well(UNUSED void **state)
{
	struct buf out = BUF_INIT(65536);
	struct effects e = { 0 };
	struct world w;

	world_open(&w, "tree");
	world_write(&w, "Downloads/cat.png", "not really a picture");
	world_write(&w, "Downloads/old/x", "12345");
	world_write(&w, ".bashrc", "alias a=b\n");
	assert_true(draft_mkdir(w.d, world_path(&w, "Downloads/Pictures"), NULL));
	assert_true(draft_move(w.d, world_path(&w, "Downloads/cat.png"),
		world_path(&w, "Downloads/Pictures"), NULL, NULL));
	assert_true(draft_delete(w.d, world_path(&w, "Downloads/old"), NULL));
	world_put(&w, ".bashrc", "alias a=b\nalias c=d\n");
	world_show(&w, &e);
	assert_true(effects_tree(&e, w.home, 100, true, &out));
	assert_string_equal(buf_str(&out),
		"             ~/\n"
		" 1! changed    .bashrc      10 B → 20 B - runs whenever a shell starts\n"
		"               Downloads/\n"
		" 2  new          Pictures/  folder\n"
		" 3  moved          cat.png  20 B, from ~/Downloads/cat.png\n"
		" 4  deleted      old/       2 entries, 5 B\n");
	buf_clear(&out);
	assert_true(effects_sentence(&e, w.home, &out));
	assert_string_equal(buf_str(&out),
		"creates 1 folder, changes 1 file (20 B), deletes 2 entries (5 B), "
		"moves 1 file (20 B) below ~");
	assert_true(e.red & RED_SHELL_START);
	effects_finish(&e);
	buf_finish(&out);
	world_close(&w);
}

static void
show__tree__folds_big_folders_and_stays_within_its_lines(UNUSED void **state)
{
	struct buf out = BUF_INIT(65536);
	struct effects e = { 0 };
	struct world w;
	size_t lines = 0;

	world_open(&w, "fold");
	for (int i = 0; i < 200; i++) {
		autofree char *name = xasprintf("many/f%d", i),
			      *other = xasprintf("few%d/x", i % 5);

		world_put(&w, name, "x");
		world_put(&w, other, "y");
	}
	world_show(&w, &e);
	assert_true(effects_tree(&e, w.home, 20, true, &out));
	for (const char *p = buf_str(&out); (p = strchr(p, '\n')); p++)
		lines++;
	assert_true(lines <= 20);
	assert_non_null(strstr(buf_str(&out), "11-211  several    many/"));
	assert_non_null(strstr(buf_str(&out), "creates 1 folder and 200 files (200 B)"));
	effects_finish(&e);
	buf_finish(&out);
	world_close(&w);
}

static void
show__odd_names__are_spelled_out(UNUSED void **state)
{
	struct buf out = BUF_INIT(65536);
	struct effects e = { 0 };
	struct world w;

	world_open(&w, "odd");
	world_put(&w, "a\x1b[2K\nfake", "x\n");
	world_put(&w, "\xe2\x80\xaegpj.exe", "x\n");
	world_put(&w, "bad\xff", "x\n");
	world_show(&w, &e);
	for (size_t i = 0; i < e.n; i++)
		assert_true(e.v[i].red & RED_ODD_NAME);
	assert_true(effects_tree(&e, w.home, 100, false, &out));
	assert_null(strchr(buf_str(&out), '\x1b'));
	assert_non_null(strstr(buf_str(&out), "a\\e[2K\\nfake"));
	assert_non_null(strstr(buf_str(&out), "<U+202E>gpj.exe"));
	assert_non_null(strstr(buf_str(&out), "bad\\xFF"));
	effects_finish(&e);
	buf_finish(&out);
	world_close(&w);
}

static void
show__diff__unified_and_safe(UNUSED void **state)
{
	struct buf out = BUF_INIT(65536);
	struct effects e = { 0 };
	struct world w;

	world_open(&w, "diff");
	world_write(&w, "t", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
	world_write(&w, "bin", "x");
	world_put(&w, "t", "1\n2\n3\n4\nfive \x1b[31m\ttab\n6\n7\n8\n9\nten");
	world_put(&w, "p.png", "\x89PNG\r\n\x1a\n....");
	assert_true(draft_delete(w.d, world_path(&w, "bin"), NULL));
	world_show(&w, &e);
	assert_true(draft_diff(w.d, find(&e, "/t"), 4096, &out, NULL));
	assert_string_equal(buf_str(&out),
		"--- ~/t\n+++ ~/t\n@@ -2,8 +2,9 @@\n 2\n 3\n 4\n-5\n"
		"+five \\e[31m     tab\n 6\n 7\n 8\n 9\n+ten\n"
		"\\ no newline at the end\n");
	buf_clear(&out);
	assert_true(draft_diff(w.d, find(&e, "p.png"), 4096, &out, NULL));
	assert_string_equal(buf_str(&out), "a new file, 12 B: PNG picture\n");
	buf_clear(&out);
	assert_true(draft_diff(w.d, find(&e, "bin"), 4096, &out, NULL));
	assert_string_equal(buf_str(&out),
		"--- ~/bin\n+++ (nothing)\n@@ -1,1 +0,0 @@\n-x\n\\ no newline at the end\n");
	effects_finish(&e);
	buf_finish(&out);
	world_close(&w);
}

static void
show__diff__is_cut_at_its_limit(UNUSED void **state)
{
	struct buf out = BUF_INIT(1 << 20), text = BUF_INIT(1 << 20);
	struct effects e = { 0 };
	struct world w;

	world_open(&w, "cut");
	for (int i = 0; i < 5000; i++)
		buf_printf(&text, "line %d\n", i);
	world_put(&w, "long", buf_str(&text));
	world_show(&w, &e);
	assert_true(draft_diff(w.d, &e.v[0], 1000, &out, NULL));
	assert_true(out.len < 1100);
	assert_non_null(strstr(buf_str(&out), "too long to be shown"));
	effects_finish(&e);
	buf_finish(&out);
	buf_finish(&text);
	world_close(&w);
}

/* Applies the edits and compares: the diff says what it should. */
static void
show__myers__edits_lead_from_a_to_b(UNUSED void **state)
{
	struct rng r = { 5 };

	for (int round = 0; round < 300; round++) {
		struct buf a = BUF_INIT(65536), b = BUF_INIT(65536), c = BUF_INIT(65536);
		struct diff_lines x, y;
		struct diff_edits e;
		size_t at = 0;

		for (uint32_t i = rng_next(&r, 40); i > 0; i--)
			buf_printf(&a, "%u\n", rng_next(&r, 6));
		for (uint32_t i = rng_next(&r, 40); i > 0; i--)
			buf_printf(&b, "%u\n", rng_next(&r, 6));
		assert_true(diff_lines_split(buf_slice(&a), 1000, &x));
		assert_true(diff_lines_split(buf_slice(&b), 1000, &y));
		diff_edits_find(&x, &y, &e);
		for (size_t i = 0; i < e.n; i++) {
			while (at < e.v[i].old)
				buf_add_slice(&c, x.v[at++]);
			at += e.v[i].n_old;
			for (size_t j = 0; j < e.v[i].n_new; j++)
				buf_add_slice(&c, y.v[e.v[i].new + j]);
		}
		while (at < x.n)
			buf_add_slice(&c, x.v[at++]);
		assert_string_equal(buf_str(&c), buf_str(&b));
		diff_edits_finish(&e);
		diff_lines_finish(&x);
		diff_lines_finish(&y);
		buf_finish(&a);
		buf_finish(&b);
		buf_finish(&c);
	}
}

static size_t
index_of(const struct effects *e, const char *end)
{
	return (size_t)(find(e, end) - e->v);
}

static void
settle__child__takes_its_new_folder(UNUSED void **state)
{
	struct effects e = { 0 };
	struct world w;

	world_open(&w, "settle1");
	world_put(&w, "new/deep/file", "x");
	world_put(&w, "other", "x");
	world_show(&w, &e);
	bool take[8] = { 0 };

	take[index_of(&e, "/file")] = true;
	assert_int_equal(effects_settle(&e, take), 2);
	assert_true(take[index_of(&e, "/new")] && take[index_of(&e, "/deep")]);
	assert_false(take[index_of(&e, "/other")]);
	effects_finish(&e);
	world_close(&w);
}

static void
settle__tree__stays_when_something_in_it_is_not_saved(UNUSED void **state)
{
	struct effects e = { 0 };
	struct world w;

	world_open(&w, "settle2");
	world_write(&w, "dir/keep", "precious");
	world_write(&w, "dir/junk", "x");
	assert_true(draft_move(
		w.d, world_path(&w, "dir/keep"), world_path(&w, "kept"), NULL, NULL));
	assert_true(draft_delete(w.d, world_path(&w, "dir"), NULL));
	world_show(&w, &e);
	assert_int_equal(e.n, 2);
	assert_int_equal(find(&e, "/dir")->count, 2);
	bool take[2] = { true, true };

	take[index_of(&e, "/kept")] = false;
	assert_int_equal(effects_settle(&e, take), 1);
	assert_false(take[0] || take[1]);
	effects_finish(&e);
	world_close(&w);
}

static void
show__json__has_what_the_event_needs(UNUSED void **state)
{
	struct buf out = BUF_INIT(65536);
	struct effects e = { 0 };
	struct world w;

	world_open(&w, "json");
	world_put(&w, "a\xff", "xyz");
	world_show(&w, &e);
	assert_true(effects_to_json(&e, 10, &out));
	assert_non_null(strstr(buf_str(&out), "\"kind\":\"create\""));
	assert_non_null(strstr(buf_str(&out), "a\\\\xFF"));
	assert_non_null(strstr(buf_str(&out), "\"bytes\":3,\"count\":1"));
	assert_non_null(strstr(buf_str(&out), "\"red\":[\"odd-name\"]"));
	effects_finish(&e);
	buf_finish(&out);
	world_close(&w);
}

static void
show__packed_refs__found(UNUSED void **state)
{
	struct slice packed =
		SLICE_LIT("# pack-refs with: peeled\n"
			  "0123456789012345678901234567890123456789 refs/heads/a\n"
			  "^ffffffffffffffffffffffffffffffffffffffff\n"
			  "zz refs/heads/b\n");
	autofree char *a = git_packed_ref(packed, "refs/heads/a");

	assert_string_equal(a, "0123456789012345678901234567890123456789");
	assert_null(git_packed_ref(packed, "refs/heads/b"));
	assert_null(git_packed_ref(packed, "refs/heads/none"));
}

static void
show__git__branch_loses_commits(UNUSED void **state)
{
	struct effects e = { 0 };
	struct world w;
	autofree char *make = NULL;

	world_open(&w, "git");
	make = xasprintf(
		"cd '%s' && git -c init.defaultBranch=main init -q r 2>/dev/null && cd r && "
		"for i in 1 2 3 4; do git -c user.name=a -c user.email=a@b commit -q "
		"--allow-empty -m $i; done && git branch feature && git rev-parse HEAD~3 > "
		"../old",
		w.home);
	if (system(make) != 0) {
		world_close(&w);
		skip();
	}
	autofree char *old = test_slurp(world_path(&w, "old"));

	world_put(&w, "r/.git/refs/heads/feature", old);
	world_put(&w, "r/.git/hooks/post-commit", "#!/bin/sh\n");
	world_show(&w, &e);
	autofree char *words = draft_words(w.d, &e, find(&e, "/feature"));

	assert_string_equal(words, "branch feature loses 3 commits");
	assert_true(find(&e, "/post-commit")->red & RED_GIT);
	effects_finish(&e);
	world_close(&w);
}

/* Which files die is the whole point. */
static void
show__folder_that_goes__names_what_is_in_it(UNUSED void **state)
{
	autobuf struct buf out = BUF_INIT(65536), little = BUF_INIT(65536);
	struct effects e = { 0 };
	struct err err = { 0 };
	struct world w;

	world_open(&w, "goes");
	world_write(&w, "old/a.txt", "12345");
	world_write(&w, "old/sub/b\nc", "1");
	world_write(&w, "old/z", "");
	assert_true(draft_delete(w.d, world_path(&w, "old"), &err));
	world_show(&w, &e);
	assert_int_equal(e.n, 1);
	assert_true(draft_diff(w.d, &e.v[0], 60000, &out, &err));
	assert_non_null(strstr(buf_str(&out), "\n-a.txt  5 B\n-sub/\n-sub/b"));
	assert_non_null(strstr(buf_str(&out), "\n-z  0 B\n"));
	assert_null(strstr(buf_str(&out), "b\nc"));
	assert_null(strstr(buf_str(&out), "more"));
	assert_true(draft_diff(w.d, &e.v[0], 180, &little, &err));
	assert_non_null(strstr(buf_str(&little), "more"));
	effects_finish(&e);
	world_close(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(show__tree__reads_well),
		cmocka_unit_test(show__tree__folds_big_folders_and_stays_within_its_lines),
		cmocka_unit_test(show__odd_names__are_spelled_out),
		cmocka_unit_test(show__diff__unified_and_safe),
		cmocka_unit_test(show__diff__is_cut_at_its_limit),
		cmocka_unit_test(show__myers__edits_lead_from_a_to_b),
		cmocka_unit_test(settle__child__takes_its_new_folder),
		cmocka_unit_test(settle__tree__stays_when_something_in_it_is_not_saved),
		cmocka_unit_test(show__json__has_what_the_event_needs),
		cmocka_unit_test(show__packed_refs__found),
		cmocka_unit_test(show__git__branch_loses_commits),
		cmocka_unit_test(show__folder_that_goes__names_what_is_in_it),
	};

	world_use_memory();
	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests_name("draft_show", tests, NULL, NULL);
}
