/*
 * Looks whether a plan can be undone or redone as a whole, changing nothing: all conflicts at
 * once instead of the first. The operations themselves check again.
 */
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/plan_make.h"
#include "agent/draft/stage_private.h"
#include "agent/draft/tree.h"

struct check {
	struct apply a;
	bool forward;
	struct map *targets;  /* absolute paths where operations put something */
	struct map *sources;  /* where they take something away */
	struct map *children; /* folder -> number of targets right in it */
	struct commit_result *r;
};

static char *
absolute(const struct plan *p, uint32_t root, const char *rel)
{
	return path_join(p->roots[root].real, rel);
}

static void
put(struct map *m, const struct plan *p, uint32_t root, const char *rel)
{
	autofree char *path = absolute(p, root, rel);

	map_put(m, path, strlen(path), m);
}

static void
index_ops(struct check *c)
{
	const struct plan *p = c->a.p;

	for (size_t i = 0; i < p->n_ops; i++) {
		const struct plan_op *o = &p->ops[i];

		if (o->kind == OP_CREATE || o->kind == OP_MOVE || o->kind == OP_PLACE) {
			autofree char *path = absolute(p, o->root, o->path);
			autofree char *dir = path_dir(path);
			uintptr_t n = (uintptr_t)map_get(c->children, dir, strlen(dir));

			map_put(c->targets, path, strlen(path), c);
			map_put(c->children, dir, strlen(dir), (void *)(n + 1));
		}
		if (o->kind == OP_DELETE)
			put(c->sources, p, o->root, o->path);
		if (o->kind == OP_MOVE || o->kind == OP_PARK)
			put(c->sources, p, o->from_root, o->from);
	}
}

static void
conflict(struct check *c, const struct plan_op *o, const char *why)
{
	autofree char *path = absolute(c->a.p, o->root, o->path);

	commit_result_add(c->r, path, why);
}

static bool
find(struct check *c, uint32_t root, const char *rel, struct stat *ret)
{
	const char *name;
	int dir = apply_parent(&c->a, SIDE_REAL, root, rel, &name);

	return dir >= 0 && apply_stat(dir, name, ret);
}

static bool
held(struct check *c, const struct plan_op *o, uint32_t root, const struct draft_print *p)
{
	struct stat st;
	char slot[40];

	apply_slot(o, "", slot);
	return apply_stat(c->a.p->roots[root].hold_fd, slot, &st) && apply_is_inode(&st, p);
}

static bool
is_own(struct check *c, const struct map *m, uint32_t root, const char *rel)
{
	autofree char *path = absolute(c->a.p, root, rel);

	return map_count(m) && make_at_or_above(m, path, false) != NULL;
}

/* Will be free and reachable when it is its turn? */
static void
check_free(struct check *c, const struct plan_op *o, uint32_t root, const char *rel)
{
	const struct map *busy_by = c->forward ? c->sources : c->targets;
	const struct map *made_by = c->forward ? c->targets : c->sources;
	const char *name;
	struct stat st;

	if (find(c, root, rel, &st)) {
		if (!is_own(c, busy_by, root, rel))
			conflict(c, o, _("something else has that name by now"));
	} else if (apply_parent(&c->a, SIDE_REAL, root, rel, &name) < 0 &&
		!is_own(c, made_by, root, rel)) {
		conflict(c, o, _("its folder is gone"));
	}
}

static bool
is_busy(struct check *c, const struct plan_op *o)
{
	autofd int fd = fs_open_in(c->a.p->roots[o->root].real_fd, o->path, O_RDONLY | O_NONBLOCK, 0);

	return fd >= 0 && fs_is_busy(fd);
}

/* What is about to be displaced must be as we left it. */
static void
check_same(struct check *c, const struct plan_op *o, const struct draft_print *p)
{
	struct stat st;

	if (!find(c, o->root, o->path, &st))
		conflict(c, o, _("it is gone"));
	else if (!apply_is(&st, p))
		conflict(c, o, _("it changed since then"));
	else if (S_ISREG(st.st_mode) && is_busy(c, o))
		conflict(c, o, _("another program has it open for writing"));
}

static bool
count_entry(void *user, UNUSED int dir, UNUSED const char *name, UNUSED unsigned char type)
{
	++*(size_t *)user;
	return true;
}

