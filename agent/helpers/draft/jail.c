#include "agent/helpers/draft/jail.h"
#include "agent/helpers/draft/overlay.h"
#include "agent/helpers/draft/split.h"
#include <fcntl.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>

/* Everything in memory that a draft has of its own lies in one tmpfs, cut into folders: one
 * superblock costs a fifth of five. It is built upon /dev, then covered. */
#define SHELL "/dev"
#define TMP_DEFAULT (1ull << 30)
#define PIDS_OWN 8
#define PIDS_LEAST 301 /* what the kernel takes */

enum part { PART_DEV, PART_RUN, PART_TMP, PART_SHM, PARTS };

static const struct part_info {
	const char *path;
	mode_t mode;
} part_info[PARTS] = {
	[PART_DEV] = { SHELL "/dev", 0755 },
	[PART_RUN] = { SHELL "/run", 0755 },
	[PART_TMP] = { SHELL "/tmp", 01777 },
	[PART_SHM] = { SHELL "/shm", 01777 },
};
#define NO_DIR SHELL "/none"
#define NO_FILE SHELL "/empty"

static const char *const devices[] = { "null", "zero", "full", "random", "urandom", "tty" };

/* An overlay, or a part of one, to be attached there. */
struct over {
	int mnt;
	char *path;
};

struct jail {
	const struct spec *spec;
	struct fail *fail;
	struct over *overs;
	size_t n_overs, cap_overs;
	int device[ARRAY_LEN(devices)];
	int part[PARTS];
	int no_dir, no_file; /* O_PATH, upon the covered shell: what masks are cloned from */
};

static bool
add_over(void *user, int mnt, const char *path)
{
	struct jail *j = user;

	GROW(j->overs, j->n_overs, j->cap_overs);
	j->overs[j->n_overs++] = (struct over){ .mnt = mnt, .path = xstrdup(path) };
	return true;
}

static bool
is_private(const char *path)
{
	return str_eq(path, "/tmp") || strncmp(path, "/tmp/", 5) == 0 ||
		strncmp(path, "/run/", 5) == 0 || strncmp(path, "/dev/shm/", 9) == 0;
}

/* The folders between the parts of a root are the real ones; below /tmp they must be brought
 * along, read-only like the rest. */
static bool
keep_real(struct jail *j, const char *path)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
			MOUNT_ATTR_NODEV };
	int tree =
		open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	if (tree < 0 ||
		mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return fail_sys(j->fail, DRAFT_FAIL_OVERLAY, "cannot keep %s", path);
	return add_over(j, tree, path);
}

static bool
is_covered(const struct jail *j, const char *path)
{
	for (size_t i = 0; i < j->n_overs; i++) {
		size_t n = strlen(j->overs[i].path);

		if (strncmp(path, j->overs[i].path, n) == 0 && (!path[n] || path[n] == '/'))
			return true;
	}
	return false;
}

/* The folder to run in, where it lies below /tmp and no root covers it. Its real tree was
 * cloned before /tmp was. */
static bool
keep_cwd(struct jail *j)
{
	const char *cwd = j->spec->cwd;

	return !cwd || !is_private(cwd) || is_covered(j, cwd) || keep_real(j, cwd);
}

static bool
make_parts(struct jail *j, const struct spec_root *r, struct overlay_how *how)
{
	return split_needed(r->path) && (!is_private(r->path) || keep_real(j, r->path)) &&
		split_mount(r, how, add_over, j, j->fail);
}

static bool
make_overlays(struct jail *j)
{
	for (size_t i = 0; i < j->spec->n_roots; i++) {
		const struct spec_root *r = &j->spec->root[i];
		struct overlay_how how = { .legacy = j->spec->legacy };
		int mnt = overlay_mount(r, &how, j->fail);

		if (mnt >= 0)
			add_over(j, mnt, r->path);
		else if (!make_parts(j, r, &how))
			return false;
	}
	return true;
}

static int
clone_of(const char *path)
{
	return open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

static void
take_devices(struct jail *j)
{
	for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
		char path[32];

		snprintf(path, sizeof(path), "/dev/%s", devices[i]);
		j->device[i] = clone_of(path);
	}
}

