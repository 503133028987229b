/* PROVIDER/MODEL and the settings become an endpoint. */
#include "agent/base/i18n.h"
#include "agent/llm/presets.h"
#include "agent/net/http.h"
#include <ctype.h>
#include <strings.h>

static const char *
setting(const struct model_settings *s, const char *provider, const char *what)
{
	autofree char *key = xasprintf("provider.%s.%s", provider, what);

	return s->get(s->user, key);
}

bool
endpoint_is_loopback(const char *host)
{
	return http_is_loopback(host);
}

/* --- what depends on the model --- */

static bool
openai_reasons(const char *m)
{
	const char *slash = strrchr(m, '/');

	m = slash ? slash + 1 : m;
	if (m[0] == 'o' && isdigit((unsigned char)m[1]))
		return true;
	return str_starts(m, "gpt-5") && !strstr(m, "chat");
}

/* The number behind a word: "claude-opus-4-6" after "opus-" is 46, "claude-sonnet-5" is 50. */
static int
version_after(const char *m, const char *word)
{
	const char *p = strstr(m, word);
	int major, minor = 0;

	if (!p)
		return 0;
	p += strlen(word);
	if (!isdigit((unsigned char)*p))
		return 0;
	major = *p++ - '0';
	if ((*p == '-' || *p == '.') && isdigit((unsigned char)p[1]) &&
		!isdigit((unsigned char)p[2]))
		minor = p[1] - '0';
	return 10 * major + minor;
}

/* Which way of asking for thought an Anthropic model takes. */
static enum llm_think_field
claude_thinks(const char *m)
{
	static const char *const lines[] = { "opus-", "sonnet-", "haiku-", "fable-", "mythos-" };
	int v = 0;

	for (size_t i = 0; !v && i < ARRAY_LEN(lines); i++)
		v = version_after(m, lines[i]);
	if (v >= 46)
		return LLM_THINK_EFFORT;
	if (v >= 40 || strstr(m, "claude-3-7") || strstr(m, "claude-3.7"))
		return LLM_THINK_OBJECT;
	return LLM_THINK_NONE;
}

static void
adapt_chat(struct endpoint *e)
{
	struct llm_quirks *q = &e->quirks;
	const char *p = e->preset ? e->preset->name : "", *m = e->model;

	if (str_eq(p, "openai") || str_eq(p, "azure")) {
		if (openai_reasons(m)) {
			q->max_completion_tokens = q->developer_role = true;
			q->think = LLM_THINK_EFFORT;
		}
	} else if (str_eq(p, "deepseek")) {
		q->drop_reasoning = strstr(m, "reasoner") || strstr(m, "r1");
		q->require_reasoning = strstr(m, "v4") != NULL;
	} else if (str_starts(p, "kimi")) {
		if (strstr(m, "k2.5") || strstr(m, "k2.6") || strstr(m, "k2.7") || strstr(m, "k3"))
			q->think = LLM_THINK_OBJECT;
	} else if (str_eq(p, "openrouter")) {
		const char *vendor = *m == '~' ? m + 1 : m;

		q->cache_control = str_starts(vendor, "anthropic/") || str_starts(vendor, "qwen/");
	} else if (str_eq(p, "groq") || str_eq(p, "cerebras") || str_eq(p, "together")) {
		if (strstr(m, "gpt-oss"))
			q->think = LLM_THINK_EFFORT;
	} else if (str_eq(p, "xai")) {
		if (strstr(m, "grok-3-mini"))
			q->think = LLM_THINK_EFFORT;
	}
}

static void
adapt(struct endpoint *e)
{
	struct llm_quirks *q = &e->quirks;
	const char *m = e->model;

	switch (e->kind) {
	case LLM_OPENAI_CHAT:
		adapt_chat(e);
		break;
	case LLM_OPENAI_RESPONSES:
		q->think = openai_reasons(m) ? LLM_THINK_EFFORT : LLM_THINK_NONE;
		q->no_encrypted = !openai_reasons(m) && e->preset && str_eq(e->preset->name, "openai");
		break;
	case LLM_ANTHROPIC:
		q->think = claude_thinks(m);
		break;
	case LLM_GEMINI:
		q->think = strstr(m, "gemini-3") ? LLM_THINK_EFFORT :
			strstr(m, "gemini-2.5")	 ? LLM_THINK_OBJECT :
						   LLM_THINK_NONE;
		q->tool_images = strstr(m, "gemini-3") != NULL;
		break;
	case LLM_OLLAMA:
		q->think = e->facts.known && e->facts.reasoning ? LLM_THINK_EFFORT : LLM_THINK_NONE;
		break;
	default:
		break;
	}
	/* What the table does not know is not tried: a request that is refused helps nobody. */
	q->no_images = !e->facts.known || !e->facts.images;
}

