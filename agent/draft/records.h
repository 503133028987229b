/* Reads the records of homard-draft from a stream of bytes: incremental, every length checked.
 */
#ifndef HOMARD_DRAFT_RECORDS_H
#define HOMARD_DRAFT_RECORDS_H

#include "agent/base/buf.h"
#include "agent/base/draft_proto.h"
#include "agent/base/err.h"

/* path and from are NUL-terminated and free of NUL, valid during the call. */
typedef void record_fn(
	void *user, const struct draft_record *r, const char *path, const char *from);

struct records {
	struct buf in;
	record_fn *fn;
	void *user;
	bool broken;
};

void records_init(struct records *r, record_fn *fn, void *user);
void records_finish(struct records *r);
/* Calls fn for each whole record. False once the stream made no sense; the rest is ignored. */
bool records_feed(struct records *r, const void *p, size_t n);

#endif
