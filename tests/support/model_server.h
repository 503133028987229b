/*
 * A provider on loopback that says what the test wrote, and misbehaves where the test wants it.
 * One thread per connection; replies are given in order, the last one again and again. What was
 * asked is kept. Stopped by the test; ends its threads.
 */
#ifndef HOMARD_MODEL_SERVER_H
#define HOMARD_MODEL_SERVER_H

#include "agent/base/base.h"
#include "agent/llm/llm.h"

enum ms_fault {
	MS_NONE,
	MS_SILENT,  /* reads the request and says nothing */
	MS_DRIP,    /* the body a byte each 100 ms, without end */
	MS_CUT,	    /* the body, then the connection is cut before its promised end */
	MS_HUGE,    /* one line that never ends: 'x' for 1 GB */
	MS_STALL,   /* the body, then nothing, the connection stays */
	MS_HANGUP,  /* the whole reply, then the connection is closed unannounced */
	MS_HANGUP_LATE, /* the same, but only when the next request has begun to come */
	MS_SLOW_END /* the body with its end marker, the connection stays open 20 s */
};

struct ms_reply {
	int status;	     /* 0: 200 */
	const char *type;    /* NULL: text/event-stream */
	const char *headers; /* further "Name: value\r\n" lines, or NULL */
	char *body;	     /* owned by the server from start on; NULL: empty */
	enum ms_fault fault;
};

struct model_server;
struct model_server *ms_start(const struct ms_reply *replies, size_t n);
void ms_stop(struct model_server *s);
int ms_port(const struct model_server *s);
size_t ms_count(const struct model_server *s); /* requests so far */
size_t ms_connections(const struct model_server *s);
/* The i-th request, from 0: owned copies, NULL when there is none. */
char *ms_head(const struct model_server *s, size_t i);
char *ms_body(const struct model_server *s, size_t i);
size_t ms_sent(const struct model_server *s); /* bytes of replies that went out */

/* Streams of the five dialects: a text; a call with id "c1"; with 1000 input tokens, 10 output. */
char *ms_text(enum llm_kind kind, const char *text);
char *ms_call(enum llm_kind kind, const char *tool, const char *args);

#endif
