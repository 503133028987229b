/* The canvas: widths, clipping, halves of wide characters, what may enter a cell. */
#include "tests/support/test.h"
#include <locale.h>
#include "tui/cell.h"

static char *
text_of(struct canvas *c)
{
	struct buf b = BUF_INIT(1u << 20);

	canvas_text(c, &b);
	return buf_steal(&b);
}

static void
assert_text(struct canvas *c, const char *want)
{
	autofree char *got = text_of(c);

	assert_string_equal(got, want);
}

static void
cell__draw__cuts_at_the_edge_and_never_halves(void **state)
{
	struct canvas *c = canvas_create(2, 7);
	struct area a = area_all(c);

	(void)state;
	assert_int_equal(draw_str(a, 0, 0, "中文字符", 0), 6);
	assert_int_equal(draw_str(a, 1, 5, "ab中", 0), 2);
	assert_int_equal(draw_str(a, 2, 0, "outside", 0), 0);
	assert_int_equal(draw_str(a, -1, 0, "outside", 0), 0);
	assert_text(c, "中文字\n     ab\n");
	canvas_destroy(c);
}

static void
cell__draw__over_half_of_a_wide_one_blanks_the_other(void **state)
{
	struct canvas *c = canvas_create(1, 8);
	struct area a = area_all(c);

	(void)state;
	draw_str(a, 0, 0, "中文字", 0);
	draw_str(a, 0, 1, "X", 0);
	assert_text(c, " X文字\n");
	draw_str(a, 0, 2, "Y", 0);
	assert_text(c, " XY 字\n");
	draw_str(a, 0, 3, "宽", 0);
	assert_text(c, " XY宽\n");
	canvas_destroy(c);
}

static void
cell__draw__lets_no_control_or_invisible_through(void **state)
{
	struct canvas *c = canvas_create(1, 30);
	struct area a = area_all(c);

	(void)state;
	draw_str(a, 0, 0, "a\033[31mb\x07" "c\u202E" "d\u200D" "e\xff" "f\xc2\x9b" "g", 0);
	assert_text(c, "a\uFFFD[31mb\uFFFD" "cde\uFFFD" "f\uFFFD" "g\n");
	canvas_destroy(c);
}

static void
cell__draw__keeps_at_most_four_marks(void **state)
{
	struct canvas *c = canvas_create(1, 4);

	(void)state;
	draw_str(area_all(c), 0, 0, "e\u0301\u0302\u0303\u0304\u0305\u0306x", 0);
	assert_text(c, "e\u0301\u0302\u0303\u0304x\n");
	canvas_destroy(c);
}

static void
cell__area__clips_to_its_parent(void **state)
{
	struct canvas *c = canvas_create(4, 10);
	struct area a = area_sub(area_all(c), 1, 2, 10, 5), b = area_sub(a, -1, 3, 2, 9);

	(void)state;
	assert_int_equal(a.h, 3);
	assert_int_equal(b.w, 2);
	assert_int_equal(b.h, 1);
	draw_str(b, 0, 0, "wxyz", 0);
	draw_fill(area_sub(a, 5, 5, 3, 3), 0);
	assert_text(c, "\n     wx\n\n\n");
	assert_int_equal(draw_elided(a, 1, 0, -1, "abcdefgh", 0), 5);
	assert_text(c, "\n     wx\n  abcd…\n\n");
	canvas_destroy(c);
}

static void
cell__box__has_corners_and_a_title_that_fits(void **state)
{
	struct canvas *c = canvas_create(3, 12);

	(void)state;
	draw_box(area_all(c), STYLE(ROLE_BORDER), "Plan of all", STYLE(ROLE_TITLE));
	assert_text(c, "╭─ Plan … ─╮\n│          │\n╰──────────╯\n");
	canvas_clear(c);
	c->ascii = true;
	draw_box(area_all(c), 0, "P", 0);
	assert_text(c, "+- P ------+\n|          |\n+----------+\n");
	canvas_destroy(c);
}

static void
cell__links__are_numbered_once_and_checked(void **state)
{
	struct canvas *c = canvas_create(1, 12);

	(void)state;
	assert_int_equal(canvas_link(c, slice_of("https://a.org/")), 1);
	assert_int_equal(canvas_link(c, slice_of("https://b.org/")), 2);
	assert_int_equal(canvas_link(c, slice_of("https://a.org/")), 1);
	assert_int_equal(canvas_link(c, slice_of("https://a.org/\033]8;;x")), 0);
	assert_int_equal(canvas_link(c, slice_of("")), 0);
	canvas_destroy(c);
}

static void
cell__styles__are_written_with_names(void **state)
{
	struct canvas *c = canvas_create(1, 12);
	struct buf b = BUF_INIT(4096);

	(void)state;
	draw_str(area_all(c), 0, 1, "ab", STYLE(ROLE_ERROR));
	draw_str(area_all(c), 0, 5, "c", STYLE_ON(ROLE_MUTED, ROLE_SELECTION) | STYLE_ATTR(ATTR_BOLD));
	draw_cursor(area_all(c), 0, 7);
	canvas_styles(c, &b);
	assert_string_equal(buf_str(&b), " ab  c\n    1+2 error\n    5+1 muted/selection+bold\ncursor 0,7\n");
	buf_finish(&b);
	canvas_destroy(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cell__draw__cuts_at_the_edge_and_never_halves),
		cmocka_unit_test(cell__draw__over_half_of_a_wide_one_blanks_the_other),
		cmocka_unit_test(cell__draw__lets_no_control_or_invisible_through),
		cmocka_unit_test(cell__draw__keeps_at_most_four_marks),
		cmocka_unit_test(cell__area__clips_to_its_parent),
		cmocka_unit_test(cell__box__has_corners_and_a_title_that_fits),
		cmocka_unit_test(cell__links__are_numbered_once_and_checked),
		cmocka_unit_test(cell__styles__are_written_with_names),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
