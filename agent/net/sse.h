/*
 * Framing of streamed replies: server-sent events and lines of JSON. Bytes come in any cut;
 * each event's data goes out as one slice, valid for the callback. An event that arrives whole
 * in one piece is handed on without a copy. Limit: max bytes for one event, given at init.
 *
 * Lenient where servers are: LF, CRLF and CR (mixed), a byte order mark, no blank after the
 * colon, comments, a last event without its blank line, and a bare JSON line without "data:".
 */
#ifndef HOMARD_SSE_H
#define HOMARD_SSE_H

#include "agent/base/buf.h"
#include "agent/base/str.h"

enum sse_mode { SSE_EVENTS, SSE_LINES };

/* event is the name of the event line, or {NULL,0}. Returning false stops the feed. */
typedef bool (*sse_event_fn)(void *user, struct slice event, struct slice data);

struct sse {
	enum sse_mode mode;
	struct buf line;  /* an unfinished line */
	struct buf data;  /* data lines of the unfinished event, from data_at on */
	size_t data_at;
	struct buf event; /* its name */
	bool has_data;
	bool last_cr;  /* a CR ended the last piece: a LF now belongs to it */
	bool started;  /* past the byte order mark */
	bool stopped;  /* the callback said no, or the limit was passed */
	bool too_large;
	sse_event_fn fn;
	void *user;
};

void sse_init(struct sse *s, enum sse_mode mode, size_t max, sse_event_fn fn, void *user);
void sse_finish(struct sse *s); /* frees */
/* False when stopped; too_large says why. */
bool sse_feed(struct sse *s, struct slice bytes);
/* The body ended: hands on what is left. */
bool sse_end(struct sse *s);

#endif
