/* Line mode: input, prompts, begin and end. */
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"
#include "agent/cli/line_private.h"
#include <errno.h>
#include <sys/stat.h>

static void on_line(struct line *l, const char *text);

static void
prompt(struct line *l)
{
	const char *p;

	if (!l->tty || !l->opts->ask || l->prompted || l->opts->json || l->session.done)
		return;
	if (l->wants == WANT_REQUEST && l->opts->once)
		return;
	p = l->wants == WANT_REQUEST	? "> "
		: l->wants == WANT_CHOICE ? _("choice> ")
		: l->wants == WANT_ANSWER ? _("answer> ")
					  : ">> ";
	fputs(p, l->say);
	fflush(l->say);
	l->prompted = true;
}

/* --- input --- */

static void
leave_when_idle(struct line *l)
{
	struct err err = { 0 };
	int64_t task = agent_running(l->session.agent);
	const struct fold_approval *a = l->fold ? fold_open_approval(l->fold) : NULL;

	if (!task) {
		if (!l->opts->once && !l->undoing && !agent_busy(l->session.agent))
			session_leave(&l->session, 0);
		return;
	}
	/* Nobody can answer any more: what waits for the person is refused. */
	if (a) {
		struct decision_opts o = { .decision = DECIDE_REFUSE, .by = "default" };

		if (!agent_decide(l->session.agent, task, a->approval, &o, &err))
			session_leave(&l->session, 1);
	} else if (l->fold && fold_open_question(l->fold)) {
		agent_stop(l->session.agent, false);
	}
}

static void
take_lines(struct line *l)
{
	char *nl;

	while (!l->session.done && l->input.len && (nl = memchr(l->input.p, '\n', l->input.len))) {
		size_t n = (size_t)(nl - l->input.p);
		autofree char *text = NULL;

		/* One answer at a time: the rest waits until the program asks again. */
		if (l->wants == WANT_REQUEST && agent_busy(l->session.agent) && !l->tty)
			return;
		if (l->undoing)
			return;
		text = xstrndup(l->input.p, n && l->input.p[n - 1] == '\r' ? n - 1 : n);
		buf_consume(&l->input, n + 1);
		l->prompted = false;
		on_line(l, text);
	}
	if (l->ended_input && !l->session.done)
		leave_when_idle(l);
}

/* More input may be waiting for the state that was just reached. */
static void
take_deferred(void *user)
{
	struct line *l = user;

	take_lines(l);
	prompt(l);
}

static bool
read_some(struct line *l)
{
	char chunk[65536];
	ssize_t n = read(0, chunk, sizeof(chunk));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0) {
		l->ended_input = true;
		if (l->input.len)
			buf_add_char(&l->input, '\n');
		return false;
	}
	if (!buf_add(&l->input, chunk, (size_t)n)) {
		fprintf(l->session.cli->errout, "homard: %s\n",
			_("the line is longer than 1 MB; it is left out"));
		buf_clear(&l->input);
	}
	return true;
}

static void
on_readable(uv_poll_t *p, int status, int events)
{
	struct line *l = p->data;

	(void)events;
	if (status < 0)
		l->ended_input = true;
	if (status < 0 || !read_some(l))
		uv_poll_stop(p);
	take_lines(l);
	prompt(l);
}

static void
begin_input(struct line *l)
{
	struct stat st;

	if (!l->opts->ask)
		return;
	if (fstat(0, &st) == 0 && (isatty(0) || S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode))) {
		l->poll = xcalloc(1, sizeof(*l->poll));
		if (uv_poll_init(&l->session.loop, l->poll, 0) == 0) {
			l->poll->data = l;
			uv_poll_start(l->poll, UV_READABLE, on_readable);
			return;
		}
		free(l->poll);
		l->poll = NULL;
	}
	while (read_some(l))
		continue;
	line_wake(l);
}

