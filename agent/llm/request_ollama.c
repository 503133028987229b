/*
 * ollama (native) bodies. Nothing is opaque here: turns are built from text and calls, with the
 * thinking of own turns. num_ctx is asked for, since the server cuts long prompts in silence.
 */
#include "agent/llm/request.h"

static void
images(struct req *q, const struct llm_message *m)
{
	if (!m->n_images || q->q->no_images)
		return;
	jw_array(&q->w, "images");
	for (size_t i = 0; i < m->n_images; i++)
		jw_slice(&q->w, NULL, m->images[i].base64);
	jw_end_array(&q->w);
}

static void
message(struct req *q, const char *role, struct slice text)
{
	jw_object(&q->w, NULL);
	jw_str(&q->w, "role", role);
	jw_slice(&q->w, "content", text);
}

static void
assistant_message(struct req *q, const struct req_msg *m)
{
	struct jw *w = &q->w;

	if (!m->m->text.n && !m->m->n_calls)
		return;
	message(q, "assistant", m->m->text);
	if (m->verbatim && m->m->reasoning.n && !q->q->drop_reasoning)
		jw_slice(w, "thinking", m->m->reasoning);
	if (m->m->n_calls) {
		jw_array(w, "tool_calls");
		for (size_t c = 0; c < m->m->n_calls; c++) {
			jw_object(w, NULL);
			jw_object(w, "function");
			jw_str(w, "name", m->m->calls[c].name);
			jw_raw(w, "arguments", req_args(m->m->calls[c].args));
			jw_end_object(w);
			jw_end_object(w);
		}
		jw_end_array(w);
	}
	jw_end_object(w);
}

static void
results(struct req *q, size_t at)
{
	const struct req_msg *m = &q->msgs[at];

	for (size_t c = 0; c < m->m->n_calls; c++) {
		const struct llm_message *res = req_result(q, at, c);

		message(q, "tool", req_result_text(res));
		jw_str(&q->w, "tool_name", m->m->calls[c].name);
		if (res)
			images(q, res);
		jw_end_object(&q->w);
	}
}

static void
user_message(struct req *q, const struct llm_message *m)
{
	message(q, "user", m->n_images && q->q->no_images && !m->text.n ? SLICE_LIT(REQ_NO_IMAGES) :
									 m->text);
	images(q, m);
	jw_end_object(&q->w);
}

static void
write_messages(struct req *q)
{
	size_t i = q->n && q->msgs[0].m->role == LLM_TOOL ? req_next(q, 0) : 0;

	jw_array(&q->w, "messages");
	if (q->r->system.n) {
		message(q, "system", q->r->system);
		jw_end_object(&q->w);
	}
	for (; i < q->n; i = req_next(q, i)) {
		if (q->msgs[i].m->role == LLM_USER) {
			user_message(q, q->msgs[i].m);
			continue;
		}
		assistant_message(q, &q->msgs[i]);
		results(q, i);
	}
	jw_end_array(&q->w);
}

static bool
write_tools(struct req *q, struct err *err)
{
	/* There is no tool_choice: without the tools the model cannot call them. */
	return q->r->no_tools || req_tools(q, q->q->schema, req_put_function, err);
}

static void
write_options(struct req *q)
{
	struct jw *w = &q->w;

	if (q->r->effort != LLM_EFFORT_DEFAULT) {
		if (q->q->think == LLM_THINK_EFFORT && req_effort(q->r->effort))
			jw_str(w, "think", req_effort(q->r->effort));
		else if (q->q->think != LLM_THINK_NONE)
			jw_bool(w, "think", q->r->effort != LLM_EFFORT_NONE);
	}
	if (q->q->num_ctx > 0 || q->r->max_tokens > 0 || q->r->temperature >= 0) {
		jw_object(w, "options");
		if (q->q->num_ctx > 0)
			jw_i64(w, "num_ctx", q->q->num_ctx);
		if (q->r->max_tokens > 0)
			jw_i64(w, "num_predict", q->r->max_tokens);
		if (q->r->temperature >= 0)
			jw_num(w, "temperature", q->r->temperature);
		jw_end_object(w);
	}
	jw_bool(w, "stream", !q->r->no_stream);
}

bool
build_ollama(const struct llm_request *r, struct buf *out, struct err *err)
{
	static const struct req_parts parts = { true, write_tools, NULL, write_messages,
		write_options };

	return req_build(r, &parts, out, err);
}
