/* Which host a proxy request is for, and whether it may be reached. Pure functions. */
#ifndef HELPER_DRAFT_PROXY_HOST_H
#define HELPER_DRAFT_PROXY_HOST_H

#include "agent/helpers/draft/spec.h"
#include <netinet/in.h>
#include <sys/socket.h>

#define PROXY_HOST_MAX 262 /* 255 of a name, colon, port, NUL */

struct proxy_request {
	bool connect;
	char host[PROXY_HOST_MAX]; /* "name:port" */
	char method[16];
	const char *path; /* within the head; for plain http */
	size_t path_len;
};

/* head is everything up to and with the empty line, len bytes. false: not a request we serve;
 * host then holds what could be read of it, perhaps "". */
bool proxy_parse(const char *head, size_t len, struct proxy_request *ret) MUST_CHECK;
/* Byte for byte one of the list, and a name, never an address. */
bool proxy_allowed(const struct spec_words *hosts, const char *host);
/* Names that lead back to this machine or its neighbours on the wire are not followed. */
bool proxy_address_ok(const struct sockaddr *a);

#endif
