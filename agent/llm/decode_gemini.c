/*
 * gemini (native): every event is a whole response whose parts are increments. Plain text
 * parts of one kind are joined; a part that carries a signature stays as it came, and so does
 * everything that is not text. The stop reason is STOP also when tools are to be run.
 */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/llm/decode.h"
#include "agent/llm/partial_args.h"

enum open_part { OPEN_NONE, OPEN_TEXT, OPEN_THOUGHT };

struct gemini {
	enum open_part open; /* replay ends inside the string of a text part */
	size_t n_parts;
	struct robj usage;
	struct partial_args args;
	bool streaming; /* a call whose arguments arrive piece by piece */
	size_t call;
};

static struct gemini *
state(struct llm_stream *s)
{
	return s->st;
}

/* --- replay --- */

static void
close_part(struct llm_stream *s)
{
	struct gemini *g = state(s);

	if (g->open != OPEN_NONE)
		buf_add_str(&s->t.replay, g->open == OPEN_THOUGHT ? "\",\"thought\":true}" : "\"}");
	g->open = OPEN_NONE;
}

static bool
new_part(struct llm_stream *s)
{
	struct gemini *g = state(s);

	close_part(s);
	if (g->n_parts >= LLM_BLOCKS_MAX)
		return st_fail(s, LLM_ERR_TOO_LARGE, _("the reply holds too many parts"));
	if (!s->t.replay.len)
		buf_add_str(&s->t.replay, "{\"role\":\"model\",\"parts\":[");
	if (g->n_parts++)
		buf_add_char(&s->t.replay, ',');
	return true;
}

/* Only text and perhaps thought: may be joined with its like. */
static bool
is_plain(const struct jn *part)
{
	for (const struct jn *k = jn_first(part); k; k = jn_next(part, k))
		if (!jn_is_str(k, "text") && !jn_is_str(k, "thought"))
			return false;
	return jn_is(jn_get(part, "text"), JN_STRING);
}

static bool
keep_part(struct llm_stream *s, const struct jn *part)
{
	struct gemini *g = state(s);
	enum open_part want = jn_true(jn_get(part, "thought")) ? OPEN_THOUGHT : OPEN_TEXT;
	struct slice text = jn_inner(jn_get(part, "text"));

	if (!is_plain(part))
		return st_keep(s, part->len) && new_part(s) &&
			buf_add_slice(&s->t.replay, jn_raw(part));
	if (!st_keep(s, text.n))
		return false;
	if (g->open != want) {
		if (!new_part(s))
			return false;
		buf_add_str(&s->t.replay, "{\"text\":\"");
		g->open = want;
	}
	return buf_add_slice(&s->t.replay, text);
}

/* --- calls --- */

static void
end_streamed(struct llm_stream *s)
{
	struct gemini *g = state(s);

	if (!g->streaming)
		return;
	g->streaming = false;
	s->t.calls[g->call].args = partial_args_take(&g->args);
	partial_args_finish(&g->args);
	if (s->t.calls[g->call].args)
		st_call_args(s, g->call, slice_of(s->t.calls[g->call].args));
	st_call_end(s, g->call);
}

static bool
begin_call(struct llm_stream *s, const struct jn *part, const struct jn *fc)
{
	struct gemini *g = state(s);
	const struct jn *args = jn_get(fc, "args"), *sig = jn_get(part, "thoughtSignature");
	size_t at = s->t.n_calls;
	struct llm_call *c;

	end_streamed(s);
	c = st_call_add(s, jn_get(fc, "id"), jn_get(fc, "name"));
	if (!c)
		return false;
	if (jn_is(sig, JN_STRING) && sig->len)
		c->signature = jn_dup(sig, LLM_TURN_MAX);
	st_call_begin(s, at);
	if (jn_true(jn_get(fc, "willContinue"))) {
		g->streaming = true;
		g->call = at;
		partial_args_init(&g->args);
		return true;
	}
	if (!st_keep(s, jn_raw(args).n))
		return false;
	c->args = jn_none(args) ? xstrdup("{}") : slice_dup(jn_raw(args));
	st_call_args(s, at, slice_of(c->args));
	st_call_end(s, at);
	return true;
}

