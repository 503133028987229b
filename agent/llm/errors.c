#include "agent/llm/decode.h"
#include "agent/llm/errors.h"
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"

static const char *const kind_names[] = {
	[LLM_ERR_AUTH] = "auth",
	[LLM_ERR_PERMISSION] = "permission",
	[LLM_ERR_BILLING] = "billing",
	[LLM_ERR_NOT_FOUND] = "not_found",
	[LLM_ERR_INVALID_REQUEST] = "invalid_request",
	[LLM_ERR_CONTEXT_OVERFLOW] = "context_overflow",
	[LLM_ERR_CONTENT_FILTER] = "content_filter",
	[LLM_ERR_TOOL_USE_FAILED] = "tool_use_failed",
	[LLM_ERR_RATE_LIMIT] = "rate_limit",
	[LLM_ERR_OVERLOADED] = "overloaded",
	[LLM_ERR_TIMEOUT] = "timeout",
	[LLM_ERR_SERVER] = "server",
	[LLM_ERR_NETWORK] = "network",
	[LLM_ERR_PROTOCOL] = "protocol",
	[LLM_ERR_INCOMPLETE] = "incomplete",
	[LLM_ERR_TOO_LARGE] = "too_large",
};

const char *
llm_error_kind_name(enum llm_error_kind k)
{
	return kind_names[k];
}

void
llm_error_finish(struct llm_error *e)
{
	free(e->type);
	free(e->type_raw);
	free(e->code);
	free(e->detail);
	free(e->message);
	*e = (struct llm_error){ .retry_after_ms = -1 };
}

/* --- reading the shapes --- */

static char *
raw_short(const struct jn *v)
{
	struct slice r = jn_raw(v);

	return jn_none(v) || r.n > 1024 ? NULL : slice_dup(r);
}

/* A message is a string, or JSON that is shown as it is. */
static char *
words(const struct jn *v)
{
	struct slice r;

	if (jn_none(v))
		return NULL;
	if (v->type == JN_STRING)
		return jn_dup(v, LLM_ERROR_TEXT_MAX);
	if (v->type == JN_ARRAY && jn_is(jn_at(v, 0), JN_STRING))
		return jn_dup(jn_at(v, 0), LLM_ERROR_TEXT_MAX);
	r = jn_raw(v);
	if (r.n > LLM_ERROR_TEXT_MAX)
		r.n = LLM_ERROR_TEXT_MAX - utf8_partial_tail(r.p, LLM_ERROR_TEXT_MAX);
	return slice_dup(r);
}

static void
set_type(struct llm_error *e, const struct jn *v)
{
	if (jn_none(v) || e->type || e->type_raw)
		return;
	e->type = jn_dup(v, 256);
	if (!e->type)
		e->type_raw = raw_short(v);
}

static void
set_code(struct llm_error *e, const struct jn *v)
{
	if (!e->code)
		e->code = raw_short(v);
}

static void
set_message(struct llm_error *e, const struct jn *v)
{
	if (!e->message)
		e->message = words(v);
}

/* {"error":{...}} and its inside. */
static void
from_object(const struct jn *o, struct llm_error *e)
{
	int64_t status = jn_i64(jn_get(o, "status_code"), 0);

	set_type(e, jn_get(o, "type"));
	set_type(e, jn_get(o, "status"));
	set_code(e, jn_get(o, "code"));
	set_message(e, jn_get(o, "message"));
	set_message(e, jn_get(o, "detail"));
	if (!e->detail)
		e->detail = words(jn_get2(o, "metadata", "raw"));
	if (!e->status && status >= 400 && status < 600)
		e->status = (int)status;
}

static bool
from_base_resp(const struct jn *root, struct llm_error *e)
{
	const struct jn *b = jn_get(root, "base_resp");

	if (jn_i64(jn_get(b, "status_code"), 0) == 0)
		return false;
	set_code(e, jn_get(b, "status_code"));
	set_message(e, jn_get(b, "status_msg"));
	return true;
}

bool
llm_error_from(const struct jn *root, struct llm_error *e)
{
	const struct jn *err = jn_get(root, "error");

	e->retry_after_ms = -1;
	if (jn_is(root, JN_STRING)) {
		set_message(e, root);
		return true;
	}
	if (jn_is(err, JN_OBJECT)) {
		from_object(err, e);
		/* Some nest a second one. */
		if (!e->message && jn_is(jn_get(err, "error"), JN_OBJECT))
			from_object(jn_get(err, "error"), e);
		return true;
	}
	if (jn_is(err, JN_STRING) || jn_is(err, JN_ARRAY)) {
		set_message(e, err);
		set_type(e, jn_get(root, "error_type"));
		set_type(e, jn_get(root, "type"));
		set_code(e, jn_get(root, "code"));
		return true;
	}
	if (from_base_resp(root, e))
		return true;
	from_object(root, e);
	if (!e->message)
		set_message(e, jn_get(root, "msg"));
	if (!e->message)
		set_message(e, jn_get(root, "errors"));
	return e->message || e->code;
}

/* --- a whole HTTP reply --- */

/* Is this 200 an error after all? Only the shapes that no good reply has. */
static bool
is_error_body(const struct jn *root)
{
	const struct jn *err = jn_get(root, "error");

	if (!jn_is(root, JN_OBJECT))
		return false;
	/* A Responses object carries "error":null; a failed one is the stream's to report. */
	if (jn_is_str(jn_get(root, "object"), "response"))
		return false;
	return !jn_none(err) || jn_is_str(jn_get(root, "object"), "error") ||
		jn_is_str(jn_get(root, "type"), "error") ||
		(jn_i64(jn_get2(root, "base_resp", "status_code"), 0) != 0 &&
			jn_none(jn_get(root, "choices")));
}

static void
text_message(struct llm_error *e, struct slice body)
{
	struct slice t = slice_trim(body);

	if (t.n > LLM_ERROR_TEXT_MAX)
		t.n = LLM_ERROR_TEXT_MAX - utf8_partial_tail(t.p, LLM_ERROR_TEXT_MAX);
	e->message = slice_dup(t);
}

bool
llm_error_decode(enum llm_kind kind UNUSED, int status, const struct llm_header *headers, size_t n,
	struct slice body, int64_t now_ms, struct llm_error *ret)
{
	autojdoc struct jdoc d = { 0 };
	struct slice text = slice_trim(body);
	const struct jn *root;
	struct slice rest = text, line;

	*ret = (struct llm_error){ .retry_after_ms = -1 };
	if (text.n > LLM_EVENT_MAX)
		text.n = LLM_EVENT_MAX;
	/* An error may come framed as an event; inside a 200 that is the stream's to report. */
	while (status >= 400 && (slice_starts(text, "event:") || slice_starts(text, "data:"))) {
		line = slice_line(&rest);
		if (slice_starts(line, "data:"))
			text = slice_trim((struct slice){ line.p + 5, line.n - 5 });
		else
			text = slice_trim(rest);
		rest = text;
	}
	root = jdoc_parse(&d, text);
	/* Gemini without alt=sse wraps the error into an array. */
	if (jn_is(root, JN_ARRAY) && root->n == 1)
		root = jn_first(root);
	if (status < 400 && !is_error_body(root))
		return false;
	if (jn_is(root, JN_OBJECT))
		llm_error_from(root, ret);
	if (!ret->message)
		text_message(ret, body);
	ret->status = status;
	llm_error_sort(ret);
	llm_error_delay(ret, headers, n, root, now_ms);
	return true;
}
