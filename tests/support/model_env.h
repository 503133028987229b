/*
 * The engine "model" with a sink that keeps what it gets, for tests against model_server.h.
 * setup and teardown are cmocka fixtures; settings are what env_set says, short time-outs else.
 */
#ifndef HOMARD_MODEL_ENV_H
#define HOMARD_MODEL_ENV_H

#include "tests/support/testing.h"
#include "agent/base/json.h"
#include "agent/llm/model_engine.h"
#include "tests/support/model_server.h"

struct env {
	uv_loop_t loop;
	struct places places;
	struct engine *engine;
	struct strv keys, values; /* settings */
	struct strv fallback;
	/* what the sink got */
	struct buf text, reasoning, turns, calls, notices;
	size_t requests, ends, compacts, n_turns, retries;
	struct buf last_body;
	enum engine_end how;
	struct err err;
	struct engine_usage usage;
	double cost_est;
	int64_t tokens_est, wait_ms;
	int status;
	bool allow, cancel_on_text, cancel_on_retry, hurry_on_retry;
	char *next_model;
};

int env_setup(void **state);
int env_teardown(void **state);
void env_set(struct env *e, const char *key, const char *value);
/* provider NAME is the server, in this dialect. */
void env_point(struct env *e, const char *name, enum llm_kind kind, const struct model_server *s);
/* One think() to its end. */
void env_think(struct env *e, const char *model);
void env_think_items(struct env *e, const char *model, const struct engine_item *items, size_t n,
	int turn);
#define ENV_TEST(f) cmocka_unit_test_setup_teardown(f, env_setup, env_teardown)

#endif
