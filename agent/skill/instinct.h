/*
 * Instinct: the engine that needs no model and no network. It matches the request against the
 * recipes, asks for what is missing, checks the guards, runs the steps through the same loop
 * as a model would, and says the result. Stateless between turns: what it needs stands in the
 * body of its last TURN (the opaque JSON it gave to sink->turn) and in the results.
 *
 * Everything on the loop's thread. The skills are borrowed and must outlive the engine.
 */
#ifndef HOMARD_INSTINCT_H
#define HOMARD_INSTINCT_H

#include "agent/base/engine.h"
#include "agent/skill/skill.h"

struct engine *instinct_create(const struct skills *skills);
/* The name of the recipe that the request means (also follow-ups on last_run, which may be
 * NULL), borrowed from the skills, or NULL: for choosing the engine. "" for an undo, again or
 * reminder that is no recipe of its own. */
const char *instinct_match(const struct skills *s, const char *request, const char *cwd,
	int64_t now_ms, const char *last_run);
/* The nearest recipes as `summary: "what to say"`, joined by semicolons; false when there are none. */
bool instinct_nearest(const struct skills *s, const char *request, const char *cwd, int64_t now_ms,
	const char *language, struct buf *out);

#endif
