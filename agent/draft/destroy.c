/* A draft that leaves nothing behind: what `homard try` makes and drops. */
#include "agent/draft/draft_private.h"
#include <errno.h>
#include "agent/base/path.h"

/* Committed stages are what undo needs: then nothing is removed but what is pending. */
static bool
is_commit(void *user, UNUSED int dir, const char *name, UNUSED unsigned char type)
{
	bool *found = user;

	*found = *found || (name[0] == 'c' && name[1] >= '0' && name[1] <= '9');
	return !*found;
}

static bool
remove_path(const char *path, struct err *err)
{
	autofree char *dir = path_dir(path);
	autofd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 && fs_remove_tree(fd, path_base(path), err);
}

/* .homard-stage/TASK-X/rN: the folders above go when they are empty. */
static void
remove_elsewhere(const struct draft_root *r)
{
	autofree char *task = path_dir(r->dir);
	autofree char *stage = path_dir(task);

	if (!remove_path(r->dir, NULL))
		return;
	(void)rmdir(task);
	(void)rmdir(stage);
}

bool
draft_park(struct draft *d, struct err *err)
{
	bool ok;

	if (!d)
		return true;
	ok = draft_is_empty(d) || draft_discard(d, err);
	for (size_t i = 0; i < d->n_roots; i++) {
		if (!path_below(d->roots[i].dir, d->dir))
			remove_elsewhere(&d->roots[i]);
	}
	draft_close(d);
	return ok;
}

bool
draft_destroy(struct draft *d, struct err *err)
{
	bool kept = false, ok;

	if (!d)
		return true;
	fs_each(d->dir_fd, "", is_commit, &kept);
	for (size_t i = 0; i < d->n_roots; i++)
		fs_each(d->roots[i].dir_fd, "", is_commit, &kept);
	if (kept) {
		ok = draft_drop(d, NULL, NULL, err);
		draft_close(d);
		return ok;
	}
	for (size_t i = 0; i < d->n_roots; i++) {
		if (!path_below(d->roots[i].dir, d->dir))
			remove_elsewhere(&d->roots[i]);
	}
	/* The lock is held until the folder is gone. */
	ok = remove_path(d->dir, err);
	draft_close(d);
	return ok;
}
