/*
 * The system calls of this room. Every call that changes the disk passes here and meets
 * fs_kill_point() first, so that tests can end the process at each of them. Paths are relative
 * to a descriptor and resolved with openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS): no link and
 * no ".." leads out of the root. All return 0 or a descriptor, else -1 with errno.
 */
#ifndef HOMARD_DRAFT_FS_H
#define HOMARD_DRAFT_FS_H

#include <fcntl.h>
#include <sys/stat.h>
#include "agent/base/base.h"
#include "agent/base/draft_proto.h"
#include "agent/base/err.h"

/* Test seam: called before every state-changing call; NULL in the program. */
extern void (*fs_kill_hook)(const char *what);
/* Test seam: a call named here fails with the errno the hook returns (0: goes on). */
extern int (*fs_fail_hook)(const char *what);
bool fs_kill_point(const char *what);

/* Opens rel ("" or "." is dir itself) without following any link. */
int fs_open(int dir, const char *rel, int flags, mode_t mode);
/* As fs_open, but mounts may not be crossed. */
int fs_open_in(int dir, const char *rel, int flags, mode_t mode);
/* O_PATH descriptor of the folder that holds rel; *ret_name is its last part, inside rel. */
int fs_open_parent(int dir, const char *rel, const char **ret_name);

int fs_rename(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int fs_unlink(int dir, const char *name, int flags);
int fs_mkdir(int dir, const char *name, mode_t mode);
int fs_symlink(const char *target, int dir, const char *name);
int fs_mknod(int dir, const char *name, mode_t mode, dev_t dev);
int fs_link(int from_dir, const char *from, int to_dir, const char *to);
int fs_chmod_at(int dir, const char *name, mode_t mode);
int fs_chmod(int fd, mode_t mode);
int fs_chown(int fd, uid_t uid, gid_t gid);
int fs_chown_at(int dir, const char *name, uid_t uid, gid_t gid);
int fs_set_mtime(int dir, const char *name, int64_t atime_ns, int64_t mtime_ns);
int fs_set_fd_mtime(int fd, int64_t mtime_ns);
int fs_write_all(int fd, const void *p, size_t n);
int fs_pwrite_all(int fd, const void *p, size_t n, off_t at);
int fs_truncate(int fd, off_t n);
int fs_sync(int fd);   /* fsync */
int fs_syncfs(int fd); /* whole file system */

/* Extended attributes of an O_PATH or other descriptor through /proc/self/fd, or of a name that
 * is not followed. */
struct fs_xattrs {
	char *names; /* n strings one after the other */
	size_t len;
	char **values;
	size_t *sizes;
	size_t n;
};
/* Without user.overlay.*; an unsupporting file system gives none. */
bool fs_xattrs_get(int dir, const char *name, struct fs_xattrs *ret);
void fs_xattrs_finish(struct fs_xattrs *x);
bool fs_xattrs_equal(const struct fs_xattrs *a, const struct fs_xattrs *b);
/* Makes the attributes of name those of x; what cannot be set is left (false, errno). */
bool fs_xattrs_set(int dir, const char *name, const struct fs_xattrs *x);
const char *fs_xattrs_name(const struct fs_xattrs *x, size_t i);

/* True when another process has the file open for writing (asked through a read lease; what
 * cannot be asked counts as no). fd is O_RDONLY. */
bool fs_is_busy(int fd);
/* The same, and the lease is kept until fs_lease_end: who opens it for writing meanwhile waits.
 * 0: held, 1: busy, -1: no lease to be had. */
int fs_lease_begin(int fd);
/* False when someone waits to write; the lease stays. */
bool fs_lease_is_quiet(int fd);
/* Gives it back; false as above. */
bool fs_lease_end(int fd);

int64_t fs_mtime_ns(const struct stat *st);
int64_t fs_ctime_ns(const struct stat *st);
void fs_print(const struct stat *st, struct draft_print *ret);
static inline bool
fs_print_none(const struct draft_print *p)
{
	return p->ino == 0 && p->mode == 0;
}
static inline bool
fs_is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == 0;
}
bool fs_is_opaque(int dir, const char *name);
int fs_set_opaque(int dir, const char *name);

/* Removes name and everything below it, whatever its modes; missing is fine. */
bool fs_remove_tree(int dir, const char *name, struct err *err) MUST_CHECK;
/* Mount identity: renames work between two places only where these agree. */
struct fs_place {
	uint64_t dev, mount;
};
bool fs_place_of(int dir, const char *name, struct fs_place *ret);

/* Calls fn for each entry of the folder (not . and ..), in no order; false stops. */
typedef bool fs_each_fn(void *user, int dir, const char *name, unsigned char d_type);
bool fs_each(int dir, const char *name, fs_each_fn *fn, void *user);

#endif