/* --- resolving --- */

static char *
host_of(const char *url)
{
	const char *p = strstr(url, "://");
	size_t n;

	p = p ? p + 3 : url;
	n = strcspn(p, "/?#");
	for (size_t i = n; i > 0; i--)
		if (p[i - 1] == '@')
			return xstrndup(p + i, n - i);
	return xstrndup(p, n);
}

static bool
choose_kind(struct endpoint *e, const char *kind, struct err *err)
{
	if (str_eq(kind, "replay")) {
		e->replay = true;
		e->kind = e->preset ? e->preset->kind : LLM_OPENAI_CHAT;
		return true;
	}
	if (!*kind && !e->preset)
		return err_set(err, ERR_USAGE,
			_("there is no provider \"%s\"; homard models list shows those known, or set "
			  "provider.%s.kind and provider.%s.base_url"),
			e->provider, e->provider, e->provider);
	e->kind = *kind ? llm_kind_of(kind) : e->preset->kind;
	if (e->kind == LLM_KIND_COUNT)
		return err_set(err, ERR_USAGE, _("provider.%s.kind: there is no dialect \"%s\""),
			e->provider, kind);
	return true;
}

static bool
choose_url(struct endpoint *e, const char *set, struct err *err)
{
	const char *url = *set ? set : e->preset ? e->preset->base_url : NULL;
	size_t n;

	if (!url || !*url)
		return err_set(err, ERR_USAGE, _("set provider.%s.base_url to the address of %s"),
			e->provider, e->preset ? e->preset->title : e->provider);
	if (!e->replay && !str_starts(url, "http://") && !str_starts(url, "https://"))
		return err_set(err, ERR_USAGE,
			_("provider.%s.base_url must begin with https:// or http://"), e->provider);
	n = strlen(url);
	while (n > 1 && url[n - 1] == '/')
		n--;
	e->base_url = xstrndup(url, n);
	e->host = e->replay ? xstrdup(e->base_url) : host_of(e->base_url);
	e->local = e->replay || endpoint_is_loopback(e->host);
	return true;
}

static void
find_facts(struct endpoint *e, const struct catalogue *cat, int64_t context)
{
	const char *name = e->preset ? e->preset->name : e->provider;
	bool any = !e->preset || e->preset->kind != LLM_OLLAMA;
	const struct model_facts *f = cat && !(e->preset && e->preset->local)
		? catalogue_find(cat, name, e->model, any) : NULL;

	e->facts = f ? *f : model_facts_unknown;
	if (context > 0)
		e->facts.context = context;
	if (e->preset && e->preset->local)
		e->facts.price = (struct model_price){ 0, 0, 0, 0, 0 };
}

bool
endpoint_resolve(const char *model, const struct model_settings *s, const struct catalogue *cat,
	struct endpoint *ret, struct err *err)
{
	const char *slash = strchr(model, '/');
	struct endpoint e = { 0 };
	const struct strv *headers;
	autofree char *list_key = NULL;
	int64_t context = 0;

	if (!slash || slash == model || !slash[1])
		return err_set(err, ERR_USAGE, _("a model is written PROVIDER/MODEL, not \"%s\""), model);
	e.provider = xstrndup(model, (size_t)(slash - model));
	e.model = xstrdup(slash + 1);
	e.preset = preset_find(e.provider);
	if (!choose_kind(&e, setting(s, e.provider, "kind"), err) ||
		!choose_url(&e, setting(s, e.provider, "base_url"), err)) {
		endpoint_finish(&e);
		return false;
	}
	if (e.preset && e.preset->kind == e.kind) {
		e.quirks = e.preset->quirks;
		e.usage = e.preset->usage;
	}
	e.key_env = xstrdup0(*setting(s, e.provider, "key_env") ? setting(s, e.provider, "key_env") : NULL);
	/* An address of the person's own may want a key or not; only the makers' surely do. */
	e.needs_key = e.preset && e.preset->key_env && !e.local;
	list_key = xasprintf("provider.%s.headers", e.provider);
	headers = s->list(s->user, list_key);
	for (size_t i = 0; i < headers->n; i++)
		strv_add(&e.headers, headers->v[i]);
	(void)str_to_i64(setting(s, e.provider, "context"), &context);
	find_facts(&e, cat, context);
	adapt(&e);
	if (!str_eq(setting(s, e.provider, "images"), "auto") && *setting(s, e.provider, "images"))
		e.quirks.no_images = str_eq(setting(s, e.provider, "images"), "no");
	*ret = e;
	return true;
}

void
endpoint_finish(struct endpoint *e)
{
	free(e->provider);
	free(e->model);
	free(e->base_url);
	free(e->host);
	free(e->key_env);
	strv_finish(&e->headers);
	memset(e, 0, sizeof(*e));
}
