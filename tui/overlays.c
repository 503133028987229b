/* The stack of things over the panes. */
#include "tui/screen_priv.h"

bool
overlay_push(struct screen *s, const struct overlay_type *type, void *state)
{
	if (s->n_overlays == OVERLAYS_MAX) {
		type->destroy(state);
		return false;
	}
	s->overlays[s->n_overlays++] = (struct overlay){ type, state };
	s->n_seq = 0;
	screen_dirty(s);
	return true;
}

void
overlay_pop(struct screen *s)
{
	struct overlay o;

	if (s->n_overlays == 0)
		return;
	o = s->overlays[--s->n_overlays];
	o.type->destroy(o.state);
	screen_dirty(s);
}

struct overlay *
overlay_top(struct screen *s)
{
	return s->n_overlays ? &s->overlays[s->n_overlays - 1] : NULL;
}

void
overlay_clear(struct screen *s)
{
	while (s->n_overlays)
		overlay_pop(s);
}
