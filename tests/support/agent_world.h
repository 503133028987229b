/*
 * A private world for tests of the whole core: a temporary home with Homard's places in it, an
 * agent on its own loop, all events kept. Waiting is on conditions, never on time (a deadline of
 * 20 s ends a test that hangs).
 */
#ifndef HOMARD_AGENT_WORLD_H
#define HOMARD_AGENT_WORLD_H

#include "agent/core/agent.h"
#include "agent/core/fold.h"
#include "tests/support/script_engine.h"

struct world {
	char root[64]; /* .../home below it is the home */
	char *home;
	struct places places;
	struct config *config;
	uv_loop_t loop;
	struct agent *agent;
	struct script script;
	struct fold *fold;
	int64_t task;
	char *events; /* kinds in order, joined by blanks */
	size_t events_n;
	struct err err;
	bool undo_done;
	size_t undo_n;
	struct err undo_err;
	bool timed_out;
};

/* Makes the folders. */
void agent_world_init(struct world *w);
/* Begins an agent; may be ended and begun again (a restart). */
void agent_world_begin(struct world *w, bool interactive, bool approve_all);
void agent_world_end(struct world *w);
void agent_world_finish(struct world *w); /* removes everything */
/* The same for cmocka: *state is the struct world. */
int agent_world_setup(void **state);
int agent_world_teardown(void **state);
/* Files below home. */
void agent_world_write(struct world *w, const char *rel, const char *text);
char *agent_world_read(struct world *w, const char *rel); /* NULL: not there */
bool agent_world_has(struct world *w, const char *rel);
/* Submits and runs until the task has ended or waits for a person. */
void agent_world_ask(struct world *w, const char *request, const struct script_turn *turns, size_t n,
	const char *mode);
void agent_world_run(struct world *w); /* until ended or waiting */
void agent_world_decide(struct world *w, enum decision d, const int64_t *take, size_t n);
void agent_world_undo(struct world *w, int64_t commit, bool redo);
/* A sum over names, modes, times, links and bytes of all below home but Homard's own. */
char *agent_world_print(struct world *w);

#endif
