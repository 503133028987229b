/* The scripted provider: plain blocking sockets, a thread per connection. */
#include "tests/support/model_server.h"
#include "agent/base/json.h"
#include "tests/support/serve.h"
#include <poll.h>
#include <sys/socket.h>

#define KEPT 64

struct model_server {
	struct serve serve;
	struct ms_reply *replies;
	size_t n;
	pthread_mutex_t lock;
	size_t count, sent;
	char *heads[KEPT], *bodies[KEPT];
};

struct conn {
	struct model_server *s;
	int fd;
};

/* Waits for more bytes; false when the test ends or the other side left. */
static bool
wait_for(struct conn *c, short what, int ms)
{
	for (int waited = 0; !c->s->serve.stop && waited < ms; waited += 20) {
		struct pollfd p = { .fd = c->fd, .events = what };

		if (poll(&p, 1, 20) > 0)
			return true;
	}
	return false;
}

static bool
send_all(struct conn *c, const char *p, size_t n)
{
	while (n && !c->s->serve.stop) {
		ssize_t w;

		if (!wait_for(c, POLLOUT, 20000))
			return false;
		w = send(c->fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (w <= 0)
			return false;
		p += w;
		n -= (size_t)w;
		__atomic_add_fetch(&c->s->sent, (size_t)w, __ATOMIC_RELAXED);
	}
	return !n;
}

/* Is the other side gone? */
static bool
is_gone(struct conn *c)
{
	char b;

	return recv(c->fd, &b, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void
linger(struct conn *c, int ms)
{
	for (int waited = 0; !c->s->serve.stop && waited < ms && !is_gone(c); waited += 20)
		poll(NULL, 0, 20);
}

static bool
read_request(struct conn *c, char **head, char **body)
{
	struct buf b = BUF_INIT(64u << 20);
	char chunk[65536], *end = NULL, *len;
	size_t want = 0;
	ssize_t n;

	while (!end || b.len < (size_t)(end + 4 - b.p) + want) {
		if (!wait_for(c, POLLIN, 60000) || (n = recv(c->fd, chunk, sizeof(chunk), 0)) <= 0) {
			buf_finish(&b);
			return false;
		}
		buf_add(&b, chunk, (size_t)n);
		end = strstr(b.p, "\r\n\r\n");
		len = end ? strcasestr(b.p, "content-length:") : NULL;
		want = len && len < end ? strtoul(len + 15, NULL, 10) : 0;
	}
	*head = xstrndup(b.p, (size_t)(end - b.p));
	*body = xstrndup(end + 4, want);
	buf_finish(&b);
	return true;
}

static const struct ms_reply *
take_request(struct model_server *s, char *head, char *body)
{
	const struct ms_reply *r;

	pthread_mutex_lock(&s->lock);
	r = &s->replies[MIN_OF(s->count, s->n - 1)];
	if (s->count < KEPT) {
		s->heads[s->count] = head;
		s->bodies[s->count] = body;
	} else {
		free(head);
		free(body);
	}
	s->count++;
	pthread_mutex_unlock(&s->lock);
	return r;
}

static void
send_huge(struct conn *c)
{
	char block[65536];

	memset(block, 'x', sizeof(block));
	if (!send_all(c, "data: {\"a\":\"", 12))
		return;
	for (size_t i = 0; i < (1u << 30) / sizeof(block); i++)
		if (!send_all(c, block, sizeof(block)))
			return;
}

static bool
send_reply(struct conn *c, const struct ms_reply *r)
{
	size_t n = r->body ? strlen(r->body) : 0;
	bool whole = r->fault == MS_NONE || r->fault == MS_HANGUP ||
		r->fault == MS_HANGUP_LATE;
	autofree char *length = whole ? xasprintf("Content-Length: %zu\r\n", n)
			      : r->fault == MS_CUT ? xasprintf("Content-Length: %zu\r\n", n + 1000)
						   : xstrdup("Connection: close\r\n");
	autofree char *head = xasprintf("HTTP/1.1 %d X\r\nContent-Type: %s\r\n%s%s\r\n",
		r->status ? r->status : 200, r->type ? r->type : "text/event-stream", length,
		r->headers ? r->headers : "");

	if (r->fault == MS_SILENT) {
		linger(c, 20000);
		return false;
	}
	if (!send_all(c, head, strlen(head)))
		return false;
	if (r->fault == MS_DRIP) {
		for (size_t i = 0; !c->s->serve.stop; i++, poll(NULL, 0, 100))
			if (!send_all(c, i < n ? r->body + i : " ", 1))
				return false;
		return false;
	}
	if (!send_all(c, r->body ? r->body : "", n))
		return false;
	if (r->fault == MS_HUGE)
		send_huge(c);
	if (r->fault == MS_STALL || r->fault == MS_SLOW_END)
		linger(c, 20000);
	if (r->fault == MS_HANGUP_LATE)
		wait_for(c, POLLIN, 20000);
	return r->fault == MS_NONE;
}

static void
serve_conn(void *user, int fd)
{
	struct conn c = { user, fd };
	char *head, *body;

	while (read_request(&c, &head, &body) && send_reply(&c, take_request(c.s, head, body)))
		;
}

struct model_server *
ms_start(const struct ms_reply *replies, size_t n)
{
	struct model_server *s = xcalloc(1, sizeof(*s));

	s->replies = xcalloc(n, sizeof(*replies));
	memcpy(s->replies, replies, n * sizeof(*replies));
	s->n = n;
	pthread_mutex_init(&s->lock, NULL);
	serve_start(&s->serve, serve_conn, s);
	return s;
}

void
ms_stop(struct model_server *s)
{
	serve_stop(&s->serve);
	for (size_t i = 0; i < s->n; i++) {
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again |= s->replies[k].body == s->replies[i].body;
		if (!again)
			free(s->replies[i].body);
	}
	for (size_t i = 0; i < KEPT; i++) {
		free(s->heads[i]);
		free(s->bodies[i]);
	}
	free(s->replies);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

int
ms_port(const struct model_server *s)
{
	return s->serve.port;
}

size_t
ms_count(const struct model_server *s)
{
	return __atomic_load_n(&s->count, __ATOMIC_RELAXED);
}

size_t
ms_connections(const struct model_server *s)
{
	return s->serve.n;
}

size_t
ms_sent(const struct model_server *s)
{
	return __atomic_load_n(&s->sent, __ATOMIC_RELAXED);
}

char *
ms_head(const struct model_server *s, size_t i)
{
	return i < MIN_OF(ms_count(s), (size_t)KEPT) ? xstrdup(s->heads[i]) : NULL;
}

char *
ms_body(const struct model_server *s, size_t i)
{
	return i < MIN_OF(ms_count(s), (size_t)KEPT) ? xstrdup(s->bodies[i]) : NULL;
}

/* --- streams --- */

static char *
quoted(const char *s)
{
	struct buf b = BUF_INIT(1u << 20);

	json_quote(&b, slice_of(s));
	return buf_steal(&b);
}

char *
ms_text(enum llm_kind kind, const char *text)
{
	autofree char *q = quoted(text);

	switch (kind) {
	case LLM_OPENAI_CHAT:
		return xasprintf("data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"role\":"
				 "\"assistant\",\"content\":%s}}]}\n\n"
				 "data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{},"
				 "\"finish_reason\":\"stop\"}]}\n\n"
				 "data: {\"id\":\"x\",\"choices\":[],\"usage\":{\"prompt_tokens\":1000,"
				 "\"completion_tokens\":10}}\n\ndata: [DONE]\n\n", q);
	case LLM_OPENAI_RESPONSES:
		return xasprintf("event: response.output_text.delta\ndata: {\"type\":"
				 "\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,"
				 "\"item_id\":\"m1\",\"delta\":%s}\n\n"
				 "data: {\"type\":\"response.output_item.done\",\"output_index\":0,"
				 "\"item\":{\"id\":\"m1\",\"type\":\"message\",\"role\":\"assistant\","
				 "\"content\":[{\"type\":\"output_text\",\"text\":%s,\"annotations\":[]}]}}\n\n"
				 "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"r1\",\"status\":"
				 "\"completed\",\"output\":[],\"usage\":{\"input_tokens\":1000,"
				 "\"output_tokens\":10}}}\n\n", q, q);
	case LLM_ANTHROPIC:
		return xasprintf("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{"
				 "\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[],"
				 "\"usage\":{\"input_tokens\":1000,\"output_tokens\":1}}}\n\n"
				 "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{"
				 "\"type\":\"text\",\"text\":\"\"}}\n\n"
				 "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":"
				 "\"text_delta\",\"text\":%s}}\n\n"
				 "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
				 "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
				 "\"usage\":{\"output_tokens\":10}}\n\n"
				 "data: {\"type\":\"message_stop\"}\n\n", q);
	case LLM_GEMINI:
		return xasprintf("data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{"
				 "\"text\":%s}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{"
				 "\"promptTokenCount\":1000,\"candidatesTokenCount\":10}}\r\n\r\n", q);
	default:
		return xasprintf("{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":%s},"
				 "\"done\":false}\n{\"model\":\"m\",\"message\":{\"role\":\"assistant\","
				 "\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\","
				 "\"prompt_eval_count\":1000,\"eval_count\":10}\n", q);
	}
}

char *
ms_call(enum llm_kind kind, const char *tool, const char *args)
{
	autofree char *q = quoted(args);

	switch (kind) {
	case LLM_OPENAI_CHAT:
		return xasprintf("data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
				 "\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"type\":\"function\","
				 "\"function\":{\"name\":\"%s\",\"arguments\":%s}}]}}]}\n\n"
				 "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":"
				 "\"tool_calls\"}]}\n\n"
				 "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1000,"
				 "\"completion_tokens\":10}}\n\ndata: [DONE]\n\n", tool, q);
	case LLM_OPENAI_RESPONSES:
		return xasprintf("data: {\"type\":\"response.output_item.done\",\"output_index\":0,"
				 "\"item\":{\"id\":\"f1\",\"type\":\"function_call\",\"call_id\":\"c1\","
				 "\"name\":\"%s\",\"arguments\":%s}}\n\n"
				 "data: {\"type\":\"response.completed\",\"response\":{\"id\":\"r1\",\"status\":"
				 "\"completed\",\"output\":[],\"usage\":{\"input_tokens\":1000,"
				 "\"output_tokens\":10}}}\n\n", tool, q);
	case LLM_ANTHROPIC:
		return xasprintf("data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":"
				 "\"message\",\"role\":\"assistant\",\"content\":[],\"usage\":{"
				 "\"input_tokens\":1000,\"output_tokens\":1}}}\n\n"
				 "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{"
				 "\"type\":\"tool_use\",\"id\":\"c1\",\"name\":\"%s\",\"input\":{}}}\n\n"
				 "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":"
				 "\"input_json_delta\",\"partial_json\":%s}}\n\n"
				 "data: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
				 "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},"
				 "\"usage\":{\"output_tokens\":10}}\n\n"
				 "data: {\"type\":\"message_stop\"}\n\n", tool, q);
	case LLM_GEMINI:
		return xasprintf("data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{"
				 "\"functionCall\":{\"name\":\"%s\",\"args\":%s}}]},\"finishReason\":"
				 "\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":1000,"
				 "\"candidatesTokenCount\":10}}\r\n\r\n", tool, args);
	default:
		return xasprintf("{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\","
				 "\"tool_calls\":[{\"function\":{\"name\":\"%s\",\"arguments\":%s}}]},"
				 "\"done\":false}\n{\"model\":\"m\",\"message\":{\"role\":\"assistant\","
				 "\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\","
				 "\"prompt_eval_count\":1000,\"eval_count\":10}\n", tool, args);
	}
}
