/*
 * anthropic bodies. Own turns go back block by block as they came: a changed thinking block is
 * refused. All results of a turn stand at the head of the one user message that follows it.
 * Cache breakpoints: system (with the tools before it), the last user message and the one
 * before it; the server takes at most four.
 */
#include "agent/llm/request.h"

static void
cache_mark(struct req *q)
{
	jw_raw(&q->w, "cache_control", SLICE_LIT("{\"type\":\"ephemeral\"}"));
}

static void
text_block(struct req *q, struct slice text, bool mark)
{
	jw_object(&q->w, NULL);
	jw_str(&q->w, "type", "text");
	jw_slice(&q->w, "text", text);
	if (mark)
		cache_mark(q);
	jw_end_object(&q->w);
}

static void
image_blocks(struct req *q, const struct llm_message *m, bool mark)
{
	struct jw *w = &q->w;

	for (size_t i = 0; i < m->n_images; i++) {
		jw_object(w, NULL);
		jw_str(w, "type", "image");
		jw_object(w, "source");
		jw_str(w, "type", "base64");
		jw_str(w, "media_type", m->images[i].media_type);
		jw_slice(w, "data", m->images[i].base64);
		jw_end_object(w);
		if (mark && i + 1 == m->n_images)
			cache_mark(q);
		jw_end_object(w);
	}
}

/* --- the assistant's turns --- */

/* What the server would refuse: a thinking block that was cut off, an empty text. */
static bool
block_ok(const struct jn *b)
{
	const struct jn *type = jn_get(b, "type"), *sig = jn_get(b, "signature");

	if (jn_is_str(type, "thinking"))
		return jn_is(sig, JN_STRING) && sig->len;
	if (jn_is_str(type, "text")) {
		autofree char *text = jn_dup(jn_get(b, "text"), LLM_TURN_MAX);

		return text && slice_trim(slice_of(text)).n;
	}
	return true;
}

static size_t
blocks_ok(const struct jn *content)
{
	size_t n = 0;

	for (const struct jn *b = jn_first(content); b; b = jn_next(content, b))
		n += block_ok(b);
	return n;
}

static void
begin_assistant(struct req *q)
{
	jw_object(&q->w, NULL);
	jw_str(&q->w, "role", "assistant");
	jw_array(&q->w, "content");
}

static void
end_message(struct req *q)
{
	jw_end_array(&q->w);
	jw_end_object(&q->w);
}

/* A call whose arguments were cut never had an input; everything else is as it came. */
static void
put_block(struct req *q, const struct jn *b)
{
	const struct jn *input = jn_get(b, "input");

	if (!input || input->type == JN_OBJECT) {
		jw_raw(&q->w, NULL, jn_raw(b));
		return;
	}
	jw_object(&q->w, NULL);
	for (const struct jn *k = jn_first(b); k; k = jn_next(b, k)) {
		autofree char *key = slice_dup(jn_inner(k));

		jw_raw(&q->w, key, str_eq(key, "input") ? SLICE_LIT("{}") : jn_raw(jn_value(k)));
	}
	jw_end_object(&q->w);
}

static bool
verbatim_message(struct req *q, const struct jn *content)
{
	if (!jn_is(content, JN_ARRAY) || !blocks_ok(content))
		return false;
	begin_assistant(q);
	for (const struct jn *b = jn_first(content); b; b = jn_next(content, b))
		if (block_ok(b))
			put_block(q, b);
	end_message(q);
	return true;
}

static bool
is_blank(struct slice t)
{
	return slice_trim(t).n == 0;
}

static bool
portable_message(struct req *q, const struct req_msg *m)
{
	struct jw *w = &q->w;

	if (is_blank(m->m->text) && !m->m->n_calls)
		return false;
	begin_assistant(q);
	if (!is_blank(m->m->text))
		text_block(q, m->m->text, false);
	for (size_t c = 0; c < m->m->n_calls; c++) {
		jw_object(w, NULL);
		jw_str(w, "type", "tool_use");
		jw_str(w, "id", m->ids[c]);
		jw_str(w, "name", m->m->calls[c].name);
		jw_raw(w, "input", req_args(m->m->calls[c].args));
		jw_end_object(w);
	}
	end_message(q);
	return true;
}

/* --- the user's side --- */

static void
result_block(struct req *q, size_t at, size_t call, bool mark)
{
	const struct llm_message *res = req_result(q, at, call);
	struct jw *w = &q->w;

	jw_object(w, NULL);
	jw_str(w, "type", "tool_result");
	jw_str(w, "tool_use_id", q->msgs[at].ids[call]);
	if (res && res->n_images && !q->q->no_images) {
		jw_array(w, "content");
		if (!is_blank(res->text))
			text_block(q, res->text, false);
		image_blocks(q, res, false);
		jw_end_array(w);
	} else {
		jw_slice(w, "content", req_result_text(res));
	}
	if (!res || res->is_error)
		jw_bool(w, "is_error", true);
	if (mark)
		cache_mark(q);
	jw_end_object(w);
}

static void
user_blocks(struct req *q, const struct llm_message *m, bool mark)
{
	bool images = m->n_images && !q->q->no_images;

	if (!is_blank(m->text))
		text_block(q, m->text, mark && !m->n_images);
	if (images)
		image_blocks(q, m, mark);
	else if (m->n_images)
		text_block(q, SLICE_LIT(REQ_NO_IMAGES), mark);
}

/* A run of user messages that begins at i, with the results of the turn before it (at, or
 * q->n). Returns the index behind the run. */