static void
on_line(struct line *l, const char *text)
{
	struct slice t = slice_trim(slice_of(text));
	struct err err = { 0 };

	if (!utf8_valid(text, strlen(text))) {
		fprintf(l->say, "%s\n", _("That line is not valid UTF-8 text."));
	} else if (t.n && *t.p == '/' && line_command(l, text)) {
		;
	} else if (l->wants == WANT_ANSWER) {
		line_answer(l, text);
	} else if (l->wants != WANT_REQUEST) {
		line_decide(l, text);
	} else if (!t.n) {
		;
	} else if (agent_busy(l->session.agent)) {
		if (!agent_steer(l->session.agent, text, &err))
			fprintf(l->say, "%s\n", err.text);
	} else {
		line_submit(l, text);
	}
	prompt(l);
}

static void
on_signal(struct session *s, int signo)
{
	struct line *l = s->user;
	int64_t now = clock_mono(s->cli->clock);
	bool twice = l->sigint_ms && now - l->sigint_ms < 2000;

	l->sigint_ms = now;
	if (signo != SIGINT || (!agent_running(s->agent) && (twice || !l->opts->ask))) {
		session_leave(s, 130);
		return;
	}
	if (agent_running(s->agent))
		agent_stop(s->agent, twice);
	else
		fprintf(l->say, "\n%s\n", _("Ctrl-C again leaves."));
	l->prompted = false;
	prompt(l);
}

static void
greet(struct line *l)
{
	const char *banner = NULL;
	const int64_t *v;
	size_t n, i;

	if (!l->opts->once) {
		fprintf(l->say, "homard %s\n", HOMARD_VERSION);
		fprintf(l->say, "%s\n",
			_("Ask in plain words, e.g. \"tidy ~/Downloads by type\". /help lists the "
			  "commands."));
	}
	v = agent_interrupted(l->session.agent, &n);
	for (i = 0; i < n && !l->opts->json; i++)
		fprintf(l->say,
			l->opts->once
				? _("Task %lld was interrupted; homard, then /resume %lld, goes on with it.\n")
				: _("Task %lld was interrupted; /resume %lld goes on with it.\n"),
			(long long)v[i], (long long)v[i]);
	if (l->opts->ask)
		banner = agent_banner(l->session.agent);
	if (banner)
		fprintf(l->say, "%s\n", banner);
}

static void
on_poll_closed(uv_handle_t *h)
{
	free(h);
}

int
line_main(struct cli *c, const struct line_opts *o)
{
	struct line l = { .opts = o, .out = c->out, .take_input = take_deferred };
	struct err err = { 0 };
	int ret;

	l.say = o->once && !(o->ask && isatty(1)) ? c->errout : c->out;
	l.tty = isatty(0);
	l.cwd = xstrdup(o->cwd);
	l.engine = xstrdup0(o->engine);
	l.model = xstrdup0(o->model);
	l.mode = xstrdup0(o->mode);
	buf_init(&l.input, LINE_INPUT_MAX);
	if (!session_begin(&l.session, c, o->once ? "run" : "line", o->ask, o->approve_all, &err)) {
		ret = cli_fail(c, NULL, &err);
		session_end(&l.session);
		goto out;
	}
	l.session.on_signal = on_signal;
	l.session.user = &l;
	agent_subscribe(l.session.agent, line_event, &l);
	greet(&l);
	if (o->request)
		line_submit(&l, o->request);
	else
		agent_warm(l.session.agent);
	if (!l.session.done)
		begin_input(&l);
	prompt(&l);
	ret = session_run(&l.session);
	if (l.poll) {
		uv_poll_stop(l.poll);
		uv_close((uv_handle_t *)l.poll, on_poll_closed);
	}
	session_end(&l.session);
out:
	fold_destroy(l.fold);
	buf_finish(&l.input);
	free(l.cwd);
	free(l.engine);
	free(l.model);
	free(l.mode);
	free(l.part);
	return ret;
}
