#include "agent/helpers/draft/filter.h"
#include <asm/termbits.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#ifndef TIOCLINUX
#define TIOCLINUX 0x541C
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#define SYS_UNNAMED_OPEN_TREE_ATTR 467 /* newer than libseccomp 2.5 knows */

/* Refused with EPERM whatever the arguments: what reaches other processes, keys, devices,
 * mounts or the kernel's inside, and io_uring, which does all of it without being seen here. */
static const int denied[] = { SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise), SCMP_SYS(pidfd_getfd),
	SCMP_SYS(kcmp), SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key),
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
	SCMP_SYS(mount), SCMP_SYS(umount), SCMP_SYS(umount2), SCMP_SYS(pivot_root),
	SCMP_SYS(chroot), SCMP_SYS(fsopen), SCMP_SYS(fspick), SCMP_SYS(fsconfig),
	SCMP_SYS(fsmount), SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(mount_setattr),
	SYS_UNNAMED_OPEN_TREE_ATTR, SCMP_SYS(setns), SCMP_SYS(open_by_handle_at),
	SCMP_SYS(name_to_handle_at), SCMP_SYS(fanotify_init), SCMP_SYS(quotactl),
	SCMP_SYS(quotactl_fd), SCMP_SYS(acct), SCMP_SYS(swapon), SCMP_SYS(swapoff),
	SCMP_SYS(reboot), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
	SCMP_SYS(syslog), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime),
	SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(iopl), SCMP_SYS(ioperm),
	SCMP_SYS(modify_ldt), SCMP_SYS(uselib), SCMP_SYS(vhangup), SCMP_SYS(lookup_dcookie),
	SCMP_SYS(nfsservctl), SCMP_SYS(memfd_secret) };

static const unsigned namespaces[] = { CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET,
	CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, CLONE_NEWTIME };

static bool
deny_all(scmp_filter_ctx c)
{
	for (size_t i = 0; i < ARRAY_LEN(denied); i++) {
		/* Negative: a call this architecture does not have. */
		if (denied[i] >= 0 &&
			seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), denied[i], 0) < 0)
			return false;
	}
	/* glibc falls back to clone, whose flags can be looked at. */
	return seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

static bool
deny_namespaces(scmp_filter_ctx c)
{
	for (size_t i = 0; i < ARRAY_LEN(namespaces); i++) {
		const unsigned bit = namespaces[i];

		/* clone's low byte is the signal, where CLONE_NEWTIME would be. */
		if (bit != CLONE_NEWTIME &&
			seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
				SCMP_A0(SCMP_CMP_MASKED_EQ, bit, bit)) < 0)
			return false;
		if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(unshare), 1,
			    SCMP_A0(SCMP_CMP_MASKED_EQ, bit, bit)) < 0)
			return false;
	}
	return true;
}

/*
 * Internet and netlink sockets stay (they reach nothing: the network is empty). The kernel
 * looks at the low 32 bits of an int argument only, the filter at all 64: everything above the
 * last family is refused, else 1 << 32 | AF_UNIX would pass.
 */
static bool
deny_sockets(scmp_filter_ctx c)
{
	for (unsigned family = 0; family <= AF_NETLINK; family++) {
		int sys = family == AF_UNIX ? EPERM : EAFNOSUPPORT;

		if (family == AF_INET || family == AF_INET6 || family == AF_NETLINK)
			continue;
		if (seccomp_rule_add(c, SCMP_ACT_ERRNO((unsigned)sys), SCMP_SYS(socket), 1,
			    SCMP_A0(SCMP_CMP_EQ, family)) < 0)
			return false;
	}
	if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
		    SCMP_A0(SCMP_CMP_GT, AF_NETLINK)) < 0)
		return false;
	/* A pair of datagram sockets (raw means the same) may still send to any path: only
	 * streams are bound to each other for good. */
	return seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socketpair), 1,
		       SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_DGRAM)) == 0 &&
		seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socketpair), 1,
			SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_RAW)) == 0;
}

static bool
deny_ioctls(scmp_filter_ctx c)
{
	static const unsigned long requests[] = { TIOCSTI, TIOCLINUX, TIOCSETD };

	for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
		if (seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
			    SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, requests[i])) < 0)
			return false;
	}
	return true;
}

static bool export(scmp_filter_ctx c, struct filter *ret, struct fail *f)
{
	autofd int fd = memfd_create("filter", MFD_CLOEXEC);
	ssize_t n;

	if (fd < 0 || seccomp_export_bpf(c, fd) < 0)
		return fail_sys(f, DRAFT_FAIL_OTHER, "cannot write the seccomp filter");
	n = pread(fd, ret->code, sizeof(ret->code), 0);
	if (n <= 0 || (size_t)n == sizeof(ret->code))
		return fail_set(f, DRAFT_FAIL_OTHER, "the seccomp filter is too large");
	ret->n = (size_t)n / sizeof(ret->code[0]);
	return true;
}

bool
filter_build(struct filter *ret, struct fail *f)
{
	/* Only this machine's own architecture: calls of 32-bit and x32 programs have other
	 * numbers. */
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
	bool ok;

	ok = c && seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
		deny_all(c) && deny_namespaces(c) && deny_sockets(c) && deny_ioctls(c);
	ok = ok ? export(c, ret, f)
		: fail_set(f, DRAFT_FAIL_OTHER, "libseccomp refused a rule");
	if (c)
		seccomp_release(c);
	return ok;
}

bool
filter_load(const struct filter *p, struct fail *f)
{
	struct sock_fprog prog = { (unsigned short)p->n,
		(struct sock_filter *)(uintptr_t)p->code };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		return fail_sys(f, DRAFT_FAIL_OTHER, "seccomp");
	return true;
}
