/*
 * Boxes between a client under test and a plain server on loopback (model_server.h): one that speaks
 * TLS with a certificate of its own authority, one that is an HTTP proxy and leads every host there.
 * Threads of their own; stopped by the test.
 */
#ifndef HOMARD_NET_BOX_H
#define HOMARD_NET_BOX_H

#include "agent/base/base.h"

enum net_box_kind {
	BOX_TLS,
	BOX_PROXY,
	BOX_MUTE /* takes connections and says nothing */
};

struct net_box_opts {
	enum net_box_kind kind;
	int to_port;
	const char *host;  /* BOX_TLS: the name in the certificate; NULL: 127.0.0.1 */
	const char *dir;   /* BOX_TLS: where the authority's certificate is written */
	int refuse;	   /* BOX_PROXY: answers everything with this status */
};

struct net_box;
struct net_box *net_box_start(const struct net_box_opts *o);
void net_box_stop(struct net_box *b);
int net_box_port(const struct net_box *b);
/* The file with the authority's certificate. */
const char *net_box_ca(const struct net_box *b);
/* What proxies were asked: the heads one after another. Owned. */
char *net_box_heads(struct net_box *b);
size_t net_box_connections(const struct net_box *b);

#endif
