#include "agent/draft/hidden.h"
#include "agent/draft/act.h"
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/copy.h"

bool
act_begin(struct draft *d, struct err *err)
{
	bool first = !d->acted;

	if (!draft_begin_act(d, err))
		return false;
	if (first)
		draft_settle_t0(d);
	return true;
}

char *
act_target(struct draft *d, const char *path, bool follow, struct err *err)
{
	autofree char *canon = view_resolve(d, path, follow, err);
	struct draft_root *r;
	const char *rel;

	if (!canon)
		return NULL;
	if (!draft_may_see(d, canon, err))
		return NULL;
	r = draft_root_of(d, canon, &rel);
	if (!r) {
		autofree char *dir = path_dir(canon);

		while (access(dir, F_OK) < 0 && !str_eq(dir, "/")) {
			char *up = path_dir(dir);

			free(dir);
			dir = up;
		}
		if (!draft_roots_find(d, dir, err))
			return NULL;
		r = draft_root_of(d, canon, &rel);
	}
	if (!r || !*rel) {
		err_set(err, ERR_DENIED,
			r ? _("%s itself cannot be changed in a draft; change what is in it")
			  : _("%s is outside of the folders you own, so it cannot be drafted"),
			canon);
		return NULL;
	}
	return steal_ptr(&canon);
}

void
act_temp(UNUSED struct draft *d, char out[32])
{
	static _Atomic unsigned long next;

	snprintf(out, 32, "t%x.%lx", (unsigned)getpid(), ++next);
}

static bool
copy_up_dir(struct draft_root *r, const char *rel, const char *canon, struct err *err)
{
	struct stat st;
	const char *name;
	autofd int from = fs_open_parent(r->real_fd, rel, &name);
	autofd int to = fs_open_parent(r->upper_fd, rel, &name);

	if (from < 0 || fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "%s", canon);
	if (to < 0 || fs_mkdir(to, name, 0700) < 0 || !copy_attributes(from, name, &st, to, name))
		return err_sys(err, errno, "%s", canon);
	return true;
}

