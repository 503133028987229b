/* What all operations share. */
#include "agent/draft/apply.h"
#include <errno.h>
#include <sys/xattr.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"

void
apply_forget_folders(struct apply *a)
{
	for (size_t i = 0; i < APPLY_FOLDERS; i++) {
		if (!a->folders[i].path)
			continue;
		close(a->folders[i].fd);
		free(a->folders[i].path);
		a->folders[i].path = NULL;
	}
}

bool
apply_is_quiet(const struct apply *a)
{
	for (size_t i = 0; i < a->n_leases; i++) {
		if (!fs_lease_is_quiet(a->leases[i].fd))
			return false;
	}
	return !a->loud;
}

static void
drop_lease(struct apply *a, size_t i, bool reversed)
{
	struct apply_lease *l = &a->leases[i];

	if (!fs_lease_is_quiet(l->fd)) {
		a->loud = true;
		if (reversed && l->back)
			apply_spare(a, l->o);
	}
	fs_lease_end(l->fd);
	close(l->fd);
}

void
apply_keep_lease(struct apply *a, const struct plan_op *o, int fd)
{
	if (fd < 0)
		return;
	if (a->n_leases == APPLY_LEASES) {
		drop_lease(a, 0, false);
		memmove(a->leases, a->leases + 1, (APPLY_LEASES - 1) * sizeof(*a->leases));
		a->n_leases--;
	}
	a->leases[a->n_leases++] = (struct apply_lease){ fd, o, a->going_back };
}

void
apply_end_leases(struct apply *a, bool reversed)
{
	for (size_t i = 0; i < a->n_leases; i++)
		drop_lease(a, i, reversed);
	a->n_leases = 0;
	a->loud = false;
}

void
apply_finish(struct apply *a)
{
	apply_end_leases(a, false);
	apply_forget_folders(a);
}

int
apply_parent(struct apply *a, enum apply_side side, uint32_t root, const char *rel,
	const char **ret_name)
{
	const char *slash = strrchr(rel, '/');
	size_t n = slash ? (size_t)(slash - rel) : 0;
	struct apply_folder *f;
	bool upper = side == SIDE_UPPER;
	int base = upper ? a->p->roots[root].upper_fd : a->p->roots[root].real_fd;
	autofree char *path = xstrndup(rel, n);
	int fd;

	*ret_name = slash ? slash + 1 : rel;
	if (base < 0) {
		errno = ENOENT;
		return -1;
	}
	if (n == 0)
		return base;
	for (size_t i = 0; i < APPLY_FOLDERS; i++) {
		f = &a->folders[i];
		if (f->path && f->root == root && f->upper == upper && str_eq(f->path, path))
			return f->fd;
	}
	fd = fs_open_in(base, path, O_PATH | O_DIRECTORY, 0);
	if (fd < 0)
		return -1;
	f = &a->folders[a->next++ % APPLY_FOLDERS];
	if (f->path) {
		close(f->fd);
		free(f->path);
	}
	*f = (struct apply_folder){ steal_ptr(&path), root, upper, fd };
	return fd;
}

enum applied
apply_conflict(struct apply *a, const char *why)
{
	a->why = why;
	return APPLY_CONFLICT;
}

enum applied
apply_failed(struct apply *a, const char *path)
{
	switch (errno) {
	case ENOENT:
		return apply_conflict(a, _("its folder is gone"));
	case ELOOP:
	case ENOTDIR:
		return apply_conflict(a, _("its folder was replaced by something else"));
	case EEXIST:
	case ENOTEMPTY:
		return apply_conflict(a, _("something else has that name by now"));
	case EXDEV:
		err_set(&a->err, ERR_IO,
			_("%s: this file system cannot move folders; move the files in it instead"),
			path);
		return APPLY_ERROR;
	default:
		err_sys(&a->err, errno, "%s", path);
		return APPLY_ERROR;
	}
}

/* True when rights were lacking and are there now. */
static bool
lend(int dir, const char *name)
{
	struct stat st;
	autofd int fd = *name ? openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC)
			      : fcntl(dir, F_DUPFD_CLOEXEC, 3);

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
		(st.st_mode & 0700) == 0700)
		return false;
	return fs_chmod(fd, (st.st_mode & 07777) | 0700) == 0;
}

int
apply_rename(UNUSED struct apply *a, int from_dir, const char *from, int to_dir, const char *to,
	unsigned flags)
{
	int r = fs_rename(from_dir, from, to_dir, to, flags), sys = errno;
	bool lent, moved;
	struct stat st;

	if (r == 0 || (sys != EACCES && sys != EPERM))
		return r;
	lent = lend(from_dir, "");
	lent |= lend(to_dir, "");
	moved = fstatat(from_dir, from, &st, AT_SYMLINK_NOFOLLOW) == 0 && lend(from_dir, from);
	lent |= moved;
	if (flags & RENAME_EXCHANGE)
		lent |= lend(to_dir, to);
	errno = sys;
	if (!lent || (r = fs_rename(from_dir, from, to_dir, to, flags)) < 0)
		return -1;
	/* A new folder keeps the rights it was made with, even none for its owner. */
	if (moved)
		fs_chmod_at(to_dir, to, st.st_mode & 07777);
	return 0;
}

bool
apply_is_inode(const struct stat *st, const struct draft_print *p)
{
	return st->st_ino == p->ino && (st->st_mode & S_IFMT) == (p->mode & S_IFMT);
}

bool
apply_is(const struct stat *st, const struct draft_print *p)
{
	if (!apply_is_inode(st, p))
		return false;
	return S_ISDIR(st->st_mode) ||
		((uint64_t)st->st_size == p->size && fs_mtime_ns(st) == p->mtime_ns &&
			st->st_mode == p->mode);
}

void
apply_slot(const struct plan_op *o, const char *suffix, char out[40])
{
	snprintf(out, 40, "%llu%s", (unsigned long long)o->slot, suffix);
}

bool
apply_stat(int dir, const char *name, struct stat *ret)
{
	return fstatat(dir, name, ret, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool
strip_entry(UNUSED void *user, int dir, const char *name, UNUSED unsigned char type)
{
	apply_strip(dir, name);
	return true;
}

void
apply_strip(int dir, const char *name)
{
	static const char *const ours[] = { "opaque", "origin", "impure", "nlink", "redirect",
		"metacopy", "uuid", "protattr", "fresh" };
	char proc[64 + DRAFT_PATH_MAX], list[4096], full[40];
	struct stat st;
	ssize_t n;

	if (!apply_stat(dir, name, &st) || S_ISLNK(st.st_mode))
		return;
	if (fs_is_whiteout(&st)) {
		fs_unlink(dir, name, 0);
		return;
	}
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d/%s", dir, name);
	n = llistxattr(proc, list, sizeof(list));
	for (size_t i = 0; n != 0 && i < ARRAY_LEN(ours); i++) {
		snprintf(full, sizeof(full), "user.overlay.%s", ours[i]);
		if ((n < 0 || memmem(list, (size_t)n, full, strlen(full) + 1)) &&
			fs_kill_point("removexattr"))
			lremovexattr(proc, full);
	}
	if (S_ISDIR(st.st_mode))
		fs_each(dir, name, strip_entry, NULL);
}
