/* Markdown: goldens at three widths, CJK emphasis, streaming equal to whole, hostile input, speed. */
#include "tests/support/test.h"
#include <locale.h>
#include <time.h>
#include "agent/base/utf8.h"
#include "tests/support/golden.h"
#include "tui/md.h"

static const char sample[] =
	"# Report on *disk* use\n\n"
	"Your home holds **12.4 GB** in `~/Downloads`; the largest are below. See "
	"[the manual](https://example.org/manual/page?x=1) or https://example.org/a_b.\n"
	"A second line stays a second line.\n\n"
	"## Largest files\n"
	"| Name | Size | Kind |\n|:-----|-----:|:----:|\n"
	"| video.mkv | 4.1 GB | video |\n| 中文文件名.zip | 900 MB | archive |\n"
	"| a file with **bold** and `code` and a long description that has to wrap | 1 kB | text |\n\n"
	"1. First, look at the list\n2. Then decide\n   - keep *some*\n   - ~~delete all~~ no\n3. Done\n\n"
	"- [x] checked\n- [ ] open\n\n"
	"> A quote that is long enough to be wrapped at the narrow width of this test.\n> — somebody\n\n"
	"```python\ndef greet(name: str) -> int:\n    # say hello\n    print(f\"hello {name}\", 42)\n"
	"    return len(name)\n```\n\n---\n\n"
	"**注意：**请看这里，这是**“重要”**的内容。链接https://example.org/路径。然后（继续）。\n";

static char *
render(const char *text, int cols, bool styles)
{
	struct md_opts o = { .cols = cols };
	autolines struct lines l;
	struct canvas *c;
	struct buf out = BUF_INIT(4u << 20);

	lines_init(&l);
	md_render(&l, slice_of(text), &o);
	c = canvas_create((int)MIN_OF(l.n, (size_t)1000), cols);
	for (size_t i = 0; i < l.n && i < 1000; i++)
		lines_draw(&l, i, area_all(c), (int)i, 0);
	if (styles)
		canvas_styles(c, &out);
	else
		canvas_text(c, &out);
	canvas_destroy(c);
	return buf_steal(&out);
}

static void
md__render__looks_as_drawn(void **state)
{
	static const struct {
		int cols;
		const char *name;
		bool styles;
	} cases[] = { { 76, "md-76", true }, { 44, "md-44", false }, { 28, "md-28", false } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		autofree char *got = render(sample, cases[i].cols, cases[i].styles);

		assert_true(golden_equal(cases[i].name, got));
	}
}

static void
md__render__never_passes_the_width(void **state)
{
	(void)state;
	for (int cols = 8; cols < 90; cols++) {
		struct md_opts o = { .cols = cols };
		autolines struct lines l;

		lines_init(&l);
		md_render(&l, slice_of(sample), &o);
		for (size_t i = 0; i < l.n; i++) {
			/* Below 20 columns prefixes may push a line out; the canvas clips it. */
			if (cols >= 20 && text_cols(lines_text(&l, i)) > cols)
				fail_msg("%d columns: %.*s", cols, SLICE_FMT(lines_text(&l, i)));
		}
	}
}

static void
check_text(const char *md, const char *want)
{
	autofree char *got = render(md, 60, false);

	assert_string_equal(got, want);
}

static void
md__cjk__emphasis_is_seen(void **state)
{
	(void)state;
	check_text("这是**“重要”**的内容", "这是“重要”的内容\n");
	check_text("**注意：**请看", "注意：请看\n");
	check_text("**中文（备注）**后文", "中文（备注）后文\n");
	check_text("他说**你好**。", "他说你好。\n");
	check_text("2 * 3 * 4 = 24", "2 * 3 * 4 = 24\n");
}

static void
md__urls__end_before_cjk_and_closing_marks(void **state)
{
	struct md_opts o = { .cols = 80 };
	autolines struct lines l;

	(void)state;
	lines_init(&l);
	md_render(&l, slice_of("见https://a.org/x。然后 (https://b.org/y(z)), https://c.org."), &o);
	assert_int_equal(l.links.n, 3);
	assert_string_equal(l.links.v[0], "https://a.org/x");
	assert_string_equal(l.links.v[1], "https://b.org/y(z)");
	assert_string_equal(l.links.v[2], "https://c.org");
}

static void
md__links__show_where_they_lead(void **state)
{
	(void)state;
	check_text("[bank.example](https://evil.example/)", "bank.example (https://evil.example/)\n");
	check_text("<https://x.org/>", "https://x.org/\n");
}

