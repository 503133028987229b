/* Bodies by event. */
#ifndef HOMARD_STORE_BODY_H
#define HOMARD_STORE_BODY_H

#include "agent/base/buf.h"
#include "agent/store/db.h"

/* Appends as much of the body of seq as fits (cut at out->max). *ret_removed: there was one, and
 * it is gone, or there never was one. */
bool body_of(struct db *db, int64_t seq, struct buf *out, bool *ret_removed, struct err *err)
	MUST_CHECK;
/* Appends s, cut to what still fits, at a whole UTF-8 character. */
void buf_add_cut(struct buf *out, struct slice s);

#endif
