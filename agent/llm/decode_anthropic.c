/*
 * anthropic: content blocks by index. Every block is kept member by member as raw JSON, also
 * those this program does not know: the whole list goes back as it came. Later usage counters
 * replace earlier ones; they are never added up.
 */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/llm/decode.h"

enum block_kind { BLOCK_OTHER, BLOCK_TEXT, BLOCK_THINKING, BLOCK_TOOL, BLOCK_SERVER_TOOL };

struct block {
	int64_t index;
	enum block_kind kind;
	struct robj o;
	struct buf input; /* input_json_delta pieces */
	uint32_t half;	  /* see jn_text_piece */
	struct buf notes; /* citations: elements */
	size_t call;	  /* BLOCK_TOOL */
	bool stopped;
};

struct anthropic {
	struct block *v;
	size_t n, cap;
	struct robj usage;
	bool started;
};

static struct anthropic *
state(struct llm_stream *s)
{
	return s->st;
}

/* --- usage --- */

static void
take_usage(struct llm_stream *s, const struct jn *u)
{
	struct anthropic *a = state(s);
	struct robj_member *details;

	if (!jn_is(u, JN_OBJECT) || !robj_merge(s, &a->usage, u, false))
		return;
	details = robj_find(&a->usage, "output_tokens_details");
	s->t.usage = (struct llm_usage){
		.input = robj_i64(&a->usage, "input_tokens"),
		.output = robj_i64(&a->usage, "output_tokens"),
		.cache_read = robj_i64(&a->usage, "cache_read_input_tokens"),
		.cache_write = robj_i64(&a->usage, "cache_creation_input_tokens"),
		.reasoning = -1,
	};
	if (details) {
		autojdoc struct jdoc d = { 0 };

		s->t.usage.reasoning = jn_i64(
			jn_get(jdoc_parse(&d, buf_slice(&details->val)), "thinking_tokens"), -1);
	}
	st_usage_of(s, &a->usage);
}

/* --- blocks --- */

static enum block_kind
kind_of(const struct jn *block)
{
	const struct jn *type = jn_get(block, "type");

	if (jn_is_str(type, "text"))
		return BLOCK_TEXT;
	if (jn_is_str(type, "thinking"))
		return BLOCK_THINKING;
	if (jn_is_str(type, "tool_use"))
		return BLOCK_TOOL;
	if (jn_is_str(type, "server_tool_use") || jn_is_str(type, "mcp_tool_use"))
		return BLOCK_SERVER_TOOL;
	return BLOCK_OTHER;
}

static struct block *
find(struct llm_stream *s, const struct jn *root)
{
	struct anthropic *a = state(s);
	int64_t index = jn_i64(jn_get(root, "index"), -1);

	for (size_t i = a->n; i > 0; i--)
		if (a->v[i - 1].index == index)
			return &a->v[i - 1];
	return NULL;
}

static struct block *
add_block(struct llm_stream *s, int64_t index, const struct jn *content)
{
	struct anthropic *a = state(s);
	struct block *b;

	if (a->n >= LLM_BLOCKS_MAX || !st_keep(s, sizeof(*b))) {
		st_fail(s, LLM_ERR_TOO_LARGE, _("the reply holds too many parts"));
		return NULL;
	}
	GROW(a->v, a->n, a->cap);
	b = &a->v[a->n++];
	*b = (struct block){ .index = index, .kind = kind_of(content) };
	buf_init(&b->input, LLM_TURN_MAX);
	buf_init(&b->notes, LLM_TURN_MAX);
	return robj_merge(s, &b->o, content, true) ? b : NULL;
}

static bool
block_start(struct llm_stream *s, const struct jn *root)
{
	const struct jn *c = jn_get(root, "content_block");
	struct anthropic *a = state(s);
	struct block *b = add_block(s, jn_i64(jn_get(root, "index"), (int64_t)a->n), c);

	if (!b)
		return false;
	switch (b->kind) {
	case BLOCK_TEXT:
		return st_text(s, jn_get(c, "text"));
	case BLOCK_THINKING:
		return st_reasoning(s, jn_get(c, "thinking"));
	case BLOCK_TOOL:
		b->call = s->t.n_calls;
		if (!st_call_add(s, jn_get(c, "id"), jn_get(c, "name")))
			return false;
		st_call_begin(s, b->call);
		return true;
	default:
		return true;
	}
}

static bool
add_input(struct llm_stream *s, struct block *b, const struct jn *piece)
{
	size_t was = b->input.len;

	if (!jn_is(piece, JN_STRING) || !st_keep(s, piece->len))
		return !s->stopped;
	jn_text_piece(&b->input, piece, &b->half);
	if (b->kind == BLOCK_TOOL && b->input.len > was)
		st_call_args(s, b->call, (struct slice){ b->input.p + was, b->input.len - was });
	return true;
}

