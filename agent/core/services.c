/* What the core lends to tools: questions, plan, memory, reminders, earlier outputs. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/store/memory.h"
#include "agent/store/undo_index.h"

static void
answer_call(struct task *t, const char *text, bool ok)
{
	struct tool_call *c = t->asking;
	struct tool_result r = { .exit = -1 };
	struct err err = { 0 };

	t->asking = NULL;
	buf_init(&r.text, LIMIT_TOOL_JSON);
	if (ok && c->ctx.json) {
		buf_add_str(&r.text, "{\"answer\":");
		json_quote(&r.text, slice_of(text));
		buf_add_char(&r.text, '}');
	} else if (ok) {
		buf_add_str(&r.text, text);
	} else {
		err_set(&err, ERR_DENIED, "%s", text);
	}
	t->phase = TASK_ACTING;
	task_clock_go(t);
	tool_finish(c, &r, ok ? NULL : &err);
}

void
agent_answer_nothing(struct task *t)
{
	answer_call(t, _("stopped"), false);
}

static void
svc_ask(struct tool_call *c, const char *question, const char *choices)
{
	struct task *t = c->task;

	t->asking = c;
	t->last_ask++;
	t->phase = TASK_WAITING;
	emit(t->agent, t->n, EV_QUESTION, slice_of(question), "ask:i call:i choices:j", t->last_ask,
		c->n, choices);
	if (!t->agent->interactive) {
		answer_call(t, _("nobody is there to answer; say it in the request"), false);
		return;
	}
	task_state(t, "waiting");
}

bool
agent_answer(struct agent *a, int64_t task, int64_t ask, const char *text, struct err *err)
{
	struct task *t = a->task;

	if (!t || t->n != task || !t->asking || t->last_ask != ask)
		return err_set(err, ERR_NOT_FOUND, "%s", _("this question is no longer open"));
	emit(a, t->n, EV_ANSWER, slice_of(text), "ask:i call:i", ask, t->asking->n);
	answer_call(t, text, true);
	return true;
}

static bool
svc_plan(struct tool_call *c, const char *json, struct err *err)
{
	struct task *t = c->task;
	autojson cJSON *list = json_parse(slice_of(json), err);

	if (!list)
		return false;
	if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) > LIMIT_PLAN_STEPS)
		return err_set(err, ERR_USAGE, _("a plan is a list of at most %d steps"),
			LIMIT_PLAN_STEPS);
	free(t->plan);
	t->plan = xstrdup(json);
	emit(t->agent, t->n, EV_PLAN, slice_of(json), "by:s", "engine");
	return true;
}

static bool
svc_remember(struct tool_call *c, int64_t id, const char *text, int64_t *ret_id, struct err *err)
{
	struct task *t = c->task;
	autofree char *facts = NULL;
	struct journal_entry e = { .task = t->n, .kind = EV_MEMORY };
	int64_t seq = 0;

	facts = id ? xasprintf("{\"op\":\"%s\",\"id\":%lld,\"origin\":\"task\",\"trust\":\"told\"}",
			     text ? "edit" : "forget", (long long)id)
		   : xasprintf("{\"op\":\"add\",\"origin\":\"%s\",\"trust\":\"%s\"}",
			     str_eq(t->engine->ops->name, "instinct") ? "person" : "task",
			     t->taint ? "untrusted" : "told");
	e.facts = slice_of(facts);
	e.body = slice_of(text);
	e.has_body = text != NULL;
	if (!journal_append_now(t->agent->journal, &e, &seq, NULL, err))
		return false;
	if (ret_id)
		*ret_id = id ? id : seq;
	return true;
}

static bool
add_memory(void *user, const struct memory_row *row)
{
	struct jw *w = user;

	jw_object(w, NULL);
	jw_i64(w, "id", row->id);
	jw_str(w, "text", row->text);
	jw_i64(w, "time", row->time);
	jw_i64(w, "task", row->task);
	jw_str(w, "origin", row->origin);
	jw_str(w, "trust", row->trust);
	jw_end_object(w);
	return true;
}

static bool
svc_recall(struct tool_call *c, const char *words, size_t limit, struct buf *out, struct err *err)
{
	struct jw w;
	bool ok;

	jw_init(&w, out);
	jw_array(&w, NULL);
	ok = memory_find(c->task->agent->journal, words, limit, add_memory, &w, err);
	jw_end_array(&w);
	return ok;
}

static bool
svc_remind(struct tool_call *c, const char *text, int64_t due_ms, struct err *err)
{
	struct task *t = c->task;
	autofree char *facts = xasprintf("{\"op\":\"add\",\"due\":%lld}", (long long)due_ms);
	struct journal_entry e = { .task = t->n, .kind = EV_REMINDER, .facts = slice_of(facts),
		.body = slice_of(text), .has_body = true };

	return journal_append_now(t->agent->journal, &e, NULL, NULL, err);
}

static bool
svc_body(struct tool_call *c, int64_t seq, struct buf *out, struct err *err)
{
	return task_text(c->task, seq, out, err);
}

static bool
svc_skill(struct tool_call *c, const char *name, struct buf *out, struct err *err)
{
	struct task *t = c->task;

	if (!agent_skill_text(t->agent, name, out, err))
		return false;
	free(t->skill);
	t->skill = xstrdup(name);
	return true;
}

static void
undo_finished(void *user, size_t n, const char *sentence, const struct err *err)
{
	struct tool_call *c = user;
	struct tool_result r = { .exit = -1 };

	buf_init(&r.text, LIMIT_TOOL_JSON);
	if (c->ctx.json)
		buf_printf(&r.text, "{\"undone\":%zu}", n);
	else
		buf_add_str(&r.text, sentence);
	r.summary = xstrdup(sentence);
	tool_finish(c, &r, err);
}

struct newest {
	int64_t task, except;
};

static bool
newest_commit(void *user, const struct commit_row *row)
{
	struct newest *n = user;

	if (row->task == n->except || !str_eq(row->state, "done"))
		return true;
	n->task = row->task;
	return false;
}

/* The person's own words ask for it: the request is the decision. */
static void
svc_undo(struct tool_call *c, int64_t task)
{
	struct agent *a = c->task->agent;
	struct newest n = { task, c->task->n };
	struct err err = { 0 };

	if (!task)
		(void)commit_each(a->journal, -1, newest_commit, &n, &err);
	if (!n.task)
		err_set(&err, ERR_NOT_FOUND, "%s", _("there is nothing that could be undone"));
	if (err.code || !agent_undo(a, n.task, 0, false, undo_finished, c, &err)) {
		struct tool_result r = { .exit = -1 };

		tool_finish(c, &r, &err);
	}
}

const struct tool_services task_services = {
	.ask = svc_ask,
	.plan = svc_plan,
	.remember = svc_remember,
	.recall = svc_recall,
	.remind = svc_remind,
	.body = svc_body,
	.skill = svc_skill,
	.undo = svc_undo,
};
