/* Tool calls of one turn: read-only ones side by side, acts one after another, in order. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/base/sanitize.h"

#define OUTPUT_PENDING_MAX (1u << 20) /* of a worker, between two turns of the loop */

struct tool_call *
call_add(struct task *t, int64_t n, const char *id, const char *tool, struct slice args)
{
	struct tool_call *c = xcalloc(1, sizeof(*c));

	c->task = t;
	c->n = n;
	c->turn = t->turn;
	c->id = xstrdup(id ? id : "");
	c->name = xstrdup(tool);
	c->tool = tool_find(tool);
	if (args.p && args.n <= LIMIT_TOOL_ARGS)
		c->args = json_parse(args, &c->err);
	else
		err_set(&c->err, ERR_PROTO, _("the arguments are incomplete"));
	c->args_text = c->args ? slice_dup(args) : xstrdup("null");
	uv_mutex_init(&c->lock);
	buf_init(&c->output, OUTPUT_PENDING_MAX);
	buf_init(&c->result.text, LIMIT_TOOL_JSON);
	c->result.exit = -1;
	GROW(t->calls, t->n_calls, t->cap_calls);
	t->calls[t->n_calls++] = c;
	return c;
}

void
call_free(struct tool_call *c)
{
	if (!c)
		return;
	cJSON_Delete(c->args);
	tool_result_finish(&c->result);
	if (c->effects) {
		effects_finish(c->effects);
		free(c->effects);
	}
	buf_finish(&c->output);
	uv_mutex_destroy(&c->lock);
	free(c->id);
	free(c->name);
	free(c->args_text);
	free(c->note);
	strv_finish(&c->hosts);
	free(c);
}

/* --- output of workers --- */

static void
call_output(struct tool_call *c, struct slice piece)
{
	bool signal;

	uv_mutex_lock(&c->lock);
	if (!buf_add_slice(&c->output, piece))
		c->output.full = false; /* too much at once: the tool keeps its own record */
	signal = !c->output_signalled;
	c->output_signalled = true;
	uv_mutex_unlock(&c->lock);
	if (signal)
		uv_async_send(&c->task->agent->wake);
}

void
call_drain_output(struct tool_call *c)
{
	autobuf struct buf raw = BUF_INIT(OUTPUT_PENDING_MAX), safe = BUF_INIT(LIMIT_BODY);

	uv_mutex_lock(&c->lock);
	if (c->output.len)
		buf_add_slice(&raw, buf_slice(&c->output));
	buf_clear(&c->output);
	c->output_signalled = false;
	uv_mutex_unlock(&c->lock);
	if (!raw.len || c->state == CALL_ENDED)
		return;
	sanitize(&safe, raw.p, raw.len, SANITIZE_TEXT);
	emit(c->task->agent, c->task->n, EV_OUTPUT, buf_slice(&safe), "call:i", c->n);
}

static void
call_progress(struct tool_call *c, uint64_t n, uint64_t total)
{
	(void)c;
	(void)n;
	(void)total;
}

/* --- ending --- */

static const char *const outcome_names[] = { "done", "failed", "refused", "stopped" };

static void
after_call(void *user)
{
	struct task *t = user;

	task_pump(t);
}

/* What the engine reads: the tool's text, or the sentence, and what the core has to add. */
static void
result_text(struct tool_call *c, struct buf *out)
{
	buf_add_slice(out, buf_slice(&c->result.text));
	if (!c->ok && c->err.text[0]) {
		buf_clear(out);
		buf_add_str(out, c->err.text);
	}
	if (c->refused && c->note) { /* what it would have done did not happen */
		buf_clear(out);
		buf_add_str(out, c->note);
	} else if (c->note && !c->ctx.json)
		buf_printf(out, "%s%s", out->len ? "\n" : "", c->note);
	else if (c->note && out->len > 1 && out->p[out->len - 1] == '}') {
		/* A recipe reads one JSON object: the core's words become a member of it. */
		buf_truncate(out, out->len - 1);
		buf_printf(out, "%s\"note\":", out->p[out->len - 1] == '{' ? "" : ",");
		json_quote(out, slice_of(c->note));
		buf_add_char(out, '}');
	}
}

