/* A finished turn of a model. */
#include "agent/llm/llm.h"

static const char *const stop_names[] = {
	[LLM_STOP_STOP] = "stop",
	[LLM_STOP_LENGTH] = "length",
	[LLM_STOP_TOOL_CALLS] = "tool_calls",
	[LLM_STOP_CONTENT_FILTER] = "content_filter",
	[LLM_STOP_REFUSAL] = "refusal",
	[LLM_STOP_PAUSE] = "pause",
	[LLM_STOP_ERROR] = "error",
	[LLM_STOP_OTHER] = "other",
};

/* Words as providers write them; compared without case. */
static const struct {
	const char *word;
	enum llm_stop stop;
} stop_words[] = {
	{ "stop", LLM_STOP_STOP },
	{ "end_turn", LLM_STOP_STOP },
	{ "eos", LLM_STOP_STOP },
	{ "stop_sequence", LLM_STOP_STOP },
	{ "completed", LLM_STOP_STOP },
	{ "length", LLM_STOP_LENGTH },
	{ "max_tokens", LLM_STOP_LENGTH },
	{ "max_output_tokens", LLM_STOP_LENGTH },
	{ "tool_calls", LLM_STOP_TOOL_CALLS },
	{ "tool_use", LLM_STOP_TOOL_CALLS },
	{ "refusal", LLM_STOP_REFUSAL },
	{ "pause_turn", LLM_STOP_PAUSE },
	{ "content_filter", LLM_STOP_CONTENT_FILTER },
	{ "safety", LLM_STOP_CONTENT_FILTER },
	{ "recitation", LLM_STOP_CONTENT_FILTER },
	{ "blocklist", LLM_STOP_CONTENT_FILTER },
	{ "prohibited_content", LLM_STOP_CONTENT_FILTER },
	{ "spii", LLM_STOP_CONTENT_FILTER },
	{ "image_safety", LLM_STOP_CONTENT_FILTER },
	{ "image_prohibited_content", LLM_STOP_CONTENT_FILTER },
	{ "image_recitation", LLM_STOP_CONTENT_FILTER },
	{ "error", LLM_STOP_ERROR },
};

const char *
llm_stop_name(enum llm_stop s)
{
	return stop_names[s];
}

enum llm_stop
llm_stop_of(const char *word)
{
	if (!word)
		return LLM_STOP_NONE;
	for (size_t i = 0; i < ARRAY_LEN(stop_words); i++)
		if (str_eq_nocase(stop_words[i].word, word))
			return stop_words[i].stop;
	return LLM_STOP_OTHER;
}

void
llm_turn_finish(struct llm_turn *t)
{
	for (size_t i = 0; i < t->n_calls; i++) {
		struct llm_call *c = &t->calls[i];

		free(c->id);
		free(c->name);
		free(c->args_raw);
		free(c->args);
		free(c->item_id);
		free(c->signature);
	}
	free(t->calls);
	buf_finish(&t->text);
	buf_finish(&t->reasoning);
	buf_finish(&t->refusal);
	buf_finish(&t->replay);
	llm_error_finish(&t->error);
	free(t->stop_reason);
	free(t->usage_raw);
	free(t->model);
	free(t->id);
	free(t->status);
	free(t->server_tool_calls);
	free(t->annotations);
	free(t->stop_details);
	free(t->block_reason);
	free(t->finish_message);
	*t = (struct llm_turn){ 0 };
}

bool
llm_turn_incomplete(const struct llm_turn *t)
{
	return t->error.kind == LLM_ERR_NONE && t->stop == LLM_STOP_NONE && !t->block_reason &&
		!t->done;
}

bool
llm_turn_overflowed(const struct llm_turn *t)
{
	return t->error.kind == LLM_ERR_CONTEXT_OVERFLOW ||
		(t->stop_reason && str_eq_nocase(t->stop_reason, "model_context_window_exceeded"));
}

bool
llm_turn_has_calls(const struct llm_turn *t)
{
	for (size_t i = 0; i < t->n_calls; i++)
		if (t->calls[i].args && t->calls[i].name)
			return true;
	return false;
}

bool
llm_think_split(struct slice text, struct slice *reasoning, struct slice *rest)
{
	struct slice t = text;
	ptrdiff_t end;

	*reasoning = (struct slice){ NULL, 0 };
	*rest = text;
	while (t.n && (*t.p == ' ' || *t.p == '\n' || *t.p == '\r' || *t.p == '\t')) {
		t.p++;
		t.n--;
	}
	if (!slice_starts(t, "<think>"))
		return false;
	t.p += 7;
	t.n -= 7;
	end = slice_find(t, SLICE_LIT("</think>"));
	*reasoning = t;
	*rest = (struct slice){ t.p + t.n, 0 };
	if (end < 0)
		return true;
	reasoning->n = (size_t)end;
	*rest = (struct slice){ t.p + end + 8, t.n - (size_t)end - 8 };
	return true;
}
