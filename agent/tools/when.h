/*
 * Dates as people write them, in local time: "2024-05-01", "2024-05-01 10:20", "today",
 * "yesterday", "monday", "last week", "3 days ago", "in 2 hours", "7d", "10:30", 昨天, 上周,
 * 三天前, or milliseconds since 1970. Pure.
 */
#ifndef HOMARD_TOOLS_WHEN_H
#define HOMARD_TOOLS_WHEN_H

#include "agent/base/err.h"

enum when_side {
	WHEN_PAST,  /* a weekday is the last one, a bare count of days lies behind: "since" */
	WHEN_FUTURE /* the next one, ahead: "due" */
};

bool when_parse(const char *text, enum when_side side, int64_t now_ms, int64_t *ret_ms,
	struct err *err) MUST_CHECK;

#endif