static size_t
user_message(struct req *q, size_t at, size_t i, bool mark)
{
	size_t calls = at < q->n ? q->msgs[at].m->n_calls : 0, end = i;
	bool any = calls > 0;

	while (end < q->n && q->msgs[end].m->role == LLM_USER) {
		any |= !is_blank(q->msgs[end].m->text) || q->msgs[end].m->n_images;
		end = req_next(q, end);
	}
	if (!any)
		return end;
	jw_object(&q->w, NULL);
	jw_str(&q->w, "role", "user");
	jw_array(&q->w, "content");
	for (size_t c = 0; c < calls; c++)
		result_block(q, at, c, mark && c + 1 == calls && i >= end);
	for (; i < end; i = req_next(q, i))
		user_blocks(q, q->msgs[i].m, mark && req_next(q, i) >= end);
	end_message(q);
	return end;
}

/* Which user messages carry the mark: the last two. Counted from the end. */
static size_t
count_user_runs(const struct req *q)
{
	size_t n = 0;
	bool in_run = false;

	for (size_t i = 0; i < q->n; i = req_next(q, i)) {
		bool user = q->msgs[i].m->role == LLM_USER;
		bool answered = q->msgs[i].m->role == LLM_ASSISTANT && q->msgs[i].m->n_calls;

		if (user && !in_run)
			n++;
		if (answered)
			n++;
		in_run = user || answered;
	}
	return n;
}

static void
write_messages(struct req *q)
{
	size_t runs = count_user_runs(q), run = 0, at = q->n;
	size_t i = q->n && q->msgs[0].m->role == LLM_TOOL ? req_next(q, 0) : 0;

	jw_array(&q->w, "messages");
	while (i < q->n) {
		autojdoc struct jdoc d = { 0 };
		const struct req_msg *m = &q->msgs[i];

		if (m->m->role == LLM_USER) {
			run++;
			i = user_message(q, q->n, i, q->r->cache && run + 2 > runs);
			continue;
		}
		if (!m->verbatim ||
			!verbatim_message(q, jn_get(jdoc_parse(&d, m->m->replay), "content")))
			portable_message(q, m);
		at = i;
		i = req_next(q, i);
		if (m->m->n_calls) {
			run++;
			i = user_message(q, at, i, q->r->cache && run + 2 > runs);
		}
	}
	jw_end_array(&q->w);
}

/* --- the body --- */

static void
put_tool(struct req *q, const struct llm_tool *t, struct slice schema, size_t i)
{
	req_tool_words(q, t);
	jw_raw(&q->w, "input_schema", schema);
	if (t->strict)
		jw_bool(&q->w, "strict", true);
	/* The system text behind them carries the mark; without one they do. */
	if (q->r->cache && !q->r->system.n && i + 1 == q->r->n_tools)
		cache_mark(q);
}

static bool
write_tools(struct req *q, struct err *err)
{
	if (!req_tools(q, LLM_SCHEMA_ANTHROPIC, put_tool, err))
		return false;
	if (q->r->no_tools && q->r->n_tools)
		jw_raw(&q->w, "tool_choice", SLICE_LIT("{\"type\":\"none\"}"));
	return true;
}

static int64_t
think_budget(enum llm_effort e)
{
	static const int64_t budgets[] = { [LLM_EFFORT_LOW] = 2048, [LLM_EFFORT_MEDIUM] = 8192,
		[LLM_EFFORT_HIGH] = 16384, [LLM_EFFORT_XHIGH] = 24576, [LLM_EFFORT_MAX] = 32000 };

	return budgets[e];
}

static void
write_options(struct req *q)
{
	int64_t max = q->r->max_tokens > 0 ? q->r->max_tokens : 8192, budget = 0;
	const char *effort = req_effort(q->r->effort);
	struct jw *w = &q->w;

	/* Older models count thinking in tokens, which must stay below the output limit. */
	if (effort && q->q->think == LLM_THINK_OBJECT) {
		budget = think_budget(q->r->effort);
		max = MAX_OF(max, budget + 4096);
	}
	jw_i64(w, "max_tokens", max);
	if (budget) {
		jw_object(w, "thinking");
		jw_str(w, "type", "enabled");
		jw_i64(w, "budget_tokens", budget);
		jw_end_object(w);
	} else if (effort && q->q->think == LLM_THINK_EFFORT) {
		jw_raw(w, "thinking", SLICE_LIT("{\"type\":\"adaptive\"}"));
		jw_object(w, "output_config");
		jw_str(w, "effort", effort);
		jw_end_object(w);
	} else if (q->r->effort == LLM_EFFORT_NONE && q->q->think != LLM_THINK_NONE) {
		jw_raw(w, "thinking", SLICE_LIT("{\"type\":\"disabled\"}"));
	}
	/* Refused beside thinking. */
	if (q->r->temperature >= 0 && !effort)
		jw_num(w, "temperature", q->r->temperature);
	if (!q->r->no_stream)
		jw_bool(w, "stream", true);
}

static void
write_system(struct req *q)
{
	if (!q->r->system.n)
		return;
	if (!q->r->cache) {
		jw_slice(&q->w, "system", q->r->system);
		return;
	}
	jw_array(&q->w, "system");
	text_block(q, q->r->system, true);
	jw_end_array(&q->w);
}

bool
build_anthropic(const struct llm_request *r, struct buf *out, struct err *err)
{
	static const struct req_parts parts = { true, write_tools, write_system, write_messages,
		write_options };

	return req_build(r, &parts, out, err);
}
