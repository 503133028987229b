#include "agent/helpers/draft/chan.h"
#include <sys/socket.h>
#include <sys/uio.h>

union control {
	char bytes[CMSG_SPACE(CHAN_FDS * sizeof(int))];
	struct cmsghdr align;
};

bool
chan_send(int fd, struct chan_msg *m, const int fds[CHAN_FDS])
{
	struct iovec io = { m, sizeof(*m) };
	struct msghdr h = { .msg_iov = &io, .msg_iovlen = 1 };
	union control control = { 0 };
	int list[CHAN_FDS];
	size_t n = 0;

	for (size_t i = 0; i < CHAN_FDS; i++) {
		m->has[i] = fds && fds[i] >= 0;
		if (m->has[i])
			list[n++] = fds[i];
	}
	if (n) {
		struct cmsghdr *c;

		h.msg_control = control.bytes;
		h.msg_controllen = CMSG_SPACE(n * sizeof(int));
		c = CMSG_FIRSTHDR(&h);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(c), list, n * sizeof(int));
	}
	return sendmsg(fd, &h, MSG_NOSIGNAL) == (ssize_t)sizeof(*m);
}

bool
chan_recv(int fd, struct chan_msg *m, int fds[CHAN_FDS])
{
	struct iovec io = { m, sizeof(*m) };
	union control control = { 0 };
	struct msghdr h = { .msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	int list[CHAN_FDS] = { -1, -1, -1 };
	struct cmsghdr *c;
	size_t n = 0;
	ssize_t got;

	do {
		got = recvmsg(fd, &h, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got != (ssize_t)sizeof(*m))
		return false;
	c = CMSG_FIRSTHDR(&h);
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(list, CMSG_DATA(c), MIN_OF(c->cmsg_len - CMSG_LEN(0), sizeof(list)));
	for (size_t i = 0; i < CHAN_FDS; i++)
		fds[i] = m->has[i] ? list[n++] : -1;
	return true;
}
