#include "agent/base/clock.h"
#include "agent/base/str.h"
#include <errno.h>
#include <pthread.h>
#include <sys/random.h>
#include <time.h>

static pthread_once_t test_once = PTHREAD_ONCE_INIT;
static int64_t test_shift; /* what HOMARD_TEST_TIME adds to the real time */

static int64_t
read_ms(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
read_test_time(void)
{
	const char *s = getenv("HOMARD_TEST_TIME");
	int64_t ms;

	if (s && str_to_i64(s, &ms))
		test_shift = ms - read_ms(CLOCK_REALTIME);
}

static int64_t
system_wall(UNUSED void *user)
{
	pthread_once(&test_once, read_test_time);
	return read_ms(CLOCK_REALTIME) + test_shift;
}

static int64_t
system_mono(UNUSED void *user)
{
	return read_ms(CLOCK_MONOTONIC);
}

static void
system_random(UNUSED void *user, void *out, size_t n)
{
	unsigned char *p = out;

	while (n) {
		ssize_t got = getrandom(p, n, 0);

		if (got < 0 && errno != EINTR)
			bug("no random bytes: %s", strerror(errno));
		if (got > 0) {
			p += got;
			n -= (size_t)got;
		}
	}
}

int64_t
clock_wall(const struct clock *c)
{
	return c->wall_ms(c->user);
}

int64_t
clock_mono(const struct clock *c)
{
	return c->mono_ms(c->user);
}

const struct clock clock_system = {
	.wall_ms = system_wall,
	.mono_ms = system_mono,
	.random = system_random,
};
