/*
 * What servers of tests share: a socket on loopback, a thread for each connection, an end that is
 * looked for every 20 ms. SERVE_MAX connections in a life.
 */
#ifndef HOMARD_TEST_SERVE_H
#define HOMARD_TEST_SERVE_H

#include <pthread.h>
#include "agent/base/base.h"

#define SERVE_MAX 64

struct serve {
	int fd, port;
	volatile bool stop;
	size_t n;
	pthread_t accepter, conns[SERVE_MAX];
	void (*one)(void *user, int fd);
	void *user;
};

/* one() runs on a thread of its own and leaves fd open: it is closed after it. */
void serve_start(struct serve *s, void (*one)(void *user, int fd), void *user);
/* Sets stop and waits for all. */
void serve_stop(struct serve *s);

#endif
