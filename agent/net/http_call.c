/* One request: options, header and body callbacks, time-outs, its one end. */
#include "agent/base/i18n.h"
#include "agent/net/http_private.h"
#include <strings.h>
#include <sys/socket.h>

static void
on_closed(uv_handle_t *h)
{
	free(h);
}

static void
call_free(struct http_call *c)
{
	const struct curl_lib *lib = c->http->lib;
	size_t i;

	if (c->easy) {
		lib->multi_remove_handle(c->http->multi, c->easy);
		lib->easy_cleanup(c->easy);
	}
	lib->slist_free_all(c->headers);
	if (c->prev)
		c->prev->next = c->next;
	else
		c->http->calls = c->next;
	if (c->next)
		c->next->prev = c->prev;
	uv_timer_stop(c->timer);
	uv_close((uv_handle_t *)c->timer, on_closed);
	for (i = 0; i < c->n_head; i++) {
		free(c->head[i].name);
		free(c->head[i].value);
	}
	free(c->head);
	free(c->url);
	free(c->host);
	free(c->body);
	free(c);
}

static void
give_head(struct http_call *c)
{
	long status = 0;

	if (c->head_given)
		return;
	c->head_given = true;
	c->http->lib->easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	if (c->req.head)
		c->req.head(c->req.user, (int)status, c->head, c->n_head);
}

static void
call_end(struct http_call *c, enum http_fail fail, CURLcode code)
{
	struct http_request req = c->req;
	struct err err = { 0 };

	if (fail == HTTP_OK)
		give_head(c);
	http_sentence(c, fail, code, &err);
	call_free(c);
	req.end(req.user, fail, err.code ? &err : NULL);
}

static void expect_life(struct http_call *c);

/* A kept connection that the server closed while the request was on its way: nothing was
 * answered, so it goes out once more, on a new one. libcurl does the same where it is told by
 * the reading side. */
static bool
died_at_rest(struct http_call *c, CURLcode code)
{
	long made = 1;

	if ((code != CURLE_SEND_ERROR && code != CURLE_RECV_ERROR &&
		    code != CURLE_GOT_NOTHING) ||
		c->again || c->fail || c->n_head > 0 || c->any_data)
		return false;
	c->http->lib->easy_getinfo(c->easy, CURLINFO_NUM_CONNECTS, &made);
	return made == 0;
}

static void
begin_again(struct http_call *c)
{
	const struct curl_lib *l = c->http->lib;

	c->again = true;
	l->multi_remove_handle(c->http->multi, c->easy);
	l->easy_setopt(c->easy, CURLOPT_FRESH_CONNECT, 1L);
	expect_life(c);
	l->multi_add_handle(c->http->multi, c->easy);
	c->http->begin = true;
	http_resume_soon(c->http);
}

void
http_call_ended(struct http_call *c, CURLcode code)
{
	if (died_at_rest(c, code)) {
		begin_again(c);
		return;
	}
	call_end(c, http_fail_of(c, code), code);
}

void
http_cancel(struct http_call *c)
{
	if (c->busy)
		c->fail = HTTP_CANCELLED; /* the callback answers no, then libcurl ends it */
	else
		call_end(c, HTTP_CANCELLED, CURLE_OK);
}

/* --- callbacks --- */

static void
on_timeout(uv_timer_t *t)
{
	struct http_call *c = t->data;

	call_end(c, HTTP_TIMEOUT, CURLE_OPERATION_TIMEDOUT);
}

static void
expect_life(struct http_call *c)
{
	int64_t ms = c->any_data ? c->http->silence_ms : c->http->first_byte_ms;

	if (ms > 0)
		uv_timer_start(c->timer, on_timeout, (uint64_t)ms, 0);
}

static void
add_header(struct http_call *c, struct slice line)
{
	struct slice name = slice_cut(&line, ':');

	if (!line.p || c->n_head == HTTP_HEADERS_MAX)
		return;
	c->head[c->n_head].name = slice_dup(slice_trim(name));
	c->head[c->n_head++].value = slice_dup(slice_trim(line));
}

static size_t
header_cb(char *p, size_t size, size_t n, void *user)
{
	struct http_call *c = user;
	struct slice line = { p, size * n };
	size_t i;

	if (slice_starts(line, "HTTP/")) { /* a new head: 100 Continue, a proxy's */
		for (i = 0; i < c->n_head; i++) {
			free(c->head[i].name);
			free(c->head[i].value);
		}
		c->n_head = 0;
	} else if (line.n <= HTTP_HEADER_MAX) {
		add_header(c, line);
	}
	return size * n;
}

static size_t
data_cb(char *p, size_t size, size_t n, void *user)
{
	struct http_call *c = user;
	bool more = true;

	if (uv_hrtime() - c->http->turn > HTTP_TURN_NS && !c->fail) {
		c->paused = true; /* libcurl keeps these bytes */
		http_resume_soon(c->http);
		return CURL_WRITEFUNC_PAUSE;
	}
	size *= n;
	c->unproven += size;
	if (!c->any_data || c->unproven >= HTTP_LIFE || memchr(p, '\n', size)) {
		c->any_data = true;
		c->unproven = 0;
		expect_life(c);
	}
	c->busy = true;
	give_head(c);
	if (c->req.data && !c->fail)
		more = c->req.data(c->req.user, (struct slice){ p, size });
	c->busy = false;
	c->refused = !more;
	return more && !c->fail ? size : 0;
}

/* --- start --- */

