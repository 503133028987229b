/* The running task: begin, think, end. Acts are in calls.c and act.c. */
#include "agent/net/http.h"
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"

static void
on_timer_closed(uv_handle_t *h)
{
	free(h);
}

static uv_timer_t *
new_timer(struct task *t)
{
	uv_timer_t *h = xcalloc(1, sizeof(*h));

	uv_timer_init(t->agent->loop, h);
	h->data = t;
	return h;
}

struct task *
task_new(struct agent *a, const char *cwd, const char *mode)
{
	struct task *t = xcalloc(1, sizeof(*t));

	t->agent = a;
	t->cwd = xstrdup(cwd);
	t->mode = xstrdup(mode);
	buf_init(&t->text, LIMIT_BODY);
	buf_init(&t->reasoning, LIMIT_BODY);
	t->text_timer = new_timer(t);
	t->time_timer = new_timer(t);
	t->begun_mono = clock_mono(a->clock);
	brakes_init(t);
	return t;
}

void
task_free(struct task *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; i < t->n_calls; i++)
		call_free(t->calls[i]);
	free(t->calls);
	pending_clear(t);
	effects_finish(&t->final_effects);
	strv_finish(&t->words);
	items_finish(&t->items);
	draft_close(t->draft);
	buf_finish(&t->text);
	buf_finish(&t->reasoning);
	uv_close((uv_handle_t *)t->text_timer, on_timer_closed);
	uv_close((uv_handle_t *)t->time_timer, on_timer_closed);
	free(t->request);
	free(t->cwd);
	free(t->mode);
	free(t->model);
	free(t->next_model);
	free(t->recipe);
	free(t->skill);
	free(t->plan);
	free(t->taint);
	free(t);
}

void
task_clock_stop(struct task *t)
{
	if (t->brakes.clock_from)
		t->brakes.work_ms += clock_mono(t->agent->clock) - t->brakes.clock_from;
	t->brakes.clock_from = 0;
}

void
task_clock_go(struct task *t)
{
	if (!t->brakes.clock_from)
		t->brakes.clock_from = clock_mono(t->agent->clock);
}

void
task_state(struct task *t, const char *state)
{
	if (str_eq(state, "waiting"))
		task_clock_stop(t);
	else
		task_clock_go(t);
	emit(t->agent, t->n, EV_STATE, NO_BODY, "state:s", state);
}

/* The last event is written: the task is over. */
static void
on_finished(void *user)
{
	struct task *t = user;
	struct agent *a = t->agent;

	if (t->lease)
		lease_release(a->journal, t->n);
	a->task = NULL;
	task_free(t);
	agent_next_queued(a);
	if (a->interactive && !a->task)
		http_rest();
}

void
task_finish(struct task *t, const char *state, const char *reason, int exit)
{
	if (t->phase == TASK_ENDING)
		return;
	task_flush_text(t, true);
	t->phase = TASK_ENDING;
	task_clock_stop(t);
	pending_clear(t);
	if (t->draft && !draft_discard(t->draft, NULL))
		emit(t->agent, t->n, EV_NOTICE,
			slice_of(_("The draft could not be removed; homard doctor shows it.")),
			"level:s", "warn");
	emit_then(t, EV_STATE, NO_BODY, on_finished, t, "state:s reason:s exit:i ms:i cost:d",
		state, reason, (int64_t)exit, t->brakes.work_ms,
		t->brakes.cost > 0 ? t->brakes.cost : -1.0);
}

/* What could not be written cannot end with an event either. An engine in the middle of a reply
 * still speaks to the task: it ends first. */
void
task_end_unwritten(struct agent *a)
{
	if (a->task && a->task->phase == TASK_ENDING && !a->task->thinking)
		on_finished(a->task);
}

static void
finish_unwritten(void *user)
{
	struct agent *a = user;

	if (a->task && a->task->phase == TASK_ENDING && a->task->thinking)
		a->task->engine->ops->cancel(a->task->engine);
	task_end_unwritten(a);
}

