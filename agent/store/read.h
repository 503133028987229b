/* Reading events on any connection of the store. */
#ifndef HOMARD_STORE_READ_H
#define HOMARD_STORE_READ_H

#include "agent/store/db.h"
#include "agent/store/journal.h"

bool read_events(struct db *db, const struct journal_range *r, journal_event_fn *fn, void *user,
	struct err *err) MUST_CHECK;

#endif
