/* The public face of the view, and merged listings. */
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/hidden.h"
#include "agent/draft/moves.h"
#include "agent/draft/view.h"

struct gather {
	struct draft *d;
	const char *canon;
	const char *disk; /* the folder on disk, while its entries are read */
	struct map *seen; /* names taken or gone */
	struct strv *out;
};

static bool
from_upper(void *user, int dir, const char *name, UNUSED unsigned char type)
{
	struct gather *g = user;
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	map_put(g->seen, name, strlen(name), g);
	if (!fs_is_whiteout(&st))
		strv_add(g->out, name);
	return true;
}

static bool
from_disk(void *user, UNUSED int dir, const char *name, UNUSED unsigned char type)
{
	struct gather *g = user;
	autofree char *disk = path_join(g->disk, name);

	if (map_get(g->seen, name, strlen(name)) || draft_is_own(g->d, disk))
		return true;
	if (g->d->n_moves && map_get(g->d->by_from, disk, strlen(disk)))
		return true;
	map_put(g->seen, name, strlen(name), g);
	strv_add(g->out, name);
	return true;
}

/* What was moved right into the folder; it may stand where a whiteout is. */
static void
from_moves(struct gather *g)
{
	size_t n = str_eq(g->canon, "/") ? 0 : strlen(g->canon);

	for (size_t i = 0; i < g->d->n_moves; i++) {
		const char *to = g->d->moves[i]->to;

		if (strncmp(to, g->canon, n) != 0 || to[n] != '/' || strchr(to + n + 1, '/'))
			continue;
		if (!strv_has(g->out, to + n + 1))
			strv_add(g->out, to + n + 1);
	}
}

bool
view_names(struct draft *d, const char *canon, const struct place *p, struct strv *ret)
{
	struct gather g = { .d = d, .canon = canon, .seen = map_create(), .out = ret };
	bool ok = true;

	if (p->root && (p->kind == PLACE_UPPER || !*p->rel) && !moves_into(d, canon, NULL)) {
		autofd int up = fs_open_in(p->root->upper_fd, p->rel, O_RDONLY | O_DIRECTORY, 0);

		ok = up >= 0 && fs_each(up, "", from_upper, &g);
	}
	if (ok && (p->kind == PLACE_REAL || (p->lower && !p->opaque && S_ISDIR(p->lower_st.st_mode)))) {
		struct place disk = { .kind = PLACE_REAL };
		autofd int fd = -1;

		disk.disk = xstrdup(p->kind == PLACE_REAL ? p->disk : canon);
		g.disk = disk.disk;
		fd = view_open(d, &disk, O_RDONLY | O_DIRECTORY);
		ok = fd >= 0 && fs_each(fd, "", from_disk, &g);
		place_finish(&disk);
	}
	if (d->n_moves)
		from_moves(&g);
	map_destroy(g.seen);
	strv_sort(ret);
	return ok;
}

/* Resolves and finds; ERR_NOT_FOUND or ERR_DENIED as it is. */
static char *
locate(struct draft *d, const char *path, bool follow, struct place *ret, struct err *err)
{
	char *canon;

	pthread_mutex_lock(&d->view_lock);
	canon = view_resolve(d, path, follow, err);
	if (canon)
		view_find(d, canon, ret);
	pthread_mutex_unlock(&d->view_lock);
	if (!canon)
		return NULL;
	/* A folder that was moved brings along what it hides. */
	if (draft_may_see(d, ret->kind == PLACE_REAL ? ret->disk : canon, err)) {
		if (ret->kind != PLACE_NONE)
			return canon;
		err_set(err, ERR_NOT_FOUND, _("%s does not exist"), canon);
	}
	place_finish(ret);
	free(canon);
	return NULL;
}

bool
draft_stat(struct draft *d, const char *path, struct stat *ret, struct err *err)
{
	autoplace struct place p = { 0 };
	autofree char *canon = locate(d, path, false, &p, err);

	if (canon)
		*ret = p.st;
	return canon != NULL;
}

