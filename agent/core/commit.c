/* Taking effects: COMMIT_BEGUN is on disk, then a worker renames, then COMMIT_DONE. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"

struct commit_job {
	uv_work_t work;
	struct task *task;
	struct tool_call *call;
	struct effects *effects;
	bool *take; /* NULL: only drop */
	int64_t commit;
	size_t taken;
	struct commit_result result;
	bool ok, for_good;
	struct err err, drop_err;
};

static void
job_free(struct commit_job *j)
{
	commit_result_finish(&j->result);
	free(j->take);
	free(j);
}

static void
commit_work(uv_work_t *w)
{
	struct commit_job *j = w->data;
	struct task *t = j->task;

	j->ok = true;
	if (j->take && j->taken)
		j->ok = draft_commit(t->draft, j->effects, j->take, j->commit, NULL, NULL,
			&j->result, &j->err);
	if (!draft_drop(t->draft, NULL, NULL, &j->drop_err) && j->ok && !j->err.code)
		j->err = j->drop_err;
	if (j->ok && j->for_good && j->result.stage)
		(void)!stage_forget(j->result.stage, NULL, NULL);
}

static void
taken_json(const struct commit_job *j, struct buf *out)
{
	struct jw w;
	size_t i;

	jw_init(&w, out);
	jw_array(&w, NULL);
	for (i = 0; i < j->effects->n && out->len < LIMIT_BODY - 16384; i++) {
		const struct effect *e = &j->effects->v[i];
		autofree char *path = NULL, *from = NULL;

		if (!j->take[i])
			continue;
		path = path_text(e->path);
		jw_object(&w, NULL);
		jw_str(&w, "kind", effect_kind_names[e->kind]);
		jw_str(&w, "path", path);
		if (e->from) {
			from = path_text(e->from);
			jw_str(&w, "from", from);
		}
		jw_i64(&w, "bytes", (int64_t)e->bytes);
		jw_end_object(&w);
	}
	jw_end_array(&w);
}

static void
conflicts_json(const struct commit_job *j, struct buf *out)
{
	struct jw w;
	size_t i;

	jw_init(&w, out);
	jw_array(&w, NULL);
	for (i = 0; i < j->result.n_conflicts && i < 1000; i++) {
		autofree char *path = path_text(j->result.conflicts[i].path);

		jw_object(&w, NULL);
		jw_str(&w, "path", path);
		jw_str(&w, "why", j->result.conflicts[i].why);
		jw_end_object(&w);
	}
	jw_end_array(&w);
}

static void
part_note(struct commit_job *j)
{
	struct tool_call *c = j->call;
	autobuf struct buf b = BUF_INIT(1u << 16);
	size_t i, shown = 0;

	if (!c || j->taken == j->effects->n)
		return;
	/* What the tool said of all of it is no longer true. */
	free(c->result.summary);
	c->result.summary = xasprintf(_("You took %zu of %zu changes; the rest was dropped."),
		j->taken, j->effects->n);
	if (c->ctx.json) { /* a recipe says it to the person as it is */
		free(c->note);
		c->note = xstrdup(c->result.summary);
		return;
	}
	buf_printf(&b, _("The person took %zu of %zu effects. Not taken:"), j->taken, j->effects->n);
	for (i = 0; i < j->effects->n && shown < 50; i++) {
		autofree char *p = NULL;

		if (j->take[i])
			continue;
		p = path_text(j->effects->v[i].path);
		buf_printf(&b, " %s", p);
		shown++;
	}
	if (j->effects->n - j->taken > shown)
		buf_printf(&b, " ...");
	free(c->note);
	c->note = buf_steal(&b);
}

static void
after_commit_event(void *user)
{
	struct task *t = user;
	struct commit_job *j = t->job;

	t->job = NULL;
	commit_continue(t, j->call);
	job_free(j);
}

