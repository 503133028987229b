/* Leases inside the store: who holds one, and whether that process still lives. */
#ifndef HOMARD_STORE_LEASE_H
#define HOMARD_STORE_LEASE_H

#include "agent/store/db.h"

#define LEASE_BOOT_LEN 40

struct lease_owner {
	int64_t pid;
	int64_t start; /* clock ticks after boot, from /proc/PID/stat */
	char boot[LEASE_BOOT_LEN];
};

/* This process; read once. */
const struct lease_owner *lease_self(void);
/* False when the process ended, its number was given away, or the machine was started anew. */
bool lease_lives(const struct lease_owner *o);
/* Inside a transaction of the writer: the process that appends a request works on it. */
bool lease_put(struct db *db, int64_t task, struct err *err) MUST_CHECK;
/* The first other living process that holds a lease; pid 0: none. */
bool lease_other(struct db *db, int64_t *ret_pid, int64_t *ret_task, struct err *err) MUST_CHECK;
/* Gives back everything this process holds. */
bool lease_release_all(struct db *db, struct err *err) MUST_CHECK;

#endif
