/* The loop's side of libcurl: sockets, one timer, ends. */
#include "agent/net/http_private.h"
#include "agent/base/i18n.h"
#include <signal.h>

static void check_ended(struct http *h);

struct socket_watch {
	uv_poll_t poll;
	struct http *http;
	curl_socket_t fd;
};

static void
on_socket(uv_poll_t *p, int status, int events)
{
	struct socket_watch *w = p->data;
	struct http *h = w->http;
	int flags = 0, running;

	if (status < 0)
		flags = CURL_CSELECT_ERR;
	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	http_turn(h);
	h->lib->multi_socket_action(h->multi, w->fd, flags, &running);
	check_ended(h);
}

static void
on_watch_closed(uv_handle_t *p)
{
	free(p->data);
}

static int
socket_cb(CURL *easy, curl_socket_t fd, int what, void *user, void *sockp)
{
	struct http *h = user;
	struct socket_watch *w = sockp;
	int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w) {
			uv_poll_stop(&w->poll);
			uv_close((uv_handle_t *)&w->poll, on_watch_closed);
			h->lib->multi_assign(h->multi, fd, NULL);
		}
		return 0;
	}
	if (!w) {
		w = xcalloc(1, sizeof(*w));
		w->http = h;
		w->fd = fd;
		uv_poll_init(h->loop, &w->poll, fd);
		w->poll.data = w;
		h->lib->multi_assign(h->multi, fd, w);
	}
	uv_poll_start(&w->poll, events, on_socket);
	return 0;
}

static void
on_timer(uv_timer_t *t)
{
	struct http *h = t->data;
	int running;

	http_turn(h);
	h->lib->multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	check_ended(h);
}

static int
timer_cb(CURLM *multi, long ms, void *user)
{
	struct http *h = user;

	(void)multi;
	if (ms < 0)
		uv_timer_stop(h->timer);
	else
		/* Never 0: asked for inside a timer it would run in the same round of timers (libuv 1.44),
		 * and nothing else ever. */
		uv_timer_start(h->timer, on_timer, (uint64_t)MAX_OF(ms, 1), 0);
	return 0;
}

void
http_turn(struct http *h)
{
	h->turn = uv_hrtime();
}

/* One call a round: it may end, and with it others. */
static void
on_resume(uv_idle_t *idle)
{
	struct http *h = idle->data;
	struct http_call *c = h->calls;
	CURLcode code;
	int running;

	if (h->begin) {
		h->begin = false;
		http_turn(h);
		h->lib->multi_socket_action(h->multi, CURL_SOCKET_TIMEOUT, 0, &running);
		check_ended(h);
		return;
	}

	while (c && !c->paused)
		c = c->next;
	if (!c) {
		uv_idle_stop(idle);
		return;
	}
	http_turn(h);
	c->paused = false;
	code = h->lib->easy_pause(c->easy, CURLPAUSE_CONT);
	if (code != CURLE_OK)
		http_call_ended(c, code);
	check_ended(h);
}

void
http_resume_soon(struct http *h)
{
	uv_idle_start(h->resume, on_resume);
}

struct http *
http_create(const struct http_opts *o)
{
	struct http *h = xcalloc(1, sizeof(*h));

	h->loop = o->loop;
	h->proxy = xstrdup0(o->proxy && *o->proxy ? o->proxy : NULL);
	h->ca_file = xstrdup0(o->ca_file && *o->ca_file ? o->ca_file : getenv("SSL_CERT_FILE"));
	h->connect_ms = o->connect_ms;
	h->first_byte_ms = o->first_byte_ms;
	h->silence_ms = o->silence_ms;
	h->timer = xcalloc(1, sizeof(*h->timer));
	uv_timer_init(h->loop, h->timer);
	h->timer->data = h;
	h->resume = xcalloc(1, sizeof(*h->resume));
	uv_idle_init(h->loop, h->resume);
	h->resume->data = h;
	return h;
}

static void
on_pipe(int sig)
{
	(void)sig;
}

/* A server that closes early must not end the program. A handler and not SIG_IGN: that would be
 * inherited by every command we run. */
static void
survive_sigpipe(void)
{
	struct sigaction now, ours = { .sa_handler = on_pipe, .sa_flags = SA_RESTART };

	if (sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
		sigaction(SIGPIPE, &ours, NULL);
}

bool
http_ready(struct http *h, struct err *err)
{
	if (h->multi)
		return true;
	h->lib = curl_lib_load(err);
	if (!h->lib)
		return false;
	survive_sigpipe();
	h->multi = h->lib->multi_init();
	h->lib->multi_setopt(h->multi, CURLMOPT_SOCKETFUNCTION, socket_cb);
	h->lib->multi_setopt(h->multi, CURLMOPT_SOCKETDATA, h);
	h->lib->multi_setopt(h->multi, CURLMOPT_TIMERFUNCTION, timer_cb);
	h->lib->multi_setopt(h->multi, CURLMOPT_TIMERDATA, h);
	return true;
}

static void
warm_work(uv_work_t *w)
{
	(void)w;
	(void)curl_lib_load(NULL);
}

static void
warm_done(uv_work_t *w, int status)
{
	(void)status;
	free(w);
}

void
http_warm(struct http *h)
{
	uv_work_t *w;

	if (h->multi || h->warmed)
		return;
	h->warmed = true;
	w = xcalloc(1, sizeof(*w));
	uv_queue_work(h->loop, w, warm_work, warm_done);
}

static void
check_ended(struct http *h)
{
	CURLMsg *msg;
	int left;

	while (h->multi && (msg = h->lib->multi_info_read(h->multi, &left))) {
		struct http_call *c = NULL;

		if (msg->msg != CURLMSG_DONE)
			continue;
		h->lib->easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &c);
		http_call_ended(c, msg->data.result);
	}
}

static void
on_handle_closed(uv_handle_t *t)
{
	free(t);
}

void
http_destroy(struct http *h)
{
	if (!h)
		return;
	while (h->calls)
		http_cancel(h->calls);
	if (h->multi)
		h->lib->multi_cleanup(h->multi);
	uv_timer_stop(h->timer);
	uv_close((uv_handle_t *)h->timer, on_handle_closed);
	uv_close((uv_handle_t *)h->resume, on_handle_closed);
	free(h->proxy);
	free(h->ca_file);
	free(h);
}

bool
http_busy(const struct http *h)
{
	return h->calls != NULL;
}
