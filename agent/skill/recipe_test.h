/* Runs the `tests:` of a recipe against the matcher. Looks at no file. */
#ifndef HOMARD_RECIPE_TEST_H
#define HOMARD_RECIPE_TEST_H

#include "agent/skill/match.h"

/* Monday, 16 November 2026, noon UTC: the day on which all tests are asked. */
#define RECIPE_TEST_NOW 1794830400000LL

/* The recipe must have been read with RECIPE_WITH_TESTS. Wrong ones are told on out, one line
 * each, with file and line; returns how many. *ran grows by the number run. */
size_t recipe_test_run(
	const struct matcher *m, const struct recipe *r, const char *home, FILE *out, int *ran);
/* Whether two slot objects mean the same: ~ and absolute paths are alike. */
bool recipe_slots_equal(const cJSON *a, const cJSON *b, const char *home);

#endif
