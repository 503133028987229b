/* The engine's four verbs, its settings, its one end. */
#include "agent/base/i18n.h"
#include "agent/llm/model_private.h"
#include <stdarg.h>

const char *
model_setting(const struct model_engine *e, const char *key)
{
	return e->o.settings.get(e->o.settings.user, key);
}

int64_t
model_number(const struct model_engine *e, const char *key)
{
	int64_t n = 0;

	return str_to_i64(model_setting(e, key), &n) ? n : 0;
}

bool
model_flag(const struct model_engine *e, const char *key)
{
	return str_eq(model_setting(e, key), "true");
}

struct breaker *
model_breaker(struct model_engine *e, const char *host)
{
	struct breaker *oldest = &e->breakers[0];

	for (size_t i = 0; i < BREAKERS; i++) {
		struct breaker *b = &e->breakers[i];

		if (b->host && str_eq(b->host, host))
			return b;
		if (!b->host || (oldest->host && b->open_until < oldest->open_until))
			oldest = b;
	}
	free(oldest->host);
	*oldest = (struct breaker){ .host = xstrdup(host) };
	return oldest;
}

/* --- one ask --- */

static void
on_timer_closed(uv_handle_t *h)
{
	free(h);
}

void
ask_free(struct ask *a)
{
	ask_close(a);
	input_free(a->input);
	strv_finish(&a->chain);
	if (a->resolved)
		endpoint_finish(&a->ep);
	if (a->key)
		explicit_bzero(a->key, strlen(a->key));
	free(a->key);
	buf_finish(&a->body);
	buf_finish(&a->shown_body);
	buf_finish(&a->prose);
	uv_timer_stop(a->timer);
	uv_close((uv_handle_t *)a->timer, on_timer_closed);
	free(a);
}

void
ask_end(struct ask *a, enum engine_end how, const struct err *err)
{
	const struct engine_sink *sink = a->sink;
	void *user = a->user;

	if (!a->parent)
		a->e->ask = NULL;
	if (a->state == ASK_KEY)
		a->orphan = true; /* freed when the key comes */
	else
		ask_free(a);
	sink->end(user, how, err);
}

void
ask_notice(struct ask *a, const char *level, const char *fmt, ...)
{
	autobuf struct buf b = BUF_INIT(4096);
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	a->sink->notice(a->user, level, buf_str(&b));
}

static void
on_again(uv_timer_t *t)
{
	ask_begin(t->data);
}

void
ask_again(struct ask *a, int64_t ms)
{
	a->state = ASK_WAITING;
	uv_timer_start(a->timer, on_again, (uint64_t)MAX_OF(ms, 0), 0);
}

static bool
is_local(struct model_engine *e, const char *model)
{
	struct endpoint ep;
	bool local;

	if (!endpoint_resolve(model, &e->o.settings, e->cat, &ep, NULL))
		return false;
	local = ep.local;
	endpoint_finish(&ep);
	return local;
}

/* What a server on this machine offers is asked first; the rest stays in its order. */
static void
local_first(struct model_engine *e, struct strv *chain)
{
	struct strv sorted = { 0 };

	for (int local = 1; local >= 0; local--)
		for (size_t i = 0; i < chain->n; i++)
			if (is_local(e, chain->v[i]) == (local == 1))
				strv_add(&sorted, chain->v[i]);
	strv_finish(chain);
	*chain = sorted;
}

static void
fill_chain(struct model_engine *e, struct strv *chain, const char *model)
{
	const struct strv *more = e->o.settings.list(e->o.settings.user, "model.fallback");

	strv_add(chain, model);
	for (size_t i = 0; i < more->n && chain->n < MODEL_CHAIN_MAX; i++)
		if (!strv_has(chain, more->v[i]))
			strv_add(chain, more->v[i]);
	/* A model that was asked for by name is asked first whatever it is. */
	if (model_flag(e, "model.local_first") && str_eq(model, model_setting(e, "model.default")))
		local_first(e, chain);
}

static void
make_http(struct model_engine *e)
{
	struct http_opts o = { .loop = e->o.loop, .proxy = model_setting(e, "net.proxy"),
		.ca_file = model_setting(e, "net.ca_file"),
		.connect_ms = 1000 * model_number(e, "net.connect_timeout"),
		.first_byte_ms = 1000 * model_number(e, "net.first_byte_timeout"),
		.silence_ms = 1000 * model_number(e, "net.silence_timeout") };

	if (!e->http)
		e->http = http_create(&o);
}