/* Before the result is: a call whose end is on disk has its picture there too. */
static void
tell_image(struct tool_call *c)
{
	struct tool_result *r = &c->result;

	if (!c->ok || !r->image.len || !r->image_type)
		return;
	emit(c->task->agent, c->task->n, EV_IMAGE, buf_slice(&r->image),
		"call:i type:s width:i height:i bytes:i", c->n, r->image_type,
		(int64_t)r->image_width, (int64_t)r->image_height, (int64_t)r->image.len);
}

void
call_end(struct tool_call *c, enum call_outcome outcome)
{
	struct task *t = c->task;
	autobuf struct buf text = BUF_INIT(LIMIT_BODY);
	/* The act's own time: what the person took to decide is not in it. */
	int64_t end = c->ran_mono ? c->ran_mono : clock_mono(t->agent->clock);
	int64_t ms = c->begun_mono ? end - c->begun_mono : 0;
	char code[16] = "";

	if (c->state == CALL_ENDED)
		return;
	call_drain_output(c);
	c->state = CALL_ENDED;
	result_text(c, &text);
	if (c->result.exit >= 0)
		snprintf(code, sizeof(code), "%d", c->result.exit);
	if (c->result.taint && shell_is_local(c)) {
		free(c->result.taint);
		c->result.taint = NULL;
	}
	if (c->result.taint) {
		free(t->taint);
		t->taint = xstrdup(c->result.taint);
		emit(t->agent, t->n, EV_TAINT, NO_BODY, "source:s what:s call:i", t->taint, c->name,
			c->n);
	}
	tell_image(c);
	emit_then(t, EV_CALL_DONE, text.p ? buf_slice(&text) : SLICE_LIT(""), after_call, t,
		"call:i outcome:s ms:i summary:s exit:j note:s", c->n, outcome_names[outcome], ms,
		c->refused && c->note ? c->note
			: c->result.summary ? c->result.summary
			: c->ok		    ? NULL
					    : c->err.text,
		*code ? code : NULL, c->note);
}

void
call_fail(struct tool_call *c, enum call_outcome outcome, const char *sentence)
{
	c->ok = false;
	err_set(&c->err, ERR_DENIED, "%s", sentence);
	call_end(c, outcome);
}

/* --- running --- */

static void
ran(struct tool_call *c)
{
	struct task *t = c->task;

	c->ran_mono = clock_mono(t->agent->clock);
	if (c->cancelled || t->stopping) {
		if (c->tool->risk == RISK_ACT && !c->ok) {
			call_fail(c, CALL_STOPPED, _("stopped"));
			return;
		}
	}
	if (c->ok && !t->stopping && shell_wants_network(c))
		return;
	if (c->tool->risk == RISK_ACT && c->ok && !t->stopping) {
		c->state = CALL_OBSERVING;
		act_observe(c);
		return;
	}
	call_end(c, t->stopping ? CALL_STOPPED : c->ok && !c->result.failed ? CALL_DONE : CALL_FAILED);
}

static void
work_run(uv_work_t *w)
{
	struct tool_call *c = w->data;

	c->ok = c->tool->run(&c->ctx, c->args, &c->result, &c->err);
}

static void
work_ran(uv_work_t *w, int status)
{
	struct tool_call *c = w->data;

	(void)status;
	c->worker_busy = false;
	ran(c);
}

void
tool_set_state(struct tool_call *c, void *state)
{
	c->start_state = state;
}

static void
finish_deferred(void *user)
{
	ran(user);
}

void
tool_finish(struct tool_call *c, struct tool_result *r, const struct err *err)
{
	tool_result_finish(&c->result);
	c->result = *r;
	memset(r, 0, sizeof(*r));
	c->ok = !err || !err->code;
	if (err)
		c->err = *err;
	c->start_state = NULL;
	agent_defer(c->task->agent, finish_deferred, c);
}

static void
begun(void *user)
{
	struct tool_call *c = user;
	struct task *t = c->task;

	if (t->stopping) {
		call_fail(c, CALL_STOPPED, _("stopped"));
		return;
	}
	c->state = CALL_RUNNING;
	c->begun_mono = clock_mono(t->agent->clock);
	if (c->tool->run) {
		c->work.data = c;
		c->worker_busy = true;
		uv_queue_work(t->agent->loop, &c->work, work_run, work_ran);
	} else if (!c->tool->start(&c->ctx, c->args, &c->err)) {
		c->ok = false;
		ran(c);
	}
}

