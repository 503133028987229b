/* One HTTP request to its end, for tests of agent/net. */
#ifndef HOMARD_TEST_FETCH_H
#define HOMARD_TEST_FETCH_H

#include "agent/net/http.h"
#include "tests/support/model_server.h"

struct fetched {
	enum http_fail fail;
	int status, ends;
	struct buf body;
	struct err err;
	double ms;
};

/* A POST of "{}" with an Authorization header "Bearer key-of-the-person". */
void fetch(const struct http_opts *o, const char *url, struct fetched *ret);
void fetched_finish(struct fetched *f);
/* A server on loopback that answers "hello" to everything. */
struct model_server *fetch_server(void);

#endif
