/* Short ways to decode a reply and to build a request in tests. */
#ifndef HOMARD_TEST_LLM_H
#define HOMARD_TEST_LLM_H

#include <cjson/cJSON.h>
#include "agent/llm/llm.h"

/* Feeds body in pieces of step bytes (0: whole). The caller finishes the turn. */
void llm_test_turn(enum llm_kind kind, const char *body, size_t step, struct llm_turn *ret);
/* The fields of `homard models decode`; pieces of 1, 2, 3 and 7 bytes must say the same. */
cJSON *llm_test_decode(enum llm_kind kind, const char *body);
/* The body of a request, parsed. NULL only with *err. */
cJSON *llm_test_build(const struct llm_request *r, struct err *err);
/* Compares the value at path ("" for all) with JSON text; says both when they differ. */
void llm_test_same(const cJSON *root, const char *path, const char *json, const char *file,
	int line);
#define assert_json(root, path, json) llm_test_same((root), (path), (json), __FILE__, __LINE__)

#endif
