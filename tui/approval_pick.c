#include "tui/approval_pick.h"
#include "agent/base/path.h"

const struct fold_effect *
approval_effect(const struct screen *s, const struct fold_approval *a, size_t i)
{
	const struct fold_call *c = fold_call(s->live, a->call);
	int64_t n;

	if (!c || i >= a->n_effects)
		return NULL;
	n = a->effects[i];
	/* They are numbered as they stand; a list may have gaps all the same. */
	if (n >= 0 && (size_t)n < c->n_effects && c->effects[n].n == n)
		return &c->effects[n];
	for (size_t k = 0; k < c->n_effects; k++) {
		if (c->effects[k].n == n)
			return &c->effects[k];
	}
	return NULL;
}

static bool
is_new_folder(const struct fold_effect *e)
{
	return e && e->type == 'd' && str_eq(e->kind, "create");
}

static void
chosen_changed(struct screen *s)
{
	struct approval_view *v = &s->approval;

	v->by_part = approval_chosen(s) < v->n;
	v->lines_cols = 0;
	screen_dirty(s);
}

void
approval_toggle(struct screen *s, int i)
{
	struct approval_view *v = &s->approval;
	const struct fold_approval *a = approval_open(s);
	const struct fold_effect *e = a && i >= 0 ? approval_effect(s, a, (size_t)i) : NULL;
	bool on;

	if (!e || i >= (int)v->n)
		return;
	on = v->take[i] = !v->take[i];
	for (size_t k = 0; k < v->n; k++) {
		const struct fold_effect *other = approval_effect(s, a, k);

		if (!other || other == e)
			continue;
		if (is_new_folder(e) && path_below(other->path, e->path))
			v->take[k] = on;
		else if (on && is_new_folder(other) && path_below(e->path, other->path))
			v->take[k] = true;
	}
	chosen_changed(s);
}

void
approval_toggle_all(struct screen *s)
{
	struct approval_view *v = &s->approval;
	bool on = v->by_part;

	for (size_t i = 0; i < v->n; i++)
		v->take[i] = on;
	chosen_changed(s);
}

size_t
approval_chosen(const struct screen *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->approval.n; i++)
		n += s->approval.take[i];
	return n;
}

int
approval_row_at_hand(const struct screen *s)
{
	const struct approval_view *v = &s->approval;

	if (v->list.sel >= 0)
		return v->list.sel < (int)v->n ? v->list.sel : -1;
	for (size_t y = (size_t)MAX_OF(v->top, 0); y < v->n_rows; y++) {
		if (v->row_item[y] >= 0)
			return v->row_item[y];
	}
	return -1;
}
