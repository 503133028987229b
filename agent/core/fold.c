/* The fold: dispatch of events to the parts of a task (calls and decisions in fold_acts.c). */
#include "agent/core/fold_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"

struct fold *
fold_create(int64_t task)
{
	struct fold *f = xcalloc(1, sizeof(*f));

	f->task = task;
	f->exit = -1;
	return f;
}

static void
steps_free(struct fold_step *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(v[i].id);
		free(v[i].text);
		free(v[i].state);
	}
	free(v);
}

static void
blocks_clear(struct fold *f)
{
	size_t i;

	for (i = 0; i < f->n_blocks; i++) {
		buf_finish(&f->blocks[i].text);
		free(f->blocks[i].level);
	}
	free(f->blocks);
}

void
fold_destroy(struct fold *f)
{
	if (!f)
		return;
	blocks_clear(f);
	steps_free(f->steps, f->n_steps);
	fold_acts_clear(f);
	free(f->request);
	free(f->cwd);
	free(f->engine);
	free(f->model);
	free(f->mode);
	free(f->recipe);
	free(f->reason);
	free(f->retry_why);
	free(f->asked);
	free(f->taint);
	free(f);
}

void
fold_set(char **field, const char *value)
{
	free(*field);
	*field = xstrdup0(value);
}

struct fold_block *
fold_block_add(struct fold *f, enum fold_block_kind kind, const struct event *ev)
{
	struct fold_block *b;

	GROW(f->blocks, f->n_blocks, f->cap_blocks);
	b = &f->blocks[f->n_blocks++];
	memset(b, 0, sizeof(*b));
	b->kind = kind;
	b->seq = ev->seq;
	b->time = ev->time;
	b->revision = ++f->revision;
	buf_init(&b->text, LIMIT_BODY);
	return b;
}

static void
block_closed_text(struct fold *f, enum fold_block_kind kind, const struct event *ev)
{
	struct fold_block *b = fold_block_add(f, kind, ev);

	buf_add_slice(&b->text, ev->body);
	b->closed = true;
}

static void
on_request(struct fold *f, const struct event *ev, const cJSON *facts)
{
	f->first_seq = ev->seq;
	f->time = ev->time;
	free(f->request);
	f->request = slice_dup(ev->body);
	fold_set(&f->cwd, json_str(facts, "cwd", NULL));
	fold_set(&f->engine, json_str(facts, "engine", NULL));
	fold_set(&f->model, json_str(facts, "model", NULL));
	fold_set(&f->mode, json_str(facts, "mode", "step"));
	block_closed_text(f, BLOCK_REQUEST, ev);
}

static const char *const state_names[] = {
	[FOLD_NONE] = "none",
	[FOLD_THINKING] = "thinking",
	[FOLD_ACTING] = "acting",
	[FOLD_WAITING] = "waiting",
	[FOLD_COMMITTING] = "committing",
	[FOLD_DONE] = "done",
	[FOLD_FAILED] = "failed",
	[FOLD_STOPPED] = "stopped",
};

static void
on_state(struct fold *f, const struct event *ev, const cJSON *facts)
{
	const char *name = json_str(facts, "state", "");
	size_t i;

	for (i = 0; i < ARRAY_LEN(state_names); i++) {
		if (str_eq(state_names[i], name))
			f->state = (enum fold_state)i;
	}
	f->retry_until = 0;
	if (!fold_is_ended(f)) {
		f->ended = 0;
		return;
	}
	f->ended = ev->time;
	for (i = 0; i < f->n_steps; i++) {
		if (str_eq(f->steps[i].state, "now") && f->steps[i].began_ms)
			f->steps[i].ms += MAX_OF(ev->time - f->steps[i].began_ms, 0);
		f->steps[i].began_ms = 0;
	}
	fold_close_open(f);
	f->exit = (int)json_i64(facts, "exit", 0);
	fold_set(&f->reason, json_str(facts, "reason", NULL));
	fold_block_add(f, BLOCK_END, ev)->closed = true;
}

/* Marked in its text too, so that every screen and the history show it. */
static void
cut_off(struct fold *f, struct fold_block *b)
{
	b->closed = b->cut = true;
	buf_printf(&b->text, "%s%s", b->text.len ? " " : "", _("[cut off]"));
	b->revision = ++f->revision;
}