static bool
mount_shell(struct jail *j)
{
	char size[80];
	unsigned long long bytes = j->spec->mem ? j->spec->mem : TMP_DEFAULT;

	/* A root user's tmpfs would else take half of the memory. */
	snprintf(size, sizeof(size), "mode=755,size=%llu,nr_inodes=262144", bytes);
	if (mount("tmpfs", SHELL, "tmpfs", MS_NOSUID | MS_NODEV, size) < 0)
		return fail_sys(j->fail, DRAFT_FAIL_OTHER, "tmpfs");
	return true;
}

static bool
make_part(struct jail *j, enum part p)
{
	const char *path = part_info[p].path;
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV };

	if (mkdir(path, part_info[p].mode) < 0)
		return fail_sys(j->fail, DRAFT_FAIL_OTHER, "cannot make %s", path);
	j->part[p] = clone_of(path);
	if (j->part[p] < 0 ||
		mount_setattr(j->part[p], "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return fail_sys(j->fail, DRAFT_FAIL_OTHER, "cannot clone %s", path);
	return true;
}

/* Only trees of attached mounts can be cloned before Linux 6.15, so masks keep a foot in the
 * shell, which becomes read-only with everything else. */
static bool
make_blanks(struct jail *j)
{
	int fd = open(NO_FILE, O_WRONLY | O_CREAT | O_CLOEXEC, 0444);

	close_fd_(&fd);
	if (mkdir(NO_DIR, 0555) < 0)
		return fail_sys(j->fail, DRAFT_FAIL_OTHER, "cannot make %s", NO_DIR);
	j->no_dir = open(NO_DIR, O_PATH | O_CLOEXEC);
	j->no_file = open(NO_FILE, O_PATH | O_CLOEXEC);
	if (j->no_dir < 0 || j->no_file < 0)
		return fail_sys(j->fail, DRAFT_FAIL_OTHER, "cannot open %s", NO_DIR);
	return true;
}

static bool
attach(struct jail *j, int tree, const char *path)
{
	if (move_mount(tree, "", AT_FDCWD, path,
		    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS) < 0)
		return fail_sys(j->fail, DRAFT_FAIL_OTHER, "cannot mount on %s", path);
	return true;
}

static bool
fill_dev(struct jail *j)
{
	static const char *const links[][2] = { { "/proc/self/fd", "/dev/fd" },
		{ "/proc/self/fd/0", "/dev/stdin" }, { "/proc/self/fd/1", "/dev/stdout" },
		{ "/proc/self/fd/2", "/dev/stderr" }, { "pts/ptmx", "/dev/ptmx" } };

	for (size_t i = 0; i < ARRAY_LEN(devices); i++) {
		char path[32];
		int fd;

		if (j->device[i] < 0)
			continue;
		snprintf(path, sizeof(path), "/dev/%s", devices[i]);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return fail_sys(j->fail, DRAFT_FAIL_OTHER, "cannot make %s", path);
		close(fd);
		if (!attach(j, j->device[i], path))
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		if (symlink(links[i][0], links[i][1]) < 0)
			return fail_sys(
				j->fail, DRAFT_FAIL_OTHER, "cannot make %s", links[i][1]);
	}
	if (mkdir("/dev/shm", 0755) < 0 || mkdir("/dev/pts", 0755) < 0)
		return fail_sys(j->fail, DRAFT_FAIL_OTHER, "cannot make /dev/shm");
	if (!attach(j, j->part[PART_SHM], "/dev/shm"))
		return false;
	/* Without terminals of their own most commands still work. */
	(void)mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		"newinstance,ptmxmode=0666,mode=620");
	return true;
}

static bool
make_read_only(struct jail *j)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID };

	if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return fail_sys(j->fail, DRAFT_FAIL_OTHER, "cannot make the machine read-only");
	return true;
}

/* mkdir -p for a root below one of the private folders. */
static void
make_way(const char *path)
{
	char part[DRAFT_PATH_MAX];
	size_t n = strlen(path);

	if (n >= sizeof(part))
		return;
	memcpy(part, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		(void)mkdir(part, 0755);
		part[i] = path[i];
	}
}

