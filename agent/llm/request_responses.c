/*
 * openai-responses bodies, stateless: store:false, encrypted reasoning asked for and sent back.
 * Own items go back as they came, but for what only bloats (logprobs) and what the server
 * could no longer find (reasoning it did not encrypt; then the ids that pair with it go too).
 */
#include "agent/llm/request.h"

static void
text_item(struct req *q, const char *type, struct slice text)
{
	jw_object(&q->w, NULL);
	jw_str(&q->w, "type", type);
	jw_slice(&q->w, "text", text);
	jw_end_object(&q->w);
}

static void
image_items(struct req *q, const struct llm_message *m)
{
	for (size_t i = 0; i < m->n_images; i++) {
		jw_object(&q->w, NULL);
		jw_str(&q->w, "type", "input_image");
		req_data_url(q, "image_url", &m->images[i]);
		jw_end_object(&q->w);
	}
}

static void
begin_message(struct req *q, const char *role)
{
	jw_object(&q->w, NULL);
	jw_str(&q->w, "role", role);
}

static void
user_message(struct req *q, const struct llm_message *m)
{
	begin_message(q, "user");
	if (!m->n_images) {
		jw_slice(&q->w, "content", m->text);
	} else {
		jw_array(&q->w, "content");
		if (m->text.n)
			text_item(q, "input_text", m->text);
		if (q->q->no_images)
			text_item(q, "input_text", SLICE_LIT(REQ_NO_IMAGES));
		else
			image_items(q, m);
		jw_end_array(&q->w);
	}
	jw_end_object(&q->w);
}

/* --- own items --- */

/* Reasoning comes back only when it can be read or was encrypted for us. */
static bool
item_ok(const struct req *q, const struct jn *item)
{
	const struct jn *content = jn_get(item, "content"), *enc = jn_get(item, "encrypted_content");

	if (!jn_is_str(jn_get(item, "type"), "reasoning") || q->q->store_default)
		return true;
	if (q->q->drop_reasoning)
		return false;
	return (jn_is(enc, JN_STRING) && enc->len) || (jn_is(content, JN_ARRAY) && content->n);
}

static void
put_member(struct req *q, const struct jn *key)
{
	autofree char *name = slice_dup(jn_inner(key));

	jw_raw(&q->w, name, jn_raw(jn_value(key)));
}

/* The parts of a message, without the probabilities of each token. */
static void
put_parts(struct req *q, const struct jn *list)
{
	jw_array(&q->w, "content");
	for (const struct jn *p = jn_first(list); p; p = jn_next(list, p)) {
		if (!jn_is(p, JN_OBJECT)) {
			jw_raw(&q->w, NULL, jn_raw(p));
			continue;
		}
		jw_object(&q->w, NULL);
		for (const struct jn *k = jn_first(p); k; k = jn_next(p, k))
			if (!jn_is_str(k, "logprobs"))
				put_member(q, k);
		jw_end_object(&q->w);
	}
	jw_end_array(&q->w);
}

static bool
is_call(const struct jn *item)
{
	return jn_is_str(jn_get(item, "type"), "function_call");
}

static void
put_item(struct req *q, const struct jn *item, bool drop_id)
{
	bool message = jn_is_str(jn_get(item, "type"), "message");

	jw_object(&q->w, NULL);
	for (const struct jn *k = jn_first(item); k; k = jn_next(item, k)) {
		if (drop_id && jn_is_str(k, "id"))
			continue;
		if (message && jn_is_str(k, "content") && jn_is(jn_value(k), JN_ARRAY)) {
			put_parts(q, jn_value(k));
		} else if (is_call(item) && jn_is_str(k, "arguments")) {
			autofree char *args = jn_dup(jn_value(k), LLM_TURN_MAX);

			jw_slice(&q->w, "arguments", req_args(slice_of(args)));
		} else {
			put_member(q, k);
		}
	}
	jw_end_object(&q->w);
}

static bool
verbatim_items(struct req *q, const struct jn *list)
{
	bool dropped = false;

	if (!jn_is(list, JN_ARRAY))
		return false;
	for (const struct jn *it = jn_first(list); it; it = jn_next(list, it)) {
		if (!jn_is(it, JN_OBJECT))
			continue;
		if (item_ok(q, it))
			put_item(q, it, dropped);
		else
			dropped = true;
	}
	return true;
}

/* --- foreign turns --- */

static void
portable_items(struct req *q, const struct req_msg *m)
{
	struct jw *w = &q->w;

	if (m->m->text.n) {
		begin_message(q, "assistant");
		jw_array(w, "content");
		text_item(q, "output_text", m->m->text);
		jw_end_array(w);
		jw_end_object(w);
	}
	for (size_t c = 0; c < m->m->n_calls; c++) {
		jw_object(w, NULL);
		jw_str(w, "type", "function_call");
		jw_str(w, "call_id", m->ids[c]);
		jw_str(w, "name", m->m->calls[c].name);
		jw_slice(w, "arguments", req_args(m->m->calls[c].args));
		jw_end_object(w);
	}
}

