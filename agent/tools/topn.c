/* A bounded heap whose root is the worst row kept. */
#include "agent/tools/topn.h"

void
topn_init(struct topn *t, size_t max, bool by_name)
{
	*t = (struct topn){ .max = max, .by_name = by_name };
}

/* Is a better than b? Equal keys: by name, so that results are the same every time. */
static bool
better(const struct topn *t, int64_t key_a, const char *a, int64_t key_b, const char *b)
{
	if (!t->by_name && key_a != key_b)
		return key_a > key_b;
	return strcmp(a, b) < 0;
}

static bool
worse_row(const struct topn *t, const struct topn_row *a, const struct topn_row *b)
{
	return better(t, b->key, b->name, a->key, a->name);
}

static void
swap_rows(struct topn_row *a, struct topn_row *b)
{
	struct topn_row keep = *a;

	*a = *b;
	*b = keep;
}

static void
sink_row(struct topn *t, size_t i, size_t n)
{
	for (;;) {
		size_t worst = i, kid = 2 * i + 1;

		if (kid < n && worse_row(t, &t->v[kid], &t->v[worst]))
			worst = kid;
		if (kid + 1 < n && worse_row(t, &t->v[kid + 1], &t->v[worst]))
			worst = kid + 1;
		if (worst == i)
			return;
		swap_rows(&t->v[i], &t->v[worst]);
		i = worst;
	}
}

void
topn_add(struct topn *t, const char *name, int64_t key, const struct topn_row *facts)
{
	struct topn_row row = facts ? *facts : (struct topn_row){ 0 };
	size_t i;

	t->seen++;
	if (!t->max || (t->n == t->max && !better(t, key, name, t->v[0].key, t->v[0].name)))
		return;
	row.name = xstrdup(name);
	row.key = key;
	if (t->n == t->max) {
		free(t->v[0].name);
		t->v[0] = row;
		sink_row(t, 0, t->n);
		return;
	}
	GROW(t->v, t->n, t->cap);
	t->v[i = t->n++] = row;
	while (i && worse_row(t, &t->v[i], &t->v[(i - 1) / 2])) {
		swap_rows(&t->v[i], &t->v[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
}

void
topn_sort(struct topn *t)
{
	for (size_t n = t->n; n > 1; n--) {
		swap_rows(&t->v[0], &t->v[n - 1]);
		sink_row(t, 0, n - 1);
	}
}

void
topn_finish(struct topn *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i].name);
	free(t->v);
	*t = (struct topn){ 0 };
}
