/* From a name to an endpoint with its key. */
#include "agent/base/i18n.h"
#include "agent/llm/model_private.h"
#include "agent/llm/secrets.h"

/* --- keys of the keyring: fetched once, not with every turn (a process and the bus: 20 ms) --- */

static struct kept_key *
kept_for(struct model_engine *e, const char *provider)
{
	for (size_t i = 0; i < KEPT_KEYS; i++)
		if (e->kept[i].provider && str_eq(e->kept[i].provider, provider))
			return &e->kept[i];
	return NULL;
}

static void
drop(struct kept_key *k)
{
	free(k->provider);
	secret_wipe(k->value);
	*k = (struct kept_key){ 0 };
}

static void
keep(struct model_engine *e, const char *provider, const char *value)
{
	struct kept_key *k = kept_for(e, provider);

	for (size_t i = 0; !k && i < KEPT_KEYS; i++)
		if (!e->kept[i].provider)
			k = &e->kept[i];
	if (!k)
		k = &e->kept[0];
	drop(k);
	*k = (struct kept_key){ xstrdup(provider), xstrdup(value) };
}

void
model_forget_key(struct model_engine *e, const char *provider)
{
	for (size_t i = 0; i < KEPT_KEYS; i++)
		if (e->kept[i].provider && (!provider || str_eq(e->kept[i].provider, provider)))
			drop(&e->kept[i]);
}

/* --- endpoint and key --- */

static void
no_key(struct ask *a, const struct err *err)
{
	struct llm_error e = { .kind = LLM_ERR_AUTH, .retry_after_ms = -1, .message = xstrdup("") };
	autofree char *s = err && err->code ? xstrdup(err->text) :
		xasprintf(_("there is no key for %s: run homard secrets set %s, or set %s"),
			a->ep.preset->title, a->ep.provider,
			a->ep.key_env ? a->ep.key_env : a->ep.preset->key_env);

	ask_failed(a, &e, s);
}

static void
on_key(void *user, char *value, enum secret_place place, const char *variable, const struct err *err)
{
	struct ask *a = user;

	(void)variable;
	if (a->orphan) {
		a->state = ASK_OVER;
		secret_wipe(value);
		ask_free(a);
		return;
	}
	if (value && place == SECRET_KEYRING)
		keep(a->e, a->ep.provider, value);
	a->state = ASK_OVER;
	a->key = value;
	if (value && a->e->o.secret)
		a->e->o.secret(a->e->o.secret_user, value);
	if (!value && a->ep.needs_key)
		no_key(a, err);
	else
		ask_send(a);
}

/* Does a later model stand ready while this one's server fails all the time? */
static bool
skip(struct ask *a)
{
	struct breaker *b = model_breaker(a->e, a->ep.host);

	return b->open_until > clock_mono(a->e->o.clock) && a->at + 1 < a->chain.n;
}

void
ask_begin(struct ask *a)
{
	const struct kept_key *kept;
	struct err err = { 0 };

	if (a->resolved) {
		ask_send(a);
		return;
	}
	if (!endpoint_resolve(a->chain.v[a->at], &a->e->o.settings, a->e->cat, &a->ep, &err)) {
		ask_end(a, ENGINE_FAILED, &err);
		return;
	}
	a->resolved = true;
	if (skip(a)) {
		struct llm_error e = { .kind = LLM_ERR_SERVER, .retry_after_ms = -1,
			.message = xstrdup("") };
		autofree char *s = xasprintf(_("%s has failed several times and rests for a minute"),
			a->ep.host);

		ask_failed(a, &e, s);
		return;
	}
	a->state = ASK_KEY;
	if ((kept = kept_for(a->e, a->ep.provider))) {
		on_key(a, xstrdup(kept->value), SECRET_NONE, NULL, NULL);
		return;
	}
	secret_find(a->e->o.loop, a->e->o.places, &a->ep, on_key, a);
}
