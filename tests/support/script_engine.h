/*
 * A scripted engine: plays turns written in the test, so that the whole loop runs without a
 * model. A turn is a text and up to eight calls; `wants` is checked against the newest result.
 * Stateless like real engines: which turn comes next follows from the items.
 */
#ifndef HOMARD_SCRIPT_ENGINE_H
#define HOMARD_SCRIPT_ENGINE_H

#include "agent/base/engine.h"

struct script_call {
	const char *tool, *args;
};
struct script_turn {
	const char *text;
	struct script_call calls[8];
};
struct script {
	const char *name; /* "instinct" or "model" */
	const struct script_turn *turns;
	size_t n;
	/* filled while it plays */
	int thought;
	char last_result[65536];
	char items[65536]; /* kinds and texts of the items of the newest turn */
};

struct engine *script_engine(struct script *s);

#endif
