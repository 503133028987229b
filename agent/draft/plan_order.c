/* What gets in whose way, and in which order operations run. */
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/plan_make.h"

static void
put(struct map *m, const char *path, void *value)
{
	map_put(m, path, strlen(path), value);
}

void *
make_at_or_above(const struct map *m, const char *path, bool strict)
{
	size_t n = strlen(path);

	if (map_count(m) == 0)
		return NULL;
	for (bool first = true; n > 0; first = false) {
		void *v = first && strict ? NULL : map_get(m, path, n);

		if (v)
			return v;
		while (n > 0 && path[n - 1] != '/')
			n--;
		if (n > 0)
			n--;
	}
	return NULL;
}

bool
make_is_freed(const struct make *m, const char *path)
{
	return make_at_or_above(m->going, path, false) != NULL;
}

static void
inode_key(uint64_t dev, uint64_t ino, char out[48])
{
	snprintf(out, 48, "%llx:%llx", (unsigned long long)dev, (unsigned long long)ino);
}

bool
make_is_only_name(const struct make *m, const struct stat *st)
{
	char key[48];

	inode_key(st->st_dev, st->st_ino, key);
	return (uintptr_t)map_get(m->inodes, key, strlen(key)) <= 1;
}

static void
index_effects(struct make *m)
{
	for (size_t i = 0; i < m->e->n; i++) {
		const struct effect *x = &m->e->v[i];
		char key[48];

		if (!m->take[i])
			continue;
		if (x->kind == EFFECT_DELETE || x->kind == EFFECT_REPLACE)
			put(m->going, x->path, (void *)x);
		if (x->kind == EFFECT_MOVE) {
			put(m->going, x->from, (void *)x);
			put(m->froms, x->from, (void *)x);
			put(m->tos, x->path, (void *)x);
		}
		if ((x->kind == EFFECT_MODIFY || x->kind == EFFECT_PERM) && x->pre.nlink > 1 &&
			!S_ISDIR(x->pre.mode)) {
			inode_key(x->pre.dev, x->pre.ino, key);
			put(m->inodes, key,
				(void *)((uintptr_t)map_get(m->inodes, key, strlen(key)) + 1));
		}
	}
}

static bool
needs_park(const struct make *m)
{
	for (size_t i = 0; i < m->e->n && map_count(m->froms); i++) {
		const struct effect *x = &m->e->v[i];

		if (!m->take[i])
			continue;
		if (make_at_or_above(m->froms, x->path, false))
			return true;
		if (x->kind == EFFECT_MOVE &&
			(make_at_or_above(m->froms, x->from, true) ||
				make_at_or_above(m->tos, x->from, false)))
			return true;
		/* Something is moved out of a tree that goes. */
		if (x->kind == EFFECT_MOVE && make_at_or_above(m->going, x->from, true))
			return true;
	}
	return false;
}

static int
phase(const struct plan_op *o)
{
	switch (o->kind) {
	case OP_PARK:
		return 0;
	case OP_DELETE:
		return 1;
	case OP_MOVE:
	case OP_PLACE:
		return 3;
	case OP_ATTR:
		return 4;
	default:
		return 2;
	}
}

static int
by_phase(const void *a, const void *b)
{
	const struct plan_op *x = a, *y = b;
	int p = phase(x), q = phase(y);

	if (p != q)
		return p - q;
	if (x->root != y->root && p != 0)
		return x->root < y->root ? -1 : 1;
	if (p == 0) /* what lies deeper goes first */
		return x->from_root != y->from_root ? (x->from_root < y->from_root ? -1 : 1)
						    : effects_path_cmp(y->from, x->from);
	/* New folders before what comes into them; all else from the inside out. */
	return p == 1 || p == 4 ? effects_path_cmp(y->path, x->path)
				: effects_path_cmp(x->path, y->path);
}

static bool
make_roots(struct make *m)
{
	struct draft *d = m->d;

	m->p->roots = xcalloc(d->n_roots, sizeof(*m->p->roots));
	for (size_t i = 0; i < d->n_roots; i++) {
		struct plan_root *r = &m->p->roots[m->p->n_roots++];
		const struct draft_root *from = &d->roots[i];
		struct stat st;

		*r = (struct plan_root){ xstrdup(from->real), xstrdup(from->upper),
			xasprintf("%s/h%lld", from->dir, (long long)m->p->commit), -1, -1, -1 };
		/* A rest of a try that never got a plan: nothing of the person's is in it. */
		if (!fs_remove_tree(from->dir_fd, path_base(r->hold), m->err))
			return false;
		if (fs_mkdir(from->dir_fd, path_base(r->hold), 0700) < 0)
			return err_sys(m->err, errno, "%s", r->hold);
		if (i == 0 && fstatat(from->dir_fd, path_base(r->hold), &st, 0) == 0)
			m->p->time_ns = fs_ctime_ns(&st);
	}
	return plan_open_roots(m->p, m->err);
}

static bool
make_all(struct make *m)
{
	for (size_t i = 0; i < m->e->n; i++) {
		if (m->take[i] && !make_one(m, &m->e->v[i]))
			return false;
	}
	if (m->r->n_conflicts)
		return err_set(m->err, ERR_CONFLICT,
			_("nothing was changed: files are not what they were when they were shown; ask again"));
	qsort(m->p->ops, m->p->n_ops, sizeof(*m->p->ops), by_phase);
	return make_dirs(m);
}

bool
plan_make(struct draft *d, const struct effects *e, const bool *take, struct plan *p,
	bool *ret_new_data, struct commit_result *r, struct err *err)
{
	struct make m = { .d = d, .e = e, .take = take, .p = p, .r = r, .err = err };
	bool ok;

	if (e->not_listed)
		return err_set(err, ERR_LIMIT,
			_("these are too many changes to take at once; do it in parts"));
	if (!d->n_roots)
		return err_set(err, ERR_DENIED, _("there is no folder of yours to change"));
	m.going = map_create();
	m.froms = map_create();
	m.tos = map_create();
	m.inodes = map_create();
	index_effects(&m);
	m.park = needs_park(&m);
	ok = make_roots(&m) && make_all(&m);
	*ret_new_data = m.new_data;
	map_destroy(m.going);
	map_destroy(m.froms);
	map_destroy(m.tos);
	map_destroy(m.inodes);
	return ok;
}
