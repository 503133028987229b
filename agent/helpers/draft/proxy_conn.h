/* One connection of the proxy, from accept to its end, in a process of its own. */
#ifndef HELPER_DRAFT_PROXY_CONN_H
#define HELPER_DRAFT_PROXY_CONN_H

#include "agent/helpers/draft/proxy_host.h"

struct proxy_event {
	uint32_t refused;
	char host[PROXY_HOST_MAX];
};

/* fd is non-blocking. Writes one event, relays, returns when both sides are done. */
void proxy_connection(const struct spec *s, int fd, int events);

#endif
