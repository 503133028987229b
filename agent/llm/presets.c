/* The table of providers. One line of facts each; what depends on the model is in endpoint.c. */
#include "agent/llm/presets.h"

#define CHAT .kind = LLM_OPENAI_CHAT

const struct preset presets[] = {
	{ "anthropic", "Anthropic", LLM_ANTHROPIC, "https://api.anthropic.com", "ANTHROPIC_API_KEY",
		.quirks = { .tool_id = LLM_ID_64, .tool_images = true } },
	{ "azure", "Azure OpenAI", CHAT, .key_env = "AZURE_OPENAI_API_KEY", .key_env2 = "AZURE_API_KEY",
		.quirks = { .auth = LLM_AUTH_API_KEY, .tool_id = LLM_ID_40 } },
	{ "cerebras", "Cerebras", CHAT, "https://api.cerebras.ai/v1", .key_env = "CEREBRAS_API_KEY" },
	{ "deepseek", "DeepSeek", CHAT, "https://api.deepseek.com", "DEEPSEEK_API_KEY",
		.quirks = { .think = LLM_THINK_OBJECT, .no_tool_choice = true } },
	{ "fireworks", "Fireworks", CHAT, "https://api.fireworks.ai/inference/v1", .key_env = "FIREWORKS_API_KEY" },
	{ "google", "Google", LLM_GEMINI, "https://generativelanguage.googleapis.com/v1beta",
		"GEMINI_API_KEY", .key_env2 = "GOOGLE_API_KEY" },
	{ "groq", "Groq", CHAT, "https://api.groq.com/openai/v1", "GROQ_API_KEY",
		.quirks = { .reasoning_field = "reasoning" } },
	{ "huggingface", "Hugging Face", CHAT, "https://router.huggingface.co/v1", .key_env = "HF_TOKEN" },
	{ "kimi", "Kimi", CHAT, "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", "KIMI_API_KEY",
		.quirks = { .schema = LLM_SCHEMA_KIMI, .no_tool_choice = true } },
	{ "kimi-cn", "Kimi", CHAT, "https://api.moonshot.cn/v1", "MOONSHOT_API_KEY", "KIMI_API_KEY",
		.quirks = { .schema = LLM_SCHEMA_KIMI, .no_tool_choice = true } },
	{ "kimi-coding", "Kimi Coding", LLM_ANTHROPIC, "https://api.kimi.com/coding", .key_env = "KIMI_API_KEY" },
	{ "llamacpp", "llama.cpp", CHAT, "http://localhost:8080/v1", .local = true,
		.quirks = { .no_tool_choice = true } },
	{ "lmstudio", "LM Studio", CHAT, "http://127.0.0.1:1234/v1", .local = true },
	{ "minimax", "MiniMax", CHAT, "https://api.minimax.io/v1", "MINIMAX_API_KEY",
		.quirks = { .extra = "\"reasoning_split\":true" } },
	{ "minimax-cn", "MiniMax", CHAT, "https://api.minimaxi.com/v1", "MINIMAX_API_KEY",
		.quirks = { .extra = "\"reasoning_split\":true" } },
	{ "mistral", "Mistral", CHAT, "https://api.mistral.ai/v1", "MISTRAL_API_KEY",
		.quirks = { .tool_id = LLM_ID_9_ALNUM, .tool_name = true, .tool_then_model = true,
			.no_stream_options = true } },
	{ "ollama", "Ollama", LLM_OLLAMA, "http://localhost:11434", .local = true },
	{ "ollama-cloud", "Ollama Cloud", LLM_OLLAMA, "https://ollama.com", .key_env = "OLLAMA_API_KEY" },
	{ "openai", "OpenAI", LLM_OPENAI_RESPONSES, "https://api.openai.com/v1", "OPENAI_API_KEY",
		.quirks = { .tool_id = LLM_ID_40, .tool_images = true, .cache_key = true } },
	{ "openrouter", "OpenRouter", CHAT, "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY",
		.quirks = { .think = LLM_THINK_REASONING, .reasoning_field = "reasoning" } },
	{ "qwen", "Qwen", CHAT, "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
		"DASHSCOPE_API_KEY", "QWEN_API_KEY",
		.quirks = { .think = LLM_THINK_ENABLE, .cache_control = true } },
	{ "qwen-cn", "Qwen", CHAT, "https://dashscope.aliyuncs.com/compatible-mode/v1",
		"DASHSCOPE_API_KEY", "QWEN_API_KEY",
		.quirks = { .think = LLM_THINK_ENABLE, .cache_control = true } },
	{ "together", "Together", CHAT, "https://api.together.xyz/v1", .key_env = "TOGETHER_API_KEY" },
	{ "vllm", "vLLM", CHAT, "http://localhost:8000/v1", .local = true },
	{ "xai", "xAI", CHAT, "https://api.x.ai/v1", "XAI_API_KEY", .usage = USAGE_OUT_EXCL_REASONING },
	{ "zai", "Z.ai", CHAT, "https://api.z.ai/api/paas/v4", "ZAI_API_KEY", "ZHIPU_API_KEY",
		.quirks = { .think = LLM_THINK_OBJECT, .tool_stream = true, .no_tool_choice = true } },
	{ "zai-coding", "Z.ai Coding", CHAT, "https://api.z.ai/api/coding/paas/v4", "ZAI_API_KEY",
		"ZHIPU_API_KEY",
		.quirks = { .think = LLM_THINK_OBJECT, .tool_stream = true, .no_tool_choice = true } },
	{ "zhipu", "Zhipu", CHAT, "https://open.bigmodel.cn/api/paas/v4", "ZHIPU_API_KEY", "ZAI_API_KEY",
		.quirks = { .think = LLM_THINK_OBJECT, .tool_stream = true, .no_tool_choice = true } },
	{ .name = NULL },
};

static const char *const others[][2] = { { "alibaba", "qwen" }, { "claude", "anthropic" },
	{ "dashscope", "qwen" }, { "gemini", "google" }, { "glm", "zai" }, { "grok", "xai" },
	{ "llama.cpp", "llamacpp" }, { "lm-studio", "lmstudio" }, { "moonshot", "kimi" },
	{ "z.ai", "zai" } };

const struct preset *
preset_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (str_eq(name, others[i][0]))
			name = others[i][1];
	for (const struct preset *p = presets; p->name; p++)
		if (str_eq(p->name, name))
			return p;
	return NULL;
}
