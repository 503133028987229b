/* Every shipped theme parses, every role resolves at every depth, and text can be read. */
#include "tests/support/test.h"
#include <locale.h>
#include "tui/color.h"
#include "tui/theme.h"

static const char *dirs[2];

static void
all_styles(void (*fn)(struct theme *t, style s), struct theme *t)
{
	static const enum role backs[] = { ROLE_TEXT, ROLE_SELECTION, ROLE_POPUP, ROLE_TOAST };

	for (int r = 0; r < ROLE_COUNT; r++) {
		fn(t, STYLE(r));
		for (size_t b = 0; b < ARRAY_LEN(backs); b++)
			fn(t, STYLE_ON(r, backs[b]));
	}
}

static void
check_contrast(struct theme *t, style s)
{
	int32_t fg, bg;

	theme_rgb(t, s, &fg, &bg);
	if (fg < 0 || bg < 0)
		return; /* the terminal's own colours: nobody knows them */
	/* A hair below the floor is rounding. */
	if (color_contrast(fg, bg) < theme_floor(style_fg(s)) - 0.05)
		fail_msg("%s: %s on %s is %.2f:1 (%06x on %06x)", theme_name(t), role_name(style_fg(s)),
			role_name(style_bg(s)), color_contrast(fg, bg), (unsigned)fg, (unsigned)bg);
}

static void
check_range(struct theme *t, style s)
{
	struct paint p;
	static const enum color_depth depths[] = { DEPTH_TRUE, DEPTH_256, DEPTH_16, DEPTH_MONO };
	static const int32_t max[] = { 0xFFFFFF, 255, 15, -1 };

	for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
		theme_resolve(t, depths[i], -1);
		theme_paint(t, s, &p);
		assert_in_range(p.fg + 10, 0, max[i] + 10);
		assert_in_range(p.bg + 10, 0, max[i] + 10);
		assert_true(depths[i] == DEPTH_TRUE || (p.fg >= -1 && p.bg >= -1));
	}
}

static void
theme__files__parse_resolve_and_can_be_read(void **state)
{
	autostrv struct strv names = { 0 };
	static const int32_t backgrounds[] = { -1, 0x000000, 0x1E1E2E, 0xFFFFFF, 0xFDF6E3, 0x808080 };

	(void)state;
	theme_list(dirs, &names);
	assert_true(names.n >= 16);
	for (size_t i = 0; i < names.n; i++) {
		struct theme *t;
		struct err err = { 0 };

		if (!theme_load(dirs, names.v[i], &t, &err))
			fail_msg("%s: %s", names.v[i], err.text);
		assert_true(theme_title(t)[0] != '\0');
		for (size_t b = 0; b < ARRAY_LEN(backgrounds); b++) {
			theme_resolve(t, DEPTH_TRUE, backgrounds[b]);
			all_styles(check_contrast, t);
		}
		all_styles(check_range, t);
		theme_destroy(t);
	}
}

static void
theme__high_contrast__is_seven_to_one(void **state)
{
	static const char *const names[] = { "high-contrast", "high-contrast-light" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct theme *t;
		struct err err = { 0 };

		assert_true(theme_load(dirs, names[i], &t, &err));
		for (int r = 0; r < ROLE_COUNT; r++) {
			int32_t fg, bg;

			theme_rgb(t, STYLE_ON(r, ROLE_TEXT), &fg, &bg);
			assert_true(color_contrast(fg, bg) >= 7.0 || theme_floor((enum role)r) < 4.5);
		}
		theme_destroy(t);
	}
}

static void
theme__default__works_without_any_file(void **state)
{
	const char *const none[] = { "/nonexistent", NULL };
	struct theme *t;
	struct err err = { 0 };
	struct paint p;

	(void)state;
	assert_true(theme_load(none, "default-dark", &t, &err));
	theme_resolve(t, DEPTH_16, -1);
	theme_paint(t, STYLE(ROLE_OK), &p);
	assert_int_equal(p.fg, 2);
	theme_paint(t, STYLE(ROLE_SELECTION), &p);
	assert_true(p.attr & ATTR_REVERSE);
	theme_destroy(t);
	assert_false(theme_load(none, "nord", &t, &err));
	assert_false(theme_load(none, "../etc/passwd", &t, &err));
}

static bool
load_text(const char *dir, const char *text, struct err *err)
{
	const char *const list[] = { dir, NULL };
	autofree char *path = xasprintf("%s/x.yaml", dir);
	autofile FILE *f = fopen(path, "w");
	struct theme *t;

	fputs(text, f);
	fflush(f);
	if (!theme_load(list, "x", &t, err))
		return false;
	theme_destroy(t);
	return true;
}

static void
theme__mistakes__are_named_with_their_line(void **state)
{
	char dir[] = "/tmp/homard-theme-XXXXXX";
	autofree char *path = NULL;
	struct err err = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_false(load_text(dir, "name: x\nroles:\n  nonsense: blue\n", &err));
	assert_non_null(strstr(err.text, ":3:"));
	assert_false(load_text(dir, "palette:\n  red: \"#12345\"\n", &err));
	assert_non_null(strstr(err.text, ":2:"));
	assert_false(load_text(dir, "roles:\n  heading: mauve\n", &err));
	assert_non_null(strstr(err.text, "mauve"));
	assert_false(load_text(dir, "inherits: x\n", &err));
	assert_false(load_text(dir, "colour: red\n", &err));
	assert_true(load_text(dir, "inherits: default-dark\nroles:\n  heading: red bold on sel\n", &err));
	path = xasprintf("%s/x.yaml", dir);
	unlink(path);
	rmdir(dir);
}

static void
theme__auto__takes_what_the_terminal_said_first(void **state)
{
	(void)state;
	assert_string_equal(theme_auto(0xFFFFFF, 0), "default-light");
	assert_string_equal(theme_auto(0x101010, 1), "default-dark");
	assert_string_equal(theme_auto(-1, 1), "default-light");
	assert_string_equal(theme_auto(-1, -1), "default-dark");
}

static void
color__arithmetic__is_right(void **state)
{
	int32_t c;

	(void)state;
	assert_true(color_contrast(0, 0xFFFFFF) > 20.9);
	assert_int_equal(color_mix(0xFF0000, 0x0000FF, 50), 0x800080);
	assert_int_equal(color_to_256(0x87AFFF), 111);
	assert_int_equal(color_to_256(0x080808), 232);
	assert_true(color_parse_x11("rgb:1e1e/1e1e/2e2e", 18, &c));
	assert_int_equal(c, 0x1E1E2E);
	assert_true(color_parse_x11("rgb:f/0/8", 9, &c));
	assert_int_equal(c, 0xFF0088);
	assert_false(color_parse_x11("rgb:zz/0/8", 10, &c));
	assert_false(color_parse_x11("rgb:12/34", 9, &c));
	for (int32_t bg = 0; bg < 0xFFFFFF; bg += 0x0F0D0B)
		assert_true(color_contrast(color_ensure(0x888888, bg, 0x888888, 4.5), bg) >= 4.49);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(theme__files__parse_resolve_and_can_be_read),
		cmocka_unit_test(theme__high_contrast__is_seven_to_one),
		cmocka_unit_test(theme__default__works_without_any_file),
		cmocka_unit_test(theme__mistakes__are_named_with_their_line),
		cmocka_unit_test(theme__auto__takes_what_the_terminal_said_first),
		cmocka_unit_test(color__arithmetic__is_right),
	};
	const char *root = getenv("HOMARD_TESTS");
	autofree char *dir = root ? xasprintf("%s/../themes", root) : xstrdup("themes");

	dirs[0] = dir;
	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
