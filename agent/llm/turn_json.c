/* The fields of `homard models decode`: what a recorded body means, nothing interpreted. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/llm/llm.h"

static void
put_raw(struct jw *w, const char *key, const char *raw)
{
	if (raw)
		jw_raw(w, key, slice_of(raw));
	else
		jw_null(w, key);
}

static void
put_count(struct jw *w, const char *key, int64_t n)
{
	if (n >= 0)
		jw_i64(w, key, n);
	else
		jw_null(w, key);
}

static void
put_usage(struct jw *w, const struct llm_usage *u)
{
	jw_object(w, "usage");
	put_count(w, "input", u->input);
	put_count(w, "output", u->output);
	put_count(w, "cache_read", u->cache_read);
	put_count(w, "cache_write", u->cache_write);
	put_count(w, "reasoning", u->reasoning);
	jw_end_object(w);
}

static void
put_call(struct jw *w, const struct llm_call *c, enum llm_kind kind)
{
	jw_object(w, NULL);
	jw_str(w, "id", c->id);
	jw_str(w, "name", c->name);
	if (c->custom)
		jw_str(w, "arguments", c->args_raw);
	else
		put_raw(w, "arguments", c->args);
	if (kind != LLM_GEMINI && kind != LLM_OLLAMA)
		jw_str(w, "arguments_raw", c->args_raw);
	if (c->item_id)
		jw_str(w, "item_id", c->item_id);
	if (c->custom)
		jw_str(w, "type", "custom_tool_call");
	if (c->signature)
		jw_str(w, "thought_signature", c->signature);
	jw_end_object(w);
}

static void
put_error_words(struct jw *w, const struct llm_error *e)
{
	if (e->type_raw)
		put_raw(w, "type", e->type_raw);
	else
		jw_str(w, "type", e->type);
	put_raw(w, "code", e->code);
	jw_str(w, "message", e->message);
}

static void
put_stream_error(struct jw *w, const struct llm_error *e)
{
	if (e->kind == LLM_ERR_NONE) {
		jw_null(w, "error");
		return;
	}
	jw_object(w, "error");
	put_error_words(w, e);
	jw_end_object(w);
}

static void
put_extras(struct jw *w, const struct llm_turn *t, enum llm_kind kind)
{
	if (t->server_tool_calls)
		put_raw(w, "server_tool_calls", t->server_tool_calls);
	if (t->refusal.len)
		jw_slice(w, "refusal", buf_slice(&t->refusal));
	if (t->annotations && kind == LLM_OPENAI_CHAT)
		put_raw(w, "annotations", t->annotations);
	if (t->stop_details)
		put_raw(w, "stop_details", t->stop_details);
	if (t->block_reason)
		jw_str(w, "block_reason", t->block_reason);
	if (t->finish_message)
		jw_str(w, "finish_message", t->finish_message);
	if (kind == LLM_OPENAI_RESPONSES)
		jw_str(w, "status", t->status);
	if (t->n_calls && t->stop == LLM_STOP_STOP)
		jw_str(w, "note",
			"tool calls present although the provider reports a normal stop: "
			"the agent loop must run the tools");
}

bool
llm_turn_to_json(const struct llm_turn *t, enum llm_kind kind, struct buf *out)
{
	struct jw w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_slice(&w, "text", buf_slice(&t->text));
	jw_slice(&w, "reasoning", buf_slice(&t->reasoning));
	jw_array(&w, "tool_calls");
	for (size_t i = 0; i < t->n_calls; i++)
		put_call(&w, &t->calls[i], kind);
	jw_end_array(&w);
	jw_str(&w, "stop_reason", t->stop_reason);
	jw_str(&w, "stop_reason_norm", llm_stop_name(t->stop));
	put_usage(&w, &t->usage);
	put_stream_error(&w, &t->error);
	put_extras(&w, t, kind);
	jw_raw(&w, "replay", buf_slice(&t->replay));
	put_raw(&w, "usage_raw", t->usage_raw);
	jw_str(&w, "model", t->model);
	jw_str(&w, "id", t->id);
	jw_end_object(&w);
	return !out->full;
}

bool
llm_error_to_json(const struct llm_error *e, struct buf *out)
{
	static const struct llm_usage none = { -1, -1, -1, -1, -1 };
	struct jw w;

	jw_init(&w, out);
	jw_object(&w, NULL);
	jw_str(&w, "text", "");
	jw_str(&w, "reasoning", "");
	jw_array(&w, "tool_calls");
	jw_end_array(&w);
	jw_null(&w, "stop_reason");
	jw_null(&w, "stop_reason_norm");
	put_usage(&w, &none);
	jw_object(&w, "error");
	jw_i64(&w, "http_status", e->status);
	put_error_words(&w, e);
	jw_str(&w, "kind", llm_error_kind_name(e->kind));
	jw_bool(&w, "retryable", e->retryable);
	if (e->retry_after_ms >= 0)
		jw_num(&w, "retry_after_s", (double)e->retry_after_ms / 1000);
	else
		jw_null(&w, "retry_after_s");
	jw_end_object(&w);
	jw_end_object(&w);
	return !out->full;
}
