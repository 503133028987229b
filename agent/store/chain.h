/*
 * The hash chain. A row's hash is SHA-256 over: "homard-event-1", a zero byte, seq, task and time
 * as 8 bytes big-endian, kind and facts each with a 4-byte length before, one byte 0 or 1 and the
 * body's hash if 1, and the hash of the row before (32 zero bytes for the first).
 */
#ifndef HOMARD_STORE_CHAIN_H
#define HOMARD_STORE_CHAIN_H

#include "agent/base/hash.h"
#include "agent/store/db.h"

struct chain {
	int64_t seq; /* of the newest row, 0: none */
	unsigned char hash[HASH_LEN];
	int64_t task; /* the highest task number */
};

struct chain_row {
	int64_t seq, task, time;
	struct slice kind, facts;
	const unsigned char *body; /* NULL: none */
	const unsigned char *prev;
};

void chain_hash(const struct chain_row *r, unsigned char out[HASH_LEN]);
/* Both inside BEGIN IMMEDIATE. */
bool chain_read(struct db *db, struct chain *c, struct err *err) MUST_CHECK;
bool chain_write(struct db *db, const struct chain *c, struct err *err) MUST_CHECK;

#endif