static bool
take_call(struct llm_stream *s, const struct jn *part, const struct jn *fc)
{
	struct gemini *g = state(s);
	const struct jn *list = jn_get(fc, "partialArgs"), *name = jn_get(fc, "name");

	if (jn_is(name, JN_STRING) && name->len && !begin_call(s, part, fc))
		return false;
	for (const struct jn *p = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL;
		p && g->streaming; p = jn_next(list, p))
		partial_args_add(&g->args, p);
	if (!jn_true(jn_get(fc, "willContinue")))
		end_streamed(s);
	return true;
}

/* --- events --- */

static bool
take_part(struct llm_stream *s, const struct jn *part)
{
	const struct jn *fc = jn_get(part, "functionCall"), *text = jn_get(part, "text");

	if (!jn_is(part, JN_OBJECT))
		return true;
	if (!keep_part(s, part))
		return false;
	if (jn_is(fc, JN_OBJECT))
		return take_call(s, part, fc);
	if (jn_true(jn_get(part, "thought")))
		return st_reasoning(s, text);
	return st_text(s, text);
}

static bool
take_candidate(struct llm_stream *s, const struct jn *c)
{
	const struct jn *parts = jn_get2(c, "content", "parts");

	for (const struct jn *p = jn_is(parts, JN_ARRAY) ? jn_first(parts) : NULL; p;
		p = jn_next(parts, p))
		if (!take_part(s, p))
			return false;
	st_stop(s, jn_get(c, "finishReason"));
	if (jn_is(jn_get(c, "finishMessage"), JN_STRING)) {
		free(s->t.finish_message);
		s->t.finish_message = jn_dup(jn_get(c, "finishMessage"), LLM_ERROR_TEXT_MAX);
	}
	return true;
}

static void
take_usage(struct llm_stream *s, const struct jn *u)
{
	struct gemini *g = state(s);

	if (!jn_is(u, JN_OBJECT) || !robj_merge(s, &g->usage, u, false))
		return;
	s->t.usage = (struct llm_usage){
		.input = robj_i64(&g->usage, "promptTokenCount"),
		.output = robj_i64(&g->usage, "candidatesTokenCount"),
		.cache_read = robj_i64(&g->usage, "cachedContentTokenCount"),
		.cache_write = -1,
		.reasoning = robj_i64(&g->usage, "thoughtsTokenCount"),
	};
	st_usage_of(s, &g->usage);
}

static bool
gemini_event(struct llm_stream *s, struct slice name UNUSED, const struct jn *root, bool whole UNUSED)
{
	const struct jn *list = jn_get(root, "candidates");

	/* Some proxies wrap every event. */
	if (jn_is(jn_get(root, "response"), JN_OBJECT)) {
		root = jn_get(root, "response");
		list = jn_get(root, "candidates");
	}
	if (!jn_none(jn_get(root, "error")))
		return st_error(s, root, NULL);
	st_once(&s->t.model, jn_get(root, "modelVersion"));
	st_once(&s->t.id, jn_get(root, "responseId"));
	st_once(&s->t.block_reason, jn_get2(root, "promptFeedback", "blockReason"));
	for (const struct jn *c = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL; c;
		c = jn_next(list, c))
		if (jn_i64(jn_get(c, "index"), 0) == 0 && !take_candidate(s, c))
			return false;
	take_usage(s, jn_get(root, "usageMetadata"));
	return true;
}

static void
gemini_finish(struct llm_stream *s)
{
	struct gemini *g = state(s);

	/* Never ended: its arguments are not complete. */
	if (g->streaming) {
		g->streaming = false;
		partial_args_finish(&g->args);
	}
	close_part(s);
	buf_add_str(&s->t.replay, s->t.replay.len ? "]}" : "{\"role\":\"model\",\"parts\":[]}");
}

static void
gemini_create(void *st UNUSED)
{
}

static void
gemini_destroy(void *st)
{
	struct gemini *g = st;

	robj_finish(&g->usage);
	partial_args_finish(&g->args);
}

const struct llm_decode_ops decode_gemini = {
	.state = sizeof(struct gemini),
	.create = gemini_create,
	.event = gemini_event,
	.finish = gemini_finish,
	.destroy = gemini_destroy,
};
