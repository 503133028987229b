/*
 * gemini bodies. Own parts go back as they came: a thoughtSignature belongs to its part, also
 * to an empty one. Calls another model made get the validator's own word for "no signature".
 */
#include "agent/llm/request.h"

static void
begin_content(struct req *q, const char *role)
{
	jw_object(&q->w, NULL);
	jw_str(&q->w, "role", role);
	jw_array(&q->w, "parts");
}

static void
end_content(struct req *q)
{
	jw_end_array(&q->w);
	jw_end_object(&q->w);
}

static void
text_part(struct req *q, struct slice text)
{
	jw_object(&q->w, NULL);
	jw_slice(&q->w, "text", text);
	jw_end_object(&q->w);
}

static void
image_parts(struct req *q, const struct llm_message *m)
{
	struct jw *w = &q->w;

	for (size_t i = 0; i < m->n_images; i++) {
		jw_object(w, NULL);
		jw_object(w, "inlineData");
		jw_str(w, "mimeType", m->images[i].media_type);
		jw_slice(w, "data", m->images[i].base64);
		jw_end_object(w);
		jw_end_object(w);
	}
}

static void
user_parts(struct req *q, const struct llm_message *m)
{
	if (m->text.n || !m->n_images)
		text_part(q, m->text);
	if (m->n_images && q->q->no_images)
		text_part(q, SLICE_LIT(REQ_NO_IMAGES));
	else
		image_parts(q, m);
}

/* --- the model's turns --- */

static bool
verbatim_content(struct req *q, const struct jn *parts)
{
	if (!jn_is(parts, JN_ARRAY) || parts->n == 0)
		return false;
	begin_content(q, "model");
	for (const struct jn *p = jn_first(parts); p; p = jn_next(parts, p)) {
		const struct jn *text = jn_get(p, "text");

		/* An empty part without a signature says nothing. */
		if (jn_is(text, JN_STRING) && text->len == 0 && !jn_get(p, "thoughtSignature"))
			continue;
		/* Summaries of thoughts are for people. */
		if (jn_true(jn_get(p, "thought")) && !jn_get(p, "thoughtSignature"))
			continue;
		jw_raw(&q->w, NULL, jn_raw(p));
	}
	end_content(q);
	return true;
}

/* Models from 3 on refuse a call without a signature. */
static bool
wants_signature(const char *model)
{
	return !strstr(model, "gemini-1") && !strstr(model, "gemini-2");
}

static bool
portable_content(struct req *q, const struct req_msg *m)
{
	struct jw *w = &q->w;

	if (!m->m->text.n && !m->m->n_calls)
		return false;
	begin_content(q, "model");
	if (m->m->text.n)
		text_part(q, m->m->text);
	for (size_t c = 0; c < m->m->n_calls; c++) {
		jw_object(w, NULL);
		jw_object(w, "functionCall");
		jw_str(w, "name", m->m->calls[c].name);
		jw_raw(w, "args", req_args(m->m->calls[c].args));
		jw_end_object(w);
		if (c == 0 && wants_signature(q->r->model))
			jw_str(w, "thoughtSignature", "skip_thought_signature_validator");
		jw_end_object(w);
	}
	end_content(q);
	return true;
}

/* --- the user's side --- */

static void
result_part(struct req *q, size_t at, size_t c)
{
	const struct llm_message *res = req_result(q, at, c);
	const struct req_msg *m = &q->msgs[at];
	struct jw *w = &q->w;

	jw_object(w, NULL);
	jw_object(w, "functionResponse");
	/* A call without an id is answered by name and order. */
	if (m->verbatim && m->ids[c])
		jw_str(w, "id", m->ids[c]);
	jw_str(w, "name", m->m->calls[c].name);
	jw_object(w, "response");
	jw_slice(w, !res || res->is_error ? "error" : "output", req_result_text(res));
	jw_end_object(w);
	if (res && res->n_images && q->q->tool_images && !q->q->no_images) {
		jw_array(w, "parts");
		image_parts(q, res);
		jw_end_array(w);
	}
	jw_end_object(w);
	jw_end_object(w);
}

static void
results(struct req *q, size_t at)
{
	size_t n = q->msgs[at].m->n_calls;

	if (!n)
		return;
	begin_content(q, "user");
	for (size_t c = 0; c < n; c++)
		result_part(q, at, c);
	end_content(q);
	if (q->q->tool_images || !req_has_images(q, at))
		return;
	begin_content(q, "user");
	text_part(q, SLICE_LIT("Images from the tool results:"));
	for (size_t c = 0; c < n; c++) {
		const struct llm_message *res = req_result(q, at, c);

		if (res)
			image_parts(q, res);
	}
	end_content(q);
}

