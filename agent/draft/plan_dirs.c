/*
 * Which folders get other times (and perhaps rights lent) while operations run, where each is
 * before and after, and what its time is on both sides.
 */
#include <errno.h>
#include "agent/base/path.h"
#include "agent/draft/plan_make.h"

struct dirs {
	struct make *m;
	struct map *by_pre, *by_post; /* absolute path -> index + 1 */
	struct map *created;	      /* absolute path of new folders -> operation */
	struct map *attr;	      /* absolute path of folders with new attributes -> operation */
};

static char *
absolute(const struct make *m, uint32_t root, const char *rel)
{
	return *rel ? path_join(m->p->roots[root].real, rel) : xstrdup(m->p->roots[root].real);
}

/* Where a folder that exists now will be; owned, NULL: it goes. */
static char *
after(const struct make *m, const char *path)
{
	const struct effect *x = make_at_or_above(m->going, path, false);

	if (!x)
		return xstrdup(path);
	if (x->kind != EFFECT_MOVE)
		return NULL;
	return xasprintf("%s%s", x->path, path + strlen(x->from));
}

static char *
before(const struct make *m, const char *path)
{
	const struct effect *x = make_at_or_above(m->tos, path, false);

	return x ? xasprintf("%s%s", x->from, path + strlen(x->path)) : xstrdup(path);
}

static void
set_place(const struct make *m, const char *path, uint32_t *ret_root, char **ret_rel)
{
	const char *rel;
	struct draft_root *r = path ? draft_root_of(m->d, path, &rel) : NULL;

	if (!r)
		return;
	*ret_root = (uint32_t)(r - m->d->roots);
	*ret_rel = xstrdup(rel);
}

static struct plan_dir *
add_dir(struct dirs *s, const char *pre, const char *post)
{
	struct plan *p = s->m->p;
	struct plan_dir *d;

	GROW(p->dirs, p->n_dirs, p->cap_dirs);
	d = &p->dirs[p->n_dirs++];
	*d = (struct plan_dir){ .pre_mtime = -1, .post_mtime = -1 };
	set_place(s->m, pre, &d->pre_root, &d->pre);
	set_place(s->m, post, &d->post_root, &d->post);
	if (pre)
		map_put(s->by_pre, pre, strlen(pre), (void *)(uintptr_t)p->n_dirs);
	if (post)
		map_put(s->by_post, post, strlen(post), (void *)(uintptr_t)p->n_dirs);
	return d;
}

/* A folder that exists now. touched: its time will change. */
static bool
add_existing(struct dirs *s, const char *path, bool touched)
{
	size_t known = (size_t)(uintptr_t)map_get(s->by_pre, path, strlen(path));
	struct plan_dir *d = known ? &s->m->p->dirs[known - 1] : NULL;
	const struct plan_op *attr = map_get(s->attr, path, strlen(path));
	struct stat st;

	if (lstat(path, &st) < 0)
		return true; /* the operation itself will say so */
	if (!S_ISDIR(st.st_mode))
		return true;
	if (!d) {
		autofree char *post = after(s->m, path);

		d = add_dir(s, path, post);
	}
	d->pre_mode = st.st_mode & 07777;
	d->post_mode = attr ? attr->post.mode & 07777 : d->pre_mode;
	if (touched) {
		d->pre_mtime = fs_mtime_ns(&st);
		d->post_mtime = s->m->p->time_ns;
	}
	return true;
}

static void
add_created(struct dirs *s, const char *path, const struct plan_op *o)
{
	struct plan_dir *d;

	if (map_get(s->by_post, path, strlen(path)))
		return;
	d = add_dir(s, NULL, path);
	d->post_mtime = o->post.mtime_ns;
	d->post_mode = o->post.mode & 07777;
}

/* The folder that a new name appears in. */
static bool
add_target(struct dirs *s, uint32_t root, const char *rel)
{
	autofree char *path = absolute(s->m, root, rel), *dir = path_dir(path), *pre = NULL;
	const struct plan_op *o = map_get(s->created, dir, strlen(dir));

	if (o) {
		add_created(s, dir, o);
		return true;
	}
	pre = before(s->m, dir);
	return add_existing(s, pre, true);
}

/* The folder that a name goes from. */
static bool
add_source(struct dirs *s, uint32_t root, const char *rel)
{
	autofree char *path = absolute(s->m, root, rel), *dir = path_dir(path);

	return add_existing(s, dir, true);
}

static bool
add_op(struct dirs *s, const struct plan_op *o)
{
	const char *from = o->from ? o->from : o->path;
	uint32_t from_root = o->from ? o->from_root : o->root;

	switch (o->kind) {
	case OP_CREATE:
	case OP_PLACE:
		return add_target(s, o->root, o->path);
	case OP_SWAP:
		return add_source(s, o->root, o->path);
	case OP_MOVE:
		if (!add_target(s, o->root, o->path))
			return false;
		break;
	case OP_DELETE:
	case OP_PARK:
		break;
	default:
		return true;
	}
	/* A folder without write rights may be lent some to be moved. */
	if (S_ISDIR(o->pre.mode) && (o->pre.mode & 0300) != 0300) {
		autofree char *self = absolute(s->m, from_root, from);

		if (!add_existing(s, self, false))
			return false;
	}
	return add_source(s, from_root, from);
}

static void
index_folders(struct dirs *s)
{
	for (size_t i = 0; i < s->m->p->n_ops; i++) {
		struct plan_op *o = &s->m->p->ops[i];
		autofree char *path = NULL;

		if (!S_ISDIR(o->post.mode) || (o->kind != OP_CREATE && o->kind != OP_ATTR) ||
			o->flags & OPF_TREE)
			continue;
		path = absolute(s->m, o->root, o->path);
		map_put(o->kind == OP_CREATE ? s->created : s->attr, path, strlen(path), o);
	}
}

static int
by_place(const void *a, const void *b)
{
	const struct plan_dir *x = a, *y = b;
	const char *p = x->post ? x->post : x->pre, *q = y->post ? y->post : y->pre;

	return effects_path_cmp(p ? p : "", q ? q : "");
}

bool
make_dirs(struct make *m)
{
	struct dirs s = { m, map_create(), map_create(), map_create(), map_create() };
	bool ok = true;

	index_folders(&s);
	for (size_t i = 0; ok && i < m->p->n_ops; i++)
		ok = add_op(&s, &m->p->ops[i]);
	if (m->p->n_dirs > 1)
		qsort(m->p->dirs, m->p->n_dirs, sizeof(*m->p->dirs), by_place);
	map_destroy(s.by_pre);
	map_destroy(s.by_post);
	map_destroy(s.created);
	map_destroy(s.attr);
	return ok;
}
