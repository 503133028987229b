/* From the endpoint to the wire: key, body, estimate, request, and the bytes that come back. */
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/llm/model_private.h"
#include <strings.h>

void
ask_close(struct ask *a)
{
	for (size_t i = 0; i < a->n_head; i++) {
		free((char *)(uintptr_t)a->head[i].name);
		free((char *)(uintptr_t)a->head[i].value);
	}
	free(a->head);
	a->head = NULL;
	a->n_head = 0;
	llm_stream_destroy(a->stream);
	a->stream = NULL;
	record_end(a->record, "dropped", 0);
	a->record = NULL;
	free(a->redirect);
	a->redirect = NULL;
	buf_finish(&a->error_body);
	buf_init(&a->error_body, ERROR_BODY_MAX);
	a->refused = a->html = a->enough = false;
	a->bytes = a->first = 0;
	a->status = 0;
	a->written = 0;
	a->counted = (struct llm_usage){ -1, -1, -1, -1, -1 };
}

/* --- what comes back --- */

static void
on_delta(void *user, const struct llm_delta *d)
{
	struct ask *a = user;

	a->written += d->text.n;
	switch (d->kind) {
	case LLM_DELTA_USAGE:
		a->counted = *d->usage;
		break;
	case LLM_DELTA_TEXT:
	case LLM_DELTA_REFUSAL:
		a->shown |= d->text.n > 0;
		a->sink->text(a->user, d->text);
		break;
	case LLM_DELTA_REASONING:
		a->sink->reasoning(a->user, d->text);
		break;
	default:
		break;
	}
}

static void
on_head(void *user, int status, const struct http_header *h, size_t n)
{
	struct ask *a = user;

	a->status = status;
	a->refused = status >= 300 || status < 200;
	a->head = xcalloc(n + 1, sizeof(*a->head));
	for (size_t i = 0; i < n; i++) {
		a->head[a->n_head++] = (struct llm_header){ xstrdup(h[i].name), xstrdup(h[i].value) };
		if (strcasecmp(h[i].name, "location") == 0 && !a->redirect)
			a->redirect = xstrdup(h[i].value);
		if (strcasecmp(h[i].name, "content-type") == 0)
			a->html = strncasecmp(h[i].value, "text/html", 9) == 0;
	}
	record_head(a->record, status, a->head, a->n_head);
}

static void
on_grace(uv_timer_t *t)
{
	struct ask *a = t->data;

	a->enough = true;
	if (a->call)
		http_cancel(a->call);
}

static bool
on_data(void *user, struct slice bytes)
{
	struct ask *a = user;
	bool more;

	if (!a->bytes)
		a->first = clock_mono(a->e->o.clock);
	a->bytes += (int64_t)bytes.n;
	record_data(a->record, bytes);
	if (a->refused || a->html)
		return buf_add(&a->error_body, bytes.p,
			       MIN_OF(bytes.n, a->error_body.max - a->error_body.len)) &&
			a->error_body.len < a->error_body.max;
	/* An error that is no stream: a plain JSON body with status 200. */
	if (a->error_body.len < LLM_ERROR_TEXT_MAX)
		buf_add(&a->error_body, bytes.p, MIN_OF(bytes.n, LLM_ERROR_TEXT_MAX));
	more = llm_stream_feed(a->stream, bytes);
	if (more && llm_stream_ended(a->stream))
		uv_timer_start(a->timer, on_grace, GRACE_MS, 0);
	return more;
}

static void
tell_reply(struct ask *a)
{
	int64_t now = clock_mono(a->e->o.clock);

	a->sink->reply(a->user, a->status, now - a->begun, a->bytes ? a->first - a->begun : -1,
		a->bytes);
}

static void
http_error(struct ask *a)
{
	struct llm_error e = { 0 };
	autofree char *to = a->redirect ? http_host(a->redirect) : NULL, *sentence = NULL;

	llm_error_decode(a->ep.kind, a->html ? MAX_OF(a->status, 400) : a->status, a->head, a->n_head,
		buf_slice(&a->error_body), clock_wall(a->e->o.clock), &e);
	if (a->status >= 300 && a->status < 400) {
		e.kind = LLM_ERR_INVALID_REQUEST;
		e.retryable = false;
		sentence = xasprintf(_("%s redirects to %s; requests are never sent elsewhere. Set "
				       "provider.%s.base_url to the right address."),
			a->ep.host, to ? to : a->redirect ? a->redirect : "?", a->ep.provider);
	} else if (a->html && a->status < 400) {
		e.kind = LLM_ERR_PROTOCOL;
		e.retryable = false;
		sentence = xasprintf(_("%s answers with a web page, not as a model; check "
				       "provider.%s.base_url, or sign in to the network"),
			a->ep.host, a->ep.provider);
	}
	ask_failed(a, &e, sentence);
}

static enum llm_error_kind
kind_of(enum http_fail fail)
{
	return fail == HTTP_TIMEOUT ? LLM_ERR_TIMEOUT : LLM_ERR_NETWORK;
}

