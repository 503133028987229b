#include "agent/llm/request.h"
#include "agent/base/hash.h"
#include "agent/base/i18n.h"

static const struct llm_quirks no_quirks;

/* --- ids --- */

static bool
id_char(char c, bool dashes)
{
	return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
		(dashes && (c == '_' || c == '-'));
}

static bool
id_legal(const char *id, enum llm_tool_id rule)
{
	size_t n = id ? strlen(id) : 0, max = rule == LLM_ID_40 ? 40 : 64;

	if (!n)
		return false;
	if (rule == LLM_ID_ANY)
		return true;
	if (rule == LLM_ID_9_ALNUM && n != 9)
		return false;
	if (n > max)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!id_char(id[i], rule != LLM_ID_9_ALNUM))
			return false;
	return true;
}

/* What the server takes for calls it did not make itself. */
static enum llm_tool_id
id_rule(const struct req *q)
{
	if (q->q->tool_id != LLM_ID_ANY)
		return q->q->tool_id;
	return q->r->kind == LLM_OPENAI_CHAT ? LLM_ID_40 : LLM_ID_64;
}

/* A new id, the same in every request of the task: from the old id and its how-manieth use. */
static char *
id_make(const char *old, size_t use, enum llm_tool_id rule)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	autofree char *seed = xasprintf("%zu/%s", use, old ? old : "");
	unsigned char h[HASH_LEN];
	char text[13];
	size_t n = rule == LLM_ID_9_ALNUM ? 9 : 12;

	hash_bytes(seed, strlen(seed), h);
	for (size_t i = 0; i < n; i++)
		text[i] = digits[h[i] % (sizeof(digits) - 1)];
	text[n] = '\0';
	return rule == LLM_ID_9_ALNUM ? xstrdup(text) : xasprintf("call_%s", text);
}

static size_t
uses_before(const struct req *q, size_t msg, size_t call, const char *id)
{
	size_t n = 0;

	for (size_t m = 0; m <= msg; m++)
		for (size_t c = 0; q->msgs[m].ids && c < q->msgs[m].m->n_calls; c++) {
			const char *other = q->msgs[m].m->calls[c].id;

			if (m == msg && c >= call)
				return n;
			n += id ? other && str_eq(other, id) : !other;
		}
	return n;
}

static void
choose_ids(struct req *q, size_t msg)
{
	struct req_msg *m = &q->msgs[msg];
	enum llm_tool_id rule = id_rule(q);

	m->ids = xcalloc(m->m->n_calls + 1, sizeof(*m->ids));
	for (size_t c = 0; c < m->m->n_calls; c++) {
		const char *old = m->m->calls[c].id;
		size_t use = uses_before(q, msg, c, old);

		/* A server takes its own ids back, repeated ones too (Kimi counts per turn). */
		if (m->verbatim && old && *old)
			m->ids[c] = xstrdup(old);
		else if (m->verbatim && q->r->kind != LLM_OPENAI_CHAT)
			m->ids[c] = NULL;
		else if (use == 0 && id_legal(old, rule))
			m->ids[c] = xstrdup(old);
		else
			m->ids[c] = id_make(old, use, rule);
	}
}

/* --- messages --- */

static bool
is_verbatim(const struct llm_request *r, const struct llm_message *m)
{
	return m->replay.n && m->kind == r->kind && m->provider && m->model && r->provider &&
		r->model && str_eq(m->provider, r->provider) && str_eq(m->model, r->model);
}

static void
init(struct req *q, const struct llm_request *r, struct buf *out)
{
	*q = (struct req){ .r = r, .q = r->quirks ? r->quirks : &no_quirks, .n = r->n_messages };
	q->msgs = xcalloc(q->n + 1, sizeof(*q->msgs));
	jw_init(&q->w, out);
	for (size_t i = 0; i < q->n; i++) {
		q->msgs[i].m = &r->messages[i];
		if (r->messages[i].role != LLM_ASSISTANT)
			continue;
		q->msgs[i].verbatim = is_verbatim(r, &r->messages[i]);
		choose_ids(q, i);
	}
}

static void
finish(struct req *q)
{
	for (size_t i = 0; i < q->n; i++) {
		for (size_t c = 0; q->msgs[i].ids && c < q->msgs[i].m->n_calls; c++)
			free(q->msgs[i].ids[c]);
		free(q->msgs[i].ids);
	}
	free(q->msgs);
}

bool
req_build(const struct llm_request *r, const struct req_parts *parts, struct buf *out, struct err *err)
{
	struct req q;
	bool ok;

	init(&q, r, out);
	jw_object(&q.w, NULL);
	if (parts->model)
		jw_str(&q.w, "model", r->model);
	ok = parts->tools(&q, err);
	if (parts->system)
		parts->system(&q);
	parts->messages(&q);
	parts->options(&q);
	req_extra(&q);
	jw_end_object(&q.w);
	finish(&q);
	if (!ok || !out->full)
		return ok;
	return err_set(err, ERR_LIMIT, _("the request to the model would be larger than %zu bytes"),
		out->max);
}

/* --- tools --- */

void
req_tool_words(struct req *q, const struct llm_tool *t)
{
	jw_str(&q->w, "name", t->name);
	if (t->description)
		jw_str(&q->w, "description", t->description);
}

void
req_put_function(struct req *q, const struct llm_tool *t, struct slice schema, size_t i UNUSED)
{
	jw_str(&q->w, "type", "function");
	jw_object(&q->w, "function");
	req_tool_words(q, t);
	jw_raw(&q->w, "parameters", schema);
	if (t->strict)
		jw_bool(&q->w, "strict", true);
	jw_end_object(&q->w);
}

