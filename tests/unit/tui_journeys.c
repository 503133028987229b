/*
 * Journeys: the real program on a real terminal. Waits are for what is on the screen, with a
 * deadline; nothing sleeps.
 */
#include "tests/support/test.h"
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include "agent/base/path.h"
#include "tests/support/pty.h"

#define DEADLINE 20000

struct trip {
	char root[64];
	char *program, *home_env, *own_env, *extra;
	struct pty *p;
};

static char *
program_path(void)
{
	autofree char *exe = realpath("/proc/self/exe", NULL), *dir = path_dir(exe);
	autofree char *path = path_join(dir, "../../homard");

	return realpath(path, NULL);
}

static void
put_file(struct trip *t, const char *rel, const char *text)
{
	autofree char *path = xasprintf("%s/home/%s", t->root, rel), *dir = path_dir(path);
	struct err err = { 0 };

	assert_true(path_make_dirs(dir, 0755, &err));
	assert_true(path_write_file(path, slice_of(text), 0644, &err));
}

static bool
has_file(struct trip *t, const char *rel)
{
	autofree char *path = xasprintf("%s/home/%s", t->root, rel);

	return access(path, F_OK) == 0;
}

static void
trip_prepare(struct trip *t)
{
	memset(t, 0, sizeof(*t));
	strcpy(t->root, "/tmp/homard-trip-XXXXXX");
	assert_non_null(mkdtemp(t->root));
	t->program = program_path();
	if (!t->program) {
		rmdir(t->root);
		skip();
	}
	t->home_env = xasprintf("HOME=%s/home", t->root);
	t->own_env = xasprintf("HOMARD_HOME=%s/own", t->root);
	put_file(t, "Downloads/note.txt", "hello\n");
	put_file(t, "Downloads/photo.jpg", "jpg\n");
	put_file(t, "Downloads/pack.zip", "zip\n");
}

static void
trip_start(struct trip *t, int rows, int cols)
{
	const char *const argv[] = { t->program, NULL };
	const char *const env[] = { t->home_env, t->own_env, "COLORTERM=truecolor", "LANGUAGE=en",
		t->extra, NULL };
	struct pty_opts o = { .rows = rows, .cols = cols, .env = env, .background = "rgb:1010/1010/1818" };

	o.cwd = t->root;
	t->p = pty_run(argv, &o);
	assert_non_null(t->p);
	assert_true(pty_wait_text(t->p, "homard", DEADLINE));
	assert_true(pty_wait_text(t->p, "›", DEADLINE));
}

static void
trip_end(struct trip *t)
{
	autofree char *rm = xasprintf("chmod -R u+rwx %s; rm -rf %s", t->root, t->root);

	pty_finish(t->p);
	assert_int_equal(system(rm), 0);
	free(t->program);
	free(t->home_env);
	free(t->own_env);
	free(t->extra);
}

static void
wait_for(struct trip *t, const char *text)
{
	if (pty_wait_text(t->p, text, DEADLINE))
		return;
	autofree char *screen = pty_text(t->p);

	/* fail_msg would cut it. */
	fprintf(stderr, "the screen is\n%s", screen);
	fail_msg("'%s' never came", text);
}

/* The button of a decision is coloured once it works. */
static bool
is_armed(struct pty *p, void *arg)
{
	int row, col;

	(void)arg;
	return (pty_find(p, "Alt+Y take   Alt+N", &row, &col) || pty_find(p, "Alt+Y take part: ", &row, &col)) &&
		pty_cell(p, row, col).bg > 0 && pty_cell(p, row, col).bold;
}

static void
wait_armed(struct trip *t)
{
	if (!pty_wait(t->p, is_armed, NULL, DEADLINE)) {
		autofree char *screen = pty_text(t->p);

		fprintf(stderr, "the screen is\n%s", screen);
		fail_msg("%s", "the decision never became possible");
	}
}

static void
journey__ask_take_undo__changes_and_restores_the_files(void **state)
{
	struct trip t;

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 24, 80);
	pty_send(t.p, "tidy ~/Downloads by type\r");
	wait_for(&t, "4 Decision");
	wait_armed(&t);
	assert_true(has_file(&t, "Downloads/note.txt"));
	pty_key(t.p, "M-y");
	wait_for(&t, "■");
	assert_false(has_file(&t, "Downloads/note.txt"));
	assert_true(has_file(&t, "Downloads/Documents/note.txt"));
	pty_key(t.p, "M-z");
	wait_for(&t, "undone");
	assert_true(has_file(&t, "Downloads/note.txt"));
	assert_false(has_file(&t, "Downloads/Documents/note.txt"));
	trip_end(&t);
}

