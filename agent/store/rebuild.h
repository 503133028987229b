/* Folding everything anew, on the writer's connection and outside a transaction. */
#ifndef HOMARD_STORE_REBUILD_H
#define HOMARD_STORE_REBUILD_H

#include "agent/base/event.h"
#include "agent/store/db.h"

/* Every event in order into the projections and the index of db; each, if not NULL, is called
 * after each event and ends it by returning false with err set. */
typedef bool rebuild_each_fn(void *user, const struct event *ev, struct err *err);
bool rebuild_fold(struct db *db, rebuild_each_fn *each, void *user, struct err *err) MUST_CHECK;
bool rebuild_all(struct db *db, struct err *err) MUST_CHECK;

#endif
