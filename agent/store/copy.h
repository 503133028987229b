/* One consistent copy of the whole file, made while others go on writing. */
#ifndef HOMARD_STORE_COPY_H
#define HOMARD_STORE_COPY_H

#include "agent/store/db.h"

/* Makes file (0600), which must not exist; a half-made copy is removed. Synced to disk. */
bool copy_database(struct db *db, const char *file, struct err *err) MUST_CHECK;

#endif