/* A killed process wrote no end for what it showed; what comes now is another reply. */
static void
on_recovered(struct fold *f)
{
	for (size_t i = 0; i < f->n_blocks; i++) {
		struct fold_block *b = &f->blocks[i];

		if ((b->kind == BLOCK_TEXT || b->kind == BLOCK_REASONING) && !b->closed)
			cut_off(f, b);
	}
}

/* Text and reasoning arrive in pieces; a piece goes to the open block of its kind. */
static void
on_piece(struct fold *f, enum fold_block_kind kind, const struct event *ev, const cJSON *facts)
{
	struct fold_block *b = NULL;
	size_t i;

	for (i = f->n_blocks; i > 0 && !b; i--) {
		if (f->blocks[i - 1].kind == kind && !f->blocks[i - 1].closed)
			b = &f->blocks[i - 1];
	}
	if (!b && !ev->body.n)
		return;
	if (!b)
		b = fold_block_add(f, kind, ev);
	buf_add_slice(&b->text, ev->body);
	b->closed = json_bool(facts, "end", false);
	if (json_bool(facts, "cut", false))
		cut_off(f, b);
	b->revision = ++f->revision;
}

/* The same step in the plan before: by its words, else by its id. */
static const struct fold_step *
step_before(const struct fold_step *old, size_t n, const struct fold_step *s)
{
	const struct fold_step *same = NULL;

	for (size_t i = 0; i < n; i++) {
		if (str_eq(old[i].text, s->text))
			return &old[i];
		if (*s->id && str_eq(old[i].id, s->id))
			same = &old[i];
	}
	return same;
}

/* Time and money of a step are what passed while it was the present one. */
static void
step_goes_on(struct fold_step *s, const struct fold_step *old, int64_t now)
{
	bool was_now = old && str_eq(old->state, "now"), is_now = str_eq(s->state, "now");

	if (old) {
		s->ms = old->ms;
		s->cost = old->cost;
	}
	if (is_now)
		s->began_ms = was_now ? old->began_ms : now;
	else if (was_now)
		s->ms += MAX_OF(now - old->began_ms, 0);
}

static void
on_plan(struct fold *f, const struct event *ev)
{
	autojson cJSON *list = json_parse_lenient(ev->body, NULL);
	struct fold_step *old;
	const cJSON *it;
	size_t n_old;

	if (!cJSON_IsArray(list))
		return;
	old = f->steps;
	n_old = f->n_steps;
	f->n_steps = 0;
	f->steps = xcalloc(MAX_OF((size_t)cJSON_GetArraySize(list), 1u), sizeof(*f->steps));
	cJSON_ArrayForEach(it, list)
	{
		struct fold_step *s = &f->steps[f->n_steps++];

		s->id = xstrdup(json_str(it, "id", ""));
		s->text = xstrdup(json_str(it, "text", ""));
		s->state = xstrdup(json_str(it, "state", "todo"));
		step_goes_on(s, step_before(old, n_old, s), ev->time);
	}
	steps_free(old, n_old);
}

static bool
is_asked(const struct fold *f, const cJSON *facts)
{
	autofree char *name = xasprintf("%s/%s", json_str(facts, "provider", ""),
		json_str(facts, "model", ""));

	return !f->asked || str_eq(f->asked, name);
}

/* With another model the meter is another at once, not only when it has answered. */
static void
on_model_request(struct fold *f, const cJSON *facts)
{
	int64_t window = json_i64(facts, "window", 0);

	if (window <= 0)
		return;
	f->window = window;
	f->last_context = json_i64(facts, "tokens_est", 0);
	free(f->asked);
	f->asked = xasprintf("%s/%s", json_str(facts, "provider", ""), json_str(facts, "model", ""));
}

