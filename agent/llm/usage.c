/* Raw counters to comparable ones, and to money. */
#include "agent/llm/usage.h"
#include "agent/base/jdoc.h"

static int64_t
minus(int64_t a, int64_t b)
{
	/* xAI may report more cached tokens than it counted in the prompt. */
	return b <= 0 ? a : a > b ? a - b : 0;
}

void
usage_normalise(const struct llm_usage *raw, enum llm_kind kind, unsigned flags,
	struct engine_usage *ret)
{
	bool excl_cache = kind == LLM_ANTHROPIC || (flags & USAGE_IN_EXCL_CACHE);
	bool excl_reasoning = kind == LLM_GEMINI || (flags & USAGE_OUT_EXCL_REASONING);

	ret->input = raw->input;
	ret->output = raw->output;
	ret->cache_read = raw->cache_read;
	ret->cache_write = raw->cache_write;
	ret->reasoning = raw->reasoning;
	if (raw->input >= 0 && !excl_cache) {
		ret->input = minus(ret->input, raw->cache_read);
		ret->input = minus(ret->input, raw->cache_write);
	}
	if (excl_reasoning && raw->reasoning > 0)
		ret->output = MAX_OF(raw->output, 0) + raw->reasoning;
}

static const struct model_price *
price_for(const struct model_facts *m, int64_t input)
{
	const struct model_price *p = &m->price;

	for (size_t i = 0; i < m->n_tiers; i++)
		if (input > m->tiers[i].above)
			p = &m->tiers[i];
	return p;
}

static double
part(int64_t tokens, double price, double fallback)
{
	if (tokens <= 0)
		return 0;
	return (double)tokens * (price >= 0 ? price : fallback) / 1e6;
}

double
usage_cost(const struct model_facts *m, const struct engine_usage *u)
{
	int64_t in = MAX_OF(u->input, 0) + MAX_OF(u->cache_read, 0) + MAX_OF(u->cache_write, 0);
	const struct model_price *p = price_for(m, in);

	if (m->price.in < 0 || m->price.out < 0 || (u->input < 0 && u->output < 0))
		return -1;
	/* A missing cache price: reading costs as much as input at most, writing as much. */
	return part(u->input, p->in, m->price.in) + part(u->output, p->out, m->price.out) +
		part(u->cache_read, p->read, p->in) + part(u->cache_write, p->write, p->in);
}

double
usage_input_cost(const struct model_facts *m, int64_t tokens, int64_t cached)
{
	const struct model_price *p = price_for(m, tokens);

	if (m->price.in < 0)
		return -1;
	cached = MIN_OF(MAX_OF(cached, 0), tokens);
	return part(tokens - cached, MAX_OF(p->in, p->write), m->price.in) +
		part(cached, p->read, p->in);
}

static double
number(const struct jn *v)
{
	autofree char *text = NULL;
	double d = -1;

	if (!jn_is(v, JN_NUMBER))
		return -1;
	text = slice_dup(jn_raw(v));
	return str_to_double(text, &d) ? d : -1;
}

double
usage_reported_cost(const char *usage_raw)
{
	autojdoc struct jdoc d = { 0 };
	const struct jn *root = usage_raw ? jdoc_parse(&d, slice_of(usage_raw)) : NULL;
	double cost = number(jn_get(root, "cost")), ticks;

	if (cost < 0) /* some gateways name the currency */
		cost = number(jn_get2(root, "cost", "usd"));
	if (cost >= 0)
		return cost;
	ticks = number(jn_get(root, "cost_in_usd_ticks"));
	return ticks >= 0 ? ticks / 1e10 : -1;
}
