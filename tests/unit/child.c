#include "tests/support/testing.h"
#include "agent/base/buf.h"
#include "agent/base/child.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* One child's whole life, run to its end. */
struct life {
	struct child *child;
	struct buf out, err;
	struct child_end end;
	int ended;
	const char *stop_at; /* stop when the output holds this */
	unsigned grace;
};

static void
on_output(void *user, int which, struct slice bytes)
{
	struct life *l = user;

	assert_int_equal(l->ended, 0);
	buf_add_slice(which == 1 ? &l->out : &l->err, bytes);
	if (l->stop_at && slice_find(buf_slice(&l->out), slice_of(l->stop_at)) >= 0) {
		l->stop_at = NULL;
		child_stop(l->child, l->grace);
	}
}

static void
on_ended(void *user, const struct child_end *end)
{
	struct life *l = user;

	l->ended++;
	l->end = *end;
}

static bool
start(uv_loop_t *loop, struct life *l, struct child_opts o, struct err *err)
{
	buf_init(&l->out, 1 << 20);
	buf_init(&l->err, 1 << 20);
	o.output = on_output;
	o.ended = on_ended;
	o.user = l;
	return child_start(loop, &o, &l->child, err);
}

static void
live(struct life *l, struct child_opts o)
{
	uv_loop_t loop;
	struct err err = { 0 };

	assert_int_equal(uv_loop_init(&loop), 0);
	if (!start(&loop, l, o, &err))
		fail_msg("%s", err.text);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&loop), 0); /* no handle was forgotten */
	assert_int_equal(l->ended, 1);
	/* Reaped: nobody is left to wait for. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void
done(struct life *l)
{
	buf_finish(&l->out);
	buf_finish(&l->err);
}

#define SH(script) .argv = (const char *const[]){ "sh", "-c", script, NULL }, .extra_fd = -1

static void
child__exit_code__and_both_streams(UNUSED void **state)
{
	struct life l = { 0 };

	live(&l, (struct child_opts){ SH("echo out; echo err >&2; exit 3") });
	assert_int_equal(l.end.exit, 3);
	assert_int_equal(l.end.signal, 0);
	assert_false(l.end.timed_out || l.end.stopped);
	assert_string_equal(buf_str(&l.out), "out\n");
	assert_string_equal(buf_str(&l.err), "err\n");
	done(&l);
}

static void
child__signal__is_told(UNUSED void **state)
{
	struct life l = { 0 };

	live(&l, (struct child_opts){ SH("kill -USR1 $$; sleep 60") });
	assert_int_equal(l.end.exit, -1);
	assert_int_equal(l.end.signal, SIGUSR1);
	done(&l);
}

static void
child__merge__keeps_the_order(UNUSED void **state)
{
	struct life l = { 0 };

	live(&l,
		(struct child_opts){ SH("i=0; while [ $i -lt 50 ]; do echo $i; echo e$i >&2; "
					"i=$((i+1)); done"),
			.merge_stderr = true });
	assert_int_equal(l.err.len, 0);
	struct slice rest = buf_slice(&l.out);
	for (int i = 0; i < 100; i++) {
		char want[16];

		snprintf(want, sizeof(want), i % 2 ? "e%d" : "%d", i / 2);
		assert_true(slice_eq_str(slice_line(&rest), want));
	}
	done(&l);
}

static void
child__input__whole_and_ended(UNUSED void **state)
{
	struct life l = { 0 };
	char *big = xmalloc(300000);

	memset(big, 'x', 300000);
	live(&l, (struct child_opts){ SH("cat | wc -c; cat"), .input = { big, 300000 } });
	assert_string_equal(buf_str(&l.out), "300000\n");
	free(big);
	done(&l);
	l = (struct life){ 0 };
	live(&l, (struct child_opts){ SH("cat; echo end"), .input = SLICE_LIT("") });
	assert_string_equal(buf_str(&l.out), "end\n");
	done(&l);
}

static void
child__large_output__nothing_lost(UNUSED void **state)
{
	struct life l = { 0 };

	live(&l,
		(struct child_opts){
			SH("head -c 900000 /dev/zero; head -c 500000 /dev/zero >&2") });
	assert_int_equal(l.out.len, 900000);
	assert_int_equal(l.err.len, 500000);
	done(&l);
}

static void
child__environment__is_an_allow_list(UNUSED void **state)
{
	struct life l = { 0 };
	static const char *const own[] = { "A=1", "PATH=/usr/bin:/bin", NULL };

	setenv("SOME_API_KEY", "secret", 1);
	setenv("LD_LIBRARY_PATH_X", "x", 1);
	setenv("LC_TEST", "kept", 1);
	live(&l, (struct child_opts){ SH("env") });
	assert_null(strstr(buf_str(&l.out), "secret"));
	assert_null(strstr(buf_str(&l.out), "LD_LIBRARY"));
	assert_non_null(strstr(buf_str(&l.out), "LC_TEST=kept\n"));
	assert_non_null(strstr(buf_str(&l.out), "PATH="));
	done(&l);
	l = (struct life){ 0 };
	live(&l, (struct child_opts){ SH("echo $A$LC_TEST"), .env = own });
	assert_string_equal(buf_str(&l.out), "1\n");
	done(&l);
	unsetenv("SOME_API_KEY");
	unsetenv("LD_LIBRARY_PATH_X");
	unsetenv("LC_TEST");
}

static void
child__descriptors__only_what_was_given(UNUSED void **state)
{
	struct life l = { 0 };
	int leak = open("/dev/null", O_RDONLY); /* not close-on-exec */
	int pass = open(test_write("passed", "via three\n"), O_RDONLY | O_CLOEXEC);

	/* What ls opens itself is the fourth. */
	live(&l, (struct child_opts){ SH("exec ls /proc/self/fd") });
	assert_string_equal(buf_str(&l.out), "0\n1\n2\n3\n");
	done(&l);
	l = (struct life){ 0 };
	live(&l,
		(struct child_opts){
			.argv = (const char *const[]){ "sh", "-c", "cat <&3", NULL },
			.extra_fd = pass });
	assert_string_equal(buf_str(&l.out), "via three\n");
	done(&l);
	close(leak);
	close(pass);
}

