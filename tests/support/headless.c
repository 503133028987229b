/* A child with two pipes, read to its end. */
#include "tests/support/headless.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "agent/base/clock.h"

#define OUTPUT_MAX (64u << 20)

static pid_t
start(struct journey *j, const char *const *argv, int out[2], int err[2])
{
	autofree char *home = xasprintf("HOME=%s", j->home), *state = xasprintf("HOMARD_HOME=%s", j->state);
	char *env[] = { home, state, (char[]){ "PATH=/usr/bin:/bin" }, (char[]){ "LC_ALL=C.UTF-8" },
		(char[]){ "TZ=UTC" }, NULL };
	posix_spawn_file_actions_t fa;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		fail_msg("no pipes");
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, out[1], 1);
	posix_spawn_file_actions_adddup2(&fa, err[1], 2);
	if (posix_spawn(&pid, argv[0], &fa, NULL, (char *const *)(uintptr_t)argv, env))
		fail_msg("%s does not start", argv[0]);
	posix_spawn_file_actions_destroy(&fa);
	close(out[1]);
	close(err[1]);
	return pid;
}

/* False at its end. */
static bool
take(int fd, struct buf *b)
{
	char chunk[65536];
	ssize_t n = read(fd, chunk, sizeof(chunk));

	if (n > 0 && !buf_add(b, chunk, (size_t)n))
		fail_msg("it prints more than %u bytes", OUTPUT_MAX);
	return n > 0;
}

static bool
read_all(struct headless *h, int out, int err)
{
	int64_t until = clock_mono(&clock_system) + HEADLESS_MS;
	struct pollfd p[2] = { { .fd = out, .events = POLLIN }, { .fd = err, .events = POLLIN } };

	while (p[0].fd >= 0 || p[1].fd >= 0) {
		int64_t left = until - clock_mono(&clock_system);

		if (left <= 0 || poll(p, 2, (int)left) < 0)
			return false;
		if (p[0].fd >= 0 && p[0].revents && !take(out, &h->out))
			p[0].fd = -1;
		if (p[1].fd >= 0 && p[1].revents && !take(err, &h->err))
			p[1].fd = -1;
	}
	return true;
}

void
headless_exec(struct journey *j, const char *const *args, struct headless *ret)
{
	const char *argv[64] = { journey_program() };
	int64_t begun = clock_mono(&clock_system);
	struct rusage use;
	int out[2], err[2], status, n = 1;
	bool ended;
	pid_t pid;

	while (*args)
		argv[n++] = *args++;
	memset(ret, 0, sizeof(*ret));
	buf_init(&ret->out, OUTPUT_MAX);
	buf_init(&ret->err, OUTPUT_MAX);
	pid = start(j, argv, out, err);
	ended = read_all(ret, out[0], err[0]);
	if (!ended)
		kill(pid, SIGKILL);
	wait4(pid, &status, 0, &use);
	close(out[0]);
	close(err[0]);
	ret->ms = (double)(clock_mono(&clock_system) - begun);
	ret->exit = ended && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	ret->peak_kb = use.ru_maxrss;
}

void
headless_run(struct journey *j, const struct model_server *s, const char *const *args,
	struct headless *ret)
{
	autofree char *url = xasprintf("provider.box.base_url=http://127.0.0.1:%d", ms_port(s));
	const char *all[60] = { "run", "--engine", "model", "--model", "box/m", "--cwd", j->home, "-c",
		"provider.box.kind=openai-chat", "-c", url };
	size_t n = 11;

	while (*args)
		all[n++] = *args++;
	headless_exec(j, all, ret);
}

void
headless_finish(struct headless *h)
{
	buf_finish(&h->out);
	buf_finish(&h->err);
}

void
headless_says(const struct headless *h, const char *words)
{
	if (!strstr(buf_str(&h->out), words) && !strstr(buf_str(&h->err), words))
		fail_msg("nothing says \"%s\":\n%s\n%s", words, buf_str(&h->out) + MAX_OF(h->out.len, 700u) - 700,
			buf_str(&h->err));
}