static void
result_item(struct req *q, const struct req_msg *m, size_t at, size_t c, bool custom)
{
	const struct llm_message *res = req_result(q, at, c);
	struct jw *w = &q->w;

	jw_object(w, NULL);
	jw_str(w, "type", custom ? "custom_tool_call_output" : "function_call_output");
	jw_str(w, "call_id", m->ids[c]);
	if (res && res->n_images && q->q->tool_images && !q->q->no_images) {
		jw_array(w, "output");
		if (res->text.n)
			text_item(q, "input_text", res->text);
		image_items(q, res);
		jw_end_array(w);
	} else {
		jw_slice(w, "output", req_result_text(res));
	}
	jw_end_object(w);
}

static void
result_images(struct req *q, size_t at)
{
	if (q->q->tool_images || !req_has_images(q, at))
		return;
	begin_message(q, "user");
	jw_array(&q->w, "content");
	text_item(q, "input_text", SLICE_LIT("Images from the tool results:"));
	for (size_t c = 0; c < q->msgs[at].m->n_calls; c++) {
		const struct llm_message *res = req_result(q, at, c);

		if (res)
			image_items(q, res);
	}
	jw_end_array(&q->w);
	jw_end_object(&q->w);
}

/* Was this call of an own turn a custom one? Its answer has a type of its own. */
static bool
custom_call(const struct jn *list, const char *id)
{
	for (const struct jn *it = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL; it && id;
		it = jn_next(list, it))
		if (jn_is_str(jn_get(it, "type"), "custom_tool_call") &&
			jn_is_str(jn_get(it, "call_id"), id))
			return true;
	return false;
}

static void
assistant_items(struct req *q, size_t at)
{
	const struct req_msg *m = &q->msgs[at];
	autojdoc struct jdoc d = { 0 };
	const struct jn *list = m->verbatim ? jdoc_parse(&d, m->m->replay) : NULL;

	if (!list || !verbatim_items(q, list)) {
		list = NULL;
		portable_items(q, m);
	}
	for (size_t c = 0; c < m->m->n_calls; c++)
		result_item(q, m, at, c, custom_call(list, m->ids[c]));
	result_images(q, at);
}

/* --- the body --- */

static void
write_input(struct req *q)
{
	size_t i = q->n && q->msgs[0].m->role == LLM_TOOL ? req_next(q, 0) : 0;

	jw_array(&q->w, "input");
	if (q->r->system.n) {
		begin_message(q, q->q->developer_role ? "developer" : "system");
		jw_slice(&q->w, "content", q->r->system);
		jw_end_object(&q->w);
	}
	for (; i < q->n; i = req_next(q, i)) {
		if (q->msgs[i].m->role == LLM_ASSISTANT)
			assistant_items(q, i);
		else
			user_message(q, q->msgs[i].m);
	}
	jw_end_array(&q->w);
}

static void
put_tool(struct req *q, const struct llm_tool *t, struct slice schema, size_t i UNUSED)
{
	jw_str(&q->w, "type", "function");
	req_tool_words(q, t);
	jw_raw(&q->w, "parameters", schema);
	/* Left out it would mean true here. */
	jw_bool(&q->w, "strict", t->strict);
}

static bool
write_tools(struct req *q, struct err *err)
{
	if (!req_tools(q, LLM_SCHEMA_STRICT, put_tool, err))
		return false;
	if (q->r->no_tools && q->r->n_tools && !q->q->no_tool_choice)
		jw_str(&q->w, "tool_choice", "none");
	return true;
}

static void
write_options(struct req *q)
{
	const char *effort = req_effort(q->r->effort);
	struct jw *w = &q->w;

	if (q->r->max_tokens > 0)
		jw_i64(w, "max_output_tokens", q->r->max_tokens);
	if (q->r->temperature >= 0)
		jw_num(w, "temperature", q->r->temperature);
	if (effort || q->r->effort == LLM_EFFORT_NONE) {
		jw_object(w, "reasoning");
		jw_str(w, "effort", effort ? effort : "none");
		if (effort)
			jw_str(w, "summary", "auto");
		jw_end_object(w);
	}
	req_cache_key(q);
	if (!q->q->store_default)
		jw_bool(w, "store", false);
	if (!q->q->no_encrypted)
		jw_raw(w, "include", SLICE_LIT("[\"reasoning.encrypted_content\"]"));
	if (!q->r->no_stream)
		jw_bool(w, "stream", true);
}

bool
build_responses(const struct llm_request *r, struct buf *out, struct err *err)
{
	static const struct req_parts parts = { true, write_tools, NULL, write_input,
		write_options };

	return req_build(r, &parts, out, err);
}
