/*
 * openai-chat bodies. Own turns go back member by member as they came; what servers of this
 * family stumble over (null content, blank arguments, missing ids, two copies of the same
 * reasoning) is set right on the way.
 */
#include "agent/llm/request.h"

static void
cache_mark(struct req *q)
{
	jw_raw(&q->w, "cache_control", SLICE_LIT("{\"type\":\"ephemeral\"}"));
}

/* content: a string, or an array of one text part that carries the cache mark. */
static void
text_content(struct req *q, struct slice text, bool mark)
{
	struct jw *w = &q->w;

	if (!mark) {
		jw_slice(w, "content", text);
		return;
	}
	jw_array(w, "content");
	jw_object(w, NULL);
	jw_str(w, "type", "text");
	jw_slice(w, "text", text);
	cache_mark(q);
	jw_end_object(w);
	jw_end_array(w);
}

static void
image_parts(struct req *q, const struct llm_message *m)
{
	struct jw *w = &q->w;

	for (size_t i = 0; i < m->n_images; i++) {
		jw_object(w, NULL);
		jw_str(w, "type", "image_url");
		jw_object(w, "image_url");
		req_data_url(q, "url", &m->images[i]);
		jw_end_object(w);
		jw_end_object(w);
	}
}

static void
system_message(struct req *q)
{
	if (!q->r->system.n)
		return;
	jw_object(&q->w, NULL);
	jw_str(&q->w, "role", q->q->developer_role ? "developer" : "system");
	text_content(q, q->r->system, q->r->cache && q->q->cache_control);
	jw_end_object(&q->w);
}

static void
text_part(struct req *q, struct slice text)
{
	jw_object(&q->w, NULL);
	jw_str(&q->w, "type", "text");
	jw_slice(&q->w, "text", text);
	jw_end_object(&q->w);
}

static void
user_message(struct req *q, const struct llm_message *m, bool mark)
{
	struct jw *w = &q->w;

	jw_object(w, NULL);
	jw_str(w, "role", "user");
	if (!m->n_images) {
		text_content(q, m->text, mark && m->text.n);
	} else {
		jw_array(w, "content");
		if (m->text.n)
			text_part(q, m->text);
		if (q->q->no_images)
			text_part(q, SLICE_LIT(REQ_NO_IMAGES));
		else
			image_parts(q, m);
		jw_end_array(w);
	}
	jw_end_object(w);
}

/* --- the assistant's turns --- */

static void
write_call(struct req *q, const struct req_msg *m, size_t i, const struct jn *raw)
{
	const struct llm_call_ref *c = &m->m->calls[i];
	const struct jn *extra = jn_get(raw, "extra_content");
	struct jw *w = &q->w;

	jw_object(w, NULL);
	jw_str(w, "id", m->ids[i]);
	jw_str(w, "type", "function");
	jw_object(w, "function");
	jw_str(w, "name", c->name ? c->name : "");
	jw_slice(w, "arguments", req_args(c->args));
	jw_end_object(w);
	if (extra)
		jw_raw(w, "extra_content", jn_raw(extra));
	jw_end_object(w);
}

static void
write_calls(struct req *q, const struct req_msg *m, const struct jn *raw)
{
	if (!m->m->n_calls)
		return;
	jw_array(&q->w, "tool_calls");
	for (size_t i = 0; i < m->m->n_calls; i++)
		write_call(q, m, i, jn_at(raw, i));
	jw_end_array(&q->w);
}

/* Mistral's array: its elements, and the text that came as strings beside them. */
static void
array_content(struct req *q, const struct llm_message *m, const struct jn *content)
{
	struct buf inside = BUF_INIT(LLM_TURN_MAX);
	struct jw *w = &q->w;

	jw_array(w, "content");
	for (const struct jn *p = jn_first(content); p; p = jn_next(content, p)) {
		const struct jn *think = jn_get(p, "thinking");

		if (jn_is_str(jn_get(p, "type"), "text"))
			jn_text(&inside, jn_get(p, "text"));
		if (jn_is(think, JN_ARRAY) && think->n == 0)
			continue;
		jw_raw(w, NULL, jn_raw(p));
	}
	if (m->text.n > inside.len && memcmp(m->text.p, buf_str(&inside), inside.len) == 0)
		text_part(q, (struct slice){ m->text.p + inside.len, m->text.n - inside.len });
	jw_end_array(w);
	buf_finish(&inside);
}

