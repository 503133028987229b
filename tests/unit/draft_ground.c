/* homard-draft where the ground is poor: mounts in the home, masked /proc, no namespaces. */
#include "tests/support/testing.h"
#include "tests/support/draft_box.h"
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "agent/base/path.h"

static uid_t uid;

static void
mount_inside_home(struct box *b)
{
	autofree char *at = path_join(b->home, "deep/mnt");

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("tmpfs", at, "tmpfs", 0, "mode=777") < 0)
		_exit(97);
}

static void
draft_run__works__around_nested_mounts(void **state)
{
	struct box b;

	(void)state;
	if (geteuid() != 0)
		skip();
	box_init_files(&b, uid);
	box_file(&b, "deep/mnt/covered", "c");
	box_file(&b, "deep/beside/f", "f");
	box_own(&b);
	b.prepare = mount_inside_home;
	box_sh(&b, "echo x >d/new; rm d/x; echo y >deep/beside/g; ls -A deep/mnt; cat d/new");
	assert_int_equal(box_exit(&b), 0);
	assert_string_equal(buf_str(&b.out), "x\n");
	assert_non_null(box_find(&b, DRAFT_CREATE, "d/new"));
	assert_non_null(box_find(&b, DRAFT_DELETE, "d/x"));
	assert_non_null(box_find(&b, DRAFT_CREATE, "deep/beside/g"));
	assert_int_equal(box_find(&b, DRAFT_LIST_END, NULL)->r.count, 3);
	box_sh(&b, "cat d/new; test ! -e d/x; rm -rf d; mkdir newtop || echo refused");
	assert_string_equal(buf_str(&b.out), "x\nrefused\n");
	box_finish(&b);
}

static void
own_mounts(void)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		_exit(97);
}

/* As containers do it: something lies over a part of /proc. */
static void
mask_proc(struct box *b)
{
	(void)b;
	own_mounts();
	if (mount("tmpfs", "/proc/sys/fs", "tmpfs", 0, NULL) < 0)
		_exit(97);
}

static void
draft_run__works__with_masked_proc(void **state)
{
	struct box b;

	(void)state;
	if (geteuid() != 0)
		skip();
	box_init(&b, uid);
	b.prepare = mask_proc;
	box_spec(&b, "mem=150000000");
	box_spec(&b, "nproc=50");
	box_sh(&b,
		"echo x >f; cat /proc/1/environ; cat /proc/$PPID/cwd/x; kill -0 1 && echo "
		"reached;"
		"echo x >/proc/sys/kernel/hostname; grep -c . /proc/self/status >/dev/null && "
		"echo up");
	assert_int_equal(box_exit(&b), 0);
	assert_non_null(box_find(&b, DRAFT_CREATE, "f"));
	assert_true(slice_ends(buf_slice(&b.out), "up\n"));
	/* The sum over the draft's processes is still watched. */
	box_inside(&b, "eat", "40");
	assert_int_equal(box_limit(&b), DRAFT_LIMIT_MEM);
	box_run(&b, "probe", NULL);
	assert_int_equal(box_find(&b, DRAFT_PROBE, NULL)->r.mode & DRAFT_CAN_PROC, 0);
	assert_true(box_find(&b, DRAFT_PROBE, NULL)->r.mode & DRAFT_CAN_OVERLAY);
	box_finish(&b);
}

static void
forbid_userns(struct box *b)
{
	FILE *f;

	(void)b;
	if (unshare(CLONE_NEWUSER) < 0 || !(f = fopen("/proc/self/uid_map", "w")) ||
		fputs("0 0 1", f) < 0 || fclose(f) != 0)
		_exit(97);
	/* The limit of this new namespace only. */
	if (!(f = fopen("/proc/sys/user/max_user_namespaces", "w")) || fputs("0", f) < 0 ||
		fclose(f) != 0)
		_exit(97);
}

