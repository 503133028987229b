/* The table of dialects. */
#include "agent/llm/decode.h"
#include "agent/llm/request.h"

static const struct llm_dialect chat = { LLM_OPENAI_CHAT, "openai-chat", LLM_SSE,
	"/chat/completions", LLM_AUTH_BEARER, &decode_chat, build_chat };
static const struct llm_dialect responses = { LLM_OPENAI_RESPONSES, "openai-responses", LLM_SSE,
	"/responses", LLM_AUTH_BEARER, &decode_responses, build_responses };
static const struct llm_dialect anthropic = { LLM_ANTHROPIC, "anthropic", LLM_SSE, "/v1/messages",
	LLM_AUTH_X_API_KEY, &decode_anthropic, build_anthropic };
static const struct llm_dialect gemini = { LLM_GEMINI, "gemini", LLM_SSE,
	"/models/%s:streamGenerateContent?alt=sse", LLM_AUTH_X_GOOG, &decode_gemini, build_gemini };
static const struct llm_dialect ollama = { LLM_OLLAMA, "ollama", LLM_NDJSON, "/api/chat",
	LLM_AUTH_BEARER, &decode_ollama, build_ollama };

const struct llm_dialect *const llm_dialects[LLM_KIND_COUNT] = {
	[LLM_OPENAI_CHAT] = &chat,
	[LLM_OPENAI_RESPONSES] = &responses,
	[LLM_ANTHROPIC] = &anthropic,
	[LLM_GEMINI] = &gemini,
	[LLM_OLLAMA] = &ollama,
};

enum llm_kind
llm_kind_of(const char *name)
{
	for (int k = 0; k < LLM_KIND_COUNT; k++)
		if (str_eq(llm_dialects[k]->name, name))
			return (enum llm_kind)k;
	return LLM_KIND_COUNT;
}

const char *
llm_kind_name(enum llm_kind k)
{
	return llm_dialects[k]->name;
}
