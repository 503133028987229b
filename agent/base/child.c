#include "agent/base/child.h"
#include "agent/base/child_env.h"
#include "agent/base/child_exec.h"
#include "agent/base/i18n.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define DRAIN_MS 200
#define PIECE 65536
#define PIECES_PER_TURN 4 /* then the loop's other business gets its turn */

struct child {
	uv_loop_t *loop;
	pid_t pid;
	int pidfd;
	int fd[3]; /* our read ends of 1 and 2; -1 when closed */
	uv_poll_t exit_poll;
	uv_poll_t poll[3];
	uv_timer_t timer; /* wall limit, then grace, then drain: one at a time matters */
	unsigned handles; /* initialised and not yet closed */
	bool exited;      /* seen, not yet reaped: the zombie keeps pid and group ours */
	bool silent;      /* start failed half-way: no ended() */
	bool closing;
	struct child_end end;
	void (*output)(void *user, int which, struct slice bytes);
	void (*ended)(void *user, const struct child_end *end);
	void *user;
};

static void
after_close(uv_handle_t *h)
{
	struct child *c = h->data;
	struct child gone = *c;

	if (--c->handles)
		return;
	free(c);
	if (!gone.silent && gone.ended)
		gone.ended(gone.user, &gone.end);
}

static void
close_output(struct child *c, int which)
{
	if (c->fd[which] < 0)
		return;
	if (c->poll[which].data)
		uv_poll_stop(&c->poll[which]);
	close(c->fd[which]);
	c->fd[which] = -1;
}

static void
reap(struct child *c)
{
	siginfo_t info;

	while (waitid(P_PID, (id_t)c->pid, &info, WEXITED) < 0 && errno == EINTR)
		;
}

static void
close_handle(uv_handle_t *h)
{
	/* A handle that was never initialised is all zero. */
	if (h->data)
		uv_close(h, after_close);
}

/* Everything is over: reap, close, and report from the last close. */
static void
finish(struct child *c)
{
	if (c->closing)
		return;
	c->closing = true;
	close_output(c, 1);
	close_output(c, 2);
	reap(c);
	if (c->exit_poll.data)
		uv_poll_stop(&c->exit_poll);
	close_fd_(&c->pidfd);
	close_handle((uv_handle_t *)&c->timer);
	close_handle((uv_handle_t *)&c->poll[1]);
	close_handle((uv_handle_t *)&c->poll[2]);
	close_handle((uv_handle_t *)&c->exit_poll);
}

static void
finish_if_drained(struct child *c)
{
	if (c->exited && c->fd[1] < 0 && c->fd[2] < 0)
		finish(c);
}

static void
kill_group(struct child *c, int sig)
{
	if (!c->closing)
		kill(-c->pid, sig);
}

/* Reads what is there; closes at the end of file. */
static void
drain(struct child *c, int which, unsigned pieces)
{
	char piece[PIECE];

	while (pieces-- && c->fd[which] >= 0) {
		ssize_t n = read(c->fd[which], piece, sizeof(piece));

		if (n > 0) {
			c->output(c->user, which, (struct slice){ piece, (size_t)n });
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		close_output(c, which);
	}
}

static void
on_output(uv_poll_t *h, UNUSED int status, UNUSED int events)
{
	struct child *c = h->data;

	drain(c, h == &c->poll[1] ? 1 : 2, PIECES_PER_TURN);
	finish_if_drained(c);
}

static void
on_timer(uv_timer_t *h)
{
	struct child *c = h->data;

	if (c->exited) {
		/* A grandchild holds the pipe: take what is there and leave it alone. */
		drain(c, 1, PIECES_PER_TURN);
		drain(c, 2, PIECES_PER_TURN);
		finish(c);
		return;
	}
	if (!c->end.stopped)
		c->end.timed_out = true;
	kill_group(c, SIGKILL);
}

static void
start_timer(struct child *c, uint64_t ms)
{
	/* The loop's idea of now may be old: before its first turn, or in a long callback. */
	uv_update_time(c->loop);
	uv_timer_start(&c->timer, on_timer, ms, 0);
}

static void
on_exit_seen(uv_poll_t *h, UNUSED int status, UNUSED int events)
{
	struct child *c = h->data;
	siginfo_t info = { 0 };

	/* WNOWAIT: until finish() reaps it, nobody else can get its process group's number. */
	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
		info.si_pid == 0)
		return;
	uv_poll_stop(h);
	c->exited = true;
	c->end.exit = info.si_code == CLD_EXITED ? info.si_status : -1;
	c->end.signal = info.si_code == CLD_EXITED ? 0 : info.si_status;
	/* Stopped means all of it: what the leader left behind goes too. */
	if (c->end.stopped || c->end.timed_out)
		kill_group(c, SIGKILL);
	start_timer(c, DRAIN_MS);
	drain(c, 1, PIECES_PER_TURN);
	drain(c, 2, PIECES_PER_TURN);
	finish_if_drained(c);
}

