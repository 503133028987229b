#include "agent/helpers/draft/proxy_conn.h"
#include "agent/base/buf.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>

#define HEAD_MAX (16 << 10)
#define HEAD_MS 30000
#define CONNECT_MS 10000
#define IDLE_MS (5 * 60 * 1000)

static bool
wait_for(int fd, short what, int ms)
{
	struct pollfd p = { fd, what, 0 };
	int n;

	do {
		n = poll(&p, 1, ms);
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

static bool
send_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
			if (!wait_for(fd, POLLOUT, IDLE_MS))
				return false;
			continue;
		}
		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

/* Reads to the empty line; what came behind it stays in the buffer. Returns the head's length.
 */
static size_t
read_head(int fd, struct buf *b)
{
	char piece[4096];

	while (!b->full && wait_for(fd, POLLIN, HEAD_MS)) {
		ssize_t n = recv(fd, piece, sizeof(piece), 0);
		ptrdiff_t end;

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n <= 0 || !buf_add(b, piece, (size_t)n))
			return 0;
		end = slice_find(buf_slice(b), SLICE_LIT("\r\n\r\n"));
		if (end >= 0)
			return (size_t)end + 4;
	}
	return 0;
}

static void
refuse(int fd, const char *status, const char *why)
{
	char text[512];
	int n = snprintf(text, sizeof(text),
		"HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
		"Connection: close\r\n\r\n%s\n",
		status, strlen(why) + 1, why);

	(void)send_all(fd, text, (size_t)n);
}

static void
tell(int events, const char *host, bool refused)
{
	struct proxy_event e = { .refused = refused };

	snprintf(e.host, sizeof(e.host), "%s", host);
	if (write(events, &e, sizeof(e)) < 0)
		_exit(1);
}

static int
connect_to(const struct sockaddr *a, socklen_t len)
{
	autofd int fd = socket(a->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int sys = 0;
	socklen_t size = sizeof(sys);

	if (fd < 0)
		return -1;
	if (connect(fd, a, len) < 0) {
		if (errno != EINPROGRESS || !wait_for(fd, POLLOUT, CONNECT_MS) ||
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &sys, &size) < 0 || sys)
			return -1;
	}
	return steal_fd(&fd);
}

/* Tests name their own servers: "NAME:PORT=IPV4:PORT". Returns false when host is not named. */
static bool
from_table(const struct spec *s, const char *host, int *ret_fd)
{
	size_t n = strlen(host);

	for (size_t i = 0; i < s->resolve.n; i++) {
		const char *entry = s->resolve.v[i], *colon = strrchr(entry, ':');
		struct sockaddr_in a = { .sin_family = AF_INET };
		char ip[64];
		uint64_t port;

		if (strncmp(entry, host, n) != 0 || entry[n] != '=' || !colon ||
			(size_t)(colon - entry) <= n)
			continue;
		snprintf(ip, sizeof(ip), "%.*s", (int)(colon - entry - (ptrdiff_t)n - 1),
			entry + n + 1);
		if (inet_pton(AF_INET, ip, &a.sin_addr) != 1 || !str_to_u64(colon + 1, &port))
			continue;
		a.sin_port = htons((uint16_t)port);
		*ret_fd = connect_to((struct sockaddr *)&a, sizeof(a));
		return true;
	}
	return false;
}

static int
reach(const struct spec *s, const char *host)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	autofree char *name = xstrdup(host);
	char *colon = strrchr(name, ':');
	int fd = -1;

	if (from_table(s, host, &fd))
		return fd;
	*colon = '\0';
	if (getaddrinfo(name, colon + 1, &hints, &list) != 0)
		return -1;
	for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
		if (proxy_address_ok(a->ai_addr))
			fd = connect_to(a->ai_addr, a->ai_addrlen);
	}
	freeaddrinfo(list);
	return fd;
}

/* Plain http: our own request line and Host, so that what the server is told is what was
 * allowed; the connection then ends with the answer. */
static bool
send_request(int fd, const struct proxy_request *r, const struct buf *b, size_t head)
{
	struct buf out = BUF_INIT(2 * HEAD_MAX);
	struct slice rest = { b->p, head - 2 }, line;
	bool ok;

	(void)slice_line(&rest);
	buf_printf(&out, "%s %.*s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", r->method,
		(int)r->path_len, r->path, r->host);
	while (rest.p && (line = slice_line(&rest)).n) {
		if (strncasecmp(line.p, "host:", MIN_OF(line.n, 5)) == 0 ||
			strncasecmp(line.p, "proxy-", MIN_OF(line.n, 6)) == 0 ||
			strncasecmp(line.p, "connection:", MIN_OF(line.n, 11)) == 0)
			continue;
		buf_add_slice(&out, line);
		buf_add_str(&out, "\r\n");
	}
	buf_add_str(&out, "\r\n");
	ok = !out.full && send_all(fd, out.p, out.len);
	buf_finish(&out);
	return ok;
}

/* Moves what is there; false when that direction is over. */
static bool
move_bytes(int from, int to)
{
	char piece[65536];
	ssize_t n = recv(from, piece, sizeof(piece), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n > 0 && send_all(to, piece, (size_t)n))
		return true;
	shutdown(to, SHUT_WR);
	return false;
}

static void
relay(int a, int b)
{
	bool open_a = true, open_b = true;

	while (open_a || open_b) {
		struct pollfd p[2] = { { open_a ? a : -1, POLLIN, 0 },
			{ open_b ? b : -1, POLLIN, 0 } };

		if (poll(p, 2, IDLE_MS) <= 0)
			return;
		if (p[0].revents)
			open_a = move_bytes(a, b);
		if (p[1].revents)
			open_b = move_bytes(b, a);
	}
}

void
proxy_connection(const struct spec *s, int fd, int events)
{
	static const char established[] = "HTTP/1.1 200 Connection established\r\n\r\n";
	struct buf b = BUF_INIT(HEAD_MAX);
	struct proxy_request r;
	size_t head = read_head(fd, &b);
	int out;

	if (!head || !proxy_parse(b.p, head, &r)) {
		tell(events, head && r.host[0] ? r.host : "?", true);
		refuse(fd, "400 Bad Request", "this request cannot be served in a draft");
		return;
	}
	if (!proxy_allowed(&s->hosts, r.host)) {
		tell(events, r.host, true);
		refuse(fd, "403 Forbidden", "this host was not allowed for this command");
		return;
	}
	tell(events, r.host, false);
	out = reach(s, r.host);
	if (out < 0) {
		refuse(fd, "502 Bad Gateway", "the host cannot be reached");
		return;
	}
	if (!(r.connect ? send_all(fd, established, sizeof(established) - 1)
			: send_request(out, &r, &b, head)))
		return;
	if (b.len == head || send_all(out, b.p + head, b.len - head))
		relay(fd, out);
}