static bool
add_note(struct llm_stream *s, struct block *b, const struct jn *note)
{
	if (!jn_is(note, JN_OBJECT) || !st_keep(s, jn_raw(note).n))
		return !s->stopped;
	if (b->notes.len)
		buf_add_char(&b->notes, ',');
	return buf_add_slice(&b->notes, jn_raw(note));
}

/* Some proxies lose a block's start: its first piece tells what it is. A call's name does not
 * come again, so that stays lost. */
static struct block *
late_block(struct llm_stream *s, const struct jn *root, const struct jn *type)
{
	bool text = jn_is_str(type, "text_delta");
	struct block *b;

	if (!text && !jn_is_str(type, "thinking_delta"))
		return NULL;
	b = add_block(s, jn_i64(jn_get(root, "index"), -1), NULL);
	if (!b)
		return NULL;
	b->kind = text ? BLOCK_TEXT : BLOCK_THINKING;
	return robj_set(s, &b->o, SLICE_LIT("type"),
		       text ? SLICE_LIT("\"text\"") : SLICE_LIT("\"thinking\"")) ? b : NULL;
}

static bool
block_delta(struct llm_stream *s, const struct jn *root)
{
	const struct jn *d = jn_get(root, "delta"), *type = jn_get(d, "type");
	struct block *b = find(s, root);

	if (!b)
		b = late_block(s, root, type);
	if (!b)
		return !s->stopped;
	if (jn_is_str(type, "text_delta"))
		return robj_append(s, &b->o, "text", jn_get(d, "text")) &&
			st_text(s, jn_get(d, "text"));
	if (jn_is_str(type, "thinking_delta"))
		return robj_append(s, &b->o, "thinking", jn_get(d, "thinking")) &&
			st_reasoning(s, jn_get(d, "thinking"));
	if (jn_is_str(type, "signature_delta"))
		return jn_none(jn_get(d, "signature")) ||
			robj_set(s, &b->o, SLICE_LIT("signature"), jn_raw(jn_get(d, "signature")));
	if (jn_is_str(type, "input_json_delta"))
		return add_input(s, b, jn_get(d, "partial_json"));
	if (jn_is_str(type, "citations_delta"))
		return add_note(s, b, jn_get(d, "citation"));
	if (jn_is_str(type, "compaction_delta"))
		return robj_append(s, &b->o, "content", jn_get(d, "content"));
	return true;
}

static void
block_stop(struct llm_stream *s, const struct jn *root)
{
	struct block *b = find(s, root);

	if (!b || b->stopped)
		return;
	b->stopped = true;
	if (b->kind == BLOCK_TOOL)
		st_call_end(s, b->call);
}

/* --- events --- */

static bool
message_start(struct llm_stream *s, const struct jn *m)
{
	struct anthropic *a = state(s);
	const struct jn *content = jn_get(m, "content");

	st_once(&s->t.model, jn_get(m, "model"));
	st_once(&s->t.id, jn_get(m, "id"));
	take_usage(s, jn_get(m, "usage"));
	/* Proxies repeat message_start; what is there stays. */
	if (a->started)
		return true;
	a->started = true;
	for (const struct jn *c = jn_is(content, JN_ARRAY) ? jn_first(content) : NULL; c;
		c = jn_next(content, c)) {
		struct block *b = add_block(s, -1, c);

		if (!b)
			return false;
		if (b->kind == BLOCK_TEXT && !st_text(s, jn_get(c, "text")))
			return false;
		if (b->kind == BLOCK_THINKING && !st_reasoning(s, jn_get(c, "thinking")))
			return false;
		if (b->kind == BLOCK_TOOL) {
			b->call = s->t.n_calls;
			if (!st_call_add(s, jn_get(c, "id"), jn_get(c, "name")))
				return false;
			st_call_begin(s, b->call);
		}
	}
	return true;
}

static void
message_end(struct llm_stream *s, const struct jn *delta)
{
	st_stop(s, jn_get(delta, "stop_reason"));
	if (jn_is(jn_get(delta, "stop_details"), JN_OBJECT))
		st_set_raw(s, &s->t.stop_details, jn_get(delta, "stop_details"));
}

static bool
anthropic_event(struct llm_stream *s, struct slice name, const struct jn *root, bool whole)
{
	const struct jn *type = jn_get(root, "type");

	if (jn_is_str(type, "content_block_delta"))
		return block_delta(s, root);
	if (jn_is_str(type, "content_block_start"))
		return block_start(s, root);
	if (jn_is_str(type, "content_block_stop")) {
		block_stop(s, root);
	} else if (jn_is_str(type, "message_start")) {
		return message_start(s, jn_get(root, "message"));
	} else if (jn_is_str(type, "message_delta")) {
		message_end(s, jn_get(root, "delta"));
		take_usage(s, jn_get(root, "usage"));
	} else if (jn_is_str(type, "message_stop")) {
		s->t.ended = true;
	} else if (jn_is_str(type, "error") || !jn_none(jn_get(root, "error")) ||
		slice_eq_str(name, "error")) {
		return st_error(s, root, NULL);
	} else if (jn_is_str(type, "message") && whole) {
		bool ok = message_start(s, root);

		message_end(s, root);
		s->t.ended = true;
		return ok;
	}
	return true;
}

