/* The loop of a subcommand that acts. */
#include "agent/cli/session.h"

static void
on_signal(uv_signal_t *h, int signo)
{
	struct session *s = h->data;

	if (s->on_signal) {
		s->on_signal(s, signo);
		return;
	}
	if (s->agent && agent_running(s->agent) && signo == SIGINT)
		agent_stop(s->agent, false);
	else
		session_leave(s, 130);
}

static void
watch_signal(struct session *s, uv_signal_t *h, int signo)
{
	uv_signal_init(&s->loop, h);
	h->data = s;
	/* Not unreferenced: a loop without a referenced handle would not poll at all. */
	uv_signal_start(h, on_signal, signo);
}

bool
session_begin(struct session *s, struct cli *c, const char *front, bool interactive,
	bool approve_all, struct err *err)
{
	struct agent_opts o = { .places = c->places, .clock = c->clock, .config = c->config,
		.front = front, .interactive = interactive, .approve_all = approve_all };

	memset(s, 0, sizeof(*s));
	s->cli = c;
	uv_loop_init(&s->loop);
	watch_signal(s, &s->sigint, SIGINT);
	watch_signal(s, &s->sigterm, SIGTERM);
	watch_signal(s, &s->sighup, SIGHUP);
	o.loop = &s->loop;
	return agent_create(&o, &s->agent, err);
}

void
session_leave(struct session *s, int exit)
{
	s->exit = exit;
	s->done = true;
	uv_stop(&s->loop);
}

int
session_run(struct session *s)
{
	while (!s->done)
		uv_run(&s->loop, UV_RUN_ONCE);
	return s->exit;
}

void
session_end(struct session *s)
{
	agent_destroy(s->agent);
	uv_close((uv_handle_t *)&s->sigint, NULL);
	uv_close((uv_handle_t *)&s->sigterm, NULL);
	uv_close((uv_handle_t *)&s->sighup, NULL);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	uv_loop_close(&s->loop);
}
