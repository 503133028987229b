#include "agent/helpers/draft/list.h"
#include "agent/helpers/draft/compare.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define DEPTH_MAX 1000

struct lister {
	struct rec *out;
	uint32_t root;
	char path[DRAFT_PATH_MAX + 1]; /* of the folder being listed, "" at the top */
	size_t len;
	int depth;
};

/* One name in the upper folder and in the real one. */
struct pair {
	int upper, lower; /* folders; lower -1: not there */
	const char *name;
	struct stat up, low;
	bool low_exists;
};

struct sums {
	uint64_t count, bytes;
};

static int64_t
ns(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static struct draft_print
print_of(const struct stat *st)
{
	return (struct draft_print){ .dev = st->st_dev,
		.ino = st->st_ino,
		.size = (uint64_t)st->st_size,
		.mtime_ns = ns(st->st_mtim),
		.ctime_ns = ns(st->st_ctim),
		.mode = st->st_mode,
		.uid = st->st_uid,
		.gid = st->st_gid,
		.nlink = (uint32_t)st->st_nlink };
}

static int
open_dir(int dir, const char *name)
{
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
}

static bool
is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static bool
is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

/* A folder and all below it; whiteouts are nothing. */
static void
count_tree(int dir, const char *name, int depth, struct sums *s)
{
	struct dirent *e;
	int fd = open_dir(dir, name);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	s->count++;
	if (!d)
		return;
	while ((e = readdir(d))) {
		struct stat st;

		if (is_dots(e->d_name))
			continue;
		/* The type says enough for folders; sizes need the inode. */
		if (e->d_type == DT_DIR && depth < DEPTH_MAX) {
			count_tree(dirfd(d), e->d_name, depth + 1, s);
			continue;
		}
		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
			is_whiteout(&st))
			continue;
		if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX) {
			count_tree(dirfd(d), e->d_name, depth + 1, s);
			continue;
		}
		s->count++;
		if (S_ISREG(st.st_mode))
			s->bytes += (uint64_t)st.st_size;
	}
	closedir(d);
}

static struct sums
sums_of(int dir, const char *name, const struct stat *st)
{
	struct sums s = { 0 };

	if (S_ISDIR(st->st_mode))
		count_tree(dir, name, 0, &s);
	else
		s = (struct sums){ 1, S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0 };
	return s;
}

/* The upper folder is the current one, so names alone reach its files. */
static bool
has_xattr(const char *name, const char *attr, char want)
{
	char value[256];
	ssize_t n = lgetxattr(name, attr, value, sizeof(value));

	return want ? n > 0 && value[0] == want : n >= 0; /* the origin's value may be empty */
}

static bool
push_name(struct lister *l, const char *name, size_t *ret_old)
{
	size_t n = strlen(name);

	*ret_old = l->len;
	if (l->len + n + 2 > DRAFT_PATH_MAX)
		return false;
	if (l->len)
		l->path[l->len++] = '/';
	memcpy(l->path + l->len, name, n + 1);
	l->len += n;
	return true;
}

static void
pop_name(struct lister *l, size_t old)
{
	l->len = old;
	l->path[old] = '\0';
}

static void
put(struct lister *l, enum draft_record_kind kind, const struct pair *p, struct sums s,
	unsigned flags)
{
	struct draft_record rec = { .kind = kind,
		.root = l->root,
		.count = s.count,
		.bytes = s.bytes,
		.flags = flags };
	char target[DRAFT_PATH_MAX] = "";

	if (p->low_exists)
		rec.pre = print_of(&p->low);
	if (kind != DRAFT_DELETE) {
		rec.post = print_of(&p->up);
		rec.mode = p->up.st_mode;
		if (S_ISREG(p->up.st_mode) && has_xattr(p->name, "user.overlay.origin", 0))
			rec.flags |= DRAFT_F_COPIED_UP;
		if (S_ISLNK(p->up.st_mode)) {
			ssize_t n = readlinkat(p->upper, p->name, target, sizeof(target) - 1);

			target[n < 0 ? 0 : n] = '\0';
		}
	} else {
		rec.mode = p->low.st_mode;
	}
	rec_put(l->out, rec, l->path, target);
}

static void list_dir(struct lister *l, int upper, int lower);

/* Lists what is in a folder of the upper; lower_too: against the real folder of that name. */
static void
descend(struct lister *l, const struct pair *p, bool lower_too)
{
	autofd int upper = open_dir(p->upper, p->name);
	autofd int lower = lower_too ? open_dir(p->lower, p->name) : -1;

	if (upper < 0)
		return;
	l->depth++;
	list_dir(l, upper, lower);
	l->depth--;
	if (fchdir(p->upper) < 0)
		bug("lost the way in the upper folder: %s", strerror(errno));
}

/* Too deep or too long to be named: the folder above stands for all of it. */
static bool
is_bottom(const struct lister *l)
{
	return l->depth >= DEPTH_MAX || l->len + NAME_MAX + 2 > DRAFT_PATH_MAX;
}

static void
list_new(struct lister *l, const struct pair *p)
{
	struct sums s = { 1, S_ISREG(p->up.st_mode) ? (uint64_t)p->up.st_size : 0 };

	if (S_ISDIR(p->up.st_mode) && is_bottom(l)) {
		s = sums_of(p->upper, p->name, &p->up);
		put(l, DRAFT_CREATE, p, s, DRAFT_F_OPAQUE);
		return;
	}
	put(l, DRAFT_CREATE, p, s, 0);
	if (S_ISDIR(p->up.st_mode))
		descend(l, p, false);
}

