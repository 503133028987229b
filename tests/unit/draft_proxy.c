/* The draft's proxy: to named hosts only, byte for byte; everything else is refused and told.
 */
#include "tests/support/testing.h"
#include "tests/support/draft_box.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

static uid_t uid;

/* --- inside --- */

static int
connect_proxy(void)
{
	const char *proxy = getenv("http_proxy");
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (!proxy || strncmp(proxy, "http://127.0.0.1:", 17) != 0)
		return -1;
	a.sin_port = htons((uint16_t)atoi(proxy + 17));
	return connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 ? fd : -1;
}

/* Sends the bytes (\n is CR LF, \0 is NUL), prints everything that comes back. */
static int
inside(const char *check, const char *request)
{
	char out[4096], in[4096];
	size_t n = 0;
	int fd = connect_proxy();
	ssize_t got;

	if (fd < 0) {
		puts("no proxy");
		return 0;
	}
	for (const char *p = request; *p && n < sizeof(out) - 2; p++) {
		if (p[0] == '|') {
			out[n++] = '\r';
			out[n++] = '\n';
		} else if (p[0] == '^') {
			out[n++] = '\0';
		} else {
			out[n++] = *p;
		}
	}
	if (str_eq(check, "slow")) {
		for (size_t i = 0; i < n; i++)
			(void)!write(fd, out + i, 1);
	} else {
		(void)!write(fd, out, n);
	}
	shutdown(fd, SHUT_WR);
	while ((got = read(fd, in, sizeof(in))) > 0)
		(void)!write(1, in, (size_t)got);
	return 0;
}

/* --- outside: a server that answers every connection with what it was sent --- */

struct server {
	pid_t pid;
	int port;
};

NORETURN static void
serve(int fd)
{
	char buf[4096];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int c = accept(fd, NULL, NULL);
		size_t n = 0;
		ssize_t got;

		while (n < sizeof(buf) && (got = read(c, buf + n, sizeof(buf) - n)) > 0) {
			n += (size_t)got;
			if (n >= 4 && memmem(buf, n, "\r\n\r\n", 4))
				break;
		}
		dprintf(c, "HTTP/1.1 200 OK\r\n\r\nserver got [%.*s]", (int)n, buf);
		close(c);
	}
}

static void
server_start(struct server *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	s->port = ntohs(a.sin_port);
	s->pid = fork();
	if (s->pid == 0)
		serve(fd);
	close(fd);
}

static void
server_stop(struct server *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
}

static bool
said(const struct box *b, const char *what)
{
	return slice_find(buf_slice(&b->out), slice_of(what)) >= 0;
}

static void
setup_box(struct box *b, const struct server *s)
{
	box_init(b, uid);
	box_spec(b, "proxy=good.test:443,good.test:80,127.0.0.1:%d", s->port);
	box_spec(b, "resolve=good.test:443=127.0.0.1:%d", s->port);
	box_spec(b, "resolve=good.test:80=127.0.0.1:%d", s->port);
}

static void
draft_proxy__lets_through__allowed_hosts(void **state)
{
	struct server s;
	struct box b;
	const struct box_record *r;

	(void)state;
	server_start(&s);
	setup_box(&b, &s);
	box_inside(&b, "fast", "CONNECT good.test:443 HTTP/1.1|Host: good.test:443||ping||");
	assert_true(said(&b, "200 Connection established"));
	assert_true(said(&b, "server got [ping"));
	r = box_find(&b, DRAFT_HOST, "good.test:443");
	assert_non_null(r);
	assert_int_equal(r->r.flags, 0);
	box_inside(&b, "slow", "CONNECT good.test:443 HTTP/1.1||ping||");
	assert_true(said(&b, "server got [ping"));
	server_stop(&s);
	box_finish(&b);
}

static void
draft_proxy__rewrites__plain_http(void **state)
{
	struct server s;
	struct box b;

	(void)state;
	server_start(&s);
	setup_box(&b, &s);
	box_inside(&b, "fast",
		"GET http://good.test/a?b HTTP/1.1|Host: other.test|"
		"Proxy-Authorization: Basic eA==|X-Own: 1||");
	assert_true(said(&b, "GET /a?b HTTP/1.1"));
	assert_true(said(&b, "Host: good.test:80"));
	assert_true(said(&b, "X-Own: 1"));
	assert_false(said(&b, "other.test"));
	assert_false(said(&b, "Proxy-Authorization"));
	assert_non_null(box_find(&b, DRAFT_HOST, "good.test:80"));
	server_stop(&s);
	box_finish(&b);
}

