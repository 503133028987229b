/* Acts on the content and mode of one file. */
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/act.h"
#include "agent/draft/copy.h"

/* The file was moved here and now becomes another one: the old place is a plain deletion. */
static bool
end_move(struct draft *d, const char *canon, struct err *err)
{
	struct draft_move *m = map_get(d->by_to, canon, strlen(canon));
	autofree char *from = m ? xstrdup(m->from) : NULL;

	return !m || (moves_remove(d, m, err) && act_hide_disk(d, from, err));
}

/* Content and attributes of what lies at canon, as a new file tmp/temp. */
static bool
build(struct draft *d, struct draft_root *r, const char *temp, const struct place *p,
	struct slice content, unsigned mode, struct err *err)
{
	autofd int fd = fs_open(r->tmp_fd, temp, O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd < 0 || fs_write_all(fd, content.p, content.n) < 0)
		return err_sys(err, errno, "%s", r->dir);
	if (p->kind == PLACE_NONE)
		return fs_chmod(fd, mode & 07777) == 0 || err_sys(err, errno, "%s", r->dir);
	autofd int old = view_open(d, p, O_PATH);
	struct stat st;
	struct fs_xattrs x;

	if (old < 0 || fstat(old, &st) < 0)
		return err_sys(err, errno, "%s", p->rel);
	if (geteuid() == 0 && fs_chown(fd, st.st_uid, st.st_gid) < 0)
		return err_sys(err, errno, "%s", p->rel);
	if (fs_xattrs_get(old, "", &x)) {
		if (x.n)
			fs_xattrs_set(fd, "", &x);
		fs_xattrs_finish(&x);
	}
	return fs_chmod(fd, st.st_mode & 07777) == 0 || err_sys(err, errno, "%s", p->rel);
}

bool
draft_write(struct draft *d, const char *path, struct slice content, unsigned mode,
	struct err *err)
{
	autofree char *canon = act_target(d, path, true, err);
	autoplace struct place p = { 0 };
	struct draft_root *r;
	char temp[32];
	bool ok;

	if (!canon || !act_begin(d, err) || !act_break_up(d, canon, err))
		return false;
	view_find(d, canon, &p);
	if (p.kind != PLACE_NONE && !S_ISREG(p.st.st_mode))
		return err_set(err, ERR_IO,
			S_ISDIR(p.st.st_mode) ? _("%s is a folder") : _("%s is not a regular file"),
			canon);
	if (!act_parents(d, canon, err))
		return false;
	r = draft_root_of(d, canon, NULL);
	act_temp(d, temp);
	ok = build(d, r, temp, &p, content, mode, err) && end_move(d, canon, err) &&
		act_put(d, r, temp, canon, err);
	if (!ok)
		unlinkat(r->tmp_fd, temp, 0);
	return ok;
}

bool
act_copy_up(struct draft *d, const char *canon, struct err *err)
{
	autoplace struct place p = { 0 };
	const struct copy c = { 0 };
	const char *name;
	char temp[32];

	view_find(d, canon, &p);
	if (p.kind != PLACE_REAL)
		return true;
	if (S_ISDIR(p.st.st_mode)) {
		autofree char *inside = path_join(canon, "x");

		return act_break_up(d, inside, err) && act_parents(d, inside, err);
	}
	if (!act_parents(d, canon, err))
		return false;
	autofree char *dir = path_dir(p.disk);
	autofd int from = fs_open(AT_FDCWD, dir, O_PATH | O_DIRECTORY, 0);

	name = path_base(p.disk);
	act_temp(d, temp);
	if (from < 0)
		return err_sys(err, errno, "%s", p.disk);
	return copy_tree(&c, from, name, p.disk, p.root->tmp_fd, temp, err) &&
		end_move(d, canon, err) && act_put(d, p.root, temp, canon, err);
}

bool
draft_chmod(struct draft *d, const char *path, unsigned mode, struct err *err)
{
	autofree char *canon = act_target(d, path, true, err);
	autoplace struct place p = { 0 };
	const char *rel;
	struct draft_root *r;

	if (!canon)
		return false;
	view_find(d, canon, &p);
	if (p.kind == PLACE_NONE)
		return err_set(err, ERR_NOT_FOUND, _("%s does not exist"), canon);
	if ((p.st.st_mode & 07777) == (mode & 07777))
		return true;
	if (!act_begin(d, err) || !act_break_up(d, canon, err) || !act_copy_up(d, canon, err))
		return false;
	r = draft_root_of(d, canon, &rel);
	autofd int fd = fs_open_in(r->upper_fd, rel, O_PATH, 0);

	if (fd < 0 || fs_chmod(fd, mode & 07777) < 0)
		return err_sys(err, errno, "%s", canon);
	return true;
}