static void
child__signals__start_unblocked_and_default(UNUSED void **state)
{
	struct life l = { 0 };
	static const unsigned long ignore[8] = { 1 /* SIG_IGN */ };
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	signal(SIGPIPE, SIG_IGN);
	/* As GNU make leaves them; libc's own call refuses these numbers. */
	for (int i = 32; i <= 33; i++)
		assert_int_equal(syscall(SYS_rt_sigaction, i, ignore, NULL, 8), 0);
	live(&l, (struct child_opts){ SH("exec grep -E '^Sig(Blk|Ign)' /proc/self/status") });
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	signal(SIGPIPE, SIG_DFL);
	assert_non_null(strstr(buf_str(&l.out), "SigBlk:\t0000000000000000"));
	assert_non_null(strstr(buf_str(&l.out), "SigIgn:\t0000000000000000"));
	done(&l);
}

static void
child__cwd__is_entered(UNUSED void **state)
{
	struct life l = { 0 };

	live(&l, (struct child_opts){ SH("pwd"), .cwd = "/usr" });
	assert_string_equal(buf_str(&l.out), "/usr\n");
	done(&l);
}

static void
child__exec_failure__is_an_error_and_no_end(UNUSED void **state)
{
	static const struct {
		const char *program, *cwd;
	} rows[] = { { "/nonexistent/x", NULL }, { "no-such-program-here", NULL }, { "", NULL },
		{ "/etc/passwd", NULL }, { "/", NULL }, { "sh", "/nonexistent" } };
	uv_loop_t loop;

	uv_loop_init(&loop);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct life l = { 0 };
		struct err err = { 0 };
		const char *argv[] = { rows[i].program, NULL };

		assert_false(start(&loop, &l,
			(struct child_opts){ .argv = argv, .cwd = rows[i].cwd }, &err));
		assert_int_not_equal(err.code, ERR_NONE);
		assert_true(err.text[0] != '\0');
		uv_run(&loop, UV_RUN_DEFAULT);
		assert_int_equal(l.ended, 0);
		done(&l);
	}
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void
child__wall__kills_the_whole_group(UNUSED void **state)
{
	struct life l = { 0 };
	int64_t from = (int64_t)uv_hrtime();

	live(&l,
		(struct child_opts){
			SH("trap '' TERM; sleep 60 & echo $!; wait; wait"), .wall_ms = 100 });
	assert_true((int64_t)uv_hrtime() - from < 5000000000);
	assert_true(l.end.timed_out);
	assert_int_equal(l.end.signal, SIGKILL);
	assert_false(l.end.stopped);
	/* The grandchild has its signal too; it may still be dying. */
	struct pollfd gone = { (int)syscall(SYS_pidfd_open, atoi(buf_str(&l.out)), 0), POLLIN,
		0 };
	if (gone.fd >= 0) {
		assert_int_equal(poll(&gone, 1, 5000), 1);
		close(gone.fd);
	}
	done(&l);
}

