/* Killed, asked to leave, resized, without colours, without a screen, in another language. */
#include "tests/support/journey.h"
#include "tests/support/mock_model.h"
#include "agent/base/path.h"
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct journey J;

static int
begin(UNUSED void **state)
{
	journey_init(&J);
	journey_downloads(&J);
	return 0;
}

static int
end(UNUSED void **state)
{
	journey_finish(&J);
	return 0;
}

static const struct journey_opts wide = { .rows = 40, .cols = 140 };

static void
to_decision(const struct journey_opts *o)
{
	journey_start(&J, o);
	journey_see(&J, "homard");
	journey_ask(&J, "tidy ~/Downloads by type");
	journey_decidable(&J);
}

static void
assert_untouched(const char *before)
{
	autofree char *now = journey_print(&J);

	assert_string_equal(before, now);
}

/* --- ends --- */

static void
kill__while_it_waits__offers_to_go_on(UNUSED void **state)
{
	autofree char *before = journey_print(&J);

	to_decision(&wide);
	pty_signal(J.pty, SIGKILL);
	journey_end(&J);
	assert_untouched(before);
	journey_start(&J, &wide);
	journey_see(&J, "/resume");
	journey_see(&J, "interrupted");
	journey_ask(&J, "/resume");
	journey_decidable(&J);
	journey_see(&J, "song.mp3");
	assert_untouched(before);
	pty_key(J.pty, "M-y");
	journey_see(&J, "■ done");
	assert_true(journey_has(&J, "Downloads/Music/song.mp3"));
	assert_false(journey_has(&J, "Downloads/song.mp3"));
	pty_key(J.pty, "M-z");
	journey_see(&J, "Undone");
	assert_untouched(before);
}

static void
leave_by(int sig)
{
	autofree char *before = journey_print(&J);
	uint64_t began;
	int status;

	to_decision(&wide);
	pty_send(J.pty, "half a sentence");
	journey_see(&J, "half a sentence");
	began = mock_now_us();
	pty_signal(J.pty, sig);
	status = journey_end(&J);
	/* 300 ms are allowed; a build with sanitizers on a loaded machine gets more. */
	assert_true(mock_now_us() - began < 3000000);
	print_message("# left in %.0f ms\n", (double)(mock_now_us() - began) / 1000);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 128 + sig);
	assert_false(pty_altscreen(J.pty));
	assert_int_equal(pty_mouse(J.pty), 0);
	assert_untouched(before);
	journey_start(&J, &wide);
	journey_see(&J, "half a sentence");
}

static void
terminate__while_it_waits__leaves_at_once(UNUSED void **state)
{
	leave_by(SIGTERM);
}

static void
hang_up__while_it_waits__leaves_at_once(UNUSED void **state)
{
	leave_by(SIGHUP);
}

static void
terminal__vanishes__the_program_ends(UNUSED void **state)
{
	char path[64];
	struct stat st;
	uint64_t began = mock_now_us();

	to_decision(&wide);
	snprintf(path, sizeof(path), "/proc/%d", (int)pty_pid(J.pty));
	pty_hang_up(J.pty);
	assert_true(pty_wait_exit(J.pty, 5000, NULL));
	assert_true(mock_now_us() - began < 15000000);
	assert_int_equal(stat(path, &st), -1);
}

/* --- sizes --- */

static void
settle_whole(struct journey *j)
{
	pty_settle(j->pty, 80);
}

/* Removed, not blanked: the rule behind it takes more bytes a column than the clock does. */
static void
cut_line(char *from)
{
	size_t n;

	assert_non_null(from);
	n = strcspn(from, "\n");
	memmove(from, from + n, strlen(from + n) + 1);
}

/* Only the clock in the rule may differ, in its text and so in its style: without that row. */
static void
hide_clock(char *dump)
{
	char *text = strstr(dump, "waiting for you"), label[16];
	int row = 1;

	assert_non_null(text);
	for (char *p = dump; p < text; p++)
		row += *p == '\n';
	snprintf(label, sizeof(label), "\n%d ", row);
	cut_line(text);
	cut_line(strstr(dump, label) ? strstr(dump, label) + 1 : NULL);
}

static void
resize__storm__ends_like_a_fresh_draw(UNUSED void **state)
{
	unsigned r = 7;
	autofree char *stormy = NULL, *fresh = NULL;
	uint64_t began;

	to_decision(NULL);
	began = mock_now_us();
	for (int i = 0; i < 1000; i++) {
		r = r * 1103515245u + 12345u;
		pty_resize(J.pty, i % 40 == 0 ? 1 : 1 + (int)(r >> 8) % 200,
			i % 40 == 0 ? 1 : i % 40 == 20 ? 400 : 1 + (int)(r >> 16) % 400);
		if (i % 3)
			pty_pump(J.pty, 0);
		if (i % 50 == 49)
			pty_settle(J.pty, 5);
	}
	print_message("# 1000 resizes in %d ms\n", (int)((mock_now_us() - began) / 1000));
	pty_resize(J.pty, 40, 140);
	journey_decidable(&J);
	settle_whole(&J);
	stormy = journey_styled(&J, true);
	pty_key(J.pty, "C-l");
	settle_whole(&J);
	fresh = journey_styled(&J, true);
	hide_clock(stormy);
	hide_clock(fresh);
	assert_string_equal(stormy, fresh);
	pty_key(J.pty, "M-n");
	journey_see(&J, "□");
}