static void
draft_proxy__refuses__everything_else(void **state)
{
	static const char *const bad[] = { "CONNECT evil.test:443 HTTP/1.1||",
		"CONNECT good.test:8443 HTTP/1.1||", "CONNECT GOOD.test:443 HTTP/1.1||",
		"CONNECT good.test.:443 HTTP/1.1||", "CONNECT good.test HTTP/1.1||",
		"CONNECT good.test:443^.evil.test:443 HTTP/1.1||",
		"CONNECT good.test^:443 HTTP/1.1||",
		"CONNECT good.test:443@evil.test:443 HTTP/1.1||",
		"CONNECT user@good.test:443 HTTP/1.1||", "CONNECT [::1]:443 HTTP/1.1||",
		"CONNECT 127.0.0.1:%d HTTP/1.1||", "CONNECT 2130706433:%d HTTP/1.1||",
		"CONNECT 0x7f.1:%d HTTP/1.1||", "CONNECT localhost:%d HTTP/1.1||",
		"GET http://evil.test/ HTTP/1.1|Host: good.test||",
		"GET http://good.test@evil.test/ HTTP/1.1||",
		"GET http://127.0.0.1:%d/ HTTP/1.1||", "GET / HTTP/1.1|Host: good.test||",
		"GET https://good.test/ HTTP/1.1||", "GET ftp://good.test/ HTTP/1.1||",
		"garbage||", "|||", "CONNECT  good.test:443 HTTP/1.1||",
		"CONNECT good.test:0443 HTTP/1.1||" };
	struct server s;
	struct box b;

	(void)state;
	server_start(&s);
	setup_box(&b, &s);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		autofree char *request = xstrdup(bad[i]);
		const struct box_record *r;

		if (strstr(bad[i], "%d")) {
			free(request);
			request = xasprintf("%.*s%d%s", (int)(strstr(bad[i], "%d") - bad[i]),
				bad[i], s.port, strstr(bad[i], "%d") + 2);
		}
		box_inside(&b, "fast", request);
		if (said(&b, "server got") || said(&b, " 200 "))
			fail_msg("%s: %s", bad[i], buf_str(&b.out));
		r = box_find(&b, DRAFT_HOST, NULL);
		if (!r || !(r->r.flags & 1))
			fail_msg("%s: not told", bad[i]);
	}
	server_stop(&s);
	box_finish(&b);
}

static void
draft_proxy__is_absent__without_hosts(void **state)
{
	struct box b;

	(void)state;
	box_init(&b, uid);
	box_inside(&b, "fast", "CONNECT good.test:443 HTTP/1.1||");
	assert_string_equal(buf_str(&b.out), "no proxy\n");
	box_finish(&b);
}

static void
draft_proxy__ends__with_the_draft(void **state)
{
	struct server s;
	struct box b;

	(void)state;
	server_start(&s);
	setup_box(&b, &s);
	box_spec(&b, "wall_ms=300");
	/* Connections that never end must not hold the draft open. */
	box_run(&b, "run",
		(const char *const[]){ "bash", "-c",
			"p=${http_proxy##*:}; for i in 1 2 3; do exec "
			"{fd}<>/dev/tcp/127.0.0.1/$p; "
			"printf 'CONNECT good.test:443 HTTP/1.1\\r\\n\\r\\n' >&$fd; done; "
			"sleep 100",
			NULL });
	assert_int_equal(box_limit(&b), DRAFT_LIMIT_WALL);
	server_stop(&s);
	box_finish(&b);
}

static const struct CMUnitTest tests[] = { cmocka_unit_test(
						   draft_proxy__lets_through__allowed_hosts),
	cmocka_unit_test(draft_proxy__rewrites__plain_http),
	cmocka_unit_test(draft_proxy__refuses__everything_else),
	cmocka_unit_test(draft_proxy__is_absent__without_hosts),
	cmocka_unit_test(draft_proxy__ends__with_the_draft) };

int
main(int argc, char **argv)
{
	return box_main(argc, argv, inside, "draft proxy", tests, ARRAY_LEN(tests), &uid);
}
