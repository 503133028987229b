/* The folders a draft covers. */
#include "agent/draft/draft_private.h"
#include <errno.h>
#include "agent/base/hash.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/mounts.h"

#define ROOTS_FILE_MAX (1u << 20)

/* Never a root, nor anything in them: the machine's, not a person's, for root too. */
static const char *const never[] = { "/proc", "/sys", "/dev", "/run", "/etc", "/bin", "/sbin", "/lib",
	"/lib32", "/lib64", "/libx32", "/boot", "/usr", "/var/lib", "/var/cache", "/var/log" };
/* In them, but a person's all the same. */
static const char *const still[] = { "/dev/shm", "/usr/local" };
/* Never a root themselves: what lies in them belongs to many. */
static const char *const shared[] = { "/", "/tmp", "/var/tmp", "/home", "/var",
	"/dev/shm" };

static bool
may_be_root(const char *path)
{
	bool may = true;

	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		may = may && !path_below(path, never[i]);
	for (size_t i = 0; i < ARRAY_LEN(still); i++)
		may = may || path_below(path, still[i]);
	if (!may)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(shared); i++) {
		if (str_eq(path, shared[i]))
			return false;
	}
	return true;
}

static bool
is_plain_dir(const char *path, uid_t *ret_owner)
{
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return false;
	*ret_owner = st.st_uid;
	return true;
}

/* The topmost folder on the way to path that the person owns. Root owns everything, so for
 * root it is the topmost one that is not shared by all. Owned, or NULL. */
static char *
topmost_owned(const char *path)
{
	uid_t me = geteuid(), owner;

	for (size_t i = 1; path[i]; i++) {
		size_t n = i + strcspn(path + i, "/");
		autofree char *part = xstrndup(path, n);

		if (!is_plain_dir(part, &owner))
			return NULL;
		if (may_be_root(part) && (me == 0 || owner == me))
			return steal_ptr(&part);
		i = n;
		if (!path[i])
			break;
	}
	return NULL;
}

struct draft_root *
draft_root_of(const struct draft *d, const char *path, const char **ret_rel)
{
	struct draft_root *best = NULL;
	size_t best_n = 0;

	for (size_t i = 0; i < d->n_roots; i++) {
		struct draft_root *r = &d->roots[i];
		size_t n = strlen(r->real);

		if (n >= best_n && path_below(path, r->real)) {
			best = r;
			best_n = n;
		}
	}
	if (best && ret_rel)
		*ret_rel = path[best_n] ? path + best_n + 1 : "";
	return best;
}

bool
draft_is_own(const struct draft *d, const char *path)
{
	const char *p = path;

	if (path_below(path, d->stage_root))
		return true;
	for (size_t i = 0; i < d->own.n; i++) {
		if (path_below(path, d->own.v[i]))
			return true;
	}
	while ((p = strstr(p, "/" DRAFT_STAGE_NAME))) {
		p += strlen("/" DRAFT_STAGE_NAME);
		if (!*p || *p == '/')
			return true;
	}
	return false;
}

/* The stage folder of a root: inside ours where renames work, else at the root's top. */
static char *
stage_dir_for(const struct draft *d, const struct fs_place *place, const char *real)
{
	struct fs_place ours;
	unsigned char sum[HASH_LEN];
	char hex[HASH_HEX_LEN];

	if (fs_place_of(d->dir_fd, "", &ours) && ours.dev == place->dev &&
		ours.mount == place->mount)
		return xasprintf("%s/r%zu", d->dir, d->n_roots);
	hash_bytes(d->stage_root, strlen(d->stage_root), sum);
	hash_hex(sum, hex);
	hex[8] = '\0';
	return xasprintf("%s/" DRAFT_STAGE_NAME "/%lld-%s/r%zu", real, (long long)d->task, hex,
		d->n_roots);
}