static void
enter_chroot(struct box *b)
{
	autofree char *root = xasprintf("%s/root", b->dir);

	own_mounts();
	if ((mkdir(root, 0755) < 0 && errno != EEXIST) ||
		mount("/", root, NULL, MS_BIND | MS_REC, NULL) < 0 || chroot(root) < 0)
		_exit(97);
}

static void
draft_run__refuses__without_namespaces(void **state)
{
	void (*const how[])(struct box *) = { forbid_userns, enter_chroot };

	(void)state;
	if (geteuid() != 0 || uid != 0)
		skip();
	for (size_t i = 0; i < ARRAY_LEN(how); i++) {
		struct box b;

		box_init(&b, uid);
		b.prepare = how[i];
		box_sh(&b, "echo ran");
		assert_int_equal(b.out.len, 0);
		assert_non_null(box_find(&b, DRAFT_FAIL, NULL));
		assert_int_equal(box_find(&b, DRAFT_FAIL, NULL)->r.mode, DRAFT_FAIL_USERNS);
		box_run(&b, "probe", NULL);
		assert_int_equal(box_find(&b, DRAFT_PROBE, NULL)->r.mode, 0);
		box_finish(&b);
	}
}

/* Everything of the box on an overlay, as in most containers. */
static void
overlay_box(struct box *b)
{
	autofree char *opt = NULL, *base = xasprintf("%s/stage", b->dir);

	own_mounts();
	if (mount("tmpfs", "/mnt", "tmpfs", 0, "mode=755") < 0 || mkdir("/mnt/u", 0755) < 0 ||
		mkdir("/mnt/w", 0755) < 0)
		_exit(97);
	opt = xasprintf("lowerdir=%s,upperdir=/mnt/u,workdir=/mnt/w", base);
	if (mount("overlay", base, "overlay", 0, opt) < 0)
		_exit(97);
}

static void
draft_run__refuses__a_stage_on_overlayfs(void **state)
{
	struct box b;

	(void)state;
	if (geteuid() != 0)
		skip();
	box_init(&b, uid);
	b.prepare = overlay_box;
	box_sh(&b, "echo ran");
	assert_int_equal(b.out.len, 0);
	assert_non_null(box_find(&b, DRAFT_FAIL, NULL));
	assert_int_equal(box_find(&b, DRAFT_FAIL, NULL)->r.mode, DRAFT_FAIL_OVERLAY);
	box_finish(&b);
}

static void
draft_run__brings_along__a_folder_below_tmp(void **state)
{
	struct box b;
	autofree char *beside = NULL, *file = NULL;
	FILE *f;

	(void)state;
	box_init(&b, uid);
	beside = xasprintf("%s/beside", b.dir);
	file = path_join(beside, "file");
	assert_int_equal(mkdir(beside, 0755), 0);
	f = fopen(file, "w");
	assert_non_null(f);
	fclose(f);
	box_spec(&b, "cwd=%s", beside);
	box_sh(&b, "ls; echo x >new || echo refused");
	assert_string_equal(buf_str(&b.out), "file\nrefused\n");
	box_spec(&b, "cwd=/tmp/no/such");
	box_sh(&b, "echo ran");
	assert_int_equal(b.out.len, 0);
	assert_non_null(box_find(&b, DRAFT_FAIL, NULL));
	box_finish(&b);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(
						   draft_run__works__around_nested_mounts),
	cmocka_unit_test(draft_run__works__with_masked_proc),
	cmocka_unit_test(draft_run__refuses__without_namespaces),
	cmocka_unit_test(draft_run__refuses__a_stage_on_overlayfs),
	cmocka_unit_test(draft_run__brings_along__a_folder_below_tmp) };

static int
eat(UNUSED const char *check, const char *megabytes)
{
	return box_eat(megabytes);
}

int
main(int argc, char **argv)
{
	return box_main(argc, argv, eat, "draft ground", tests, ARRAY_LEN(tests), &uid);
}
