/*
 * openai-responses: output items by output_index (ids are not stable on some gateways). An
 * item counts as it stood in output_item.done; what only the final response object holds is
 * taken from there.
 */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/llm/decode.h"

enum item_kind { ITEM_UNKNOWN, ITEM_MESSAGE, ITEM_REASONING, ITEM_CALL, ITEM_CUSTOM, ITEM_SERVER };

struct item {
	int64_t index;
	enum item_kind kind;
	char *raw; /* from done; NULL before */
	size_t call;
	bool has_call;
	struct buf args; /* streamed */
	uint32_t half;	 /* see jn_text_piece */
	bool text, refusal, reasoning; /* came as deltas: not again from the item */
	bool ended;
};

struct responses {
	struct item *v;
	size_t n, cap;
};

static struct responses *
state(struct llm_stream *s)
{
	return s->st;
}

static enum item_kind
kind_of(const struct jn *item)
{
	const struct jn *type = jn_get(item, "type");

	if (jn_is_str(type, "message"))
		return ITEM_MESSAGE;
	if (jn_is_str(type, "reasoning"))
		return ITEM_REASONING;
	if (jn_is_str(type, "function_call"))
		return ITEM_CALL;
	if (jn_is_str(type, "custom_tool_call"))
		return ITEM_CUSTOM;
	return ITEM_SERVER;
}

static struct item *
slot(struct llm_stream *s, int64_t index)
{
	struct responses *r = state(s);
	struct item *it;

	for (size_t i = r->n; i > 0; i--)
		if (r->v[i - 1].index == index)
			return &r->v[i - 1];
	if (r->n >= LLM_BLOCKS_MAX || !st_keep(s, sizeof(*it))) {
		st_fail(s, LLM_ERR_TOO_LARGE, _("the reply holds too many parts"));
		return NULL;
	}
	GROW(r->v, r->n, r->cap);
	it = &r->v[r->n++];
	*it = (struct item){ .index = index };
	buf_init(&it->args, LLM_TURN_MAX);
	return it;
}

/* The slot an event speaks of; without a number it is the newest. */
static struct item *
slot_of(struct llm_stream *s, const struct jn *root)
{
	struct responses *r = state(s);
	int64_t newest = r->n ? r->v[r->n - 1].index : 0;

	return slot(s, jn_i64(jn_get(root, "output_index"), newest));
}

/* --- calls --- */

static bool
begin_call(struct llm_stream *s, struct item *it, const struct jn *item)
{
	struct llm_call *c;

	if (it->has_call) {
		c = &s->t.calls[it->call];
		st_once(&c->id, jn_get(item, "call_id"));
		st_once(&c->name, jn_get(item, "name"));
		return true;
	}
	it->call = s->t.n_calls;
	c = st_call_add(s, jn_get(item, "call_id"), jn_get(item, "name"));
	if (!c)
		return false;
	it->has_call = true;
	c->custom = it->kind == ITEM_CUSTOM;
	st_call_begin(s, it->call);
	return true;
}

static bool
add_args(struct llm_stream *s, struct item *it, const struct jn *piece)
{
	size_t was;

	if (!it || !jn_is(piece, JN_STRING))
		return !s->stopped;
	was = it->args.len;
	if (!st_keep(s, piece->len))
		return false;
	jn_text_piece(&it->args, piece, &it->half);
	if (it->has_call && it->args.len > was)
		st_call_args(s, it->call, (struct slice){ it->args.p + was, it->args.len - was });
	return true;
}

static bool
end_call(struct llm_stream *s, struct item *it, const struct jn *item)
{
	const struct jn *args = jn_get(item, it->kind == ITEM_CUSTOM ? "input" : "arguments");
	struct llm_call *c;

	if (!begin_call(s, it, item))
		return false;
	c = &s->t.calls[it->call];
	/* The finished item is the truth; the pieces are what it was made of. */
	if (jn_is(args, JN_STRING) && (args->len || !it->args.len)) {
		bool silent = it->args.len == 0;

		if (!st_keep(s, args->len))
			return false;
		buf_clear(&it->args);
		jn_text(&it->args, args);
		if (silent)
			st_call_args(s, it->call, buf_slice(&it->args));
	} else if (jn_is(args, JN_OBJECT)) {
		buf_clear(&it->args);
		if (st_keep(s, args->len))
			buf_add_slice(&it->args, jn_raw(args));
	}
	free(c->item_id);
	c->item_id = jn_dup(jn_get(item, "id"), 1024);
	if (!it->ended)
		st_call_end(s, it->call);
	it->ended = true;
	return true;
}

/* --- items --- */

