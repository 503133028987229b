/* What an engine says becomes events. Text waits at most TEXT_DELAY_MS. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/base/utf8.h"

/* What becomes of a message: more comes, it is whole, or its reply broke off. */
enum flush { FLUSH_MORE, FLUSH_END, FLUSH_CUT };

/* Emits what is complete; a split UTF-8 character waits for its rest. */
static void
flush_one(struct task *t, enum event_kind kind, struct buf *b, bool *any, enum flush how)
{
	static const char *const facts[] = { "turn:i", "turn:i end:b", "turn:i end:b cut:b" };
	bool end = how != FLUSH_MORE;
	size_t keep = end ? 0 : utf8_partial_tail(b->p, b->len);
	size_t n = b->len - keep;

	if (!n && !(end && *any))
		return;
	/* At the end of a long message the journal puts it together and indexes it: its last words
	 * are an event before that, so that they do not wait for it. */
	if (end && *any && n && t->text_sent > TEXT_LONG) {
		emit(t->agent, t->n, kind, (struct slice){ b->p, n }, "turn:i", (int64_t)t->turn);
		buf_consume(b, n);
		n = 0;
	}
	t->text_sent = end ? 0 : t->text_sent + n;
	emit(t->agent, t->n, kind, (struct slice){ b->p ? b->p : "", n },
		facts[how], (int64_t)t->turn, 1, 1);
	*any = !end;
	buf_consume(b, n);
}

static void
flush(struct task *t, enum flush how)
{
	uv_timer_stop(t->text_timer);
	flush_one(t, EV_REASONING, &t->reasoning, &t->reasoning_any, how);
	flush_one(t, EV_TEXT, &t->text, &t->text_any, how);
}

void
task_flush_text(struct task *t, bool end)
{
	flush(t, end ? FLUSH_END : FLUSH_MORE);
}

static void
on_text_timer(uv_timer_t *h)
{
	task_flush_text(h->data, false);
}

static void
add_text(struct task *t, struct buf *b, bool *any, struct slice piece)
{
	if (!piece.n)
		return;
	/* The first piece is shown at once, later ones are gathered. */
	if (!buf_add_slice(b, piece)) {
		task_flush_text(t, false);
		(void)buf_add_slice(b, piece);
	}
	if (!*any) {
		*any = true;
		task_flush_text(t, false);
	} else if (b->len > (64u << 10)) {
		task_flush_text(t, false);
	} else if (!uv_is_active((uv_handle_t *)t->text_timer)) {
		uv_timer_start(t->text_timer, on_text_timer, TEXT_DELAY_MS, 0);
	}
}

static void
sink_text(void *user, struct slice piece)
{
	struct task *t = user;

	if (!piece.n) {
		task_flush_text(t, false);
		return;
	}
	if (t->reasoning_any || t->reasoning.len)
		flush_one(t, EV_REASONING, &t->reasoning, &t->reasoning_any, FLUSH_END);
	add_text(t, &t->text, &t->text_any, piece);
}

static void
sink_reasoning(void *user, struct slice piece)
{
	struct task *t = user;

	add_text(t, &t->reasoning, &t->reasoning_any, piece);
}

static void
sink_plan(void *user, const char *json)
{
	struct task *t = user;

	free(t->plan);
	t->plan = xstrdup(json);
	emit(t->agent, t->n, EV_PLAN, slice_of(json), "by:s",
		str_eq(t->engine->ops->name, "instinct") ? "recipe" : "engine");
}

static void
sink_call(void *user, const char *id, const char *tool, struct slice args)
{
	struct task *t = user;
	struct tool_call *c;

	if (t->n_calls >= LIMIT_CALLS_PER_REPLY) {
		if (t->n_calls == LIMIT_CALLS_PER_REPLY)
			emit(t->agent, t->n, EV_NOTICE,
				slice_of(_("The reply asked for too many calls at once; the rest is "
					   "left out.")),
				"level:s", "warn");
		return;
	}
	task_flush_text(t, true);
	c = call_add(t, ++t->last_call, id, tool, args);
	emit(t->agent, t->n, EV_CALL, slice_of(c->args_text), "call:i turn:i tool:s risk:s id:s",
		c->n, (int64_t)t->turn, c->name,
		!c->tool			   ? "unknown"
			: c->tool->risk == RISK_READ ? "read"
			: c->tool->risk == RISK_ACT  ? "act"
			: c->tool->risk == RISK_SINK ? "sink"
						     : "talk",
		c->id);
}

static void
sink_turn(void *user, struct slice json, const char *stop)
{
	struct task *t = user;

	task_flush_text(t, true);
	emit(t->agent, t->n, EV_TURN, json, "turn:i engine:s model:s stop:s", (int64_t)t->turn,
		t->engine->ops->name, t->model, stop);
}

static bool
sink_request(void *user, const struct engine_request *r)
{
	struct task *t = user;

	if (!brakes_request(t, r))
		return false;
	emit(t->agent, t->n, EV_MODEL_REQUEST, r->body,
		"turn:i provider:s model:s host:s bytes:i tokens_est:i window:i cost_est:d",
		(int64_t)t->turn, r->provider, r->model, r->host, r->bytes, r->tokens_est,
		r->window, r->cost_est);
	return true;
}

