/*
 * The digest of what leaves a model's window. What the person said, answered, refused or changed
 * is kept whole, line by line; what was done is a line a step with its handle; the older steps
 * may be a small model's prose. A digest is taken apart again when the next one is made.
 *
 * Ownership: digest_create to digest_destroy. Single thread. Limits: the steps and the prose
 * CONTEXT_SUMMARY_MAX together; the person's words are bounded by what a request may be.
 */
#ifndef HOMARD_LLM_DIGEST_H
#define HOMARD_LLM_DIGEST_H

#include "agent/base/buf.h"
#include "agent/base/engine.h"

struct digest; /* opaque */
struct digest *digest_create(void);
void digest_destroy(struct digest *d);
void digest_item(struct digest *d, const struct engine_item *it);
/* prose: empty, or what stands for the older steps. */
void digest_write(const struct digest *d, struct slice prose, struct buf *out);

#endif
