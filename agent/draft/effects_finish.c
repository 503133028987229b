/* From the records of an upper to the effects a person decides on. */
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/base/path.h"
#include "agent/draft/effects_private.h"
#include "agent/draft/moves.h"
#include "agent/draft/tree.h"
#include "agent/draft/walk.h"

/* Byte order, but a slash comes first: what lies below a folder follows it at once. */
int
effects_path_cmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	if (*a == '/' || !*a)
		return !*a ? -1 : *b ? -1 : 1;
	if (*b == '/' || !*b)
		return 1;
	return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

static int
effect_cmp(const void *a, const void *b)
{
	const struct effect *x = a, *y = b;
	int c = effects_path_cmp(x->path, y->path);

	/* A deletion makes room for what comes to the same place. */
	return c ? c : (y->kind == EFFECT_DELETE) - (x->kind == EFFECT_DELETE);
}

void
effects_sort(struct effects *e)
{
	if (e->n > 1)
		qsort(e->v, e->n, sizeof(*e->v), effect_cmp);
}

void
effects_remove(struct effects *e, const bool *gone)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		if (gone[i])
			effect_finish(&e->v[i]);
		else
			e->v[n++] = e->v[i];
	}
	e->n = n;
}

/* A replaced folder is taken or dropped as a whole: what is in the new one is not listed. */
static void
fold_replaced(struct effects *e)
{
	autofree bool *gone = e->n ? xcalloc(e->n, sizeof(*gone)) : NULL;
	const char *top = NULL;

	for (size_t i = 0; i < e->n; i++) {
		const struct effect *x = &e->v[i];

		if (top && path_below(x->path, top) && !str_eq(x->path, top))
			gone[i] = true;
		else
			top = x->kind == EFFECT_REPLACE && S_ISDIR(x->mode) ? x->path : NULL;
	}
	if (e->n)
		effects_remove(e, gone);
}

static bool
add_move(struct draft *d, const struct draft_move *m, const volatile bool *cancelled,
	struct effects *e)
{
	autofree char *dir = path_dir(m->from);
	autofd int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *rel;
	struct draft_root *r = draft_root_of(d, m->to, &rel);
	struct tree_sum sum = { .count = 1 };
	struct effect *x;
	struct stat st;

	if (fd < 0 || fstatat(fd, path_base(m->from), &st, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	sum.bytes = (uint64_t)st.st_size;
	if (S_ISDIR(st.st_mode) &&
		!tree_sum(d, fd, path_base(m->from), m->from, cancelled, &sum))
		return false;
	if (e->n >= LIMIT_EFFECTS) {
		e->not_listed++;
		return true;
	}
	x = effects_append(e);
	x->kind = EFFECT_MOVE;
	x->path = xstrdup(m->to);
	x->from = xstrdup(m->from);
	x->mode = x->was_mode = st.st_mode;
	x->count = sum.count;
	x->bytes = x->was = sum.bytes;
	x->root = r ? (uint32_t)(r - d->roots) : 0;
	fs_print(&st, &x->pre);
	x->post = x->pre;
	return true;
}

/* Has the person changed it since the draft began? Then what was drafted stands on sand. */
static void
find_stale(struct draft *d, const volatile bool *cancelled, struct effects *e)
{
	for (size_t i = 0; i < e->n; i++) {
		struct effect *x = &e->v[i];
		bool is_tree = S_ISDIR(x->was_mode) &&
			(x->kind == EFFECT_DELETE || x->kind == EFFECT_REPLACE);
		struct tree_sum sum;

		if (is_tree && !x->tree) {
			const char *rel;
			struct draft_root *r = draft_root_of(d, x->path, &rel);

			if (!r || !tree_sum(d, r->real_fd, rel, x->path, cancelled, &sum))
				continue;
			x->tree = sum.print;
			x->stale = sum.newest_ns > d->t0_ns;
			if (x->kind == EFFECT_REPLACE) {
				x->was = sum.bytes;
				x->was_count = sum.count;
			}
		} else if (!S_ISDIR(x->was_mode) && x->was_mode && x->kind != EFFECT_MOVE) {
			x->stale = x->pre.ctime_ns > d->t0_ns;
		}
	}
}

static void
sum_up(struct effects *e)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct effect *x = &e->v[i];

		e->n_kind[x->kind] += x->count;
		e->bytes_kind[x->kind] += x->bytes;
		e->red |= x->red;
	}
}

bool
draft_effects_finish(struct draft *d, const volatile bool *cancelled, struct effects *e,
	struct err *err)
{
	effects_sort(e);
	fold_replaced(e);
	find_stale(d, cancelled, e);
	if (!effects_pair(d, cancelled, e, err))
		return false;
	for (size_t i = 0; i < d->n_moves; i++) {
		if (!add_move(d, d->moves[i], cancelled, e))
			return err_set(err, ERR_CONFLICT,
				_("%s was to be moved but is gone from the disk"),
				d->moves[i]->from);
	}
	if (cancelled && *cancelled)
		return err_set(err, ERR_CANCELLED, _("stopped"));
	effects_find_red(d, e);
	effects_find_text(d, cancelled, e);
	effects_sort(e);
	sum_up(e);
	return true;
}

bool
draft_effects(struct draft *d, const volatile bool *cancelled, struct effects *ret,
	struct err *err)
{
	struct effects e = { 0 };

	for (size_t i = 0; i < d->n_roots; i++) {
		if (!walk_upper(d, i, cancelled, &e, err)) {
			effects_finish(&e);
			return false;
		}
	}
	if (!draft_effects_finish(d, cancelled, &e, err)) {
		effects_finish(&e);
		return false;
	}
	*ret = e;
	return true;
}
