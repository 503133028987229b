/* homard-files itself: its walls, and what it makes of hostile input. */
#include "tests/support/testing.h"
#include "agent/base/buf.h"
#include "agent/base/json.h"
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

static const char *
helper(void)
{
	static char path[4096];
	char self[2048];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[MAX_OF(n, 0)] = '\0';
	snprintf(path, sizeof(path), "%s/../../libexec/homard-files", dirname(self));
	return access(path, X_OK) == 0 ? path : NULL;
}

/* Starts it with in as 3 and list as 4 (-1: /dev/null); its output comes on *ret_out. */
static pid_t
start(const char *verb, int in, int list, int *ret_out)
{
	int out[2], null = open("/dev/null", O_RDWR);
	pid_t pid;

	assert_int_equal(pipe(out), 0);
	pid = fork();
	if (pid == 0) {
		int a = fcntl(in < 0 ? null : in, F_DUPFD, 20),
		    b = fcntl(list < 0 ? null : list, F_DUPFD, 20);

		dup2(null, 0);
		dup2(out[1], 1);
		dup2(null, 2);
		dup2(a, 3);
		dup2(b, 4);
		close_range(5, ~0u, 0);
		execl(helper(), "homard-files", verb, (char *)NULL);
		_exit(127);
	}
	close(null);
	close(out[1]);
	*ret_out = out[0];
	return pid;
}

static int
finish(pid_t pid, int out, struct buf *text)
{
	char piece[4096];
	ssize_t n;
	int status;

	while ((n = read(out, piece, sizeof(piece))) > 0)
		buf_add(text, piece, (size_t)n);
	close(out);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static bool
status_has(pid_t pid, const char *line)
{
	autofree char *path = xasprintf("/proc/%d/status", (int)pid);
	char text[8192] = "";
	autofd int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	text[MAX_OF(n, 0)] = '\0';
	return strstr(text, line) != NULL;
}

#ifndef __SANITIZE_ADDRESS__
static void
helper__walls__are_up_before_anything_is_read(UNUSED void **state)
{
	int list[2], out;
	struct buf text = BUF_INIT(4096);
	struct pollfd answer;
	const char *name = test_write("x.jpg", "no photo");
	pid_t pid;

	if (!helper())
		skip();
	assert_int_equal(pipe2(list, O_CLOEXEC), 0);
	pid = start("kind", -1, list[0], &out);
	/* Its first answers say that it has come to the reading of names. Few enough that neither pipe
	 * fills: nobody reads the answers meanwhile. */
	for (int i = 0; i < 200; i++)
		assert_int_equal(write(list[1], name, strlen(name) + 1), strlen(name) + 1);
	answer = (struct pollfd){ .fd = out, .events = POLLIN };
	assert_int_equal(poll(&answer, 1, 10000), 1);
	assert_true(status_has(pid, "Seccomp:\t2\n"));
	assert_true(status_has(pid, "NoNewPrivs:\t1\n"));
	close(list[1]);
	close(list[0]);
	assert_int_equal(finish(pid, out, &text), 0);
	buf_finish(&text);
}
#endif

static void
helper__damaged_archives__are_answered(UNUSED void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} rows[] = { { "", 0 }, { "PK\3\4", 4 }, { "\x1f\x8b\x08", 3 },
		{ "7z\xbc\xaf\x27\x1c", 6 }, { "Rar!\x1a\x07\x01", 7 },
		{ "\xfd"
		  "7zXZ",
			5 } };

	if (!helper())
		skip();
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *path = test_write("a.bin", "");
		autofd int fd = open(path, O_RDWR | O_CLOEXEC);
		struct buf text = BUF_INIT(1u << 16);
		int out, status;
		pid_t pid;

		assert_int_equal(pwrite(fd, rows[i].bytes, rows[i].n, 0), rows[i].n);
		pid = start("list", fd, -1, &out);
		status = finish(pid, out, &text);
		assert_true(WIFEXITED(status));
		assert_true(strstr(buf_str(&text), "\"error\":") ||
			strstr(buf_str(&text), "\"end\":true"));
		buf_finish(&text);
	}
}

static void
helper__unknown_verb__fails(UNUSED void **state)
{
	struct buf text = BUF_INIT(4096);
	int out, status;
	pid_t pid;

	if (!helper())
		skip();
	pid = start("format", -1, -1, &out);
	status = finish(pid, out, &text);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	assert_non_null(strstr(buf_str(&text), "usage"));
	buf_finish(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#ifndef __SANITIZE_ADDRESS__
		cmocka_unit_test(helper__walls__are_up_before_anything_is_read),
#endif
		cmocka_unit_test(helper__damaged_archives__are_answered),
		cmocka_unit_test(helper__unknown_verb__fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
