/* The editor and line breaking. */
#include "tests/support/test.h"
#include <locale.h>
#include "tui/edit.h"
#include "tui/wrap.h"

static char *
wrapped(const char *text, int cols)
{
	struct slice s = slice_of(text);
	struct buf out = BUF_INIT(1u << 16);

	do {
		struct wrap_line l;

		wrap_next(s, cols, &l);
		buf_printf(&out, "%s%.*s", out.len ? "|" : "", (int)l.end, s.p);
		assert_true(l.next > 0 || s.n == 0);
		assert_true(l.end <= l.next);
		s.p += l.next;
		s.n -= l.next;
	} while (s.n > 0);
	return buf_steal(&out);
}

static void
wrap__next__breaks_where_a_typesetter_would(void **state)
{
	static const struct {
		const char *text;
		int cols;
		const char *want;
	} cases[] = {
		{ "the quick brown fox", 10, "the quick|brown fox" },
		{ "the quick  brown", 9, "the quick|brown" },
		{ "", 5, "" },
		{ "abcdefghij", 4, "abcd|efgh|ij" },
		{ "go to https://example.org/a/b now", 12, "go to|https://exam|ple.org/a/b|now" },
		{ "state-of-the-art", 9, "state-of-|the-art" },
		{ "use --force or -f", 6, "use|--forc|e or|-f" },
		{ "中文没有空格也能换行", 8, "中文没有|空格也能|换行" },
		{ "他说：“好的。”然后走了", 8, "他说：|“好的。”|然后走了" },
		{ "这是（重要）的", 6, "这是|（重|要）的" },
		{ "一共￥100元整", 8, "一共|￥100元|整" },
		{ "增长3.5%左右", 6, "增长|3.5%左|右" },
		{ "用Linux系统", 6, "用|Linux|系统" },
		{ "안녕하세요 세계", 12, "안녕하세요|세계" },
		{ "  indented text", 8, "  indent|ed text" },
		{ "a\u0301bc", 2, "a\u0301b|c" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		autofree char *got = wrapped(cases[i].text, cases[i].cols);

		if (!str_eq(got, cases[i].want))
			print_error("case %zu: got  %s\n        want %s\n", i, got, cases[i].want);
		assert_string_equal(got, cases[i].want);
	}
}

static void
type(struct edit *e, const char *s)
{
	for (; *s; s++)
		edit_insert(e, (struct slice){ s, 1 });
}

static void
assert_edit(struct edit *e, const char *want)
{
	autofree char *text = edit_text(e);

	assert_string_equal(text, want);
}

static void
edit__kills__gather_and_come_back(void **state)
{
	struct edit *e = edit_create();

	(void)state;
	type(e, "one two three");
	assert_true(edit_do(e, EDIT_KILL_WORD_BACK));
	assert_true(edit_do(e, EDIT_KILL_WORD_BACK));
	assert_edit(e, "one ");
	assert_true(edit_do(e, EDIT_YANK));
	assert_edit(e, "one two three");
	edit_do(e, EDIT_HOME);
	edit_do(e, EDIT_KILL_WORD);
	assert_edit(e, " two three");
	edit_do(e, EDIT_END);
	edit_do(e, EDIT_YANK);
	assert_edit(e, " two threeone");
	assert_true(edit_do(e, EDIT_YANK_POP));
	assert_edit(e, " two threetwo three");
	edit_destroy(e);
}

static void
edit__undo__goes_word_by_word_and_back(void **state)
{
	struct edit *e = edit_create();

	(void)state;
	type(e, "alpha beta");
	edit_do(e, EDIT_UNDO);
	assert_edit(e, "alpha ");
	edit_do(e, EDIT_UNDO);
	assert_edit(e, "");
	assert_false(edit_do(e, EDIT_UNDO));
	edit_do(e, EDIT_REDO);
	edit_do(e, EDIT_REDO);
	assert_edit(e, "alpha beta");
	edit_do(e, EDIT_DELETE_BACK);
	edit_do(e, EDIT_UNDO);
	assert_edit(e, "alpha beta");
	edit_clear(e);
	edit_do(e, EDIT_UNDO);
	assert_edit(e, "alpha beta");
	edit_destroy(e);
}

static void
edit__graphemes__move_and_go_whole(void **state)
{
	struct edit *e = edit_create();

	(void)state;
	edit_insert(e, slice_of("e\u0301中🇩🇪x"));
	edit_do(e, EDIT_LEFT);
	edit_do(e, EDIT_DELETE_BACK);
	assert_edit(e, "e\u0301中x");
	edit_do(e, EDIT_LEFT);
	edit_do(e, EDIT_DELETE_BACK);
	assert_edit(e, "中x");
	edit_destroy(e);
}

static void
edit__paste__long_ones_are_chips_sent_in_full(void **state)
{
	struct edit *e = edit_create();
	struct canvas *c = canvas_create(3, 40);
	struct buf text = BUF_INIT(1u << 16), out = BUF_INIT(1u << 16);

	(void)state;
	for (int i = 0; i < 120; i++)
		buf_printf(&text, "line %d\n", i);
	type(e, "look: ");
	edit_paste(e, buf_slice(&text));
	type(e, "!");
	edit_draw(e, area_all(c), 0, true);
	canvas_text(c, &out);
	assert_true(str_starts(buf_str(&out), "look: [pasted 120 lines]!\n"));
	assert_int_equal(c->cur_x, 25);
	autofree char *all = edit_text(e);
	assert_int_equal(strlen(all), text.len + 7);
	edit_do(e, EDIT_LEFT);
	edit_do(e, EDIT_DELETE_BACK);
	assert_edit(e, "look: !");
	edit_do(e, EDIT_UNDO);
	edit_do(e, EDIT_LEFT);
	edit_do(e, EDIT_RIGHT);
	assert_true(edit_do(e, EDIT_EXPAND_CHIP));
	assert_edit(e, all);
	canvas_destroy(c);
	buf_finish(&text);
	buf_finish(&out);
	edit_destroy(e);
}

static void
edit__draw__wraps_and_places_the_caret(void **state)
{
	struct edit *e = edit_create();
	struct canvas *c = canvas_create(4, 11);
	struct buf out = BUF_INIT(1u << 16);

	(void)state;
	edit_insert(e, slice_of("the quick brown\n中文字符测试"));
	assert_int_equal(edit_rows(e, 11), 4);
	edit_draw(e, area_all(c), 0, true);
	canvas_text(c, &out);
	assert_string_equal(buf_str(&out), "the quick\nbrown\n中文字符测\n试\n");
	assert_int_equal(c->cur_y, 3);
	assert_int_equal(c->cur_x, 2);
	assert_true(edit_do(e, EDIT_UP));
	assert_true(edit_do(e, EDIT_UP));
	edit_draw(e, area_all(c), 0, true);
	assert_int_equal(c->cur_y, 1);
	assert_int_equal(c->cur_x, 2);
	edit_click(e, 0, 4);
	type(e, "X");
	assert_edit(e, "the Xquick brown\n中文字符测试");
	buf_finish(&out);
	canvas_destroy(c);
	edit_destroy(e);
}

static void
edit__history__keeps_the_draft(void **state)
{
	struct edit *e = edit_create();

	(void)state;
	edit_history_add(e, "first");
	edit_history_add(e, "second");
	edit_history_add(e, "second");
	assert_int_equal(edit_history_count(e), 2);
	type(e, "draft");
	edit_do(e, EDIT_HISTORY_PREV);
	assert_edit(e, "second");
	edit_do(e, EDIT_HISTORY_PREV);
	assert_edit(e, "first");
	assert_false(edit_do(e, EDIT_HISTORY_PREV));
	edit_do(e, EDIT_HISTORY_NEXT);
	edit_do(e, EDIT_HISTORY_NEXT);
	assert_edit(e, "draft");
	edit_destroy(e);
}

static void
edit__complete__replaces_the_word_with_its_mark(void **state)
{
	struct edit *e = edit_create();
	struct slice word;

	(void)state;
	type(e, "read @ma");
	assert_true(edit_word(e, '@', &word));
	assert_true(slice_eq_str(word, "ma"));
	assert_false(edit_word(e, '/', &word));
	edit_complete(e, '@', "main.c");
	assert_edit(e, "read main.c ");
	edit_set(e, "/the");
	assert_true(edit_word(e, '/', &word));
	edit_set(e, "a /the");
	assert_false(edit_word(e, '/', &word));
	edit_destroy(e);
}

static bool
vi(struct edit *e, const char *keys)
{
	bool taken = false;

	for (; *keys; keys++)
		taken = edit_vi_key(e, (struct key){ *keys == '\033' ? KEYC_ESC : (uint32_t)*keys, 0 });
	return taken;
}

static void
edit__vi__has_the_keys_hands_know(void **state)
{
	struct edit *e = edit_create();

	(void)state;
	edit_set_vi(e, true);
	assert_false(vi(e, "\033"));
	type(e, "one two three");
	vi(e, "\033");
	assert_true(edit_vi_normal(e));
	vi(e, "bdw");
	assert_edit(e, "one two ");
	vi(e, "0dw");
	assert_edit(e, "two ");
	vi(e, "u");
	assert_edit(e, "one two ");
	vi(e, "0cw");
	assert_false(edit_vi_normal(e));
	type(e, "1");
	assert_edit(e, "1 two ");
	vi(e, "\033ddz");
	assert_edit(e, "");
	edit_destroy(e);
}

static void
edit__chips__cannot_be_forged(void **state)
{
	struct edit *e = edit_create();

	(void)state;
	edit_insert(e, slice_of("a\xF3\xB0\x80\x80" "b\xff"));
	assert_edit(e, "ab");
	edit_destroy(e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrap__next__breaks_where_a_typesetter_would),
		cmocka_unit_test(edit__kills__gather_and_come_back),
		cmocka_unit_test(edit__undo__goes_word_by_word_and_back),
		cmocka_unit_test(edit__graphemes__move_and_go_whole),
		cmocka_unit_test(edit__paste__long_ones_are_chips_sent_in_full),
		cmocka_unit_test(edit__draw__wraps_and_places_the_caret),
		cmocka_unit_test(edit__history__keeps_the_draft),
		cmocka_unit_test(edit__complete__replaces_the_word_with_its_mark),
		cmocka_unit_test(edit__vi__has_the_keys_hands_know),
		cmocka_unit_test(edit__chips__cannot_be_forged),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