static int
open_dir(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void
root_finish(struct draft_root *r)
{
	close_fd_(&r->real_fd);
	close_fd_(&r->dir_fd);
	close_fd_(&r->upper_fd);
	close_fd_(&r->tmp_fd);
	free(r->real);
	free(r->dir);
	free(r->upper);
	free(r->work);
}

/* Makes upper, work and tmp and opens them; the upper's top looks like the real folder, since
 * that is what a command sees. */
static bool
root_prepare(struct draft_root *r)
{
	struct stat st;
	autofree char *tmp = path_join(r->dir, "tmp");

	r->upper = path_join(r->dir, "upper");
	r->work = path_join(r->dir, "work");
	r->upper_fd = r->dir_fd = r->tmp_fd = -1;
	r->real_fd = open_dir(r->real);
	if (r->real_fd < 0 || fstat(r->real_fd, &st) < 0)
		return false;
	if (!path_make_dirs(r->dir, 0700, NULL) || !path_make_dirs(r->upper, 0700, NULL) ||
		!path_make_dirs(r->work, 0700, NULL) || !path_make_dirs(tmp, 0700, NULL))
		return false;
	r->dir_fd = open_dir(r->dir);
	r->upper_fd = open_dir(r->upper);
	r->tmp_fd = open_dir(tmp);
	if (r->dir_fd < 0 || r->upper_fd < 0 || r->tmp_fd < 0)
		return false;
	fs_chmod(r->upper_fd, st.st_mode & 07777);
	return fs_place_of(r->real_fd, "", &r->place);
}

/* takes ownership of dir; NULL: found here. False when the place cannot be staged. */
static bool
add_root(struct draft *d, const char *real, char *dir)
{
	struct draft_root r = { .real = xstrdup(real), .dir = dir, .real_fd = -1, .dir_fd = -1,
		.upper_fd = -1, .tmp_fd = -1 };
	struct fs_place at;
	const char *rel;
	struct draft_root *have = draft_root_of(d, real, &rel);

	if (d->n_roots == DRAFT_MAX_ROOTS || (have && !*rel) ||
		!fs_place_of(AT_FDCWD, real, &at) ||
		(have && have->place.dev == at.dev && have->place.mount == at.mount)) {
		root_finish(&r);
		return false;
	}
	if (!r.dir)
		r.dir = stage_dir_for(d, &at, real);
	if (access(real, W_OK) < 0 || !root_prepare(&r)) {
		root_finish(&r);
		return false;
	}
	d->roots = xreallocarray(d->roots, d->n_roots + 1, sizeof(*d->roots));
	d->roots[d->n_roots++] = r;
	return true;
}

/* Mounts inside a root are places of their own: a rename does not cross them. */
static void
add_nested(struct draft *d, const char *real)
{
	autostrv struct strv points = { 0 };

	mounts_below(real, &points);
	for (size_t i = 0; i < points.n; i++) {
		uid_t owner;

		if (is_plain_dir(points.v[i], &owner) && (owner == geteuid() || geteuid() == 0) &&
			may_be_root(points.v[i]) && !draft_is_own(d, points.v[i]))
			add_root(d, points.v[i], NULL);
	}
}

/* Whole or not at all, but not fsynced: that would double the time of a small command, and what
 * is pending need not outlive a power cut. A commit syncs the file system before it begins. */
static bool
write_roots(const char *file, struct slice data, struct err *err)
{
	autofree char *tmp = xasprintf("%s.tmp", file);
	autofd int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0 || fs_write_all(fd, data.p, data.n) < 0 || rename(tmp, file) < 0)
		return err_sys(err, errno, "%s", file);
	return true;
}

static bool
save_roots(struct draft *d, struct err *err)
{
	autobuf struct buf b = BUF_INIT(ROOTS_FILE_MAX);
	autofree char *file = path_join(d->dir, "roots");

	for (size_t i = 0; i < d->n_roots; i++) {
		buf_add(&b, d->roots[i].real, strlen(d->roots[i].real) + 1);
		buf_add(&b, d->roots[i].dir, strlen(d->roots[i].dir) + 1);
	}
	if (b.full)
		return err_set(err, ERR_LIMIT, _("the folders of this draft have too long names"));
	return write_roots(file, buf_slice(&b), err);
}

