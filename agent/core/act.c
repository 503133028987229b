/* After an act ran: list its effects, judge them, then take, ask or drop. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"

#define EFFECTS_JSON_MAX 20000 /* entries in one event; the sums tell the rest */

static void
emit_effects(struct task *t, struct tool_call *c, const struct effects *e)
{
	autobuf struct buf list = BUF_INIT(LIMIT_BODY - 1);
	const uint64_t *k = e->n_kind;
	uint64_t bytes = 0;
	size_t i, max = EFFECTS_JSON_MAX;

	for (i = 0; i < EFFECT_KINDS; i++)
		bytes += e->bytes_kind[i];
	while (!effects_to_json(e, max, &list) && max > 1) {
		buf_clear(&list); /* long names: fewer fit */
		max /= 4;
	}
	emit(t->agent, t->n, EV_EFFECTS, buf_slice(&list),
		"call:i n:i create:i modify:i delete:i replace:i perm:i move:i bytes:i red:b "
		"unpreviewed:j",
		c ? c->n : 0, (int64_t)e->n, (int64_t)k[EFFECT_CREATE], (int64_t)k[EFFECT_MODIFY],
		(int64_t)k[EFFECT_DELETE], (int64_t)k[EFFECT_REPLACE], (int64_t)k[EFFECT_PERM],
		(int64_t)k[EFFECT_MOVE], (int64_t)bytes, e->red != 0,
		c ? c->result.unpreviewed : NULL);
}

static void
question_of(struct task *t, struct policy_question *q, const struct effects *e,
	const struct tool_call *c)
{
	struct agent *a = t->agent;

	*q = (struct policy_question){ .effects = e, .tool = c ? c->name : "",
		.actor = t->engine->ops->name, .mode = t->mode, .home = a->places->home,
		.cwd = t->cwd, .taint = t->taint, .now_ms = clock_wall(a->clock) };
	if (c && str_eq(c->name, "shell"))
		q->command = json_str(c->args, "command", NULL);
}

static bool *
take_all(const struct effects *e)
{
	bool *take = xcalloc(MAX_OF(e->n, 1u), sizeof(bool));
	size_t i;

	for (i = 0; i < e->n; i++)
		take[i] = true;
	return take;
}

static void
decision_event(struct task *t, const struct tool_call *c, const char *decision, const char *by,
	const char *rule)
{
	emit(t->agent, t->n, EV_DECISION, SLICE_LIT("{}"), "approval:i call:i decision:s by:s rule:s",
		t->last_approval, c ? c->n : 0, decision, by, rule);
}

/* Nobody can be asked: refused for want of approval, unless all was approved beforehand. */
static void
decide_alone(struct task *t, struct tool_call *c, struct effects *e,
	const struct policy_answer *p)
{
	bool take = t->agent->approve_all && p->verdict != VERDICT_DENY;

	decision_event(t, c, take ? "take" : "refuse", take ? "flag" : "default", NULL);
	if (take) {
		commit_start(t, c, e, take_all(e));
		return;
	}
	t->refused_any = true;
	if (c) {
		free(c->note);
		c->note = xstrdup(_("refused for want of approval; nothing was changed"));
	}
	drop_start(t, c);
}

static void
judge(struct task *t, struct tool_call *c, struct effects *e)
{
	struct policy_question q;
	struct policy_answer p;

	question_of(t, &q, e, c);
	policy_decide(t->agent->rules, &q, &p);
	if (p.verdict == VERDICT_ALLOW) {
		decision_event(t, c, "take", "rule", p.rule);
		commit_start(t, c, e, take_all(e));
	} else if (p.verdict == VERDICT_DENY) {
		decision_event(t, c, "refuse", "rule", p.rule);
		t->refused_any = true;
		if (c) {
			free(c->note);
			c->note = xstrdup(_("a rule forbids this; nothing was changed"));
		}
		drop_start(t, c);
	} else if (!t->agent->interactive) {
		pending_ask(t, PEND_NONE, c, e, &p, NULL, q.command);
		decide_alone(t, c, e, &p);
	} else {
		pending_ask(t, c ? PEND_EFFECTS : PEND_FINAL, c, e, &p, NULL, q.command);
	}
	policy_answer_finish(&p);
}

