/* What a reply leads to: a turn, another try, the next model, or the end. */
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/llm/model_private.h"

#define PAUSES_MAX 8

/* --- breakers --- */

static void
count_breaker(struct ask *a, bool ok)
{
	struct breaker *b = model_breaker(a->e, a->ep.host);

	if (ok) {
		b->fails = 0;
		b->open_until = 0;
	} else if (++b->fails >= BREAKER_FAILS) {
		b->open_until = clock_mono(a->e->o.clock) + BREAKER_MS;
	}
}

/* --- the turn --- */

static void
tell_stop(struct ask *a, const struct llm_turn *t)
{
	const char *why = t->finish_message ? t->finish_message : t->block_reason;

	if (a->parent)
		return;
	switch (t->stop) {
	case LLM_STOP_LENGTH:
		ask_notice(a, "warn", "%s",
			_("The reply reached its length limit and ends in the middle; "
			  "model.max_output sets it."));
		break;
	case LLM_STOP_REFUSAL:
		ask_notice(a, "warn", _("%s refused to go on with this."), a->ep.model);
		break;
	case LLM_STOP_CONTENT_FILTER:
		ask_notice(a, "warn", _("%s's content filter ended the reply (%s)."), a->ep.provider,
			why ? why : t->stop_reason ? t->stop_reason : "?");
		break;
	default:
		if (llm_turn_overflowed(t))
			ask_notice(a, "warn",
				_("The window of %s is full: the reply ends in the middle."),
				a->ep.model);
		break;
	}
}

/* The words are not needed any more then: a long reply would lie about three times. */
static void
save_turn(struct ask *a, struct llm_turn *t)
{
	autobuf struct buf json = BUF_INIT(LIMIT_BODY);
	bool whole = llm_turn_save(t, a->ep.kind, a->ep.provider, a->ep.model, &json);

	buf_finish(&t->text);
	buf_finish(&t->reasoning);
	buf_finish(&t->replay);
	if (whole)
		a->sink->turn(a->user, buf_slice(&json), t->stop_reason);
	else
		ask_notice(a, "warn", "%s", _("The reply was too large to be kept whole."));
}

/* The provider wants its own turn back and goes on from there. */
static bool
go_on(struct ask *a, const struct llm_turn *t)
{
	autobuf struct buf json = BUF_INIT(LIMIT_BODY);
	struct engine_item *items;
	size_t n = a->input->in.n_items;

	if (t->stop != LLM_STOP_PAUSE || llm_turn_has_calls(t) || ++a->pauses > PAUSES_MAX ||
		!llm_turn_save(t, a->ep.kind, a->ep.provider, a->ep.model, &json))
		return false;
	a->sink->turn(a->user, buf_slice(&json), t->stop_reason);
	items = xreallocarray(a->input->items, n + 2, sizeof(*items));
	items[n] = (struct engine_item){ .kind = ITEM_TURN, .turn = a->input->in.turn,
		.engine = xstrdup("model"), .model = xstrdup(a->chain.v[a->at]) };
	items[n].text.n = json.len;
	items[n].text.p = buf_steal(&json);
	a->input->items = items;
	a->input->in.items = items;
	a->input->in.n_items = n + 1;
	buf_clear(&a->body);
	a->attempt = 0;
	a->shown = false;
	ask_again(a, 0);
	return true;
}

static void
finish(struct ask *a, struct llm_turn *t)
{
	save_turn(a, t);
	tell_stop(a, t);
	for (size_t i = 0; i < t->n_calls; i++) {
		const struct llm_call *c = &t->calls[i];

		a->sink->call(a->user, c->id, c->name ? c->name : "", slice_of(c->args));
	}
	ask_end(a, ENGINE_DONE, NULL);
}

