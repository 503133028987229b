#include "agent/draft/walk.h"
#include <errno.h>
#include <limits.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/moves.h"
#include "agent/draft/tree.h"

struct walk {
	struct draft *d;
	uint32_t root;
	const volatile bool *cancelled;
	struct effects *e;
	struct err *err;
	int real;	  /* folder on disk beside the upper's one, or -1 */
	const char *path; /* of the folder */
};

static bool visit(void *user, int dir, const char *name, unsigned char type);

static void
emit(struct walk *w, enum draft_record_kind kind, const char *path, const char *link,
	const struct stat *pre, const struct stat *post, const struct tree_sum *sum)
{
	struct draft_record r = { .magic = DRAFT_MAGIC, .kind = kind, .root = w->root, .count = 1 };
	size_t before = w->e->n;

	if (pre)
		fs_print(pre, &r.pre);
	if (post)
		fs_print(post, &r.post);
	if (sum) {
		r.count = sum->count;
		r.bytes = sum->bytes;
	} else if (post && S_ISREG(post->st_mode)) {
		r.bytes = r.post.size;
	}
	effects_add_record(w->e, &r, path, link);
	if (pre && S_ISDIR(pre->st_mode) && sum && w->e->n > before) {
		struct effect *x = &w->e->v[before];

		if (kind == DRAFT_DELETE) {
			x->tree = sum->print;
			x->stale = sum->newest_ns > w->d->t0_ns;
		}
	}
}

