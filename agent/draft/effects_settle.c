/* Makes a selection something that can be committed. */
#include "agent/base/path.h"
#include "agent/draft/effects_private.h"

struct settle {
	const struct effects *e;
	bool *take;
	struct map *at;	  /* path -> index + 1 of what creates or moves there */
	struct map *from; /* where moves start -> index + 1 */
	struct map *gone; /* deletions -> index + 1 */
	bool again;
	bool *changed;
};

static size_t
get(const struct map *m, const char *path, size_t n)
{
	return (size_t)(uintptr_t)map_get(m, path, n);
}

static void
put(struct map *m, const char *path, size_t i)
{
	map_put(m, path, strlen(path), (void *)(uintptr_t)(i + 1));
}

static void
set(struct settle *s, size_t i, bool value)
{
	if (s->take[i] == value)
		return;
	s->take[i] = value;
	s->changed[i] = !s->changed[i];
	s->again = true;
}

/* Calls for each folder above path, the nearest first; fn gets the entry that made it. */
static void
each_above(struct settle *s, const struct map *m, const char *path,
	void (*fn)(struct settle *s, size_t above, size_t i), size_t i)
{
	size_t n = strlen(path), found;

	while (n > 0 && map_count(m)) {
		while (n > 0 && path[n - 1] != '/')
			n--;
		if (n > 0)
			n--;
		found = get(m, path, n);
		if (found)
			fn(s, found - 1, i);
	}
}

/* What is taken needs the new folder it lies in. */
static void
take_parent(struct settle *s, size_t above, size_t i)
{
	if (s->take[i] && s->e->v[above].kind == EFFECT_CREATE)
		set(s, above, true);
}

/* Without a moved or replaced folder there is no place for what would come into it. */
static void
drop_child(struct settle *s, size_t above, size_t i)
{
	if (!s->take[above] && s->e->v[above].kind != EFFECT_CREATE)
		set(s, i, false);
}

/* A tree does not go while something in it was to be saved by a move that is not taken. */
static void
spare_tree(struct settle *s, size_t above, size_t i)
{
	if (!s->take[i])
		set(s, above, false);
}

/* What comes to a place that a move or a deletion frees needs that to be taken. */
static void
need_free(struct settle *s, size_t i)
{
	const struct effect *x = &s->e->v[i];
	size_t n = strlen(x->path), found;

	if (x->kind != EFFECT_CREATE && x->kind != EFFECT_MOVE)
		return;
	found = get(s->gone, x->path, n);
	if (found && !s->take[found - 1])
		set(s, i, false);
	while (n > 0) {
		found = get(s->from, x->path, n);
		if (found && found - 1 != i && !s->take[found - 1])
			set(s, i, false);
		while (n > 0 && x->path[n - 1] != '/')
			n--;
		if (n > 0)
			n--;
	}
}

static void
settle_once(struct settle *s)
{
	s->again = false;
	for (size_t i = s->e->n; i-- > 0;) {
		const struct effect *x = &s->e->v[i];

		each_above(s, s->at, x->path, take_parent, i);
		each_above(s, s->at, x->path, drop_child, i);
		need_free(s, i);
		if (x->kind == EFFECT_MOVE)
			each_above(s, s->gone, x->from, spare_tree, i);
	}
}

size_t
effects_settle(const struct effects *e, bool *take)
{
	struct settle s = { .e = e, .take = take, .at = map_create(), .from = map_create(),
		.gone = map_create() };
	size_t n = 0;

	s.changed = xcalloc(e->n + 1, sizeof(*s.changed));
	for (size_t i = 0; i < e->n; i++) {
		const struct effect *x = &e->v[i];

		if (x->kind == EFFECT_DELETE)
			put(s.gone, x->path, i);
		else if (x->kind == EFFECT_MOVE || S_ISDIR(x->mode))
			put(s.at, x->path, i);
		if (x->kind == EFFECT_MOVE)
			put(s.from, x->from, i);
	}
	/* Drops and takes can set each other off; each round decides at least one for good, and
	 * what goes back and forth is cut by the bound. */
	s.again = true;
	for (int round = 0; s.again && round < 64; round++)
		settle_once(&s);
	for (size_t i = 0; i < e->n; i++)
		n += s.changed[i];
	map_destroy(s.at);
	map_destroy(s.from);
	map_destroy(s.gone);
	free(s.changed);
	return n;
}