static bool
watch_fd(struct child *c, uv_poll_t *h, int fd, uv_poll_cb cb)
{
	if (uv_poll_init(c->loop, h, fd) < 0)
		return false;
	h->data = c;
	c->handles++;
	return uv_poll_start(h, UV_READABLE, cb) == 0;
}

static bool
watch(struct child *c, uint64_t wall_ms)
{
	if (uv_timer_init(c->loop, &c->timer) < 0)
		return false;
	c->timer.data = c;
	c->handles++;
	if (wall_ms)
		start_timer(c, wall_ms);
	c->pidfd = (int)syscall(SYS_pidfd_open, c->pid, 0);
	if (c->pidfd < 0)
		return false;
	fcntl(c->pidfd, F_SETFD, FD_CLOEXEC);
	for (int i = 1; i <= 2; i++) {
		if (c->fd[i] >= 0 && !watch_fd(c, &c->poll[i], c->fd[i], on_output))
			return false;
	}
	return watch_fd(c, &c->exit_poll, c->pidfd, on_exit_seen);
}

/* stdin as a sealed file in memory: no writer that could block, break or be forgotten. */
static int
input_fd(struct slice input)
{
	int fd = input.n ? memfd_create("stdin", MFD_CLOEXEC | MFD_ALLOW_SEALING)
			 : open("/dev/null", O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && input.n) {
		ssize_t n = write(fd, input.p, input.n);

		if (n < 0 && errno != EINTR) {
			close(fd);
			return -1;
		}
		if (n > 0) {
			input.p += n;
			input.n -= (size_t)n;
		}
	}
	if (fd >= 0 && lseek(fd, 0, SEEK_SET) == 0)
		fcntl(fd, F_ADD_SEALS,
			F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
	return fd;
}

/* Our non-blocking read end goes to *ret_ours, the child's end is returned. */
static int
output_fd(bool wanted, int *ret_ours)
{
	int ends[2];

	if (!wanted)
		return open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	*ret_ours = ends[0];
	return ends[1];
}

static bool
run(struct child *c, const struct child_opts *o, struct err *err)
{
	autofd int in = input_fd(o->input);
	autofd int out = output_fd(o->output != NULL, &c->fd[1]);
	autofd int other = o->merge_stderr ? -1 : output_fd(o->output != NULL, &c->fd[2]);
	autostrv struct strv env = { 0 };
	struct child_exec x = { .argv = o->argv, .env = o->env, .cwd = o->cwd };

	if (in < 0 || out < 0 || (!o->merge_stderr && other < 0))
		return err_sys(err, errno, _("Cannot start a process for %s"), o->argv[0]);
	if (!o->env) {
		child_env_clean(&env);
		x.env = env.n ? (const char *const *)env.v : (const char *const[]){ NULL };
	}
	x.in = in;
	x.out = out;
	x.error = o->merge_stderr ? out : other;
	x.extra = o->extra_fd > 2 ? o->extra_fd : -1;
	x.extra2 = o->extra_fd2 > 2 ? o->extra_fd2 : -1;
	return child_exec(&x, &c->pid, err);
}

bool
child_start(uv_loop_t *loop, const struct child_opts *o, struct child **ret, struct err *err)
{
	struct child *c = xcalloc(1, sizeof(*c));

	*c = (struct child){ .loop = loop,
		.pidfd = -1,
		.fd = { -1, -1, -1 },
		.output = o->output,
		.ended = o->ended,
		.user = o->user };
	if (!run(c, o, err)) {
		close_fd_(&c->fd[1]);
		close_fd_(&c->fd[2]);
		free(c);
		return false;
	}
	if (!watch(c, o->wall_ms)) {
		int sys = errno;

		kill_group(c, SIGKILL);
		c->silent = true;
		finish(c);
		return err_sys(err, sys, _("Cannot watch the process of %s"), o->argv[0]);
	}
	if (ret)
		*ret = c;
	return true;
}

void
child_stop(struct child *c, unsigned grace_ms)
{
	if (c->closing)
		return;
	c->end.stopped = true;
	if (c->exited) {
		kill_group(c, SIGKILL);
		return;
	}
	kill_group(c, grace_ms ? SIGTERM : SIGKILL);
	kill_group(c, SIGCONT);
	if (grace_ms)
		start_timer(c, grace_ms);
	else
		uv_timer_stop(&c->timer);
}

pid_t
child_pid(const struct child *c)
{
	return c->pid;
}
