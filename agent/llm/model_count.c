/* What a reply cost: counted by the provider, else estimated; and what it teaches. */
#include "agent/llm/model_private.h"

/* What the next request of this task teaches itself from. */
static void
learn(struct ask *a, const struct engine_usage *u)
{
	struct learned *l = &a->e->learned;

	if (a->parent) /* its sizes say nothing about the task's requests */
		return;
	if (l->task != a->input->in.task)
		l->cut = a->cut;
	l->task = a->input->in.task;
	l->bytes = (int64_t)(a->n_images ? a->shown_body.len : a->body.len);
	l->tokens = MAX_OF(u->input, 0) + MAX_OF(u->cache_read, 0) + MAX_OF(u->cache_write, 0);
	l->cached = u->cache_read > 0 || u->cache_write > 0 ? l->tokens : 0;
	l->tokens = MAX_OF(l->tokens - (int64_t)a->n_images * CONTEXT_IMAGE_TOKENS, 1);
	free(l->model);
	l->model = xstrdup(a->chain.v[a->at]);
}

/* What the provider did not count is estimated: a budget holds with every server. */
static void
tell_counts(struct ask *a, const struct llm_usage *raw, double reported, int64_t written)
{
	struct engine_usage u = { .provider = a->ep.provider, .model = a->ep.model };

	usage_normalise(raw, a->ep.kind, a->ep.usage, &u);
	u.estimated = raw->input < 0 || raw->output < 0;
	if (raw->input < 0)
		u.input = a->tokens;
	else
		learn(a, &u);
	if (raw->output < 0)
		u.output = written;
	u.cost = reported > 0 ? reported : usage_cost(&a->ep.facts, &u);
	a->sink->usage(a->user, &u);
}

void
ask_counted(struct ask *a, const struct llm_turn *t)
{
	int64_t written = context_tokens(buf_slice(&t->text)) +
		context_tokens(buf_slice(&t->reasoning)) + context_tokens(buf_slice(&t->refusal));

	for (size_t i = 0; i < t->n_calls; i++)
		written += context_tokens(slice_of(t->calls[i].args_raw ? t->calls[i].args_raw :
									  t->calls[i].args));
	/* An error in place of a reply costs nothing. */
	if (!written && t->usage.input < 0 && t->usage.output < 0)
		return;
	tell_counts(a, &t->usage, usage_reported_cost(t->usage_raw), written);
}

void
ask_lost(struct ask *a)
{
	if (a->stream && !a->refused && !a->html && a->written > 0)
		tell_counts(a, &a->counted, -1, (int64_t)(a->written * 10 / 36));
}
