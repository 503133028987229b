/*
 * Records to descriptor 4, buffered. A reader that went away ends the process: nobody is left
 * to work for.
 */
#ifndef HELPER_DRAFT_REC_H
#define HELPER_DRAFT_REC_H

#include "agent/base/base.h"
#include "agent/base/draft_proto.h"

struct rec {
	int fd;
	size_t len;
	uint64_t effects; /* effect records so far */
	char buf[64 << 10];
};

void rec_init(struct rec *r, int fd);
/* path_len and from_len of rec are set here; either may be NULL. */
void rec_put(struct rec *r, struct draft_record rec, const char *path, const char *from);
void rec_flush(struct rec *r);
/* DRAFT_FAIL with its reason, flushed. Returns 1, the exit code. */
int rec_fail(struct rec *r, enum draft_fail code, const char *why);

#endif
