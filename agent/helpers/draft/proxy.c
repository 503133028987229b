#include "agent/helpers/draft/proxy.h"
#include "agent/helpers/draft/proxy_conn.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define CONNECTIONS 64

static void
reap(unsigned *running, int flags)
{
	while (*running && waitpid(-1, NULL, flags) > 0) {
		(*running)--;
		flags = WNOHANG;
	}
}

NORETURN static void
serve(const struct spec *s, int listener, int events)
{
	unsigned running = 0;

	for (;;) {
		struct pollfd p = { listener, POLLIN, 0 };
		int fd;

		reap(&running, running >= CONNECTIONS ? 0 : WNOHANG);
		if (poll(&p, 1, running ? 1000 : -1) <= 0)
			continue;
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			continue;
		switch (fork()) {
		case 0:
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(listener);
			proxy_connection(s, fd, events);
			_exit(0);
		case -1:
			break;
		default:
			running++;
		}
		close(fd);
	}
}

static void
forget(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0 && null != fd) {
		dup2(null, fd);
		close(null);
	}
}

void
proxy_start(struct proxy *p, const struct spec *s, int listener, int close_too)
{
	pid_t parent = getpid();
	sigset_t none;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	p->pid = fork();
	if (p->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		signal(SIGPIPE, SIG_IGN);
		/* The ends of the command's output and of the records are not ours to hold
		 * open. */
		for (int fd = 0; fd <= 4; fd++)
			forget(fd);
		close(close_too);
		close(ends[0]);
		serve(s, listener, ends[1]);
	}
	close(ends[1]);
	p->events = ends[0];
	fcntl(p->events, F_SETFL, O_NONBLOCK);
	if (p->pid < 0) {
		p->pid = 0;
		close(p->events);
		p->events = -1;
	}
}

void
proxy_report(struct proxy *p, struct rec *out)
{
	struct proxy_event e;

	while (p->events >= 0 && read(p->events, &e, sizeof(e)) == (ssize_t)sizeof(e)) {
		e.host[sizeof(e.host) - 1] = '\0';
		rec_put(out, (struct draft_record){ .kind = DRAFT_HOST, .flags = e.refused },
			e.host, NULL);
	}
	rec_flush(out);
}

void
proxy_stop(struct proxy *p, struct rec *out)
{
	if (!p->pid)
		return;
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	p->pid = 0;
	proxy_report(p, out);
	close(p->events);
	p->events = -1;
}