/* Text that never came as deltas. */
static bool
missed_content(struct llm_stream *s, struct item *it, const struct jn *list)
{
	bool ok = true;

	for (const struct jn *p = jn_is(list, JN_ARRAY) ? jn_first(list) : NULL; p && ok;
		p = jn_next(list, p)) {
		const struct jn *type = jn_get(p, "type");

		if (jn_is_str(type, "output_text") && !it->text)
			ok = st_text(s, jn_get(p, "text"));
		else if (jn_is_str(type, "refusal") && !it->refusal)
			ok = st_refusal(s, jn_get(p, "refusal"));
		else if (!it->reasoning &&
			(jn_is_str(type, "summary_text") || jn_is_str(type, "reasoning_text")))
			ok = st_reasoning(s, jn_get(p, "text"));
	}
	return ok;
}

static bool
missed_item(struct llm_stream *s, struct item *it, const struct jn *item)
{
	const struct jn *summary = jn_get(item, "summary");
	bool ok = missed_content(s, it, summary);

	/* The raw chain is the longer form of the same: only one is taken. */
	if (ok && !(jn_is(summary, JN_ARRAY) && summary->n))
		ok = missed_content(s, it, jn_get(item, "content"));
	/* What the item held was told now; the final object repeats it. */
	it->text = it->refusal = it->reasoning = true;
	return ok;
}

static bool
item_added(struct llm_stream *s, const struct jn *root)
{
	const struct jn *item = jn_get(root, "item");
	struct item *it = slot_of(s, root);

	if (!it)
		return false;
	it->kind = kind_of(item);
	if (it->kind == ITEM_CALL || it->kind == ITEM_CUSTOM)
		return begin_call(s, it, item);
	return true;
}

/* final: from the response object, which has the last word on an item. */
static bool
item_done(struct llm_stream *s, struct item *it, const struct jn *item, bool final)
{
	if (!it || !jn_is(item, JN_OBJECT) || (it->raw && !final))
		return !s->stopped;
	if (it->raw) {
		s->kept -= MIN_OF(s->kept, strlen(it->raw));
		free(it->raw);
		it->raw = NULL;
	}
	it->kind = kind_of(item);
	if (!st_keep(s, jn_raw(item).n))
		return false;
	it->raw = slice_dup(jn_raw(item));
	switch (it->kind) {
	case ITEM_MESSAGE:
	case ITEM_REASONING:
		return missed_item(s, it, item);
	case ITEM_CALL:
	case ITEM_CUSTOM:
		return end_call(s, it, item);
	default:
		return true;
	}
}

/* --- the response object --- */

static void
take_usage(struct llm_stream *s, const struct jn *u)
{
	if (!jn_is(u, JN_OBJECT))
		return;
	s->t.usage = (struct llm_usage){
		.input = jn_i64(jn_get(u, "input_tokens"), -1),
		.output = jn_i64(jn_get(u, "output_tokens"), -1),
		.cache_read = jn_i64(jn_get2(u, "input_tokens_details", "cached_tokens"), -1),
		.cache_write = -1,
		.reasoning = jn_i64(jn_get2(u, "output_tokens_details", "reasoning_tokens"), -1),
	};
	st_usage(s, jn_raw(u));
}

static bool
response_end(struct llm_stream *s, const struct jn *r)
{
	const struct jn *out = jn_get(r, "output"), *status = jn_get(r, "status");
	const struct jn *why = jn_get2(r, "incomplete_details", "reason");
	int64_t i = 0;

	st_latest(&s->t.model, jn_get(r, "model"));
	st_latest(&s->t.id, jn_get(r, "id"));
	/* An output shorter than what was streamed is no output (some gateways send []). */
	for (const struct jn *c = jn_is(out, JN_ARRAY) && out->n >= state(s)->n ? jn_first(out) :
									       NULL;
		c; c = jn_next(out, c))
		if (!item_done(s, slot(s, i++), c, true))
			return false;
	take_usage(s, jn_get(r, "usage"));
	s->t.ended = true;
	free(s->t.status);
	s->t.status = jn_dup(status, 64);
	st_stop(s, jn_is(why, JN_STRING) ? why : status);
	if (s->t.error.kind != LLM_ERR_NONE) {
		/* An error event said it first; this is the same. */
		free(s->t.error.type);
		s->t.error.type = xstrdup("response.failed");
		return false;
	}
	if (jn_is(jn_get(r, "error"), JN_OBJECT))
		return st_error(s, r, "response.failed");
	if (jn_is_str(status, "failed"))
		return st_error(s, NULL, "response.failed");
	return true;
}

/* --- events --- */

