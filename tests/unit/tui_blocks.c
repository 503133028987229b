/* The long text: scrolling, growing, searching, selecting; diffs; lists. */
#include "tests/support/test.h"
#include <locale.h>
#include <time.h>
#include "tests/support/golden.h"
#include "tui/blocks.h"
#include "tui/diffview.h"
#include "tui/scroll.h"

struct fake {
	size_t n;
	struct buf text[64]; /* Markdown of block i % 64, or none: render() */
	uint64_t revision[64];
	size_t rendered;
};

static size_t
fake_count(void *user)
{
	return ((struct fake *)user)->n;
}

static void
fake_view(void *user, size_t i, struct block_view *ret)
{
	struct fake *f = user;
	size_t k = i % 64;

	ret->revision = f->revision[k] + 1;
	ret->markdown = f->text[k].len > 0;
	ret->text = buf_slice(&f->text[k]);
	ret->gap = true;
}

static void
fake_render(void *user, size_t i, int cols, struct lines *out)
{
	struct fake *f = user;

	(void)cols;
	f->rendered++;
	for (int k = 0; k < 10; k++) {
		lines_begin(out);
		lines_printf(out, 0, "block %zu line %d", i, k);
	}
}

static struct blocks *
fake_blocks(struct fake *f)
{
	struct blocks_source src = { fake_count, fake_view, fake_render, f };
	struct blocks *b = blocks_create(&src);

	blocks_sync(b);
	return b;
}

static char *
shot(struct blocks *b, int rows, int cols)
{
	struct canvas *c = canvas_create(rows, cols);
	struct buf out = BUF_INIT(4u << 20);

	blocks_draw(b, area_all(c));
	canvas_text(c, &out);
	canvas_destroy(c);
	return buf_steal(&out);
}

static void
blocks__scroll__is_exact_and_reversible(void **state)
{
	struct fake f = { .n = 1000 };
	struct blocks *b = fake_blocks(&f);
	autofree char *bottom = shot(b, 10, 40), *up = NULL, *down = NULL, *top = NULL;

	(void)state;
	assert_true(str_ends(bottom, "block 999 line 8\nblock 999 line 9\n"));
	assert_true(blocks_at_bottom(b));
	blocks_scroll(b, -13);
	up = shot(b, 10, 40);
	assert_true(str_starts(up, "block 997 line 9\n\nblock 998 line 0\n"));
	assert_false(blocks_at_bottom(b));
	blocks_scroll(b, 13);
	down = shot(b, 10, 40);
	assert_string_equal(down, bottom);
	assert_true(blocks_at_bottom(b));
	blocks_top(b);
	top = shot(b, 10, 40);
	assert_true(str_starts(top, "block 0 line 0\n"));
	blocks_scroll(b, -100);
	blocks_scroll(b, 100000);
	free(up);
	up = shot(b, 10, 40);
	assert_string_equal(up, bottom);
	blocks_destroy(b);
}

static void
blocks__short__text_stands_at_the_top(void **state)
{
	struct fake f = { .n = 1 };
	struct blocks *b = fake_blocks(&f);
	autofree char *got = shot(b, 14, 20);

	(void)state;
	assert_true(str_starts(got, "block 0 line 0\n"));
	blocks_scroll(b, -3);
	assert_true(blocks_at_bottom(b));
	blocks_destroy(b);
}

static void
blocks__growing__text_does_not_move_a_reader(void **state)
{
	struct fake f = { .n = 2 };
	struct blocks *b;
	autofree char *before = NULL, *after = NULL;

	(void)state;
	buf_init(&f.text[1], 1u << 20);
	for (int i = 0; i < 50; i++)
		buf_printf(&f.text[1], "paragraph %d with some words\n\n", i);
	b = fake_blocks(&f);
	free(shot(b, 10, 40));
	blocks_scroll(b, -20);
	before = shot(b, 10, 40);
	for (int i = 50; i < 120; i++) {
		buf_printf(&f.text[1], "paragraph %d with some words\n\n", i);
		f.revision[1]++;
		blocks_sync(b);
	}
	after = shot(b, 10, 40);
	assert_string_equal(after, before);
	blocks_bottom(b);
	free(after);
	after = shot(b, 10, 40);
	assert_non_null(strstr(after, "paragraph 119"));
	blocks_destroy(b);
	buf_finish(&f.text[1]);
}

static void
blocks__huge__scrolls_at_once(void **state)
{
	struct fake f = { .n = 10000 }; /* 100,000 lines */
	struct blocks *b = fake_blocks(&f);
	struct timespec t0, t1;
	struct canvas *c = canvas_create(50, 140);

	(void)state;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t0);
	for (int i = 0; i < 100; i++) {
		int above, total;

		blocks_scroll(b, -37);
		blocks_draw(b, area_all(c));
		blocks_position(b, &above, &total);
		assert_true(above >= 0 && above <= total);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t1);
	print_message("100 scrolls of 100,000 lines: %ld us each, %zu of 10,000 blocks laid out\n",
		((t1.tv_sec - t0.tv_sec) * 1000000 + (t1.tv_nsec - t0.tv_nsec) / 1000) / 100, f.rendered);
	assert_true(f.rendered < 1000);
	blocks_top(b);
	blocks_draw(b, area_all(c));
	blocks_destroy(b);
	canvas_destroy(c);
}