static bool
same_owner(const struct pair *p)
{
	return p->up.st_mode == p->low.st_mode && p->up.st_uid == p->low.st_uid &&
		p->up.st_gid == p->low.st_gid;
}

static bool
same_xattrs(const struct pair *p)
{
	autofd int up =
		openat(p->upper, p->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	autofd int low =
		openat(p->lower, p->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return up < 0 || low < 0 || compare_xattrs(up, low);
}

static enum draft_record_kind
kind_of_file(const struct pair *p)
{
	autofd int up = -1, low = -1;
	bool owner = same_owner(p);

	if (p->up.st_size != p->low.st_size)
		return DRAFT_MODIFY;
	up = openat(p->upper, p->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	low = openat(p->lower, p->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (up < 0 || low < 0 || !compare_content(up, low, p->up.st_size))
		return DRAFT_MODIFY;
	if (!owner || !compare_xattrs(up, low))
		return DRAFT_PERM;
	return ns(p->up.st_mtim) == ns(p->low.st_mtim) ? DRAFT_SAME : DRAFT_TOUCH;
}

static enum draft_record_kind
kind_of_link(const struct pair *p)
{
	char up[DRAFT_PATH_MAX], low[DRAFT_PATH_MAX];
	ssize_t n = readlinkat(p->upper, p->name, up, sizeof(up));
	ssize_t m = readlinkat(p->lower, p->name, low, sizeof(low));

	if (n < 0 || n != m || memcmp(up, low, (size_t)n) != 0)
		return DRAFT_MODIFY;
	return ns(p->up.st_mtim) == ns(p->low.st_mtim) ? DRAFT_SAME : DRAFT_TOUCH;
}

/* A copy of the real file has an origin; what has none took its place. */
static void
mark_fresh(const struct pair *p)
{
	if (S_ISREG(p->up.st_mode) && p->low.st_nlink > 1 &&
		!has_xattr(p->name, "user.overlay.origin", 0))
		(void)!lsetxattr(p->name, DRAFT_XATTR_FRESH, "y", 1, 0);
}

/* Both exist with the same type. */
static void
list_changed(struct lister *l, const struct pair *p)
{
	struct sums one = { 1, S_ISREG(p->up.st_mode) ? (uint64_t)p->up.st_size : 0 };
	enum draft_record_kind kind;

	mark_fresh(p);
	if (S_ISREG(p->up.st_mode))
		kind = kind_of_file(p);
	else if (S_ISLNK(p->up.st_mode))
		kind = kind_of_link(p);
	else
		kind = same_owner(p) ? DRAFT_SAME : DRAFT_PERM;
	put(l, kind, p, one, 0);
}

static void
list_merged(struct lister *l, const struct pair *p)
{
	if (!same_owner(p) || !same_xattrs(p))
		put(l, DRAFT_PERM, p, (struct sums){ 1, 0 }, 0);
	descend(l, p, true);
}

static void
list_entry(struct lister *l, struct pair *p)
{
	bool is_dir = S_ISDIR(p->up.st_mode);

	if (is_whiteout(&p->up)) {
		if (p->low_exists)
			put(l, DRAFT_DELETE, p, sums_of(p->lower, p->name, &p->low), 0);
	} else if (!p->low_exists) {
		list_new(l, p);
	} else if (is_dir && S_ISDIR(p->low.st_mode) &&
		has_xattr(p->name, DRAFT_XATTR_OPAQUE, 'y')) {
		put(l, DRAFT_REPLACE, p, sums_of(p->upper, p->name, &p->up), DRAFT_F_OPAQUE);
	} else if ((p->up.st_mode & S_IFMT) != (p->low.st_mode & S_IFMT)) {
		put(l, DRAFT_REPLACE, p, sums_of(p->upper, p->name, &p->up), 0);
	} else if (is_dir) {
		list_merged(l, p);
	} else {
		list_changed(l, p);
	}
}

static void
list_dir(struct lister *l, int upper, int lower)
{
	int copy = fcntl(upper, F_DUPFD_CLOEXEC, 0);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *e;

	if (!d || fchdir(upper) < 0) {
		if (d)
			closedir(d);
		return;
	}
	while ((e = readdir(d))) {
		struct pair p = { .upper = upper, .lower = lower, .name = e->d_name };
		size_t old;

		if (is_dots(e->d_name) ||
			fstatat(upper, e->d_name, &p.up, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		p.low_exists = lower >= 0 &&
			fstatat(lower, e->d_name, &p.low, AT_SYMLINK_NOFOLLOW) == 0;
		if (!push_name(l, e->d_name, &old))
			continue;
		list_entry(l, &p);
		pop_name(l, old);
	}
	closedir(d);
}

void
list_all(const struct spec *s, struct rec *out)
{
	struct lister l = { .out = out };

	out->effects = 0;
	for (size_t i = 0; i < s->n_roots; i++) {
		autofd int upper = open(s->root[i].upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		autofd int lower = open(s->root[i].path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		l.root = (uint32_t)i;
		pop_name(&l, 0);
		if (upper >= 0)
			list_dir(&l, upper, lower);
	}
	rec_put(out, (struct draft_record){ .kind = DRAFT_LIST_END, .count = out->effects },
		NULL, NULL);
	rec_flush(out);
}
