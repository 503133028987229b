/*
 * openai-chat: the format everybody imitates, each in another way. Tool calls are keyed by
 * index where there is one, by id where there is none; the reasoning comes under one of three
 * names, or under two at once; only choice 0 counts.
 */
#include "agent/llm/decode.h"
#include "agent/base/i18n.h"
#include "agent/base/json.h"

enum reason_field { REASON_NONE, REASON_CONTENT, REASON_PLAIN, REASON_DETAILS };

struct chat_call {
	int64_t index; /* -1: the provider does not number */
	bool begun;
	struct buf args;
	uint32_t half; /* see jn_text_piece */
	char *extra; /* raw extra_content: where Google keeps the signature */
};

struct chat {
	struct chat_call *calls; /* parallel to turn.calls */
	size_t n_calls, cap;
	enum reason_field field; /* the first one that spoke */
	struct robj *details;	 /* reasoning_details, merged by type, index and id */
	size_t n_details, details_cap;
	struct buf parts;   /* content that came as an array (Mistral): its elements */
	bool parts_open;    /* parts ends inside a text element's string */
	bool has_parts;
	struct buf notes; /* annotations: elements */
	size_t n_notes;
};

static struct chat *
chat(struct llm_stream *s)
{
	return s->st;
}

/* --- tool calls --- */

static bool
args_complete(const struct chat_call *c)
{
	autojdoc struct jdoc d = { 0 };

	return c->args.len && jn_is(jdoc_parse(&d, buf_slice(&c->args)), JN_OBJECT);
}

/* Which call does this piece belong to? n_calls: a new one. */
static size_t
find_call(struct llm_stream *s, int64_t index, const struct jn *id, const struct jn *name)
{
	struct chat *c = chat(s);
	bool has_id = jn_is(id, JN_STRING) && id->len;
	size_t at = c->n_calls;

	if (index >= 0) {
		while (at > 0 && c->calls[at - 1].index != index)
			at--;
		if (at == 0)
			return c->n_calls;
		at--;
		/* Some number every call 0: another id, a name, and the old one is finished. */
		if (has_id && s->t.calls[at].id && !jn_is_str(id, s->t.calls[at].id) &&
			jn_is(name, JN_STRING) && name->len && args_complete(&c->calls[at]))
			return c->n_calls;
		return at;
	}
	if (has_id) {
		for (at = 0; at < c->n_calls; at++)
			if (s->t.calls[at].id && jn_is_str(id, s->t.calls[at].id) &&
				!args_complete(&c->calls[at]))
				return at;
		return c->n_calls;
	}
	if (c->n_calls == 0 || (jn_is(name, JN_STRING) && name->len &&
				       args_complete(&c->calls[c->n_calls - 1])))
		return c->n_calls;
	return c->n_calls - 1;
}

static bool
add_call(struct llm_stream *s, int64_t index, const struct jn *id)
{
	struct chat *c = chat(s);

	if (!st_call_add(s, id, NULL))
		return false;
	GROW(c->calls, c->n_calls, c->cap);
	c->calls[c->n_calls] = (struct chat_call){ .index = index };
	buf_init(&c->calls[c->n_calls].args, LLM_TURN_MAX);
	c->n_calls++;
	return true;
}

static bool
add_args(struct llm_stream *s, size_t at, const struct jn *args)
{
	struct buf *b = &chat(s)->calls[at].args;
	size_t was = b->len;

	if (jn_none(args))
		return true;
	if (!st_keep(s, args->len))
		return false;
	/* A few send the object itself. */
	if (args->type == JN_STRING)
		jn_text_piece(b, args, &chat(s)->calls[at].half);
	else if (args->type == JN_OBJECT)
		buf_add_slice(b, jn_raw(args));
	if (b->len > was)
		st_call_args(s, at, (struct slice){ b->p + was, b->len - was });
	return true;
}

static bool
take_call(struct llm_stream *s, const struct jn *tc)
{
	const struct jn *id = jn_get(tc, "id"), *fn = jn_get(tc, "function");
	const struct jn *name = jn_get(fn, "name"), *extra = jn_get(tc, "extra_content");
	int64_t index = jn_i64(jn_get(tc, "index"), -1);
	size_t at = find_call(s, index, id, name);
	struct chat *c = chat(s);

	if (!jn_is(tc, JN_OBJECT))
		return true;
	if (at == c->n_calls && !add_call(s, index, id))
		return false;
	st_once(&s->t.calls[at].id, id);
	st_once(&s->t.calls[at].name, name);
	if (!jn_none(extra))
		st_set_raw(s, &c->calls[at].extra, extra);
	if (!c->calls[at].begun && s->t.calls[at].name) {
		c->calls[at].begun = true;
		st_call_begin(s, at);
	}
	return add_args(s, at, jn_get(fn, "arguments"));
}

static bool
take_calls(struct llm_stream *s, const struct jn *list)
{
	for (const struct jn *tc = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL; tc;
		tc = jn_next(list, tc))
		if (!take_call(s, tc))
			return false;
	return true;
}

/* --- reasoning --- */

static struct slice
member_raw(struct robj *o, const char *key)
{
	struct robj_member *m = robj_find(o, key);

	return m ? buf_slice(&m->val) : (struct slice){ NULL, 0 };
}

/* The inside of a string, other values raw: how robj keeps them. */
static struct slice
plain(const struct jn *v)
{
	return jn_is(v, JN_STRING) ? jn_inner(v) : jn_none(v) ? (struct slice){ NULL, 0 } : jn_raw(v);
}

