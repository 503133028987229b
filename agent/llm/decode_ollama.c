/*
 * ollama (native): one object a line. A call comes whole, without an id, its arguments as an
 * object. Nothing is opaque: the builder adds calls and thinking to the kept role and content.
 */
#include "agent/base/json.h"
#include "agent/llm/decode.h"

static bool
take_call(struct llm_stream *s, const struct jn *tc)
{
	const struct jn *fn = jn_get(tc, "function"), *args = jn_get(fn, "arguments");
	size_t at = s->t.n_calls;
	struct llm_call *c;

	if (!jn_is(fn, JN_OBJECT))
		return true;
	c = st_call_add(s, jn_get(tc, "id"), jn_get(fn, "name"));
	if (!c)
		return false;
	st_call_begin(s, at);
	if (!jn_none(args)) {
		struct slice raw = jn_raw(args);
		/* Older servers of the kind send the arguments as a string. */
		char *text = args->type == JN_STRING ? jn_dup(args, LLM_TURN_MAX) :
						       slice_dup(raw);

		c->args_raw = text;
		if (!st_keep(s, raw.n))
			return false;
		st_call_args(s, at, slice_of(text));
	}
	call_settle(c);
	free(c->args_raw);
	c->args_raw = NULL;
	st_call_end(s, at);
	return true;
}

static void
take_end(struct llm_stream *s, const struct jn *root)
{
	const struct jn *in = jn_get(root, "prompt_eval_count"), *out = jn_get(root, "eval_count");
	struct buf raw = BUF_INIT(1024);
	struct jw w;

	s->t.ended = s->t.done = true;
	st_stop(s, jn_get(root, "done_reason"));
	s->t.usage.input = jn_i64(in, -1);
	s->t.usage.output = jn_i64(out, -1);
	jw_init(&w, &raw);
	jw_object(&w, NULL);
	jw_raw(&w, "prompt_eval_count", in ? jn_raw(in) : SLICE_LIT("null"));
	jw_raw(&w, "eval_count", out ? jn_raw(out) : SLICE_LIT("null"));
	jw_end_object(&w);
	st_usage(s, buf_slice(&raw));
	buf_finish(&raw);
}

static bool
ollama_event(struct llm_stream *s, struct slice name UNUSED, const struct jn *root, bool whole UNUSED)
{
	const struct jn *m = jn_get(root, "message"), *calls = jn_get(m, "tool_calls");

	if (!jn_none(jn_get(root, "error")))
		return st_error(s, root, NULL);
	st_once(&s->t.model, jn_get(root, "model"));
	if (!st_reasoning(s, jn_get(m, "thinking")) || !st_text(s, jn_get(m, "content")))
		return false;
	for (const struct jn *tc = jn_is(calls, JN_ARRAY) ? jn_first(calls) : NULL; tc;
		tc = jn_next(calls, tc))
		if (!take_call(s, tc))
			return false;
	if (jn_true(jn_get(root, "done")))
		take_end(s, root);
	return true;
}

static void
ollama_finish(struct llm_stream *s)
{
	struct jw w;

	jw_init(&w, &s->t.replay);
	jw_object(&w, NULL);
	jw_str(&w, "role", "assistant");
	jw_slice(&w, "content", buf_slice(&s->t.text));
	jw_end_object(&w);
}

static void
ollama_nothing(void *st UNUSED)
{
}

const struct llm_decode_ops decode_ollama = {
	.state = 1, /* none */
	.create = ollama_nothing,
	.event = ollama_event,
	.finish = ollama_finish,
	.destroy = ollama_nothing,
};