/* Keys that were pressed before the decision could be seen must not answer it. */
static void
journey__typing_ahead__never_decides(void **state)
{
	struct trip t;

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 24, 80);
	/* In one go with the request, many times, in both directions. */
	pty_send(t.p, "tidy ~/Downloads by type\r\033y\033n\033y\033n\033y");
	wait_for(&t, "4 Decision");
	/* The moment it shows. */
	pty_send(t.p, "\033y\033n");
	wait_for(&t, "waits for you");
	/* Words and Enter are words. */
	pty_send(t.p, "y yes take\r");
	wait_armed(&t);
	assert_true(pty_find(t.p, "4 Decision", NULL, NULL));
	assert_true(has_file(&t, "Downloads/note.txt"));
	assert_true(has_file(&t, "Downloads/photo.jpg"));
	pty_key(t.p, "M-n");
	assert_true(pty_wait_gone(t.p, "4 Decision", DEADLINE));
	assert_true(has_file(&t, "Downloads/note.txt"));
	trip_end(&t);
}

/* A decision behind the help cannot be taken: it is not seen. */
static void
journey__hidden__decisions_cannot_be_taken(void **state)
{
	struct trip t;

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 24, 80);
	pty_send(t.p, "tidy ~/Downloads by type\r");
	wait_for(&t, "4 Decision");
	wait_armed(&t);
	pty_key(t.p, "F1");
	wait_for(&t, "Commands to type");
	pty_key(t.p, "M-y");
	pty_key(t.p, "Esc");
	assert_true(pty_wait_gone(t.p, "Commands to type", DEADLINE));
	wait_armed(&t);
	assert_true(has_file(&t, "Downloads/note.txt"));
	trip_end(&t);
}

static void
journey__part__takes_only_what_was_chosen(void **state)
{
	struct trip t;
	int row;

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 40, 140);
	pty_send(t.p, "tidy ~/Downloads by type\r");
	wait_for(&t, "4 Decision");
	wait_armed(&t);
	pty_key(t.p, "F6");
	wait_for(&t, "Space choose");
	assert_true(pty_find(t.p, "note.txt →", &row, NULL));
	/* Leave the note out. */
	pty_click(t.p, row, 66);
	wait_for(&t, "[ ]");
	wait_armed(&t);
	pty_key(t.p, "M-y");
	assert_true(pty_wait_gone(t.p, "4 Decision", DEADLINE));
	wait_for(&t, "■");
	assert_true(has_file(&t, "Downloads/note.txt"));
	assert_true(has_file(&t, "Downloads/Pictures/photo.jpg"));
	trip_end(&t);
}

static void
journey__theme__changes_at_once_and_is_kept(void **state)
{
	struct trip t;
	autofree char *path = NULL;
	struct buf config = BUF_INIT(1u << 16);
	struct err err = { 0 };

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 24, 80);
	pty_send(t.p, "/theme dracula\r");
	wait_for(&t, "theme: dracula");
	assert_int_equal(pty_cell(t.p, 5, 5).bg, 0x282A36);
	path = xasprintf("%s/own/config.yaml", t.root);
	assert_true(path_read_file(path, &config, &err));
	assert_non_null(strstr(buf_str(&config), "dracula"));
	buf_finish(&config);
	/* The picker shows while moving, Esc goes back. */
	pty_send(t.p, "/theme\r");
	wait_for(&t, "Themes");
	pty_send(t.p, "nord");
	wait_for(&t, "1/27");
	pty_settle(t.p, 30);
	assert_int_equal(pty_cell(t.p, 22, 40).bg, 0x2E3440);
	pty_key(t.p, "Esc");
	assert_true(pty_wait_gone(t.p, "Themes", DEADLINE));
	assert_int_equal(pty_cell(t.p, 5, 5).bg, 0x282A36);
	trip_end(&t);
}

static void
journey__leaving__restores_the_terminal(void **state)
{
	struct trip t;
	int status;

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 24, 80);
	pty_key(t.p, "C-c");
	wait_for(&t, "once more leaves");
	pty_key(t.p, "C-c");
	assert_true(pty_wait_exit(t.p, DEADLINE, &status));
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_false(pty_altscreen(t.p));
	assert_int_equal(pty_mouse(t.p), 0);
	trip_end(&t);
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
journey__hang_up__ends_it_soon_and_the_draft_is_kept(void **state)
{
	struct trip t;
	int status;
	int64_t began;

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 24, 80);
	pty_send(t.p, "half a thought 半个想法");
	wait_for(&t, "半个想法");
	began = now_ms();
	pty_signal(t.p, SIGHUP);
	assert_true(pty_wait_exit(t.p, DEADLINE, &status));
	/* 300 ms are allowed; slow builds and loaded machines get more. */
	assert_true(now_ms() - began < 3000);
	assert_false(pty_altscreen(t.p));
	pty_finish(t.p);
	trip_start(&t, 24, 80);
	wait_for(&t, "half a thought 半个想法");
	trip_end(&t);
}

static void
journey__suspend__gives_the_terminal_back_and_returns(void **state)
{
	struct trip t;
	int status;

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 24, 80);
	pty_send(t.p, "kept words");
	wait_for(&t, "kept words");
	pty_forget(t.p);
	pty_key(t.p, "C-z");
	assert_int_equal(waitpid(pty_pid(t.p), &status, WUNTRACED), pty_pid(t.p));
	assert_true(WIFSTOPPED(status));
	pty_settle(t.p, 20);
	assert_false(pty_altscreen(t.p));
	assert_int_equal(pty_mouse(t.p), 0);
	pty_signal(t.p, SIGCONT);
	wait_for(&t, "kept words");
	assert_true(pty_altscreen(t.p));
	trip_end(&t);
}

