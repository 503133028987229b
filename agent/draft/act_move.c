/* Deleting and moving in the draft; breaking moves up; putting them into the uppers. */
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/hidden.h"
#include "agent/draft/act.h"
#include "agent/draft/copy.h"

#define MAX_NUMBERED 10000

bool
act_hide_disk(struct draft *d, const char *disk, struct err *err)
{
	struct draft_move *m;

	while ((m = moves_out(d, disk))) {
		const char *rest = disk + strlen(m->from);

		if (!*rest) {
			if (!moves_remove(d, m, err))
				return false;
		} else {
			autofree char *seen = xasprintf("%s%s", m->to, rest);

			if (!act_break_up(d, seen, err))
				return false;
		}
	}
	return act_whiteout(d, disk, err);
}

/* Forgets the moves to or below canon; their `from`s are appended to ret. */
static bool
forget_moved(struct draft *d, const char *canon, bool folder, struct strv *ret, struct err *err)
{
	struct draft_move *here = map_get(d->by_to, canon, strlen(canon));

	if (!folder && here) {
		strv_add(ret, here->from);
		return moves_remove(d, here, err);
	}
	for (size_t i = folder ? d->n_moves : 0; i-- > 0;) {
		struct draft_move *m = d->moves[i];

		if (!path_below(m->to, canon))
			continue;
		strv_add(ret, m->from);
		if (!moves_remove(d, m, err))
			return false;
	}
	return true;
}

bool
act_delete(struct draft *d, const char *canon, struct err *err)
{
	autoplace struct place p = { 0 };
	autostrv struct strv from = { 0 };

	if (!act_break_up(d, canon, err))
		return false;
	view_find(d, canon, &p);
	if (p.kind == PLACE_UPPER && !act_clear_upper(d, p.root, p.rel, err))
		return false;
	/* The whiteout comes before what was moved in is hidden: it may hide that as well. */
	if (!forget_moved(d, canon, S_ISDIR(p.st.st_mode), &from, err) || (p.lower && !act_whiteout(d, canon, err)))
		return false;
	for (size_t i = 0; i < from.n; i++) {
		if (!act_hide_disk(d, from.v[i], err))
			return false;
	}
	return true;
}

bool
act_break_up(struct draft *d, const char *canon, struct err *err)
{
	autofree char *dir = path_dir(canon);
	struct draft_move *m;

	while ((m = moves_into(d, dir, NULL))) {
		autofree char *from = xstrdup(m->from), *to = xstrdup(m->to), *up = path_dir(to);
		autoplace struct place p = { 0 };
		autostrv struct strv names = { 0 };

		/* The outer one first: the upper needs its folder. */
		if (moves_into(d, up, NULL)) {
			if (!act_break_up(d, to, err))
				return false;
			continue;
		}
		view_find(d, to, &p);
		if (!view_names(d, to, &p, &names))
			return err_sys(err, errno, "%s", to);
		if (!act_make_dir(d, to, 0755, &p, err))
			return false;
		for (size_t i = 0; i < names.n; i++) {
			autofree char *a = path_join(from, names.v[i]);
			autofree char *b = path_join(to, names.v[i]);

			if (!map_get(d->by_to, b, strlen(b)) && !moves_add(d, a, b, err))
				return false;
		}
		m = map_get(d->by_to, to, strlen(to));
		if ((m && !moves_remove(d, m, err)) || !act_hide_disk(d, from, err))
			return false;
	}
	return true;
}

/* A tree of the upper goes to another place of the view; folders above exist. */
static bool
move_upper(struct draft *d, const struct place *p, const char *from, const char *to,
	struct err *err)
{
	struct draft_root *r = draft_root_of(d, to, NULL);
	const struct copy c = { 0 };
	const char *name;
	autofd int parent = fs_open_parent(p->root->upper_fd, p->rel, &name);
	char temp[32];

	act_temp(d, temp);
	if (parent < 0)
		return err_sys(err, errno, "%s", from);
	if (fs_rename(parent, name, r->tmp_fd, temp, RENAME_NOREPLACE) == 0)
		return act_put(d, r, temp, to, err);
	if (errno != EXDEV)
		return err_sys(err, errno, "%s", from);
	return copy_tree(&c, parent, name, from, r->tmp_fd, temp, err) &&
		act_put(d, r, temp, to, err) && act_clear_upper(d, p->root, p->rel, err);
}

