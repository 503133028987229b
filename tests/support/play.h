/*
 * Whole tasks in a private world, with a model on loopback (model_server.h): settings in, one
 * request after the other, and what happened in counters and texts. Ends within 30 seconds.
 */
#ifndef HOMARD_TEST_PLAY_H
#define HOMARD_TEST_PLAY_H

#include "tests/support/testing.h"
#include "agent/base/json.h"
#include "tests/support/agent_world.h"
#include "tests/support/model_server.h"

struct play {
	struct world w;
	int64_t first_seq;
	int exit;
	bool over;
	char *state;
	size_t requests, calls_begun;
	double cost;
	struct buf texts, notices, results;
	struct fold *fold; /* of the newest task */
	struct buf lines; /* every event as --json prints it */
};

/* settings: "key=value" ..., NULL at the end. */
void play_begin(struct play *p, const char *const *settings);
/* One request to its end; model PROVIDER/MODEL. */
void play_run(struct play *p, const char *model, const char *request);
/* The same, going on from another task. */
void play_go_on(struct play *p, const char *model, const char *request, int64_t task);
/* Goes on with an ended task itself; model may be NULL (agent_resume). */
void play_resume(struct play *p, int64_t task, const char *model);
/* For agent_submit by hand: fails the test when the task does not begin. */
void play_started(void *user, int64_t task, const struct err *err);
void play_end(struct play *p);
/* "provider.NAME.base_url=http://127.0.0.1:PORT", owned. */
char *play_url(const char *name, const struct model_server *s);

#endif
