/*
 * The n greatest (or smallest) of many rows in memory for n: a heap of owned rows with a key.
 */
#ifndef HOMARD_TOOLS_TOPN_H
#define HOMARD_TOOLS_TOPN_H

#include "agent/base/base.h"

struct topn_row {
	char *name; /* owned */
	int64_t key;
	int64_t size, time_ms;
	unsigned mode;
};

struct topn {
	struct topn_row *v;
	size_t n, max, cap;
	uint64_t seen;
	bool by_name; /* byte order of names, smallest first, instead of the greatest keys */
};

void topn_init(struct topn *t, size_t max, bool by_name);
/* name is copied only when the row is kept. */
void topn_add(struct topn *t, const char *name, int64_t key, const struct topn_row *facts);
/* Best first; after it only finish may be called. */
void topn_sort(struct topn *t);
void topn_finish(struct topn *t);

#endif
