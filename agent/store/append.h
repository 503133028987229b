/* One event into the file: body, row, chain, projections, search. Inside BEGIN IMMEDIATE. */
#ifndef HOMARD_STORE_APPEND_H
#define HOMARD_STORE_APPEND_H

#include "agent/base/event.h"
#include "agent/base/json.h"
#include "agent/store/chain.h"

/* In: task (perhaps JOURNAL_NEW_TASK), time, kind, facts, body, has_body. Out: seq, task,
 * kind_name, body_hash. c moves on; the caller writes it before COMMIT. */
bool append_event(struct db *db, struct chain *c, struct event *ev, struct err *err) MUST_CHECK;
/* Begins a transaction that may write; refuses when the schema became newer. */
bool append_begin(struct db *db, bool durable, struct err *err) MUST_CHECK;
bool append_commit(struct db *db, struct err *err) MUST_CHECK;
void append_rollback(struct db *db);

#endif
