/* The one open question of a task: effects, a command, a brake, money. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"

static void
approval_body(struct buf *out, const struct effects *e, const struct policy_answer *p,
	const char *question, const char *command)
{
	struct jw w;
	size_t i;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_array(&w, "effects");
	for (i = 0; e && i < e->n && i < 20000; i++)
		jw_i64(&w, NULL, (int64_t)i);
	jw_end_array(&w);
	if (question)
		jw_str(&w, "question", question);
	if (command)
		jw_str(&w, "command", command);
	if (p && p->always)
		jw_raw(&w, "rule", slice_of(p->always));
	jw_end_object(&w);
}

static void
why_json(struct buf *out, const struct policy_answer *p)
{
	struct jw w;
	size_t i;

	jw_init(&w, out);
	jw_array(&w, NULL);
	for (i = 0; p && i < p->why.n; i++)
		jw_str(&w, NULL, p->why.v[i]);
	jw_end_array(&w);
}

/* kind PEND_NONE only records that a decision was needed (nobody can be asked). */
void
pending_ask(struct task *t, enum pending_kind kind, struct tool_call *c, struct effects *e,
	const struct policy_answer *p, const char *question, const char *command)
{
	autobuf struct buf body = BUF_INIT(LIMIT_BODY), why = BUF_INIT(LIMIT_FACTS);

	approval_body(&body, e, p, question, command);
	why_json(&why, p);
	t->last_approval++;
	if (kind != PEND_NONE) {
		t->pending = (struct pending){ .kind = kind, .approval = t->last_approval,
			.call = c, .effects = e };
		t->pending.typed = p ? xstrdup0(p->typed) : NULL;
		t->pending.always = p ? xstrdup0(p->always) : NULL;
		t->phase = TASK_WAITING;
		if (c)
			c->state = CALL_WAITING;
	}
	emit(t->agent, t->n, EV_APPROVAL, buf_slice(&body),
		"approval:i call:i why:j red:b taint:s typed:s", t->last_approval, c ? c->n : 0,
		buf_str(&why), p && p->red, t->taint, p ? p->typed : NULL);
	if (kind != PEND_NONE)
		task_state(t, "waiting");
}

void
pending_clear(struct task *t)
{
	free(t->pending.typed);
	free(t->pending.always);
	memset(&t->pending, 0, sizeof(t->pending));
}

static const char *const decision_names[] = {
	[DECIDE_TAKE] = "take",
	[DECIDE_PART] = "part",
	[DECIDE_EDIT] = "edit",
	[DECIDE_REFUSE] = "refuse",
	[DECIDE_DROP] = "drop",
	[DECIDE_STOP] = "stop",
};

static void
decision_event(struct task *t, const struct pending *p, const struct decision_opts *o)
{
	autobuf struct buf body = BUF_INIT(LIMIT_BODY);
	struct jw w;
	size_t i;

	jw_init(&w, &body);
	jw_object(&w, NULL);
	if (o->decision == DECIDE_PART) {
		jw_array(&w, "take");
		for (i = 0; i < o->n_take; i++)
			jw_i64(&w, NULL, o->take[i]);
		jw_end_array(&w);
	}
	if (o->words)
		jw_str(&w, o->decision == DECIDE_EDIT ? "command" : "words", o->words);
	jw_end_object(&w);
	emit(t->agent, t->n, EV_DECISION, buf_slice(&body), "approval:i call:i decision:s by:s",
		p->approval, p->call ? p->call->n : 0, decision_names[o->decision],
		o->by ? o->by : "person");
}

static bool *
selection(const struct effects *e, const struct decision_opts *o)
{
	bool *take = xcalloc(MAX_OF(e->n, 1u), sizeof(bool));
	size_t i;

	for (i = 0; i < e->n; i++)
		take[i] = o->decision == DECIDE_TAKE;
	for (i = 0; o->decision == DECIDE_PART && i < o->n_take; i++) {
		if (o->take[i] >= 0 && (size_t)o->take[i] < e->n)
			take[o->take[i]] = true;
	}
	return take;
}

/* The edited command runs in a fresh layer: what the first one did is dropped. */
static void
edit_command(struct tool_call *c, const char *command)
{
	cJSON *args = c->args;

	cJSON_ReplaceItemInObjectCaseSensitive(args, "command", cJSON_CreateString(command));
	free(c->args_text);
	c->args_text = json_print(args);
	if (c->effects) {
		effects_finish(c->effects);
		free(c->effects);
		c->effects = NULL;
	}
	c->rerun = true;
	emit(c->task->agent, c->task->n, EV_OUTPUT, slice_of(_("edited by you:\n")), "call:i", c->n);
	drop_start(c->task, c);
}

