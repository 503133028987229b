/* Folding everything anew, on the writer's connection and outside a transaction. */
#ifndef HOMARD_STORE_REBUILD_H
#define HOMARD_STORE_REBUILD_H

#include "agent/store/db.h"

bool rebuild_all(struct db *db, struct err *err) MUST_CHECK;

#endif
