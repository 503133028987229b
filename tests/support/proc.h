/* What /proc says about a running process. Blocking; for benches. */
#ifndef HOMARD_TEST_PROC_H
#define HOMARD_TEST_PROC_H

#include "agent/base/base.h"

/* The number behind a line's beginning, e.g. "smaps_rollup" and "Pss:"; -1: not there. */
long proc_kb(pid_t pid, const char *file, const char *what);
/* CPU ms and context switches of all threads. */
double proc_cpu(pid_t pid, long *ret_switches);

#endif