/* Shorter paths first: a root inside another one is attached on top of it. */
static int
by_length(const void *a, const void *b)
{
	size_t n = strlen(((const struct over *)a)->path),
	       m = strlen(((const struct over *)b)->path);

	return n < m ? -1 : n > m;
}

static bool
attach_roots(struct jail *j)
{
	if (j->n_overs)
		qsort(j->overs, j->n_overs, sizeof(*j->overs), by_length);
	for (size_t i = 0; i < j->n_overs; i++) {
		if (is_private(j->overs[i].path))
			make_way(j->overs[i].path);
		if (!attach(j, j->overs[i].mnt, j->overs[i].path))
			return false;
	}
	return true;
}

static bool
mask(struct jail *j, const char *path)
{
	struct stat st;
	autofd int tree = -1;

	if (stat(path, &st) < 0)
		return true; /* nothing there to hide */
	tree = open_tree(S_ISDIR(st.st_mode) ? j->no_dir : j->no_file, "",
		OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (tree < 0)
		return fail_sys(j->fail, DRAFT_FAIL_OTHER, "cannot hide %s", path);
	return attach(j, tree, path);
}

/* Root's own uid may read what the kernel keeps for root; none of it is a command's business.
 */
static void
mask_kernel(struct jail *j)
{
	static const char *const paths[] = { "/proc/kcore", "/proc/kmsg", "/proc/keys",
		"/proc/sysrq-trigger", "/sys/kernel/debug", "/sys/kernel/tracing",
		"/sys/kernel/security", "/sys/firmware" };

	if (geteuid() != 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		(void)mask(j, paths[i]);
}

static bool
mask_all(struct jail *j)
{
	for (size_t i = 0; i < j->spec->masks.n; i++) {
		if (!mask(j, j->spec->masks.v[i]))
			return false;
	}
	mask_kernel(j);
	return true;
}

static void
loopback_up(void)
{
	autofd int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };

	if (fd >= 0)
		(void)ioctl(fd, SIOCSIFFLAGS, &r);
}

/* Before Linux 6.14 there is one pid_max, the machine's, and root could write it from here. */
static bool
pid_max_is_ours(void)
{
	struct utsname u;
	unsigned major, minor;

	return uname(&u) == 0 && sscanf(u.release, "%u.%u", &major, &minor) == 2 &&
		(major > 6 || (major == 6 && minor >= 14));
}

/* Root is not held by RLIMIT_NPROC; a pid namespace has a size. Elsewhere the supervisor's
 * count must do. */
static void
limit_pids(const struct spec *s)
{
	autofd int fd = -1;
	char text[24];
	int n = snprintf(text, sizeof(text), "%llu",
		(unsigned long long)MAX_OF(s->nproc + PIDS_OWN, (uint64_t)PIDS_LEAST));

	if (!s->nproc || !pid_max_is_ours())
		return;
	fd = open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, text, (size_t)n) < 0)
		return; /* the count does it */
}

bool
jail_build(const struct spec *s, struct jail_fds *ret, struct fail *f)
{
	struct jail j = { .spec = s, .fail = f };
	mode_t mode = umask(0);

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return fail_sys(f, DRAFT_FAIL_OTHER, "cannot make the mounts private");
	if (!make_overlays(&j) || !keep_cwd(&j))
		return false;
	take_devices(&j);
	if (!mount_shell(&j))
		return false;
	for (int p = 0; p < PARTS; p++) {
		if (!make_part(&j, (enum part)p))
			return false;
	}
	if (!make_blanks(&j))
		return false;
	/* Refused where parts of /proc are hidden (containers): then the old one stays, its
	 * processes can be seen but, being in another user namespace, not looked into. */
	if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0) {
		ret->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
		limit_pids(s);
	}
	ret->shell = open(SHELL, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!make_read_only(&j))
		return false;
	if (!attach(&j, j.part[PART_RUN], "/run") || !attach(&j, j.part[PART_TMP], "/tmp") ||
		!attach(&j, j.part[PART_DEV], "/dev") || !fill_dev(&j))
		return false;
	if (!attach_roots(&j) || !mask_all(&j))
		return false;
	loopback_up();
	umask(mode);
	return true;
}
