/*
 * openai-chat: the format everybody imitates, each in another way. Tool calls are keyed by
 * index where there is one, by id where there is none; the reasoning comes under one of three
 * names, or under two at once; only choice 0 counts.
 */
#include "agent/llm/decode_chat.h"
#include "agent/base/json.h"

/* --- content --- */

static bool
close_part(struct chat *c)
{
	if (!c->parts_open)
		return true;
	c->parts_open = false;
	return buf_add_str(&c->parts, "\"}");
}

/* Consecutive text elements are one. Text that came as plain strings beside the array is not
 * in it: the builder adds it from the turn's text (request_chat.c). */
static bool
text_part(struct llm_stream *s, const struct jn *str)
{
	struct chat *c = chat(s);

	if (!jn_is(str, JN_STRING) || str->len == 0)
		return true;
	if (!c->parts_open) {
		if (c->parts.len)
			buf_add_char(&c->parts, ',');
		buf_add_str(&c->parts, "{\"type\":\"text\",\"text\":\"");
		c->parts_open = true;
	}
	return st_keep(s, str->len) && buf_add_slice(&c->parts, jn_inner(str));
}

static bool
array_part(struct llm_stream *s, const struct jn *part)
{
	struct chat *c = chat(s);
	const struct jn *think = jn_get(part, "thinking");

	if (jn_is_str(jn_get(part, "type"), "text"))
		return text_part(s, jn_get(part, "text")) && st_text(s, jn_get(part, "text"));
	if (!st_keep(s, part->len))
		return false;
	close_part(c);
	if (c->parts.len)
		buf_add_char(&c->parts, ',');
	buf_add_slice(&c->parts, jn_raw(part));
	if (jn_is(think, JN_STRING))
		return chat_take_thought(s, think, REASON_PARTS);
	for (const struct jn *t = jn_is(think, JN_ARRAY) ? jn_first(think) : NULL; t;
		t = jn_next(think, t))
		if (!chat_take_thought(s, jn_get(t, "text"), REASON_PARTS))
			return false;
	return true;
}

static bool
take_content(struct llm_stream *s, const struct jn *content)
{
	struct chat *c = chat(s);

	if (jn_is(content, JN_STRING))
		return st_text(s, content);
	if (!jn_is(content, JN_ARRAY))
		return true;
	c->has_parts = true;
	for (const struct jn *p = jn_first(content); p; p = jn_next(content, p)) {
		bool ok = jn_is(p, JN_STRING) ? text_part(s, p) && st_text(s, p) :
						array_part(s, p);
		if (!ok)
			return false;
	}
	return true;
}

static bool
take_notes(struct llm_stream *s, const struct jn *list)
{
	struct chat *c = chat(s);

	for (const struct jn *a = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL; a;
		a = jn_next(list, a)) {
		if (!st_keep(s, jn_raw(a).n))
			return false;
		buf_add_str(&c->notes, c->n_notes++ ? "," : "[");
		buf_add_slice(&c->notes, jn_raw(a));
	}
	return true;
}

/* --- usage --- */

static int64_t
first_count(const struct jn *u, const char *const paths[][2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct jn *v = jn_get(u, paths[i][0]);

		if (paths[i][1])
			v = jn_get(v, paths[i][1]);
		if (jn_is(v, JN_NUMBER))
			return jn_i64(v, -1);
	}
	return -1;
}

static void
take_usage(struct llm_stream *s, const struct jn *u)
{
	static const char *const read[][2] = { { "prompt_tokens_details", "cached_tokens" },
		{ "prompt_cache_hit_tokens", NULL }, { "cached_tokens", NULL },
		{ "num_cached_tokens", NULL } };
	static const char *const write[][2] = { { "prompt_tokens_details", "cache_write_tokens" },
		{ "prompt_tokens_details", "cache_creation_input_tokens" },
		{ "cache_creation_input_tokens", NULL } };
	static const char *const think[][2] = {
		{ "completion_tokens_details", "reasoning_tokens" }, { "reasoning_tokens", NULL } };

	if (!jn_is(u, JN_OBJECT) || u->n == 0)
		return;
	s->t.usage = (struct llm_usage){
		.input = jn_i64(jn_get(u, "prompt_tokens"), -1),
		.output = jn_i64(jn_get(u, "completion_tokens"), -1),
		.cache_read = first_count(u, read, ARRAY_LEN(read)),
		.cache_write = first_count(u, write, ARRAY_LEN(write)),
		.reasoning = first_count(u, think, ARRAY_LEN(think)),
	};
	st_usage(s, jn_raw(u));
}