int
draft_open_read(struct draft *d, const char *path, struct err *err)
{
	autoplace struct place p = { 0 };
	autofree char *canon = locate(d, path, true, &p, err);
	autofd int fd = -1;
	struct stat st;

	if (!canon)
		return -1;
	if (S_ISDIR(p.st.st_mode)) {
		err_set(err, ERR_IO, _("%s is a folder"), canon);
		return -1;
	}
	if (!S_ISREG(p.st.st_mode)) {
		err_set(err, ERR_IO, _("%s is not a regular file"), canon);
		return -1;
	}
	if (!draft_begin_read(d, err))
		return -1;
	fd = view_open(d, &p, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0) {
		err_sys(err, errno, "%s", canon);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(err, ERR_IO, _("%s is not a regular file"), canon);
		return -1;
	}
	return steal_fd(&fd);
}

char *
draft_locate(struct draft *d, const char *path, struct err *err)
{
	autoplace struct place p = { 0 };
	autofree char *canon = locate(d, path, false, &p, err);

	if (!canon)
		return NULL;
	if (p.kind == PLACE_REAL)
		return xstrdup(p.disk);
	return path_join(p.root->upper, p.rel);
}

char *
draft_readlink(struct draft *d, const char *path, struct err *err)
{
	autoplace struct place p = { 0 };
	autofree char *canon = locate(d, path, false, &p, err);
	char *target;

	if (!canon)
		return NULL;
	target = view_link(d, &p);
	if (!target)
		err_sys(err, errno, "%s", canon);
	return target;
}

/* A folder that lies on disk just as the draft sees it: nothing of the upper, no move, nothing
 * of Homard's own in it. Then listing costs one call an entry. */
static bool
is_plain(struct draft *d, const char *canon, const struct place *p)
{
	if (p->kind != PLACE_REAL || !str_eq(p->disk, canon) || (p->root && !*p->rel) ||
		path_below(d->stage_root, canon))
		return false;
	for (size_t i = 0; i < d->own.n; i++) {
		if (path_below(d->own.v[i], canon))
			return false;
	}
	return !d->n_moves || (!moves_from_below(d, canon) && !moves_to_below(d, canon));
}

static bool
add_name(void *user, UNUSED int dir, const char *name, UNUSED unsigned char type)
{
	if (!str_eq(name, DRAFT_STAGE_NAME))
		strv_add(user, name);
	return true;
}

static bool
list_plain(struct draft *d, const char *canon, const struct place *p, draft_list_fn *fn,
	void *user, struct err *err)
{
	autofd int fd = view_open(d, p, O_RDONLY | O_DIRECTORY);
	autostrv struct strv names = { 0 };

	if (fd < 0 || !fs_each(fd, "", add_name, &names))
		return err_sys(err, errno, "%s", canon);
	strv_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		struct stat st;

		if (fstatat(fd, names.v[i], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			!fn(user, names.v[i], &st))
			break;
	}
	return true;
}

bool
draft_list(struct draft *d, const char *path, draft_list_fn *fn, void *user, struct err *err)
{
	autoplace struct place p = { 0 };
	autofree char *canon = locate(d, path, true, &p, err);
	autostrv struct strv names = { 0 };

	if (!canon)
		return false;
	if (!S_ISDIR(p.st.st_mode))
		return err_set(err, ERR_IO, _("%s is not a folder"), canon);
	if (is_plain(d, canon, &p))
		return list_plain(d, canon, &p, fn, user, err);
	if (!view_names(d, canon, &p, &names))
		return err_sys(err, errno, "%s", canon);
	for (size_t i = 0; i < names.n; i++) {
		autofree char *child = path_join(canon, names.v[i]);
		autoplace struct place c = { 0 };

		pthread_mutex_lock(&d->view_lock);
		view_find(d, child, &c);
		pthread_mutex_unlock(&d->view_lock);
		if (c.kind != PLACE_NONE && !fn(user, names.v[i], &c.st))
			break;
	}
	return true;
}
