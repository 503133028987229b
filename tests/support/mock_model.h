/*
 * A model on loopback for benches and journeys: a child process that speaks openai-chat and says
 * when it saw what. What it answers is chosen by a word in the request: FLOOD (2 MB of Markdown in
 * 20-byte deltas), ENDLESS (16 MB), SLOW (a word every 10 ms for a while), CALL TOOL {JSON}; (one or more: a call
 * a turn, in order), else "ok".
 */
#ifndef HOMARD_TEST_MOCK_MODEL_H
#define HOMARD_TEST_MOCK_MODEL_H

#include <stdatomic.h>
#include "agent/base/base.h"

#define MOCK_FLOOD_END "Qflood-endQ"

/* Shared with the child. Times are CLOCK_MONOTONIC ms. */
struct mock_seen {
	_Atomic int requests;	   /* read whole */
	_Atomic int ended;	   /* replies written whole, or cut off by the client */
	_Atomic uint64_t body;	   /* bytes of the newest request's body */
	_Atomic uint64_t head;	   /* bytes of its header */
	_Atomic uint64_t sent;	   /* bytes of the newest reply */
	_Atomic uint64_t at_us;	   /* newest request read whole */
	_Atomic uint64_t last_us;  /* last byte of the newest reply written */
	_Atomic uint64_t close_us; /* the client closed during a reply */
};

struct mock_model; /* opaque */

/* NULL when no socket can be had. */
struct mock_model *mock_model_start(void);
void mock_model_stop(struct mock_model *m);
struct mock_seen *mock_model_seen(struct mock_model *m);
/* "-c" options for the program, NULL-terminated. Owned by m. */
const char *const *mock_model_options(struct mock_model *m);
uint64_t mock_now_us(void);

#endif