bool
req_tools(struct req *q, enum llm_schema strict, req_put_tool *put, struct err *err)
{
	if (!q->r->n_tools)
		return true;
	jw_array(&q->w, "tools");
	for (size_t i = 0; i < q->r->n_tools; i++) {
		const struct llm_tool *t = &q->r->tools[i];
		autofree char *schema =
			schema_reduce(t->schema, t->strict ? strict : q->q->schema, err);

		if (!schema)
			return false;
		jw_object(&q->w, NULL);
		put(q, t, slice_of(schema), i);
		jw_end_object(&q->w);
	}
	jw_end_array(&q->w);
	return true;
}

const struct llm_message *
req_result(const struct req *q, size_t assistant, size_t call)
{
	for (size_t i = assistant + 1; i < q->n; i++) {
		const struct llm_message *m = q->msgs[i].m;

		if (m->role == LLM_ASSISTANT)
			return NULL;
		if (m->role == LLM_TOOL && m->call == call)
			return m;
	}
	return NULL;
}

struct slice
req_result_text(const struct llm_message *result)
{
	if (!result)
		return SLICE_LIT(REQ_NO_RESULT);
	if (result->text.n)
		return result->text;
	return result->n_images ? SLICE_LIT("(see the image)") : SLICE_LIT("(no output)");
}

size_t
req_next(const struct req *q, size_t after)
{
	size_t i = after + 1;

	while (i < q->n && q->msgs[i].m->role == LLM_TOOL)
		i++;
	return i;
}

bool
req_has_images(const struct req *q, size_t assistant)
{
	for (size_t i = assistant + 1; i < q->n && q->msgs[i].m->role != LLM_ASSISTANT; i++)
		if (q->msgs[i].m->role == LLM_TOOL && q->msgs[i].m->n_images &&
			!q->q->no_images)
			return true;
	return false;
}

size_t
req_last_user(const struct req *q, size_t before)
{
	for (size_t i = before; i > 0; i--)
		if (q->msgs[i - 1].m->role == LLM_USER)
			return i - 1;
	return q->n;
}

/* --- values --- */

struct slice
req_args(struct slice args)
{
	autojdoc struct jdoc d = { 0 };

	return jn_is(jdoc_parse(&d, args), JN_OBJECT) ? slice_trim(args) : SLICE_LIT("{}");
}

const char *
req_effort(enum llm_effort e)
{
	static const char *const names[] = { [LLM_EFFORT_LOW] = "low",
		[LLM_EFFORT_MEDIUM] = "medium", [LLM_EFFORT_HIGH] = "high",
		[LLM_EFFORT_XHIGH] = "xhigh", [LLM_EFFORT_MAX] = "max" };

	return names[e];
}

void
req_data_url(struct req *q, const char *key, const struct llm_image *im)
{
	struct buf *out = q->w.out;

	jw_raw(&q->w, key, SLICE_LIT("\"data:"));
	/* Media types and base64 hold nothing that JSON escapes. */
	buf_add_str(out, im->media_type);
	buf_add_str(out, ";base64,");
	buf_add_slice(out, im->base64);
	buf_add_char(out, '"');
}

void
req_cache_key(struct req *q)
{
	if (q->q->cache_key && q->r->cache && q->r->cache_key)
		jw_str(&q->w, "prompt_cache_key", q->r->cache_key);
}

void
req_extra(struct req *q)
{
	if (!q->q->extra || !*q->q->extra)
		return;
	if (q->w.comma)
		buf_add_char(q->w.out, ',');
	buf_add_str(q->w.out, q->q->extra);
	q->w.comma = true;
}

/* --- the public half --- */

bool
llm_request_build(const struct llm_request *r, struct buf *out, struct err *err)
{
	return llm_dialects[r->kind]->build(r, out, err);
}

/* In a path everything but the unreserved and ':' '/' '@' is spelled %HH. */
static bool
add_path_text(struct buf *out, const char *s)
{
	bool ok = true;

	for (; *s && ok; s++)
		ok = id_char(*s, true) || strchr("./:@~+", *s) ? buf_add_char(out, *s) :
			buf_printf(out, "%%%02X", (unsigned char)*s);
	return ok;
}

bool
llm_request_path(const struct llm_request *r, struct buf *out)
{
	const struct llm_quirks *q = r->quirks ? r->quirks : &no_quirks;
	const char *p = q->path ? q->path : llm_dialects[r->kind]->path;
	const char *at = strstr(p, "%s");

	if (!at)
		return buf_add_str(out, p);
	return buf_add(out, p, (size_t)(at - p)) && add_path_text(out, r->model) &&
		buf_add_str(out, at + 2);
}

void
llm_request_headers(const struct llm_request *r, const char *key, struct strv *out)
{
	const struct llm_dialect *d = llm_dialects[r->kind];
	const struct llm_quirks *q = r->quirks ? r->quirks : &no_quirks;
	enum llm_auth auth = q->auth == LLM_AUTH_DEFAULT ? d->auth : q->auth;

	strv_add(out, "Content-Type: application/json");
	strv_add(out, d->framing == LLM_SSE ? "Accept: text/event-stream" :
					      "Accept: application/x-ndjson");
	if (r->kind == LLM_ANTHROPIC)
		strv_addf(out, "anthropic-version: %s", q->version ? q->version : "2023-06-01");
	if (!key || !*key)
		return;
	switch (auth) {
	case LLM_AUTH_X_API_KEY:
		strv_addf(out, "x-api-key: %s", key);
		break;
	case LLM_AUTH_X_GOOG:
		strv_addf(out, "x-goog-api-key: %s", key);
		break;
	case LLM_AUTH_API_KEY:
		strv_addf(out, "api-key: %s", key);
		break;
	case LLM_AUTH_BEARER:
		strv_addf(out, "Authorization: Bearer %s", key);
		break;
	default:
		break;
	}
}
