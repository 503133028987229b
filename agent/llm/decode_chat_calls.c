/* openai-chat: which call does a piece belong to, and what is it. */
#include "agent/llm/decode_chat.h"

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
	if (c->n_calls == 0)
		return 0;
	at = c->n_calls - 1;
	if (jn_is(name, JN_STRING) && name->len &&
		(args_complete(&c->calls[at]) ||
			(s->t.calls[at].name && !jn_is_str(name, s->t.calls[at].name))))
		return c->n_calls;
	return at;
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

bool
chat_take_calls(struct llm_stream *s, const struct jn *list)
{
	for (const struct jn *tc = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL; tc;
		tc = jn_next(list, tc))
		if (!take_call(s, tc))
			return false;
	return true;
}
