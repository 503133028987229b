#include "tests/support/testing.h"
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"
#include <locale.h>

static void
utf8__decode__every_code_point_round_trips(UNUSED void **state)
{
	for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
		char s[4];
		uint32_t back;
		bool ok;
		size_t n;

		if (cp == 0xD800)
			cp = 0xE000;
		n = utf8_encode(cp, s);
		if (utf8_decode(s, n, &back, &ok) != n || back != cp || !ok)
			fail_msg("U+%04X", cp);
		/* Every cut of it is unfinished, and invalid as it stands. */
		for (size_t cut = 1; cut < n; cut++) {
			if (utf8_valid(s, cut) || utf8_partial_tail(s, cut) != cut)
				fail_msg("U+%04X cut at %zu", cp, cut);
		}
		if (utf8_partial_tail(s, n) != 0)
			fail_msg("U+%04X is whole", cp);
	}
}

static void
utf8__decode__refuses_what_is_not_utf8(UNUSED void **state)
{
	static const char *const bad[] = { "\x80", "\xBF", "\xC0\x80", "\xC1\xBF",
		"\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
		"\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
		"\xFE", "\xFF", "\xC3(", "\xE6\x96(", "\xF0\x9F\x98(" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint32_t cp;
		bool ok = true;

		assert_false(utf8_valid(bad[i], strlen(bad[i])));
		assert_int_equal(utf8_decode(bad[i], strlen(bad[i]), &cp, &ok), 1);
		assert_int_equal(cp, UTF8_BAD);
		assert_false(ok);
	}
	assert_true(utf8_valid("", 0));
	assert_true(utf8_valid("a\0b", 3));
	assert_true(utf8_valid("\xEF\xBF\xBD", 3));
}

static void
utf8__encode__surrogates_become_the_replacement(UNUSED void **state)
{
	char s[4];

	assert_int_equal(utf8_encode(0xD800, s), 3);
	assert_memory_equal(s, "\xEF\xBF\xBD", 3);
	assert_int_equal(utf8_encode(0x110000, s), 3);
	assert_memory_equal(s, "\xEF\xBF\xBD", 3);
}

static void
utf8__partial_tail__split_at_every_byte(UNUSED void **state)
{
	static const char text[] = "a\xC3\xA9\xE6\x96\x87\xF0\x9F\xA6\x9E!";
	size_t n = sizeof(text) - 1;

	/* What comes before the tail is valid, and tail + rest continue it. */
	for (size_t cut = 0; cut <= n; cut++) {
		size_t tail = utf8_partial_tail(text, cut);

		assert_true(utf8_valid(text, cut - tail));
		assert_true(utf8_valid(text + cut - tail, n - cut + tail));
	}
	assert_int_equal(utf8_partial_tail("\xE0\x80", 2), 0);
	assert_int_equal(utf8_partial_tail("\xFF", 1), 0);
	assert_int_equal(utf8_partial_tail("\x80\x80\x80\x80", 4), 0);
}

static void
utf8__width__of_cells(UNUSED void **state)
{
	assert_int_equal(utf8_width("abc", 3), 3);
	assert_int_equal(utf8_width("文件", 6), 4);
	assert_int_equal(utf8_width("e\xCC\x81", 3), 1);
	assert_int_equal(utf8_width("\xF0\x9F\xA6\x9E", 4), 2);
	assert_int_equal(utf8_cp_width(0x1B), -1);
	assert_int_equal(utf8_cp_width(0x7F), -1);
	assert_int_equal(utf8_cp_width(0x9B), -1);
	assert_int_equal(utf8_cp_width(0x301), 0);
	assert_int_equal(utf8_cp_width(0xFF21), 2);
}

static void
utf8__width__without_a_locale(UNUSED void **state)
{
	char *before = xstrdup(setlocale(LC_CTYPE, NULL));

	assert_non_null(setlocale(LC_CTYPE, "C"));
	assert_int_equal(utf8_width("文件é", 8), 5);
	assert_int_equal(utf8_cp_width(0x9B), -1);
	setlocale(LC_CTYPE, before);
	free(before);
}

