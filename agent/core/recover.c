/* At start: stages a crash left in the middle, interrupted tasks; going on with one of them. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/store/undo_index.h"

#define INTERRUPTED_MAX 64

struct known {
	int64_t commit, n;
	char state[16];
};

static bool
find_known(void *user, const struct commit_row *row)
{
	struct known *k = user;

	if (row->commit != k->commit)
		return true;
	k->n = row->n;
	snprintf(k->state, sizeof(k->state), "%s", row->state);
	return false;
}

static enum event_kind
end_kind(enum stage_state was, enum stage_state now)
{
	if (now == STAGE_COMMITTED)
		return was == STAGE_REDOING ? EV_REDONE : EV_COMMIT_DONE;
	return now == STAGE_UNDONE ? EV_UNDONE : EV_COMMIT_FAILED;
}

static void
tell_end(struct agent *a, int64_t task, const struct known *k, const char *stage,
	enum event_kind kind)
{
	autobuf struct buf facts = BUF_INIT(LIMIT_FACTS);
	struct journal_entry e = { .task = task, .kind = kind, .body = SLICE_LIT("[]"),
		.has_body = true };
	struct jw w;

	jw_init(&w, &facts);
	jw_object(&w, NULL);
	jw_i64(&w, "commit", k->commit);
	if (kind == EV_COMMIT_FAILED)
		jw_str(&w, "why", "interrupted");
	jw_i64(&w, "n", k->n);
	jw_bool(&w, "undoable", true);
	jw_str(&w, "stage", stage);
	jw_bool(&w, "recovered", true);
	jw_end_object(&w);
	e.facts = buf_slice(&facts);
	agent_append(a, &e, NULL, NULL);
}

/* The plan on disk is the truth; the journal is told what it does not know yet. */
static void
on_stage(void *user, int64_t task, int64_t commit, const char *stage, enum stage_state was,
	enum stage_state now)
{
	struct agent *a = user;
	struct known known = { .commit = commit };
	struct journal_entry e = { .task = task, .kind = EV_RECOVERED };
	autofree char *facts = NULL;
	const char *want = now == STAGE_COMMITTED ? "done" : now == STAGE_UNDONE ? "undone" : "failed";

	(void)commit_each(a->journal, task, find_known, &known, NULL);
	facts = xasprintf("{\"what\":\"%s\",\"commit\":%lld}",
		was == STAGE_UNDOING ? "undo" : "commit", (long long)commit);
	e.facts = slice_of(facts);
	agent_append(a, &e, NULL, NULL);
	if (!str_eq(known.state, want))
		tell_end(a, task, &known, stage, end_kind(was, now));
}

/* --- what ended on disk just before the journal could be told --- */

#define RECONCILE_COMMITS 64 /* newest ones looked at; older ones were looked at before */

struct untold {
	struct agent *a;
	size_t looked;
	struct {
		int64_t task, commit;
		char *stage;
		enum stage_state was, now;
	} v[RECONCILE_COMMITS];
	size_t n;
};

static bool
is_interrupted(const struct agent *a, int64_t task)
{
	size_t i;

	for (i = 0; i < a->n_interrupted; i++) {
		if (a->interrupted[i] == task)
			return true;
	}
	return false;
}

static bool
compare_with_disk(void *user, const struct commit_row *row)
{
	struct untold *u = user;
	bool begun = str_eq(row->state, "begun");
	autofree char *usual = xasprintf("%s/stage/%lld/c%lld", u->a->places->state,
		(long long)row->task, (long long)row->commit);
	const char *path = row->stage && *row->stage ? row->stage : usual;
	enum stage_state now = stage_state(path);
	bool told = begun ? !is_interrupted(u->a, row->task)
		: str_eq(row->state, "done")   ? now != STAGE_UNDONE
		: str_eq(row->state, "undone") ? now != STAGE_COMMITTED
					       : true;

	if (!told && (now == STAGE_COMMITTED || now == STAGE_UNDONE)) {
		u->v[u->n].task = row->task;
		u->v[u->n].commit = row->commit;
		u->v[u->n].stage = xstrdup(path);
		u->v[u->n].was = begun ? STAGE_PREPARED
			: now == STAGE_COMMITTED ? STAGE_REDOING
						 : STAGE_UNDOING;
		u->v[u->n++].now = now;
	}
	return ++u->looked < RECONCILE_COMMITS;
}

