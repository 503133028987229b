/* The terminal on a real pty: what is drawn arrives, and everything is given back. */
#include "tests/support/test.h"
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include "tests/support/pty.h"
#include "tui/term.h"
#include "tui/term_info.h"

static void
test_paint(void *user, style s, struct paint *ret)
{
	(void)user;
	*ret = (struct paint){ .fg = -1, .bg = -1 };
	if (style_fg(s) == ROLE_ERROR)
		ret->fg = 0xFF8040;
	if (style_fg(s) == ROLE_OK)
		ret->attr = ATTR_BOLD | ATTR_ITALIC;
}

static void
test_paint_256(void *user, style s, struct paint *ret)
{
	test_paint(user, s, ret);
	ret->fg = ret->fg >= 0 ? 208 : -1;
}

/* Waits for one byte and returns it: the tests' way to step the child. */
static int
next_byte(struct term *t)
{
	struct pollfd f = { term_fd(t), POLLIN, 0 };
	char c;

	/* A resize interrupts. */
	while (poll(&f, 1, 5000) < 0)
		;
	return read(term_fd(t), &c, 1) == 1 ? c : -1;
}

static struct term *
open_term(bool queries)
{
	struct term_opts o = { .mouse = true, .queries = queries };
	struct term *t;
	struct err err = { 0 };

	setlocale(LC_ALL, "C.UTF-8");
	term_detect(&o.traits, NULL, NULL);
	if (!term_open(&o, &t, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(9);
	}
	return t;
}

static void
paint_words(struct canvas *c, int n)
{
	struct area a = area_all(c);

	canvas_clear(c);
	draw_printf(a, 0, 0, 0, "ready %d", n);
	draw_str(a, 1, 2, "中文 orange", STYLE(ROLE_ERROR));
	draw_str(a, 2, 2, "loud", STYLE(ROLE_OK));
	draw_link(a, 3, 0, -1, slice_of("a link"), 0, canvas_link(c, slice_of("https://x.org/")));
	draw_cursor(a, 4, 3);
}

static int
child_draws(void *arg)
{
	struct term *t = open_term(false);
	bool indexed = term_traits(t)->depth != DEPTH_TRUE;
	struct canvas *c;
	int rows, cols, n = 0, key;

	(void)arg;
	term_size(t, &rows, &cols);
	c = canvas_create(rows, cols);
	do {
		paint_words(c, n++);
		term_draw(t, c, indexed ? test_paint_256 : test_paint, NULL);
		key = next_byte(t);
		if (key == 'z')
			kill(getpid(), SIGSEGV);
		if (key == 'r') {
			term_size(t, &rows, &cols);
			term_resize(t, rows, cols);
			canvas_resize(c, rows, cols);
		}
		if (key == 'l') {
			term_leave(t);
			printf("between\r\n");
			fflush(stdout);
			term_enter(t);
		}
		if (key == 'i')
			term_title(t, "title\033]0;x\a"), term_copy(t, slice_of("copied"));
	} while (key != 'q' && key != -1);
	canvas_destroy(c);
	term_close(t);
	return 7;
}

static int
count(struct slice hay, const char *needle)
{
	int n = 0;

	for (;;) {
		ptrdiff_t i = slice_find(hay, slice_of(needle));

		if (i < 0)
			return n;
		n++;
		hay.p += (size_t)i + 1;
		hay.n -= (size_t)i + 1;
	}
}

static void
check_colors(const char *term, const char *env, int want_fg)
{
	const char *const envs[] = { env, NULL };
	struct pty_opts o = { .term = term, .env = env ? envs : NULL };
	struct pty *p = pty_call(child_draws, NULL, &o);
	struct pty_cell cell;
	int status, row, col;
	bool visible;

	assert_true(pty_wait_text(p, "ready 0", 5000));
	assert_true(pty_find(p, "中文 orange", NULL, NULL));
	pty_settle(p, 30);
	cell = pty_cell(p, 1, 2);
	assert_int_equal(cell.width, 2);
	assert_int_equal(cell.fg, want_fg);
	pty_cursor(p, &row, &col, &visible);
	assert_int_equal(row, 4);
	assert_int_equal(col, 3);
	assert_true(visible);
	assert_true(pty_altscreen(p));
	pty_send(p, "q");
	assert_true(pty_wait_exit(p, 5000, &status));
	assert_int_equal(WEXITSTATUS(status), 7);
	assert_false(pty_altscreen(p));
	assert_int_equal(pty_mouse(p), 0);
	pty_finish(p);
}

static void
term__draw__arrives_with_the_colours_the_terminal_has(void **state)
{
	(void)state;
	check_colors("xterm-256color", "COLORTERM=truecolor", 0xFF8040);
	check_colors("xterm-256color", NULL, 0x1000000 | 208);
	check_colors("tmux-256color", NULL, 0xFF8040);
	check_colors("xterm-kitty", NULL, 0xFF8040);
	check_colors("no-such-terminal-256color", NULL, 0x1000000 | 208);
}

static void
term__draw__is_one_small_synchronised_write(void **state)
{
	struct pty_opts o = { .rows = 50, .cols = 200 };
	struct pty *p = pty_call(child_draws, NULL, &o);
	struct slice raw;

	(void)state;
	assert_true(pty_wait_text(p, "ready 0", 5000));
	pty_settle(p, 30);
	pty_forget(p);
	pty_send(p, "x");
	assert_true(pty_wait_text(p, "ready 1", 5000));
	pty_settle(p, 30);
	raw = pty_raw(p);
	assert_int_equal(count(raw, "\033[?2026h"), 1);
	assert_int_equal(count(raw, "\033[?2026l"), 1);
	assert_true(raw.n < 60);
	pty_finish(p);
}

static void
term__links__are_written_around_their_text(void **state)
{
	struct pty_opts o = { 0 };
	struct pty *p = pty_call(child_draws, NULL, &o);

	(void)state;
	assert_true(pty_wait_text(p, "a link", 5000));
	pty_settle(p, 30);
	assert_true(slice_find(pty_raw(p), slice_of("\033]8;;https://x.org/\033\\a link\033]8;;\033\\")) > 0);
	pty_finish(p);
}

static void
term__crash__gives_the_terminal_back(void **state)
{
	struct pty_opts o = { 0 };
	struct pty *p = pty_call(child_draws, NULL, &o);
	int status;

	(void)state;
	assert_true(pty_wait_text(p, "ready 0", 5000));
	assert_int_not_equal(pty_mouse(p), 0);
	pty_send(p, "z");
	assert_true(pty_wait_exit(p, 5000, &status));
	assert_true(slice_find(pty_raw(p), slice_of("\033[?2004l")) > 0);
	assert_true(slice_find(pty_raw(p), slice_of("\033[<u")) > 0);
	assert_false(pty_altscreen(p));
	assert_int_equal(pty_mouse(p), 0);
	pty_finish(p);
}

static void
term__leave__shows_the_normal_screen_and_comes_back(void **state)
{
	struct pty_opts o = { 0 };
	struct pty *p = pty_call(child_draws, NULL, &o);

	(void)state;
	assert_true(pty_wait_text(p, "ready 0", 5000));
	pty_forget(p);
	pty_send(p, "l");
	assert_true(pty_wait_text(p, "ready 1", 5000));
	assert_true(slice_find(pty_raw(p), slice_of("between")) > 0);
	assert_true(pty_altscreen(p));
	pty_finish(p);
}

static void
term__resize__draws_whole_at_the_new_size(void **state)
{
	struct pty_opts o = { 0 };
	struct pty *p = pty_call(child_draws, NULL, &o);

	(void)state;
	assert_true(pty_wait_text(p, "ready 0", 5000));
	pty_resize(p, 10, 40);
	pty_send(p, "r");
	assert_true(pty_wait_text(p, "ready 1", 5000));
	assert_true(pty_find(p, "loud", NULL, NULL));
	pty_resize(p, 60, 200);
	pty_send(p, "r");
	assert_true(pty_wait_text(p, "ready 2", 5000));
	assert_true(pty_find(p, "a link", NULL, NULL));
	pty_finish(p);
}

static void
term__strings__are_made_safe(void **state)
{
	struct pty_opts o = { 0 };
	struct pty *p = pty_call(child_draws, NULL, &o);

	(void)state;
	assert_true(pty_wait_text(p, "ready 0", 5000));
	pty_send(p, "i");
	assert_true(pty_wait_text(p, "ready 1", 5000));
	pty_settle(p, 30);
	assert_true(slice_find(pty_raw(p), slice_of("\033]52;c;Y29waWVk\033\\")) > 0);
	assert_true(slice_find(pty_raw(p), slice_of("\033]2;title")) > 0);
	assert_true(slice_find(pty_raw(p), slice_of("\033]0;x")) < 0);
	pty_finish(p);
}

static int
child_asks(void *arg)
{
	struct term *t = open_term(true);
	struct canvas *c = canvas_create(24, 80);
	char answer[256] = "";
	size_t n = 0;

	(void)arg;
	term_draw(t, c, test_paint, NULL);
	/* Until the answer to "who are you", which comes last. */
	while (n + 1 < sizeof(answer) && (n == 0 || answer[n - 1] != 'c')) {
		int b = next_byte(t);

		if (b < 0)
			break;
		answer[n++] = (char)b;
		answer[n] = '\0';
	}
	canvas_destroy(c);
	term_close(t);
	return strstr(answer, "\033[2;2R") && strstr(answer, "rgb:1e1e/1e1e/2e2e") ? 0 : 1;
}

static void
term__queries__are_answered_without_waiting(void **state)
{
	struct pty_opts o = { .background = "rgb:1e1e/1e1e/2e2e" };
	struct pty *p = pty_call(child_asks, NULL, &o);
	int status;

	(void)state;
	assert_true(pty_wait_exit(p, 5000, &status));
	assert_int_equal(WEXITSTATUS(status), 0);
	pty_finish(p);
}

struct detect_case {
	const char *env[8]; /* name, value, ... */
	enum color_depth depth;
	bool dumb;
	int background;
};

static const char *
case_env(void *user, const char *name)
{
	const char *const *env = user;

	for (; *env; env += 2) {
		if (str_eq(*env, name))
			return env[1];
	}
	return NULL;
}

static void
term__detect__knows_the_usual_terminals(void **state)
{
	static const struct detect_case cases[] = {
		{ { "TERM", "xterm-256color" }, DEPTH_256, false, -1 },
		{ { "TERM", "xterm-256color", "COLORTERM", "truecolor" }, DEPTH_TRUE, false, -1 },
		{ { "TERM", "xterm-kitty" }, DEPTH_TRUE, false, -1 },
		{ { "TERM", "xterm-256color", "VTE_VERSION", "7000" }, DEPTH_TRUE, false, -1 },
		{ { "TERM", "tmux-256color" }, DEPTH_TRUE, false, -1 },
		{ { "TERM", "screen-256color", "COLORTERM", "truecolor" }, DEPTH_256, false, -1 },
		{ { "TERM", "screen-256color", "TERM_PROGRAM", "tmux" }, DEPTH_TRUE, false, -1 },
		{ { "TERM", "screen" }, DEPTH_16, false, -1 },
		{ { "TERM", "linux" }, DEPTH_16, false, -1 },
		{ { "TERM", "vt100" }, DEPTH_MONO, false, -1 },
		{ { "TERM", "dumb" }, DEPTH_16, true, -1 },
		{ { NULL }, DEPTH_16, true, -1 },
		{ { "TERM", "xterm", "ACCESSIBLE", "1" }, DEPTH_16, true, -1 },
		{ { "TERM", "xterm-kitty", "NO_COLOR", "1" }, DEPTH_MONO, false, -1 },
		{ { "TERM", "xterm-kitty", "NO_COLOR", "" }, DEPTH_TRUE, false, -1 },
		{ { "TERM", "xterm", "COLORFGBG", "15;0" }, DEPTH_16, false, 0 },
		{ { "TERM", "xterm", "COLORFGBG", "0;default;15" }, DEPTH_16, false, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct term_traits t;

		term_detect(&t, case_env, (void *)(uintptr_t)cases[i].env);
		assert_int_equal(t.depth, cases[i].depth);
		assert_int_equal(t.dumb, cases[i].dumb);
		assert_int_equal(t.background, cases[i].background);
	}
}

static char *
output_of(const char *command)
{
	FILE *f = popen(command, "r");
	struct buf b = BUF_INIT(1u << 16);
	char chunk[4096];
	size_t n;

	while (f && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_add(&b, chunk, n);
	if (f)
		pclose(f);
	return buf_steal(&b);
}

static void
check_entry(const char *dir, const char *name, const char *want)
{
	autofree char *command = xasprintf(
		"TERMINFO=%s infocmp -0 -Q2 -x %s 2>/dev/null | sed '/^#/d' | tr -d '\\n'", dir, name);
	autofree char *got = output_of(command);

	assert_string_equal(got, want);
}

static void
term_info__constants__are_what_the_source_compiles_to(void **state)
{
	char dir[] = "/tmp/homard-ti-XXXXXX";
	autofree char *command = NULL, *rm = NULL;
	FILE *f;

	(void)state;
	if (system("command -v tic >/dev/null && command -v infocmp >/dev/null") != 0)
		skip();
	assert_non_null(mkdtemp(dir));
	command = xasprintf("tic -x -o %s - 2>/dev/null", dir);
	f = popen(command, "w");
	assert_non_null(f);
	fputs(term_info_source, f);
	assert_int_equal(pclose(f), 0);
	check_entry(dir, "homard-direct", term_info_direct);
	check_entry(dir, "homard-256", term_info_256);
	rm = xasprintf("rm -rf %s", dir);
	assert_int_equal(system(rm), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(term__draw__arrives_with_the_colours_the_terminal_has),
		cmocka_unit_test(term__draw__is_one_small_synchronised_write),
		cmocka_unit_test(term__links__are_written_around_their_text),
		cmocka_unit_test(term__crash__gives_the_terminal_back),
		cmocka_unit_test(term__leave__shows_the_normal_screen_and_comes_back),
		cmocka_unit_test(term__resize__draws_whole_at_the_new_size),
		cmocka_unit_test(term__strings__are_made_safe),
		cmocka_unit_test(term__queries__are_answered_without_waiting),
		cmocka_unit_test(term__detect__knows_the_usual_terminals),
		cmocka_unit_test(term_info__constants__are_what_the_source_compiles_to),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
