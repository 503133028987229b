#include "agent/draft/fs.h"
#include <dirent.h>
#include <errno.h>
#include <linux/openat2.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

void (*fs_kill_hook)(const char *what);
int (*fs_fail_hook)(const char *what);

bool
fs_kill_point(const char *what)
{
	int e;

	if (fs_kill_hook)
		fs_kill_hook(what);
	if (!fs_fail_hook || !(e = fs_fail_hook(what)))
		return true;
	errno = e;
	return false;
}

/* Where openat2 is missing (a container's filter): one component after the other. */
static int
open_by_steps(int dir, const char *rel, int flags, mode_t mode)
{
	autofd int at = fcntl(dir, F_DUPFD_CLOEXEC, 3);
	autofree char *copy = xstrdup(rel);
	char *p = copy, *slash;

	while (at >= 0 && (slash = strchr(p, '/'))) {
		int next;

		*slash = '\0';
		if (str_eq(p, "..")) {
			errno = EXDEV;
			return -1;
		}
		next = openat(at, *p ? p : ".", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(at);
		at = next;
		p = slash + 1;
	}
	if (at < 0)
		return -1;
	if (str_eq(p, "..")) {
		errno = EXDEV;
		return -1;
	}
	return openat(at, *p ? p : ".", flags | O_NOFOLLOW | O_CLOEXEC, mode);
}

static int
open_how(int dir, const char *rel, int flags, mode_t mode, uint64_t resolve)
{
	struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC | O_NOFOLLOW),
		.mode = flags & (O_CREAT | O_TMPFILE) ? mode & 07777 : 0,
		.resolve = resolve };
	long fd;

	if (flags & O_CREAT && !fs_kill_point("create"))
		return -1;
	if (!*rel)
		rel = ".";
	do
		fd = syscall(SYS_openat2, dir, rel, &how, sizeof(how));
	while (fd < 0 && (errno == EAGAIN || errno == EINTR));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return open_by_steps(dir, rel, flags, mode);
	return (int)fd;
}

int
fs_open(int dir, const char *rel, int flags, mode_t mode)
{
	uint64_t beneath = *rel == '/' ? 0 : RESOLVE_BENEATH;

	return open_how(dir, rel, flags, mode, beneath | RESOLVE_NO_SYMLINKS);
}

int
fs_open_in(int dir, const char *rel, int flags, mode_t mode)
{
	return open_how(dir, rel, flags, mode,
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
}

int
fs_open_parent(int dir, const char *rel, const char **ret_name)
{
	const char *slash = strrchr(rel, '/');
	autofree char *parent = NULL;

	*ret_name = slash ? slash + 1 : rel;
	if (!slash)
		return fcntl(dir, F_DUPFD_CLOEXEC, 3);
	parent = xstrndup(rel, (size_t)(slash - rel));
	return fs_open_in(dir, parent, O_PATH | O_DIRECTORY, 0);
}

int
fs_rename(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	if (!fs_kill_point("rename"))
		return -1;
	return renameat2(from_dir, from, to_dir, to, flags);
}

int
fs_unlink(int dir, const char *name, int flags)
{
	return fs_kill_point("unlink") ? unlinkat(dir, name, flags) : -1;
}

int
fs_mkdir(int dir, const char *name, mode_t mode)
{
	return fs_kill_point("mkdir") ? mkdirat(dir, name, mode) : -1;
}

int
fs_symlink(const char *target, int dir, const char *name)
{
	return fs_kill_point("symlink") ? symlinkat(target, dir, name) : -1;
}

int
fs_mknod(int dir, const char *name, mode_t mode, dev_t dev)
{
	return fs_kill_point("mknod") ? mknodat(dir, name, mode, dev) : -1;
}

int
fs_link(int from_dir, const char *from, int to_dir, const char *to)
{
	return fs_kill_point("link") ? linkat(from_dir, from, to_dir, to, 0) : -1;
}

int
fs_chmod(int fd, mode_t mode)
{
	char proc[40];

	if (!fs_kill_point("chmod"))
		return -1;
	if (fchmod(fd, mode) == 0)
		return 0;
	if (errno != EBADF)
		return -1;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd); /* O_PATH */
	return chmod(proc, mode);
}

int
fs_chmod_at(int dir, const char *name, mode_t mode)
{
	autofd int fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (S_ISLNK(st.st_mode))
		return 0;
	return fs_chmod(fd, mode);
}

int
fs_chown(int fd, uid_t uid, gid_t gid)
{
	return fs_chown_at(fd, "", uid, gid);
}

int
fs_chown_at(int dir, const char *name, uid_t uid, gid_t gid)
{
	if (!fs_kill_point("chown"))
		return -1;
	return fchownat(dir, name, uid, gid, AT_SYMLINK_NOFOLLOW | (*name ? 0 : AT_EMPTY_PATH));
}

static struct timespec
spec_of(int64_t ns)
{
	struct timespec ts = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

	if (ts.tv_nsec < 0) {
		ts.tv_nsec += 1000000000;
		ts.tv_sec--;
	}
	return ts;
}

int
fs_set_mtime(int dir, const char *name, int64_t atime_ns, int64_t mtime_ns)
{
	struct timespec ts[2] = { spec_of(atime_ns), spec_of(mtime_ns) };

	if (!fs_kill_point("utimens"))
		return -1;
	if (atime_ns < 0)
		ts[0].tv_nsec = UTIME_OMIT;
	return utimensat(dir, name, ts, AT_SYMLINK_NOFOLLOW);
}