static bool
same_detail(struct robj *o, const struct jn *d)
{
	struct slice id = member_raw(o, "id"), new_id = plain(jn_get(d, "id"));

	if (!slice_eq(member_raw(o, "type"), plain(jn_get(d, "type"))) ||
		!slice_eq(member_raw(o, "index"), plain(jn_get(d, "index"))))
		return false;
	return !id.n || !new_id.n || slice_eq(id, new_id);
}

static bool
merge_detail(struct llm_stream *s, struct robj *o, const struct jn *d)
{
	for (const struct jn *k = jn_first(d); k; k = jn_next(d, k)) {
		const struct jn *v = jn_value(k);
		struct slice key = jn_inner(k);
		bool ok;

		if (v->type == JN_NULL && robj_find(o, "type"))
			continue;
		if (slice_eq_str(key, "text"))
			ok = robj_append(s, o, "text", v);
		else if (slice_eq_str(key, "summary"))
			ok = robj_append(s, o, "summary", v);
		else if (slice_eq_str(key, "data"))
			ok = robj_append(s, o, "data", v);
		else
			ok = robj_set(s, o, key, jn_raw(v));
		if (!ok)
			return false;
	}
	return true;
}

static bool
take_detail(struct llm_stream *s, const struct jn *d)
{
	struct chat *c = chat(s);
	struct robj *o = NULL;

	if (!jn_is(d, JN_OBJECT))
		return true;
	for (size_t i = c->n_details; i > 0 && !o; i--)
		if (same_detail(&c->details[i - 1], d))
			o = &c->details[i - 1];
	if (!o) {
		if (c->n_details >= LLM_BLOCKS_MAX || !st_keep(s, sizeof(*o)))
			return st_fail(s, LLM_ERR_TOO_LARGE, _("the reply holds too many parts"));
		GROW(c->details, c->n_details, c->details_cap);
		o = &c->details[c->n_details++];
		*o = (struct robj){ 0 };
	}
	return merge_detail(s, o, d);
}

static bool
speaks(struct llm_stream *s, const struct jn *v, enum reason_field f)
{
	if (!jn_is(v, JN_STRING) || v->len == 0)
		return false;
	if (chat(s)->field == REASON_NONE)
		chat(s)->field = f;
	return chat(s)->field == f;
}

static bool
take_reasoning(struct llm_stream *s, const struct jn *a, const struct jn *b, const struct jn *list)
{
	const struct jn *d = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL;

	if (speaks(s, a, REASON_CONTENT) && !st_reasoning(s, a))
		return false;
	if (speaks(s, b, REASON_PLAIN) && !st_reasoning(s, b))
		return false;
	for (; d; d = jn_next(list, d)) {
		const struct jn *t = jn_get(d, "text");

		if (!take_detail(s, d))
			return false;
		if (!jn_is(t, JN_STRING))
			t = jn_get(d, "summary");
		if (speaks(s, t, REASON_DETAILS) && !st_reasoning(s, t))
			return false;
	}
	return true;
}

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
		return st_reasoning(s, think);
	for (const struct jn *t = jn_is(think, JN_ARRAY) ? jn_first(think) : NULL; t;
		t = jn_next(think, t))
		if (!st_reasoning(s, jn_get(t, "text")))
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
enum { D_CONTENT, D_REASONING_CONTENT, D_REASONING, D_DETAILS, D_REFUSAL, D_CALLS, D_NOTES, D_N };
static const struct jn_key delta_keys[D_N] = { JN_KEY("content"), JN_KEY("reasoning_content"),
	JN_KEY("reasoning"), JN_KEY("reasoning_details"), JN_KEY("refusal"), JN_KEY("tool_calls"),
	JN_KEY("annotations") };

static bool
take_delta(struct llm_stream *s, const struct jn *delta)
{
	const struct jn *v[D_N];

	jn_pick(delta, delta_keys, D_N, v);
	return take_reasoning(s, v[D_REASONING_CONTENT], v[D_REASONING], v[D_DETAILS]) &&
		take_content(s, v[D_CONTENT]) && st_refusal(s, v[D_REFUSAL]) &&
		take_calls(s, v[D_CALLS]) && take_notes(s, v[D_NOTES]);
}

enum { C_INDEX, C_DELTA, C_MESSAGE, C_TEXT, C_FINISH, C_USAGE, C_N };
static const struct jn_key choice_keys[C_N] = { JN_KEY("index"), JN_KEY("delta"),
	JN_KEY("message"), JN_KEY("text"), JN_KEY("finish_reason"), JN_KEY("usage") };

static bool
take_choice(struct llm_stream *s, const struct jn *choice)
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
	const struct jn *v[R_N], *list;

	jn_pick(root, root_keys, R_N, v);
	list = v[R_CHOICES];
	st_latest(&s->t.model, v[R_MODEL]);
	st_latest(&s->t.id, v[R_ID]);
	for (const struct jn *c = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL; c;
		c = jn_next(list, c))
		if (!take_choice(s, c))
			return false;
	take_usage(s, v[R_USAGE]);
	if (jn_none(v[R_USAGE]))
		take_usage(s, jn_get(v[R_GROQ], "usage"));
	if (has_error(name, v))
		return st_error(s, root, NULL);
	return true;
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
		jw_slice(&w, c->field == REASON_PLAIN ? "reasoning" : "reasoning_content",
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
