/*
 * What an engine was given, kept for as long as the reply takes: the core lends its items only
 * for the call of think(), but a retry or the next model of the chain needs them again.
 * One copy, owned; compaction replaces items in it.
 */
#ifndef HOMARD_LLM_INPUT_H
#define HOMARD_LLM_INPUT_H

#include "agent/base/engine.h"

struct input {
	struct engine_input in; /* every pointer is owned by this copy */
	struct engine_item *items; /* in.items, writable */
};
struct input *input_keep(const struct engine_input *in);
void input_free(struct input *i); /* NULL is fine */
/* Replaces the items from..to (indices, both included) by one summary. */
void input_replace(struct input *i, size_t from, size_t to, struct slice summary, int64_t seq);

#endif
