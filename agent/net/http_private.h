/* Shared by the files of HTTP only. */
#ifndef HOMARD_HTTP_PRIVATE_H
#define HOMARD_HTTP_PRIVATE_H

#include "agent/net/curl_lib.h"
#include "agent/net/http.h"

struct http {
	uv_loop_t *loop;
	const struct curl_lib *lib; /* NULL until the first request */
	CURLM *multi;
	uv_timer_t *timer;
	uv_idle_t *resume; /* a timer of 0 ms would run in the round that starts it */
	uint64_t turn; /* when libcurl was entered, ns */
	char *proxy, *ca_file;
	int64_t connect_ms, first_byte_ms, silence_ms;
	struct http_call *calls;
	bool warmed, begin; /* begin: a call was just added */
};

struct http_call {
	struct http *http;
	struct http_call *prev, *next;
	CURL *easy;
	struct curl_slist *headers;
	char *url, *host, *body;
	struct http_request req;
	struct http_header *head;
	size_t n_head;
	bool head_given, any_data, refused;
	bool paused; /* gave way to the loop; goes on in its next turn */
	bool again;  /* was begun a second time, on a connection of its own */
	bool busy;     /* inside a callback of ours: libcurl must not lose the handle now */
	size_t unproven; /* bytes since the last sign of life */
	enum http_fail fail; /* set by our own timers */
	uv_timer_t *timer;   /* first byte, then silence */
	char error[CURL_ERROR_SIZE];
};

/* libcurl reads on as long as something comes, and a fast stream would keep the loop, and every
 * key, for seconds: after this long inside it a transfer is paused until the loop's next turn. */
#define HTTP_TURN_NS 2000000u

/* The end of a call as a sentence: who, what, and what to do. */
void http_sentence(const struct http_call *c, enum http_fail fail, CURLcode code, struct err *e);
enum http_fail http_fail_of(const struct http_call *c, CURLcode code);
bool http_ready(struct http *h, struct err *err) MUST_CHECK;
void http_call_ended(struct http_call *c, CURLcode code);
/* libcurl is about to be entered. */
void http_turn(struct http *h);
/* In the loop's next turn paused transfers go on. */
void http_resume_soon(struct http *h);

#endif
