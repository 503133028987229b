#include "tests/support/mock_model.h"
#include "agent/base/buf.h"
#include "agent/base/str.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#define FLOOD (2u << 20)
#define ENDLESS (16u << 20)
#define DELTA 20
#define PIECE 65536

struct mock_model {
	struct mock_seen *seen;
	pid_t pid;
	int port;
	char *base_url;
	const char *options[12];
};

uint64_t
mock_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- what it says --- */

static void
add_event(struct buf *out, const char *text, size_t n, const char *finish)
{
	buf_add_str(out, "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
			 "\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{");
	if (text) {
		buf_add_str(out, "\"content\":\"");
		for (size_t i = 0; i < n; i++) {
			if (text[i] == '\n')
				buf_add_str(out, "\\n");
			else if (text[i] == '"' || text[i] == '\\')
				buf_printf(out, "\\%c", text[i]);
			else
				buf_add_char(out, text[i]);
		}
		buf_add_char(out, '"');
	}
	if (finish)
		buf_printf(out, "},\"finish_reason\":\"%s\"}]}\n\n", finish);
	else
		buf_add_str(out, "},\"finish_reason\":null}]}\n\n");
}

/* All kinds of blocks, the same every time. */
static void
add_markdown(struct buf *out, size_t n)
{
	static const char *const words[] = { "the", "lobster", "opens", "a", "drawer", "of", "letters",
		"and", "reads", "them", "by", "the", "window", "until", "evening", "slowly" };
	unsigned r = 1;

	for (int k = 1; out->len < n; k++) {
		if (k % 9 == 1)
			buf_printf(out, "\n## Part %d\n\n", k);
		else if (k % 9 == 4)
			buf_printf(out, "\n- **one %d** of them\n- *two* of them\n- `three` of them\n\n", k);
		else if (k % 9 == 6)
			buf_printf(out, "\n```c\nint f%d(int a) { return a + %d; } /* so */\n```\n\n", k, k);
		else if (k % 9 == 8)
			buf_printf(out, "\n| name | value |\n|---|---|\n| a | %d |\n| b | `%d` |\n\n", k, r % 1000);
		else {
			for (int i = 0; i < 40; i++) {
				r = r * 1103515245u + 12345u;
				buf_printf(out, "%s ", words[(r >> 16) % ARRAY_LEN(words)]);
			}
			buf_add_str(out, "\n\n");
		}
	}
	buf_add_str(out, "\n\nHere it ends: " MOCK_FLOOD_END "\n");
}

static void
make_reply(struct buf *out, size_t n)
{
	struct buf text = BUF_INIT(64u << 20);

	if (n)
		add_markdown(&text, n);
	else
		buf_add_str(&text, "ok, that is all");
	for (size_t i = 0; i < text.len; i += DELTA)
		add_event(out, text.p + i, MIN_OF((size_t)DELTA, text.len - i), NULL);
	add_event(out, NULL, 0, "stop");
	buf_add_str(out, "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"choices\":[],"
			 "\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":10,\"total_tokens\":1010}}\n\n"
			 "data: [DONE]\n\n");
	buf_finish(&text);
}

static void
unescape(struct buf *out, const char *from, const char *end)
{
	for (; from < end; from++) {
		if (*from == '\\' && from + 1 < end)
			from++;
		buf_add_char(out, *from);
	}
}

/* The call of this turn: as many results as there are were answers to calls before it. */
static const char *
call_words(const char *body)
{
	const char *at = strstr(body, "CALL "), *role = body;

	while (at && (role = strstr(role, "\"role\":\"tool\"")) != NULL) {
		role++;
		at = strstr(at + 1, "CALL ");
	}
	return at;
}

