#include "tests/support/testing.h"
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"
#include "agent/base/utf8.h"

struct row {
	const char *in, *out;
};

static void
check(const struct row *rows, size_t n, enum sanitize_mode mode)
{
	for (size_t i = 0; i < n; i++) {
		autofree char *s = sanitize_dup(rows[i].in, mode);

		assert_string_equal(s, rows[i].out);
	}
}

static void
sanitize__text__sequences_vanish(UNUSED void **state)
{
	static const struct row rows[] = {
		{ "a\x1b[31mred\x1b[0m", "ared" },
		{ "\x1b[?1049h\x1b[2J\x1b[1;1Hx", "x" },
		{ "\x1b]0;title\ax", "x" },
		{ "\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link" },
		{ "\x1bP1$r\x1b\\x\x1b_app\x1b\\y\x1b^pm\x1b\\z\x1bXsos\x1b\\", "xyz" },
		{ "\x1b(Bx\x1b"
		  "7y\x1b"
		  "cz",
			"xyz" },
		{ "\xC2\x9B"
		  "31mx",
			"x" },
		{ "\xC2\x9D"
		  "0;t\xC2\x9Cx",
			"x" },
		{ "a\x07\x08\x01"
		  "b\x7F",
			"ab" },
		{ "x\x1b", "x" },
		{ "x\x1b[", "x" },
		{ "x\x1b[31", "x" },
	};

	check(rows, ARRAY_LEN(rows), SANITIZE_TEXT);
}

static void
sanitize__text__unended_sequences_hide_nothing(UNUSED void **state)
{
	static const struct row rows[] = {
		{ "\x1b]0;rm -rf\nnext", "0;rm -rf\nnext" },
		{ "\x1bPdata and more", "data and more" },
		{ "\x1b[\xE6\x96\x87", "文" },
	};
	char longer[5000] = "\x1b]0;";

	check(rows, ARRAY_LEN(rows), SANITIZE_TEXT);
	memset(longer + 4, 'x', 4000);
	strcpy(longer + 4004, "\a");
	autofree char *s = sanitize_dup(longer, SANITIZE_TEXT);
	assert_true(strlen(s) >= 4000);
}

static void
sanitize__text__lines_and_blanks(UNUSED void **state)
{
	static const struct row rows[] = {
		{ "a\nb\r\nc", "a\nb\nc" },
		{ "10%\r20%", "10%\n20%" },
		{ "a\tb", "a       b" },
		{ "文\tb", "文      b" },
		{ "x\n\tb", "x\n        b" },
		{ "a\xC2\xA0"
		  "b\xE2\x80\xA8"
		  "c\xC2\x85"
		  "d",
			"a b\nc\nd" },
	};
	static const struct row lines[] = { { "a\nb\tc\r\nd", "a b c d" } };

	check(rows, ARRAY_LEN(rows), SANITIZE_TEXT);
	check(lines, ARRAY_LEN(lines), SANITIZE_LINE);
}

static void
sanitize__text__invisible_and_bidi_are_dropped(UNUSED void **state)
{
	static const struct row rows[] = {
		{ "a\xE2\x80\xAE"
		  "b\xE2\x81\xA6"
		  "c\xE2\x80\x8F"
		  "d\xD8\x9C",
			"abcd" },
		{ "a\xE2\x80\x8B"
		  "b\xEF\xBB\xBF"
		  "c\xC2\xAD",
			"abc" },
		{ "a\xF3\xA0\x81\xA1"
		  "b\xF3\xA0\x80\x81",
			"ab" }, /* tags */
		{ "\xEF\xB8\x8F", "" },
		{ "a\xFF\xC3", "a\xEF\xBF\xBD\xEF\xBF\xBD" },
		{ "\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD" },
	};

	check(rows, ARRAY_LEN(rows), SANITIZE_TEXT);
}

static void
sanitize__text__every_cell_has_a_known_width(UNUSED void **state)
{
	static const struct row rows[] = {
		/* family, skin tone, flag, lone indicator */
		{ "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x91\xA7!",
			"\xF0\x9F\x91\xA8!" },
		{ "\xF0\x9F\x91\x8D\xF0\x9F\x8F\xBD", "\xF0\x9F\x91\x8D" },
		{ "\xF0\x9F\x87\xA8\xF0\x9F\x87\xB3", "\xF0\x9F\x87\xA8\xF0\x9F\x87\xB3" },
		{ "\xF0\x9F\x87\xA8x", "Cx" },
		/* two emoji without a joiner stay two */
		{ "\xF0\x9F\xA6\x9E\xF0\x9F\xA6\x9E", "\xF0\x9F\xA6\x9E\xF0\x9F\xA6\x9E" },
		/* five marks: one goes; a mark without a base goes */
		{ "e\xCC\x81\xCC\x82\xCC\x83\xCC\x84\xCC\x86",
			"e\xCC\x81\xCC\x82\xCC\x83\xCC\x84" },
		{ "\xCC\x81x", "x" },
	};

	check(rows, ARRAY_LEN(rows), SANITIZE_TEXT);
}