static void
blocks__find__goes_both_ways_and_marks(void **state)
{
	struct fake f = { .n = 300 };
	struct blocks *b = fake_blocks(&f);
	autofree char *got = NULL;

	(void)state;
	free(shot(b, 10, 40));
	assert_true(blocks_find(b, "BLOCK 120 line 5", -1));
	got = shot(b, 10, 40);
	assert_non_null(strstr(got, "block 120 line 5"));
	assert_true(blocks_find(b, "line 5", 1));
	assert_true(blocks_find(b, "line 5", 1));
	free(got);
	got = shot(b, 10, 40);
	assert_non_null(strstr(got, "block 121 line 5"));
	assert_true(blocks_find(b, "line 5", -1));
	assert_false(blocks_find(b, "no such words", 1));
	blocks_destroy(b);
}

static void
blocks__selection__joins_wrapped_lines(void **state)
{
	struct fake f = { .n = 1 };
	struct blocks *b;
	autofree char *got = NULL;

	(void)state;
	buf_init(&f.text[0], 1u << 20);
	buf_add_str(&f.text[0], "alpha beta gamma delta epsilon\n\n```c\nint x;\n```\n中文很长的一句话需要换行显示\n");
	b = fake_blocks(&f);
	free(shot(b, 12, 14));
	blocks_select_start(b, 0, 6);
	blocks_select_to(b, 11, 13);
	got = blocks_selected(b);
	assert_string_equal(got, "beta gamma delta epsilon\n\nint x;\n\n中文很长的一句话需要换行显示");
	blocks_select_none(b);
	assert_null(blocks_selected(b));
	blocks_destroy(b);
	buf_finish(&f.text[0]);
}

static void
blocks__resize__storm_keeps_its_place(void **state)
{
	struct fake f = { .n = 200 };
	struct blocks *b;
	uint32_t seed = 3;

	(void)state;
	for (int i = 0; i < 64; i += 3) {
		buf_init(&f.text[i], 1u << 16);
		for (int k = 0; k < 20; k++)
			buf_add_str(&f.text[i], "Some *words* that wrap, 还有中文, and `code` in them. ");
	}
	b = fake_blocks(&f);
	blocks_scroll(b, -100);
	for (int i = 0; i < 300; i++) {
		seed = seed * 1103515245u + 12345u;
		free(shot(b, (int)(seed >> 20) % 60 + 1, (int)(seed >> 10) % 200 + 1));
		blocks_scroll(b, (int)(seed >> 5) % 41 - 20);
		if (i % 50 == 0)
			blocks_find(b, "words", i % 100 ? 1 : -1);
	}
	blocks_destroy(b);
	for (int i = 0; i < 64; i += 3)
		buf_finish(&f.text[i]);
}

static const char diff[] = "--- a/notes.txt\n+++ b/notes.txt\n@@ -1,4 +1,4 @@\n same line\n"
			   "-the quick brown fox jumps\n+the quick red fox jumped\n same again\n"
			   "-removed only\n+第一行 新的内容\n+added with \033[31mescape\n\\ No newline at end of file\n";

static void
diff__render__marks_words_and_stands_beside(void **state)
{
	static const struct {
		int cols;
		bool side;
		const char *name;
	} cases[] = { { 44, false, "diff-unified" }, { 101, true, "diff-side" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		autolines struct lines l;
		struct canvas *c;
		struct buf out = BUF_INIT(1u << 20);

		lines_init(&l);
		diff_render(&l, slice_of(diff), cases[i].cols, cases[i].side);
		c = canvas_create((int)l.n, cases[i].cols);
		for (size_t k = 0; k < l.n; k++)
			lines_draw(&l, k, area_all(c), (int)k, 0);
		canvas_styles(c, &out);
		assert_true(golden_equal(cases[i].name, buf_str(&out)));
		buf_finish(&out);
		canvas_destroy(c);
	}
}

static void
list__move__keeps_margin_and_bounds(void **state)
{
	struct list l = { 0 };

	(void)state;
	list_fit(&l, 100, 10);
	list_move(&l, 50);
	assert_int_equal(l.sel, 50);
	assert_true(l.top <= 48 && l.top + 10 > 52);
	list_move(&l, 500);
	assert_int_equal(l.sel, 99);
	assert_int_equal(l.top, 90);
	list_move(&l, -500);
	assert_int_equal(l.sel, 0);
	assert_int_equal(l.top, 0);
	list_fit(&l, 0, 10);
	assert_int_equal(l.sel, -1);
	list_fit(&l, 3, 10);
	assert_int_equal(l.sel, 0);
	assert_int_equal(list_hit(&l, 2), 2);
	assert_int_equal(list_hit(&l, 3), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks__scroll__is_exact_and_reversible),
		cmocka_unit_test(blocks__short__text_stands_at_the_top),
		cmocka_unit_test(blocks__growing__text_does_not_move_a_reader),
		cmocka_unit_test(blocks__huge__scrolls_at_once),
		cmocka_unit_test(blocks__find__goes_both_ways_and_marks),
		cmocka_unit_test(blocks__selection__joins_wrapped_lines),
		cmocka_unit_test(blocks__resize__storm_keeps_its_place),
		cmocka_unit_test(diff__render__marks_words_and_stands_beside),
		cmocka_unit_test(list__move__keeps_margin_and_bounds),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