char *
http_host(const char *url)
{
	const char *p, *at, *end;

	if (strncasecmp(url, "http://", 7) == 0)
		p = url + 7;
	else if (strncasecmp(url, "https://", 8) == 0)
		p = url + 8;
	else
		return NULL;
	end = p + strcspn(p, "/?#");
	at = memchr(p, '@', (size_t)(end - p));
	if (at)
		p = at + 1;
	return end > p ? xstrndup(p, (size_t)(end - p)) : NULL;
}

bool
http_is_loopback(const char *host)
{
	size_t n = strcspn(host, ":");

	if (str_eq(host, "[::1]") || str_starts(host, "[::1]:"))
		return true;
	/* "127.evil.example" is a name like any other. */
	if (str_starts(host, "127.") && strspn(host, "0123456789.") == n)
		return true;
	return (n == 9 && strncasecmp(host, "localhost", 9) == 0) ||
		(n > 10 && strncasecmp(host + n - 10, ".localhost", 10) == 0);
}

/* Where the system's are found by name, the bundle of all of them is not read: that would hold
 * the loop for 40 ms and keep a megabyte. */
static void
set_authorities(struct http_call *c)
{
	const struct curl_lib *l = c->http->lib;

	if (c->http->ca_file)
		l->easy_setopt(c->easy, CURLOPT_CAINFO, c->http->ca_file);
	else if (l->hashed)
		l->easy_setopt(c->easy, CURLOPT_CAINFO, NULL);
	else
		return; /* as libcurl was built for this system */
	l->easy_setopt(c->easy, CURLOPT_CAPATH, CURL_LIB_CERTS);
}

/* What lies in the kernel when the last byte has come still has to be read and shown, and after
 * a stop it was sent for nothing: megabytes, if a fast server may. 256 kB are enough for 1 MB/s
 * from anywhere. */
static int
small_window(void *user, curl_socket_t fd, curlsocktype type)
{
	int bytes = 128 << 10; /* the kernel doubles it */

	(void)user;
	(void)type;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	return CURL_SOCKOPT_OK;
}

static void
set_options(struct http_call *c)
{
	const struct curl_lib *l = c->http->lib;
	const char *const *h;
	CURL *e = c->easy;

	for (h = c->req.headers; h && *h; h++)
		c->headers = l->slist_append(c->headers, *h);
	/* Large bodies would wait a second for "100 Continue". */
	c->headers = l->slist_append(c->headers, "Expect:");
	l->easy_setopt(e, CURLOPT_URL, c->url);
	l->easy_setopt(e, CURLOPT_PRIVATE, c);
	l->easy_setopt(e, CURLOPT_HTTPHEADER, c->headers);
	l->easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	l->easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	l->easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	l->easy_setopt(e, CURLOPT_ERRORBUFFER, c->error);
	l->easy_setopt(e, CURLOPT_HEADERFUNCTION, header_cb);
	l->easy_setopt(e, CURLOPT_HEADERDATA, c);
	l->easy_setopt(e, CURLOPT_WRITEFUNCTION, data_cb);
	l->easy_setopt(e, CURLOPT_WRITEDATA, c);
	/* A fast stream costs as many reads as there are of these; data_cb() sees to it that
	 * the loop gets its turns. */
	l->easy_setopt(e, CURLOPT_BUFFERSIZE, 65536L);
	l->easy_setopt(e, CURLOPT_SOCKOPTFUNCTION, small_window);
	l->easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
	l->easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	l->easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "");
	l->easy_setopt(e, CURLOPT_USERAGENT, "homard/" HOMARD_VERSION);
	l->easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)c->http->connect_ms);
	/* Replaces no_proxy of the environment only by adding to it: loopback never goes out.
	 */
	l->easy_setopt(e, CURLOPT_NOPROXY,
		getenv("no_proxy") || getenv("NO_PROXY") ? NULL : "localhost,127.0.0.1,::1");
	if (c->http->proxy)
		l->easy_setopt(e, CURLOPT_PROXY, c->http->proxy);
	if (http_is_loopback(c->host))
		l->easy_setopt(e, CURLOPT_PROXY, "");
	set_authorities(c);
	if (c->body) {
		l->easy_setopt(e, CURLOPT_POST, 1L);
		l->easy_setopt(e, CURLOPT_POSTFIELDS, c->body);
		l->easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->req.body.n);
	}
	if (c->req.method)
		l->easy_setopt(e, CURLOPT_CUSTOMREQUEST, c->req.method);
}

bool
http_start(
	struct http *h, const struct http_request *r, struct http_call **ret, struct err *err)
{
	autofree char *host = http_host(r->url);
	struct http_call *c;

	if (!host)
		return err_set(err, ERR_USAGE, _("\"%s\" is no http or https address"), r->url);
	if (!http_ready(h, err))
		return false;
	c = xcalloc(1, sizeof(*c));
	c->http = h;
	c->req = *r;
	c->url = xstrdup(r->url);
	c->host = steal_ptr(&host);
	c->body = r->body.p ? slice_dup(r->body) : NULL;
	c->head = xcalloc(HTTP_HEADERS_MAX, sizeof(*c->head));
	c->timer = xcalloc(1, sizeof(*c->timer));
	uv_timer_init(h->loop, c->timer);
	c->timer->data = c;
	c->next = h->calls;
	if (h->calls)
		h->calls->prev = c;
	h->calls = c;
	c->easy = h->lib->easy_init();
	set_options(c);
	expect_life(c);
	c->req.headers = NULL;
	h->lib->multi_add_handle(h->multi, c->easy);
	/* On the next round, and not after libcurl's timer, which is never shorter than a
	 * millisecond. */
	h->begin = true;
	http_resume_soon(h);
	*ret = c;
	return true;
}
