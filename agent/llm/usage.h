/* Raw counters to comparable ones, and to money. Pure functions. */
#ifndef HOMARD_LLM_USAGE_H
#define HOMARD_LLM_USAGE_H

#include "agent/base/engine.h"
#include "agent/llm/presets.h"

/* Input without what the cache gave or took, output with the reasoning; -1 unknown. */
void usage_normalise(const struct llm_usage *raw, enum llm_kind kind, unsigned flags,
	struct engine_usage *ret);
/* Money of a normalised usage; below 0 when a needed price is unknown. */
double usage_cost(const struct model_facts *m, const struct engine_usage *u);
/* Money of an input alone, of which `cached` tokens are expected to come from the cache. */
double usage_input_cost(const struct model_facts *m, int64_t tokens, int64_t cached);
/* Money the provider itself reported in its last usage object (OpenRouter, xAI); below 0: none. */
double usage_reported_cost(const char *usage_raw);

#endif
