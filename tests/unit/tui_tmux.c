/*
 * tmux as a second opinion: the program inside a tmux of its own must show, by tmux's account of
 * its screen, what libvterm says of the program alone. Rows that tell a time are left out.
 */
#include "tests/support/journey.h"
#include <ctype.h>
#include <sys/wait.h>
#include "agent/base/path.h"

static struct journey J;
static char server[64];

static int
begin(UNUSED void **state)
{
	journey_init(&J);
	journey_downloads(&J);
	snprintf(server, sizeof(server), "homard-%d", (int)getpid());
	return 0;
}

/* Runs tmux against the private server; its output. Owned. */
static char *
tmux(const char *command)
{
	autofree char *line = xasprintf("env -u TMUX TMUX_TMPDIR='%s' tmux -L %s -f /dev/null %s 2>/dev/null",
		J.state, server, command);
	struct buf out = BUF_INIT(1u << 20);
	FILE *f = popen(line, "r");
	char piece[4096];
	size_t n;

	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&out, piece, n);
	pclose(f);
	return buf_steal(&out);
}

static int
end(UNUSED void **state)
{
	free(tmux("kill-server"));
	journey_finish(&J);
	return 0;
}

static bool
have_tmux(void)
{
	return system("command -v tmux >/dev/null") == 0;
}

/* --- what is compared --- */

/* "934 ms", "12 s", and in Chinese. */
static bool
tells_time(struct slice row)
{
	static const char *const units[] = { " ms", " s", " 毫秒", " 秒" };

	for (size_t i = 0; i < row.n; i++) {
		struct slice rest = { row.p + i + 1, row.n - i - 1 };

		for (size_t k = 0; isdigit((unsigned char)row.p[i]) && k < ARRAY_LEN(units); k++) {
			if (slice_starts(rest, units[k]))
				return true;
		}
	}
	return false;
}

/* Without rows of time, and without blanks at the ends of rows and of the screen. Owned. */
static char *
plain(const char *screen)
{
	struct slice rest = slice_of(screen);
	struct buf out = BUF_INIT(1u << 20);

	while (rest.p && rest.n) {
		struct slice row = slice_line(&rest);

		while (row.n && row.p[row.n - 1] == ' ')
			row.n--;
		buf_printf(&out, "%.*s\n", SLICE_FMT(tells_time(row) ? SLICE_LIT("(time)") : row));
	}
	while (out.len > 1 && out.p[out.len - 1] == '\n' && out.p[out.len - 2] == '\n')
		buf_truncate(&out, out.len - 1);
	return buf_steal(&out);
}

/* --- the program, alone and inside --- */

static const char settings[] = "ui:\n  lobster: false\n";

static void
start_alone(int rows, int cols, const char *lang)
{
	const char *const args[] = { "-c", lang, NULL };
	struct journey_opts o = { .rows = rows, .cols = cols, .args = args };

	journey_config(&J, settings);
	journey_start(&J, &o);
}

/* The tmux client stands on our pty, so that what comes can be waited for. */
static void
start_inside(int rows, int cols, const char *lang)
{
	autofree char *home = xasprintf("HOME=%s", J.home), *state = xasprintf("HOMARD_HOME=%s", J.state);
	autofree char *dir = xasprintf("TMUX_TMPDIR=%s", J.state), *w = xasprintf("%d", cols);
	autofree char *h = xasprintf("%d", rows);
	const char *const env[] = { home, state, dir, "TZ=UTC", "LC_ALL=C.UTF-8", "SHELL=/bin/sh",
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent", NULL };
	const char *const argv[] = { "tmux", "-L", server, "-f", "/dev/null", "start-server", ";", "set", "-g",
		"status", "off", ";", "new-session", "-x", w, "-y", h, journey_program(), "-c", lang, NULL };
	struct pty_opts p = { .rows = rows, .cols = cols, .env = env, .cwd = J.home };

	unsetenv("TMUX");
	journey_drop(&J);
	J.pty = pty_run(argv, &p);
	assert_non_null(J.pty);
}

struct way {
	const char *lang, *ready, *decision;
};

static const struct way english = { "ui.language=en", "Ask for something", "Alt+Y take  " };
static const struct way chinese = { "ui.language=zh_CN", "说出你的要求", "Alt+Y " };

static void
compare(const char *what, char *(*text)(void), char **alone)
{
	autofree char *raw = text(), *now = NULL;

	now = plain(raw);
	if (!*alone) {
		*alone = now;
		now = NULL;
		return;
	}
	if (!str_eq(*alone, now)) {
		fprintf(stderr, "--- alone\n%s--- in tmux\n%s", *alone, now);
		fail_msg("%s differs", what);
	}
}

static char *
by_libvterm(void)
{
	return pty_text(J.pty);
}

static char *
by_tmux(void)
{
	return tmux("capture-pane -p");
}

/* The first screen, the palette, a decision. */
static void
walk(const struct way *way, char *(*text)(void), char *shots[3])
{
	journey_see(&J, "homard");
	journey_see(&J, way->ready);
	pty_settle(J.pty, 60);
	compare("the first screen", text, &shots[0]);
	pty_key(J.pty, "C-p");
	journey_see(&J, "/undo");
	pty_settle(J.pty, 60);
	compare("the palette", text, &shots[1]);
	pty_key(J.pty, "Esc");
	journey_gone(&J, "/undo");
	pty_send(J.pty, "tidy ~/Downloads by type");
	journey_see(&J, "by type");
	pty_key(J.pty, "Enter");
	journey_see(&J, way->decision);
	/* The key lights up after 300 ms; text does not change by it. */
	pty_settle(J.pty, 80);
	compare("the decision", text, &shots[2]);
	pty_signal(J.pty, SIGTERM);
}

static void
both_agree(int rows, int cols, const struct way *way)
{
	char *shots[3] = { 0 };

	start_alone(rows, cols, way->lang);
	walk(way, by_libvterm, shots);
	journey_end(&J);
	end(NULL);
	begin(NULL);
	journey_config(&J, settings);
	start_inside(rows, cols, way->lang);
	walk(way, by_tmux, shots);
	for (size_t i = 0; i < ARRAY_LEN(shots); i++)
		free(shots[i]);
}

#define AGREE(rows, cols, way)                                                                                         \
	if (!have_tmux())                                                                                              \
		skip();                                                                                                \
	both_agree(rows, cols, way)

static void
tmux__80x24__shows_the_same(UNUSED void **state)
{
	AGREE(24, 80, &english);
}

static void
tmux__140x40__shows_the_same(UNUSED void **state)
{
	AGREE(40, 140, &english);
}

static void
tmux__50x15__shows_the_same(UNUSED void **state)
{
	AGREE(15, 50, &english);
}

static void
tmux__chinese__shows_the_same(UNUSED void **state)
{
	AGREE(24, 80, &chinese);
}

int
main(void)
{
#define TMUX(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TMUX(tmux__80x24__shows_the_same),
		TMUX(tmux__140x40__shows_the_same),
		TMUX(tmux__50x15__shows_the_same),
		TMUX(tmux__chinese__shows_the_same),
	};

	return cmocka_run_group_tests_name("tui_tmux", tests, NULL, NULL);
}