/* --- events --- */

/* The objects of every chunk are read in one pass each: this is the hot path. */
enum { D_CONTENT, D_REASONING_CONTENT, D_REASONING, D_REASONING_TEXT, D_DETAILS, D_REFUSAL,
	D_CALLS, D_NOTES, D_EXTRA, D_N };
static const struct jn_key delta_keys[D_N] = { JN_KEY("content"), JN_KEY("reasoning_content"),
	JN_KEY("reasoning"), JN_KEY("reasoning_text"), JN_KEY("reasoning_details"),
	JN_KEY("refusal"), JN_KEY("tool_calls"), JN_KEY("annotations"),
	JN_KEY("extra_content") };

static bool
take_delta(struct llm_stream *s, const struct jn *delta)
{
	const struct jn *v[D_N];

	jn_pick(delta, delta_keys, D_N, v);
	if (!jn_none(v[D_EXTRA]))
		st_set_raw(s, &chat(s)->extra, v[D_EXTRA]);
	return chat_take_reasoning(s, &v[D_REASONING_CONTENT], v[D_DETAILS]) &&
		take_content(s, v[D_CONTENT]) && st_refusal(s, v[D_REFUSAL]) &&
		chat_take_calls(s, v[D_CALLS]) && take_notes(s, v[D_NOTES]);
}

enum { C_INDEX, C_DELTA, C_MESSAGE, C_TEXT, C_FINISH, C_USAGE, C_ERROR, C_N };
static const struct jn_key choice_keys[C_N] = { JN_KEY("index"), JN_KEY("delta"),
	JN_KEY("message"), JN_KEY("text"), JN_KEY("finish_reason"), JN_KEY("usage"),
	JN_KEY("error") };

/* *failed: the choice, when it carries an error of its own (OpenRouter). */
static bool
take_choice(struct llm_stream *s, const struct jn *choice, const struct jn **failed)
{
	const struct jn *v[C_N], *delta;
	bool ok = true;

	jn_pick(choice, choice_keys, C_N, v);
	if (jn_i64(v[C_INDEX], 0) != 0)
		return true;
	delta = jn_is(v[C_DELTA], JN_OBJECT) ? v[C_DELTA] : v[C_MESSAGE];
	if (jn_is(delta, JN_OBJECT))
		ok = take_delta(s, delta);
	else if (jn_is(v[C_TEXT], JN_STRING))
		ok = st_text(s, v[C_TEXT]);
	if (ok)
		st_stop(s, v[C_FINISH]);
	take_usage(s, v[C_USAGE]);
	if (!jn_none(v[C_ERROR]))
		*failed = choice;
	return ok;
}

enum { R_MODEL, R_ID, R_CHOICES, R_USAGE, R_GROQ, R_ERROR, R_OBJECT, R_BASE, R_N };
static const struct jn_key root_keys[R_N] = { JN_KEY("model"), JN_KEY("id"), JN_KEY("choices"),
	JN_KEY("usage"), JN_KEY("x_groq"), JN_KEY("error"), JN_KEY("object"),
	JN_KEY("base_resp") };

static bool
has_error(struct slice name, const struct jn *const *v)
{
	if (!jn_none(v[R_ERROR]) || jn_is_str(v[R_OBJECT], "error") || slice_eq_str(name, "error"))
		return true;
	return jn_none(v[R_CHOICES]) && jn_i64(jn_get(v[R_BASE], "status_code"), 0) != 0;
}

static bool
chat_event(struct llm_stream *s, struct slice name, const struct jn *root, bool whole UNUSED)
{
	const struct jn *v[R_N], *list, *failed = NULL;

	jn_pick(root, root_keys, R_N, v);
	list = v[R_CHOICES];
	st_latest(&s->t.model, v[R_MODEL]);
	st_latest(&s->t.id, v[R_ID]);
	for (const struct jn *c = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL; c;
		c = jn_next(list, c))
		if (!take_choice(s, c, &failed))
			return false;
	take_usage(s, v[R_USAGE]);
	if (jn_none(v[R_USAGE]))
		take_usage(s, jn_get(v[R_GROQ], "usage"));
	if (has_error(name, v))
		failed = root;
	return failed ? st_error(s, failed, NULL) : true;
}