void
act_decide(struct tool_call *c)
{
	struct task *t = c->task;

	if (!c->effects->n) {
		call_end(c, c->result.failed ? CALL_FAILED : CALL_DONE);
		return;
	}
	emit_effects(t, c, c->effects);
	if (str_eq(t->mode, "draft")) {
		free(c->note);
		c->note = xstrdup(_("staged in the draft; decided at the end of the task"));
		call_end(c, c->result.failed ? CALL_FAILED : CALL_DONE);
		return;
	}
	judge(t, c, c->effects);
}

/* --- listing on a worker --- */

struct observe_job {
	uv_work_t work;
	struct task *task;
	struct tool_call *call; /* NULL: the whole draft at the end */
	struct effects *into;
	bool ok;
	struct err err;
};

static void
observe_work(uv_work_t *w)
{
	struct observe_job *j = w->data;

	j->ok = draft_effects(j->task->draft, j->call ? &j->call->cancelled : NULL, j->into, &j->err);
}

static void
observe_done(uv_work_t *w, int status)
{
	struct observe_job *j = w->data;
	struct task *t = j->task;
	struct tool_call *c = j->call;

	(void)status;
	t->work_busy = false;
	if (!j->ok && c)
		call_fail(c, t->stopping ? CALL_STOPPED : CALL_FAILED, j->err.text);
	else if (!j->ok)
		task_fail(t, &j->err);
	else if (c && t->stopping)
		call_fail(c, CALL_STOPPED, _("stopped; nothing was changed"));
	else if (c)
		act_decide(c);
	else if (t->final_effects.n) {
		emit_effects(t, NULL, &t->final_effects);
		judge(t, NULL, &t->final_effects);
	} else
		commit_continue(t, NULL);
	free(j);
}

static void
observe(struct task *t, struct tool_call *c, struct effects *into)
{
	struct observe_job *j = xcalloc(1, sizeof(*j));

	j->task = t;
	j->call = c;
	j->into = into;
	j->work.data = j;
	t->work_busy = true;
	uv_queue_work(t->agent->loop, &j->work, observe_work, observe_done);
}

void
act_observe(struct tool_call *c)
{
	if (c->result.effects && !str_eq(c->task->mode, "draft")) {
		c->effects = c->result.effects;
		c->result.effects = NULL;
		act_decide(c);
		return;
	}
	c->effects = xcalloc(1, sizeof(*c->effects));
	observe(c->task, c, c->effects);
}

static void
finish_task(struct task *t)
{
	bool refused = t->refused_any && !t->agent->interactive;

	task_finish(t, t->engine_failed ? "failed" : refused ? "failed" : "done",
		refused ? _("something was refused for want of approval") : NULL,
		refused ? 3 : t->engine_failed ? 1 : 0);
}

void
task_final(struct task *t)
{
	if (!t->draft || !str_eq(t->mode, "draft") || draft_is_empty(t->draft)) {
		finish_task(t);
		return;
	}
	t->phase = TASK_ACTING;
	task_state(t, "acting");
	observe(t, NULL, &t->final_effects);
}

/* After a commit or a drop: the call's end, or the task's. */
void
commit_continue(struct task *t, struct tool_call *c)
{
	if (!c)
		finish_task(t);
	else if (c->rerun && !t->stopping) {
		c->rerun = c->refused = false;
		call_run(c);
	} else if (t->stopping)
		call_end(c, CALL_STOPPED);
	else
		call_end(c, c->refused ? CALL_REFUSED
				: c->ok && !c->result.failed ? CALL_DONE
							     : CALL_FAILED);
}
