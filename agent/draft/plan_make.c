/*
 * From taken effects to operations. Everything that can be refused is refused here, before
 * anything moved; new folders and copies from other disks are prepared in the holds.
 */
#include "agent/draft/plan_make.h"
#include <errno.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/apply.h"
#include "agent/draft/copy.h"
#include "agent/draft/tree.h"

#define SPACE_LEFT (32u << 20) /* never fill a disk to the last byte */

void
commit_result_finish(struct commit_result *r)
{
	for (size_t i = 0; i < r->n_conflicts; i++) {
		free(r->conflicts[i].path);
		free(r->conflicts[i].why);
	}
	free(r->conflicts);
	free(r->stage);
	*r = (struct commit_result){ 0 };
}

void
commit_result_add(struct commit_result *r, const char *path, const char *why)
{
	if (r->n_conflicts >= COMMIT_MAX_CONFLICTS)
		return;
	r->conflicts = xreallocarray(r->conflicts, r->n_conflicts + 1, sizeof(*r->conflicts));
	r->conflicts[r->n_conflicts++] =
		(struct commit_conflict){ xstrdup(path), xstrdup(why) };
}

struct plan_op *
make_op(struct make *m, enum plan_kind kind, const struct effect *x)
{
	const char *rel;
	struct draft_root *r = draft_root_of(m->d, x->path, &rel);
	struct plan_op *o;

	GROW(m->p->ops, m->p->n_ops, m->p->cap_ops);
	o = &m->p->ops[m->p->n_ops++];
	*o = (struct plan_op){ .kind = kind, .root = (uint32_t)(r - m->d->roots),
		.effect = x->kind, .slot = m->slots++, .bytes = x->bytes, .count = x->count,
		.path = xstrdup(rel) };
	o->from_root = o->root;
	return o;
}

static bool
conflict(struct make *m, const struct effect *x, const char *why)
{
	commit_result_add(m->r, x->path, why);
	return true;
}

/* What is on disk must be what was shown, to the last field. */
static bool
is_as_shown(const struct stat *st, const struct effect *x)
{
	struct draft_print now;

	fs_print(st, &now);
	if (now.ino != x->pre.ino || now.mode != x->pre.mode)
		return false;
	return S_ISDIR(now.mode) ||
		(now.size == x->pre.size && now.mtime_ns == x->pre.mtime_ns &&
			now.ctime_ns == x->pre.ctime_ns);
}

/* Looks at the real file; false when a conflict was noted. */
static bool
check_real(struct make *m, const struct effect *x, const char *path, struct stat *ret)
{
	const char *rel;
	struct draft_root *r = draft_root_of(m->d, path, &rel);

	if (!r || fstatat(r->real_fd, rel, ret, AT_SYMLINK_NOFOLLOW) < 0) {
		conflict(m, x, _("it is gone"));
		return false;
	}
	if (x->stale) {
		conflict(m, x, _("it changed after the draft began"));
		return false;
	}
	if (x->kind == EFFECT_MOVE ? ret->st_ino != x->pre.ino : !is_as_shown(ret, x)) {
		conflict(m, x, _("it changed after it was shown"));
		return false;
	}
	return true;
}

/* The draft's side must be what was shown as well; ret is what will be committed. */
static bool
check_upper(struct make *m, const struct effect *x, struct stat *ret)
{
	const char *rel;
	struct draft_root *r = draft_root_of(m->d, x->path, &rel);

	if (r && fstatat(r->upper_fd, rel, ret, AT_SYMLINK_NOFOLLOW) == 0 &&
		ret->st_ino == x->post.ino &&
		(S_ISDIR(ret->st_mode) || ((uint64_t)ret->st_size == x->post.size &&
						 fs_mtime_ns(ret) == x->post.mtime_ns)))
		return true;
	conflict(m, x, _("the draft changed after it was shown; look again"));
	return false;
}

/* A created path must be free, or be freed by another taken effect. */
static bool
check_free(struct make *m, const struct effect *x)
{
	const char *rel;
	struct draft_root *r = draft_root_of(m->d, x->path, &rel);
	struct stat st;

	if (fstatat(r->real_fd, rel, &st, AT_SYMLINK_NOFOLLOW) < 0 || make_is_freed(m, x->path))
		return true;
	conflict(m, x, _("something else has that name by now"));
	return false;
}

/* --- one function a kind --- */