/* A kill between the last rename and its event leaves a finished commit or undo untold. */
static bool
tell_what_ended(struct agent *a, struct err *err)
{
	struct untold u = { .a = a };
	size_t i;

	if (!commit_each(a->journal, -1, compare_with_disk, &u, err))
		return false;
	for (i = 0; i < u.n; i++) {
		on_stage(a, u.v[i].task, u.v[i].commit, u.v[i].stage, u.v[i].was, u.v[i].now);
		free(u.v[i].stage);
	}
	return true;
}

bool
agent_recover(struct agent *a, struct err *err)
{
	autofree char *stage = path_join(a->places->state, "stage");

	/* Flushed before looking again: what was just told must not be told twice. */
	if (!stage_recover(stage, a->places->home, on_stage, a, err) ||
		!journal_flush(a->journal, err))
		return false;
	a->interrupted = xcalloc(INTERRUPTED_MAX, sizeof(int64_t));
	if (!lease_orphans(a->journal, a->interrupted, INTERRUPTED_MAX, &a->n_interrupted, err) ||
		!tell_what_ended(a, err))
		return false;
	/* What was told is read back by whoever asks next, e.g. an undo. */
	return journal_flush(a->journal, err);
}

/* --- going on --- */

struct rebuild {
	struct task *task;
	int last_turn;
	bool failed; /* its newest state */
	bool turn_done; /* the last turn's TURN was written */
	char *state;
	int64_t parent, parent_seq;
};

static struct tool_call *
find_call(struct task *t, int64_t n)
{
	size_t i;

	for (i = 0; i < t->n_calls; i++) {
		if (t->calls[i]->n == n)
			return t->calls[i];
	}
	return NULL;
}

static void
rebuild_call(struct rebuild *r, const struct event *ev, const cJSON *facts)
{
	struct task *t = r->task;
	struct tool_call *c;
	int turn = (int)json_i64(facts, "turn", 0);
	int64_t n = json_i64(facts, "call", 0);

	if (ev->kind == EV_CALL) {
		if (turn != r->last_turn && t->n_calls) {
			size_t i;

			for (i = 0; i < t->n_calls; i++)
				call_free(t->calls[i]);
			t->n_calls = 0;
		}
		r->last_turn = t->turn = turn;
		t->last_call = MAX_OF(t->last_call, n);
		call_add(t, n, json_str(facts, "id", ""), json_str(facts, "tool", ""), ev->body);
		t->brakes.steps++;
		return;
	}
	c = find_call(t, n);
	if (!c)
		return;
	if (ev->kind == EV_CALL_BEGUN)
		c->begun_before = !c->tool || c->tool->risk != RISK_READ;
	else if (ev->kind == EV_CALL_DONE)
		c->state = CALL_ENDED;
	else if (ev->kind == EV_EFFECTS)
		c->effects_known = true;
	else if (ev->kind == EV_RAN) {
		free(c->result.summary);
		c->result.summary = xstrdup0(json_str(facts, "summary", NULL));
		buf_clear(&c->result.text);
		buf_add_slice(&c->result.text, ev->body);
	}
	else if (ev->kind == EV_COMMIT_DONE)
		c->committed = true;
}

static void
rebuild_numbers(struct task *t, const struct event *ev, const cJSON *facts)
{
	t->last_approval = MAX_OF(t->last_approval, json_i64(facts, "approval", 0));
	t->last_commit = MAX_OF(t->last_commit, json_i64(facts, "commit", 0));
	t->last_ask = MAX_OF(t->last_ask, json_i64(facts, "ask", 0));
	if (ev->kind == EV_USAGE) {
		t->brakes.tokens += MAX_OF(json_i64(facts, "input", 0), 0) +
			MAX_OF(json_i64(facts, "output", 0), 0) +
			MAX_OF(json_i64(facts, "cache_read", 0), 0);
		t->brakes.cost += MAX_OF(json_num(facts, "cost", 0), 0.0);
	}
}

static void
set_str(char **field, const char *value)
{
	free(*field);
	*field = xstrdup0(value);
}

