/*
 * Counts calls that come again and again: in a row, or in turn with others while nothing changes
 * (a model that reads the same two files for ever). Plain data; the loop's thread.
 * Limit: the newest REPEATS_SEEN different calls are known.
 */
#ifndef HOMARD_REPEATS_H
#define HOMARD_REPEATS_H

#include "agent/base/hash.h"

#define REPEATS_SEEN 32

struct repeats {
	unsigned char last[HASH_LEN];
	int64_t row;
	struct repeated {
		unsigned char hash[HASH_LEN];
		int64_t n;
	} seen[REPEATS_SEEN];
	size_t next;
};

/* Notes a call; how often it came in a row, or half of how often it came since the last change,
 * whichever is more: reading a thing again now and then is no fault. */
int64_t repeats_note(struct repeats *r, const char *tool, const char *args);
/* Something was changed, or the person said yes: what comes again may be for a reason. */
void repeats_forgive(struct repeats *r);

#endif