static bool
make_folder(struct make *m, const struct effect *x, struct plan_op *o, const struct stat *up)
{
	struct draft_root *r = &m->d->roots[o->root];
	int hold = m->p->roots[o->root].hold_fd;
	char slot[40];
	struct stat st;

	apply_slot(o, "", slot);
	o->flags |= OPF_FROM_HOLD;
	if (fs_mkdir(hold, slot, 0700) < 0 ||
		!copy_attributes(r->upper_fd, o->path, up, hold, slot) || !apply_stat(hold, slot, &st))
		return err_sys(m->err, errno, "%s", x->path);
	fs_print(&st, &o->post);
	return true;
}

/* Attributes of the overlay would stay with the file for ever. */
static bool
print_upper(struct make *m, struct plan_op *o, const struct stat *up)
{
	const char *name;
	autofd int dir = fs_open_parent(m->d->roots[o->root].upper_fd, o->path, &name);

	if (dir < 0)
		return err_sys(m->err, errno, "%s", o->path);
	if (!S_ISDIR(up->st_mode))
		apply_strip(dir, name);
	fs_print(up, &o->post);
	m->new_data = true;
	return true;
}

static bool
make_create(struct make *m, const struct effect *x)
{
	struct plan_op *o;
	struct stat up;

	if (!check_upper(m, x, &up) || !check_free(m, x))
		return true;
	o = make_op(m, OP_CREATE, x);
	return S_ISDIR(up.st_mode) ? make_folder(m, x, o, &up) : print_upper(m, o, &up);
}

static bool
keep_old_content(struct make *m, const struct plan_op *o)
{
	const struct copy c = { .sync = true };
	const char *name;
	autofd int dir = fs_open_parent(m->d->roots[o->root].real_fd, o->path, &name);
	char old[40];

	apply_slot(o, ".old", old);
	return dir >= 0 &&
		copy_tree(&c, dir, name, o->path, m->p->roots[o->root].hold_fd, old, m->err);
}

/* Written beside the real file and renamed over it: its other names keep the old content. */
static bool
is_fresh(struct make *m, const struct effect *x)
{
	const char *rel, *name;
	struct draft_root *r = draft_root_of(m->d, x->path, &rel);
	autofd int dir = r ? fs_open_parent(r->upper_fd, rel, &name) : -1;
	char proc[64 + DRAFT_PATH_MAX], value[4];

	if (dir < 0)
		return false;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d/%s", dir, name);
	return lgetxattr(proc, DRAFT_XATTR_FRESH, value, sizeof(value)) > 0;
}

static bool
make_modify(struct make *m, const struct effect *x)
{
	struct plan_op *o;
	struct stat real, up;
	bool fresh;

	if (!check_real(m, x, x->path, &real) || !check_upper(m, x, &up))
		return true;
	fresh = is_fresh(m, x);
	o = make_op(m, OP_SWAP, x);
	fs_print(&real, &o->pre);
	if (S_ISDIR(real.st_mode))
		o->tree = x->tree;
	if (!print_upper(m, o, &up))
		return false;
	if (S_ISREG(real.st_mode) && S_ISREG(up.st_mode) && real.st_nlink > 1 && !fresh &&
		make_is_only_name(m, &real)) {
		o->kind = OP_INPLACE;
		return keep_old_content(m, o);
	}
	return true;
}

static bool
make_delete(struct make *m, const struct effect *x)
{
	struct plan_op *o;
	struct stat real;

	if (!check_real(m, x, x->path, &real))
		return true;
	o = make_op(m, OP_DELETE, x);
	fs_print(&real, &o->pre);
	if (S_ISDIR(real.st_mode))
		o->tree = x->tree;
	return true;
}

/* An empty file or folder that carries extended attributes until they are set. */
static bool
make_carrier(struct make *m, const struct plan_op *o, const char *suffix, const struct fs_xattrs *x)
{
	int hold = m->p->roots[o->root].hold_fd;
	char name[40];

	apply_slot(o, suffix, name);
	if (S_ISDIR(o->pre.mode) ? fs_mkdir(hold, name, 0700) < 0
				 : fs_mknod(hold, name, S_IFREG | 0600, 0) < 0)
		return err_sys(m->err, errno, "%s", o->path);
	return fs_xattrs_set(hold, name, x) || err_sys(m->err, errno, "%s", o->path);
}

static bool
make_carriers(struct make *m, struct plan_op *o)
{
	struct draft_root *r = &m->d->roots[o->root];
	struct fs_xattrs old, new;
	bool ok = true;

	if (!fs_xattrs_get(r->real_fd, o->path, &old))
		return true;
	if (fs_xattrs_get(r->upper_fd, o->path, &new)) {
		if (!fs_xattrs_equal(&old, &new)) {
			o->flags |= OPF_XATTR;
			ok = make_carrier(m, o, ".old", &old) && make_carrier(m, o, ".new", &new);
		}
		fs_xattrs_finish(&new);
	}
	fs_xattrs_finish(&old);
	return ok;
}

