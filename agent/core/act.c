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
		c->note = xstrdup(_("Refused for want of approval; nothing was changed."));
	}
	drop_start(t, c);
}

static void
judge(struct task *t, struct tool_call *c, struct effects *e)
{
	struct policy_question q;
	struct policy_answer p;
	size_t i;

	question_of(t, &q, e, c);
	policy_decide(t->agent->rules, &q, &p);
	for (i = 0; i < t->words.n; i++)
		strv_add(&p.why, t->words.v[i]);
	if (p.verdict == VERDICT_ALLOW) {
		decision_event(t, c, "take", "rule", p.rule);
		commit_start(t, c, e, take_all(e));
	} else if (p.verdict == VERDICT_DENY) {
		decision_event(t, c, "refuse", "rule", p.rule);
		t->refused_any = true;
		if (c) {
			free(c->note);
			c->note = xstrdup(_("A rule forbids this; nothing was changed."));
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
	if (str_eq(t->mode, "draft")) {
		free(c->note);
		c->note = xstrdup(_("staged in the draft; decided at the end of the task"));
		call_end(c, c->result.failed ? CALL_FAILED : CALL_DONE);
		return;
	}
	emit(t->agent, t->n, EV_RAN,
		c->result.text.p ? buf_slice(&c->result.text) : SLICE_LIT(""), "call:i summary:s",
		c->n, c->result.summary);
	judge(t, c, c->effects);
}

/* --- listing on a worker --- */

#define DIFFS_MAX 50	     /* small text diffs kept in the journal, per act */
#define DIFF_MAX (32u << 10) /* bytes of one */

struct diff_text {
	int64_t n;
	char *text;
};

struct observe_job {
	uv_work_t work;
	struct task *task;
	struct tool_call *call; /* NULL: the whole draft at the end */
	struct effects *into;
	bool listed; /* the effects are there already: only the diffs are wanted */
	bool ok;
	struct err err;
	struct diff_text diffs[DIFFS_MAX];
	size_t n_diffs;
	struct strv words;
};

static void
collect_diffs(struct observe_job *j)
{
	size_t i;

	for (i = 0; i < j->into->n && j->n_diffs < DIFFS_MAX; i++) {
		const struct effect *e = &j->into->v[i];
		autobuf struct buf b = BUF_INIT(DIFF_MAX + 1024);

		if (!e->text || !draft_diff(j->task->draft, e, DIFF_MAX, &b, NULL))
			continue;
		j->diffs[j->n_diffs].n = (int64_t)i;
		j->diffs[j->n_diffs++].text = buf_steal(&b);
	}
}

#define WORDS_MAX 10 /* sentences such as "branch feature loses 3 commits" */

static void
collect_words(struct observe_job *j)
{
	size_t i;

	for (i = 0; i < j->into->n && j->words.n < WORDS_MAX; i++) {
		char *words = draft_words(j->task->draft, j->into, &j->into->v[i]);

		if (words && !strv_has(&j->words, words))
			strv_take(&j->words, words);
		else
			free(words);
	}
}

static void
observe_work(uv_work_t *w)
{
	struct observe_job *j = w->data;

	j->ok = j->listed || draft_effects(j->task->draft, j->call ? &j->call->cancelled : NULL,
				     j->into, &j->err);
	if (j->ok) {
		collect_diffs(j);
		collect_words(j);
	}
}

static void
emit_diffs(struct observe_job *j)
{
	size_t i;

	for (i = 0; i < j->n_diffs; i++) {
		emit(j->task->agent, j->task->n, EV_DIFF, slice_of(j->diffs[i].text), "call:i n:i",
			j->call ? j->call->n : 0, j->diffs[i].n);
		free(j->diffs[i].text);
	}
}

static void
observe_done(uv_work_t *w, int status)
{
	struct observe_job *j = w->data;
	struct task *t = j->task;
	struct tool_call *c = j->call;

	(void)status;
	t->work_busy = false;
	if (j->ok && j->into->n)
		emit_effects(t, c, j->into);
	emit_diffs(j);
	strv_finish(&t->words);
	t->words = j->words;
	if (!j->ok && c)
		call_fail(c, t->stopping ? CALL_STOPPED : CALL_FAILED, j->err.text);
	else if (!j->ok)
		task_fail(t, &j->err);
	else if (c && t->stopping) {
		c->ok = false;
		err_set(&c->err, ERR_CANCELLED, "%s", _("stopped; nothing was changed"));
		drop_start(t, c);
	} else if (c)
		act_decide(c);
	else if (t->final_effects.n)
		judge(t, NULL, &t->final_effects);
	else
		commit_continue(t, NULL);
	free(j);
}

static void
observe(struct task *t, struct tool_call *c, struct effects *into, bool listed)
{
	struct observe_job *j = xcalloc(1, sizeof(*j));

	j->task = t;
	j->call = c;
	j->into = into;
	j->listed = listed;
	j->work.data = j;
	t->work_busy = true;
	uv_queue_work(t->agent->loop, &j->work, observe_work, observe_done);
}

void
act_observe(struct tool_call *c)
{
	bool listed = c->result.effects != NULL;

	c->effects = listed ? c->result.effects : xcalloc(1, sizeof(*c->effects));
	c->result.effects = NULL;
	observe(c->task, c, c->effects, listed);
}

static void
finish_task(struct task *t)
{
	bool refused = t->refused_any && !t->agent->interactive;

	/* A recipe has nothing else to offer when its act was refused. */
	if (t->refused_by_person && !refused && str_eq(t->engine->ops->name, "instinct")) {
		task_finish(t, "stopped", _("you refused it"), 3);
		return;
	}

	if (refused)
		task_finish(t, "failed", _("something was refused for want of approval"), 3);
	else if (t->commit_failed)
		task_finish(t, "failed", _("a change could not be taken"), 1);
	else
		task_finish(t, t->engine_failed ? "failed" : "done", NULL, t->engine_failed ? 1 : 0);
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
	observe(t, NULL, &t->final_effects, false);
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

bool
agent_diff(struct agent *a, int64_t task, int64_t call, int64_t n, struct buf *out,
	struct err *err)
{
	struct task *t = a->task;
	const struct effects *e = t ? t->pending.effects : NULL;
	int64_t open = t && t->pending.call ? t->pending.call->n : 0;

	if (!t || t->n != task || !e || open != call || n < 0 || (size_t)n >= e->n)
		return err_set(err, ERR_NOT_FOUND, "%s", _("this effect is no longer open"));
	return draft_diff(t->draft, &e->v[n], LIMIT_TOOL_RESULT, out, err);
}
