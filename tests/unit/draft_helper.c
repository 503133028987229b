/* homard-draft: what it runs, lists and limits. Run as this user and, by root, as another. */
#include "tests/support/testing.h"
#include "tests/support/draft_box.h"
#include <sys/utsname.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "agent/base/path.h"

static uid_t uid;

static void
draft_run__lists__every_kind(void **state)
{
	struct box b;
	const struct box_record *r;

	(void)state;
	box_init_files(&b, uid);
	box_sh(&b,
		"mkdir -p new/sub; echo 123 >new/sub/f; echo more >>a; rm -rf d; chmod 600 "
		"mode;"
		"touch same; rm -rf r; mkdir r; echo n >r/new; rm type; mkdir type; ln -s a "
		"link");
	assert_int_equal(box_exit(&b), 0);
	assert_non_null(box_find(&b, DRAFT_CREATE, "new"));
	assert_non_null(box_find(&b, DRAFT_CREATE, "new/sub"));
	r = box_find(&b, DRAFT_CREATE, "new/sub/f");
	assert_non_null(r);
	assert_int_equal(r->r.bytes, 4);
	assert_true(S_ISREG(r->r.post.mode));
	assert_int_equal(r->r.pre.mode, 0);
	r = box_find(&b, DRAFT_MODIFY, "a");
	assert_non_null(r);
	assert_int_equal(r->r.pre.size, 6);
	assert_int_equal(r->r.post.size, 11);
	assert_true(r->r.flags & DRAFT_F_COPIED_UP);
	r = box_find(&b, DRAFT_DELETE, "d");
	assert_non_null(r);
	assert_int_equal(r->r.count, 3);
	assert_int_equal(r->r.bytes, 12);
	assert_non_null(box_find(&b, DRAFT_PERM, "mode"));
	assert_non_null(box_find(&b, DRAFT_TOUCH, "same"));
	r = box_find(&b, DRAFT_REPLACE, "r");
	assert_non_null(r);
	assert_true(r->r.flags & DRAFT_F_OPAQUE);
	assert_non_null(box_find(&b, DRAFT_REPLACE, "type"));
	r = box_find(&b, DRAFT_CREATE, "link");
	assert_non_null(r);
	assert_string_equal(r->from, "a");
	r = box_find(&b, DRAFT_LIST_END, NULL);
	assert_int_equal(r->r.count, 10);
	box_finish(&b);
}

