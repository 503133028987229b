/* The agent: create, destroy, subscribers, deferred calls. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/log.h"

static void
on_wake(uv_async_t *h)
{
	struct agent *a = h->data;
	struct deferred *d;
	size_t i;

	if (a->task) {
		for (i = 0; i < a->task->n_calls; i++)
			call_drain_output(a->task->calls[i]);
	}
	while ((d = a->deferred)) {
		a->deferred = d->next;
		if (!a->deferred)
			a->deferred_tail = &a->deferred;
		d->fn(d->user);
		free(d);
	}
}

void
agent_defer(struct agent *a, void (*fn)(void *user), void *user)
{
	struct deferred *d = xcalloc(1, sizeof(*d));

	d->fn = fn;
	d->user = user;
	*a->deferred_tail = d;
	a->deferred_tail = &d->next;
	uv_async_send(&a->wake);
}

void
agent_subscribe(struct agent *a, agent_event_fn *fn, void *user)
{
	if (a->n_subs == AGENT_SUBSCRIBERS)
		bug("too many subscribers");
	a->subs[a->n_subs].fn = fn;
	a->subs[a->n_subs++].user = user;
}

struct journal *
agent_journal(struct agent *a)
{
	return a->journal;
}

/* Decisions made elsewhere (homard approve ID) arrive through the journal. */
static bool
on_foreign(void *user, const struct event *ev)
{
	struct agent *a = user;
	autojson cJSON *facts = NULL;
	struct decision_opts o = { .by = "person" };

	if (!a->task || ev->task != a->task->n || ev->kind != EV_DECISION)
		return true;
	facts = json_parse_lenient(ev->facts, NULL);
	if (a->task->pending.kind == PEND_NONE ||
		json_i64(facts, "approval", 0) != a->task->pending.approval)
		return true;
	o.decision = str_eq(json_str(facts, "decision", ""), "take") ? DECIDE_TAKE : DECIDE_REFUSE;
	agent_deliver(a, ev);
	pending_resolve(a->task, &o);
	return true;
}

static bool
open_journal(struct agent *a, struct err *err)
{
	autofree char *path = path_join(a->places->state, "journal.db");
	struct journal_opts o = { .path = path, .loop = a->loop, .clock = a->clock,
		.redact = agent_redact, .redact_user = a };

	return journal_open(&o, &a->journal, err);
}

static void
look_at_ground(struct agent *a)
{
	autofree char *stage = path_join(a->places->state, "stage");
	struct err err = { 0 };

	a->helper = places_helper(a->places, "homard-draft", &err);
	if (!a->helper || !draft_probe(a->helper, a->places->home, stage, &a->ground, &err) ||
		!a->ground.commands) {
		free(a->banner);
		a->banner = xasprintf(_("No sandbox here: commands are asked for one by one. %s"),
			a->ground.words[0] ? a->ground.words : err.text);
	}
}

static bool
start(struct agent *a, struct err *err)
{
	autofree char *rules = path_join(a->places->config, "rules.yaml");

	if (!rules_load(rules, &a->rules, err) || !open_journal(a, err))
		return false;
	strv_add(&a->own, a->places->config);
	strv_add(&a->own, a->places->state);
	strv_add(&a->own, a->places->data);
	if (!agent_recover(a, err))
		return false;
	return journal_watch(a->journal, on_foreign, a, err);
}

bool
agent_create(const struct agent_opts *o, struct agent **ret, struct err *err)
{
	struct agent *a = xcalloc(1, sizeof(*a));

	a->loop = o->loop;
	a->places = o->places;
	a->clock = o->clock ? o->clock : &clock_system;
	a->config = o->config;
	a->front = xstrdup(o->front);
	a->interactive = o->interactive;
	a->approve_all = o->approve_all;
	a->make_engine = o->make_engine;
	a->make_user = o->make_user;
	a->deferred_tail = &a->deferred;
	uv_async_init(a->loop, &a->wake, on_wake);
	uv_unref((uv_handle_t *)&a->wake);
	a->wake.data = a;
	if (!start(a, err)) {
		agent_destroy(a);
		return false;
	}
	*ret = a;
	return true;
}

/* Asked for when a draft is first needed: the probe costs some milliseconds. */
const char *
agent_banner(struct agent *a)
{
	if (!a->helper && !a->banner)
		look_at_ground(a);
	return a->banner;
}

static void
on_wake_closed(uv_handle_t *h)
{
	free(h->data);
}

void
agent_destroy(struct agent *a)
{
	struct deferred *d;

	if (!a)
		return;
	a->closing = true;
	/* Engines first: a cancelled request still tells the task what came of it. */
	agent_engines_finish(a);
	if (a->task) {
		lease_release(a->journal, a->task->n);
		task_free(a->task);
		a->task = NULL;
	}
	a->n_subs = 0;
	journal_close(a->journal);
	rules_destroy(a->rules);
	while ((d = a->deferred)) {
		a->deferred = d->next;
		free(d);
	}
	strv_finish(&a->queue);
	strv_finish(&a->own);
	strv_finish(&a->secrets);
	free(a->front);
	free(a->helper);
	free(a->banner);
	free(a->interrupted);
	free(a->queue_cwd);
	free(a->last_run);
	uv_close((uv_handle_t *)&a->wake, on_wake_closed);
}

bool
agent_busy(struct agent *a)
{
	return a->task != NULL;
}

int64_t
agent_running(struct agent *a)
{
	return a->task ? a->task->n : 0;
}

const int64_t *
agent_interrupted(struct agent *a, size_t *n)
{
	*n = a->n_interrupted;
	return a->interrupted;
}

void
agent_note(struct agent *a, enum event_kind kind, const char *facts, const char *body)
{
	struct journal_entry e = { .kind = kind, .facts = slice_of(facts ? facts : "{}"),
		.body = slice_of(body), .has_body = body != NULL };

	journal_append(a->journal, &e, NULL, NULL);
}
