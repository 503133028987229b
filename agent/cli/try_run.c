/* The command of `homard try`, on a loop of its own. */
#include "agent/cli/try_private.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"
#include "agent/core/config.h"

#define PIECE (64u << 10)

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

/* A reader that is slow may take its time; one that is gone ends the command, as in a pipe. */
static void
write_all(struct try *t, int fd, struct slice bytes)
{
	while (bytes.n && !t->held[fd]) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd p = { fd, POLLOUT, 0 };

			(void)poll(&p, 1, 1000);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			t->held[fd] = true;
			if (fd == 1 && t->run)
				draft_run_stop(t->run);
			return;
		}
		bytes.p += n;
		bytes.n -= (size_t)n;
	}
}

static void
on_output(void *user, int which, struct slice bytes)
{
	struct try *t = user;
	int fd = t->json ? 2 : which;
	struct buf safe = BUF_INIT(8 * PIECE);

	if (t->seen.len < t->seen.max)
		buf_add(&t->seen, bytes.p, MIN_OF(bytes.n, t->seen.max - t->seen.len));
	if (!isatty(fd)) {
		write_all(t, fd, bytes);
		return;
	}
	/* Escape sequences of a foreign program never reach the terminal. */
	for (size_t at = 0; at < bytes.n; at += PIECE) {
		buf_clear(&safe);
		sanitize(&safe, bytes.p + at, MIN_OF((size_t)PIECE, bytes.n - at),
			SANITIZE_TEXT);
		write_all(t, fd, buf_slice(&safe));
	}
	buf_finish(&safe);
}

static void
on_ended(void *user, const struct draft_run_end *end)
{
	struct try *t = user;

	t->run = NULL;
	t->running = false;
	t->ran = end->ran;
	t->exit = end->exit;
	t->signal = end->signal;
	t->limit = end->limit;
	t->effects = end->effects;
	t->err = end->err;
}

static void
on_signal(uv_signal_t *h, int signo)
{
	struct try *t = h->data;

	(void)signo;
	t->interrupted = true;
	if (t->run)
		draft_run_stop(t->run);
}

static bool
start(struct try *t, uv_loop_t *loop)
{
	const struct config *c = t->cli->config;
	struct draft_run_opts o = { .argv = (const char *const *)t->argv.v,
		.wall_ms = t->wall_ms,
		.mem = t->mem ? t->mem : (uint64_t)config_int(c, "draft.memory"),
		.nproc = (unsigned)config_int(c, "draft.processes"),
		.fsize = (uint64_t)config_int(c, "draft.file_size"),
		.output = on_output,
		.ended = on_ended,
		.user = t };

	return draft_run(t->draft, loop, &o, &t->run, &t->err);
}

bool
try_run(struct try *t)
{
	uv_signal_t watch[ARRAY_LEN(signals)];
	uv_loop_t loop;

	uv_loop_init(&loop);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		uv_signal_init(&loop, &watch[i]);
		watch[i].data = t;
		uv_signal_start(&watch[i], on_signal, signals[i]);
		uv_unref((uv_handle_t *)&watch[i]);
	}
	signal(SIGPIPE, SIG_IGN);
	t->running = start(t, &loop);
	while (t->running)
		uv_run(&loop, UV_RUN_ONCE);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++)
		uv_close((uv_handle_t *)&watch[i], NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	return t->ran;
}
