#include "agent/helpers/draft/init.h"
#include "agent/helpers/draft/chan.h"
#include "agent/helpers/draft/command.h"
#include "agent/helpers/draft/jail.h"
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define BACKLOG 32

NORETURN static void
give_up(int chan, const struct fail *f)
{
	struct chan_msg m = { .what = CHAN_FAIL, .fail = *f };

	(void)chan_send(chan, &m, NULL);
	_exit(1);
}

/* A socket belongs to the network it was made in: made here, accepted from outside. */
static int
listen_inside(unsigned *ret_port, struct fail *f)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
		listen(fd, BACKLOG) < 0 || getsockname(fd, (struct sockaddr *)&a, &len) < 0) {
		fail_sys(f, DRAFT_FAIL_OTHER, "no network inside the draft");
		return -1;
	}
	*ret_port = ntohs(a.sin_port);
	return fd;
}

static void
reap_until(pid_t command, int chan)
{
	for (;;) {
		int status;
		pid_t pid = waitpid(-1, &status, 0);

		if (pid == command) {
			struct chan_msg m = { .what = CHAN_EXIT, .a = status };

			(void)chan_send(chan, &m, NULL);
			_exit(0);
		}
		if (pid < 0 && errno != EINTR)
			_exit(1);
	}
}

/* It may have died before we asked to die with it. */
static bool
is_alone(int chan)
{
	struct pollfd p = { chan, 0, 0 };

	return poll(&p, 1, 0) > 0;
}

NORETURN void
init_main(const struct spec *s, const struct filter *filter, int chan)
{
	struct fail f = { 0 };
	struct jail_fds jail = { -1, -1 };
	struct chan_msg m = { .what = CHAN_START };
	unsigned port = 0;
	int listener = -1;
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Who watches from outside may not read this link later. */
	if (readlink("/proc/self/ns/pid", m.fail.why, sizeof(m.fail.why) - 1) < 0)
		m.fail.why[0] = '\0';
	/* The command has the same uid: nothing of this process may be opened through /proc. */
	prctl(PR_SET_DUMPABLE, 0);
	if (chdir("/") < 0 || !jail_build(s, &jail, &f))
		give_up(chan, &f);
	if (s->cwd && access(s->cwd, X_OK) < 0) {
		fail_sys(&f, DRAFT_FAIL_OTHER, "%s", s->cwd);
		give_up(chan, &f);
	}
	if (s->proxy && (listener = listen_inside(&port, &f)) < 0)
		give_up(chan, &f);
	m.a = (int)port;
	if (is_alone(chan) ||
		!chan_send(chan, &m, (int[CHAN_FDS]){ listener, jail.proc, jail.shell }))
		_exit(1);
	pid = fork();
	if (pid == 0)
		command_exec(s, filter, port);
	if (pid < 0) {
		fail_sys(&f, DRAFT_FAIL_OTHER, "fork");
		give_up(chan, &f);
	}
	close_fd_(&listener);
	reap_until(pid, chan);
	_exit(1);
}