/* Nothing was said at all: why, if the provider told. */
static void
nothing_said(struct ask *a, const struct llm_turn *t)
{
	struct llm_error e = { .kind = LLM_ERR_INCOMPLETE, .retryable = true, .retry_after_ms = -1,
		.message = xstrdup("") };
	autofree char *s = NULL;

	if (t->stop == LLM_STOP_REFUSAL || t->stop == LLM_STOP_CONTENT_FILTER) {
		e.kind = LLM_ERR_CONTENT_FILTER;
		e.retryable = false;
		s = t->stop == LLM_STOP_REFUSAL ?
			xasprintf(_("%s refused this request"), a->ep.model) :
			xasprintf(_("%s's content filter stopped this request (%s)"), a->ep.provider,
				t->block_reason ? t->block_reason :
					t->stop_reason ? t->stop_reason : "?");
	} else if (t->stop == LLM_STOP_LENGTH) {
		e.retryable = false;
		s = xasprintf(_("%s used up its whole reply without an answer; raise "
				"model.max_output or lower model.effort"), a->ep.model);
	} else {
		s = xasprintf(_("%s sent an empty reply"), a->ep.model);
	}
	ask_failed(a, &e, s);
}

/* A plain JSON error under status 200, or nothing that is a stream at all. */
static bool
plain_error(struct ask *a, struct llm_error *e)
{
	return llm_error_decode(a->ep.kind, a->status, a->head, a->n_head, buf_slice(&a->error_body),
		clock_wall(a->e->o.clock), e) && e->kind != LLM_ERR_NONE;
}

static void
incomplete(struct ask *a, const struct llm_turn *t)
{
	struct llm_error e = { .kind = LLM_ERR_INCOMPLETE, .retryable = true, .retry_after_ms = -1 };
	autofree char *s = NULL;
	struct llm_error plain = { 0 };

	if (!t->text.len && !t->n_calls && plain_error(a, &plain)) {
		ask_failed(a, &plain, NULL);
		return;
	}
	e.message = xstrdup("");
	s = xasprintf(_("the reply of %s broke off in the middle"), a->ep.host);
	ask_failed(a, &e, s);
}

void
ask_replied(struct ask *a)
{
	struct llm_turn t;
	struct llm_error e;

	/* Putting a long reply together takes a while; its last words are shown meanwhile. */
	a->sink->text(a->user, (struct slice){ "", 0 });
	llm_stream_finish(a->stream, &t);
	llm_stream_destroy(a->stream);
	a->stream = NULL;
	ask_counted(a, &t);
	if (t.error.kind != LLM_ERR_NONE) {
		e = t.error;
		t.error = (struct llm_error){ 0 };
		ask_failed(a, &e, NULL);
	} else if (llm_turn_incomplete(&t)) {
		incomplete(a, &t);
	} else if (llm_turn_overflowed(&t) && !a->shown && !t.n_calls) {
		/* The server took the request and then found no room to answer. */
		e = (struct llm_error){ .kind = LLM_ERR_CONTEXT_OVERFLOW, .retry_after_ms = -1,
			.message = xstrdup("") };
		ask_failed(a, &e, NULL);
	} else {
		count_breaker(a, true);
		if (go_on(a, &t))
			;
		else if (!t.n_calls && !t.text.len && !t.refusal.len)
			nothing_said(a, &t);
		else
			finish(a, &t);
	}
	llm_turn_finish(&t);
}

/* --- when it failed --- */

static bool
is_servers_fault(enum llm_error_kind k)
{
	return k == LLM_ERR_OVERLOADED || k == LLM_ERR_SERVER || k == LLM_ERR_TIMEOUT ||
		k == LLM_ERR_NETWORK;
}

/* 0.5 s doubling to 8 s, less up to a quarter, so that many do not come at the same moment. */
static int64_t
own_delay(struct ask *a)
{
	int64_t ms = 500ll << MIN_OF(a->attempt - 1, 4);
	unsigned char r = 0;

	if (a->e->o.clock->random)
		a->e->o.clock->random(a->e->o.clock->user, &r, 1);
	return ms - ms * r / 1024;
}

static bool
try_again(struct ask *a, const struct llm_error *e, const char *why)
{
	int64_t tries = model_number(a->e, "net.retries"), ms;
	struct engine_retry r = { .attempt = a->attempt, .why = why };

	if (!e->retryable || a->shown || a->parent || a->attempt > tries)
		return false;
	/* Twice is enough to know that a model says nothing or that a line is cut. */
	if (e->kind == LLM_ERR_INCOMPLETE && a->attempt > 2)
		return false;
	if (model_breaker(a->e, a->ep.host)->open_until > clock_mono(a->e->o.clock))
		return false;
	ms = e->retry_after_ms >= 0 ? e->retry_after_ms : own_delay(a);
	if (ms > WAIT_MAX_MS || (ms > 30000 && a->at + 1 < a->chain.n))
		return false;
	r.wait_ms = ms;
	a->sink->retry(a->user, &r);
	ask_again(a, ms);
	return true;
}