struct ask *
ask_create(struct model_engine *e, const struct engine_input *in, const struct engine_sink *sink,
	void *user, struct ask *parent)
{
	struct ask *a = xcalloc(1, sizeof(*a));

	a->e = e;
	a->input = input_keep(in);
	a->sink = sink;
	a->user = user;
	a->parent = parent;
	snprintf(a->cache_key, sizeof(a->cache_key), "homard-%lld%s", (long long)in->task,
		parent ? "-small" : "");
	buf_init(&a->body, 16u << 20);
	buf_init(&a->shown_body, 16u << 20);
	buf_init(&a->prose, 1u << 16);
	buf_init(&a->error_body, ERROR_BODY_MAX);
	a->timer = xcalloc(1, sizeof(*a->timer));
	uv_timer_init(e->o.loop, a->timer);
	a->timer->data = a;
	if (parent)
		strv_add(&a->chain, in->model);
	else
		fill_chain(e, &a->chain, in->model);
	return a;
}

static bool
think(struct engine *engine, const struct engine_input *in, const struct engine_sink *sink,
	void *user, struct err *err)
{
	struct model_engine *e = (struct model_engine *)engine;
	autofree char *problem = NULL;
	struct ask *a;

	if (e->ask)
		return err_set(err, ERR_BUG, "%s", _("the model is still answering"));
	if (!in->model || !*in->model)
		return err_set(err, ERR_USAGE, "%s",
			_("no model is set; write model.default: PROVIDER/MODEL into config.yaml"));
	make_http(e);
	if (!e->cat)
		e->cat = catalogue_load(e->o.places, &problem);
	e->ask = a = ask_create(e, in, sink, user, NULL);
	if (problem)
		sink->notice(user, "warn", problem);
	ask_begin(a);
	return true;
}

static void
cancel(struct engine *engine)
{
	struct model_engine *e = (struct model_engine *)engine;
	struct ask *a = e->ask;
	struct err err = { 0 };

	if (!a || a->cancelled)
		return;
	a->cancelled = true;
	if (a->small) {
		small_cancel(a->small); /* ends both */
		return;
	}
	if (a->state == ASK_SENT && a->call) {
		http_cancel(a->call); /* ends the ask through its end() */
		return;
	}
	err_set(&err, ERR_CANCELLED, "%s", _("stopped"));
	ask_end(a, ENGINE_CANCELLED, &err);
}

static void
hurry(struct engine *engine)
{
	struct model_engine *e = (struct model_engine *)engine;

	if (e->ask && e->ask->state == ASK_WAITING && !e->ask->small)
		ask_again(e->ask, 0);
}

/* The model table being read on a worker; a request that needs it sooner reads it itself. */
struct warming {
	uv_work_t work;
	struct model_engine *engine; /* NULL: it is gone */
	const struct places *places;
	struct catalogue *cat;
};

static void
load_table(uv_work_t *work)
{
	struct warming *w = work->data;
	autofree char *problem = NULL; /* told by the first request */

	w->cat = catalogue_load(w->places, &problem);
	if (problem) {
		catalogue_destroy(w->cat);
		w->cat = NULL;
	}
}

static void
table_loaded(uv_work_t *work, int status)
{
	struct warming *w = work->data;

	(void)status;
	if (w->engine) {
		w->engine->warming = NULL;
		if (!w->engine->cat)
			w->engine->cat = steal_ptr(&w->cat);
	}
	catalogue_destroy(w->cat);
	free(w);
}

static void
destroy(struct engine *engine)
{
	struct model_engine *e = (struct model_engine *)engine;

	if (e->ask)
		cancel(engine);
	if (e->warming)
		e->warming->engine = NULL;
	http_destroy(e->http);
	catalogue_destroy(e->cat);
	for (size_t i = 0; i < BREAKERS; i++)
		free(e->breakers[i].host);
	model_forget_key(e, NULL);
	free(e->learned.model);
	free(e->blind);
	free(e->seen);
	free(e);
}

static const struct engine_ops ops = { "model", think, cancel, hurry, destroy };

struct engine *
model_engine_create(const struct model_engine_opts *o)
{
	struct model_engine *e = xcalloc(1, sizeof(*e));

	e->engine.ops = &ops;
	e->o = *o;
	return &e->engine;
}

void
model_engine_warm(struct engine *engine)
{
	struct model_engine *e = (struct model_engine *)engine;
	struct warming *w;

	make_http(e);
	http_warm(e->http);
	if (e->cat || e->warming)
		return;
	w = xcalloc(1, sizeof(*w));
	w->work.data = w;
	w->engine = e;
	w->places = e->o.places;
	e->warming = w;
	if (uv_queue_work(e->o.loop, &w->work, load_table, table_loaded))
		bug("uv_queue_work");
}
