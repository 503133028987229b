/* Moves that so far are only records become files, where a command must see them. */
#include <errno.h>
#include "agent/base/path.h"
#include "agent/draft/act.h"
#include "agent/draft/copy.h"

struct placing {
	struct draft *d;
	const struct draft_move *m;
};

static int
by_to(const void *a, const void *b)
{
	const struct draft_move *x = *(struct draft_move *const *)a;
	const struct draft_move *y = *(struct draft_move *const *)b;

	return strcmp(x->to, y->to);
}

/* Another move took it out of the tree that is being copied. */
static bool
moved_away(void *user, const char *path)
{
	struct placing *p = user;
	const struct draft_move *m = map_get(p->d->by_from, path, strlen(path));

	return m && m != p->m;
}

/* A copy of what lies on disk goes to its new place in the upper. It keeps its times, so the
 * pair of deletion and creation is known as a move again when effects are listed. */
static bool
place_copy(struct draft *d, const struct draft_move *m, struct err *err)
{
	struct placing user = { d, m };
	const struct copy c = { .skip = moved_away, .user = &user };
	struct draft_root *r = draft_root_of(d, m->to, NULL);
	autofree char *dir = path_dir(m->from);
	autofd int from = fs_open(AT_FDCWD, dir, O_PATH | O_DIRECTORY, 0);
	char temp[32];

	act_temp(d, temp);
	if (from < 0)
		return err_sys(err, errno, "%s", m->from);
	return copy_tree(&c, from, path_base(m->from), m->from, r->tmp_fd, temp, err) &&
		act_put(d, r, temp, m->to, err);
}

/* Folders above a `to`, without looking through the moves: those above were placed before. */
static bool
place_parents(struct draft *d, const char *to, struct err *err)
{
	autofree char *dir = path_dir(to);
	const char *rel;
	struct draft_root *r = draft_root_of(d, dir, &rel);
	struct stat st;

	if (!*rel || fstatat(r->upper_fd, rel, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	return act_parents(d, to, err);
}

bool
draft_materialise(struct draft *d, struct err *err)
{
	size_t n = d->n_moves;
	autofree struct draft_move **all = n ? xcalloc(n, sizeof(*all)) : NULL;
	autostrv struct strv from = { 0 };

	if (!draft_begin_act(d, err))
		return false;
	if (n == 0)
		return true;
	memcpy(all, d->moves, n * sizeof(*all));
	qsort(all, n, sizeof(*all), by_to);
	for (size_t i = 0; i < n; i++) {
		if (!place_parents(d, all[i]->to, err) || !place_copy(d, all[i], err))
			return false;
		strv_add(&from, all[i]->from);
	}
	if (!moves_clear(d, err))
		return false;
	draft_changed(d);
	strv_sort(&from); /* folders before what is in them */
	for (size_t i = 0; i < from.n; i++) {
		if (!act_whiteout(d, from.v[i], err))
			return false;
	}
	return true;
}