static bool
text_event(struct llm_stream *s, const struct jn *type, const struct jn *root)
{
	const struct jn *d = jn_get(root, "delta");
	struct item *it = slot_of(s, root);

	if (!it)
		return false;
	if (jn_is_str(type, "response.output_text.delta")) {
		it->text = true;
		return st_text(s, d);
	}
	if (jn_is_str(type, "response.refusal.delta")) {
		it->refusal = true;
		return st_refusal(s, d);
	}
	if (jn_is_str(type, "response.reasoning_summary_text.delta") ||
		jn_is_str(type, "response.reasoning_text.delta") ||
		jn_is_str(type, "response.reasoning.delta")) {
		it->reasoning = true;
		return st_reasoning(s, d);
	}
	if (jn_is_str(type, "response.function_call_arguments.delta") ||
		jn_is_str(type, "response.custom_tool_call_input.delta"))
		return add_args(s, it, d);
	return true;
}

static bool
ends_response(const struct jn *type)
{
	return jn_is_str(type, "response.completed") || jn_is_str(type, "response.incomplete") ||
		jn_is_str(type, "response.failed") || jn_is_str(type, "response.done") ||
		jn_is_str(type, "response.cancelled");
}

static bool
responses_event(struct llm_stream *s, struct slice name, const struct jn *root, bool whole)
{
	const struct jn *type = jn_get(root, "type"), *r = jn_get(root, "response");

	if (jn_is(jn_get(root, "delta"), JN_STRING))
		return text_event(s, type, root);
	if (jn_is_str(type, "response.output_item.added"))
		return item_added(s, root);
	if (jn_is_str(type, "response.output_item.done"))
		return item_done(s, slot_of(s, root), jn_get(root, "item"), false);
	if (ends_response(type))
		return response_end(s, r);
	if (jn_is(r, JN_OBJECT)) {
		st_once(&s->t.model, jn_get(r, "model"));
		st_once(&s->t.id, jn_get(r, "id"));
		return true;
	}
	if (whole && jn_is_str(jn_get(root, "object"), "response"))
		return response_end(s, root);
	if (jn_is_str(type, "error") || slice_eq_str(name, "error") ||
		(!jn_none(jn_get(root, "error")) && !jn_is(type, JN_STRING)))
		st_error(s, root, NULL); /* response.failed may follow and says more */
	return true;
}

/* --- the end --- */

static int
by_index(const void *a, const void *b)
{
	int64_t x = ((const struct item *)a)->index, y = ((const struct item *)b)->index;

	return x < y ? -1 : x > y;
}

static void
add_server_call(struct buf *out, const struct item *it)
{
	static const char *const keys[] = { "type", "id", "status" };
	autojdoc struct jdoc d = { 0 };
	const struct jn *o = jdoc_parse(&d, slice_of(it->raw));

	buf_add_str(out, out->len ? ",{" : "[{");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct jn *v = jn_get(o, keys[i]);

		buf_printf(out, "%s\"%s\":", i ? "," : "", keys[i]);
		buf_add_slice(out, v ? jn_raw(v) : SLICE_LIT("null"));
	}
	buf_add_char(out, '}');
}

static void
responses_finish(struct llm_stream *s)
{
	struct responses *r = state(s);
	struct buf server = BUF_INIT(LLM_TURN_MAX);

	if (r->n)
		qsort(r->v, r->n, sizeof(*r->v), by_index);
	buf_add_char(&s->t.replay, '[');
	for (size_t i = 0; i < r->n; i++) {
		struct item *it = &r->v[i];

		if (it->has_call) {
			struct llm_call *c = &s->t.calls[it->call];

			c->args_raw = buf_steal(&it->args);
			call_settle(c);
		}
		if (!it->raw)
			continue;
		if (s->t.replay.len > 1)
			buf_add_char(&s->t.replay, ',');
		buf_add_str(&s->t.replay, it->raw);
		if (it->kind == ITEM_SERVER)
			add_server_call(&server, it);
	}
	buf_add_char(&s->t.replay, ']');
	if (server.len && buf_add_char(&server, ']'))
		s->t.server_tool_calls = buf_steal(&server);
	buf_finish(&server);
}

static void
responses_create(void *st UNUSED)
{
}

static void
responses_destroy(void *st)
{
	struct responses *r = st;

	for (size_t i = 0; i < r->n; i++) {
		free(r->v[i].raw);
		buf_finish(&r->v[i].args);
	}
	free(r->v);
}

const struct llm_decode_ops decode_responses = {
	.state = sizeof(struct responses),
	.create = responses_create,
	.event = responses_event,
	.finish = responses_finish,
	.destroy = responses_destroy,
};