static void
verbatim_content(struct req *q, const struct llm_message *m, const struct jn *content)
{
	if (jn_is(content, JN_ARRAY))
		array_content(q, m, content);
	else if (jn_is(content, JN_STRING) && (content->len || !m->n_calls))
		jw_raw(&q->w, "content", jn_raw(content));
	else if (!m->n_calls)
		jw_str(&q->w, "content", "");
}

/* Does this member of the kept message go back? */
static bool
wanted(const struct req *q, const struct jn *root, const struct jn *key)
{
	bool reasoning = jn_is_str(key, "reasoning_content") || jn_is_str(key, "reasoning") ||
		jn_is_str(key, "reasoning_text") || jn_is_str(key, "reasoning_details");

	if (jn_is_str(key, "role") || jn_is_str(key, "content") || jn_is_str(key, "tool_calls"))
		return false;
	if (!reasoning)
		return true;
	/* Not even its own, except inside a tool loop. */
	if (q->q->drop_reasoning && !jn_get(root, "tool_calls"))
		return false;
	/* The array of parts holds it already. */
	if (jn_is(jn_get(root, "content"), JN_ARRAY) && !jn_is_str(key, "reasoning_details"))
		return false;
	/* OpenRouter: the details are the truth, the other the same words again. */
	return !jn_is_str(key, "reasoning") || !jn_get(root, "reasoning_details");
}

static void
verbatim_message(struct req *q, const struct req_msg *m, const struct jn *root)
{
	struct jw *w = &q->w;
	bool reasoned = false;

	jw_object(w, NULL);
	jw_str(w, "role", "assistant");
	verbatim_content(q, m->m, jn_get(root, "content"));
	for (const struct jn *k = jn_first(root); k; k = jn_next(root, k)) {
		autofree char *key = NULL;

		if (!wanted(q, root, k))
			continue;
		reasoned |= jn_is_str(k, "reasoning_content");
		key = slice_dup(jn_inner(k));
		jw_raw(w, key, jn_raw(jn_value(k)));
	}
	if (q->q->require_reasoning && !reasoned)
		jw_str(w, q->q->reasoning_field ? q->q->reasoning_field : "reasoning_content", "");
	write_calls(q, m, jn_get(root, "tool_calls"));
	jw_end_object(w);
}

static void
portable_message(struct req *q, const struct req_msg *m)
{
	struct jw *w = &q->w;

	if (!m->m->text.n && !m->m->n_calls)
		return;
	jw_object(w, NULL);
	jw_str(w, "role", "assistant");
	if (m->m->text.n || !m->m->n_calls)
		jw_slice(w, "content", m->m->text);
	if (q->q->require_reasoning)
		jw_str(w, q->q->reasoning_field ? q->q->reasoning_field : "reasoning_content", "");
	write_calls(q, m, NULL);
	jw_end_object(w);
}

static void
result_message(struct req *q, size_t at, size_t call, bool mark)
{
	const struct llm_message *res = req_result(q, at, call);
	const struct req_msg *m = &q->msgs[at];
	struct jw *w = &q->w;

	jw_object(w, NULL);
	jw_str(w, "role", "tool");
	jw_str(w, "tool_call_id", m->ids[call]);
	if (q->q->tool_name)
		jw_str(w, "name", m->m->calls[call].name);
	text_content(q, req_result_text(res), mark);
	jw_end_object(w);
}

/* Some servers want their own word between a tool's and the person's. */
static void
own_word(struct req *q, size_t at)
{
	if (!q->q->tool_then_model || at >= q->n || !q->msgs[at].m->n_calls)
		return;
	jw_object(&q->w, NULL);
	jw_str(&q->w, "role", "assistant");
	jw_str(&q->w, "content", "OK");
	jw_end_object(&q->w);
}

/* Tool messages take text only: the images follow as the user's. */
static void
result_images(struct req *q, size_t at)
{
	struct jw *w = &q->w;

	if (!req_has_images(q, at))
		return;
	own_word(q, at);
	jw_object(w, NULL);
	jw_str(w, "role", "user");
	jw_array(w, "content");
	text_part(q, SLICE_LIT("Images from the tool results:"));
	for (size_t c = 0; c < q->msgs[at].m->n_calls; c++) {
		const struct llm_message *res = req_result(q, at, c);

		if (res)
			image_parts(q, res);
	}
	jw_end_array(w);
	jw_end_object(w);
}

