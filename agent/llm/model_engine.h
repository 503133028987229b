/*
 * The engine "model": one think() is one reply of a provider, streamed. It chooses the endpoint
 * (agent/llm/presets.h), builds the request from the items (context.h), sends it (agent/net),
 * reads the stream (llm.h), counts (usage.h), waits and tries again where that is safe, and goes
 * down the fallback chain. It keeps nothing between turns but warm connections, the circuit
 * breakers and the model table.
 *
 * Ownership: what the options point to must outlive the engine; input items are borrowed only
 * for the call of think(). Single thread, the loop's. Limits: one request at a time; the body
 * LIMIT_BODY (8 MB), a reply LLM_TURN_MAX, net.retries, MODEL_CHAIN_MAX models in the chain.
 */
#ifndef HOMARD_MODEL_ENGINE_H
#define HOMARD_MODEL_ENGINE_H

#include <uv.h>
#include "agent/base/clock.h"
#include "agent/base/engine.h"
#include "agent/base/path.h"
#include "agent/base/str.h"

#define MODEL_CHAIN_MAX 8

/* Settings come in by name, so that this room does not know where they are kept. */
struct model_settings {
	/* Text of a setting ("model.cache", "provider.NAME.kind"); "" when unset. Never NULL. */
	const char *(*get)(void *user, const char *key);
	/* A list ("model.fallback", "provider.NAME.headers"). Never NULL. */
	const struct strv *(*list)(void *user, const char *key);
	void *user;
};

struct model_engine_opts {
	uv_loop_t *loop;
	const struct clock *clock;
	const struct places *places;
	struct model_settings settings;
	/* Every key that is used, before it is: to be redacted from all that is written. May be NULL. */
	void (*secret)(void *user, const char *value);
	void *secret_user;
	/* Write all traffic there, secrets removed; NULL: the setting model.record, "": not. */
	const char *record_dir;
};
/* Never NULL; opens nothing and reads nothing until the first think(). Ended by ops->destroy,
 * after which the loop must run once more (handles close). */
struct engine *model_engine_create(const struct model_engine_opts *o);
/* Loads the network library and the model table on a worker, so that the first request does not
 * wait. Optional, after the first frame. */
void model_engine_warm(struct engine *e);

#endif
