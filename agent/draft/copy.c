#include "agent/draft/copy.h"
#include <errno.h>
#include <limits.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"

#define COPY_PART (1u << 20)

struct run {
	const struct copy *c;
	struct map *linked; /* "dev:ino" -> name below to_top, for files with several names */
	char **names;
	size_t n_names, cap_names;
	int to_top;
	struct err *err;
};

static bool
copy_range(int in, int out, off_t at, off_t end, const volatile bool *cancelled)
{
	autofree char *part = NULL;
	bool direct = true;

	while (at < end) {
		size_t want = (size_t)MIN_OF(end - at, (off_t)COPY_PART);
		off_t in_at = at, out_at = at;
		ssize_t n = -1;

		if (cancelled && *cancelled) {
			errno = ECANCELED;
			return false;
		}
		if (direct && fs_kill_point("write"))
			n = copy_file_range(in, &in_at, out, &out_at, want, 0);
		if (n < 0) {
			if (direct && errno != EXDEV && errno != EINVAL && errno != ENOSYS &&
				errno != EOPNOTSUPP)
				return false;
			direct = false;
			if (!part)
				part = xmalloc(COPY_PART);
			n = pread(in, part, want, at);
			if (n < 0 || (n > 0 && fs_pwrite_all(out, part, (size_t)n, at) < 0))
				return false;
		}
		if (n == 0)
			break;
		at += n;
	}
	return true;
}

bool
copy_content(int in, int out, uint64_t size, const volatile bool *cancelled)
{
	off_t at = 0, end = (off_t)size;

	if (fs_kill_point("clone") && ioctl(out, FICLONE, in) == 0)
		return true;
	while (at < end) {
		off_t data = lseek(in, at, SEEK_DATA), hole;

		if (data < 0 && errno == ENXIO)
			break; /* only a hole is left */
		if (data < 0)
			data = at;
		hole = lseek(in, data, SEEK_HOLE);
		if (hole < 0 || hole > end)
			hole = end;
		if (!copy_range(in, out, data, hole, cancelled))
			return false;
		at = hole;
	}
	return fs_truncate(out, end) == 0;
}

bool
copy_attributes(int from_dir, const char *from, const struct stat *st, int to_dir, const char *to)
{
	struct fs_xattrs x;

	if (geteuid() == 0 && fs_chown_at(to_dir, to, st->st_uid, st->st_gid) < 0)
		return false;
	if (fs_xattrs_get(from_dir, from, &x)) {
		if (x.n)
			fs_xattrs_set(to_dir, to, &x);
		fs_xattrs_finish(&x);
	}
	if (!S_ISLNK(st->st_mode) && fs_chmod_at(to_dir, to, st->st_mode & 07777) < 0)
		return false;
	return fs_set_mtime(to_dir, to, -1, fs_mtime_ns(st)) == 0;
}

static bool
copy_file(struct run *r, int from_dir, const char *from, const struct stat *st, int to_dir,
	const char *to)
{
	autofd int in = openat(from_dir, from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	autofd int out = -1;
	struct stat now;

	if (in < 0 || fstat(in, &now) < 0)
		return false;
	out = fs_open(to_dir, to, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (out < 0 || !copy_content(in, out, (uint64_t)now.st_size, r->c->cancelled))
		return false;
	if (!copy_attributes(from_dir, from, st, to_dir, to))
		return false;
	return !r->c->sync || fs_sync(out) == 0;
}

static bool
copy_link(int from_dir, const char *from, int to_dir, const char *to)
{
	char target[PATH_MAX + 1];
	ssize_t n = readlinkat(from_dir, from, target, PATH_MAX);

	if (n < 0)
		return false;
	target[n] = '\0';
	return fs_symlink(target, to_dir, to) == 0;
}

/* True when the file has another name that was copied already: then that is linked. */
static bool
link_known(struct run *r, const struct stat *st, const char *below, int to_dir, const char *to)
{
	char key[64];
	size_t n = (size_t)snprintf(key, sizeof(key), "%llx:%llx", (unsigned long long)st->st_dev,
		(unsigned long long)st->st_ino);
	const char *have;

	if (st->st_nlink < 2 || !S_ISREG(st->st_mode))
		return false;
	have = map_get(r->linked, key, n);
	if (have)
		return fs_link(r->to_top, have, to_dir, to) == 0;
	GROW(r->names, r->n_names, r->cap_names);
	r->names[r->n_names] = xstrdup(below);
	map_put(r->linked, key, n, r->names[r->n_names++]);
	return false;
}

static bool copy_dir(struct run *r, int from_dir, const char *from, const char *path,
	const struct stat *st, int to_dir, const char *to, const char *below);

static bool
copy_one(struct run *r, int from_dir, const char *from, const char *path, int to_dir,
	const char *to, const char *below)
{
	struct stat st;

	if (r->c->skip && r->c->skip(r->c->user, path))
		return true;
	if (r->c->cancelled && *r->c->cancelled)
		return err_set(r->err, ERR_CANCELLED, _("stopped"));
	if (fstatat(from_dir, from, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(r->err, errno, "%s", path);
	if (fs_is_whiteout(&st) || link_known(r, &st, below, to_dir, to))
		return true;
	if (S_ISDIR(st.st_mode))
		return copy_dir(r, from_dir, from, path, &st, to_dir, to, below);
	if (S_ISREG(st.st_mode)) {
		if (copy_file(r, from_dir, from, &st, to_dir, to))
			return true;
	} else if ((S_ISLNK(st.st_mode) ? copy_link(from_dir, from, to_dir, to)
					: fs_mknod(to_dir, to, st.st_mode, st.st_rdev) == 0) &&
		copy_attributes(from_dir, from, &st, to_dir, to)) {
		return true;
	}
	return err_sys(r->err, errno, "%s", path);
}

struct dir_user {
	struct run *r;
	const char *path, *below;
	int to_dir;
};

static bool
copy_child(void *user, int dir, const char *name, UNUSED unsigned char type)
{
	struct dir_user *u = user;
	autofree char *path = path_join(u->path, name);
	autofree char *below = path_join(u->below, name);

	return copy_one(u->r, dir, name, path, u->to_dir, name, below);
}

static bool
copy_dir(struct run *r, int from_dir, const char *from, const char *path, const struct stat *st,
	int to_dir, const char *to, const char *below)
{
	struct dir_user u = { .r = r, .path = path, .below = below };
	autofd int out = -1;

	if (fs_mkdir(to_dir, to, 0700) < 0)
		return err_sys(r->err, errno, "%s", path);
	out = openat(to_dir, to, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	u.to_dir = out;
	if (out < 0)
		return err_sys(r->err, errno, "%s", path);
	if (!fs_each(from_dir, from, copy_child, &u))
		return r->err && r->err->code ? false : err_sys(r->err, errno, "%s", path);
	if (!copy_attributes(from_dir, from, st, to_dir, to))
		return err_sys(r->err, errno, "%s", path);
	return true;
}

bool
copy_tree(const struct copy *c, int from_dir, const char *from, const char *path, int to_dir,
	const char *to, struct err *err)
{
	struct err own = { 0 };
	struct run r = { .c = c, .linked = map_create(), .to_top = to_dir, .err = &own };
	bool ok = copy_one(&r, from_dir, from, path, to_dir, to, to);

	for (size_t i = 0; i < r.n_names; i++)
		free(r.names[i]);
	free(r.names);
	map_destroy(r.linked);
	if (!ok && err)
		*err = own;
	return ok;
}