static void
prepare_ctx(struct tool_call *c)
{
	struct task *t = c->task;
	bool json = str_eq(t->engine->ops->name, "instinct");

	c->ctx = (struct tool_ctx){ .draft = t->draft, .cwd = t->cwd,
		.home = t->agent->places->home, .language = i18n_language(),
		.clock = t->agent->clock, .places = t->agent->places, .cancelled = &c->cancelled,
		.json = json, .max_result = json ? LIMIT_TOOL_JSON : LIMIT_TOOL_RESULT,
		.output = call_output, .progress = call_progress, .call = c,
		.services = &task_services, .loop = t->agent->loop, .outside = c->outside,
		.hosts = (const char *const *)c->hosts.v };
}

void
prepare_resumed_call(struct tool_call *c)
{
	prepare_ctx(c);
}

/* An edited command starts from nothing. */
static void
forget_first_run(struct tool_call *c)
{
	tool_result_finish(&c->result);
	memset(&c->result, 0, sizeof(c->result));
	buf_init(&c->result.text, LIMIT_TOOL_JSON);
	c->result.exit = -1;
	err_clear(&c->err);
	c->cancelled = false;
}

/* All checks passed: the act starts when the journal says so. */
void
call_run(struct tool_call *c)
{
	struct task *t = c->task;
	struct err err = { 0 };

	c->state = CALL_STARTING;
	forget_first_run(c);
	if (!task_open_draft(t, &err)) {
		call_fail(c, CALL_FAILED, err.text);
		return;
	}
	prepare_ctx(c);
	emit_then(t, EV_CALL_BEGUN, NO_BODY, begun, c, "call:i", c->n);
}

/* False when the call was answered already, or waits for a decision. */
static bool
check_call(struct tool_call *c)
{
	struct task *t = c->task;
	struct err err = { 0 };
	autofree char *s = NULL;

	if (!c->tool) {
		s = xasprintf(_("there is no tool \"%s\""), c->name);
		call_fail(c, CALL_FAILED, s);
		return false;
	}
	if (!c->args || !tool_check_args(c->tool, c->args, &err)) {
		s = xasprintf(_("not executed: %s"), c->args ? err.text : c->err.text);
		call_fail(c, CALL_FAILED, s);
		return false;
	}
	if (c->begun_before) {
		call_fail(c, CALL_STOPPED,
			_("interrupted before it ended; it was not repeated and changed nothing"));
		return false;
	}
	if (str_eq(t->mode, "read-only") && c->tool->risk != RISK_READ &&
		c->tool->risk != RISK_TALK) {
		t->refused_any = true;
		call_fail(c, CALL_REFUSED, _("the mode is read-only: nothing may change"));
		return false;
	}
	return brakes_before_call(t, c) && shell_may_begin(c);
}

static bool
all_ended(const struct task *t, size_t upto)
{
	size_t i;

	for (i = 0; i < upto; i++) {
		if (t->calls[i]->state != CALL_ENDED)
			return false;
	}
	return true;
}

static bool
only_reads_before(const struct task *t, size_t upto)
{
	size_t i;

	for (i = 0; i < upto; i++) {
		const struct tool_call *c = t->calls[i];

		if (c->state != CALL_ENDED && (!c->tool || c->tool->risk != RISK_READ))
			return false;
	}
	return true;
}

void
task_pump(struct task *t)
{
	size_t i;

	/* Results that were written together pump once each: the first may have begun the next turn. */
	if (t->phase == TASK_ENDING || t->phase == TASK_THINKING || t->pending.kind != PEND_NONE)
		return;
	for (i = 0; i < t->n_calls; i++) {
		struct tool_call *c = t->calls[i];
		bool reads = c->tool && c->tool->risk == RISK_READ;

		if (c->state != CALL_ASKED)
			continue;
		if (t->stopping) {
			call_fail(c, CALL_STOPPED, _("stopped before it began"));
			return;
		}
		if (reads ? !only_reads_before(t, i) : !all_ended(t, i))
			return;
		if (!check_call(c))
			return; /* its end, or the decision, pumps again */
		call_run(c);
		if (!reads)
			return;
	}
	if (!all_ended(t, t->n_calls))
		return;
	if (t->stopping)
		task_finish(t, "stopped", NULL, 130);
	else
		task_think(t);
}
