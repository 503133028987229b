/*
 * What an engine is given: a fold of a task's events. Live and after a crash it is the same
 * code, so an engine cannot tell the difference. Owns copies of everything.
 */
#ifndef HOMARD_ITEMS_H
#define HOMARD_ITEMS_H

#include "agent/base/engine.h"
#include "agent/base/event.h"

struct items {
	struct engine_item *v;
	size_t n, cap;
};

void items_apply(struct items *it, const struct event *ev);
/* Does an event of this kind change the items? */
bool items_takes(enum event_kind kind);
void items_finish(struct items *it);

#endif