/* A folder we made may hold nothing but what we put there. */
static void
check_created(struct check *c, const struct plan_op *o)
{
	autofree char *path = absolute(c->a.p, o->root, o->path);
	int root = c->a.p->roots[o->root].real_fd;
	struct tree_sum sum;
	struct stat st;
	size_t n = 0;

	if (!find(c, o->root, o->path, &st))
		return; /* gone already: nothing is left to do */
	if (!apply_is(&st, &o->post)) {
		conflict(c, o, _("it changed since then"));
	} else if (o->flags & OPF_TREE) {
		if (!tree_sum(NULL, root, o->path, o->path, NULL, &sum) || sum.print != o->tree)
			conflict(c, o, _("what is in it changed since then"));
	} else if (S_ISDIR(st.st_mode)) {
		autofd int fd = fs_open_in(root, o->path, O_RDONLY | O_DIRECTORY, 0);

		fs_each(fd, "", count_entry, &n);
		if (n > (uintptr_t)map_get(c->children, path, strlen(path)))
			conflict(c, o, _("other files came into it"));
	} else if (S_ISREG(st.st_mode) && is_busy(c, o)) {
		conflict(c, o, _("another program has it open for writing"));
	}
}

/* What was moved is the person's own all the time: an edit since is theirs, and said. */
static void
check_moved(struct check *c, const struct plan_op *o, uint32_t root, const char *rel)
{
	struct stat st;

	if (!find(c, root, rel, &st))
		conflict(c, o, _("it is gone"));
	else if (!(S_ISREG(st.st_mode) ? apply_is(&st, &o->pre) : apply_is_inode(&st, &o->pre)))
		conflict(c, o, _("it changed since then"));
}

static void
check_attr(struct check *c, const struct plan_op *o, const struct draft_print *is)
{
	struct stat st;

	if (!find(c, o->root, o->path, &st))
		conflict(c, o, _("it is gone"));
	else if (!apply_is_inode(&st, &o->pre) || st.st_mode != is->mode)
		conflict(c, o, _("it changed since then"));
}

static void
check_inplace(struct check *c, const struct plan_op *o, const struct draft_print *is)
{
	struct draft_print p = *is;

	p.ino = o->pre.ino;
	check_same(c, o, &p);
}

static void
check_delete(struct check *c, const struct plan_op *o)
{
	struct tree_sum sum;

	if (!c->forward) {
		check_free(c, o, o->root, o->path);
		return;
	}
	check_same(c, o, &o->pre);
	if (o->tree && tree_sum(NULL, c->a.p->roots[o->root].real_fd, o->path, o->path, NULL, &sum) &&
		sum.print != o->tree && !map_count(c->targets))
		conflict(c, o, _("what is in it changed since then"));
}

static void
check_op(struct check *c, const struct plan_op *o)
{
	switch (o->kind) {
	case OP_CREATE:
		if (!c->forward)
			check_created(c, o);
		else if (held(c, o, o->root, &o->post))
			check_free(c, o, o->root, o->path);
		else
			conflict(c, o, _("it is gone"));
		break;
	case OP_SWAP:
		check_same(c, o, c->forward ? &o->pre : &o->post);
		break;
	case OP_DELETE:
		check_delete(c, o);
		break;
	case OP_MOVE:
	case OP_PLACE:
		check_moved(c, o, c->forward ? o->from_root : o->root, c->forward ? o->from : o->path);
		check_free(c, o, c->forward ? o->root : o->from_root, c->forward ? o->path : o->from);
		break;
	case OP_ATTR:
		check_attr(c, o, c->forward ? &o->pre : &o->post);
		break;
	case OP_INPLACE:
		check_inplace(c, o, c->forward ? &o->pre : &o->post);
		break;
	default:
		break;
	}
}

size_t
stage_check(struct plan *p, bool forward, struct commit_result *r)
{
	struct check c = { .a = { .p = p }, .forward = forward, .targets = map_create(),
		.sources = map_create(), .children = map_create(), .r = r };

	index_ops(&c);
	for (size_t i = 0; i < p->n_ops; i++)
		check_op(&c, &p->ops[i]);
	apply_finish(&c.a);
	map_destroy(c.targets);
	map_destroy(c.sources);
	map_destroy(c.children);
	return r->n_conflicts;
}
