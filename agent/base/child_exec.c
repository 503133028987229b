#include "agent/base/child_exec.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* Descriptors are lifted out of the way of 0 to 4, which the child fills. */
#define LIFTED 10

enum stage { STAGE_SETUP, STAGE_CWD, STAGE_EXEC };

struct failure {
	int stage, sys;
};

/* Everything the child needs, made before the fork. */
struct plan {
	const struct child_exec *x;
	const char *path;
	int in, out, error, extra, extra2, report;
	int fd_limit;
	pid_t parent;
};

NORETURN static void
fail(const struct plan *p, enum stage stage)
{
	struct failure f = { stage, errno };

	if (write(p->report, &f, sizeof(f)) < 0)
		_exit(126);
	_exit(127);
}

/* By the kernel's own call: libc refuses 32 and 33, which make leaves ignored in what it runs.
 */
static void
reset_signals(void)
{
	static const unsigned long dfl[8]; /* all zero is SIG_DFL in the kernel's struct, too */
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		syscall(SYS_rt_sigaction, i, dfl, NULL, NSIG / 8);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void
close_on_exec_from(int first, int limit)
{
	if (syscall(SYS_close_range, first, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	for (int fd = first; fd < limit; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* Only async-signal-safe calls from here on: other threads may hold any lock. */
NORETURN static void
in_child(const struct plan *p)
{
	const struct child_exec *x = p->x;

	setpgid(0, 0);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		fail(p, STAGE_SETUP);
	if (getppid() != p->parent)
		_exit(127); /* it died before we asked to die with it */
	if (dup2(p->in, 0) < 0 || dup2(p->out, 1) < 0 || dup2(p->error, 2) < 0)
		fail(p, STAGE_SETUP);
	if (p->extra >= 0 && dup2(p->extra, 3) < 0)
		fail(p, STAGE_SETUP);
	if (p->extra2 >= 0 && dup2(p->extra2, 4) < 0)
		fail(p, STAGE_SETUP);
	if (p->extra < 0)
		close(3);
	close_on_exec_from(p->extra2 >= 0 ? 5 : p->extra >= 0 ? 4 : 3, p->fd_limit);
	if (x->cwd && chdir(x->cwd) < 0)
		fail(p, STAGE_CWD);
	reset_signals();
	execve(p->path, (char *const *)(uintptr_t)x->argv, (char *const *)(uintptr_t)x->env);
	fail(p, STAGE_EXEC);
}

static const char *
value_in(const char *const *env, const char *name)
{
	size_t n = strlen(name);

	for (; *env; env++) {
		if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
			return *env + n + 1;
	}
	return NULL;
}

/* Owned path of the program, or NULL with errno. */
static char *
find_program(const char *name, const char *const *env)
{
	const char *path = value_in(env, "PATH");
	struct slice rest = slice_of(path ? path : "/usr/local/bin:/usr/bin:/bin");

	if (strchr(name, '/'))
		return xstrdup(name);
	errno = ENOENT;
	while (rest.p && *name) {
		autofree char *dir = slice_dup(slice_cut(&rest, ':'));
		autofree char *file = path_join(dir, name);
		struct stat st;

		/* Relative entries mean the child's folder, which is not ours: skipped. */
		if (*dir == '/' && stat(file, &st) == 0 && S_ISREG(st.st_mode) &&
			access(file, X_OK) == 0)
			return steal_ptr(&file);
		errno = ENOENT;
	}
	return NULL;
}

static int
lift(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, LIFTED);
}

static bool
say(const struct failure *f, const struct child_exec *x, struct err *err)
{
	switch (f->stage) {
	case STAGE_CWD:
		return err_sys(err, f->sys, _("Cannot enter the folder %s"), x->cwd);
	case STAGE_EXEC:
		return err_sys(err, f->sys, _("Cannot run %s"), x->argv[0]);
	default:
		return err_sys(err, f->sys, _("Cannot set up a process for %s"), x->argv[0]);
	}
}

/* Waits for the exec (end of file) or for the report that it failed. */
static bool
await_exec(int fd, pid_t pid, const struct child_exec *x, struct err *err)
{
	struct failure f;
	ssize_t n;
	int status;

	do {
		n = read(fd, &f, sizeof(f));
	} while (n < 0 && errno == EINTR);
	if (n != sizeof(f))
		return true;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return say(&f, x, err);
}

static bool
fork_and_wait(struct plan *p, int report_read, pid_t *ret_pid, struct err *err)
{
	sigset_t all, old;
	pid_t pid;
	int sys;

	/* No handler of ours may run in the child. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid == 0)
		in_child(p);
	sys = errno;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	close(p->report);
	p->report = -1;
	if (pid < 0)
		return err_sys(err, sys, _("Cannot start a process for %s"), p->x->argv[0]);
	setpgid(pid, pid); /* here too: whoever comes first */
	if (!await_exec(report_read, pid, p->x, err))
		return false;
	*ret_pid = pid;
	return true;
}

bool
child_exec(const struct child_exec *x, pid_t *ret_pid, struct err *err)
{
	autofree char *path = find_program(x->argv[0], x->env);
	autofd int in = -1, out = -1, error = -1, extra = -1, extra2 = -1, report_read = -1;
	struct plan p = { .x = x, .path = path, .parent = getpid(), .report = -1 };
	int ends[2];
	bool ok;

	if (!path)
		return err_set(
			err, ERR_NOT_FOUND, _("The program %s is not installed"), x->argv[0]);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, _("Cannot start a process for %s"), x->argv[0]);
	p.report = lift(ends[1]);
	close(ends[1]);
	report_read = ends[0];
	p.in = in = lift(x->in);
	p.out = out = lift(x->out);
	p.error = error = lift(x->error);
	p.extra = extra = x->extra >= 0 ? lift(x->extra) : -1;
	p.extra2 = extra2 = x->extra2 > 0 ? lift(x->extra2) : -1;
	p.fd_limit = (int)MIN_OF(sysconf(_SC_OPEN_MAX), 65536L);
	if (p.report < 0 || in < 0 || out < 0 || error < 0 || (x->extra >= 0 && extra < 0) ||
		(x->extra2 > 0 && extra2 < 0))
		ok = err_sys(err, errno, _("Cannot start a process for %s"), x->argv[0]);
	else
		ok = fork_and_wait(&p, report_read, ret_pid, err);
	if (p.report >= 0)
		close(p.report);
	return ok;
}
