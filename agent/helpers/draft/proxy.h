/*
 * The one way out of a draft: an HTTP proxy that lets through to named hosts only. The
 * listening socket was made inside the draft's network; this side, outside, accepts from it.
 * One process that accepts, one for each connection; all die with the supervisor.
 */
#ifndef HELPER_DRAFT_PROXY_H
#define HELPER_DRAFT_PROXY_H

#include "agent/helpers/draft/rec.h"
#include "agent/helpers/draft/spec.h"
#include <sys/types.h>

struct proxy {
	pid_t pid;  /* 0: none */
	int events; /* -1: none */
};

/* close_too: a descriptor of the supervisor's that the proxy must not keep. */
void proxy_start(struct proxy *p, const struct spec *s, int listener, int close_too);
/* Puts what happened as DRAFT_HOST records. */
void proxy_report(struct proxy *p, struct rec *out);
/* Kills it, reports the rest. */
void proxy_stop(struct proxy *p, struct rec *out);

#endif
