#include "agent/helpers/draft/run.h"
#include "agent/helpers/draft/chan.h"
#include "agent/helpers/draft/filter.h"
#include "agent/helpers/draft/init.h"
#include "agent/helpers/draft/list.h"
#include "agent/helpers/draft/proxy.h"
#include "agent/helpers/draft/split.h"
#include "agent/helpers/draft/userns.h"
#include "agent/helpers/draft/watch.h"
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define INNER                                                                                  \
	(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |             \
		CLONE_NEWCGROUP)

#define PRIORITY (-15)
#define NICE_TOP 40     /* 20 minus the best nice value */
#define FIRST_LOOK_MS 5 /* most commands are over by then */

struct run {
	const struct spec *spec;
	struct rec *out;
	pid_t init;
	int pidfd, chan, signals;
	struct proxy proxy;
	struct watch watch;
	int64_t started_ms, look_ms;
	bool started, ended; /* the command */
	bool hurried;
	int status;
	bool failed;
	struct fail fail;
	enum draft_limit limit;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
kill_draft(struct run *r, enum draft_limit why)
{
	if (!r->limit && !r->ended)
		r->limit = why;
	/* Pid 1 dies, and the kernel takes everything else in the draft with it. */
	syscall(SYS_pidfd_send_signal, r->pidfd, SIGKILL, NULL, 0);
}

static bool
start_init(struct run *r)
{
	struct filter filter;
	int pair[2];

	/* Before the clone: pid 1 then waits for nobody. */
	if (!filter_build(&filter, &r->fail))
		return false;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return fail_sys(&r->fail, DRAFT_FAIL_OTHER, "socketpair");
	r->init = (pid_t)syscall(
		SYS_clone, INNER | CLONE_PIDFD | SIGCHLD, NULL, &r->pidfd, NULL, NULL);
	if (r->init == 0) {
		close(pair[0]);
		init_main(r->spec, &filter, pair[1]);
	}
	close(pair[1]);
	r->chan = pair[0];
	if (r->init < 0)
		return fail_sys(&r->fail, DRAFT_FAIL_USERNS, "cannot make namespaces");
	return true;
}

static void
on_start(struct run *r, const struct chan_msg *m, const int fds[CHAN_FDS])
{
	int listener = fds[0];

	snprintf(r->watch.pidns, sizeof(r->watch.pidns), "%.60s", m->fail.why);
	r->watch.proc = fds[1];
	r->watch.shell = fds[2];
	if (listener >= 0 && m->a)
		proxy_start(&r->proxy, r->spec, listener, r->chan);
	if (listener >= 0)
		close(listener);
	r->started = true;
	r->started_ms = now_ms();
	r->look_ms = r->started_ms + FIRST_LOOK_MS;
}

static void
on_chan(struct run *r)
{
	struct chan_msg m;
	int fds[CHAN_FDS];

	if (!chan_recv(r->chan, &m, fds)) {
		close_fd_(&r->chan);
		r->chan = -1;
		return;
	}
	switch (m.what) {
	case CHAN_FAIL:
		r->failed = true;
		r->started = false;
		r->fail = m.fail;
		break;
	case CHAN_START:
		on_start(r, &m, fds);
		break;
	case CHAN_EXIT:
		r->ended = true;
		r->status = m.a;
		break;
	}
}

static int
next_timeout(const struct run *r)
{
	int64_t now = now_ms(), until;

	if (!r->started || r->ended || r->limit)
		return -1;
	until = r->look_ms;
	if (r->spec->wall_ms)
		until = MIN_OF(until, r->started_ms + (int64_t)r->spec->wall_ms);
	return until > now ? (int)MIN_OF(until - now, 1000) : 0;
}

static void
check_time(struct run *r)
{
	int64_t now = now_ms();
	enum draft_limit limit;
	int again = -1;

	if (!r->started || r->ended || r->limit)
		return;
	if (r->spec->wall_ms && now - r->started_ms >= (int64_t)r->spec->wall_ms) {
		kill_draft(r, DRAFT_LIMIT_WALL);
		return;
	}
	if (now < r->look_ms)
		return;
	limit = watch_look(&r->watch, &again);
	if (r->watch.crowded && !r->hurried) {
		r->hurried = true;
		(void)setpriority(PRIO_PROCESS, 0, PRIORITY); /* refused to an ordinary user */
	}
	r->look_ms = now_ms() + again;
	if (limit)
		kill_draft(r, limit);
}

enum { AT_PID, AT_SIGNALS, AT_RECORDS, AT_CHAN, AT_PROXY, AT_N };

static bool
poll_once(struct run *r)
{
	struct pollfd p[AT_N] = { [AT_PID] = { r->pidfd, POLLIN, 0 },
		[AT_SIGNALS] = { r->signals, POLLIN, 0 },
		[AT_RECORDS] = { r->out->fd, 0, 0 },
		[AT_CHAN] = { r->chan, POLLIN, 0 },
		[AT_PROXY] = { r->proxy.events, POLLIN, 0 } };
	struct signalfd_siginfo info;

	if (poll(p, AT_N, next_timeout(r)) < 0 && errno != EINTR)
		return false;
	/* What pid 1 said before it ended is read before its end is believed. */
	if (p[AT_CHAN].revents)
		on_chan(r);
	if (p[AT_PROXY].revents)
		proxy_report(&r->proxy, r->out);
	if (p[AT_SIGNALS].revents && read(r->signals, &info, sizeof(info)) > 0)
		kill_draft(r, DRAFT_LIMIT_STOP);
	if (p[AT_RECORDS].revents & (POLLERR | POLLHUP))
		kill_draft(r, DRAFT_LIMIT_STOP);
	check_time(r);
	return !p[AT_PID].revents || p[AT_CHAN].revents;
}

static bool
prepare(struct run *r)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	r->signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (r->signals < 0)
		return fail_sys(&r->fail, DRAFT_FAIL_OTHER, "signalfd");
	if (!r->spec->argv.n)
		return fail_set(&r->fail, DRAFT_FAIL_SPEC, "no command");
	/* While root still may: then a crowd inside cannot starve the one who counts. */
	if (geteuid() == 0)
		(void)setrlimit(RLIMIT_NICE, &(struct rlimit){ NICE_TOP, NICE_TOP });
	return userns_enter(&r->fail);
}

