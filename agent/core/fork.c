/* A task that goes on from any point of another: its items begin with a copy of the other's. */
#include "agent/core/agent_private.h"

struct fork_copy {
	struct items *items;
};

static bool
copy_event(void *user, const struct event *ev)
{
	struct fork_copy *f = user;

	items_apply(f->items, ev);
	return true;
}

/* Calls that had no result yet at that point are told as not executed. */
static void
close_open_calls(struct items *it)
{
	size_t i;

	for (i = 0; i < it->n; i++) {
		struct engine_item *e = &it->v[i];

		if (e->kind != ITEM_RESULT || e->text.p)
			continue;
		e->text = (struct slice){ xstrdup("not executed"), 12 };
		e->outcome = CALL_STOPPED;
	}
}

bool
fork_items(struct agent *a, int64_t task, int64_t until_seq, struct items *into, struct err *err)
{
	struct journal_range r = { .task = task, .until_seq = until_seq };
	struct items own = *into;
	struct fork_copy f = { into };
	size_t i;

	memset(into, 0, sizeof(*into));
	if (!journal_each(a->journal, &r, copy_event, &f, err)) {
		items_finish(into);
		*into = own;
		return false;
	}
	close_open_calls(into);
	for (i = 0; i < own.n; i++) {
		GROW(into->v, into->n, into->cap);
		into->v[into->n++] = own.v[i];
	}
	free(own.v);
	return true;
}
