/*
 * `mv` across an overlay copies and deletes. Where a deleted thing and a created one are the
 * same in name-independent facts and in content, the person sees one move, and the commit
 * renames the real file instead of keeping the copy.
 */
#include "agent/base/path.h"
#include "agent/draft/effects_private.h"
#include "agent/draft/tree.h"

#define COMPARE_BUDGET (2ull << 30)
#define MAX_TRIES 8 /* candidates compared for one deletion */

struct pairing {
	struct draft *d;
	struct effects *e;
	struct tree_same same;
	struct map *by_key; /* of creations: index + 1 of the newest, chained through next */
	size_t *next;
	bool *gone;
};

/* Entries of the created tree that starts at i; the list is sorted so that they follow. */
static size_t
tree_end(const struct effects *e, size_t i, uint64_t *ret_bytes)
{
	size_t j = i + 1;

	*ret_bytes = e->v[i].bytes;
	while (j < e->n && path_below(e->v[j].path, e->v[i].path)) {
		if (e->v[j].kind == EFFECT_CREATE)
			*ret_bytes += e->v[j].bytes;
		j++;
	}
	return j;
}

static size_t
key_of(char *out, size_t n, mode_t mode, uint64_t count, uint64_t bytes, int64_t mtime)
{
	if (S_ISDIR(mode))
		return (size_t)snprintf(out, n, "%o:%llu:%llu", mode, (unsigned long long)count,
			(unsigned long long)bytes);
	return (size_t)snprintf(out, n, "%o:%llu:%lld", mode, (unsigned long long)bytes,
		(long long)mtime);
}

static void
index_creations(struct pairing *p)
{
	const char *top = NULL; /* inside of a created folder only the folder counts */

	for (size_t i = 0; i < p->e->n; i++) {
		const struct effect *x = &p->e->v[i];
		uint64_t bytes = x->bytes;
		size_t n = 1;
		char key[80];

		if (x->kind != EFFECT_CREATE || (top && path_below(x->path, top)))
			continue;
		if (S_ISDIR(x->mode)) {
			top = x->path;
			n = tree_end(p->e, i, &bytes) - i;
		}
		n = key_of(key, sizeof(key), x->mode, n, bytes, x->post.mtime_ns);
		p->next[i] = (size_t)(uintptr_t)map_get(p->by_key, key, n);
		map_put(p->by_key, key, n, (void *)(uintptr_t)(i + 1));
	}
}

static bool
same_thing(struct pairing *p, const struct effect *gone, const struct effect *new)
{
	const char *a, *b;
	struct draft_root *x = draft_root_of(p->d, gone->path, &a);
	struct draft_root *y = draft_root_of(p->d, new->path, &b);

	return x && y && tree_same(&p->same, x->real_fd, a, y->upper_fd, b);
}

/* The best creation for a deletion, or SIZE_MAX: the same name first. */
static size_t
find_match(struct pairing *p, const struct effect *gone, size_t first)
{
	const char *base = path_base(gone->path);
	int tries = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t at = first; at && tries < MAX_TRIES; at = p->next[at - 1]) {
			const struct effect *x = &p->e->v[at - 1];

			if (p->gone[at - 1] || str_eq(path_base(x->path), base) == (pass == 1) ||
				x->kind != EFFECT_CREATE)
				continue;
			tries++;
			if (same_thing(p, gone, x))
				return at - 1;
		}
	}
	return SIZE_MAX;
}

static void
make_move(struct pairing *p, size_t gone, size_t new)
{
	struct effect *from = &p->e->v[gone], *to = &p->e->v[new];
	uint64_t bytes;
	size_t end = S_ISDIR(to->mode) ? tree_end(p->e, new, &bytes) : new + 1;

	for (size_t i = new + 1; i < end; i++)
		p->gone[i] = true;
	p->gone[gone] = true;
	to->kind = EFFECT_MOVE;
	free(to->from);
	to->from = xstrdup(from->path);
	to->was_mode = from->was_mode;
	to->count = from->count;
	to->bytes = to->was = from->bytes;
	to->pre = from->pre;
	to->stale = from->stale;
}

static void
match_deletions(struct pairing *p)
{
	for (size_t i = 0; i < p->e->n; i++) {
		const struct effect *x = &p->e->v[i];
		char key[80];
		size_t n, first, match;

		if (x->kind != EFFECT_DELETE || p->gone[i] ||
			(p->same.cancelled && *p->same.cancelled))
			continue;
		n = key_of(key, sizeof(key), x->was_mode, x->count, x->bytes, x->pre.mtime_ns);
		first = (size_t)(uintptr_t)map_get(p->by_key, key, n);
		match = first ? find_match(p, x, first) : SIZE_MAX;
		if (match != SIZE_MAX)
			make_move(p, i, match);
	}
}

bool
effects_pair(struct draft *d, const volatile bool *cancelled, struct effects *e,
	UNUSED struct err *err)
{
	struct pairing p = { .d = d, .e = e,
		.same = { .cancelled = cancelled, .budget = COMPARE_BUDGET } };
	size_t deletes = 0, creates = 0;

	for (size_t i = 0; i < e->n; i++) {
		deletes += e->v[i].kind == EFFECT_DELETE;
		creates += e->v[i].kind == EFFECT_CREATE;
	}
	if (!deletes || !creates)
		return true;
	p.by_key = map_create();
	p.next = xcalloc(e->n, sizeof(*p.next));
	p.gone = xcalloc(e->n, sizeof(*p.gone));
	index_creations(&p);
	match_deletions(&p);
	effects_remove(e, p.gone);
	map_destroy(p.by_key);
	free(p.next);
	free(p.gone);
	return true;
}
