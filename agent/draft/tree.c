#include "agent/draft/tree.h"
#include <errno.h>
#include <limits.h>
#include "agent/base/path.h"
#include "agent/draft/moves.h"

#define COMPARE_PART (256u << 10)

struct summing {
	const struct draft *d;
	const char *path; /* of the folder being read; NULL when moves do not matter */
	const volatile bool *cancelled;
	struct tree_sum *sum;
};

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

/* Of folders only what they are: their times change with what is in them, which is counted. */
static uint64_t
entry_print(const char *name, const struct stat *st)
{
	uint64_t h = mix(0x484d, st->st_ino);

	for (const char *p = name; *p; p++)
		h = mix(h, (unsigned char)*p);
	h = mix(h, st->st_mode);
	if (S_ISDIR(st->st_mode))
		return h;
	h = mix(h, (uint64_t)st->st_size);
	h = mix(h, (uint64_t)fs_mtime_ns(st));
	/* Of a file with several names the others may be touched by the same commit. */
	return st->st_nlink > 1 ? h : mix(h, (uint64_t)fs_ctime_ns(st));
}

static bool sum_entry(void *user, int dir, const char *name, unsigned char type);

static bool
sum_folder(struct summing *s, int dir, const char *name)
{
	struct summing below = *s;
	autofree char *path = NULL;

	if (s->path)
		below.path = path = path_join(s->path, name);
	errno = 0;
	/* A folder that may not be read goes as one entry. */
	return fs_each(dir, name, sum_entry, &below) || errno == EACCES || errno == ENOENT;
}

static bool
sum_entry(void *user, int dir, const char *name, UNUSED unsigned char type)
{
	struct summing *s = user;
	struct stat st;

	if (s->cancelled && *s->cancelled)
		return false;
	if (s->path) {
		autofree char *path = path_join(s->path, name);

		if (map_get(s->d->by_from, path, strlen(path)))
			return true;
	}
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT;
	s->sum->count++;
	s->sum->print += entry_print(name, &st); /* any order of entries gives the same */
	if (S_ISREG(st.st_mode))
		s->sum->bytes += (uint64_t)st.st_size;
	if (S_ISDIR(st.st_mode))
		return sum_folder(s, dir, name);
	s->sum->newest_ns = MAX_OF(s->sum->newest_ns, fs_ctime_ns(&st));
	return true;
}

bool
tree_sum(const struct draft *d, int dir, const char *name, const char *path,
	const volatile bool *cancelled, struct tree_sum *ret)
{
	struct summing s = { .d = d, .cancelled = cancelled, .sum = ret };
	struct stat st;

	*ret = (struct tree_sum){ .count = 1, .newest_ns = INT64_MIN };
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	if (d && d->n_moves && moves_from_below(d, path))
		s.path = path;
	ret->print = mix(st.st_ino, st.st_mode);
	if (!S_ISDIR(st.st_mode))
		ret->bytes = (uint64_t)st.st_size;
	else if (!fs_each(dir, name, sum_entry, &s) && errno != EACCES)
		return false;
	ret->print |= 1;
	return true;
}

static ssize_t
read_full(int fd, char *p, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t k = read(fd, p + have, n - have);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		if (k == 0)
			break;
		have += (size_t)k;
	}
	return (ssize_t)have;
}

bool
tree_same_bytes(struct tree_same *s, int x, int y, uint64_t size)
{
	autofree char *p = xmalloc(COMPARE_PART), *q = xmalloc(COMPARE_PART);

	if (size > s->budget)
		return false;
	s->budget -= size;
	for (;;) {
		ssize_t n = read_full(x, p, COMPARE_PART), m = read_full(y, q, COMPARE_PART);

		if (n < 0 || n != m || memcmp(p, q, (size_t)n) != 0 ||
			(s->cancelled && *s->cancelled))
			return false;
		if (n < (ssize_t)COMPARE_PART)
			return true;
	}
}

static bool
same_link(int a_dir, const char *a, int b_dir, const char *b)
{
	char x[PATH_MAX], y[PATH_MAX];
	ssize_t n = readlinkat(a_dir, a, x, sizeof(x)), m = readlinkat(b_dir, b, y, sizeof(y));

	return n >= 0 && n == m && memcmp(x, y, (size_t)n) == 0;
}

struct pair {
	struct tree_same *s;
	int other;
	size_t n;
};

static bool
same_child(void *user, int dir, const char *name, UNUSED unsigned char type)
{
	struct pair *p = user;

	p->n++;
	return tree_same(p->s, dir, name, p->other, name);
}

static bool
count_child(void *user, UNUSED int dir, UNUSED const char *name, UNUSED unsigned char type)
{
	++*(size_t *)user;
	return true;
}

static bool
same_folder(struct tree_same *s, int a_dir, const char *a, int b_dir, const char *b)
{
	autofd int other = openat(b_dir, b, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct pair p = { s, other, 0 };
	size_t n = 0;

	return other >= 0 && fs_each(a_dir, a, same_child, &p) &&
		fs_each(other, "", count_child, &n) && n == p.n;
}

bool
tree_same(struct tree_same *s, int a_dir, const char *a, int b_dir, const char *b)
{
	struct stat x, y;

	if (fstatat(a_dir, a, &x, AT_SYMLINK_NOFOLLOW) < 0 ||
		fstatat(b_dir, b, &y, AT_SYMLINK_NOFOLLOW) < 0 || x.st_mode != y.st_mode)
		return false;
	if (S_ISDIR(x.st_mode))
		return same_folder(s, a_dir, a, b_dir, b);
	if (fs_mtime_ns(&x) != fs_mtime_ns(&y) || x.st_size != y.st_size)
		return false;
	if (S_ISLNK(x.st_mode))
		return same_link(a_dir, a, b_dir, b);
	if (!S_ISREG(x.st_mode))
		return false;
	autofd int p = openat(a_dir, a, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	autofd int q = openat(b_dir, b, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	return p >= 0 && q >= 0 && tree_same_bytes(s, p, q, (uint64_t)x.st_size);
}