static void
sink_reply(void *user, int status, int64_t ms, int64_t first_ms, int64_t bytes)
{
	struct task *t = user;

	emit(t->agent, t->n, EV_MODEL_REPLY, NO_BODY, "turn:i status:i ms:i first_ms:i bytes:i",
		(int64_t)t->turn, (int64_t)status, ms, first_ms, bytes);
}

static void
sink_usage(void *user, const struct engine_usage *u)
{
	struct task *t = user;

	brakes_usage(t, u);
	emit(t->agent, t->n, EV_USAGE, NO_BODY,
		"turn:i provider:s model:s input:o output:o cache_read:o cache_write:o reasoning:o "
		"cost:d skill:s estimated:j",
		(int64_t)t->turn, u->provider, u->model, u->input, u->output, u->cache_read,
		u->cache_write, u->reasoning, u->cost, t->skill, u->estimated ? "true" : NULL);
}

static void
sink_retry(void *user, const struct engine_retry *r)
{
	struct task *t = user;

	/* What came of the failed reply is not the beginning of the next one. */
	flush(t, FLUSH_CUT);
	emit(t->agent, t->n, EV_RETRY, NO_BODY, "turn:i wait_ms:i attempt:i why:s model:s",
		(int64_t)t->turn, r->wait_ms, (int64_t)r->attempt, r->why, r->model);
}

static void
sink_notice(void *user, const char *level, const char *sentence)
{
	struct task *t = user;

	emit(t->agent, t->n, EV_NOTICE, slice_of(sentence), "level:s", level);
}

static void
sink_compact(void *user, int64_t from, int64_t to, struct slice summary, int64_t before,
	int64_t after)
{
	struct task *t = user;

	emit(t->agent, t->n, EV_COMPACT, summary, "from:i to:i tokens_before:i tokens_after:i",
		from, to, before, after);
}

static void
sink_recipe(void *user, const char *name, const char *skill, const char *slots)
{
	struct task *t = user;
	struct agent *a = t->agent;

	free(t->recipe);
	t->recipe = xstrdup(name);
	free(t->skill);
	t->skill = xstrdup0(skill);
	free(a->last_run);
	a->last_run = xasprintf("{\"recipe\":\"%s\",\"slots\":%s}", name, slots);
	emit(a, t->n, EV_RECIPE, slice_of(slots), "recipe:s skill:s", name, skill);
}

static void
after_turn(void *user)
{
	struct task *t = user;

	if (t->n_calls && !t->stopping) {
		t->phase = TASK_ACTING;
		task_state(t, "acting");
		task_pump(t);
	} else if (t->stopping) {
		task_finish(t, "stopped", NULL, 130);
	} else {
		task_final(t);
	}
}

static void
offer_recipes(struct task *t)
{
	autofree char *s = agent_offer_recipes(t->agent, t->request, t->cwd);

	if (s)
		emit(t->agent, t->n, EV_NOTICE, slice_of(s), "level:s", "info");
}

/* Steers that came while the engine spoke its last words get their own turn. */
static void
on_end(void *user)
{
	struct agent *a = user;
	struct task *t = a->task;

	if (!t || !t->end_seen || t->thinking)
		return;
	t->end_seen = false;
	if (t->phase == TASK_ENDING) {
		if (a->broken.code)
			task_end_unwritten(a);
		return;
	}
	if (t->end_how == ENGINE_CANCELLED && t->time_up && !t->stopping)
		brakes_time(t);
	else if (t->end_how == ENGINE_CANCELLED)
		task_finish(t, "stopped", NULL, 130);
	else if (t->end_how == ENGINE_FAILED && t->pending.kind == PEND_BUDGET)
		return; /* the person was asked; thinking goes on with the decision */
	else if (t->end_how == ENGINE_FAILED) {
		if (t->end_err.code == ERR_NET && t->turn == 1)
			offer_recipes(t);
		task_fail(t, &t->end_err);
	}
	else if (!t->n_calls && t->steered) {
		t->steered = false;
		task_think(t);
	} else {
		t->steered = false;
		after_turn(t);
	}
}

static void
sink_end(void *user, enum engine_end how, const struct err *err)
{
	struct task *t = user;

	flush(t, how == ENGINE_DONE ? FLUSH_END : FLUSH_CUT);
	uv_timer_stop(t->time_timer);
	t->thinking = false;
	t->end_seen = true;
	t->end_how = how;
	if (err)
		t->end_err = *err;
	agent_defer(t->agent, on_end, t->agent);
}

const struct engine_sink task_sink = {
	.text = sink_text,
	.reasoning = sink_reasoning,
	.plan = sink_plan,
	.call = sink_call,
	.turn = sink_turn,
	.request = sink_request,
	.reply = sink_reply,
	.usage = sink_usage,
	.retry = sink_retry,
	.notice = sink_notice,
	.compact = sink_compact,
	.recipe = sink_recipe,
	.end = sink_end,
};
