/* homard-draft as a wall: what a command tries from inside, and what arrives outside. */
#include "tests/support/testing.h"
#include "tests/support/draft_box.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include "agent/base/path.h"

static uid_t uid;

/* --- inside: each attempt prints its name and what came of it --- */

static void
result(const char *name, bool got_through)
{
	printf("%s: %s\n", name, got_through ? "REACHED" : "refused");
	fflush(stdout);
}

static void
try_sockets(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int pair[2];

	result("unix stream", socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	result("unix datagram", socket(AF_UNIX, SOCK_DGRAM, 0) >= 0);
	/* The kernel drops the upper half of an int argument. */
	result("unix in disguise", syscall(SYS_socket, 0x100000001l, SOCK_STREAM, 0) >= 0);
	result("vsock", socket(40, SOCK_STREAM, 0) >= 0);
	result("packet", socket(AF_PACKET, SOCK_RAW, 0) >= 0);
	result("alg", socket(38, SOCK_SEQPACKET, 0) >= 0);
	result("datagram pair", socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	result("datagram pair, flags",
		socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) == 0);
	result("raw pair", socketpair(AF_UNIX, SOCK_RAW, 0, pair) == 0);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	for (int type = SOCK_STREAM; type <= SOCK_SEQPACKET;
		type += SOCK_SEQPACKET - SOCK_STREAM) {
		bool sent;

		if (socketpair(AF_UNIX, type, 0, pair) < 0) {
			printf("no pair\n");
			continue;
		}
		if (type == SOCK_STREAM)
			printf("pair works: %d\n", write(pair[0], "x", 1) == 1);
		sent = connect(pair[0], (struct sockaddr *)&a, sizeof(a)) == 0;
		close(pair[1]);
		sent |= connect(pair[0], (struct sockaddr *)&a, sizeof(a)) == 0;
		sent |= sendto(pair[0], "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&a,
				sizeof(a)) == 1;
		result("pair led outside", sent);
		close(pair[0]);
	}
}

static void
try_tcp(const char *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)atoi(port)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	result("tcp outside", connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	a.sin_addr.s_addr = inet_addr("192.0.2.1");
	result("tcp away", connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	result("udp away", sendto(fd, "x", 1, 0, (struct sockaddr *)&a, sizeof(a)) == 1);
	result("raw ip", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0);
}

static void
try_calls(const char *outside_pid)
{
	int fd;

	result("ptrace", ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0);
	result("mount", mount("none", "/tmp", "tmpfs", 0, NULL) == 0);
	result("umount", umount2("/proc", MNT_DETACH) == 0);
	result("remount", mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL) == 0);
	result("unshare user", unshare(CLONE_NEWUSER) == 0);
	result("unshare net", unshare(CLONE_NEWNET) == 0);
	result("clone user", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) >= 0);
	result("clone3", syscall(SYS_clone3, NULL, 0) >= 0 || errno != ENOSYS);
	result("io_uring", syscall(SYS_io_uring_setup, 1, NULL) >= 0 || errno != EPERM);
	result("bpf", syscall(SYS_bpf, 0, NULL, 0) >= 0 || errno != EPERM);
	result("keyctl", syscall(SYS_keyctl, 0, 0, 0, 0, 0) >= 0 || errno != EPERM);
	result("userfaultfd", syscall(SYS_userfaultfd, 0) >= 0 || errno != EPERM);
	result("open by handle",
		syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0) >= 0 || errno != EPERM);
	fd = open("/proc/self/ns/user", O_RDONLY);
	result("setns", setns(fd, 0) == 0);
	result("chroot", chroot("/tmp") == 0);
	result("device", mknod("dev", S_IFBLK | 0600, makedev(254, 0)) == 0);
	result("whiteout", mknod("wh", S_IFCHR | 0600, makedev(0, 0)) == 0);
	result("forged opaque", setxattr(".", "trusted.overlay.opaque", "y", 1, 0) == 0);
	result("terminal", open("/dev/tty", O_RDWR) >= 0);
	result("type into a terminal", ioctl(0, TIOCSTI, "x") == 0 || errno != EPERM);
	result("type, disguised",
		syscall(SYS_ioctl, 0, 0x100000000ul | TIOCSTI, "x") == 0 || errno != EPERM);
	result("signal outside", kill(atoi(outside_pid), 0) == 0);
	result("signal pid 1", kill(1, SIGKILL) == 0 && usleep(100000) != 0);
	result("setuid", geteuid() != 0 && setuid(0) == 0);
	result("setgid", getegid() != 0 && setgid(0) == 0);
	result("capability", prctl(PR_CAPBSET_READ, 21, 0, 0, 0) == 1);
	result("new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1);
	result("pid 1's memory", open("/proc/1/mem", O_RDONLY) >= 0);
	result("pid 1's root", open("/proc/1/root/etc", O_RDONLY) >= 0);
	result("pid 1's cwd", open("/proc/1/cwd", O_RDONLY | O_PATH) >= 0);
}