int
fs_set_fd_mtime(int fd, int64_t mtime_ns)
{
	struct timespec ts[2] = { { .tv_nsec = UTIME_OMIT }, spec_of(mtime_ns) };
	char proc[40];

	if (!fs_kill_point("utimens"))
		return -1;
	if (futimens(fd, ts) == 0)
		return 0;
	if (errno != EBADF)
		return -1;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd); /* O_PATH */
	return utimensat(AT_FDCWD, proc, ts, 0);
}

int
fs_write_all(int fd, const void *p, size_t n)
{
	while (n) {
		ssize_t k;

		if (!fs_kill_point("write"))
			return -1;
		k = write(fd, p, MIN_OF(n, (size_t)1 << 24));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return -1;
		p = (const char *)p + k;
		n -= (size_t)k;
	}
	return 0;
}

int
fs_pwrite_all(int fd, const void *p, size_t n, off_t at)
{
	while (n) {
		ssize_t k;

		if (!fs_kill_point("write"))
			return -1;
		k = pwrite(fd, p, n, at);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return -1;
		p = (const char *)p + k;
		n -= (size_t)k;
		at += k;
	}
	return 0;
}

int
fs_truncate(int fd, off_t n)
{
	return fs_kill_point("truncate") ? ftruncate(fd, n) : -1;
}

int
fs_sync(int fd)
{
	return fs_kill_point("fsync") ? fsync(fd) : -1;
}

int
fs_syncfs(int fd)
{
	return fs_kill_point("syncfs") ? syncfs(fd) : -1;
}

int
fs_lease_begin(int fd)
{
	/* The notice that somebody wants in is not wanted: SIGURG is ignored by default, the
	 * usual SIGIO would end the process. */
	if (fcntl(fd, F_SETSIG, SIGURG) < 0 || fcntl(fd, F_SETLEASE, F_RDLCK) < 0)
		return errno == EAGAIN ? 1 : -1;
	return 0;
}

bool
fs_lease_is_quiet(int fd)
{
	return fcntl(fd, F_GETLEASE) == F_RDLCK;
}

bool
fs_lease_end(int fd)
{
	bool quiet = fs_lease_is_quiet(fd);

	fcntl(fd, F_SETLEASE, F_UNLCK);
	return quiet;
}

bool
fs_is_busy(int fd)
{
	int got = fs_lease_begin(fd);

	if (got == 0)
		fs_lease_end(fd);
	return got == 1;
}

int64_t
fs_mtime_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

int64_t
fs_ctime_ns(const struct stat *st)
{
	return (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;
}

void
fs_print(const struct stat *st, struct draft_print *ret)
{
	*ret = (struct draft_print){ .dev = st->st_dev,
		.ino = st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime_ns = fs_mtime_ns(st),
		.ctime_ns = fs_ctime_ns(st),
		.mode = st->st_mode,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.nlink = (uint32_t)st->st_nlink };
}

bool
fs_place_of(int dir, const char *name, struct fs_place *ret)
{
	struct statx sx;

	if (statx(dir, name, AT_SYMLINK_NOFOLLOW | (*name ? 0 : AT_EMPTY_PATH),
		    STATX_MNT_ID | STATX_INO, &sx) < 0)
		return false;
	ret->dev = makedev(sx.stx_dev_major, sx.stx_dev_minor);
	ret->mount = sx.stx_mask & STATX_MNT_ID ? sx.stx_mnt_id : 0;
	return true;
}

bool
fs_each(int dir, const char *name, fs_each_fn *fn, void *user)
{
	int fd = openat(dir, *name ? name : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *e;
	bool ok = true;
	DIR *d;

	if (fd < 0)
		return false;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return false;
	}
	while (ok && (errno = 0, e = readdir(d))) {
		if (str_eq(e->d_name, ".") || str_eq(e->d_name, ".."))
			continue;
		ok = fn(user, dirfd(d), e->d_name, e->d_type);
	}
	ok = ok && errno == 0;
	closedir(d);
	return ok;
}

static bool remove_entry(void *user, int dir, const char *name, unsigned char type);

static bool
remove_dir(int dir, const char *name)
{
	if (fs_each(dir, name, remove_entry, NULL) && fs_unlink(dir, name, AT_REMOVEDIR) == 0)
		return true;
	if (errno != EACCES && errno != EPERM)
		return false;
	/* A folder without rights for its owner, such as overlay's work/work. */
	if (fs_chmod_at(dir, name, 0700) < 0 || !fs_each(dir, name, remove_entry, NULL))
		return false;
	return fs_unlink(dir, name, AT_REMOVEDIR) == 0;
}

static bool
remove_entry(UNUSED void *user, int dir, const char *name, unsigned char type)
{
	if (type != DT_DIR && fs_unlink(dir, name, 0) == 0)
		return true;
	if (type != DT_DIR && errno != EISDIR)
		return errno == ENOENT;
	return remove_dir(dir, name);
}

bool
fs_remove_tree(int dir, const char *name, struct err *err)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || err_sys(err, errno, "%s", name);
	if (remove_entry(NULL, dir, name, S_ISDIR(st.st_mode) ? DT_DIR : DT_REG))
		return true;
	return err_sys(err, errno, "%s", name);
}
