/* TLS and proxy boxes: blocking sockets, a thread per connection, looking at `stop` each 20 ms. */
#include "tests/support/net_box.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include "agent/base/buf.h"
#include "tests/support/net_cert.h"
#include "tests/support/serve.h"

struct net_box {
	struct net_box_opts o;
	struct serve serve;
	SSL_CTX *tls;
	char *ca;
	pthread_mutex_t lock;
	struct buf heads;
};

struct conn {
	struct net_box *box;
	int fd, up; /* the client's side, the server's */
	SSL *ssl;   /* over fd, or NULL */
};

static ssize_t
client_read(struct conn *c, char *p, size_t n)
{
	return c->ssl ? SSL_read(c->ssl, p, (int)n) : recv(c->fd, p, n, 0);
}

static bool
client_write(struct conn *c, const char *p, size_t n)
{
	while (n) {
		ssize_t w = c->ssl ? SSL_write(c->ssl, p, (int)n) : send(c->fd, p, n, MSG_NOSIGNAL);

		if (w <= 0)
			return false;
		p += w;
		n -= (size_t)w;
	}
	return true;
}

/* Until one side has no more to say. */
static void
relay(struct conn *c)
{
	char chunk[16384];
	ssize_t n;

	while (!c->box->serve.stop) {
		struct pollfd p[2] = { { .fd = c->fd, .events = POLLIN }, { .fd = c->up, .events = POLLIN } };
		bool more = c->ssl && SSL_pending(c->ssl) > 0;

		if (poll(p, 2, more ? 0 : 20) < 0)
			return;
		if (more || p[0].revents) {
			n = client_read(c, chunk, sizeof(chunk));
			if (n <= 0 || send(c->up, chunk, (size_t)n, MSG_NOSIGNAL) != n)
				return;
		}
		if (p[1].revents) {
			n = recv(c->up, chunk, sizeof(chunk), 0);
			if (n <= 0 || !client_write(c, chunk, (size_t)n))
				return;
		}
	}
}

static int
connect_up(const struct net_box *b)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)b->o.to_port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* The head of a request with all that came behind it. */
static bool
read_head(struct conn *c, struct buf *b)
{
	char chunk[4096];

	while (!b->len || !strstr(buf_str(b), "\r\n\r\n")) {
		struct pollfd p = { .fd = c->fd, .events = POLLIN };
		ssize_t n;

		if (c->box->serve.stop)
			return false;
		if (poll(&p, 1, 20) == 0)
			continue;
		n = recv(c->fd, chunk, sizeof(chunk), 0);
		if (n <= 0 || !buf_add(b, chunk, (size_t)n))
			return false;
	}
	return true;
}

static void
be_proxy(struct conn *c)
{
	autobuf struct buf head = BUF_INIT(1u << 20);
	static const char ok[] = "HTTP/1.1 200 Connection established\r\n\r\n";
	bool tunnel;

	if (!read_head(c, &head))
		return;
	pthread_mutex_lock(&c->box->lock);
	buf_add(&c->box->heads, head.p, head.len);
	pthread_mutex_unlock(&c->box->lock);
	if (c->box->o.refuse) {
		autofree char *no = xasprintf("HTTP/1.1 %d No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
					      "Content-Length: 0\r\n\r\n", c->box->o.refuse);

		client_write(c, no, strlen(no));
		return;
	}
	tunnel = strncmp(buf_str(&head), "CONNECT ", 8) == 0;
	c->up = connect_up(c->box);
	if (c->up < 0 || (tunnel ? !client_write(c, ok, sizeof(ok) - 1)
				 : send(c->up, head.p, head.len, MSG_NOSIGNAL) != (ssize_t)head.len))
		return;
	relay(c);
}

static void
be_tls(struct conn *c)
{
	struct timeval limit = { .tv_sec = 5 };

	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	c->ssl = SSL_new(c->box->tls);
	SSL_set_fd(c->ssl, c->fd);
	if (SSL_accept(c->ssl) == 1 && (c->up = connect_up(c->box)) >= 0)
		relay(c);
	SSL_free(c->ssl);
}

static void
serve_conn(void *user, int fd)
{
	struct conn c = { .box = user, .fd = fd, .up = -1 };

	if (c.box->o.kind == BOX_TLS)
		be_tls(&c);
	else if (c.box->o.kind == BOX_PROXY)
		be_proxy(&c);
	else
		while (!c.box->serve.stop)
			poll(NULL, 0, 20);
	if (c.up >= 0)
		close(c.up);
}

struct net_box *
net_box_start(const struct net_box_opts *o)
{
	struct net_box *b = xcalloc(1, sizeof(*b));

	b->o = *o;
	buf_init(&b->heads, 4u << 20);
	pthread_mutex_init(&b->lock, NULL);
	if (o->kind == BOX_TLS) {
		b->ca = xasprintf("%s/ca.pem", o->dir);
		b->tls = net_cert_server(o->host ? o->host : "127.0.0.1", b->ca);
	}
	serve_start(&b->serve, serve_conn, b);
	return b;
}

void
net_box_stop(struct net_box *b)
{
	serve_stop(&b->serve);
	if (b->ca)
		unlink(b->ca);
	free(b->ca);
	SSL_CTX_free(b->tls);
	buf_finish(&b->heads);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

int
net_box_port(const struct net_box *b)
{
	return b->serve.port;
}

const char *
net_box_ca(const struct net_box *b)
{
	return b->ca;
}

char *
net_box_heads(struct net_box *b)
{
	char *s;

	pthread_mutex_lock(&b->lock);
	s = xstrndup(buf_str(&b->heads), b->heads.len);
	pthread_mutex_unlock(&b->lock);
	return s;
}

size_t
net_box_connections(const struct net_box *b)
{
	return b->serve.n;
}
