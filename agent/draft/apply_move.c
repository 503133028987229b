/* Moves: straight, or parked in the hold and placed from there. */
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/draft/apply_spot.h"

enum applied
apply_move_between(struct apply *a, const struct plan_op *o, uint32_t from_root, const char *from,
	uint32_t to_root, const char *to)
{
	const char *from_name, *to_name;
	struct stat st;
	int y = apply_parent(a, SIDE_REAL, to_root, to, &to_name), x;

	if (y < 0)
		return apply_failed(a, to);
	if (apply_stat(y, to_name, &st))
		return apply_is_inode(&st, &o->pre) ? APPLY_DONE : apply_taken(a);
	x = apply_parent(a, SIDE_REAL, from_root, from, &from_name);
	if (x < 0)
		return errno == ENOENT ? apply_gone(a) : apply_failed(a, from);
	if (!apply_stat(x, from_name, &st))
		return apply_gone(a);
	if (!apply_is_inode(&st, &o->pre))
		return apply_changed(a);
	if (apply_rename(a, x, from_name, y, to_name, RENAME_NOREPLACE) < 0)
		return apply_failed(a, to);
	return APPLY_DONE;
}

enum applied
apply_into_hold(struct apply *a, const struct plan_op *o, uint32_t root, const char *path)
{
	struct apply_spot s;

	if (apply_is_held(a, o, o->from_root))
		return APPLY_DONE;
	if (!apply_look(a, o, path, root, o->from_root, &s))
		return errno == ENOENT ? apply_gone(a) : apply_failed(a, path);
	if (!s.has_at)
		return apply_gone(a);
	if (!apply_is_inode(&s.at, &o->pre))
		return apply_changed(a);
	if (apply_rename(a, s.dir, s.name, s.hold, s.slot, RENAME_NOREPLACE) < 0)
		return apply_failed(a, path);
	return APPLY_DONE;
}

/* From the slot of the root it was parked for. Not held and not there: it never left. */
enum applied
apply_out_of_hold(struct apply *a, const struct plan_op *o, uint32_t root, const char *path)
{
	struct apply_spot s;

	if (!apply_is_held(a, o, o->from_root))
		return APPLY_DONE;
	if (!apply_look(a, o, path, root, o->from_root, &s))
		return apply_failed(a, path);
	if (s.has_at)
		return apply_taken(a);
	if (apply_rename(a, s.hold, s.slot, s.dir, s.name, RENAME_NOREPLACE) < 0)
		return apply_failed(a, path);
	return APPLY_DONE;
}

bool
apply_is_placed(struct apply *a, const struct plan_op *o)
{
	const char *name;
	struct stat st;
	int dir = apply_parent(a, SIDE_REAL, o->root, o->path, &name);

	return dir >= 0 && apply_stat(dir, name, &st) && apply_is_inode(&st, &o->pre);
}

enum applied
apply_place_back(struct apply *a, const struct plan_op *o)
{
	const char *name;
	struct stat st;
	char slot[40];
	int dir;

	if (apply_is_placed(a, o))
		return apply_into_hold(a, o, o->root, o->path);
	apply_slot(o, "", slot);
	if (apply_stat(a->p->roots[o->from_root].hold_fd, slot, &st))
		return APPLY_DONE;
	dir = apply_parent(a, SIDE_REAL, o->from_root, o->from, &name);
	if (dir >= 0 && apply_stat(dir, name, &st) && apply_is_inode(&st, &o->pre))
		return APPLY_DONE;
	return apply_gone(a);
}
