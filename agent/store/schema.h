/*
 * The shape of the file and how an older one becomes a newer one: numbered steps, one function
 * each, all of them inside one transaction. The file's number is PRAGMA user_version.
 */
#ifndef HOMARD_STORE_SCHEMA_H
#define HOMARD_STORE_SCHEMA_H

#include "agent/store/db.h"

#define SCHEMA_APPLICATION 0x686f6d61 /* "homa", PRAGMA application_id */
#define SCHEMA_OLD_FILES 2	      /* copies kept beside the journal */
#define SCHEMA_WAIT_MS 5000	      /* for processes that work on a task */

struct migration {
	int to;
	const char *what; /* for the log */
	bool (*run)(struct db *db, struct err *err);
};
extern const struct migration schema_migrations[];
extern const size_t schema_n_migrations;

/* 0: empty file, SCHEMA_NEWER: made by a newer program; another program's file is ERR_CORRUPT. */
bool schema_version(struct db *db, int *ret, struct err *err) MUST_CHECK;
/* ERR_USAGE with what to do when version is newer than ours. */
bool schema_check(int version, int newest, struct err *err) MUST_CHECK;
/* Makes indexes and triggers anew that are missing or not what they should be, and drops other
 * triggers. Inside a transaction. */
bool schema_mend(struct db *db, struct err *err) MUST_CHECK;
/* Brings the file at path to the last step of list: waits for running leases, keeps a copy of
 * the old file as NAME.vN, migrates. db is a writing connection. */
bool schema_bring(struct db *db, const char *path, const struct migration *list, size_t n,
	struct err *err) MUST_CHECK;

#endif