/* Our own folder or file in the upper may have no rights for us; lent for a moment. */
static int
open_anyway(int dir, const char *name, int flags)
{
	int fd = openat(dir, name, flags | O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd >= 0 || errno != EACCES || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		fs_chmod_at(dir, name, st.st_mode | 0700) < 0)
		return fd;
	fd = openat(dir, name, flags | O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	fs_chmod_at(dir, name, st.st_mode & 07777);
	return fd;
}

static bool
descend(struct walk *w, int dir, const char *name, const char *path, int real)
{
	struct walk below = *w;
	autofd int fd = open_anyway(dir, name, O_DIRECTORY);

	below.path = path;
	below.real = real;
	if (fd < 0 || !fs_each(fd, "", visit, &below))
		return w->err->code ? false : err_sys(w->err, errno, "%s", path);
	return true;
}

static bool
same_attributes(int up, int real, const char *name, const struct stat *u, const struct stat *r)
{
	struct fs_xattrs a, b;
	bool same;

	if (u->st_mode != r->st_mode || u->st_uid != r->st_uid || u->st_gid != r->st_gid)
		return false;
	if (!fs_xattrs_get(up, name, &a))
		return true;
	same = !fs_xattrs_get(real, name, &b) || fs_xattrs_equal(&a, &b);
	fs_xattrs_finish(&a);
	fs_xattrs_finish(&b);
	return same;
}

static bool
same_bytes(struct walk *w, int up, const char *name, const struct stat *u, const struct stat *r)
{
	struct tree_same s = { .cancelled = w->cancelled, .budget = UINT64_MAX };
	char a[PATH_MAX], b[PATH_MAX];
	ssize_t n;

	if (u->st_size != r->st_size)
		return false;
	if (S_ISLNK(u->st_mode)) {
		n = readlinkat(up, name, a, sizeof(a));
		return n >= 0 && readlinkat(w->real, name, b, sizeof(b)) == n &&
			memcmp(a, b, (size_t)n) == 0;
	}
	if (!S_ISREG(u->st_mode))
		return u->st_rdev == r->st_rdev;
	autofd int x = open_anyway(up, name, 0);
	autofd int y = openat(w->real, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	return x >= 0 && y >= 0 && tree_same_bytes(&s, x, y, (uint64_t)u->st_size);
}

static char *
link_target(int dir, const char *name, const struct stat *st)
{
	char target[PATH_MAX];
	ssize_t n = S_ISLNK(st->st_mode) ? readlinkat(dir, name, target, sizeof(target)) : -1;

	return n < 0 ? NULL : xstrndup(target, (size_t)n);
}

static bool
visit_whiteout(struct walk *w, const char *name, const char *path, const struct stat *real)
{
	struct tree_sum sum;

	if (!real)
		return true;
	sum = (struct tree_sum){ .count = 1, .bytes = (uint64_t)real->st_size };
	if (S_ISDIR(real->st_mode) &&
		!tree_sum(w->d, w->real, name, path, w->cancelled, &sum))
		return err_sys(w->err, errno, "%s", path);
	emit(w, DRAFT_DELETE, path, NULL, real, NULL, &sum);
	return true;
}

static bool
visit_folder(struct walk *w, int dir, const char *name, const char *path, const struct stat *up,
	const struct stat *real)
{
	struct tree_sum sum;

	if (!real) {
		emit(w, DRAFT_CREATE, path, NULL, NULL, up, NULL);
		return descend(w, dir, name, path, -1);
	}
	if (!S_ISDIR(real->st_mode) || fs_is_opaque(dir, name)) {
		if (!tree_sum(NULL, dir, name, path, w->cancelled, &sum))
			return err_sys(w->err, errno, "%s", path);
		emit(w, DRAFT_REPLACE, path, NULL, real, up, &sum);
		return true;
	}
	if (!same_attributes(dir, w->real, name, up, real))
		emit(w, DRAFT_PERM, path, NULL, real, up, NULL);
	autofd int below = openat(w->real, name,
		O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	/* Without read rights, names can still be looked up. */
	if (below < 0)
		below = openat(w->real, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return descend(w, dir, name, path, below);
}

static void
visit_file(struct walk *w, int dir, const char *name, const char *path, const struct stat *up,
	const struct stat *real)
{
	autofree char *link = link_target(dir, name, up);

	if (!real)
		emit(w, DRAFT_CREATE, path, link, NULL, up, NULL);
	else if ((up->st_mode & S_IFMT) != (real->st_mode & S_IFMT))
		emit(w, DRAFT_REPLACE, path, link, real, up, NULL);
	else if (!same_bytes(w, dir, name, up, real))
		emit(w, DRAFT_MODIFY, path, link, real, up, NULL);
	else if (!same_attributes(dir, w->real, name, up, real))
		emit(w, DRAFT_PERM, path, link, real, up, NULL);
	else
		emit(w, fs_mtime_ns(up) == fs_mtime_ns(real) ? DRAFT_SAME : DRAFT_TOUCH, path, link,
			real, up, NULL);
}

static bool
visit(void *user, int dir, const char *name, UNUSED unsigned char type)
{
	struct walk *w = user;
	autofree char *path = path_join(w->path, name);
	struct stat up, real;
	bool have;

	if (w->cancelled && *w->cancelled)
		return err_set(w->err, ERR_CANCELLED, _("stopped"));
	if (fstatat(dir, name, &up, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(w->err, errno, "%s", path);
	/* Where a move took the real thing away, whatever is there now is new. */
	have = w->real >= 0 && !moves_out(w->d, path) &&
		fstatat(w->real, name, &real, AT_SYMLINK_NOFOLLOW) == 0;
	if (fs_is_whiteout(&up))
		return visit_whiteout(w, name, path, have ? &real : NULL);
	if (S_ISDIR(up.st_mode))
		return visit_folder(w, dir, name, path, &up, have ? &real : NULL);
	visit_file(w, dir, name, path, &up, have ? &real : NULL);
	return true;
}

bool
walk_upper(struct draft *d, size_t index, const volatile bool *cancelled, struct effects *e,
	struct err *err)
{
	struct draft_root *r = &d->roots[index];
	struct err own = { 0 };
	struct walk w = { .d = d, .root = (uint32_t)index, .cancelled = cancelled, .e = e,
		.err = &own, .real = r->real_fd, .path = r->real };

	if (fs_each(r->upper_fd, "", visit, &w))
		return true;
	if (!own.code)
		err_sys(&own, errno, "%s", r->upper);
	if (err)
		*err = own;
	return false;
}
