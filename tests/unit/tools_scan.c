#include "tests/support/testing.h"
#include "agent/tools/scan.h"
#include "agent/base/buf.h"
#include <fcntl.h>

struct found {
	struct buf lines; /* "line:text\n" */
	size_t n, stop_after;
};

static bool
on_hit(void *user, uint64_t line, struct slice text)
{
	struct found *f = user;

	buf_printf(&f->lines, "%llu:%.*s\n", (unsigned long long)line,
		(int)MIN_OF(text.n, (size_t)60), text.p);
	return ++f->n != f->stop_after;
}

static enum scan_end
look(const char *path, const char *text, bool regex, struct found *f)
{
	struct scan s;
	struct scan_room room;
	enum scan_end end;
	struct err err = { 0 };
	autofd int fd = open(path, O_RDONLY);

	if (!scan_init(&s, text, regex, &err))
		fail_msg("%s", err.text);
	scan_room_init(&room);
	end = scan_fd(&s, &room, fd, on_hit, f, NULL);
	scan_room_finish(&room);
	scan_finish(&s);
	return end;
}

static void
expect_regex(const char *path, const char *text, bool regex, const char *want)
{
	struct found f = { .lines = BUF_INIT(1u << 16) };

	assert_int_equal(look(path, text, regex, &f), SCAN_TEXT);
	assert_string_equal(buf_str(&f.lines), want);
	buf_finish(&f.lines);
}

static void
scan__literal__counts_lines(UNUSED void **state)
{
	const char *p = test_write("a.txt", "one\nTwo two\n\r\nthree TWO\r\nétwoé");

	expect_regex(p, "two", false, "2:Two two\n4:three TWO\n5:étwoé\n");
	expect_regex(p, "Two", false, "2:Two two\n");
	expect_regex(p, "one", false, "1:one\n");
	expect_regex(p, "@", false, "");
	expect_regex(p, "étwoé", false, "5:étwoé\n");
}

static void
scan__regex__fits_lines(UNUSED void **state)
{
	const char *p = test_write("r.txt", "alpha 12\nbeta\n\nAlpha x\nal+pha\n");

	expect_regex(p, "^alpha [0-9]+$", true, "1:alpha 12\n");
	expect_regex(p, "^alpha", true, "1:alpha 12\n4:Alpha x\n");
	expect_regex(p, "^$", true, "3:\n");
	expect_regex(p, "(beta|x)$", true, "2:beta\n4:Alpha x\n");
	expect_regex(p, "l\\+p", true, "5:al+pha\n");
	expect_regex(p, "alx*pha", true, "1:alpha 12\n4:Alpha x\n");
	expect_regex(p, "(alpha|beta)+ [^]+*]+$", true, "1:alpha 12\n4:Alpha x\n");
	expect_regex(p, "[]x]", true, "4:Alpha x\n");
}

static void
scan__hostile_regex__is_refused(UNUSED void **state)
{
	static const char *const bad[] = { "(a)\\1", "a{256}", "((a{200}){200})",
		"a+++++++++++++++++++++++++++++++",
		"(((((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+", "a{9}{9}{9}{9}{9}{9}",
		"(", "[", "a{-1}", "" };
	struct scan s;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = { 0 };

		assert_false(scan_init(&s, bad[i], true, &err));
		assert_int_equal(err.code, ERR_USAGE);
	}
}

static void
scan__binary__is_skipped(UNUSED void **state)
{
	const char *p = test_path("b.bin");
	FILE *f = fopen(p, "w");
	struct found found = { .lines = BUF_INIT(1000) };

	fwrite("needle\0needle\n", 1, 14, f);
	fclose(f);
	assert_int_equal(look(p, "needle", false, &found), SCAN_BINARY);
	assert_int_equal(found.n, 0);
}

/* The window is 1 MB: hits at and across its edges, and in a line longer than it. */
static void
scan__window__loses_nothing_at_its_edges(UNUSED void **state)
{
	const char *p = test_path("big.txt");
	struct found found = { .lines = BUF_INIT(1u << 20) };
	FILE *f = fopen(p, "w");
	size_t lines = 0;

	for (size_t bytes = 0; bytes < 3u << 20; lines++)
		bytes += (size_t)fprintf(f, "line %zu needle\n", lines + 1);
	fclose(f);
	assert_int_equal(look(p, "needle", false, &found), SCAN_TEXT);
	assert_int_equal(found.n, lines);
	assert_true(strstr(buf_str(&found.lines), "1:line 1 needle") != NULL);
	buf_finish(&found.lines);

	for (int shift = -8; shift <= 8; shift++) {
		struct found one = { .lines = BUF_INIT(1u << 16) };

		f = fopen(p, "w");
		for (long i = 0; i < (1 << 20) - 3 + shift; i++)
			fputc('x', f);
		fputs("needle tail\nend", f);
		fclose(f);
		assert_int_equal(look(p, "needle", false, &one), SCAN_TEXT);
		assert_int_equal(one.n, 1);
		assert_true(str_starts(buf_str(&one.lines), "1:"));
		buf_finish(&one.lines);
	}
}

static void
scan__stop__ends_at_once(UNUSED void **state)
{
	const char *p = test_write("s.txt", "a\na\na\na\n");
	struct found f = { .lines = BUF_INIT(1000), .stop_after = 2 };

	look(p, "a", false, &f);
	assert_string_equal(buf_str(&f.lines), "1:a\n2:a\n");
	buf_finish(&f.lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scan__literal__counts_lines),
		cmocka_unit_test(scan__regex__fits_lines),
		cmocka_unit_test(scan__hostile_regex__is_refused),
		cmocka_unit_test(scan__binary__is_skipped),
		cmocka_unit_test(scan__window__loses_nothing_at_its_edges),
		cmocka_unit_test(scan__stop__ends_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
