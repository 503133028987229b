/*
 * HTTP on the loop through libcurl's socket interface. libcurl is loaded at first need
 * (dlopen: it costs 5 ms and 6 MB), or beforehand on a worker by http_warm.
 *
 * One http object per loop; connections are kept warm between requests. Redirects are never
 * followed: a redirect is an answer like any other (status 3xx). Loopback bypasses proxies; other
 * hosts take the proxy of the options, else of the variables https_proxy, http_proxy, all_proxy,
 * unless no_proxy names them.
 * Limits: HTTP_HEADERS_MAX headers of HTTP_HEADER_MAX bytes; the caller bounds the body by
 * returning false from data. Single thread.
 */
#ifndef HOMARD_HTTP_H
#define HOMARD_HTTP_H

#include <uv.h>
#include "agent/base/buf.h"
#include "agent/base/err.h"
#include "agent/base/str.h"

#define HTTP_HEADERS_MAX 200
#define HTTP_HEADER_MAX 16384
#define HTTP_LIFE 4096

struct http;	  /* opaque */
struct http_call; /* one request on its way; gone when end() was called */

struct http_opts {
	uv_loop_t *loop;
	const char *proxy;   /* NULL or "": the environment's */
	const char *ca_file; /* beside the system's; NULL or "": SSL_CERT_FILE, else only those */
	/* 0: no limit. A line's end or HTTP_LIFE bytes are life; drops of bytes are not. */
	int64_t connect_ms, first_byte_ms, silence_ms;
};
struct http *http_create(const struct http_opts *o);
/* Cancels what runs (their end() is called). NULL is fine. */
void http_destroy(struct http *h);
/* Loads libcurl and sets up TLS on a worker, so that the first request does not wait. */
void http_warm(struct http *h);

/* Nobody asks for a while: memory that holds nothing but parts of the libraries' files is given back
 * (8 MB after a handshake). The next request reads them again, from the page cache, in a quarter of
 * a millisecond. Nothing when libcurl was never needed. */
void http_rest(void);

enum http_fail {
	HTTP_OK,
	HTTP_NO_LIBRARY, /* libcurl is not installed */
	HTTP_NO_HOST,	 /* the name does not resolve */
	HTTP_NO_CONNECT,
	HTTP_TLS,
	HTTP_PROXY,	/* the proxy does not answer or refuses; also every reply with status 407 */
	HTTP_TIMEOUT,	/* connect, first byte or silence: the sentence says which */
	HTTP_CUT,	/* the connection ended in the middle */
	HTTP_REFUSED,	/* data() said no */
	HTTP_CANCELLED,
	HTTP_OTHER
};

struct http_header {
	char *name, *value;
};

struct http_request {
	const char *method; /* NULL: POST with a body, else GET */
	const char *url;
	const char *const *headers; /* "Name: value", NULL-terminated; copied */
	struct slice body;	    /* copied */
	/* All headers are there. */
	void (*head)(void *user, int status, const struct http_header *headers, size_t n);
	bool (*data)(void *user, struct slice bytes); /* false: enough */
	/* Exactly once. err->text names the host and says what to do. */
	void (*end)(void *user, enum http_fail fail, const struct err *err);
	void *user;
};
bool http_start(struct http *h, const struct http_request *r, struct http_call **ret,
	struct err *err) MUST_CHECK;
/* Closes the connection at once; end() comes with HTTP_CANCELLED from inside this call (called
 * from inside head() or data(): as soon as that returns). */
void http_cancel(struct http_call *c);
/* Is this host (with or without a port) this machine, by its spelling? */
bool http_is_loopback(const char *host);
/* Is any request on its way? */
bool http_busy(const struct http *h);
/* Host part of a URL, owned; NULL when it is not http or https. */
char *http_host(const char *url);

#endif
