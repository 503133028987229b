/* A socket on loopback, a thread for each connection. */
#include "tests/support/serve.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

struct one {
	struct serve *s;
	int fd;
};

static void *
serve_one(void *user)
{
	struct one *o = user;

	o->s->one(o->s->user, o->fd);
	close(o->fd);
	free(o);
	return NULL;
}

static void *
accept_all(void *user)
{
	struct serve *s = user;

	while (!s->stop) {
		struct pollfd p = { .fd = s->fd, .events = POLLIN };
		struct one *o;
		int on = 1;

		if (poll(&p, 1, 20) <= 0 || s->n == SERVE_MAX)
			continue;
		o = xcalloc(1, sizeof(*o));
		o->s = s;
		o->fd = accept(s->fd, NULL, NULL);
		setsockopt(o->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		pthread_create(&s->conns[s->n++], NULL, serve_one, o);
	}
	return NULL;
}

void
serve_start(struct serve *s, void (*one)(void *user, int fd), void *user)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);

	*s = (struct serve){ .one = one, .user = user };
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(s->fd, (struct sockaddr *)&a, sizeof(a)) != 0 || listen(s->fd, 16) != 0)
		bug("no socket on loopback");
	getsockname(s->fd, (struct sockaddr *)&a, &len);
	s->port = ntohs(a.sin_port);
	pthread_create(&s->accepter, NULL, accept_all, s);
}

void
serve_stop(struct serve *s)
{
	s->stop = true;
	pthread_join(s->accepter, NULL);
	for (size_t i = 0; i < s->n; i++)
		pthread_join(s->conns[i], NULL);
	close(s->fd);
}
