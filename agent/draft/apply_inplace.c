/*
 * A file with several names is written in place, so that all of them see it. Both contents lie
 * in the hold (SLOT and SLOT.old) before the first byte is written; SLOT.go marks that writing
 * began, so that a torn file is told from an edit of the person.
 */
#include <errno.h>
#include <signal.h>
#include "agent/base/i18n.h"
#include "agent/draft/apply.h"
#include "agent/draft/copy.h"

#define PART 4096

enum content { CONTENT_OLD, CONTENT_NEW, CONTENT_TORN, CONTENT_OTHER };

static bool
is_like(const struct stat *st, const struct draft_print *p)
{
	return (uint64_t)st->st_size == p->size && fs_mtime_ns(st) == p->mtime_ns;
}

/* After a crash in the middle every byte is the old one, the new one or unwritten. */
static bool
is_torn(int fd, int old, int new)
{
	char p[PART], q[PART], r[PART];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(fd, p, PART, at)) > 0) {
		memset(q, 0, sizeof(q));
		memset(r, 0, sizeof(r));
		if (pread(old, q, (size_t)n, at) < 0 || pread(new, r, (size_t)n, at) < 0)
			return false;
		for (ssize_t i = 0; i < n; i++) {
			if (p[i] != q[i] && p[i] != r[i] && p[i] != 0)
				return false;
		}
		at += n;
	}
	return n == 0;
}

struct files {
	int real, old, new, hold;
	char go[40], slot[40];
	struct stat st;
	bool begun, leased;
};

/* A read-only file of the person's own: the right to write is lent for the moment of opening. */
static int
open_real(int dir, const char *name)
{
	const int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(dir, name, flags);
	struct stat st;

	if (fd >= 0 || errno != EACCES || !apply_stat(dir, name, &st) ||
		st.st_uid != geteuid() || fs_chmod_at(dir, name, st.st_mode | 0600) < 0)
		return fd;
	fd = openat(dir, name, flags);
	fs_chmod_at(dir, name, st.st_mode & 07777);
	return fd;
}

static enum applied
open_files(struct apply *a, const struct plan_op *o, struct files *f)
{
	const char *name;
	char old[40];
	int dir = apply_parent(a, SIDE_REAL, o->root, o->path, &name);

	*f = (struct files){ .real = -1, .old = -1, .new = -1 };
	if (dir < 0)
		return apply_failed(a, o->path);
	f->hold = a->p->roots[o->root].hold_fd;
	apply_slot(o, "", f->slot);
	apply_slot(o, ".old", old);
	apply_slot(o, ".go", f->go);
	f->begun = faccessat(f->hold, f->go, F_OK, 0) == 0;
	f->real = open_real(dir, name);
	f->old = openat(f->hold, old, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	f->new = openat(f->hold, f->slot, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (f->real < 0)
		return errno == ENOENT ? apply_conflict(a, _("it is gone"))
				       : apply_failed(a, o->path);
	/* Who opens it now waits until we are done. With readers about no such lease is to be had;
	 * that nobody writes was asked before. */
	if (fcntl(f->real, F_SETSIG, SIGURG) == 0)
		f->leased = fcntl(f->real, F_SETLEASE, F_WRLCK) == 0;
	if (f->old < 0 || f->new < 0 || fstat(f->real, &f->st) < 0)
		return apply_failed(a, o->path);
	return APPLY_DONE;
}

static void
close_files(struct files *f)
{
	if (f->leased)
		fcntl(f->real, F_SETLEASE, F_UNLCK);
	close_fd_(&f->real);
	close_fd_(&f->old);
	close_fd_(&f->new);
}

static enum content
content_of(const struct plan_op *o, const struct files *f)
{
	if (f->st.st_ino != o->pre.ino)
		return CONTENT_OTHER;
	if (is_like(&f->st, &o->post))
		return CONTENT_NEW;
	if (is_like(&f->st, &o->pre))
		return CONTENT_OLD;
	return f->begun && is_torn(f->real, f->old, f->new) ? CONTENT_TORN : CONTENT_OTHER;
}

/* Nobody else may be writing: asked through a descriptor of its own, ours is for writing. */
static bool
is_busy(struct apply *a, const struct plan_op *o)
{
	const char *name;
	int dir = apply_parent(a, SIDE_REAL, o->root, o->path, &name);
	autofd int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return fd >= 0 && fs_is_busy(fd);
}

static bool
copy_over(int from, int to)
{
	char p[64 << 10];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(from, p, sizeof(p), at)) > 0) {
		if (fs_pwrite_all(to, p, (size_t)n, at) < 0)
			return false;
		at += n;
	}
	return n == 0 && fs_truncate(to, at) == 0;
}