static void
put_exit(const struct run *r)
{
	struct draft_record rec = { .kind = DRAFT_EXIT, .exit = -1, .limit = r->limit };

	if (r->ended && WIFEXITED(r->status))
		rec.exit = WEXITSTATUS(r->status);
	if (r->ended && WIFSIGNALED(r->status))
		rec.signal = WTERMSIG(r->status);
	if (!rec.limit && r->spec->cpu_s &&
		(rec.signal == SIGXCPU || rec.exit == 128 + SIGXCPU))
		rec.limit = DRAFT_LIMIT_CPU;
	if (rec.limit)
		rec.exit = -1;
	rec_put(r->out, rec, NULL, NULL);
	rec_flush(r->out);
}

static void
more_files(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = MIN_OF(l.rlim_max, (rlim_t)65536);
		(void)setrlimit(RLIMIT_NOFILE, &l);
	}
}

int
run_command(const struct spec *s, struct rec *out)
{
	struct run r = { .spec = s,
		.out = out,
		.pidfd = -1,
		.chan = -1,
		.signals = -1,
		.proxy = { .events = -1 },
		.watch = { .proc = -1,
			.shell = -1,
			.mem = s->mem,
			.nproc = s->nproc,
			.disk = s->n_roots ? s->root[0].upper : NULL } };

	if (!prepare(&r) || !start_init(&r))
		return rec_fail(out, r.fail.code, r.fail.why);
	while (poll_once(&r))
		;
	proxy_stop(&r.proxy, out);
	while (waitpid(r.init, NULL, 0) < 0 && errno == EINTR)
		;
	if (!r.started && r.limit != DRAFT_LIMIT_STOP) {
		if (!r.failed)
			fail_set(&r.fail, DRAFT_FAIL_OTHER,
				"the draft ended before the command began");
		return rec_fail(out, r.fail.code, r.fail.why);
	}
	put_exit(&r);
	more_files();
	for (size_t i = 0; i < s->n_roots; i++)
		split_clean(&s->root[i]);
	list_all(s, out);
	return 0;
}

int
run_list(const struct spec *s, struct rec *out)
{
	struct fail f;

	/* Without a namespace what is closed to us stays closed; the rest is listed all the
	 * same. */
	if (!userns_enter(&f))
		errno = 0;
	more_files();
	list_all(s, out);
	return 0;
}
