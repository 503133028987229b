/* One function per schema number; the table is in schema.c. A step never changes once released. */
#ifndef HOMARD_STORE_SCHEMA_STEPS_H
#define HOMARD_STORE_SCHEMA_STEPS_H

#include "agent/store/db.h"

bool schema_to_v1(struct db *db, struct err *err) MUST_CHECK;
bool schema_to_v2(struct db *db, struct err *err) MUST_CHECK;

#endif