static void
on_end(void *user, enum http_fail fail, const struct err *err)
{
	struct ask *a = user;
	struct llm_error e = { .retry_after_ms = -1 };
	struct err stop = { 0 };

	a->call = NULL;
	uv_timer_stop(a->timer);
	tell_reply(a);
	record_end(a->record, err ? err->text : "end", clock_mono(a->e->o.clock) - a->begun);
	a->record = NULL;
	if (a->cancelled) {
		a->state = ASK_OVER;
		ask_lost(a);
		err_set(&stop, ERR_CANCELLED, "%s", _("stopped"));
		ask_end(a, ENGINE_CANCELLED, &stop);
	} else if ((a->refused || a->html) && fail != HTTP_PROXY) {
		http_error(a);
	} else if (fail == HTTP_OK || fail == HTTP_REFUSED || a->enough ||
		(a->stream && llm_stream_ended(a->stream))) {
		ask_replied(a);
	} else {
		e.kind = kind_of(fail);
		/* A host that cannot be reached is not reached by asking at once again. */
		e.retryable = fail == HTTP_CUT || (fail == HTTP_TIMEOUT && a->status) ||
			fail == HTTP_OTHER;
		e.message = xstrdup(err ? err->text : "");
		ask_lost(a);
		ask_failed(a, &e, err ? err->text : NULL);
	}
}

/* --- replay --- */

/* The recorded dialect decides how the reply is read. */
static void
take_kind(struct ask *a, enum llm_kind kind)
{
	struct llm_stream_opts so = { .kind = kind, .delta = on_delta, .user = a,
		.split_think = true };

	llm_stream_destroy(a->stream);
	a->stream = llm_stream_create(&so);
	a->ep.kind = kind;
}

static void
on_replayed(uv_timer_t *t)
{
	struct ask *a = t->data;
	struct replay r = { 0 };
	struct err err = { 0 };
	struct http_header *h;

	if (!replay_load(a->ep.base_url, ++a->e->replayed, &r, &err)) {
		struct llm_error e = { .kind = LLM_ERR_PROTOCOL, .retry_after_ms = -1,
			.message = xstrdup(err.text) };

		tell_reply(a);
		ask_failed(a, &e, err.text);
		return;
	}
	h = xcalloc(r.names.n + 1, sizeof(*h));
	for (size_t i = 0; i < r.names.n; i++)
		h[i] = (struct http_header){ r.names.v[i], r.values.v[i] };
	take_kind(a, r.kind);
	on_head(a, r.status, h, r.names.n);
	(void)on_data(a, buf_slice(&r.reply));
	free(h);
	replay_finish(&r);
	on_end(a, HTTP_OK, NULL);
}

/* --- what is sent --- */

static enum llm_effort
effort_of(const struct ask *a)
{
	static const char *const names[] = { "auto", "none", "low", "medium", "high", "xhigh", "max" };
	const char *set = model_setting(a->e, "model.effort");

	for (size_t i = 1; i < ARRAY_LEN(names); i++)
		if (str_eq(set, names[i]))
			return (enum llm_effort)i;
	/* Without the field this model may stay silent for ever. */
	if (strstr(a->ep.model, "kimi-k2.6") && a->ep.quirks.think == LLM_THINK_OBJECT)
		return LLM_EFFORT_MEDIUM;
	return LLM_EFFORT_DEFAULT;
}

static void
fill_request(struct ask *a, const struct context *c, struct llm_request *r)
{
	*r = (struct llm_request){ .kind = a->ep.kind, .provider = a->ep.provider,
		.model = a->ep.model, .quirks = &a->ep.quirks, .system = buf_slice(&c->system),
		.tools = c->tools, .n_tools = c->n_tools, .messages = c->msgs,
		.n_messages = c->n, .max_tokens = ask_max_output(a), .effort = effort_of(a),
		.temperature = -1, .cache = model_flag(a->e, "model.cache"),
		.cache_key = a->cache_key };
}

static bool
build(struct ask *a, struct err *err)
{
	struct context c;
	struct llm_request r;
	bool ok;

	context_build(&a->input->in, a->cut, ask_sees(a), &c);
	fill_request(a, &c, &r);
	buf_clear(&a->body);
	buf_clear(&a->shown_body);
	ok = llm_request_build(&r, &a->body, err);
	a->n_images = c.n_images;
	a->image_bytes = c.image_bytes;
	/* The journal holds the pictures already. */
	context_hide_images(&c);
	ok = ok && (!a->n_images || llm_request_build(&r, &a->shown_body, err));
	context_finish(&c);
	return ok;
}

/* With what the last reply of this task counted, the guess becomes nearly exact. */
static void
estimate(struct ask *a)
{
	const struct learned *l = &a->e->learned;
	struct slice words = buf_slice(a->n_images ? &a->shown_body : &a->body);
	int64_t images = (int64_t)a->n_images * CONTEXT_IMAGE_TOKENS;

	a->cached = 0;
	a->tokens = context_tokens(words) + images;
	if (l->task != a->input->in.task || !l->model || !str_eq(l->model, a->chain.v[a->at]) ||
		l->bytes <= 0 || l->tokens <= 0)
		return;
	a->tokens = (int64_t)((double)words.n * (double)l->tokens / (double)l->bytes) + 1 + images;
	a->cached = l->cached;
}