static void
refuse_note(struct tool_call *c, const struct decision_opts *o)
{
	free(c->note);
	c->task->refused_by_person = true;
	if (c->ctx.json) /* a recipe says it to the person as it is */
		c->note = xstrdup(_("You refused it; nothing was changed."));
	else
		c->note = o->words && *o->words
		? xasprintf(_("The person refused it, nothing was changed, and said: %s"), o->words)
		: xstrdup(_("The person refused it; nothing was changed."));
	if (!c->ok && !c->err.text[0])
		err_set(&c->err, ERR_DENIED, "%s", c->note);
}

static void
resolve_effects(struct task *t, struct pending *p, const struct decision_opts *o)
{
	if (o->decision == DECIDE_STOP)
		t->stopping = true;
	t->for_good = o->for_good;
	switch (o->decision) {
	case DECIDE_TAKE:
	case DECIDE_PART:
		commit_start(t, p->call, p->effects, selection(p->effects, o));
		break;
	case DECIDE_EDIT:
		edit_command(p->call, o->words);
		break;
	default:
		if (p->call)
			refuse_note(p->call, o);
		drop_start(t, p->call);
		break;
	}
}

/* Allowed: the same command again in the same draft, with the hosts. Else: what it did without. */
static void
resolve_network(struct task *t, struct pending *p, const struct decision_opts *o)
{
	struct tool_call *c = p->call;

	if (o->decision == DECIDE_STOP)
		t->stopping = true;
	if (o->decision == DECIDE_TAKE) {
		shell_allow_hosts(c);
		call_run(c);
	} else if (t->stopping) {
		refuse_note(c, o);
		drop_start(t, c);
	} else {
		c->state = CALL_OBSERVING;
		act_observe(c);
	}
}

static void
resolve_before(struct task *t, struct pending *p, const struct decision_opts *o)
{
	struct tool_call *c = p->call;

	if (o->decision == DECIDE_TAKE) {
		c->asked_before = true;
		c->outside = true;
		emit(t->agent, t->n, EV_OUTSIDE, SLICE_LIT("{}"), "call:i what:s", c->n,
			"unpreviewed");
		call_run(c);
		return;
	}
	if (o->decision == DECIDE_STOP)
		t->stopping = true;
	refuse_note(c, o);
	call_fail(c, t->stopping ? CALL_STOPPED : CALL_REFUSED, c->note);
}

void
pending_resolve(struct task *t, const struct decision_opts *o)
{
	struct pending p = t->pending;

	memset(&t->pending, 0, sizeof(t->pending));
	t->phase = TASK_ACTING;
	task_clock_go(t);
	switch (p.kind) {
	case PEND_EFFECTS:
	case PEND_FINAL:
		resolve_effects(t, &p, o);
		break;
	case PEND_BEFORE:
		resolve_before(t, &p, o);
		break;
	case PEND_NETWORK:
		resolve_network(t, &p, o);
		break;
	case PEND_BRAKE:
	case PEND_BUDGET:
		if (o->decision == DECIDE_TAKE)
			brakes_go_on(t, p.brake);
		else
			task_finish(t, "stopped", _("a limit was reached"), 4);
		break;
	default:
		break;
	}
	free(p.typed);
	free(p.always);
}

static bool
check_decision(struct task *t, const struct decision_opts *o, struct err *err)
{
	const struct pending *p = &t->pending;
	bool takes = o->decision == DECIDE_TAKE || o->decision == DECIDE_PART;

	if (takes && p->typed && (!o->typed || !str_eq(o->typed, p->typed)))
		return err_set(err, ERR_DENIED, _("type \"%s\" to confirm this"), p->typed);
	if (o->decision == DECIDE_PART && !p->effects)
		return err_set(err, ERR_USAGE, _("this can only be taken or refused as a whole"));
	if (o->decision == DECIDE_PART && p->effects->not_listed)
		return err_set(err, ERR_USAGE, _("there are too many effects to take a part"));
	if (o->decision == DECIDE_EDIT && (!p->call || !str_eq(p->call->name, "shell") || !o->words))
		return err_set(err, ERR_USAGE, _("only a command can be edited"));
	return true;
}

bool
agent_decide(struct agent *a, int64_t task, int64_t approval, const struct decision_opts *o,
	struct err *err)
{
	struct task *t = a->task;

	if (!t || t->n != task || t->pending.kind == PEND_NONE || t->pending.approval != approval)
		return err_set(err, ERR_NOT_FOUND, _("this decision is no longer open"));
	if (!check_decision(t, o, err))
		return false;
	decision_event(t, &t->pending, o);
	pending_resolve(t, o);
	return true;
}
