/* The verbs: submit, steer, queue, stop, answer, mode, model, plan. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/base/utf8.h"

struct submission {
	struct agent *agent;
	struct task *task;
	char *engine, *model;
	char *piped;
	size_t piped_n;
	int64_t fork_task, fork_seq;
	void (*started)(void *user, int64_t task, const struct err *err);
	void *user;
};

static void
submission_free(struct submission *s)
{
	free(s->engine);
	free(s->model);
	free(s->piped);
	free(s);
}

/* Is it left to us to choose? Then what the recipes say; looked up once a task. */
static bool
chosen_recipe(struct task *t, const char *engine, const char *model)
{
	if ((engine && (str_eq(engine, "instinct") || str_eq(engine, "model"))) || (model && *model))
		return false;
	if (!t->matched)
		t->recipe_fits = agent_recipe_fits(t->agent, t->request, t->cwd);
	t->matched = true;
	return t->recipe_fits;
}

/* A recipe where it fits, else the model if one is set (DESIGN 12). */
void
task_choose_engine(struct task *t, const char *engine, const char *model)
{
	struct agent *a = t->agent;
	const char *m = model && *model ? model : config_str(a->config, "model.default");
	bool instinct = engine && str_eq(engine, "instinct");
	const char *reason = engine ? "asked" : "default";
	struct err err = { 0 };

	if (!instinct && !(engine && str_eq(engine, "model"))) {
		bool fits = chosen_recipe(t, engine, model);

		instinct = fits || !*m;
		reason = fits ? "recipe" : instinct ? "no model" : "model";
	}
	t->engine = agent_engine(a, instinct ? "instinct" : "model", &err);
	free(t->model);
	t->model = instinct ? NULL : xstrdup(m);
	if (!t->engine || (!instinct && !*m)) {
		if (t->engine)
			err_set(&err, ERR_USAGE, "%s",
				_("no model is set; write model.default: PROVIDER/MODEL into "
				  "config.yaml or ask for something a recipe can do"));
		t->engine = agent_engine(a, "instinct", NULL);
		task_fail(t, &err);
		return;
	}
	emit(a, t->n, EV_ENGINE, NO_BODY, "engine:s model:s reason:s", t->engine->ops->name,
		t->model, reason);
}

static void
begin(struct submission *s)
{
	struct task *t = s->task;
	struct err err = { 0 };

	if (s->fork_task && !fork_items(t->agent, s->fork_task, s->fork_seq, &t->items, &err)) {
		task_fail(t, &err);
		return;
	}
	task_choose_engine(t, s->engine, s->model);
	if (t->phase == TASK_ENDING)
		return;
	if (s->piped)
		emit(t->agent, t->n, EV_STEER, (struct slice){ s->piped, s->piped_n }, "piped:b",
			1);
	if (s->piped) {
		free(t->taint);
		t->taint = xstrdup(_("piped text"));
		emit(t->agent, t->n, EV_TAINT, NO_BODY, "source:s what:s", t->taint, "stdin");
	}
	task_think(t);
}

static void
on_request(void *user, const struct event *ev, const struct err *err)
{
	struct submission *s = user;
	struct agent *a = s->agent;
	if (!ev) {
		a->task = NULL;
		task_free(s->task);
		if (s->started)
			s->started(s->user, 0, err);
		submission_free(s);
		return;
	}
	s->task->n = ev->task;
	s->task->lease = true; /* written together with the request */
	agent_deliver(a, ev);
	if (s->started)
		s->started(s->user, ev->task, NULL);
	begin(s);
	submission_free(s);
}

bool
agent_check_mode(const char *mode, struct err *err)
{
	static const char *const modes[] = { "step", "draft", "auto", "read-only" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(modes); i++) {
		if (str_eq(modes[i], mode))
			return true;
	}
	return err_set(err, ERR_USAGE, _("the mode is step, draft, auto or read-only, not \"%s\""),
		mode);
}

static bool
check_submit(struct agent *a, const struct submit *s, const char *mode, struct err *err)
{
	size_t n = strlen(s->text);

	if (a->task)
		return err_set(err, ERR_USAGE, "%s", _("a task is running already"));
	if (a->broken.code) {
		*err = a->broken;
		return false;
	}
	if (!slice_trim(slice_of(s->text)).n)
		return err_set(err, ERR_USAGE, "%s", _("say what you want done"));
	if (n > LIMIT_REQUEST_TEXT)
		return err_set(err, ERR_USAGE, "%s", _("the request is longer than 1 MB"));
	if (!utf8_valid(s->text, n))
		return err_set(err, ERR_USAGE, "%s", _("the request is not valid UTF-8 text"));
	return agent_check_mode(mode, err);
}

/* While the disk takes the request: what needs no number of the task yet. */
static void
prepare(struct task *t, const char *engine, const char *model)
{
	if (chosen_recipe(t, engine, model) || (engine && str_eq(engine, "instinct")))
		return;
	if ((model && *model) || *config_str(t->agent->config, "model.default"))
		agent_warm_model(t->agent);
}

/* NULL: the recipe where one fits, else the model. */
static const char *
wanted_engine(const struct agent *a, const struct submit *s)
{
	const char *fixed = config_str(a->config, "engine.default");

	if (s->engine || (s->model && *s->model))
		return s->engine;
	return str_eq(fixed, "auto") ? NULL : fixed;
}

bool
agent_submit(struct agent *a, const struct submit *s,
	void (*started)(void *user, int64_t task, const struct err *err), void *user,
	struct err *err)
{
	const char *mode = s->mode ? s->mode : config_str(a->config, "task.mode");
	const char *engine = wanted_engine(a, s);
	autobuf struct buf facts = BUF_INIT(LIMIT_FACTS);
	struct journal_entry e = { .task = JOURNAL_NEW_TASK, .kind = EV_REQUEST, .has_body = true };
	struct submission *sub;
	struct jw w;