static void
make_call(struct buf *out, const char *words)
{
	static unsigned n;
	const char *name = words + 5, *args = strchr(name, ' '), *end = args ? strstr(args, "};") : NULL;
	autobuf struct buf json = BUF_INIT(1u << 16);

	if (!end)
		return;
	unescape(&json, args + 1, end + 1);
	buf_printf(out, "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"
			"\"delta\":{\"role\":\"assistant\",\"tool_calls\":[{\"index\":0,\"id\":\"call_%u\","
			"\"type\":\"function\",\"function\":{\"name\":\"%.*s\",\"arguments\":\"",
		++n + (unsigned)getpid() * 100, (int)(args - name), name);
	for (const char *p = buf_str(&json); *p; p++)
		buf_printf(out, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
	buf_add_str(out, "\"}}]}}]}\n\n");
	add_event(out, NULL, 0, "tool_calls");
	buf_add_str(out, "data: [DONE]\n\n");
}

/* --- one connection --- */

/* False when the client has closed. */
static bool
send_all(int fd, const char *p, size_t n)
{
	while (n) {
		struct pollfd f = { fd, POLLOUT | POLLRDHUP, 0 };
		ssize_t k;

		poll(&f, 1, -1);
		if (f.revents & (POLLRDHUP | POLLHUP | POLLERR))
			return false;
		k = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (k > 0) {
			p += k;
			n -= (size_t)k;
		} else if (errno != EAGAIN && errno != EINTR) {
			return false;
		}
	}
	return true;
}

static bool
send_chunk(int fd, const char *p, size_t n)
{
	char head[32];

	snprintf(head, sizeof(head), "%zx\r\n", n);
	return send_all(fd, head, strlen(head)) && send_all(fd, p, n) && send_all(fd, "\r\n", 2);
}

static bool
send_slowly(int fd)
{
	for (int i = 0; i < 2000; i++) {
		autobuf struct buf one = BUF_INIT(4096);
		struct pollfd f = { fd, POLLRDHUP, 0 };
		char word[32];

		snprintf(word, sizeof(word), "word%d %s", i, i % 9 == 8 ? "\n\n" : "");
		add_event(&one, word, strlen(word), NULL);
		if (!send_chunk(fd, one.p, one.len) || poll(&f, 1, 10) > 0)
			return false;
	}
	return true;
}

static bool
answer(struct mock_seen *seen, int fd, const char *body, const struct buf *flood, const struct buf *endless,
	const struct buf *ok)
{
	static const char head[] = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
				   "transfer-encoding: chunked\r\n\r\n";
	const struct buf *b = strstr(body, "FLOOD") ? flood : strstr(body, "ENDLESS") ? endless : ok;
	const char *call = call_words(body);
	autobuf struct buf calls = BUF_INIT(1u << 16);
	bool whole = send_all(fd, head, strlen(head));

	if (call) {
		make_call(&calls, call);
		b = &calls;
	}

	if (strstr(body, "SLOW"))
		whole = whole && send_slowly(fd);
	atomic_store(&seen->sent, b->len);
	for (size_t i = 0; whole && i < b->len; i += PIECE)
		whole = send_chunk(fd, b->p + i, MIN_OF((size_t)PIECE, b->len - i));
	whole = whole && send_chunk(fd, "", 0);
	if (whole)
		atomic_store(&seen->last_us, mock_now_us());
	else
		atomic_store(&seen->close_us, mock_now_us());
	atomic_fetch_add(&seen->ended, 1);
	return whole;
}

/* Reads one request whole into in; false at the end of the connection. */
static bool
read_request(int fd, struct buf *in, size_t *ret_head)
{
	buf_clear(in);
	for (;;) {
		char piece[16384];
		const char *end = in->len ? strstr(buf_str(in), "\r\n\r\n") : NULL;
		const char *length = end ? strcasestr(buf_str(in), "content-length:") : NULL;
		ssize_t n;

		*ret_head = end ? (size_t)(end - in->p) + 4 : 0;
		if (end && in->len - *ret_head >= (length ? strtoul(length + 15, NULL, 10) : 0))
			return true;
		n = read(fd, piece, sizeof(piece));
		if (n <= 0)
			return false;
		buf_add(in, piece, (size_t)n);
	}
}

static void
connection(struct mock_seen *seen, int fd, const struct buf *flood, const struct buf *endless,
	const struct buf *ok)
{
	struct buf in = BUF_INIT(64u << 20);
	size_t head;
	int one = 1, small = 65536;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	/* What was written has then nearly arrived; loopback would hold 4 MB more. */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	while (read_request(fd, &in, &head)) {
		atomic_store(&seen->at_us, mock_now_us());
		atomic_store(&seen->head, head);
		atomic_store(&seen->body, in.len - head);
		atomic_fetch_add(&seen->requests, 1);
		/* The newest words stand last. */
		if (!answer(seen, fd, in.p + head, flood, endless, ok))
			break;
	}
	_exit(0);
}

static void
serve(struct mock_seen *seen, int fd)
{
	struct buf flood = BUF_INIT(256u << 20), endless = BUF_INIT(256u << 20), ok = BUF_INIT(1u << 16);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	make_reply(&flood, FLOOD);
	make_reply(&endless, ENDLESS);
	make_reply(&ok, 0);
	for (;;) {
		int c = accept(fd, NULL, NULL);

		if (c < 0)
			continue;
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			connection(seen, c, &flood, &endless, &ok);
		}
		close(c);
	}
}

/* --- starting --- */

struct mock_model *
mock_model_start(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct mock_model *m;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) < 0 || listen(fd, 8) < 0 ||
		getsockname(fd, (struct sockaddr *)&at, &len) < 0) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	m = xcalloc(1, sizeof(*m));
	m->seen = mmap(NULL, sizeof(*m->seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	m->port = ntohs(at.sin_port);
	m->base_url = xasprintf("provider.mock.base_url=http://127.0.0.1:%d/v1", m->port);
	m->options[0] = m->options[2] = m->options[4] = m->options[6] = m->options[8] = "-c";
	m->options[1] = "provider.mock.kind=openai-chat";
	m->options[3] = m->base_url;
	m->options[5] = "model.default=mock/m";
	/* Its floods are worth millions: the day's budget would end a bench in the middle. */
	m->options[7] = "budget.day_tokens=0";
	m->options[9] = "budget.task_tokens=0";
	m->pid = fork();
	if (m->pid == 0)
		serve(m->seen, fd);
	close(fd);
	return m;
}

void
mock_model_stop(struct mock_model *m)
{
	if (!m)
		return;
	kill(m->pid, SIGKILL);
	waitpid(m->pid, NULL, 0);
	munmap(m->seen, sizeof(*m->seen));
	free(m->base_url);
	free(m);
}

struct mock_seen *
mock_model_seen(struct mock_model *m)
{
	return m->seen;
}

const char *const *
mock_model_options(struct mock_model *m)
{
	return m->options;
}