static void
screen__one_cell__lives(UNUSED void **state)
{
	struct journey_opts o = { .rows = 1, .cols = 1 };

	journey_start(&J, &o);
	pty_settle(J.pty, 100);
	pty_send(J.pty, "kept words");
	pty_settle(J.pty, 50);
	pty_resize(J.pty, 24, 80);
	journey_see(&J, "› kept words");
	pty_resize(J.pty, 400, 400);
	journey_see(&J, "› kept words");
}

/* --- without --- */

static void
screen__mono__says_it_without_colour(UNUSED void **state)
{
	const char *const env[] = { "NO_COLOR=1", NULL };
	struct journey_opts o = { .rows = 40, .cols = 140, .env = env };
	struct slice raw;

	to_decision(&o);
	raw = pty_raw(J.pty);
	for (size_t i = 0; i + 3 < raw.n; i++) {
		if (raw.p[i] != '\033' || raw.p[i + 1] != '[')
			continue;
		for (i += 2; i < raw.n && (unsigned char)raw.p[i] < 0x40; i++) {
			if (raw.p[i] == '3' || raw.p[i] == '4') {
				bool two = i + 1 < raw.n && raw.p[i + 1] >= '0' && raw.p[i + 1] <= '8';
				size_t k = i;

				while (k < raw.n && (unsigned char)raw.p[k] < 0x40)
					k++;
				/* 30-48 in a rendition is a colour. */
				assert_false(two && k < raw.n && raw.p[k] == 'm' &&
					(raw.p[i - 1] == '[' || raw.p[i - 1] == ';'));
			}
		}
	}
	pty_key(J.pty, "M-n");
	journey_see(&J, "□");
}

static void
terminal__dumb__gets_line_mode(UNUSED void **state)
{
	struct journey_opts o = { .term = "dumb" };
	struct slice raw;

	journey_start(&J, &o);
	journey_see(&J, "/help lists");
	pty_send(J.pty, "tidy ~/Downloads by type\r");
	journey_see(&J, "choice>");
	raw = pty_raw(J.pty);
	assert_true(slice_find(raw, SLICE_LIT("\033")) < 0);
	assert_true(journey_has(&J, "Downloads/song.mp3"));
	pty_send(J.pty, "\004");
	journey_end(&J);
	assert_true(journey_has(&J, "Downloads/song.mp3"));
	assert_true(slice_find(pty_raw(J.pty), SLICE_LIT("\033")) < 0);
}

static void
output__a_pipe__gets_line_mode(UNUSED void **state)
{
	autofree char *script = xasprintf("printf 'what takes the most space in my downloads?\\n' | %s | cat",
		journey_program());
	autofree char *home = xasprintf("HOME=%s", J.home), *own = xasprintf("HOMARD_HOME=%s", J.state);
	const char *const argv[] = { "sh", "-c", script, NULL };
	const char *const env[] = { home, own, "LC_ALL=C.UTF-8", NULL };
	struct pty_opts o = { .env = env, .cwd = J.home };

	J.pty = pty_run(argv, &o);
	assert_int_equal(journey_end(&J), 0);
	assert_true(slice_find(pty_raw(J.pty), SLICE_LIT("\033")) < 0);
	assert_true(pty_find(J.pty, "report.pdf", NULL, NULL));
}

/* --- language --- */

static void
language__switched__speaks_chinese_at_once(UNUSED void **state)
{
	journey_start(&J, &wide);
	journey_see(&J, "what shall I do?");
	journey_ask(&J, "/language zh_CN");
	journey_gone(&J, "Try one of these:");
	journey_see(&J, "要我做什么");
	/* A request in Chinese, and everything about it in Chinese. */
	journey_ask(&J, "按类型整理下载文件夹");
	if (!pty_wait_text(J.pty, "Alt+Y ", JOURNEY_MS))
		journey_see(&J, "Alt+Y ");
	assert_false(pty_find(J.pty, "May this be done", NULL, NULL));
	assert_false(pty_find(J.pty, "refuse", NULL, NULL));
	assert_false(pty_find(J.pty, "Decision", NULL, NULL));
	pty_key(J.pty, "Esc");
	journey_see(&J, "□");
	pty_key(J.pty, "C-q");
	journey_end(&J);
	/* It is kept. */
	journey_start(&J, &wide);
	journey_see(&J, "F1 帮助");
	journey_ask(&J, "/language en");
	journey_see(&J, "what shall I do?");
}

int
main(void)
{
#define JOURNEY(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		JOURNEY(kill__while_it_waits__offers_to_go_on),
		JOURNEY(terminate__while_it_waits__leaves_at_once),
		JOURNEY(hang_up__while_it_waits__leaves_at_once),
		JOURNEY(terminal__vanishes__the_program_ends),
		JOURNEY(resize__storm__ends_like_a_fresh_draw),
		JOURNEY(screen__one_cell__lives),
		JOURNEY(screen__mono__says_it_without_colour),
		JOURNEY(terminal__dumb__gets_line_mode),
		JOURNEY(output__a_pipe__gets_line_mode),
		JOURNEY(language__switched__speaks_chinese_at_once),
	};

	return cmocka_run_group_tests_name("tui_journey_life", tests, NULL, NULL);
}