	if (!check_submit(a, s, mode, err))
		return false;
	sub = xcalloc(1, sizeof(*sub));
	sub->agent = a;
	sub->engine = xstrdup0(engine);
	sub->model = xstrdup0(s->model);
	if (s->piped.n) {
		sub->piped = slice_dup(s->piped);
		sub->piped_n = s->piped.n;
	}
	sub->fork_task = s->fork_task;
	sub->fork_seq = s->fork_seq;
	sub->started = started;
	sub->user = user;
	sub->task = a->task = task_new(a, s->cwd, mode);
	a->task->request = xstrdup(s->text);
	jw_init(&w, &facts);
	jw_object(&w, NULL);
	jw_str(&w, "engine", engine ? engine : "auto");
	jw_str(&w, "mode", mode);
	jw_str(&w, "cwd", s->cwd);
	if (s->model)
		jw_str(&w, "model", s->model);
	if (s->fork_task) {
		jw_i64(&w, "parent", s->fork_task);
		jw_i64(&w, "parent_seq", s->fork_seq);
	}
	jw_end_object(&w);
	e.facts = buf_slice(&facts);
	e.body = slice_of(s->text);
	journal_append(a->journal, &e, on_request, sub);
	prepare(a->task, engine, s->model);
	return true;
}

static struct task *
running(struct agent *a, struct err *err)
{
	if (!a->task || a->task->phase == TASK_ENDING) {
		err_set(err, ERR_NOT_FOUND, "%s", _("no task is running"));
		return NULL;
	}
	return a->task;
}

bool
agent_steer(struct agent *a, const char *text, struct err *err)
{
	struct task *t = running(a, err);

	if (!t)
		return false;
	t->steered = true;
	emit(a, t->n, EV_STEER, slice_of(text), "");
	/* Recipes take no further words: said at once, not when the next step has ended. */
	if (t->engine && str_eq(t->engine->ops->name, "instinct"))
		emit(a, t->n, EV_NOTICE,
			slice_of(_("A recipe runs as it was asked; these words do not change it. "
				   "“stop after this” ends it after the step that runs, /stop ends it "
				   "now; anything else, ask when it is done.")),
			"level:s", "info");
	return true;
}

bool
agent_queue(struct agent *a, const char *text, struct err *err)
{
	struct task *t = running(a, err);

	if (!t)
		return false;
	strv_add(&a->queue, text);
	free(a->queue_cwd);
	a->queue_cwd = xstrdup(t->cwd);
	emit(a, t->n, EV_QUEUE, slice_of(text), "");
	return true;
}

static void
submit_queued(void *user)
{
	struct agent *a = user;
	autofree char *text = NULL;
	struct submit s = { 0 };
	size_t i;

	if (!a->queue.n || a->task || a->closing)
		return;
	text = a->queue.v[0];
	for (i = 1; i <= a->queue.n; i++)
		a->queue.v[i - 1] = a->queue.v[i];
	a->queue.n--;
	s.text = text;
	s.cwd = a->queue_cwd;
	(void)!agent_submit(a, &s, NULL, NULL, &a->broken);
}

void
agent_next_queued(struct agent *a)
{
	if (a->queue.n)
		agent_defer(a, submit_queued, a);
}

void
agent_stop(struct agent *a, bool hard)
{
	struct task *t = a->task;
	size_t i;

	if (!t || t->phase == TASK_ENDING)
		return;
	t->stopping = true;
	t->stop_hard |= hard;
	if (t->pending.kind != PEND_NONE) {
		struct decision_opts o = { .decision = DECIDE_STOP };

		(void)!agent_decide(a, t->n, t->pending.approval, &o, NULL);
		return;
	}
	for (i = 0; i < t->n_calls; i++) {
		struct tool_call *c = t->calls[i];

		c->cancelled = true;
		if (c->state == CALL_RUNNING && c->tool->stop)
			c->tool->stop(&c->ctx, c->start_state);
	}
	if (t->asking)
		agent_answer_nothing(t);
	if (t->thinking)
		t->engine->ops->cancel(t->engine);
}

bool
agent_set_mode(struct agent *a, const char *mode, struct err *err)
{
	struct task *t = running(a, err);

	if (!t || !agent_check_mode(mode, err))
		return false;
	free(t->mode);
	t->mode = xstrdup(mode);
	emit(a, t->n, EV_MODE, NO_BODY, "mode:s by:s", mode, "person");
	return true;
}

bool
agent_check_model(const char *model, struct err *err)
{
	return str_eq(model, "instinct") || strchr(model, '/') ||
		err_set(err, ERR_USAGE, _("a model is written PROVIDER/MODEL, not \"%s\""), model);
}

bool
agent_set_model(struct agent *a, const char *model, struct err *err)
{
	struct task *t = running(a, err);

	if (!t)
		return false;
	if (!agent_check_model(model, err))
		return false;
	free(t->next_model);
	t->next_model = xstrdup(model);
	return true;
}

bool
agent_set_plan(struct agent *a, const char *json, struct err *err)
{
	struct task *t = running(a, err);
	autojson cJSON *list = NULL;

	if (!t)
		return false;
	list = json_parse(slice_of(json), err);
	if (!list)
		return false;
	free(t->plan);
	t->plan = xstrdup(json);
	emit(a, t->n, EV_PLAN, slice_of(json), "by:s", "person");
	return true;
}

void
agent_hurry(struct agent *a)
{
	if (a->task && a->task->thinking && a->task->engine->ops->hurry)
		a->task->engine->ops->hurry(a->task->engine);
}