static void
tell_host(struct ask *a)
{
	autofree char *path = path_join(a->e->o.places->state, "providers");
	autofree char *line = xasprintf("%s\n", a->ep.host);
	struct buf b = BUF_INIT(65536);
	const char *seen;

	if (a->ep.local)
		return;
	(void)(access(path, F_OK) == 0 && path_read_file(path, &b, NULL));
	seen = strstr(buf_str(&b), line);
	if (!seen || (seen != b.p && seen[-1] != '\n')) {
		ask_notice(a, "info",
			_("From now on %s gets your requests, what the tools read for them and what "
			  "they return."),
			a->ep.host);
		/* If it cannot be written, it is said again next time. */
		if (!buf_add_str(&b, line) || !path_write_file(path, buf_slice(&b), 0600, NULL))
			buf_clear(&b);
	}
	buf_finish(&b);
}

static void
tell_price(struct ask *a)
{
	double budget = 0;

	if (a->ep.facts.price.in >= 0 || a->e->warned_price)
		return;
	if ((str_to_double(model_setting(a->e, "budget.task"), &budget) && budget > 0) ||
		(str_to_double(model_setting(a->e, "budget.day"), &budget) && budget > 0)) {
		a->e->warned_price = true;
		ask_notice(a, "warn",
			_("No price is known for %s, so that a budget in money does not hold it; the "
			  "limits on tokens do. homard models update brings prices."),
			a->chain.v[a->at]);
	}
}

static bool
open_exchange(struct ask *a, const char *path, struct err *err)
{
	const char *dir = a->e->o.record_dir ? a->e->o.record_dir :
					       model_setting(a->e, "model.record");
	struct record_start rs = { dir, a->ep.provider, a->ep.model, a->ep.host, path, a->ep.kind,
		buf_slice(&a->body), a->key };
	struct llm_stream_opts so = { .kind = a->ep.kind, .delta = on_delta, .user = a,
		.split_think = true };

	ask_close(a);
	if (dir && *dir && !a->ep.replay && !(a->record = record_begin(&rs, err)))
		return false;
	a->stream = llm_stream_create(&so);
	a->begun = clock_mono(a->e->o.clock);
	a->state = ASK_SENT;
	return true;
}

static bool
send_http(struct ask *a, struct err *err)
{
	autobuf struct buf url = BUF_INIT(8192);
	autostrv struct strv headers = { 0 };
	struct llm_request r = { .kind = a->ep.kind, .model = a->ep.model, .quirks = &a->ep.quirks };
	struct http_request q = { .body = buf_slice(&a->body), .head = on_head, .data = on_data,
		.end = on_end, .user = a };
	bool ok;

	buf_add_str(&url, a->ep.base_url);
	if (!llm_request_path(&r, &url))
		return err_set(err, ERR_USAGE, _("the name of the model is too long"));
	llm_request_headers(&r, a->key, &headers);
	for (size_t i = 0; i < a->ep.headers.n; i++)
		strv_add(&headers, a->ep.headers.v[i]);
	if (!open_exchange(a, buf_str(&url) + strlen(a->ep.base_url), err))
		return false;
	q.url = buf_str(&url);
	q.headers = (const char *const *)headers.v;
	ok = http_start(a->e->http, &q, &a->call, err);
	for (size_t i = 0; i < headers.n; i++)
		explicit_bzero(headers.v[i], strlen(headers.v[i]));
	return ok;
}

static bool
allowed(struct ask *a)
{
	struct engine_request r = { .provider = a->ep.provider, .model = a->ep.model,
		.host = a->ep.host, .body = buf_slice(a->n_images ? &a->shown_body : &a->body),
		.bytes = (int64_t)a->body.len };

	estimate(a);
	r.tokens_est = a->tokens;
	r.window = a->parent ? 0 : ask_window(a);
	r.cost_est = usage_input_cost(&a->ep.facts, a->tokens, a->cached);
	return a->sink->request(a->user, &r);
}

void
ask_send(struct ask *a)
{
	struct err err = { 0 };

	if (!a->body.len) {
		bool fits = ask_fit(a, false, &err);

		if (fits && a->small)
			return;
		if (!fits || !build(a, &err)) {
			ask_end(a, ENGINE_FAILED, &err);
			return;
		}
	}
	tell_host(a);
	tell_price(a);
	if (!allowed(a)) {
		err_set(&err, ERR_LIMIT, "%s", _("the request was not sent: a budget was reached"));
		ask_end(a, ENGINE_FAILED, &err);
		return;
	}
	a->attempt++;
	if (a->ep.replay) {
		(void)open_exchange(a, "", NULL);
		uv_timer_start(a->timer, on_replayed, 0, 0);
		a->state = ASK_WAITING;
		return;
	}
	if (!send_http(a, &err))
		ask_end(a, ENGINE_FAILED, &err);
}