bool
act_parents(struct draft *d, const char *canon, struct err *err)
{
	const char *rel;
	struct draft_root *r = draft_root_of(d, canon, &rel);
	size_t base = strlen(canon) - strlen(rel), dir = (size_t)(path_base(canon) - canon);

	if (draft_known(d, canon, dir) & DRAFT_KNOWN_UPPER)
		return true;
	for (size_t i = 0; rel[i]; i++) {
		autofree char *part = NULL;
		autoplace struct place p = { 0 };
		struct stat st;

		if (rel[i] != '/')
			continue;
		part = xstrndup(canon, base + i);
		if (fstatat(r->upper_fd, part + base, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			S_ISDIR(st.st_mode))
			continue;
		view_find(d, part, &p);
		if (p.kind != PLACE_NONE && !S_ISDIR(p.st.st_mode))
			return err_set(err, ERR_IO, _("%s is not a folder"), part);
		if (p.kind == PLACE_REAL) {
			if (!copy_up_dir(r, part + base, part, err))
				return false;
		} else if (!act_make_dir(d, part, 0755, NULL, err)) {
			return false;
		}
	}
	draft_remember(d, canon, dir, DRAFT_KNOWN_UPPER);
	return true;
}

bool
act_put(struct draft *d, struct draft_root *r, const char *name, const char *canon,
	struct err *err)
{
	const char *rel = canon + strlen(r->real) + 1, *base;
	autofd int parent = fs_open_parent(r->upper_fd, rel, &base);
	struct stat st, old;

	if (parent < 0 || fstatat(r->tmp_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, errno, "%s", canon);
	if (!S_ISREG(st.st_mode))
		draft_changed(d);
	if (S_ISDIR(st.st_mode) && faccessat(r->real_fd, rel, F_OK, AT_SYMLINK_NOFOLLOW) == 0 &&
		fs_set_opaque(r->tmp_fd, name) < 0)
		return err_sys(err, errno, "%s", canon);
	if (S_ISDIR(st.st_mode) && fstatat(parent, base, &old, AT_SYMLINK_NOFOLLOW) == 0) {
		/* A folder does not replace a whiteout by plain rename. */
		if (fs_rename(r->tmp_fd, name, parent, base, RENAME_EXCHANGE) < 0)
			return err_sys(err, errno, "%s", canon);
		return fs_remove_tree(r->tmp_fd, name, err);
	}
	if (fs_rename(r->tmp_fd, name, parent, base, 0) < 0)
		return err_sys(err, errno, "%s", canon);
	return true;
}

bool
act_make_dir(struct draft *d, const char *canon, unsigned mode, const struct place *like,
	struct err *err)
{
	struct draft_root *r = draft_root_of(d, canon, NULL);
	char temp[32];

	if (!act_parents(d, canon, err))
		return false;
	act_temp(d, temp);
	if (fs_mkdir(r->tmp_fd, temp, 0700) < 0)
		return err_sys(err, errno, "%s", canon);
	if (like) {
		autofd int fd = view_open(d, like, O_RDONLY | O_DIRECTORY);

		if (fd < 0 || !copy_attributes(fd, "", &like->st, r->tmp_fd, temp))
			return err_sys(err, errno, "%s", canon);
	} else if (fs_chmod_at(r->tmp_fd, temp, mode) < 0) {
		return err_sys(err, errno, "%s", canon);
	}
	return act_put(d, r, temp, canon, err);
}

bool
act_clear_upper(struct draft *d, struct draft_root *r, const char *rel, struct err *err)
{
	const char *base;
	autofd int parent = fs_open_parent(r->upper_fd, rel, &base);
	char temp[32];

	draft_changed(d);
	if (parent < 0)
		return errno == ENOENT || errno == ENOTDIR || err_sys(err, errno, "%s", rel);
	act_temp(d, temp);
	/* Out of sight at once, then removed: a crash leaves no half tree. */
	if (fs_rename(parent, base, r->tmp_fd, temp, 0) < 0)
		return errno == ENOENT || err_sys(err, errno, "%s", rel);
	return fs_remove_tree(r->tmp_fd, temp, err);
}

bool
act_whiteout(struct draft *d, const char *canon, struct err *err)
{
	const char *rel, *base;
	struct draft_root *r = draft_root_of(d, canon, &rel);
	struct stat st, up;

	if (!r || fstatat(r->real_fd, rel, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		fstatat(r->upper_fd, rel, &up, AT_SYMLINK_NOFOLLOW) == 0 ||
		(!(draft_known(d, canon, (size_t)(path_base(canon) - canon)) & DRAFT_KNOWN_OPEN) &&
			view_covered(r, rel)))
		return true;
	if (!S_ISREG(st.st_mode))
		draft_changed(d);
	if (!act_parents(d, canon, err))
		return false;
	autofd int parent = fs_open_parent(r->upper_fd, rel, &base);

	if (parent < 0 || fs_mknod(parent, base, S_IFCHR, 0) < 0)
		return err_sys(err, errno, "%s", canon);
	return true;
}

/* --- public acts --- */

/* *ret: there is a folder already. False when something else is there. */
static bool
find_folder(struct draft *d, const char *canon, bool *ret, struct err *err)
{
	autoplace struct place p = { 0 };

	view_find(d, canon, &p);
	*ret = p.kind != PLACE_NONE;
	return !*ret || S_ISDIR(p.st.st_mode) ||
		err_set(err, ERR_CONFLICT, _("%s exists and is not a folder"), canon);
}

/* Looked at again once T0 is fixed: what another program made before T0 would be hidden by our
 * folder and not be noticed as newer. */
bool
draft_mkdir(struct draft *d, const char *path, struct err *err)
{
	autofree char *canon = act_target(d, path, true, err);
	bool there = false;

	if (!canon || !find_folder(d, canon, &there, err))
		return false;
	if (there)
		return true;
	if (!act_begin(d, err) || !act_break_up(d, canon, err) || !find_folder(d, canon, &there, err))
		return false;
	return there || act_make_dir(d, canon, 0755, NULL, err);
}

bool
draft_symlink(struct draft *d, const char *target, const char *path, struct err *err)
{
	autofree char *canon = act_target(d, path, false, err);
	autoplace struct place p = { 0 };
	struct draft_root *r;
	char temp[32];

	if (!canon || !act_begin(d, err))
		return false;
	view_find(d, canon, &p);
	if (p.kind != PLACE_NONE)
		return err_set(err, ERR_CONFLICT, _("%s exists already"), canon);
	draft_changed(d);
	if (!act_break_up(d, canon, err) || !act_parents(d, canon, err))
		return false;
	r = draft_root_of(d, canon, NULL);
	act_temp(d, temp);
	if (fs_symlink(target, r->tmp_fd, temp) < 0)
		return err_sys(err, errno, "%s", canon);
	return act_put(d, r, temp, canon, err);
}

bool
draft_delete(struct draft *d, const char *path, struct err *err)
{
	autofree char *canon = act_target(d, path, false, err);
	autoplace struct place p = { 0 };

	if (!canon)
		return false;
	view_find(d, canon, &p);
	if (p.kind == PLACE_NONE)
		return err_set(err, ERR_NOT_FOUND, _("%s does not exist"), canon);
	return act_begin(d, err) && act_delete(d, canon, err);
}
