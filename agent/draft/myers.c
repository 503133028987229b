#include "agent/draft/myers.h"

#define MAX_EDITS 1000 /* D of the algorithm; memory grows with its square */

void
diff_lines_finish(struct diff_lines *l)
{
	free(l->v);
	free(l->hash);
	*l = (struct diff_lines){ 0 };
}

bool
diff_lines_split(struct slice text, size_t max, struct diff_lines *ret)
{
	struct diff_lines l = { 0 };
	size_t cap = 0;

	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) + 1 : text.n;
		uint64_t h = 0xcbf29ce484222325u;

		if (l.n >= max) {
			diff_lines_finish(&l);
			return false;
		}
		if (l.n >= cap) {
			cap = cap ? cap * 2 : 64;
			l.v = xreallocarray(l.v, cap, sizeof(*l.v));
			l.hash = xreallocarray(l.hash, cap, sizeof(*l.hash));
		}
		for (size_t i = 0; i < n; i++)
			h = (h ^ (unsigned char)text.p[i]) * 0x100000001b3u;
		l.hash[l.n] = h;
		l.v[l.n++] = (struct slice){ text.p, n };
		text.p += n;
		text.n -= n;
	}
	*ret = l;
	return true;
}

void
diff_edits_finish(struct diff_edits *e)
{
	free(e->v);
	*e = (struct diff_edits){ 0 };
}

static bool
same(const struct diff_lines *a, size_t i, const struct diff_lines *b, size_t j)
{
	return a->hash[i] == b->hash[j] && slice_eq(a->v[i], b->v[j]);
}

/* Joins to the run before where it touches it. Called from the end towards the start. */
static void
add(struct diff_edits *e, size_t old, size_t n_old, size_t new, size_t n_new)
{
	struct diff_edit *last = e->n ? &e->v[e->n - 1] : NULL;

	if (last && last->old == old + n_old && last->new == new + n_new) {
		last->old = old;
		last->new = new;
		last->n_old += n_old;
		last->n_new += n_new;
		return;
	}
	GROW(e->v, e->n, e->cap);
	e->v[e->n++] = (struct diff_edit){ old, n_old, new, n_new };
}

struct middle {
	const struct diff_lines *a, *b;
	size_t at_a, at_b; /* behind the common start */
	long n, m;
};

/* The furthest x for each diagonal, one row for each number of edits; NULL beyond the cap. */
static long **
search(const struct middle *s, long *ret_d)
{
	long max = s->n + s->m < MAX_EDITS ? s->n + s->m : MAX_EDITS;
	long **rows = xcalloc((size_t)max + 1, sizeof(*rows));

	for (long d = 0; d <= max; d++) {
		long *row = rows[d] = xcalloc((size_t)(2 * d + 1), sizeof(*row));
		const long *up = d ? rows[d - 1] : NULL;

		for (long k = -d; k <= d; k += 2) {
			long x, y;

			if (d == 0)
				x = 0;
			else if (k == -d || (k != d && up[k - 1 + d - 1] < up[k + 1 + d - 1]))
				x = up[k + 1 + d - 1];
			else
				x = up[k - 1 + d - 1] + 1;
			for (y = x - k; x < s->n && y < s->m && y >= 0 &&
				same(s->a, s->at_a + (size_t)x, s->b, s->at_b + (size_t)y);
				y++)
				x++;
			row[k + d] = x;
			if (x >= s->n && x - k >= s->m) {
				*ret_d = d;
				return rows;
			}
		}
	}
	for (long d = 0; d <= max; d++)
		free(rows[d]);
	free(rows);
	return NULL;
}

static void
walk_back(const struct middle *s, long **rows, long d, struct diff_edits *ret)
{
	long x = s->n, y = s->m;

	for (; d > 0; d--) {
		const long *up = rows[d - 1];
		long k = x - y, px, py, pk;
		bool down = k == -d || (k != d && up[k - 1 + d - 1] < up[k + 1 + d - 1]);

		pk = down ? k + 1 : k - 1;
		px = up[pk + d - 1];
		py = px - pk;
		add(ret, s->at_a + (size_t)px, down ? 0 : 1, s->at_b + (size_t)py, down ? 1 : 0);
		x = px;
		y = py;
	}
}

void
diff_edits_find(const struct diff_lines *a, const struct diff_lines *b, struct diff_edits *ret)
{
	struct middle s = { .a = a, .b = b };
	size_t start = 0, end = 0;
	long d = 0, **rows;

	*ret = (struct diff_edits){ 0 };
	while (start < a->n && start < b->n && same(a, start, b, start))
		start++;
	while (end < a->n - start && end < b->n - start &&
		same(a, a->n - 1 - end, b, b->n - 1 - end))
		end++;
	s.at_a = s.at_b = start;
	s.n = (long)(a->n - start - end);
	s.m = (long)(b->n - start - end);
	if (s.n == 0 && s.m == 0)
		return;
	rows = s.n && s.m ? search(&s, &d) : NULL;
	if (!rows) {
		add(ret, start, (size_t)s.n, start, (size_t)s.m);
		return;
	}
	walk_back(&s, rows, d, ret);
	for (long i = 0; i <= d; i++)
		free(rows[i]);
	free(rows);
	for (size_t i = 0; i < ret->n / 2; i++) {
		struct diff_edit swap = ret->v[i];

		ret->v[i] = ret->v[ret->n - 1 - i];
		ret->v[ret->n - 1 - i] = swap;
	}
}
