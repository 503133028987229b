/* Private to agent/llm: how long the server wants to be left alone (error_delay.c). */
#ifndef HOMARD_LLM_ERRORS_H
#define HOMARD_LLM_ERRORS_H

#include "agent/base/jdoc.h"
#include "agent/llm/llm.h"

/* Sets retryable from x-should-retry, and retry_after_ms of a retryable error, in this order:
 * retry-after-ms, retry-after (seconds or a date), the body's retryDelay, the message's "try
 * again in", reset headers of the exhausted limit. root may be NULL. */
void llm_error_delay(struct llm_error *e, const struct llm_header *h, size_t n,
	const struct jn *root, int64_t now_ms);
/* "6ms", "1m2.5s", "18.642s", "12" (seconds) -> ms; -1 when it is none. *used: bytes read. */
int64_t llm_duration_ms(const char *s, size_t *used);
/* HTTP date or RFC 3339 -> ms since 1970; -1 when it is none. */
int64_t llm_date_ms(const char *s);

#endif