static void
child__stop__term_first(UNUSED void **state)
{
	struct life l = { .stop_at = "ready", .grace = 5000 };

	live(&l,
		(struct child_opts){ SH("trap 'echo bye; exit 7' TERM; echo ready; "
					"while :; do sleep 0.01; done") });
	assert_true(l.end.stopped);
	assert_int_equal(l.end.exit, 7);
	assert_string_equal(buf_str(&l.out), "ready\nbye\n");
	assert_false(l.end.timed_out);
	done(&l);
}

static void
child__stop__kill_after_the_grace(UNUSED void **state)
{
	struct life l = { .stop_at = "ready", .grace = 50 };

	live(&l,
		(struct child_opts){
			SH("trap '' TERM; echo ready; while :; do sleep 0.05; done"),
			.wall_ms = 60000 });
	assert_true(l.end.stopped);
	assert_false(l.end.timed_out);
	assert_int_equal(l.end.signal, SIGKILL);
	done(&l);
}

static void
child__stop__at_once(UNUSED void **state)
{
	struct life l = { .stop_at = "ready", .grace = 0 };

	live(&l, (struct child_opts){ SH("trap '' TERM; echo ready; sleep 60") });
	assert_true(l.end.stopped);
	assert_int_equal(l.end.signal, SIGKILL);
	done(&l);
}

static void
child__grandchild__holding_the_pipe_delays_the_end_only_briefly(UNUSED void **state)
{
	struct life l = { 0 };
	uint64_t from = uv_hrtime();

	live(&l, (struct child_opts){ SH("sleep 3 & echo done; exit 4") });
	assert_int_equal(l.end.exit, 4);
	assert_string_equal(buf_str(&l.out), "done\n");
	assert_true(uv_hrtime() - from < 2000000000u);
	done(&l);
}

static void
child__no_output_wanted__goes_nowhere(UNUSED void **state)
{
	struct life l = { 0 };
	struct child_opts o = { SH("head -c 300000 /dev/zero; exit 5"), .ended = on_ended,
		.user = &l };
	uv_loop_t loop;

	uv_loop_init(&loop);
	assert_true(child_start(&loop, &o, NULL, NULL));
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	assert_int_equal(l.ended, 1);
	assert_int_equal(l.end.exit, 5);
}

static void
child__many_at_once__each_ends_once(UNUSED void **state)
{
	struct life lives[8] = { 0 };
	uv_loop_t loop;

	uv_loop_init(&loop);
	for (int i = 0; i < 8; i++) {
		char script[64];
		const char *argv[] = { "sh", "-c", script, NULL };

		snprintf(script, sizeof(script), "echo %d; exit %d", i, i);
		assert_true(start(&loop, &lives[i], (struct child_opts){ .argv = argv }, NULL));
		assert_true(child_pid(lives[i].child) > 1);
	}
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(lives[i].ended, 1);
		assert_int_equal(lives[i].end.exit, i);
		assert_int_equal(atoi(buf_str(&lives[i].out)), i);
		done(&lives[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(child__exit_code__and_both_streams),
		cmocka_unit_test(child__signal__is_told),
		cmocka_unit_test(child__merge__keeps_the_order),
		cmocka_unit_test(child__input__whole_and_ended),
		cmocka_unit_test(child__large_output__nothing_lost),
		cmocka_unit_test(child__environment__is_an_allow_list),
		cmocka_unit_test(child__descriptors__only_what_was_given),
		cmocka_unit_test(child__signals__start_unblocked_and_default),
		cmocka_unit_test(child__cwd__is_entered),
		cmocka_unit_test(child__exec_failure__is_an_error_and_no_end),
		cmocka_unit_test(child__wall__kills_the_whole_group),
		cmocka_unit_test(child__stop__term_first),
		cmocka_unit_test(child__stop__kill_after_the_grace),
		cmocka_unit_test(child__stop__at_once),
		cmocka_unit_test(
			child__grandchild__holding_the_pipe_delays_the_end_only_briefly),
		cmocka_unit_test(child__no_output_wanted__goes_nowhere),
		cmocka_unit_test(child__many_at_once__each_ends_once),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
