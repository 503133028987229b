/*
 * Golden screens: text compared with tests/golden/NAME.txt. UPDATE=1 in the environment writes the
 * file instead. A difference prints both and where the new text was put.
 */
#ifndef HOMARD_TEST_GOLDEN_H
#define HOMARD_TEST_GOLDEN_H

#include "agent/base/base.h"

/* True when equal (or updated). The folder is found from the working folder, or HOMARD_TESTS. */
bool golden_equal(const char *name, const char *text);

#endif
