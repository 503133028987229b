/* The renaming operations, forward and back. */
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/draft/apply_spot.h"
#include "agent/draft/tree.h"

#define MAX_LATE 1000

bool
apply_look(struct apply *a, const struct plan_op *o, const char *path, uint32_t root,
	uint32_t hold_root, struct apply_spot *s)
{
	s->dir = apply_parent(a, SIDE_REAL, root, path, &s->name);
	if (s->dir < 0)
		return false;
	s->hold = a->p->roots[hold_root].hold_fd;
	apply_slot(o, "", s->slot);
	s->has_at = apply_stat(s->dir, s->name, &s->at);
	s->has_held = apply_stat(s->hold, s->slot, &s->held);
	return true;
}

static bool
look(struct apply *a, const struct plan_op *o, struct apply_spot *s)
{
	return apply_look(a, o, o->path, o->root, o->root, s);
}

enum applied
apply_changed(struct apply *a)
{
	return apply_conflict(a, _("it changed after it was shown"));
}

enum applied
apply_gone(struct apply *a)
{
	return apply_conflict(a, _("it is gone"));
}

enum applied
apply_taken(struct apply *a)
{
	return apply_conflict(a, _("something else has that name by now"));
}

/* A lease on the file that is about to be displaced: *ret_fd >= 0 where one is held. */
static bool
guard(const struct apply_spot *s, int *ret_fd)
{
	int got;

	*ret_fd = -1;
	if (!S_ISREG(s->at.st_mode))
		return true;
	autofd int fd = openat(s->dir, s->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return true;
	got = fs_lease_begin(fd);
	if (got == 1)
		return false;
	if (got == 0)
		*ret_fd = steal_fd(&fd);
	return true;
}

/* False when someone began to write meanwhile. */
static bool
unguard(int fd)
{
	bool quiet = fd < 0 || fs_lease_end(fd);

	if (fd >= 0)
		close(fd);
	return quiet;
}

static enum applied
busy(struct apply *a)
{
	return apply_conflict(a, _("another program has it open for writing"));
}

static bool
tree_is(int dir, const char *name, uint64_t count, uint64_t print)
{
	struct tree_sum sum;

	return !print ||
		(tree_sum(NULL, dir, name, name, NULL, &sum) && sum.print == print &&
			(count == 0 || sum.count == count));
}

/* Asked before anything else: once it lies in the hold, its folder may be gone as well. */
bool
apply_is_held(struct apply *a, const struct plan_op *o, uint32_t hold_root)
{
	struct stat st;
	char slot[40];

	apply_slot(o, "", slot);
	return apply_stat(a->p->roots[hold_root].hold_fd, slot, &st) &&
		apply_is_inode(&st, &o->pre);
}

/* The new thing comes out of the hold, or on the first commit out of the upper. */
static int
source_of(struct apply *a, const struct plan_op *o, const struct apply_spot *s, const char **ret_name)
{
	struct stat st;
	int up;

	if (s->has_held && apply_is_inode(&s->held, &o->post)) {
		*ret_name = s->slot;
		return s->hold;
	}
	if (!a->first)
		return -1;
	up = apply_parent(a, SIDE_UPPER, o->root, o->path, ret_name);
	return up >= 0 && apply_stat(up, *ret_name, &st) && apply_is_inode(&st, &o->post) ? up : -1;
}

static enum applied
lost(struct apply *a, const struct plan_op *o)
{
	err_set(&a->err, ERR_CORRUPT, _("%s: what was drafted for it is gone from the stage"),
		o->path);
	return APPLY_ERROR;
}

static enum applied
create_forward(struct apply *a, const struct plan_op *o)
{
	const char *name;
	struct apply_spot s;
	int from;

	if (!look(a, o, &s))
		return apply_failed(a, o->path);
	if (s.has_at)
		return apply_is_inode(&s.at, &o->post) ? APPLY_DONE : apply_taken(a);
	from = source_of(a, o, &s, &name);
	if (from < 0)
		return lost(a, o);
	if (apply_rename(a, from, name, s.dir, s.name, RENAME_NOREPLACE) < 0)
		return apply_failed(a, o->path);
	return APPLY_DONE;
}

static bool
any_entry(void *user, UNUSED int dir, UNUSED const char *name, UNUSED unsigned char type)
{
	*(bool *)user = true;
	return false;
}

/* Did what was created stay as it was? Looked at in the place it was moved to. */
static bool
created_is_same(const struct plan_op *o, int dir, const char *name)
{
	bool any = false;

	struct stat st;

	if (o->flags & OPF_TREE)
		return tree_is(dir, name, o->count, o->tree);
	if (!S_ISDIR(o->post.mode))
		return apply_stat(dir, name, &st) && apply_is(&st, &o->post);
	fs_each(dir, name, any_entry, &any);
	return !any;
}

static enum applied
create_back(struct apply *a, const struct plan_op *o)
{
	bool to_upper = a->first && !(o->flags & OPF_FROM_HOLD);
	const char *name;
	struct apply_spot s;
	int dir, lease;
	bool same;

	if (!look(a, o, &s))
		return errno == ENOENT ? APPLY_DONE : apply_failed(a, o->path);
	/* Gone is what it was before, too. */
	if (!s.has_at || (!apply_is_inode(&s.at, &o->post) && source_of(a, o, &s, &name) >= 0))
		return APPLY_DONE;
	if (!apply_is(&s.at, &o->post))
		return apply_changed(a);
	name = s.slot;
	dir = to_upper ? apply_parent(a, SIDE_UPPER, o->root, o->path, &name) : s.hold;
	if (dir < 0)
		return apply_failed(a, o->path);
	if (!guard(&s, &lease))
		return busy(a);
	if (apply_rename(a, s.dir, s.name, dir, name, RENAME_NOREPLACE) < 0) {
		unguard(lease);
		return apply_failed(a, o->path);
	}
	same = created_is_same(o, dir, name);
	if (same && (lease < 0 || fs_lease_is_quiet(lease))) {
		apply_keep_lease(a, o, lease);
		return APPLY_DONE;
	}
	if (apply_rename(a, dir, name, s.dir, s.name, RENAME_NOREPLACE) < 0) {
		unguard(lease);
		return apply_failed(a, o->path);
	}
	unguard(lease);
	return S_ISDIR(o->post.mode) ? apply_conflict(a, _("other files came into it"))
				     : apply_changed(a);
}

/* As "name.late-write", numbered where that is taken. */
static void
put_beside(struct apply *a, const struct apply_spot *s, int from, const char *name)
{
	for (int n = 1; n < MAX_LATE; n++) {
		autofree char *beside = n == 1 ? xasprintf("%s.late-write", s->name)
					       : xasprintf("%s.late-write (%d)", s->name, n);

		if (apply_rename(a, from, name, s->dir, beside, RENAME_NOREPLACE) == 0 ||
			errno != EEXIST)
			return;
	}
}

void
apply_spare(struct apply *a, const struct plan_op *o)
{
	const char *name;
	struct apply_spot s;
	int from;

	if (!look(a, o, &s) || (from = source_of(a, o, &s, &name)) < 0)
		return;
	put_beside(a, &s, from, name);
}

/* --- swap --- */

/* Exchanges where the kernel can; else the old one steps aside first. The old one ends in slot. */
static int
exchange(struct apply *a, const struct plan_op *o, struct apply_spot *s)
{
	char aside[40];

	if (apply_rename(a, s->hold, s->slot, s->dir, s->name, RENAME_EXCHANGE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
		return -1;
	apply_slot(o, ".aside", aside);
	if (apply_rename(a, s->dir, s->name, s->hold, aside, RENAME_NOREPLACE) < 0)
		return -1;
	if (apply_rename(a, s->hold, s->slot, s->dir, s->name, RENAME_NOREPLACE) < 0) {
		int sys = errno;

		apply_rename(a, s->hold, aside, s->dir, s->name, RENAME_NOREPLACE);
		errno = sys;
		return -1;
	}
	return fs_rename(s->hold, aside, s->hold, s->slot, RENAME_NOREPLACE);
}

/* An exchange in two steps was cut short: the old one stands aside. */
static bool
finish_aside(struct apply *a, const struct plan_op *o, struct apply_spot *s, bool forward)
{
	char aside[40];
	struct stat st;

	apply_slot(o, ".aside", aside);
	if (!apply_stat(s->hold, aside, &st))
		return true;
	if (!s->has_at && s->has_held && forward &&
		apply_rename(a, s->hold, s->slot, s->dir, s->name, RENAME_NOREPLACE) < 0)
		return false;
	if (!s->has_at && !forward)
		return apply_rename(a, s->hold, aside, s->dir, s->name, RENAME_NOREPLACE) == 0;
	return fs_rename(s->hold, aside, s->hold, s->slot, RENAME_NOREPLACE) == 0;
}

/* For a moment ours was at the path; who edited that, keeps the edit beside. */
static void
spare_edit(struct apply *a, const struct apply_spot *s, const struct draft_print *ours)
{
	struct stat st;

	if (apply_stat(s->hold, s->slot, &st) && S_ISREG(st.st_mode) && !apply_is(&st, ours))
		put_beside(a, s, s->hold, s->slot);
}

/* Exchanges what is at the path (must be `out`) with what is in the slot, and looks again. */
static enum applied
swap_checked(struct apply *a, const struct plan_op *o, struct apply_spot *s,
	const struct draft_print *out, const struct draft_print *back, uint64_t tree)
{
	struct stat st;
	bool same;
	int lease;

	if (!guard(s, &lease))
		return busy(a);
	if (exchange(a, o, s) < 0) {
		unguard(lease);
		return apply_failed(a, o->path);
	}
	same = apply_stat(s->hold, s->slot, &st) && apply_is(&st, out) &&
		tree_is(s->hold, s->slot, 0, tree);
	if (same && (lease < 0 || fs_lease_is_quiet(lease))) {
		apply_keep_lease(a, o, lease);
		return APPLY_DONE;
	}
	if (exchange(a, o, s) < 0) {
		unguard(lease);
		return apply_failed(a, o->path);
	}
	unguard(lease);
	spare_edit(a, s, back);
	return apply_changed(a);
}

static enum applied
swap_forward(struct apply *a, const struct plan_op *o)
{
	const char *name;
	struct apply_spot s;
	int from;

	if (!look(a, o, &s) ||
		!finish_aside(a, o, &s, true) || !look(a, o, &s))
		return apply_failed(a, o->path);
	if (!s.has_at)
		return apply_gone(a);
	if (apply_is_inode(&s.at, &o->post))
		return APPLY_DONE;
	if (!apply_is(&s.at, &o->pre))
		return apply_changed(a);
	from = source_of(a, o, &s, &name);
	if (from < 0)
		return lost(a, o);
	if (from != s.hold && fs_rename(from, name, s.hold, s.slot, RENAME_NOREPLACE) < 0)
		return apply_failed(a, o->path);
	if (a->first && S_ISDIR(o->post.mode))
		apply_strip(s.hold, s.slot);
	return swap_checked(a, o, &s, &o->pre, &o->post, o->tree);
}

static enum applied
swap_to_upper(struct apply *a, const struct plan_op *o, struct apply_spot *s)
{
	const char *name;
	int up;

	if (!a->first || !apply_stat(s->hold, s->slot, &s->held) ||
		!apply_is_inode(&s->held, &o->post))
		return APPLY_DONE;
	up = apply_parent(a, SIDE_UPPER, o->root, o->path, &name);
	if (up < 0 || (S_ISDIR(o->post.mode) && S_ISDIR(o->pre.mode) &&
			fs_set_opaque(s->hold, s->slot) < 0) ||
		fs_rename(s->hold, s->slot, up, name, RENAME_NOREPLACE) < 0)
		return apply_failed(a, o->path);
	return APPLY_DONE;
}

static enum applied
swap_back(struct apply *a, const struct plan_op *o)
{
	enum applied done;
	struct apply_spot s;

	if (!look(a, o, &s) ||
		!finish_aside(a, o, &s, false) || !look(a, o, &s))
		return errno == ENOENT ? apply_gone(a) : apply_failed(a, o->path);
	if (s.has_at && apply_is_inode(&s.at, &o->pre))
		return swap_to_upper(a, o, &s);
	/* Only where the old one is ours to give was anything done. */
	if (!s.has_held || !apply_is_inode(&s.held, &o->pre))
		return swap_to_upper(a, o, &s);
	if (!s.has_at)
		return apply_gone(a);
	if (!apply_is(&s.at, &o->post))
		return apply_changed(a);
	done = swap_checked(a, o, &s, &o->post, &o->pre, 0);
	return done == APPLY_DONE ? swap_to_upper(a, o, &s) : done;
}

/* --- delete --- */

static enum applied
delete_forward(struct apply *a, const struct plan_op *o)
{
	struct stat st;
	struct apply_spot s;
	int lease;
	bool same;

	if (apply_is_held(a, o, o->root))
		return APPLY_DONE;
	if (!look(a, o, &s))
		return errno == ENOENT ? apply_gone(a) : apply_failed(a, o->path);
	if (!s.has_at)
		return apply_gone(a);
	if (!apply_is(&s.at, &o->pre))
		return apply_changed(a);
	if (!guard(&s, &lease))
		return busy(a);
	if (apply_rename(a, s.dir, s.name, s.hold, s.slot, RENAME_NOREPLACE) < 0) {
		unguard(lease);
		return apply_failed(a, o->path);
	}
	same = apply_stat(s.hold, s.slot, &st) && apply_is(&st, &o->pre) &&
		tree_is(s.hold, s.slot, o->count, o->tree);
	if (same && (lease < 0 || fs_lease_is_quiet(lease))) {
		apply_keep_lease(a, o, lease);
		return APPLY_DONE;
	}
	if (apply_rename(a, s.hold, s.slot, s.dir, s.name, RENAME_NOREPLACE) < 0) {
		unguard(lease);
		return apply_failed(a, o->path);
	}
	unguard(lease);
	return S_ISDIR(o->pre.mode) ? apply_conflict(a, _("what is in it changed after it was shown"))
				    : apply_changed(a);
}

static enum applied
delete_back(struct apply *a, const struct plan_op *o)
{
	struct apply_spot s;

	if (!apply_is_held(a, o, o->root))
		return APPLY_DONE; /* it was not taken, or is back */
	if (!look(a, o, &s))
		return apply_failed(a, o->path);
	if (s.has_at)
		return apply_taken(a);
	if (apply_rename(a, s.hold, s.slot, s.dir, s.name, RENAME_NOREPLACE) < 0)
		return apply_failed(a, o->path);
	return APPLY_DONE;
}

static enum applied
do_forward(struct apply *a, const struct plan_op *o)
{
	switch (o->kind) {
	case OP_CREATE:
		return create_forward(a, o);
	case OP_SWAP:
		return swap_forward(a, o);
	case OP_DELETE:
		return delete_forward(a, o);
	case OP_MOVE:
		return apply_move_between(a, o, o->from_root, o->from, o->root, o->path);
	case OP_PARK:
		return apply_is_placed(a, o) ? APPLY_DONE : apply_into_hold(a, o, o->from_root, o->from);
	case OP_PLACE:
		return apply_is_placed(a, o) ? APPLY_DONE : apply_out_of_hold(a, o, o->root, o->path);
	case OP_ATTR:
		return apply_attr(a, o, true);
	default:
		return apply_inplace(a, o, true);
	}
}

static enum applied
do_back(struct apply *a, const struct plan_op *o)
{
	switch (o->kind) {
	case OP_CREATE:
		return create_back(a, o);
	case OP_SWAP:
		return swap_back(a, o);
	case OP_DELETE:
		return delete_back(a, o);
	case OP_MOVE:
		return apply_move_between(a, o, o->root, o->path, o->from_root, o->from);
	case OP_PARK:
		return apply_out_of_hold(a, o, o->from_root, o->from);
	case OP_PLACE:
		return apply_place_back(a, o);
	case OP_ATTR:
		return apply_attr(a, o, false);
	default:
		return apply_inplace(a, o, false);
	}
}

static bool
moves_folders(const struct plan_op *o)
{
	return o->kind != OP_ATTR && (S_ISDIR(o->pre.mode) || S_ISDIR(o->post.mode));
}

enum applied
apply_forward(struct apply *a, const struct plan_op *o)
{
	enum applied done;

	a->going_back = false;
	done = do_forward(a, o);
	if (moves_folders(o))
		apply_forget_folders(a);
	return done;
}

enum applied
apply_back(struct apply *a, const struct plan_op *o)
{
	enum applied done;

	a->going_back = true;
	done = do_back(a, o);
	if (moves_folders(o))
		apply_forget_folders(a);
	return done;
}
