#include "agent/draft/map.h"

struct slot {
	char *key; /* NULL: free */
	size_t n;
	uint64_t hash;
	void *value;
};

struct map {
	struct slot *v;
	size_t n, cap; /* cap is a power of two */
};

static uint64_t
hash_of(const char *key, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)key[i]) * 0x100000001b3u;
	return h ^ h >> 29;
}

struct map *
map_create(void)
{
	struct map *m = xcalloc(1, sizeof(*m));

	m->cap = 64;
	m->v = xcalloc(m->cap, sizeof(*m->v));
	return m;
}

void
map_destroy(struct map *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->cap; i++)
		free(m->v[i].key);
	free(m->v);
	free(m);
}

/* The slot of the key, or the free one where it belongs. */
static struct slot *
find(const struct map *m, const char *key, size_t n, uint64_t h)
{
	size_t i = h & (m->cap - 1);

	for (;; i = (i + 1) & (m->cap - 1)) {
		struct slot *s = &m->v[i];

		if (!s->key || (s->hash == h && s->n == n && memcmp(s->key, key, n) == 0))
			return s;
	}
}

static void
grow(struct map *m)
{
	struct slot *old = m->v;
	size_t cap = m->cap;

	m->cap *= 2;
	m->v = xcalloc(m->cap, sizeof(*m->v));
	for (size_t i = 0; i < cap; i++) {
		if (old[i].key)
			*find(m, old[i].key, old[i].n, old[i].hash) = old[i];
	}
	free(old);
}

void
map_put(struct map *m, const char *key, size_t n, void *value)
{
	uint64_t h = hash_of(key, n);
	struct slot *s;

	if ((m->n + 1) * 3 > m->cap * 2)
		grow(m);
	s = find(m, key, n, h);
	if (!s->key) {
		*s = (struct slot){ .key = xstrndup(key, n), .n = n, .hash = h };
		m->n++;
	}
	s->value = value;
}

void *
map_get(const struct map *m, const char *key, size_t n)
{
	struct slot *s = find(m, key, n, hash_of(key, n));

	return s->key ? s->value : NULL;
}

void
map_remove(struct map *m, const char *key, size_t n)
{
	struct slot *s = find(m, key, n, hash_of(key, n));
	size_t i;

	if (!s->key)
		return;
	free(s->key);
	s->key = NULL;
	m->n--;
	/* Close the gap: what follows in the run may have been pushed past it. */
	for (i = ((size_t)(s - m->v) + 1) & (m->cap - 1); m->v[i].key; i = (i + 1) & (m->cap - 1)) {
		struct slot moved = m->v[i];

		m->v[i].key = NULL;
		*find(m, moved.key, moved.n, moved.hash) = moved;
	}
}

size_t
map_count(const struct map *m)
{
	return m->n;
}
