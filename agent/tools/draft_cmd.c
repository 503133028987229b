/* Running a tool's command in the draft. */
#include "agent/tools/draft_cmd.h"
#include "agent/base/i18n.h"

#define MEM_MAX (4ull << 30)
#define FILE_MAX (16ull << 30)
#define PROCESSES_MAX 1024

struct draft_cmd {
	struct tool_ctx ctx;
	struct strv argv;
	char *input;
	size_t input_n;
	struct draft_cmd_opts o;
	uv_work_t work;
	struct draft_run *run;
	struct child *child;
	struct draft_cmd_end end;
	bool prepared, stopped;
};

const char *
draft_cmd_limit_words(enum draft_limit limit)
{
	switch (limit) {
	case DRAFT_LIMIT_WALL:
		return _("It took too long and was ended.");
	case DRAFT_LIMIT_MEM:
		return _("It wanted too much memory and was ended.");
	case DRAFT_LIMIT_CPU:
		return _("It used too much processor time and was ended.");
	case DRAFT_LIMIT_OUTPUT:
		return _("It wrote too much and was ended.");
	case DRAFT_LIMIT_PROCS:
		return _("It wanted too many processes and was ended.");
	case DRAFT_LIMIT_SPACE:
		return _("The disk is too full for what it writes; free some space and try "
			 "again.");
	case DRAFT_LIMIT_STOP:
		return _("It was stopped.");
	case DRAFT_LIMIT_NONE:
		break;
	}
	return NULL;
}

static void
finish(struct draft_cmd *d)
{
	d->end.stopped = d->stopped;
	d->o.done(d->o.user, &d->end);
	if (d->end.effects) {
		effects_finish(d->end.effects);
		free(d->end.effects);
	}
	strv_finish(&d->end.refused);
	strv_finish(&d->end.reached);
	shell_keep_finish(&d->end.keep);
	strv_finish(&d->argv);
	free(d->input);
	free(d);
}

static void
on_output(void *user, int which, struct slice bytes)
{
	struct draft_cmd *d = user;

	shell_keep_add(&d->end.keep, bytes);
	if (!d->o.quiet && d->ctx.output)
		d->ctx.output(d->ctx.call, bytes);
	if (d->o.output)
		d->o.output(d->o.user, which, bytes);
}

static void
on_ended(void *user, const struct draft_run_end *end)
{
	struct draft_cmd *d = user;

	d->run = NULL;
	d->end.ran = end->ran;
	d->end.exit = end->exit;
	d->end.signal = end->signal;
	d->end.limit = end->limit;
	d->end.effects = end->effects;
	d->end.err = end->err;
	for (size_t i = 0; end->refused && end->refused[i]; i++)
		strv_add(&d->end.refused, end->refused[i]);
	for (size_t i = 0; end->hosts && end->hosts[i]; i++)
		strv_add(&d->end.reached, end->hosts[i]);
	if (!end->ran && !d->end.err.code)
		err_set(&d->end.err, ERR_IO,
			_("The command could not be started in the draft."));
	finish(d);
}

static void
on_child_ended(void *user, const struct child_end *end)
{
	struct draft_cmd *d = user;

	d->child = NULL;
	d->end.ran = true;
	d->end.exit = end->exit;
	d->end.signal = end->signal;
	d->end.limit = end->timed_out ? DRAFT_LIMIT_WALL
		: end->stopped        ? DRAFT_LIMIT_STOP
				      : DRAFT_LIMIT_NONE;
	finish(d);
}

static bool
run_outside(struct draft_cmd *d)
{
	const struct child_opts o = {
		.argv = (const char *const *)d->argv.v,
		.cwd = d->ctx.cwd,
		.input = { d->input, d->input_n },
		.extra_fd = -1,
		.wall_ms = d->o.wall_ms,
		.output = on_output,
		.ended = on_child_ended,
		.user = d,
	};

	return child_start(d->ctx.loop, &o, &d->child, &d->end.err);
}

static bool
run_draft(struct draft_cmd *d)
{
	const struct draft_run_opts o = {
		.argv = (const char *const *)d->argv.v,
		.env = d->o.env,
		.wall_ms = d->o.wall_ms,
		.mem = MEM_MAX,
		.fsize = FILE_MAX,
		.nproc = PROCESSES_MAX,
		.hosts = d->ctx.hosts,
		.input = { d->input, d->input_n },
		.output = on_output,
		.ended = on_ended,
		.user = d,
	};

	return draft_run(d->ctx.draft, d->ctx.loop, &o, &d->run, &d->end.err);
}

static void
prepare(uv_work_t *work)
{
	struct draft_cmd *d = work->data;

	d->prepared = draft_materialise(d->ctx.draft, &d->end.err);
}

static void
prepared(uv_work_t *work, int status)
{
	struct draft_cmd *d = work->data;

	d->end.exit = -1;
	if (d->stopped || status < 0) {
		err_set(&d->end.err, ERR_CANCELLED, _("Stopped."));
		finish(d);
	} else if (!d->prepared || !run_draft(d)) {
		finish(d);
	}
}

bool
draft_cmd_start(const struct tool_ctx *c, const struct draft_cmd_opts *o,
	struct draft_cmd **ret, struct err *err)
{
	struct draft_cmd *d = xcalloc(1, sizeof(*d));

	d->ctx = *c;
	d->o = *o;
	d->work.data = d;
	for (size_t i = 0; o->argv[i]; i++)
		strv_add(&d->argv, o->argv[i]);
	if (o->input.n) {
		d->input = slice_dup(o->input);
		d->input_n = o->input.n;
	}
	shell_keep_init(&d->end.keep);
	*ret = d;
	if (c->outside ? run_outside(d)
		       : uv_queue_work(c->loop, &d->work, prepare, prepared) == 0)
		return true;
	if (!d->end.err.code)
		err_set(&d->end.err, ERR_LIMIT,
			_("The command could not be started; try again."));
	if (err)
		*err = d->end.err;
	shell_keep_finish(&d->end.keep);
	strv_finish(&d->argv);
	free(d->input);
	free(d);
	*ret = NULL;
	return false;
}

void
draft_cmd_stop(struct draft_cmd *d)
{
	d->stopped = true;
	if (d->run)
		draft_run_stop(d->run);
	else if (d->child)
		child_stop(d->child, 0);
}