static void
journey__resizes__end_like_a_fresh_draw(void **state)
{
	struct trip t;
	autofree char *a = NULL, *b = NULL;

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 24, 80);
	for (int i = 0; i < 200; i++) {
		pty_resize(t.p, 1 + (i * 37) % 60, 1 + (i * 53) % 200);
		pty_pump(t.p, 0);
	}
	pty_resize(t.p, 24, 80);
	wait_for(&t, "Ask for something");
	pty_settle(t.p, 50);
	a = pty_text(t.p);
	pty_key(t.p, "C-l");
	pty_settle(t.p, 50);
	b = pty_text(t.p);
	assert_string_equal(a, b);
	trip_end(&t);
}

static void
journey__bytes__one_by_one_lose_no_key(void **state)
{
	static const char text[] = "naïve 中文 \033[200~pasted\nlines\033[201~ end";
	struct trip t;

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 24, 80);
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		pty_send_n(t.p, text + i, 1);
		pty_pump(t.p, 1);
	}
	wait_for(&t, "naïve 中文 pasted");
	wait_for(&t, "lines end");
	trip_end(&t);
}

static void
journey__palette_help_history__open_and_close(void **state)
{
	struct trip t;

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 24, 80);
	pty_key(t.p, "C-p");
	wait_for(&t, "Commands ·");
	pty_send(t.p, "keys");
	wait_for(&t, "Show help and all keys");
	pty_key(t.p, "Enter");
	wait_for(&t, "Commands to type");
	pty_key(t.p, "Esc");
	assert_true(pty_wait_gone(t.p, "Commands to type", DEADLINE));
	pty_send(t.p, "/his");
	wait_for(&t, "Browse every task");
	pty_key(t.p, "Enter");
	wait_for(&t, "History ·");
	pty_key(t.p, "Esc");
	assert_true(pty_wait_gone(t.p, "History ·", DEADLINE));
	pty_key(t.p, "C-x");
	wait_for(&t, "Browse every task"); /* which key may follow */
	pty_key(t.p, "Esc");
	assert_true(pty_wait_gone(t.p, "Browse every task", DEADLINE));
	trip_end(&t);
}

static void
journey__keys__of_the_config_count(void **state)
{
	struct trip t;
	autofree char *path = NULL, *own = NULL;
	struct err err = { 0 };

	(void)state;
	trip_prepare(&t);
	path = xasprintf("%s/own/config.yaml", t.root);
	own = xasprintf("%s/own", t.root);
	assert_int_equal(mkdir(own, 0700), 0);
	assert_true(path_write_file(path, SLICE_LIT("keys:\n  global:\n    C-v: palette\n    x: help\n"), 0600, &err));
	trip_start(&t, 24, 80);
	wait_for(&t, "would be pressed while typing");
	pty_send(t.p, "\026");
	wait_for(&t, "Commands ·");
	trip_end(&t);
}

static void
journey__no_color__uses_attributes_only(void **state)
{
	struct trip t;
	struct slice raw;

	(void)state;
	trip_prepare(&t);
	t.extra = xstrdup("NO_COLOR=1");
	trip_start(&t, 24, 80);
	pty_settle(t.p, 50);
	raw = pty_raw(t.p);
	assert_true(slice_find(raw, SLICE_LIT("38;")) < 0);
	assert_true(slice_find(raw, SLICE_LIT("48;")) < 0);
	trip_end(&t);
}

static void
journey__idle__writes_nothing(void **state)
{
	struct trip t;

	(void)state;
	trip_prepare(&t);
	trip_start(&t, 24, 80);
	pty_settle(t.p, 300);
	pty_forget(t.p);
	if (pty_pump(t.p, 700) != 0)
		fail_msg("'%.*s'", (int)MIN_OF(pty_raw(t.p).n, (size_t)400), pty_raw(t.p).p);
	assert_int_equal(pty_raw(t.p).n, 0);
	trip_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(journey__ask_take_undo__changes_and_restores_the_files),
		cmocka_unit_test(journey__typing_ahead__never_decides),
		cmocka_unit_test(journey__hidden__decisions_cannot_be_taken),
		cmocka_unit_test(journey__part__takes_only_what_was_chosen),
		cmocka_unit_test(journey__theme__changes_at_once_and_is_kept),
		cmocka_unit_test(journey__leaving__restores_the_terminal),
		cmocka_unit_test(journey__hang_up__ends_it_soon_and_the_draft_is_kept),
		cmocka_unit_test(journey__suspend__gives_the_terminal_back_and_returns),
		cmocka_unit_test(journey__resizes__end_like_a_fresh_draw),
		cmocka_unit_test(journey__bytes__one_by_one_lose_no_key),
		cmocka_unit_test(journey__palette_help_history__open_and_close),
		cmocka_unit_test(journey__keys__of_the_config_count),
		cmocka_unit_test(journey__no_color__uses_attributes_only),
		cmocka_unit_test(journey__idle__writes_nothing),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