/* Which file it was is said first. */
static void
name_first(struct commit_job *j)
{
	autofree char *path = NULL, *tilde = NULL, *text = NULL;

	if (!j->result.n_conflicts)
		return;
	tilde = path_tilde(j->result.conflicts[0].path, j->task->agent->places->home);
	path = path_text(tilde);
	text = xasprintf("%s: %s; %s", path, j->result.conflicts[0].why, j->err.text);
	snprintf(j->err.text, sizeof(j->err.text), "%s", text);
}

static void
commit_failed(struct commit_job *j)
{
	struct task *t = j->task;
	struct tool_call *c = j->call;
	autobuf struct buf body = BUF_INIT(LIMIT_BODY);

	conflicts_json(j, &body);
	t->commit_failed = true;
	name_first(j);
	if (c) {
		c->ok = false;
		c->err = j->err;
	} else {
		t->engine_failed = true;
	}
	emit(t->agent, t->n, EV_NOTICE, slice_of(j->err.text), "level:s", "error");
	emit_then(t, EV_COMMIT_FAILED, buf_slice(&body), after_commit_event, t,
		"commit:i call:i why:s", j->commit, c ? c->n : 0,
		j->err.code == ERR_CONFLICT ? "conflict"
			: j->err.sys == 28  ? "space"
					    : "io");
}

static void
commit_done(uv_work_t *w, int status)
{
	struct commit_job *j = w->data;
	struct task *t = j->task;
	autobuf struct buf body = BUF_INIT(LIMIT_BODY);

	(void)status;
	t->work_busy = false;
	if (!j->take || !j->taken) {
		t->job = NULL;
		commit_continue(t, j->call);
		job_free(j);
		return;
	}
	if (!j->ok) {
		commit_failed(j);
		return;
	}
	part_note(j);
	t->commit_failed = false;
	repeats_forgive(&t->brakes.repeats);
	taken_json(j, &body);
	emit_then(t, EV_COMMIT_DONE, buf_slice(&body), after_commit_event, t,
		"commit:i call:i n:i bytes:i undoable:b stage:s", j->commit,
		j->call ? j->call->n : 0, (int64_t)j->taken, (int64_t)j->result.bytes,
		!j->for_good, j->result.stage);
	if (j->for_good)
		emit(t->agent, t->n, EV_FORGOTTEN, NO_BODY, "commit:i bytes:i", j->commit,
			(int64_t)j->result.bytes);
}

static void
start_work(void *user)
{
	struct task *t = user;

	t->work_busy = true;
	uv_queue_work(t->agent->loop, &t->job->work, commit_work, commit_done);
}

static struct commit_job *
job_new(struct task *t, struct tool_call *c, struct effects *e, bool *take)
{
	struct commit_job *j = xcalloc(1, sizeof(*j));
	size_t i;

	j->task = t;
	j->call = c;
	j->effects = e;
	j->take = take;
	j->work.data = j;
	j->for_good = t->for_good;
	t->for_good = false;
	for (i = 0; take && i < e->n; i++)
		j->taken += take[i];
	t->job = j;
	return j;
}

void
commit_start(struct task *t, struct tool_call *c, struct effects *e, bool *take)
{
	struct commit_job *j;

	t->refused_by_person = false;
	effects_settle(e, take);
	j = job_new(t, c, e, take);
	if (c)
		c->state = CALL_COMMITTING;
	if (!j->taken) {
		start_work(t);
		return;
	}
	t->phase = TASK_COMMITTING;
	j->commit = ++t->last_commit;
	task_state(t, "committing");
	emit_then(t, EV_COMMIT_BEGUN, NO_BODY, start_work, t, "commit:i call:i n:i", j->commit,
		c ? c->n : 0, (int64_t)j->taken);
}

void
drop_start(struct task *t, struct tool_call *c)
{
	if (c) {
		c->refused = true;
		c->state = CALL_COMMITTING;
	}
	job_new(t, c, NULL, NULL);
	start_work(t);
}
