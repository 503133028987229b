/* Tokens and money: sums over `usage` events. */
#ifndef HOMARD_STORE_USAGE_H
#define HOMARD_STORE_USAGE_H

#include "agent/store/journal.h"

enum usage_by { USAGE_BY_DAY, USAGE_BY_MODEL, USAGE_BY_TASK, USAGE_BY_SKILL };
struct usage_row {
	const char *key; /* 2026-11-22, provider/model, task number, skill */
	int64_t requests, input, output, cache_read, cache_write, reasoning;
	double cost;
};
typedef bool usage_fn(void *user, const struct usage_row *row);
/* since/until in ms, 0 open. Days are local. Newest or largest first. */
bool usage_sums(struct journal *j, enum usage_by by, int64_t since, int64_t until, usage_fn *fn,
	void *user, struct err *err);
/* Totals of one task (task > 0) or of everything since (task -1). */
bool usage_total(struct journal *j, int64_t task, int64_t since, struct usage_row *ret,
	struct err *err);

#endif