static void
sanitize__name__nothing_vanishes(UNUSED void **state)
{
	static const struct row rows[] = {
		{ "plain name.txt", "plain name.txt" },
		{ "文件\xE3\x80\x80"
		  "a",
			"文件\xE3\x80\x80"
			"a" },
		{ "a\nb\tc\x1b[31m", "a\\nb\\tc\\e[31m" },
		{ "a\x01\x7F\xC2\x9B", "a\\x01\\x7F<U+009B>" },
		{ "x\xE2\x80\xAEgpj.exe", "x<U+202E>gpj.exe" },
		{ "a\xE2\x80\x8B\xC2\xA0"
		  "b",
			"a<U+200B><U+00A0>b" },
		{ "a\xFF\xC3(", "a\\xFF\\xC3(" },
		{ "\xCC\x81x", "<U+0301>x" },
		{ "\xF3\xA0\x81\xA1", "<U+E0061>" },
		{ "\xE2\x80\xA8", "<U+2028>" },
	};

	check(rows, ARRAY_LEN(rows), SANITIZE_NAME);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(sanitize_is_odd(rows[i].in), !str_eq(rows[i].in, rows[i].out));
}

/* The property all three modes promise, over every byte pair and many code points. */
static void
assert_harmless(const char *s, size_t n, enum sanitize_mode mode)
{
	autobuf struct buf b = BUF_INIT(1 << 16);

	assert_true(sanitize(&b, s, n, mode));
	assert_true(utf8_valid(buf_str(&b), b.len));
	for (size_t i = 0; i < b.len;) {
		uint32_t c;

		i += utf8_decode(b.p + i, b.len - i, &c, NULL);
		if (utf8_cp_width(c) < 0 && !(c == '\n' && mode == SANITIZE_TEXT))
			fail_msg("U+%04X got through", c);
		if ((c >= 0x202A && c <= 0x202E) || (c >= 0xE0000 && c < 0xE1000))
			fail_msg("U+%04X got through", c);
	}
}

static void
sanitize__any_bytes__come_out_harmless(UNUSED void **state)
{
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned b = 0; b < 256; b++) {
			char s[] = { (char)a, (char)b, 'x', (char)b, (char)a };

			for (int mode = SANITIZE_TEXT; mode <= SANITIZE_NAME; mode++)
				assert_harmless(s, sizeof(s), (enum sanitize_mode)mode);
		}
	}
	for (uint32_t cp = 0x80; cp < 0x110000; cp += cp < 0x3100 ? 1 : 97) {
		char s[8] = "a";
		size_t n = 1 + utf8_encode(cp, s + 1);

		for (int mode = SANITIZE_TEXT; mode <= SANITIZE_NAME; mode++)
			assert_harmless(s, n, (enum sanitize_mode)mode);
	}
}

static void
sanitize__twice__changes_nothing_more(UNUSED void **state)
{
	static const char s[] =
		"a\x1b[1mb\n\xE2\x80\xAE\xFF\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\tz";

	for (int mode = SANITIZE_TEXT; mode <= SANITIZE_NAME; mode++) {
		autofree char *once = sanitize_dup(s, (enum sanitize_mode)mode);
		autofree char *twice = sanitize_dup(once, (enum sanitize_mode)mode);

		assert_string_equal(once, twice);
	}
}

static void
sanitize__full__says_so(UNUSED void **state)
{
	autobuf struct buf b = BUF_INIT(3);

	assert_false(sanitize(&b, "abc\nd", 5, SANITIZE_TEXT));
	assert_string_equal(buf_str(&b), "abc");
}

static void
sanitize__elide__keeps_the_end(UNUSED void **state)
{
	static const char name[] = "/home/u/some/long/way/to/report.pdf";

	for (size_t cols = 0; cols < 50; cols++) {
		autofree char *s = sanitize_elide(name, cols);

		assert_true(utf8_width(s, strlen(s)) <= cols);
		if (cols >= strlen(name))
			assert_string_equal(s, name);
		else if (cols > 1)
			assert_true(s[strlen(s) - 1] == 'f' && strstr(s, "\u2026"));
	}
	for (size_t cols = 0; cols < 20; cols++) {
		autofree char *s = sanitize_elide("文件文件文件文件.txt", cols);

		assert_true(utf8_width(s, strlen(s)) <= cols);
		assert_true(utf8_valid(s, strlen(s)));
	}
	autofree char *s = sanitize_elide("a\nb", 20);
	assert_string_equal(s, "a\\nb");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sanitize__text__sequences_vanish),
		cmocka_unit_test(sanitize__text__unended_sequences_hide_nothing),
		cmocka_unit_test(sanitize__text__lines_and_blanks),
		cmocka_unit_test(sanitize__text__invisible_and_bidi_are_dropped),
		cmocka_unit_test(sanitize__text__every_cell_has_a_known_width),
		cmocka_unit_test(sanitize__name__nothing_vanishes),
		cmocka_unit_test(sanitize__any_bytes__come_out_harmless),
		cmocka_unit_test(sanitize__twice__changes_nothing_more),
		cmocka_unit_test(sanitize__full__says_so),
		cmocka_unit_test(sanitize__elide__keeps_the_end),
	};

	i18n_init(NULL, "en");
	return cmocka_run_group_tests_name("sanitize", tests, NULL, NULL);
}
