/* Errors of providers by kind. */
#include "agent/llm/decode.h"
#include <strings.h>

/* Sentences by which providers say that the request does not fit the window; matched without
 * case anywhere in the message. One line per provider, in the order of the notes. */
static const char *const overflow_words[] = {
	"prompt is too long",			 /* Anthropic */
	"exceeds the context window",		 /* OpenAI */
	"maximum context length",		 /* DeepSeek, OpenRouter, Together, vLLM, Fireworks */
	"exceeds the maximum number of tokens",	 /* Gemini, Vertex */
	"exceeded max context length",		 /* Ollama cloud */
	"maximum prompt length is",		 /* xAI */
	"reduce the length of the messages",	 /* Groq */
	"maximum context",			 /* Mistral */
	"exceeded model token limit",		 /* Kimi */
	"context window exceeds limit",		 /* MiniMax */
	"exceeds the available context size",	 /* llama.cpp */
	"greater than the context length",	 /* LM Studio */
	"model_context_window_exceeded",	 /* Z.ai */
	"input is too long",			 /* Bedrock */
	"input length and `max_tokens` exceed",	 /* Anthropic, output limit counted in */
	"context length exceeded",
	"context_length_exceeded",
	"range of input length should be",	 /* Qwen */
	"input token count",			 /* Gemini on Vertex: "The input token count is" */
	"too many tokens in the prompt",
	"`max_new_tokens` must be <=",		 /* TGI */
	"prompt too long",
	"prompt exceeds max length",		 /* GLM */
	"input token length too long",
	"token length exceed",
	"longer than the model's context",	 /* Together, SGLang */
	"longer than the maximum model length",	 /* vLLM */
	"context length is only",		 /* vLLM */
	"context length of only",		 /* LM Studio */
	"input tokens exceed the configured",	 /* OpenAI, Azure */
	"input length exceeds",			 /* Ollama */
	"exceeds the context length",
	"must have less than",			 /* TGI */
	"too many tokens",			 /* Cohere */
	"tokens_limit_reached",			 /* GitHub Models */
	"request body too large",
};

static const char *const filter_words[] = { "content_filter", "content management policy",
	"responsibleaipolicyviolation", "content_policy_violation", "data_inspection_failed",
	"datainspectionfailed", "new_sensitive", "content exists risk", "flagged",
	"requires moderation", "moderation_blocked", "content filtering policy", "safety system",
	"violates usage guidelines", "safety_check", "unsafe or sensitive content" };

static const char *const auth_words[] = { "invalid_api_key", "authentication_error",
	"api_key_invalid", "api key not valid", "api key expired", "incorrect api key", "invalid api key",
	"invalid x-api-key", "unauthenticated", "invalid_authentication", "no auth credentials",
	"invalid_iam_token", "missing authentication" };

static const char *const gone_words[] = { "model_not_found", "model_decommissioned",
	"not_found_error", "model_not_exist", "deploymentnotfound", "model does not exist",
	"has been decommissioned", "modelnotfound" };

/* The endpoint is there, but not for what was asked: changing the model's options helps. */
static const char *const unsupported_words[] = { "is not supported in this model",
	"is not supported with this model", "does not support tools", "support tool use",
	"no endpoints found that support", "does not support function", "support image input" };

static const char *const billing_words[] = { "insufficient_quota", "billing_error",
	"insufficient_balance", "insufficient balance", "insufficient credits",
	"requires more credits", "credit balance is too low", "exceeded_current_quota_error",
	"arrearage", "billing_hard_limit_reached", "payment required", "billing_not_active",
	"key limit exceeded", "have any credits", "all available credits", "spending limit",
	"credit limit", "included credits", "freetieronly" };

static const char *const overload_words[] = { "overloaded", "server_is_overloaded",
	"engine_overloaded", "at capacity", "unavailable", "no healthy upstream" };

static const char *const rate_words[] = { "rate_limit", "rate limit", "ratelimit",
	"too many requests", "resource_exhausted", "throttl", "tpm", "quota exceeded" };

static const char *const timeout_words[] = { "timeout", "timed out", "deadline_exceeded" };
static const char *const server_words[] = { "server_error", "api_error", "internal_error",
	"internal server error", "internal" };

struct hay {
	const char *v[5];
};

static bool
any(const struct hay *h, const char *const *needles, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(h->v); i++)
		for (size_t k = 0; h->v[i] && k < n; k++)
			if (strcasestr(h->v[i], needles[k]))
				return true;
	return false;
}
#define ANY(h, list) any((h), (list), ARRAY_LEN(list))

