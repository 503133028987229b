/*
 * Gemini's streamed arguments: values that arrive by JSON path, strings in pieces. Private to
 * agent/llm. Limits: depth 32, 10,000 elements an array, LLM_TURN_MAX bytes of one string.
 */
#ifndef HOMARD_PARTIAL_ARGS_H
#define HOMARD_PARTIAL_ARGS_H

#include "agent/base/jdoc.h"
#include <cjson/cJSON.h>

struct partial_args {
	cJSON *root;
	char *path;	/* of the unfinished string */
	struct buf str; /* its escaped inside */
	bool bad;	/* a path or value that cannot be */
};

void partial_args_init(struct partial_args *p);
void partial_args_finish(struct partial_args *p);
/* One element of partialArgs. */
void partial_args_add(struct partial_args *p, const struct jn *part);
/* The whole object, owned; NULL when anything was wrong. Empty gives "{}". */
char *partial_args_take(struct partial_args *p);

#endif