static bool
rebuild_event(void *user, const struct event *ev)
{
	struct rebuild *r = user;
	struct task *t = r->task;
	autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);

	items_apply(&t->items, ev);
	rebuild_numbers(t, ev, facts);
	switch (ev->kind) {
	case EV_REQUEST:
		free(t->request);
		t->request = slice_dup(ev->body);
		set_str(&t->cwd, json_str(facts, "cwd", "/"));
		set_str(&t->mode, json_str(facts, "mode", "step"));
		r->parent = json_i64(facts, "parent", 0);
		r->parent_seq = json_i64(facts, "parent_seq", 0);
		break;
	case EV_ENGINE:
		set_str(&r->state, json_str(facts, "engine", "instinct"));
		set_str(&t->model, json_str(facts, "model", NULL));
		break;
	case EV_STATE:
		r->failed = str_eq(json_str(facts, "state", ""), "failed");
		break;
	case EV_RECIPE:
		set_str(&t->recipe, json_str(facts, "recipe", NULL));
		set_str(&t->skill, json_str(facts, "skill", NULL));
		break;
	case EV_MODE:
		set_str(&t->mode, json_str(facts, "mode", "step"));
		break;
	case EV_TAINT:
		set_str(&t->taint, json_str(facts, "source", NULL));
		break;
	case EV_PLAN:
		free(t->plan);
		t->plan = slice_dup(ev->body);
		break;
	case EV_TURN:
		t->turn = (int)json_i64(facts, "turn", t->turn);
		r->turn_done = true;
		break;
	default:
		rebuild_call(r, ev, facts);
		break;
	}
	return true;
}

/* An act whose effects were listed waits in the draft: ask again. One that was in the middle
 * left the draft half-made: in step mode its layer is thrown away. */
static void
settle_begun(struct task *t, struct err *err)
{
	size_t i;

	for (i = 0; i < t->n_calls; i++) {
		struct tool_call *c = t->calls[i];

		if (c->state == CALL_ENDED || !c->begun_before)
			continue;
		if (c->committed) {
			c->ok = true;
			c->begun_before = false;
			c->note = xstrdup(_("it was taken before the interruption"));
			call_end(c, CALL_DONE);
		} else if (c->effects_known && !str_eq(t->mode, "draft")) {
			c->ok = true;
			c->begun_before = false;
			c->state = CALL_OBSERVING;
			prepare_resumed_call(c);
			act_observe(c);
		} else if (!str_eq(t->mode, "draft")) {
			(void)!draft_discard(t->draft, err);
		}
	}
}

static void
go_on(void *user)
{
	struct task *t = user;
	struct err err = { 0 };
	size_t i, open = 0;

	if (!task_open_draft(t, &err)) {
		task_fail(t, &err);
		return;
	}
	for (i = 0; i < t->n_calls; i++)
		open += t->calls[i]->state != CALL_ENDED;
	if (!open) {
		task_think(t);
		return;
	}
	t->phase = TASK_ACTING;
	task_state(t, "acting");
	settle_begun(t, &err);
	task_pump(t);
}

/* Another model than the one it had takes over with the next turn. */
static void
choose_model(struct task *t, const struct rebuild *r, const char *model)
{
	const char *fallback = config_str(t->agent->config, "model.default");

	if (!model && r->failed && t->model && *fallback)
		model = fallback;
	if (model && !(t->model && str_eq(model, t->model)))
		t->next_model = xstrdup(model);
}

bool
agent_resume(struct agent *a, int64_t task, const char *model, struct err *err)
{
	struct journal_range range = { .task = task };
	struct rebuild r = { 0 };
	struct task *t;

	if (a->task)
		return err_set(err, ERR_USAGE, "%s", _("a task is running already"));
	if (!lease_take(a->journal, task, err))
		return false;
	t = task_new(a, "/", "step");
	t->n = task;
	t->lease = true;
	r.task = t;
	if (!journal_each(a->journal, &range, rebuild_event, &r, err) || !t->request ||
		(r.parent && !fork_items(a, r.parent, r.parent_seq, &t->items, err))) {
		if (!err->code)
			err_set(err, ERR_NOT_FOUND, _("there is no task %lld"), (long long)task);
		lease_release(a->journal, task);
		task_free(t);
		free(r.state);
		return false;
	}
	a->task = t;
	choose_model(t, &r, model);
	t->engine = agent_engine(a, r.state ? r.state : "instinct", err);
	free(r.state);
	if (!t->engine) {
		a->task = NULL;
		lease_release(a->journal, task);
		task_free(t);
		return false;
	}
	emit_then(t, EV_RECOVERED, NO_BODY, go_on, t, "what:s", "interrupted");
	return true;
}