static bool
write_it(const struct plan_op *o, struct files *f, bool forward)
{
	const struct draft_print *to = forward ? &o->post : &o->pre;
	int from = forward ? f->new : f->old;
	struct fs_xattrs x;
	autofd int go = fs_open(f->hold, f->go, O_WRONLY | O_CREAT, 0600);

	if (go < 0 || fs_sync(go) < 0 || fs_sync(f->hold) < 0 || !copy_over(from, f->real))
		return false;
	if (fs_xattrs_get(from, "", &x)) {
		fs_xattrs_set(f->real, "", &x);
		fs_xattrs_finish(&x);
	}
	if (fs_chmod(f->real, to->mode & 07777) < 0 || fs_set_fd_mtime(f->real, to->mtime_ns) < 0 ||
		fs_sync(f->real) < 0)
		return false;
	return fs_unlink(f->hold, f->go, 0) == 0;
}

static enum applied
write_checked(struct apply *a, const struct plan_op *o, struct files *f, bool forward)
{
	enum content want = forward ? CONTENT_OLD : CONTENT_NEW, have = content_of(o, f);

	if (have != want && have != CONTENT_TORN) {
		if (have == CONTENT_OTHER)
			return apply_conflict(a, _("it changed after it was shown"));
		if (f->begun)
			fs_unlink(f->hold, f->go, 0);
		return APPLY_DONE;
	}
	return write_it(o, f, forward) ? APPLY_DONE : apply_failed(a, o->path);
}

/* The new content comes from the upper, or goes back there. */
static bool
fetch(struct apply *a, const struct plan_op *o, bool forward)
{
	const char *name;
	char slot[40];
	struct stat st;
	int hold = a->p->roots[o->root].hold_fd;
	int up = a->first ? apply_parent(a, SIDE_UPPER, o->root, o->path, &name) : -1;

	apply_slot(o, "", slot);
	if (up < 0)
		return true;
	if (forward && apply_stat(up, name, &st) && apply_is_inode(&st, &o->post))
		return fs_rename(up, name, hold, slot, RENAME_NOREPLACE) == 0;
	if (!forward && apply_stat(hold, slot, &st) && apply_is_inode(&st, &o->post))
		return fs_rename(hold, slot, up, name, RENAME_NOREPLACE) == 0;
	return true;
}

static bool
is_held(struct apply *a, const struct plan_op *o)
{
	char slot[40];

	apply_slot(o, "", slot);
	return faccessat(a->p->roots[o->root].hold_fd, slot, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

enum applied
apply_inplace(struct apply *a, const struct plan_op *o, bool forward)
{
	enum applied done;
	struct files f;

	if (forward && !fetch(a, o, true))
		return apply_failed(a, o->path);
	if (is_busy(a, o))
		return apply_conflict(a, _("another program has it open for writing"));
	if (!forward && !is_held(a, o))
		return APPLY_DONE; /* it was never begun */
	done = open_files(a, o, &f);
	if (done == APPLY_DONE)
		done = write_checked(a, o, &f, forward);
	close_files(&f);
	if (!forward && (done == APPLY_DONE || !f.begun) && !fetch(a, o, false))
		return apply_failed(a, o->path);
	return done;
}