static void
md__hostile__bytes_become_harmless(void **state)
{
	static const char *const bad[] = { "\033[31mred\033]0;t\007 **x", "a\xff\xfe", "\u202Eabc", "|a|\n|-|",
		"```", "~~~~\n```\n", "> > > > > > > > > > > > > > > > > > > > > > > > > > deep",
		"- - - - - - - - - - - - - - - - - - - - - - - - - deep", "|||||\n|-|-|-|-|\n||||||||",
		"[a](javascript:alert(1))", "[](<>)", "&#0;&#27;&#x202e;", "*", "**", "# ", "1. ", "\n\n\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		for (int cols = 1; cols < 60; cols += 7) {
			autofree char *got = render(bad[i], cols, false);

			assert_null(strchr(got, 033));
			assert_null(strstr(got, "\u202E"));
		}
	}
}

/* Renders the pieces of a text that arrives n bytes at a time. */
static char *
stream(struct slice text, size_t step, int cols)
{
	struct md_cut cut = { 0 };
	struct md_piece piece;
	struct buf out = BUF_INIT(16u << 20);
	autolines struct lines l;
	size_t have = 0;
	bool more = true;

	lines_init(&l);
	while (more) {
		bool finished;

		have = MIN_OF(have + step, text.n);
		more = have < text.n;
		do {
			struct slice so_far = { text.p, have };
			struct md_opts o = { .cols = cols };

			finished = md_cut_next(&cut, so_far, &piece);
			if (!finished) {
				if (more)
					break;
				md_tail(&cut, so_far, &piece);
			}
			lines_clear(&l);
			o.inside_code = piece.inside_code;
			o.info = piece.info;
			md_render(&l, (struct slice){ text.p + piece.start, piece.end - piece.start }, &o);
			if (out.len && !piece.joined && l.n)
				buf_add_char(&out, '\n');
			for (size_t i = 0; i < l.n; i++)
				buf_printf(&out, "%.*s\n", SLICE_FMT(lines_text(&l, i)));
		} while (finished);
	}
	return buf_steal(&out);
}

static void
md__stream__equals_the_whole_at_every_step(void **state)
{
	autofree char *whole = stream(slice_of(sample), sizeof(sample), 70);

	(void)state;
	for (size_t step = 1; step < 200; step = step * 3 / 2 + 1) {
		autofree char *got = stream(slice_of(sample), step, 70);

		assert_string_equal(got, whole);
	}
}

static void
md__cut__splits_long_code_and_endless_lines(void **state)
{
	struct buf text = BUF_INIT(4u << 20);
	struct md_cut cut = { 0 };
	struct md_piece piece;
	size_t pieces = 0, max = 0, end = 0;

	(void)state;
	buf_add_str(&text, "before\n```c\n");
	for (int i = 0; i < 3000; i++)
		buf_printf(&text, "int x%d = %d; /* a comment */\n", i, i);
	buf_add_str(&text, "```\nafter\n");
	for (int i = 0; i < 20000; i++)
		buf_add_str(&text, "字中");
	while (md_cut_next(&cut, buf_slice(&text), &piece)) {
		assert_int_equal(piece.start, end);
		end = piece.end;
		max = MAX_OF(max, piece.end - piece.start);
		pieces++;
		assert_true(utf8_valid(text.p + piece.start, piece.end - piece.start));
	}
	assert_true(pieces > 15);
	assert_true(max <= 16384 + 64);
	autofree char *got = stream(buf_slice(&text), 100000, 60);
	assert_non_null(strstr(got, "│ int x2999 = 2999;"));
	assert_null(strstr(got, "```"));
	assert_non_null(strstr(got, "after\n"));
	buf_finish(&text);
}

static double
cpu_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
md__stream__is_cheap_for_a_flood(void **state)
{
	struct buf text = BUF_INIT(4u << 20);
	double began, spent;

	(void)state;
	while (text.len < (2u << 20))
		buf_add(&text, sample, sizeof(sample) - 1);
	began = cpu_s();
	/* About what 60 frames a second make of two seconds of stream. */
	free(stream(buf_slice(&text), text.len / 120, 100));
	spent = cpu_s() - began;
	print_message("2 MB laid out whole: %.0f ms\n", spent * 1000);
	assert_true(spent < 5.0);
	buf_finish(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(md__render__looks_as_drawn),
		cmocka_unit_test(md__render__never_passes_the_width),
		cmocka_unit_test(md__cjk__emphasis_is_seen),
		cmocka_unit_test(md__urls__end_before_cjk_and_closing_marks),
		cmocka_unit_test(md__links__show_where_they_lead),
		cmocka_unit_test(md__hostile__bytes_become_harmless),
		cmocka_unit_test(md__stream__equals_the_whole_at_every_step),
		cmocka_unit_test(md__cut__splits_long_code_and_endless_lines),
		cmocka_unit_test(md__stream__is_cheap_for_a_flood),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
