/* For verbs that only look: the journal read-only, times, states. */
#ifndef HOMARD_LOOK_H
#define HOMARD_LOOK_H

#include "agent/cli/cli.h"
#include "agent/store/journal.h"

/* Opens the journal read-only; a missing one is ERR_NOT_FOUND with a sentence. */
bool look_open(struct cli *c, struct journal **ret, struct err *err) MUST_CHECK;
/* A list could not be made: without a journal it is empty (exit 0, a sentence where a person reads),
 * anything else is an error. Returns the exit code. */
int look_no_list(struct cli *c, const char *verb, bool json, const struct err *err);
/* Opens it for writing without a loop (memory, tombstones). */
bool look_open_write(struct cli *c, struct journal **ret, struct err *err) MUST_CHECK;
/* Local "2026-11-22 14:03". */
void look_time(int64_t ms, char out[32]);
/* "2026-11-22", "today", "yesterday", "3 days" -> ms of that midnight. */
bool look_day(const char *text, const struct clock *clock, int64_t *ret, struct err *err)
	MUST_CHECK;
/* Prints foreign text through the sanitiser. */
void look_put(FILE *f, const char *text, bool one_line);

#endif