static void
try_write(const char *path)
{
	char beside[300];

	snprintf(beside, sizeof(beside), "%s.new", path);
	result("append outside", open(path, O_WRONLY | O_APPEND) >= 0);
	result("create outside", open(beside, O_WRONLY | O_CREAT, 0600) >= 0);
	result("chmod outside", chmod(path, 0777) == 0);
	result("unlink outside", unlink(path) == 0);
	result("link outside", link("here", beside) == 0);
	result("kernel knob", open("/proc/sys/kernel/core_pattern", O_WRONLY) >= 0);
	result("sysrq", open("/proc/sysrq-trigger", O_WRONLY) >= 0);
	result("kernel memory",
		geteuid() == 0 && open("/proc/kcore", O_RDONLY) >= 0 &&
			lseek(open("/proc/kcore", O_RDONLY), 0, SEEK_END) > 0);
	result("sys", open("/sys/kernel/mm/ksm/run", O_WRONLY) >= 0);
	result("disk", open("/dev/vda", O_RDONLY) >= 0 || open("/dev/sda", O_RDONLY) >= 0);
	result("kmsg", open("/dev/kmsg", O_WRONLY) >= 0);
	result("other terminals", access("/dev/pts/0", F_OK) == 0);
}

#if defined(__x86_64__)
/* 32-bit calls have other numbers: socketcall would not be seen by the filter. */
static void
try_int80(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		long r;

		__asm__ volatile("int $0x80" : "=a"(r) : "a"(20L) : "memory"); /* getpid */
		_exit(r > 0 ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	result("32-bit call", WIFEXITED(status) && WEXITSTATUS(status) == 0);
	pid = fork();
	if (pid == 0)
		_exit(syscall(0x40000000 + SYS_getpid) > 0 ? 0 : 1);
	waitpid(pid, &status, 0);
	result("x32 call", WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
#else
static void
try_int80(void)
{
}
#endif

static int
inside(const char *check, const char *argument)
{
	if (str_eq(check, "sockets"))
		try_sockets(argument);
	else if (str_eq(check, "tcp"))
		try_tcp(argument);
	else if (str_eq(check, "calls"))
		try_calls(argument);
	else if (str_eq(check, "write"))
		try_write(argument);
	else if (str_eq(check, "arch"))
		try_int80();
	return 0;
}

/* --- outside --- */

static void
assert_nothing_reached(struct box *b)
{
	if (box_exit(b) != 0 || slice_find(buf_slice(&b->out), SLICE_LIT("REACHED")) >= 0)
		fail_msg("%s", buf_str(&b->out));
	assert_true(slice_find(buf_slice(&b->out), SLICE_LIT("refused")) >= 0);
}

static int
listen_unix(const char *path, int type)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	if (type != SOCK_DGRAM)
		assert_int_equal(listen(fd, 8), 0);
	chmod(path, 0777);
	return fd;
}

static void
assert_silent(int fd, int type)
{
	char c;

	if (type == SOCK_DGRAM)
		assert_int_equal(recv(fd, &c, 1, MSG_DONTWAIT), -1);
	else
		assert_int_equal(accept(fd, NULL, NULL), -1);
	close(fd);
}

/* A folder that no root covers and that is not below /tmp: there, sockets are the real ones. */
static bool
make_plain_dir(char *path, size_t size)
{
	snprintf(path, size, "/var/tmp/homard-jail-XXXXXX");
	return mkdtemp(path) && chmod(path, 0777) == 0;
}

static void
draft_jail__refuses__unix_sockets(void **state)
{
	struct box b;
	char dir[64], path[100];
	int stream, dgram;

	(void)state;
	if (!make_plain_dir(dir, sizeof(dir)))
		skip();
	box_init(&b, uid);
	snprintf(path, sizeof(path), "%s/s", dir);
	stream = listen_unix(path, SOCK_STREAM);
	box_inside(&b, "sockets", path);
	assert_nothing_reached(&b);
	assert_true(slice_find(buf_slice(&b.out), SLICE_LIT("pair works: 1")) >= 0);
	assert_silent(stream, SOCK_STREAM);
	unlink(path);
	dgram = listen_unix(path, SOCK_DGRAM);
	box_inside(&b, "sockets", path);
	assert_nothing_reached(&b);
	assert_silent(dgram, SOCK_DGRAM);
	unlink(path);
	rmdir(dir);
	box_finish(&b);
}

static void
draft_jail__has__no_network(void **state)
{
	struct box b;
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	char port[16];

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	snprintf(port, sizeof(port), "%d", ntohs(a.sin_port));
	box_init(&b, uid);
	box_inside(&b, "tcp", port);
	assert_nothing_reached(&b);
	assert_silent(fd, SOCK_STREAM);
	/* Only its own loopback, which works. */
	box_sh(&b, "sed -n 's/: .*//p' /proc/net/dev | tr -d ' '");
	assert_string_equal(buf_str(&b.out), "lo\n");
	box_finish(&b);
}

static void
draft_jail__refuses__dangerous_calls(void **state)
{
	struct box b;
	char pid[16];

	(void)state;
	box_init(&b, uid);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	box_inside(&b, "calls", pid);
	assert_nothing_reached(&b);
	box_inside(&b, "arch", "");
	if (b.out.len)
		assert_nothing_reached(&b);
	box_finish(&b);
}

static void
draft_jail__keeps__the_machine_read_only(void **state)
{
	struct box b;
	char dir[64], path[100];
	FILE *f;

	(void)state;
	if (!make_plain_dir(dir, sizeof(dir)))
		skip();
	snprintf(path, sizeof(path), "%s/file", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	chmod(path, 0666);
	if (geteuid() == 0)
		assert_int_equal(chown(path, uid, uid), 0);
	box_init(&b, uid);
	box_file(&b, "here", "h");
	box_inside(&b, "write", path);
	assert_nothing_reached(&b);
	/* Through links out of the home, too. */
	box_sh(&b,
		"ln -s / root; ln -s ../../../../../../../.. up; echo x "
		">>root/var/tmp/../../etc/passwd;"
		"echo x >up/etc/new; rm -f root/etc/hostname; exit 0");
	assert_int_equal(box_find(&b, DRAFT_LIST_END, NULL)->r.count, 2);
	unlink(path);
	rmdir(dir);
	box_finish(&b);
}

static void
draft_jail__shows__only_its_own_processes(void **state)
{
	struct box b;
	struct slice rest;
	size_t n = 0;

	(void)state;
	box_init(&b, uid);
	box_sh(&b,
		"ls /proc | grep -c '^[0-9]'; grep -c . /proc/1/cmdline; id -u; cat "
		"/proc/self/status");
	rest = buf_slice(&b.out);
	n = (size_t)atoi(buf_str(&b.out));
	assert_true(n >= 2 && n <= 5);
	assert_true(slice_find(rest, SLICE_LIT("CapEff:\t0000000000000000")) >= 0);
	assert_true(slice_find(rest, SLICE_LIT("CapBnd:\t0000000000000000")) >= 0);
	assert_true(slice_find(rest, SLICE_LIT("NoNewPrivs:\t1")) >= 0);
	assert_true(slice_find(rest, SLICE_LIT("Seccomp:\t2")) >= 0);
	box_finish(&b);
}

static void
draft_jail__gives__a_clean_start(void **state)
{
	struct box b;

	(void)state;
	setenv("HOMARD_TEST_SECRET", "leak", 1);
	setenv("LD_PRELOAD", "/nonexistent.so", 1);
	setenv("BASH_ENV", "/nonexistent", 1);
	box_init(&b, uid);
	box_sh(&b, "env; ls /proc/self/fd | wc -l; tty; cat");
	unsetenv("LD_PRELOAD");
	unsetenv("BASH_ENV");
	assert_int_equal(slice_find(buf_slice(&b.out), SLICE_LIT("HOMARD_TEST_SECRET")), -1);
	assert_int_equal(slice_find(buf_slice(&b.out), SLICE_LIT("LD_PRELOAD")), -1);
	assert_int_equal(slice_find(buf_slice(&b.out), SLICE_LIT("BASH_ENV")), -1);
	/* 0, 1, 2 and the one ls reads with. */
	assert_true(slice_find(buf_slice(&b.out), SLICE_LIT("\n4\n")) >= 0);
	assert_true(slice_find(buf_slice(&b.out), SLICE_LIT("not a tty")) >= 0);
	box_finish(&b);
}

static void
draft_jail__isolates__fifos_and_locks(void **state)
{
	struct box b;
	autofree char *fifo = NULL;
	int fd;
	char c;

	(void)state;
	box_init(&b, uid);
	fifo = path_join(b.home, "fifo");
	assert_int_equal(mkfifo(fifo, 0666), 0);
	chmod(fifo, 0666);
	fd = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	box_spec(&b, "wall_ms=400");
	box_sh(&b, "echo escape >fifo");
	assert_int_equal(box_limit(&b), DRAFT_LIMIT_WALL);
	assert_int_equal(read(fd, &c, 1), -1);
	close(fd);
	box_finish(&b);
}

static void
draft_jail__ignores__setuid_programs(void **state)
{
	struct box b;
	struct stat st;

	(void)state;
	if (uid == 0 || stat("/usr/bin/su", &st) < 0 || !(st.st_mode & S_ISUID))
		skip();
	box_init(&b, uid);
	box_sh(&b, "su root -c id; cp /usr/bin/id own; chmod u+s own; ./own -u");
	assert_int_equal(slice_find(buf_slice(&b.out), SLICE_LIT("uid=0")), -1);
	assert_int_equal(atoi(buf_str(&b.out)), (int)uid);
	box_finish(&b);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(draft_jail__refuses__unix_sockets),
	cmocka_unit_test(draft_jail__has__no_network),
	cmocka_unit_test(draft_jail__refuses__dangerous_calls),
	cmocka_unit_test(draft_jail__keeps__the_machine_read_only),
	cmocka_unit_test(draft_jail__shows__only_its_own_processes),
	cmocka_unit_test(draft_jail__gives__a_clean_start),
	cmocka_unit_test(draft_jail__isolates__fifos_and_locks),
	cmocka_unit_test(draft_jail__ignores__setuid_programs) };

int
main(int argc, char **argv)
{
	return box_main(argc, argv, inside, "draft jail", tests, ARRAY_LEN(tests), &uid);
}