static void
assistant_message(struct req *q, size_t at, bool mark)
{
	const struct req_msg *m = &q->msgs[at];
	autojdoc struct jdoc d = { 0 };
	const struct jn *root = m->verbatim ? jdoc_parse(&d, m->m->replay) : NULL;

	if (jn_is(root, JN_OBJECT))
		verbatim_message(q, m, root);
	else
		portable_message(q, m);
	for (size_t c = 0; c < m->m->n_calls; c++)
		result_message(q, at, c, mark && c + 1 == m->m->n_calls);
	result_images(q, at);
}

/* --- the body --- */

static bool
plain_user(const struct req *q, size_t i)
{
	return i < q->n && q->msgs[i].m->role == LLM_USER && !q->msgs[i].m->n_images;
}

/* Words that follow each other are one message: many a server's template wants the roles to
 * alternate. Returns the last one taken. */
static size_t
user_run(struct req *q, size_t i, bool mark)
{
	struct llm_message all = *q->msgs[i].m;
	autobuf struct buf words = BUF_INIT(q->w.out->max);
	size_t last = i;

	while (plain_user(q, i) && plain_user(q, req_next(q, last)))
		last = req_next(q, last);
	if (last > i) {
		buf_add_slice(&words, all.text);
		for (size_t k = req_next(q, i); k <= last; k = req_next(q, k)) {
			buf_add_str(&words, "\n\n");
			buf_add_slice(&words, q->msgs[k].m->text);
		}
		all.text = buf_slice(&words);
	}
	user_message(q, &all, mark && req_next(q, last) >= q->n);
	return last;
}

static void
write_messages(struct req *q)
{
	bool mark = q->r->cache && q->q->cache_control;
	size_t before = q->n; /* the message before, if it was the model's */
	size_t i = q->n && q->msgs[0].m->role == LLM_TOOL ? req_next(q, 0) : 0;

	jw_array(&q->w, "messages");
	system_message(q);
	for (; i < q->n; i = req_next(q, i)) {
		bool last = req_next(q, i) >= q->n;

		if (q->msgs[i].m->role == LLM_ASSISTANT) {
			assistant_message(q, i, mark && last);
			before = req_has_images(q, i) ? q->n : i;
		} else {
			own_word(q, before);
			i = user_run(q, i, mark);
			before = q->n;
		}
	}
	jw_end_array(&q->w);
}

static bool
write_tools(struct req *q, struct err *err)
{
	if (!req_tools(q, LLM_SCHEMA_STRICT, req_put_function, err))
		return false;
	if (q->r->no_tools && q->r->n_tools && !q->q->no_tool_choice)
		jw_str(&q->w, "tool_choice", "none");
	if (q->q->tool_stream && q->r->n_tools)
		jw_bool(&q->w, "tool_stream", true);
	return true;
}

static void
write_effort(struct req *q)
{
	const char *e = req_effort(q->r->effort);
	bool off = q->r->effort == LLM_EFFORT_NONE;
	struct jw *w = &q->w;

	if (q->r->effort == LLM_EFFORT_DEFAULT)
		return;
	switch (q->q->think) {
	case LLM_THINK_EFFORT:
		jw_str(w, "reasoning_effort", off ? "none" : e);
		break;
	case LLM_THINK_OBJECT:
		jw_object(w, "thinking");
		jw_str(w, "type", off ? "disabled" : "enabled");
		jw_end_object(w);
		break;
	case LLM_THINK_ENABLE:
		jw_bool(w, "enable_thinking", !off);
		break;
	case LLM_THINK_REASONING:
		jw_object(w, "reasoning");
		if (off)
			jw_bool(w, "enabled", false);
		else
			jw_str(w, "effort", e);
		jw_end_object(w);
		break;
	default:
		break;
	}
}

static void
write_options(struct req *q)
{
	struct jw *w = &q->w;

	if (q->r->max_tokens > 0)
		jw_i64(w, q->q->max_completion_tokens ? "max_completion_tokens" : "max_tokens",
			q->r->max_tokens);
	if (q->r->temperature >= 0)
		jw_num(w, "temperature", q->r->temperature);
	write_effort(q);
	req_cache_key(q);
	if (q->r->no_stream)
		return;
	jw_bool(w, "stream", true);
	if (!q->q->no_stream_options) {
		jw_object(w, "stream_options");
		jw_bool(w, "include_usage", true);
		jw_end_object(w);
	}
}

bool
build_chat(const struct llm_request *r, struct buf *out, struct err *err)
{
	static const struct req_parts parts = { true, write_tools, NULL, write_messages,
		write_options };

	return req_build(r, &parts, out, err);
}
