/*
 * A journal of any size for benches and tests: tasks as people and engines would write them, in
 * English and Chinese, with a right hash chain, all projections and the search index. The same
 * count and seed give the same file content. Times begin at JOURNAL_GEN_START.
 */
#ifndef HOMARD_TEST_JOURNAL_GEN_H
#define HOMARD_TEST_JOURNAL_GEN_H

#include "agent/base/err.h"

#define JOURNAL_GEN_START INT64_C(1704067200000) /* 2024-01-01 UTC */

/* Makes a new file with n events; all tasks but perhaps the last are ended. */
bool journal_gen(const char *path, int64_t n, uint64_t seed, struct err *err);

/* The path of such a file below $BUILD/bench (build/bench), made at the first call and kept for
 * later ones. Owned; ends the program when it cannot be made. Do not write to it. */
char *journal_gen_kept(int64_t n);

#endif