/* MiniMax answers 200 with numbers of its own. */
static enum llm_error_kind
minimax_kind(int64_t code)
{
	switch (code) {
	case 1001:
		return LLM_ERR_TIMEOUT;
	case 1002:
	case 1039:
	case 2056:
		return LLM_ERR_RATE_LIMIT;
	case 1004:
	case 2049:
		return LLM_ERR_AUTH;
	case 1008:
		return LLM_ERR_BILLING;
	case 1000:
	case 1013:
	case 1024:
	case 1033:
		return LLM_ERR_SERVER;
	case 1026:
	case 1027:
		return LLM_ERR_CONTENT_FILTER;
	case 2061:
		return LLM_ERR_PERMISSION;
	default:
		return LLM_ERR_INVALID_REQUEST;
	}
}

static enum llm_error_kind
by_status(int status, const struct hay *all)
{
	switch (status) {
	case 401:
		return LLM_ERR_AUTH;
	case 402:
		return LLM_ERR_BILLING;
	case 403:
		return ANY(all, billing_words) ? LLM_ERR_BILLING : LLM_ERR_PERMISSION;
	case 404:
	case 410:
		return ANY(all, unsupported_words) ? LLM_ERR_INVALID_REQUEST : LLM_ERR_NOT_FOUND;
	case 408:
	case 504:
	case 522:
	case 524:
		return LLM_ERR_TIMEOUT;
	case 413:
		return LLM_ERR_CONTEXT_OVERFLOW;
	case 429:
		return LLM_ERR_RATE_LIMIT;
	case 498: /* Groq: no room for the flexible tier */
	case 503:
	case 529:
		return LLM_ERR_OVERLOADED;
	default:
		return status >= 500 ? LLM_ERR_SERVER : LLM_ERR_NONE;
	}
}

/* Inside a stream there is no status: only words. */
static enum llm_error_kind
by_words(const struct hay *all)
{
	if (ANY(all, rate_words))
		return LLM_ERR_RATE_LIMIT;
	if (ANY(all, overload_words))
		return LLM_ERR_OVERLOADED;
	if (ANY(all, timeout_words))
		return LLM_ERR_TIMEOUT;
	if (ANY(all, server_words))
		return LLM_ERR_SERVER;
	return LLM_ERR_INVALID_REQUEST;
}

static enum llm_error_kind
sort(const struct llm_error *e, int status, int64_t number, const struct hay *all)
{
	const struct hay words = { { e->type, e->code } };
	bool limited = status == 429 || ANY(&words, rate_words);
	enum llm_error_kind k;

	if (status == 429 && ANY(&words, overload_words))
		return LLM_ERR_OVERLOADED;
	if (ANY(all, billing_words) && (limited || status < 500))
		return LLM_ERR_BILLING;
	if (!limited && status < 500 && ANY(all, overflow_words))
		return LLM_ERR_CONTEXT_OVERFLOW;
	if (ANY(all, filter_words))
		return LLM_ERR_CONTENT_FILTER;
	if (e->code && strstr(e->code, "tool_use_failed"))
		return LLM_ERR_TOOL_USE_FAILED;
	if (status != 403 && status != 429 && status < 500 && ANY(all, auth_words))
		return LLM_ERR_AUTH;
	if (ANY(&words, gone_words) || (status == 400 && ANY(all, gone_words)))
		return LLM_ERR_NOT_FOUND;
	if ((status == 200 || status == 0) && number >= 1000)
		return minimax_kind(number);
	/* Cerebras says nothing at all when the prompt is too long. */
	if (status == 400 && e->message && !e->message[0])
		return LLM_ERR_CONTEXT_OVERFLOW;
	k = by_status(status, all);
	if (k == LLM_ERR_NONE)
		k = status >= 400 ? LLM_ERR_INVALID_REQUEST : by_words(all);
	return k;
}

static bool
kind_retryable(enum llm_error_kind k)
{
	return k == LLM_ERR_RATE_LIMIT || k == LLM_ERR_OVERLOADED || k == LLM_ERR_TIMEOUT ||
		k == LLM_ERR_SERVER || k == LLM_ERR_NETWORK;
}

void
llm_error_sort(struct llm_error *e)
{
	int64_t number = 0;
	int status = e->status;
	struct hay all = { { e->type, e->code, e->message, e->detail } };

	if (e->code)
		str_to_i64(e->code, &number);
	/* OpenRouter's chunks and the like carry the status as the code. */
	if (status == 0 && number >= 400 && number < 600)
		status = (int)number;
	e->kind = sort(e, status, number, &all);
	e->retryable = kind_retryable(e->kind) || status == 409;
}