/* --- the end --- */

/* The streamed input when it is complete JSON; without any what the start said; null for one
 * that was cut: the builder makes an empty object of it, since the server wants one. */
static bool
set_input(struct llm_stream *s, struct block *b)
{
	struct slice t = slice_trim(buf_slice(&b->input));
	autojdoc struct jdoc d = { 0 };

	if (!t.n && robj_find(&b->o, "input"))
		return true;
	if (!t.n || !jdoc_parse(&d, t))
		t = SLICE_LIT("null");
	return robj_set(s, &b->o, SLICE_LIT("input"), t);
}

static void
settle_tool(struct llm_stream *s, struct block *b)
{
	struct llm_call *c = &s->t.calls[b->call];
	struct robj_member *m = robj_find(&b->o, "input");

	c->args_raw = xstrdup(buf_str(&b->input));
	call_settle(c);
	/* No piece came: the start may have held all of it. */
	if (!slice_trim(buf_slice(&b->input)).n && m && !m->text && str_starts(buf_str(&m->val), "{")) {
		free(c->args);
		c->args = xstrdup(buf_str(&m->val));
	}
	if (!b->stopped)
		st_call_end(s, b->call);
}

static bool
write_block(struct llm_stream *s, struct block *b)
{
	if ((b->kind == BLOCK_TOOL || b->kind == BLOCK_SERVER_TOOL) && !set_input(s, b))
		return false;
	if (b->notes.len) {
		struct buf list = BUF_INIT(LLM_TURN_MAX);
		bool ok = buf_printf(&list, "[") && buf_add_slice(&list, buf_slice(&b->notes)) &&
			buf_add_char(&list, ']') &&
			robj_set(s, &b->o, SLICE_LIT("citations"), buf_slice(&list));

		buf_finish(&list);
		if (!ok)
			return false;
	}
	return robj_write(&b->o, &s->t.replay);
}

static void
add_server_call(struct block *b, struct buf *out)
{
	static const char *const keys[] = { "id", "name", "input", "type" };
	static const char *const names[] = { "id", "name", "arguments", "type" };

	buf_add_str(out, out->len ? ",{" : "[{");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct robj_member *m = robj_find(&b->o, keys[i]);

		buf_printf(out, "%s\"%s\":", i ? "," : "", names[i]);
		if (!m)
			buf_add_str(out, "null");
		else
			buf_printf(out, m->text ? "\"%s\"" : "%s", buf_str(&m->val));
	}
	buf_add_char(out, '}');
}

static void
anthropic_finish(struct llm_stream *s)
{
	struct anthropic *a = state(s);
	struct buf server = BUF_INIT(LLM_TURN_MAX), notes = BUF_INIT(LLM_TURN_MAX);

	buf_add_str(&s->t.replay, "{\"role\":\"assistant\",\"content\":[");
	for (size_t i = 0; i < a->n; i++) {
		struct block *b = &a->v[i];

		if (b->kind == BLOCK_TOOL)
			settle_tool(s, b);
		if (i)
			buf_add_char(&s->t.replay, ',');
		if (!write_block(s, b))
			break;
		if (b->kind == BLOCK_SERVER_TOOL)
			add_server_call(b, &server);
		if (b->notes.len)
			buf_printf(&notes, "%s%s", notes.len ? "," : "[", buf_str(&b->notes));
	}
	buf_add_str(&s->t.replay, "]}");
	if (server.len && buf_add_char(&server, ']'))
		s->t.server_tool_calls = buf_steal(&server);
	if (notes.len && buf_add_char(&notes, ']'))
		s->t.annotations = buf_steal(&notes);
	buf_finish(&server);
	buf_finish(&notes);
}

static void
anthropic_create(void *st UNUSED)
{
}

static void
anthropic_destroy(void *st)
{
	struct anthropic *a = st;

	for (size_t i = 0; i < a->n; i++) {
		robj_finish(&a->v[i].o);
		buf_finish(&a->v[i].input);
		buf_finish(&a->v[i].notes);
	}
	free(a->v);
	robj_finish(&a->usage);
}

const struct llm_decode_ops decode_anthropic = {
	.state = sizeof(struct anthropic),
	.create = anthropic_create,
	.event = anthropic_event,
	.finish = anthropic_finish,
	.destroy = anthropic_destroy,
};
