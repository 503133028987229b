/* Ranges of own numbers; with one program running there is only one range. */
#include "agent/store/own.h"

void
own_add(struct own *o, int64_t seq)
{
	if (o->n && o->v[o->n - 1].to + 1 == seq) {
		o->v[o->n - 1].to = seq;
		return;
	}
	if (o->n == OWN_RANGES)
		own_forget(o, o->v[OWN_RANGES / 2].from);
	GROW(o->v, o->n, o->cap);
	o->v[o->n++] = (struct own_range){ seq, seq };
}

bool
own_has(const struct own *o, int64_t seq)
{
	size_t i;

	for (i = o->n; i-- > 0 && o->v[i].to >= seq;) {
		if (o->v[i].from <= seq)
			return true;
	}
	return false;
}

int64_t
own_after(const struct own *o, int64_t seq)
{
	size_t i;

	for (i = 0; i < o->n && o->v[i].from <= seq + 1; i++) {
		if (o->v[i].to > seq)
			return o->v[i].to;
	}
	return seq;
}

void
own_drop_after(struct own *o, int64_t seq)
{
	while (o->n && o->v[o->n - 1].from > seq)
		o->n--;
	if (o->n && o->v[o->n - 1].to > seq)
		o->v[o->n - 1].to = seq;
}

void
own_forget(struct own *o, int64_t seq)
{
	size_t i = 0;

	while (i < o->n && o->v[i].to <= seq)
		i++;
	if (i)
		memmove(o->v, o->v + i, (o->n - i) * sizeof(*o->v));
	o->n -= i;
}

void
own_finish(struct own *o)
{
	free(o->v);
	*o = (struct own){ 0 };
}
