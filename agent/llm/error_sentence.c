/* Errors of providers as sentences. */
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"
#include "agent/llm/llm.h"

/* One sentence each; %s is the provider. */
static const char *const sentences[] = {
	[LLM_ERR_AUTH] = N_("%s did not accept the key; set it with homard secrets set"),
	[LLM_ERR_PERMISSION] = N_("%s does not allow this with your key"),
	[LLM_ERR_BILLING] = N_("%s says the account has no money or quota left"),
	[LLM_ERR_NOT_FOUND] = N_("%s does not know this model; homard models list shows what there is"),
	[LLM_ERR_INVALID_REQUEST] = N_("%s refused the request"),
	[LLM_ERR_CONTEXT_OVERFLOW] = N_("the task has grown larger than the model of %s can read"),
	[LLM_ERR_CONTENT_FILTER] = N_("%s blocked this by its content filter"),
	[LLM_ERR_TOOL_USE_FAILED] = N_("the model of %s made a tool call that does not fit the tool"),
	[LLM_ERR_RATE_LIMIT] = N_("%s asks to slow down"),
	[LLM_ERR_OVERLOADED] = N_("%s is overloaded"),
	[LLM_ERR_TIMEOUT] = N_("%s did not answer in time"),
	[LLM_ERR_SERVER] = N_("%s has a problem of its own"),
	[LLM_ERR_NETWORK] = N_("%s cannot be reached"),
	[LLM_ERR_PROTOCOL] = N_("%s answered with something that is no model's reply; is the address right?"),
	[LLM_ERR_INCOMPLETE] = N_("the reply of %s broke off"),
	[LLM_ERR_TOO_LARGE] = N_("the reply of %s was too large and was stopped"),
};

#define SHOWN_MAX 300

static bool
is_page(const char *s)
{
	s += strspn(s, " \t\r\n");
	return *s == '<';
}

/* What a web page calls itself, else nothing. Owned. */
static char *
page_title(const char *page)
{
	const char *from = strcasestr(page, "<title>"), *to;

	if (!from)
		return xstrdup("");
	from += strlen("<title>");
	to = strchr(from, '<');
	return xstrndup(from, to ? MIN_OF((size_t)(to - from), SHOWN_MAX) : 0);
}

char *
llm_error_sentence(const struct llm_error *e, const char *provider)
{
	const char *name = provider && *provider ? provider : _("the provider");
	autofree char *first = NULL, *words = NULL, *safe = NULL;
	const char *said = e->detail && *e->detail ? e->detail : e->message;

	if (e->kind == LLM_ERR_NONE)
		return xstrdup("");
	/* The formats are the table's own, or their translations. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	first = xasprintf(_(sentences[e->kind]), name);
#pragma GCC diagnostic pop
	/* No model's server answers so: the address is another's. */
	if (said && is_page(said) && e->kind == LLM_ERR_NOT_FOUND)
		return xasprintf(_("%s answers with a web page, not as a model; is the address right?"),
			name);
	if (said && is_page(said))
		words = page_title(said);
	else if (said)
		words = xstrndup(said, SHOWN_MAX);
	if (!words || !*words)
		return steal_ptr(&first);
	safe = sanitize_dup(words, SANITIZE_LINE);
	return xasprintf("%s: %s", first, safe);
}