static void
utf8__grapheme__steps_agree_both_ways(UNUSED void **state)
{
	static const char text[] =
		"ab\xCC\x81\xE6\x96\x87\r\n\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80"
		"\x8D"
		"\xF0\x9F\x91\xA7 "
		"\xF0\x9F\x87\xA8\xF0\x9F\x87\xB3\xF0\x9F\x87\xA9\xF0\x9F\x87\xAA"
		"\xEA\xB0\x81\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8 x";
	size_t n = sizeof(text) - 1, starts[64], count = 0;

	for (size_t i = 0; i < n;) {
		size_t len = utf8_grapheme_next(text + i, n - i);

		assert_true(len > 0 && i + len <= n);
		starts[count++] = i;
		i += len;
	}
	assert_int_equal(count, 12);
	for (size_t end = n; end;) {
		size_t len = utf8_grapheme_prev(text, end);

		assert_true(count > 0);
		assert_int_equal(end - len, starts[--count]);
		end -= len;
	}
	assert_int_equal(count, 0);
}

static void
utf8__grapheme__survives_endless_marks(UNUSED void **state)
{
	char s[4001];
	size_t n = 1, steps = 0;

	s[0] = 'e';
	for (; n + 2 <= 4001; n += 2)
		memcpy(s + n, "\xCC\x81", 2);
	while (n) {
		size_t len = utf8_grapheme_prev(s, n);

		assert_true(len > 0 && len <= n);
		n -= len;
		steps++;
	}
	assert_true(steps > 0);
	assert_int_equal(utf8_grapheme_prev("\x80\x80\x80", 3), 1);
	assert_int_equal(utf8_grapheme_next("", 0), 0);
}

static void
utf8__fit__cuts_between_clusters(UNUSED void **state)
{
	size_t cols;

	assert_int_equal(utf8_fit("abc", 3, 2, &cols), 2);
	assert_int_equal(cols, 2);
	assert_int_equal(utf8_fit("文件", 6, 3, &cols), 3);
	assert_int_equal(cols, 2);
	assert_int_equal(utf8_fit("ae\xCC\x81z", 5, 2, &cols), 4);
	assert_int_equal(utf8_fit("abc", 3, 0, &cols), 0);
	assert_int_equal(utf8_fit("abc", 3, 99, NULL), 3);
}

static void
utf8__fold__makes_words_comparable(UNUSED void **state)
{
	static const struct {
		const char *in, *out;
	} table[] = { { "ABC", "abc" }, { "\xC3\x84", "\xC3\xA4" }, { "A\xCC\x88", "\xC3\xA4" },
		{ "ＡＢ１", "ab1" }, { "ﬁ", "fi" }, { "文件", "文件" }, { "", "" },
		{ "ÄA\xFF",
			"\xC3\xA4"
			"a\xEF\xBF\xBD" } };

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		autofree char *s = utf8_fold(table[i].in, strlen(table[i].in));

		assert_string_equal(s, table[i].out);
	}
}

static void
utf8__kinds__of_characters(UNUSED void **state)
{
	assert_true(utf8_is_cjk(0x6587));
	assert_true(utf8_is_cjk(0x3042));
	assert_true(utf8_is_cjk(0xAC00));
	assert_true(utf8_is_cjk(0xFF0C));
	assert_false(utf8_is_cjk('a'));
	assert_false(utf8_is_cjk(0x1F980));
	assert_true(utf8_is_space(0x3000));
	assert_true(utf8_is_space(0xA0));
	assert_false(utf8_is_space('x'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8__decode__every_code_point_round_trips),
		cmocka_unit_test(utf8__decode__refuses_what_is_not_utf8),
		cmocka_unit_test(utf8__encode__surrogates_become_the_replacement),
		cmocka_unit_test(utf8__partial_tail__split_at_every_byte),
		cmocka_unit_test(utf8__width__of_cells),
		cmocka_unit_test(utf8__width__without_a_locale),
		cmocka_unit_test(utf8__grapheme__steps_agree_both_ways),
		cmocka_unit_test(utf8__grapheme__survives_endless_marks),
		cmocka_unit_test(utf8__fit__cuts_between_clusters),
		cmocka_unit_test(utf8__fold__makes_words_comparable),
		cmocka_unit_test(utf8__kinds__of_characters),
	};

	i18n_init(NULL, "en");
	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