static void
write_contents(struct req *q)
{
	size_t i = q->n && q->msgs[0].m->role == LLM_TOOL ? req_next(q, 0) : 0;

	jw_array(&q->w, "contents");
	while (i < q->n) {
		autojdoc struct jdoc d = { 0 };
		const struct req_msg *m = &q->msgs[i];

		if (m->m->role == LLM_USER) {
			begin_content(q, "user");
			for (; i < q->n && q->msgs[i].m->role == LLM_USER; i = req_next(q, i))
				user_parts(q, q->msgs[i].m);
			end_content(q);
			continue;
		}
		if (!m->verbatim ||
			!verbatim_content(q, jn_get(jdoc_parse(&d, m->m->replay), "parts")))
			portable_content(q, m);
		results(q, i);
		i = req_next(q, i);
	}
	jw_end_array(&q->w);
}

/* --- the body --- */

static bool
write_tools(struct req *q, struct err *err)
{
	struct jw *w = &q->w;
	bool full = q->q->parameters_schema;

	if (!q->r->n_tools)
		return true;
	jw_array(w, "tools");
	jw_object(w, NULL);
	jw_array(w, "functionDeclarations");
	for (size_t i = 0; i < q->r->n_tools; i++) {
		const struct llm_tool *t = &q->r->tools[i];
		struct err e = { 0 };
		autofree char *schema =
			schema_reduce(t->schema, full ? LLM_SCHEMA_FULL : LLM_SCHEMA_OPENAPI, &e);

		if (e.code != ERR_NONE) {
			if (err)
				*err = e;
			return false;
		}
		jw_object(w, NULL);
		jw_str(w, "name", t->name);
		if (t->description)
			jw_str(w, "description", t->description);
		if (schema)
			jw_raw(w, full ? "parametersJsonSchema" : "parameters", slice_of(schema));
		jw_end_object(w);
	}
	jw_end_array(w);
	jw_end_object(w);
	jw_end_array(w);
	if (q->r->no_tools)
		jw_raw(w, "toolConfig", SLICE_LIT("{\"functionCallingConfig\":{\"mode\":\"NONE\"}}"));
	return true;
}

static int64_t
think_budget(enum llm_effort e)
{
	static const int64_t budgets[] = { [LLM_EFFORT_NONE] = 0, [LLM_EFFORT_LOW] = 1024,
		[LLM_EFFORT_MEDIUM] = 8192, [LLM_EFFORT_HIGH] = 24576, [LLM_EFFORT_XHIGH] = 24576,
		[LLM_EFFORT_MAX] = 24576 };

	return budgets[e];
}

static void
write_thinking(struct req *q)
{
	enum llm_effort e = q->r->effort;
	struct jw *w = &q->w;

	if (e == LLM_EFFORT_DEFAULT || q->q->think == LLM_THINK_NONE)
		return;
	jw_object(w, "thinkingConfig");
	if (e != LLM_EFFORT_NONE)
		jw_bool(w, "includeThoughts", true);
	if (q->q->think == LLM_THINK_EFFORT)
		jw_str(w, "thinkingLevel", e <= LLM_EFFORT_LOW ? "low" :
				e == LLM_EFFORT_MEDIUM		 ? "medium" :
								   "high");
	else
		jw_i64(w, "thinkingBudget", think_budget(e));
	jw_end_object(w);
}

static void
write_options(struct req *q)
{
	struct jw *w = &q->w;
	bool any = q->r->max_tokens > 0 || q->r->temperature >= 0 ||
		(q->r->effort != LLM_EFFORT_DEFAULT && q->q->think != LLM_THINK_NONE);

	if (!any)
		return;
	jw_object(w, "generationConfig");
	if (q->r->max_tokens > 0)
		jw_i64(w, "maxOutputTokens", q->r->max_tokens);
	if (q->r->temperature >= 0)
		jw_num(w, "temperature", q->r->temperature);
	write_thinking(q);
	jw_end_object(w);
}

static void
write_system(struct req *q)
{
	if (!q->r->system.n)
		return;
	jw_object(&q->w, "systemInstruction");
	jw_array(&q->w, "parts");
	text_part(q, q->r->system);
	jw_end_array(&q->w);
	jw_end_object(&q->w);
}

bool
build_gemini(const struct llm_request *r, struct buf *out, struct err *err)
{
	static const struct req_parts parts = { false, write_tools, write_system, write_contents,
		write_options };

	return req_build(r, &parts, out, err);
}
