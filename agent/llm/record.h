/*
 * Traffic as files: writing it while it happens, and playing it back. One exchange is
 *   NNNN.request.json  the exact body
 *   NNNN.reply         the raw bytes that came
 *   NNNN.meta.json     {"provider","model","kind","host","path","status","ms","end","headers":[..]}
 * Authentication headers are never written; known keys are replaced inside the rest.
 * Limits: RECORD_REPLY_MAX bytes of one reply. Loop's thread.
 */
#ifndef HOMARD_LLM_RECORD_H
#define HOMARD_LLM_RECORD_H

#include "agent/base/buf.h"
#include "agent/base/err.h"
#include "agent/llm/llm.h"

#define RECORD_REPLY_MAX (64u << 20)

struct record; /* one exchange being written; opaque */
struct record_start {
	const char *dir, *provider, *model, *host, *path;
	enum llm_kind kind;
	struct slice body;
	const char *secret; /* replaced wherever it stands, or NULL */
};
/* NULL with a sentence when the folder cannot be written. */
struct record *record_begin(const struct record_start *s, struct err *err);
void record_head(struct record *r, int status, const struct llm_header *headers, size_t n);
void record_data(struct record *r, struct slice bytes);
/* how: "end", or why it ended early. Frees. NULL is fine. */
void record_end(struct record *r, const char *how, int64_t ms);

/* One exchange of a folder, n from 1. Owned; false at the end of the folder. */
struct replay {
	enum llm_kind kind;
	int status;
	char *model;
	struct buf reply;
	struct strv names, values; /* headers */
};
bool replay_load(const char *dir, size_t n, struct replay *ret, struct err *err) MUST_CHECK;
void replay_finish(struct replay *r);

#endif