static void
draft_run__changes__nothing_real(void **state)
{
	struct box b;
	autofree char *a = NULL, *text = NULL, *d = NULL;
	struct stat before, after;

	(void)state;
	box_init_files(&b, uid);
	a = path_join(b.home, "a");
	d = path_join(b.home, "d/x");
	assert_int_equal(stat(a, &before), 0);
	box_sh(&b, "rm -rf -- * .[a-z]*; echo x >a; truncate -s 0 ../home/a; ls -A | wc -l");
	assert_string_equal(buf_str(&b.out), "1\n");
	assert_int_equal(stat(a, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_true(before.st_ctim.tv_sec == after.st_ctim.tv_sec &&
		before.st_ctim.tv_nsec == after.st_ctim.tv_nsec);
	text = test_slurp(a);
	assert_string_equal(text, "hello\n");
	assert_int_equal(access(d, F_OK), 0);
	box_finish(&b);
}

static void
draft_run__stacks__on_used_upper(void **state)
{
	struct box b;

	(void)state;
	box_init_files(&b, uid);
	box_sh(&b, "echo one >first; rm a");
	assert_int_equal(box_exit(&b), 0);
	box_sh(&b, "cat first && test ! -e a && echo two >second");
	assert_int_equal(box_exit(&b), 0);
	assert_string_equal(buf_str(&b.out), "one\n");
	assert_int_equal(box_count(&b, DRAFT_CREATE), 2);
	assert_non_null(box_find(&b, DRAFT_DELETE, "a"));
	box_run(&b, "list", NULL);
	assert_int_equal(box_count(&b, DRAFT_CREATE), 2);
	assert_non_null(box_find(&b, DRAFT_DELETE, "a"));
	box_finish(&b);
}

static void
draft_run__lists__odd_names_and_closed_folders(void **state)
{
	struct box b;
	const struct box_record *r;

	(void)state;
	box_init(&b, uid);
	box_sh(&b,
		"printf x >'a\nb'; printf y >\"$(printf '\\377\\033[2J')\"; printf z >' '; "
		"printf q >-rf;"
		"mkdir -p closed/in; echo hi >closed/in/f; mkfifo fifo; chmod 000 closed/in "
		"closed");
	assert_int_equal(box_exit(&b), 0);
	assert_non_null(box_find(&b, DRAFT_CREATE, "a\nb"));
	assert_non_null(box_find(&b, DRAFT_CREATE, "\377\033[2J"));
	assert_non_null(box_find(&b, DRAFT_CREATE, " "));
	assert_non_null(box_find(&b, DRAFT_CREATE, "-rf"));
	r = box_find(&b, DRAFT_CREATE, "closed/in/f");
	assert_non_null(r);
	assert_int_equal(r->r.bytes, 3);
	r = box_find(&b, DRAFT_CREATE, "closed");
	assert_int_equal(r->r.post.mode & 07777, 0);
	r = box_find(&b, DRAFT_CREATE, "fifo");
	assert_true(S_ISFIFO(r->r.post.mode));
	box_finish(&b);
}

static void
draft_run__sums_up__what_cannot_be_named(void **state)
{
	struct box b;

	(void)state;
	box_init(&b, uid);
	/* A tree deeper than a path can say: it is still seen that something is there. */
	box_inside(&b, "deep", "40");
	assert_int_equal(box_exit(&b), 0);
	assert_true(box_count(&b, DRAFT_CREATE) >= 18);
	{
		uint64_t all = 0;

		for (size_t i = 0; i < b.n; i++)
			all += b.v[i].r.kind == DRAFT_CREATE ? b.v[i].r.count : 0;
		assert_int_equal(all, 41);
	}
	box_finish(&b);
}

static void
draft_run__mounts__odd_roots_both_ways(void **state)
{
	static const char *const names[] = { "we:ird, d\\x", "plain", "a=b,upperdir=x" };

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LEN(names); i++) {
		struct box b;
		autofree char *odd = NULL;

		box_init(&b, uid);
		odd = path_join(b.dir, names[i / 2]);
		assert_int_equal(rename(b.home, odd), 0);
		free(b.home);
		b.home = steal_ptr(&odd);
		if (i % 2)
			box_spec(&b, "legacy=1");
		box_sh(&b, "echo x >f; pwd");
		assert_int_equal(box_exit(&b), 0);
		assert_non_null(box_find(&b, DRAFT_CREATE, "f"));
		box_sh(&b, "cat f");
		assert_string_equal(buf_str(&b.out), "x\n");
		box_finish(&b);
	}
}

static void
draft_run__hides__what_is_masked(void **state)
{
	struct box b;

	(void)state;
	box_init(&b, uid);
	box_file(&b, ".ssh/id", "secret");
	box_file(&b, ".env", "KEY=secret");
	box_file(&b, "dot/real", "secret");
	box_spec(&b, "mask=%s/.ssh", b.home);
	box_spec(&b, "mask=%s/.env", b.home);
	box_spec(&b, "mask=%s/none", b.home);
	box_sh(&b,
		"cat .env .ssh/id 2>/dev/null; ls -A .ssh; echo x >.env; echo x >.ssh/y; rm "
		"-rf .ssh .env;"
		"mv .ssh elsewhere; chmod 777 .ssh; ls -A");
	assert_int_equal(slice_find(buf_slice(&b.out), SLICE_LIT("secret")), -1);
	assert_int_equal(box_count(&b, DRAFT_DELETE), 0);
	assert_int_equal(box_count(&b, DRAFT_MODIFY), 0);
	/* The stage itself, which holds the drafts of other tasks. */
	box_sh(&b, "ls -A ../stage | wc -l; ls ../stage/upper");
	assert_int_equal(slice_find(buf_slice(&b.out), SLICE_LIT("upper")), -1);
	box_finish(&b);
}

static void
draft_run__keeps__tmp_private_but_its_root(void **state)
{
	struct box b;
	autofree char *beside = NULL;

	(void)state;
	box_init(&b, uid); /* home lies below /tmp */
	beside = xasprintf("%s/beside", b.dir);
	assert_int_equal(mkdir(beside, 0777), 0);
	box_sh(&b,
		"echo f >here; ls -A /tmp; echo t >/tmp/mine; cat /tmp/mine; ls -A ..; ls -A "
		"/run");
	assert_int_equal(box_exit(&b), 0);
	assert_non_null(box_find(&b, DRAFT_CREATE, "here"));
	assert_int_equal(slice_find(buf_slice(&b.out), SLICE_LIT("beside")), -1);
	assert_int_equal(access("/tmp/mine", F_OK), -1);
	box_finish(&b);
}

static void
draft_run__reports__exit_and_signal(void **state)
{
	struct box b;

	(void)state;
	box_init(&b, uid);
	box_sh(&b, "exit 7");
	assert_int_equal(box_exit(&b), 7);
	box_sh(&b, "kill -9 $$");
	assert_int_equal(box_exit(&b), -1);
	assert_int_equal(box_find(&b, DRAFT_EXIT, NULL)->r.signal, SIGKILL);
	box_run(&b, "run", (const char *const[]){ "/no/such/program", NULL });
	assert_int_equal(box_exit(&b), 127);
	box_run(&b, "run", (const char *const[]){ "/etc/passwd", NULL });
	assert_int_equal(box_exit(&b), 126);
	box_run(&b, "run", (const char *const[]){ "no-such-program-here", NULL });
	assert_int_equal(box_exit(&b), 127);
	box_finish(&b);
}

static void
draft_run__refuses__bad_specs(void **state)
{
	static const char *const bad[] = { "nonsense", "what=1", "wall_ms=-1", "mem=12x",
		"root=relative", "root=/tmp" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct box b;

		box_init(&b, uid);
		box_spec(&b, "%s", bad[i]);
		box_sh(&b, "echo ran");
		assert_non_null(box_find(&b, DRAFT_FAIL, NULL));
		assert_int_equal(box_find(&b, DRAFT_FAIL, NULL)->r.mode, DRAFT_FAIL_SPEC);
		assert_int_equal(b.out.len, 0);
		box_finish(&b);
	}
}

static void
draft_run__ends__at_the_wall(void **state)
{
	struct box b;

	(void)state;
	box_init(&b, uid);
	box_spec(&b, "wall_ms=300");
	box_sh(&b, "echo x >f; (trap '' TERM HUP; sleep 100) & trap '' TERM; sleep 100");
	assert_int_equal(box_limit(&b), DRAFT_LIMIT_WALL);
	assert_int_equal(box_exit(&b), -1);
	/* What was done so far is still told. */
	assert_non_null(box_find(&b, DRAFT_CREATE, "f"));
	box_finish(&b);
}

static void
draft_run__stops__on_request(void **state)
{
	struct box b;

	(void)state;
	box_init(&b, uid);
	b.close_after_ms = 200;
	box_sh(&b, "echo x >f; trap '' TERM INT HUP; while :; do :; done");
	assert_int_equal(box_limit(&b), DRAFT_LIMIT_STOP);
	assert_non_null(box_find(&b, DRAFT_CREATE, "f"));
	box_finish(&b);
}

static void
draft_run__dies__with_its_supervisor(void **state)
{
	struct box b;

	(void)state;
	box_init(&b, uid);
	box_start(&b, "run",
		(const char *const[]){ "sh", "-c",
			"(setsid sleep 100 & setsid sleep 100 &); echo up; sleep 100", NULL });
	box_await(&b, "up\n");
	kill(b.pid, SIGKILL);
	/* Each of them holds the output open: it ends when the last one is gone. */
	box_wait(&b);
	assert_true(WIFSIGNALED(b.status));
	box_finish(&b);
}

static void
draft_run__ends__background_jobs(void **state)
{
	struct box b;

	(void)state;
	box_init(&b, uid);
	box_sh(&b,
		"(setsid nohup sleep 100 >f 2>&1 </dev/null &) ; (while :; do echo x >>g; "
		"done) & exit 3");
	assert_int_equal(box_exit(&b), 3);
	box_finish(&b);
}

static void
draft_run__limits__memory_of_all_together(void **state)
{
	struct box b;

	(void)state;
	box_init(&b, uid);
	box_spec(&b, "mem=150000000");
	box_spec(&b, "wall_ms=20000");
	box_inside(&b, "eat", "40");
	assert_int_equal(box_limit(&b), DRAFT_LIMIT_MEM);
	box_finish(&b);
	/* Files in memory count too, and their room is bounded. */
	box_init(&b, uid);
	box_spec(&b, "mem=50000000");
	box_sh(&b, "head -c 200000000 /dev/zero >/tmp/x");
	assert_true(box_limit(&b) == DRAFT_LIMIT_MEM || box_exit(&b) != 0);
	box_finish(&b);
}

static void
draft_run__limits__a_fork_bomb(void **state)
{
	struct utsname u;
	unsigned major = 0, minor = 0;
	struct box b;

	(void)state;
	/* Root is only held by the size of the pid namespace; before 6.14 that is the
	 * machine's, and the supervisor's count comes too late to try a bomb on somebody's
	 * machine. */
	assert_int_equal(uname(&u), 0);
	sscanf(u.release, "%u.%u", &major, &minor);
	if (geteuid() == 0 && (major < 6 || (major == 6 && minor < 14)))
		skip();
	box_init(&b, uid);
	box_spec(&b, "nproc=60"), box_spec(&b, "wall_ms=1500");
	box_sh(&b, "f() { f | f & }; f; sleep 100");
	/* Ended by a limit, or the shell gave up because it could not fork. */
	assert_true(box_limit(&b) != DRAFT_LIMIT_NONE || box_exit(&b) != 0);
	box_finish(&b);
}

static void
draft_run__limits__file_size_and_cpu(void **state)
{
	struct box b;
	const struct box_record *r;

	(void)state;
	box_init(&b, uid);
	box_spec(&b, "fsize=1000000");
	box_spec(&b, "cpu_s=1");
	box_spec(&b, "wall_ms=20000");
	box_sh(&b, "head -c 5000000 /dev/zero >big");
	assert_int_not_equal(box_exit(&b), 0);
	r = box_find(&b, DRAFT_CREATE, "big");
	assert_non_null(r);
	assert_true(r->r.bytes <= 1000000);
	box_sh(&b, "while :; do :; done");
	assert_int_equal(box_limit(&b), DRAFT_LIMIT_CPU);
	box_finish(&b);
}

static void
draft_run__copies__big_sparse_files_quickly(void **state)
{
	struct box b;
	autofree char *big = NULL;
	int fd;

	(void)state;
	box_init(&b, uid);
	box_file(&b, "big", "start");
	big = path_join(b.home, "big");
	fd = open(big, O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, 1 << 30), 0);
	close(fd);
	box_sh(&b, "touch big");
	assert_int_equal(box_exit(&b), 0);
	assert_non_null(box_find(&b, DRAFT_TOUCH, "big"));
	box_sh(&b, "printf x | dd of=big bs=1 seek=1000000000 conv=notrunc 2>/dev/null");
	assert_non_null(box_find(&b, DRAFT_MODIFY, "big"));
	box_finish(&b);
}