/* A folder that is partly in the upper: a new one, and each entry moves. */
static bool
move_merged(struct draft *d, const struct place *p, const char *from, const char *to,
	struct err *err)
{
	autostrv struct strv names = { 0 };

	if (!view_names(d, from, p, &names))
		return err_sys(err, errno, "%s", from);
	if (!act_make_dir(d, to, 0755, p, err))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		autofree char *a = path_join(from, names.v[i]), *b = path_join(to, names.v[i]);

		if (!act_move(d, a, b, err))
			return false;
	}
	return act_delete(d, from, err);
}

bool
act_move(struct draft *d, const char *from, const char *to, struct err *err)
{
	autoplace struct place p = { 0 };
	autofree char *disk = NULL;

	view_find(d, from, &p);
	if (p.kind == PLACE_NONE)
		return err_set(err, ERR_NOT_FOUND, _("%s does not exist"), from);
	if (p.kind == PLACE_REAL) {
		disk = xstrdup(p.disk);
		if ((S_ISDIR(p.st.st_mode) || map_get(d->by_to, from, strlen(from))) &&
			!moves_rebase(d, from, to, err))
			return false;
		/* What was moved before has its entry changed by that already. */
		return map_get(d->by_from, disk, strlen(disk)) ||
			str_eq(disk, to) || moves_add(d, disk, to, err);
	}
	if (p.lower && !p.opaque && S_ISDIR(p.st.st_mode) && S_ISDIR(p.lower_st.st_mode))
		return move_merged(d, &p, from, to, err);
	if (!act_parents(d, to, err) || !move_upper(d, &p, from, to, err) ||
		(S_ISDIR(p.st.st_mode) && !moves_rebase(d, from, to, err)))
		return false;
	return !p.lower || act_whiteout(d, from, err);
}

/* A free name at or beside canon; owned. */
static char *
free_name(struct draft *d, const char *canon, struct err *err)
{
	for (int n = 1; n < MAX_NUMBERED; n++) {
		autofree char *try = n == 1 ? xstrdup(canon) : path_numbered(canon, n);
		autoplace struct place p = { 0 };

		view_find(d, try, &p);
		if (p.kind == PLACE_NONE)
			return steal_ptr(&try);
	}
	err_set(err, ERR_LIMIT, _("too many files are named like %s"), canon);
	return NULL;
}

static char *
final_name(struct draft *d, const char *from, const char *to, struct err *err)
{
	autofree char *canon = act_target(d, to, true, err);
	autoplace struct place p = { 0 };

	if (!canon)
		return NULL;
	if (str_eq(canon, from))
		return steal_ptr(&canon);
	view_find(d, canon, &p);
	if (p.kind != PLACE_NONE && S_ISDIR(p.st.st_mode)) {
		autofree char *into = path_join(canon, path_base(from));

		if (str_eq(into, from))
			return steal_ptr(&into);
		return free_name(d, into, err);
	}
	return free_name(d, canon, err);
}

bool
draft_move(struct draft *d, const char *from, const char *to, char **ret_to, struct err *err)
{
	autofree char *a = act_target(d, from, false, err), *b = NULL;
	autoplace struct place p = { 0 };

	if (!a)
		return false;
	view_find(d, a, &p);
	if (p.kind == PLACE_NONE)
		return err_set(err, ERR_NOT_FOUND, _("%s does not exist"), a);
	/* Somewhere else a command would see it. */
	if (draft_hides_below(d, a))
		return err_set(err, ERR_DENIED,
			_("%s holds places that are hidden from tasks, so it stays where it is"), a);
	/* First T0, then the look at where it goes: what another program puts there between the
	 * two would be hidden and not be noticed as newer. */
	b = act_begin(d, err) ? final_name(d, a, to, err) : NULL;
	if (!b)
		return false;
	if (path_below(b, a) && !str_eq(a, b))
		return err_set(err, ERR_IO, _("%s cannot be moved into itself"), a);
	if (!draft_may_see(d, b, err))
		return false;
	if (S_ISDIR(p.st.st_mode))
		draft_changed(d);
	if (!str_eq(a, b)) {
		autofree char *dir = path_dir(b);
		autoplace struct place up = { 0 };

		view_find(d, dir, &up);
		if ((up.kind == PLACE_NONE &&
			    (!act_break_up(d, dir, err) || !act_make_dir(d, dir, 0755, NULL, err))) ||
			!act_move(d, a, b, err))
			return false;
	}
	if (ret_to)
		*ret_to = steal_ptr(&b);
	return true;
}
