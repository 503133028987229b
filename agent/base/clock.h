/*
 * Time and randomness come in from outside, so that tests can replace them. Nothing below main
 * calls time() or getrandom() itself. Wall times are milliseconds since 1970 UTC, as in events.
 */
#ifndef HOMARD_CLOCK_H
#define HOMARD_CLOCK_H

#include "agent/base/base.h"

struct clock {
	int64_t (*wall_ms)(void *user);
	int64_t (*mono_ms)(void *user); /* monotonic; suspends do not count */
	void (*random)(void *user, void *out, size_t n);
	void *user;
};

/* The machine's clock. HOMARD_TEST_TIME=MS fixes the wall clock's start (it still advances). */
extern const struct clock clock_system;

int64_t clock_wall(const struct clock *c);
int64_t clock_mono(const struct clock *c);

#endif
