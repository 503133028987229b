/* Taking pending effects out of the draft. */
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/act.h"
#include "agent/draft/copy.h"

/* A folder of the upper gets the attributes of the real one again. */
static bool
drop_perm(struct draft *d, const struct effect *x, struct err *err)
{
	const char *rel;
	struct draft_root *r = draft_root_of(d, x->path, &rel);
	struct stat st;

	if (!S_ISDIR(x->mode))
		return act_clear_upper(d, r, rel, err);
	if (fstatat(r->real_fd, rel, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	autofd int real = fs_open_in(r->real_fd, rel, O_PATH | O_DIRECTORY, 0);
	const char *name;
	autofd int up = fs_open_parent(r->upper_fd, rel, &name);

	if (real < 0 || up < 0 || !copy_attributes(real, "", &st, up, name))
		return err_sys(err, errno, "%s", x->path);
	return true;
}

/* Only when nothing is kept in it; else the kept child keeps it. */
static bool
drop_folder(struct draft *d, const char *path, struct err *err)
{
	const char *rel, *name;
	struct draft_root *r = draft_root_of(d, path, &rel);
	autofd int up = fs_open_parent(r->upper_fd, rel, &name);

	if (up < 0 || fs_unlink(up, name, AT_REMOVEDIR) == 0 || errno == ENOTEMPTY ||
		errno == ENOENT || errno == EEXIST)
		return true;
	return err_sys(err, errno, "%s", path);
}

static bool
drop_move(struct draft *d, const struct effect *x, struct err *err)
{
	struct draft_move *m = map_get(d->by_to, x->path, strlen(x->path));
	const char *to, *from;
	struct draft_root *a = draft_root_of(d, x->path, &to);
	struct draft_root *b = draft_root_of(d, x->from, &from);

	if (m)
		return moves_remove(d, m, err);
	return a && b && act_clear_upper(d, a, to, err) && act_clear_upper(d, b, from, err);
}

static bool
drop_one(struct draft *d, const struct effect *x, struct err *err)
{
	const char *rel;
	struct draft_root *r = draft_root_of(d, x->path, &rel);

	if (!r || !*rel)
		return true;
	switch (x->kind) {
	case EFFECT_MOVE:
		return drop_move(d, x, err);
	case EFFECT_PERM:
		return drop_perm(d, x, err);
	case EFFECT_CREATE:
		if (S_ISDIR(x->mode))
			return drop_folder(d, x->path, err);
		return act_clear_upper(d, r, rel, err);
	default:
		return act_clear_upper(d, r, rel, err);
	}
}

bool
draft_drop(struct draft *d, const struct effects *e, const bool *drop, struct err *err)
{
	if (!drop)
		return draft_discard(d, err);
	draft_changed(d);
	/* From the inside out, so that folders are empty when it is their turn. */
	for (size_t i = e->n; i-- > 0;) {
		if (drop[i] && !drop_one(d, &e->v[i], err))
			return false;
	}
	return draft_tidy(d, err);
}