void
task_fail(struct task *t, const struct err *err)
{
	if (t->agent->broken.code) {
		t->phase = TASK_ENDING;
		agent_defer(t->agent, finish_unwritten, t->agent);
		return;
	}
	if (t->phase == TASK_ENDING)
		return;
	task_flush_text(t, true);
	emit(t->agent, t->n, EV_NOTICE, slice_of(err->text), "level:s", "error");
	task_finish(t, err->code == ERR_CANCELLED ? "stopped" : "failed", err->text,
		err_exit_code(err));
}

bool
task_open_draft(struct task *t, struct err *err)
{
	struct agent *a = t->agent;
	autofree char *stage = NULL;
	struct draft_opts o = { .task = t->n, .home = a->places->home, .cwd = t->cwd,
		.clock = a->clock };

	if (t->draft)
		return true;
	agent_banner(a);
	stage = path_join(a->places->state, "stage");
	o.stage_root = stage;
	o.helper = a->helper;
	o.masks = (const char *const *)config_list(a->config, "draft.hide")->v;
	o.own = (const char *const *)a->own.v;
	return draft_open(&o, &t->draft, err);
}

static void
fill_tools(struct task *t, struct engine_tool *out, size_t max, size_t *ret_n)
{
	const struct tool *const *p;
	bool all = str_eq(t->engine->ops->name, "instinct");
	size_t n = 0;

	for (p = tool_table; *p && n < max; p++) {
		if (!all && !((*p)->flags & TOOL_CORE))
			continue;
		out[n++] = (struct engine_tool){ (*p)->name, (*p)->summary, (*p)->schema,
			(*p)->risk == RISK_READ };
	}
	*ret_n = n;
}

static void
calls_clear(struct task *t)
{
	size_t i;

	for (i = 0; i < t->n_calls; i++)
		call_free(t->calls[i]);
	t->n_calls = 0;
}

static void
apply_next_model(struct task *t)
{
	if (!t->next_model)
		return;
	if (str_eq(t->next_model, "instinct"))
		task_choose_engine(t, "instinct", NULL);
	else
		task_choose_engine(t, "model", t->next_model);
	free(t->next_model);
	t->next_model = NULL;
}

/* Everything before is written by now, so the items are complete. */
static void
think_now(void *user)
{
	struct task *t = user;
	struct engine_tool tools[128];
	struct engine_input in;
	struct err err = { 0 };

	if (t->stopping) {
		task_finish(t, "stopped", NULL, 130);
		return;
	}
	in = (struct engine_input){ .task = t->n, .turn = t->turn, .cwd = t->cwd,
		.home = t->agent->places->home, .mode = t->mode, .language = i18n_language(),
		.model = t->model, .recipe = t->recipe, .items = t->items.v,
		.n_items = t->items.n, .tools = tools, .plan = t->plan,
		.last_run = agent_last_run(t->agent), .now_ms = clock_wall(t->agent->clock) };
	fill_tools(t, tools, ARRAY_LEN(tools), &in.n_tools);
	t->thinking = true;
	brakes_watch(t);
	if (!t->engine->ops->think(t->engine, &in, &task_sink, t, &err)) {
		t->thinking = false;
		uv_timer_stop(t->time_timer);
		task_fail(t, &err);
	}
}

void
task_think(struct task *t)
{
	if (t->stopping) {
		task_finish(t, "stopped", NULL, 130);
		return;
	}
	calls_clear(t);
	apply_next_model(t);
	if (!brakes_before_turn(t))
		return;
	t->phase = TASK_THINKING;
	t->turn++;
	t->end_seen = false;
	task_clock_go(t);
	/* With the items complete the model need not wait for the journal once more: this changes
	 * nothing, and what the reply leads to has its own events. */
	if (t->items_due) {
		emit_then(t, EV_STATE, NO_BODY, think_now, t, "state:s", "thinking");
		return;
	}
	task_state(t, "thinking");
	think_now(t);
}
