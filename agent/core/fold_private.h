/* Shared by the files of the fold only. */
#ifndef HOMARD_FOLD_PRIVATE_H
#define HOMARD_FOLD_PRIVATE_H

#include "agent/base/json.h"
#include "agent/core/fold.h"

#define FOLD_OUTPUT_MAX (256u << 10)

void fold_set(char **field, const char *value);
struct fold_block *fold_block_add(struct fold *f, enum fold_block_kind kind,
	const struct event *ev);
/* Calls, effects, decisions, questions, commits. */
bool fold_apply_act(struct fold *f, const struct event *ev, const cJSON *facts);
/* Nothing waits for the person any more. */
void fold_close_open(struct fold *f);
void fold_acts_clear(struct fold *f);

#endif