static void
on_usage(struct fold *f, const cJSON *facts)
{
	int64_t in = json_i64(facts, "input", 0), out = json_i64(facts, "output", 0);

	f->tokens_in += MAX_OF(in, 0);
	f->tokens_out += MAX_OF(out, 0);
	f->tokens_cached += MAX_OF(json_i64(facts, "cache_read", 0), 0);
	/* A summary's request does not count: it says nothing about this window. */
	if (is_asked(f, facts))
		f->last_context = MAX_OF(in, 0) + MAX_OF(json_i64(facts, "cache_read", 0), 0) +
			MAX_OF(json_i64(facts, "cache_write", 0), 0);
	f->cost += MAX_OF(json_num(facts, "cost", 0), 0.0);
	for (size_t i = 0; i < f->n_steps; i++) {
		if (str_eq(f->steps[i].state, "now"))
			f->steps[i].cost += MAX_OF(json_num(facts, "cost", 0), 0.0);
	}
}

static void
on_notice(struct fold *f, const struct event *ev, const cJSON *facts)
{
	block_closed_text(f, BLOCK_NOTICE, ev);
	f->blocks[f->n_blocks - 1].level = xstrdup(json_str(facts, "level", "info"));
}

static void
on_engine(struct fold *f, const cJSON *facts)
{
	fold_set(&f->engine, json_str(facts, "engine", NULL));
	if (json_get(facts, "model"))
		fold_set(&f->model, json_str(facts, "model", NULL));
	if (json_get(facts, "recipe"))
		fold_set(&f->recipe, json_str(facts, "recipe", NULL));
}

static void
on_retry(struct fold *f, const struct event *ev, const cJSON *facts)
{
	f->retry_until = ev->time + json_i64(facts, "wait_ms", 0);
	fold_set(&f->retry_why, json_str(facts, "why", ""));
}

static bool
apply_words(struct fold *f, const struct event *ev, const cJSON *facts)
{
	switch (ev->kind) {
	case EV_REQUEST:
		on_request(f, ev, facts);
		return true;
	case EV_STATE:
		on_state(f, ev, facts);
		return true;
	case EV_STEER:
		block_closed_text(f, BLOCK_STEER, ev);
		return true;
	case EV_ENGINE:
		on_engine(f, facts);
		return true;
	case EV_RECIPE:
		fold_set(&f->recipe, json_str(facts, "recipe", NULL));
		return true;
	case EV_MODE:
		fold_set(&f->mode, json_str(facts, "mode", "step"));
		return true;
	case EV_TEXT:
		on_piece(f, BLOCK_TEXT, ev, facts);
		return true;
	case EV_REASONING:
		on_piece(f, BLOCK_REASONING, ev, facts);
		return true;
	case EV_RECOVERED:
		on_recovered(f);
		return true;
	case EV_PLAN:
		on_plan(f, ev);
		return true;
	case EV_NOTICE:
		on_notice(f, ev, facts);
		return true;
	case EV_MODEL_REQUEST:
		on_model_request(f, facts);
		return true;
	case EV_USAGE:
		on_usage(f, facts);
		return true;
	case EV_RETRY:
		on_retry(f, ev, facts);
		return true;
	case EV_MODEL_REPLY:
		f->retry_until = 0;
		return true;
	case EV_TAINT:
		fold_set(&f->taint, json_str(facts, "source", NULL));
		return true;
	default:
		return false;
	}
}

bool
fold_apply(struct fold *f, const struct event *ev)
{
	autojson cJSON *facts = NULL;

	if (ev->task != f->task || ev->seq <= f->last_seq)
		return false;
	f->last_seq = ev->seq;
	facts = json_parse_lenient(ev->facts.n ? ev->facts : SLICE_LIT("{}"), NULL);
	if (!apply_words(f, ev, facts) && !fold_apply_act(f, ev, facts))
		return false;
	f->revision++;
	return true;
}

bool
fold_is_ended(const struct fold *f)
{
	return f->state >= FOLD_DONE;
}

const char *
fold_state_word(enum fold_state s)
{
	static const char *const words[] = {
		[FOLD_NONE] = N_("new"),
		[FOLD_THINKING] = N_("thinking"),
		[FOLD_ACTING] = N_("acting"),
		[FOLD_WAITING] = N_("waiting for you"),
		[FOLD_COMMITTING] = N_("taking"),
		[FOLD_DONE] = N_("done"),
		[FOLD_FAILED] = N_("failed"),
		[FOLD_STOPPED] = N_("stopped"),
	};

	return _(words[s]);
}
