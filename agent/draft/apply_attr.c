/* Mode, owner and extended attributes in place. Setting them twice is the same as once. */
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/draft/apply.h"

static bool
set_owner(int dir, const char *name, const struct stat *st, const struct draft_print *to)
{
	if (st->st_uid == to->uid && st->st_gid == to->gid)
		return true;
	return fs_chown_at(dir, name, to->uid, to->gid) == 0;
}

static bool
set_xattrs(struct apply *a, const struct plan_op *o, int dir, const char *name, bool forward)
{
	struct fs_xattrs x;
	char carrier[40];
	bool ok;

	if (!(o->flags & OPF_XATTR))
		return true;
	apply_slot(o, forward ? ".new" : ".old", carrier);
	if (!fs_xattrs_get(a->p->roots[o->root].hold_fd, carrier, &x))
		return false;
	ok = fs_xattrs_set(dir, name, &x);
	fs_xattrs_finish(&x);
	return ok;
}

enum applied
apply_attr(struct apply *a, const struct plan_op *o, bool forward)
{
	const struct draft_print *to = forward ? &o->post : &o->pre;
	const struct draft_print *was = forward ? &o->pre : &o->post;
	const char *name;
	struct stat st;
	int dir = apply_parent(a, SIDE_REAL, o->root, o->path, &name);

	if (dir < 0)
		return apply_failed(a, o->path);
	if (!apply_stat(dir, name, &st))
		return apply_conflict(a, _("it is gone"));
	/* The mode may be the old one, the new one, or one with rights lent by us. */
	if (!apply_is_inode(&st, &o->pre) ||
		(st.st_mode != was->mode && st.st_mode != to->mode &&
			st.st_mode != (was->mode | 0700) && st.st_mode != (to->mode | 0700)))
		return apply_conflict(a, _("it changed after it was shown"));
	if (!set_owner(dir, name, &st, to))
		return apply_failed(a, o->path);
	/* Attributes while writing is allowed: setting some needs write rights. */
	if (!(st.st_mode & 0200) && o->flags & OPF_XATTR &&
		fs_chmod_at(dir, name, (st.st_mode & 07777) | 0200) < 0)
		return apply_failed(a, o->path);
	if (!set_xattrs(a, o, dir, name, forward) ||
		fs_chmod_at(dir, name, to->mode & 07777) < 0)
		return apply_failed(a, o->path);
	if (!S_ISDIR(st.st_mode) && fs_mtime_ns(&st) != to->mtime_ns &&
		fs_set_mtime(dir, name, -1, to->mtime_ns) < 0)
		return apply_failed(a, o->path);
	return APPLY_DONE;
}
