/* A request of line mode becomes a task. */
#include "agent/cli/line_private.h"

static void
on_started(void *user, int64_t task, const struct err *err)
{
	struct line *l = user;

	if (!task) {
		fprintf(l->session.cli->errout, "homard: %s\n", err->text);
		if (l->opts->once)
			session_leave(&l->session, err_exit_code(err));
	}
}

void
line_submit(struct line *l, const char *text)
{
	struct submit s = { .text = text, .cwd = l->cwd, .engine = l->engine, .model = l->model,
		.mode = l->mode, .piped = l->opts->piped };
	struct err err = { 0 };

	fold_destroy(l->fold);
	l->fold = NULL;
	if (agent_submit(l->session.agent, &s, on_started, l, &err))
		return;
	fprintf(l->session.cli->errout, "homard: %s\n", err.text);
	if (l->opts->once)
		session_leave(&l->session, err_exit_code(&err));
}