/* --- the end --- */

static void
write_content(struct llm_stream *s, struct jw *w)
{
	struct chat *c = chat(s);

	if (c->has_parts) {
		close_part(c);
		jw_array(w, "content");
		if (c->parts.len)
			jw_raw(w, NULL, buf_slice(&c->parts));
		jw_end_array(w);
	} else if (s->t.text.len) {
		jw_slice(w, "content", buf_slice(&s->t.text));
	} else {
		jw_null(w, "content");
	}
}

static void
write_calls(struct llm_stream *s, struct jw *w)
{
	struct chat *c = chat(s);

	if (!s->t.n_calls)
		return;
	jw_array(w, "tool_calls");
	for (size_t i = 0; i < s->t.n_calls; i++) {
		const struct llm_call *call = &s->t.calls[i];

		jw_object(w, NULL);
		jw_str(w, "id", call->id);
		jw_str(w, "type", "function");
		jw_object(w, "function");
		jw_str(w, "name", call->name);
		jw_slice(w, "arguments", buf_slice(&c->calls[i].args));
		jw_end_object(w);
		if (c->calls[i].extra)
			jw_raw(w, "extra_content", slice_of(c->calls[i].extra));
		jw_end_object(w);
	}
	jw_end_array(w);
}

static void
write_replay(struct llm_stream *s)
{
	struct chat *c = chat(s);
	struct jw w;

	jw_init(&w, &s->t.replay);
	jw_object(&w, NULL);
	jw_str(&w, "role", "assistant");
	write_content(s, &w);
	if (s->t.reasoning.len && c->field != REASON_DETAILS)
		jw_slice(&w, c->field == REASON_PLAIN ? "reasoning" :
				c->field == REASON_TEXT	      ? "reasoning_text" :
								"reasoning_content",
			buf_slice(&s->t.reasoning));
	if (c->n_details) {
		jw_array(&w, "reasoning_details");
		for (size_t i = 0; i < c->n_details; i++) {
			if (i)
				buf_add_char(w.out, ',');
			robj_write(&c->details[i], w.out);
			w.comma = true;
		}
		jw_end_array(&w);
	}
	write_calls(s, &w);
	if (c->extra)
		jw_raw(&w, "extra_content", slice_of(c->extra));
	jw_end_object(&w);
}

static void
chat_finish(struct llm_stream *s)
{
	struct chat *c = chat(s);

	for (size_t i = 0; i < s->t.n_calls; i++) {
		struct llm_call *call = &s->t.calls[i];

		call->args_raw = xstrdup(buf_str(&c->calls[i].args));
		call_settle(call);
		if (c->calls[i].extra) {
			struct slice sig = json_raw(slice_of(c->calls[i].extra),
				"google.thought_signature");

			if (sig.n <= 2)
				sig = json_raw(slice_of(c->calls[i].extra), "vertex.thought_signature");
			if (sig.n > 2)
				call->signature = xstrndup(sig.p + 1, sig.n - 2);
		}
		st_call_end(s, i);
	}
	if (c->n_notes) {
		buf_add_char(&c->notes, ']');
		s->t.annotations = buf_steal(&c->notes);
	}
	write_replay(s);
}

static void
chat_create(void *state)
{
	struct chat *c = state;

	buf_init(&c->parts, 2 * LLM_TURN_MAX);
	buf_init(&c->notes, 2 * LLM_TURN_MAX);
}

static void
chat_destroy(void *state)
{
	struct chat *c = state;

	for (size_t i = 0; i < c->n_calls; i++) {
		buf_finish(&c->calls[i].args);
		free(c->calls[i].extra);
	}
	free(c->calls);
	for (size_t i = 0; i < c->n_details; i++)
		robj_finish(&c->details[i]);
	free(c->details);
	free(c->extra);
	buf_finish(&c->parts);
	buf_finish(&c->notes);
}

const struct llm_decode_ops decode_chat = {
	.state = sizeof(struct chat),
	.create = chat_create,
	.event = chat_event,
	.finish = chat_finish,
	.destroy = chat_destroy,
};
