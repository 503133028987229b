#include "agent/helpers/draft/probe.h"
#include "agent/helpers/draft/filter.h"
#include "agent/helpers/draft/overlay.h"
#include "agent/helpers/draft/userns.h"
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

struct answer {
	unsigned can;
	struct fail fail;
};

static void
try_overlay(const struct spec *s, struct answer *a)
{
	struct overlay_how how = { .legacy = s->legacy };
	int mnt;

	if (!s->n_roots)
		return;
	mnt = overlay_mount(&s->root[0], &how, &a->fail);
	if (mnt < 0)
		return;
	close(mnt);
	a->can |= DRAFT_CAN_OVERLAY | (how.lowerplus ? DRAFT_CAN_LOWERPLUS : 0u) |
		(how.is_volatile ? DRAFT_CAN_VOLATILE : 0u);
}

/* Pid 1 of new namespaces. */
NORETURN static void
inside(const struct spec *s, int to)
{
	struct answer a = { .can = DRAFT_CAN_USERNS };
	struct filter filter;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) {
		fail_sys(&a.fail, DRAFT_FAIL_USERNS, "a user namespace without rights");
		a.can = 0;
	} else {
		try_overlay(s, &a);
		if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
			a.can |= DRAFT_CAN_PROC;
		else if (!a.fail.code)
			fail_sys(&a.fail, DRAFT_FAIL_PROC, "a fresh /proc");
		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
			filter_build(&filter, &a.fail) && filter_load(&filter, &a.fail))
			a.can |= DRAFT_CAN_SECCOMP;
	}
	_exit(write(to, &a, sizeof(a)) == (ssize_t)sizeof(a) ? 0 : 1);
}

int
probe_machine(const struct spec *s, struct rec *out)
{
	struct answer a = { 0 };
	int ends[2];
	pid_t pid = -1;

	if (pipe(ends) < 0)
		return rec_fail(out, DRAFT_FAIL_OTHER, "pipe");
	if (userns_enter(&a.fail)) {
		pid = (pid_t)syscall(SYS_clone,
			CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
				CLONE_NEWUTS | CLONE_NEWCGROUP | SIGCHLD,
			NULL, NULL, NULL, NULL);
		if (pid == 0)
			inside(s, ends[1]);
		if (pid < 0)
			fail_sys(&a.fail, DRAFT_FAIL_USERNS, "cannot make namespaces");
	}
	close(ends[1]);
	if (pid > 0) {
		struct answer got;

		if (read(ends[0], &got, sizeof(got)) == (ssize_t)sizeof(got))
			a = got;
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	rec_put(out,
		(struct draft_record){
			.kind = DRAFT_PROBE, .mode = a.can, .flags = a.fail.code },
		a.fail.why, NULL);
	rec_flush(out);
	return 0;
}