static bool
make_perm(struct make *m, const struct effect *x)
{
	struct plan_op *o;
	struct stat real, up;

	if (!check_real(m, x, x->path, &real) || !check_upper(m, x, &up))
		return true;
	/* Two names of one file changed differently cannot stay one file. */
	if (S_ISREG(real.st_mode) && real.st_nlink > 1 && !make_is_only_name(m, &real))
		return make_modify(m, x);
	o = make_op(m, OP_ATTR, x);
	fs_print(&real, &o->pre);
	fs_print(&up, &o->post);
	return make_carriers(m, o);
}

/* To another disk: a copy in the hold there, which appears at once, and a deletion here. */
static bool
make_far_move(struct make *m, const struct effect *x, const struct stat *real)
{
	const char *rel, *name;
	struct draft_root *r = draft_root_of(m->d, x->from, &rel);
	struct plan_op *o = make_op(m, OP_CREATE, x), *gone;
	int hold = m->p->roots[o->root].hold_fd;
	autofd int dir = fs_open_parent(r->real_fd, rel, &name);
	const struct copy c = { 0 };
	struct tree_sum sum;
	struct statvfs vfs;
	struct stat st;
	char slot[40];

	apply_slot(o, "", slot);
	if (dir < 0 || fstatvfs(hold, &vfs) < 0)
		return err_sys(m->err, errno, "%s", x->from);
	if (x->bytes + SPACE_LEFT > (uint64_t)vfs.f_bavail * vfs.f_frsize)
		return err_set(m->err, ERR_IO, _("not enough space to move %s to %s; make room there"),
			x->from, x->path);
	if (!copy_tree(&c, dir, name, x->from, hold, slot, m->err))
		return false;
	if (!apply_stat(hold, slot, &st) || !tree_sum(NULL, hold, slot, slot, NULL, &sum))
		return err_sys(m->err, errno, "%s", x->path);
	o->flags |= OPF_FROM_HOLD | (S_ISDIR(st.st_mode) ? OPF_TREE : 0) |
		(map_get(m->d->by_to, x->path, strlen(x->path)) ? OPF_PENDING : OPF_COPY);
	o->tree = S_ISDIR(st.st_mode) ? sum.print : 0;
	o->from = xstrdup(rel);
	o->from_root = (uint32_t)(r - m->d->roots);
	fs_print(&st, &o->post);
	m->new_data = true;
	gone = make_op(m, OP_DELETE, x);
	gone->flags = OPF_SILENT;
	free(gone->path);
	gone->path = xstrdup(rel);
	gone->root = gone->from_root = (uint32_t)(r - m->d->roots);
	gone->from = NULL;
	gone->count = 0;
	fs_print(real, &gone->pre);
	if (S_ISDIR(real->st_mode) && tree_sum(NULL, dir, name, x->from, NULL, &sum))
		gone->tree = sum.print;
	return true;
}

static bool
make_move(struct make *m, const struct effect *x)
{
	const char *rel;
	struct draft_root *from = draft_root_of(m->d, x->from, &rel), *to;
	struct plan_op *o;
	struct stat real;

	if (!check_real(m, x, x->from, &real) || !check_free(m, x))
		return true;
	to = draft_root_of(m->d, x->path, NULL);
	if (from->place.dev != to->place.dev || from->place.mount != to->place.mount)
		return make_far_move(m, x, &real);
	o = make_op(m, m->park ? OP_PLACE : OP_MOVE, x);
	o->flags = map_get(m->d->by_to, x->path, strlen(x->path)) ? OPF_PENDING : OPF_COPY;
	o->from = xstrdup(rel);
	o->from_root = (uint32_t)(from - m->d->roots);
	fs_print(&real, &o->pre);
	if (m->park) {
		uint64_t slot = o->slot;
		struct plan_op *park = make_op(m, OP_PARK, x);

		o = park - 1;
		park->slot = slot;
		park->flags = OPF_SILENT;
		park->from = xstrdup(rel);
		park->from_root = o->from_root;
		park->pre = o->pre;
	}
	return true;
}

bool
make_one(struct make *m, const struct effect *x)
{
	switch (x->kind) {
	case EFFECT_CREATE:
		return make_create(m, x);
	case EFFECT_MODIFY:
	case EFFECT_REPLACE:
		return make_modify(m, x);
	case EFFECT_DELETE:
		return make_delete(m, x);
	case EFFECT_PERM:
		return make_perm(m, x);
	case EFFECT_MOVE:
		return make_move(m, x);
	default:
		return true;
	}
}