static void
draft_run__tells__xattrs_from_content(void **state)
{
	struct box b;

	(void)state;
	box_init(&b, uid);
	box_file(&b, "f", "text");
	box_inside(&b, "xattr", "f");
	if (!str_eq(buf_str(&b.out), "set\n"))
		skip();
	assert_non_null(box_find(&b, DRAFT_PERM, "f"));
	box_finish(&b);
}

/* --- what runs inside --- */

/* Folders in folders, each with a name of 200 bytes, and a file at the bottom. */
static int
inside_deep(const char *levels)
{
	char name[201];
	FILE *f;

	memset(name, 'n', 200);
	name[200] = '\0';
	for (int i = atoi(levels); i > 0; i--) {
		if (mkdir(name, 0755) < 0 || chdir(name) < 0)
			return 3;
	}
	f = fopen("f", "w");
	return f && fclose(f) == 0 ? 0 : 4;
}

int setxattr(const char *path, const char *name, const void *value, size_t size, int flags);

static int
inside(const char *check, const char *argument)
{
	if (str_eq(check, "eat"))
		return box_eat(argument);
	if (str_eq(check, "deep"))
		return inside_deep(argument);
	if (str_eq(check, "xattr"))
		puts(setxattr(argument, "user.homard", "1", 1, 0) == 0 ? "set" : "not set");
	return 0;
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(draft_run__lists__every_kind),
	cmocka_unit_test(draft_run__changes__nothing_real),
	cmocka_unit_test(draft_run__stacks__on_used_upper),
	cmocka_unit_test(draft_run__lists__odd_names_and_closed_folders),
	cmocka_unit_test(draft_run__sums_up__what_cannot_be_named),
	cmocka_unit_test(draft_run__mounts__odd_roots_both_ways),
	cmocka_unit_test(draft_run__hides__what_is_masked),
	cmocka_unit_test(draft_run__keeps__tmp_private_but_its_root),
	cmocka_unit_test(draft_run__reports__exit_and_signal),
	cmocka_unit_test(draft_run__refuses__bad_specs),
	cmocka_unit_test(draft_run__ends__at_the_wall),
	cmocka_unit_test(draft_run__stops__on_request),
	cmocka_unit_test(draft_run__dies__with_its_supervisor),
	cmocka_unit_test(draft_run__ends__background_jobs),
	cmocka_unit_test(draft_run__limits__memory_of_all_together),
	cmocka_unit_test(draft_run__limits__a_fork_bomb),
	cmocka_unit_test(draft_run__limits__file_size_and_cpu),
	cmocka_unit_test(draft_run__copies__big_sparse_files_quickly),
	cmocka_unit_test(draft_run__tells__xattrs_from_content) };

int
main(int argc, char **argv)
{
	return box_main(argc, argv, inside, "draft helper", tests, ARRAY_LEN(tests), &uid);
}