bool
draft_roots_find(struct draft *d, const char *place, struct err *err)
{
	autofree char *real = realpath(place, NULL);
	autofree char *top = NULL;
	size_t before = d->n_roots;

	if (!real || !may_be_root(real))
		return true;
	/* Root's own home is a root as it is; else everything of the machine would be. */
	if (geteuid() == 0 && d->home && str_eq(real, d->home))
		top = xstrdup(real);
	else
		top = topmost_owned(real);
	if (!top || draft_is_own(d, top))
		return true;
	add_root(d, top, NULL);
	add_nested(d, top);
	return d->n_roots == before || save_roots(d, err);
}

bool
draft_roots_load(struct draft *d, struct err *err)
{
	autobuf struct buf b = BUF_INIT(ROOTS_FILE_MAX);
	autofree char *file = path_join(d->dir, "roots");
	struct slice rest;

	if (access(file, F_OK) < 0)
		return true;
	if (!path_read_file(file, &b, err))
		return false;
	rest = buf_slice(&b);
	while (rest.n) {
		struct slice real = slice_cut(&rest, '\0'), dir = slice_cut(&rest, '\0');
		autofree char *real_path = slice_dup(real);

		if (!dir.p || real.n == 0 || dir.n == 0)
			return err_set(err, ERR_CORRUPT, _("%s is damaged; remove it"), file);
		/* A root that went away (an unplugged disk) keeps its number. */
		if (!add_root(d, real_path, slice_dup(dir)))
			return err_set(err, ERR_NOT_FOUND,
				_("%s belongs to this draft but cannot be used now; "
				  "bring it back or discard the draft"),
				real_path);
	}
	return true;
}

void
draft_root_prune(const char *dir)
{
	static const char *const parts[] = { "upper", "tmp" };
	autofd int fd = strstr(dir, "/" DRAFT_STAGE_NAME "/") ? open_dir(dir) : -1;
	autofree char *up = xstrdup(dir);

	if (fd < 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (unlinkat(fd, parts[i], AT_REMOVEDIR) < 0 && errno != ENOENT)
			return;
	}
	if (!fs_remove_tree(fd, "work", NULL))
		return;
	while (rmdir(up) == 0 && !str_eq(path_base(up), DRAFT_STAGE_NAME)) {
		char *next = path_dir(up);

		free(up);
		up = next;
	}
}

void
draft_roots_close(struct draft *d)
{
	for (size_t i = 0; i < d->n_roots; i++) {
		draft_root_prune(d->roots[i].dir);
		root_finish(&d->roots[i]);
	}
	free(d->roots);
	d->roots = NULL;
	d->n_roots = 0;
}

static bool
clear_part(struct draft_root *r, const char *name, struct err *err)
{
	autofree char *path = path_join(r->dir, name);
	struct stat st;

	if (!fs_remove_tree(r->dir_fd, name, err))
		return false;
	if (fs_mkdir(r->dir_fd, name, 0700) < 0)
		return err_sys(err, errno, "%s", path);
	if (!str_eq(name, "upper"))
		return true;
	close_fd_(&r->upper_fd);
	r->upper_fd = open_dir(r->upper);
	if (r->upper_fd < 0 || fstat(r->real_fd, &st) < 0)
		return err_sys(err, errno, "%s", path);
	fs_chmod(r->upper_fd, st.st_mode & 07777);
	return true;
}

bool
draft_roots_clear(struct draft *d, struct err *err)
{
	for (size_t i = 0; i < d->n_roots; i++) {
		struct draft_root *r = &d->roots[i];

		if (!clear_part(r, "upper", err) || !clear_part(r, "work", err) ||
			!clear_part(r, "tmp", err))
			return false;
		close_fd_(&r->tmp_fd);
		r->tmp_fd = openat(r->dir_fd, "tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	return true;
}