static bool
try_smaller(struct ask *a, const struct llm_error *e)
{
	if (e->kind != LLM_ERR_CONTEXT_OVERFLOW || a->overflowed || a->shown)
		return false;
	a->overflowed = true;
	buf_clear(&a->body);
	a->attempt = 0;
	if (a->parent || !ask_fit(a, true, NULL))
		return false;
	if (!a->small)
		ask_again(a, 0);
	return true;
}

bool
ask_sees(const struct ask *a)
{
	const struct model_engine *e = a->e;

	return !a->ep.quirks.no_images && !(e->blind && e->blind_task == a->input->in.task &&
		str_eq(e->blind, a->chain.v[a->at]));
}

/* A picture the server does not take must not end the task: it goes on in words. */
static bool
try_without_images(struct ask *a, const struct llm_error *e)
{
	if (!a->n_images || a->shown || e->kind != LLM_ERR_INVALID_REQUEST)
		return false;
	free(a->e->blind);
	a->e->blind = xstrdup(a->chain.v[a->at]);
	a->e->blind_task = a->input->in.task;
	ask_notice(a, "warn", _("%s did not take the request with its pictures; it goes on without them."),
		a->ep.model);
	buf_clear(&a->body);
	a->attempt = 0;
	ask_again(a, 0);
	return true;
}

static bool
try_next(struct ask *a, const struct llm_error *e, const char *why)
{
	struct engine_retry r = { .attempt = 1, .why = why };

	if (a->shown || e->kind == LLM_ERR_CONTENT_FILTER || a->at + 1 >= a->chain.n)
		return false;
	a->at++;
	endpoint_finish(&a->ep);
	a->resolved = false;
	if (a->key)
		explicit_bzero(a->key, strlen(a->key));
	free(a->key);
	a->key = NULL;
	buf_clear(&a->body);
	a->attempt = 0;
	a->overflowed = false;
	r.model = a->chain.v[a->at];
	a->sink->retry(a->user, &r);
	ask_again(a, 0);
	return true;
}

static void
give_up(struct ask *a, const struct llm_error *e, const char *why)
{
	bool net = is_servers_fault(e->kind) || e->kind == LLM_ERR_INCOMPLETE;
	struct err err = { 0 };

	if (a->shown)
		err_set(&err, ERR_NET,
			_("%s. What was shown of it does not count and nothing was done; say it again "
			  "or resume the task."), why);
	else if (e->kind == LLM_ERR_NETWORK && !a->ep.local)
		err_set(&err, ERR_NET,
			_("%s. The request is kept: resume the task when the network is back. Recipes "
			  "work without it."), why);
	else
		err_set(&err, net ? ERR_NET : ERR_PROTO, "%s", why);
	ask_end(a, ENGINE_FAILED, &err);
}

void
ask_failed(struct ask *a, struct llm_error *e, const char *sentence)
{
	autofree char *own = NULL, *why = NULL;
	struct llm_error err = *e;

	if (is_servers_fault(err.kind))
		count_breaker(a, false);
	if (err.kind == LLM_ERR_AUTH)
		model_forget_key(a->e, a->ep.provider);
	own = sentence ? xstrdup(sentence) :
			 llm_error_sentence(&err, a->ep.preset ? a->ep.preset->title : a->ep.provider);
	/* Sentences are put together here and there: one full stop at most. */
	why = own;
	own = NULL;
	if (*why && str_ends(why, "."))
		why[strlen(why) - 1] = '\0';
	ask_close(a);
	if (!try_smaller(a, &err) && !try_without_images(a, &err) && !try_again(a, &err, why) && !try_next(a, &err, why))
		give_up(a, &err, why);
	llm_error_finish(&err);
}
