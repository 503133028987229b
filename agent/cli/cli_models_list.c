/* homard models list: the model table. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/cli/models.h"
#include "agent/llm/presets.h"
#include <strings.h>

static void
size_text(int64_t tokens, char out[16])
{
	if (tokens < 0)
		snprintf(out, 16, "-");
	else if (tokens >= 1000000)
		snprintf(out, 16, "%.1fM", (double)tokens / 1e6);
	else
		snprintf(out, 16, "%lldk", (long long)(tokens / 1000));
}

static void
price_text(double p, char out[16])
{
	if (p < 0)
		snprintf(out, 16, "-");
	else
		snprintf(out, 16, "%.2f", p);
}

static void
print_row(struct cli *c, const struct model_facts *m)
{
	char context[16], in[16], out[16];
	autofree char *name = xasprintf("%s/%s", m->provider, m->id);

	size_text(m->context, context);
	price_text(m->price.in, in);
	price_text(m->price.out, out);
	fprintf(c->out, "%-48s %6s %7s %7s  %s%s%s\n", name, context, in, out,
		m->tools ? _("tools") : "", m->images ? _(" images") : "",
		m->reasoning ? _(" thinks") : "");
}

static void
put_price(struct jw *w, const char *key, double p)
{
	if (p >= 0)
		jw_num(w, key, p);
	else
		jw_null(w, key);
}

static void
print_json(struct cli *c, const struct model_facts *m)
{
	autobuf struct buf b = BUF_INIT(8192);
	autofree char *name = xasprintf("%s/%s", m->provider, m->id);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "model", name);
	jw_i64(&w, "context", m->context);
	jw_i64(&w, "output", m->output);
	put_price(&w, "input_price", m->price.in);
	put_price(&w, "output_price", m->price.out);
	put_price(&w, "cache_read_price", m->price.read);
	put_price(&w, "cache_write_price", m->price.write);
	jw_bool(&w, "tools", m->tools);
	jw_bool(&w, "images", m->images);
	jw_bool(&w, "reasoning", m->reasoning);
	jw_end_object(&w);
	fprintf(c->out, "%s\n", buf_str(&b));
}

/* A later file's entry stands in for an earlier one's. */
static bool
is_overridden(const struct catalogue *cat, size_t i)
{
	const struct model_facts *m = catalogue_at(cat, i);

	return catalogue_find(cat, m->provider, m->id, false) != m;
}

static bool
wanted(const struct model_facts *m, char **words, int n)
{
	autofree char *name = xasprintf("%s/%s", m->provider, m->id);

	for (int i = 0; i < n; i++)
		if (words[i][0] != '-' && !strcasestr(name, words[i]))
			return false;
	return true;
}

static void
print_providers(struct cli *c)
{
	fprintf(c->out, _("\nProviders (PROVIDER/MODEL, the key's variable):\n"));
	for (const struct preset *p = presets; p->name; p++)
		fprintf(c->out, "  %-14s %-16s %-22s %s\n", p->name, llm_kind_name(p->kind),
			p->key_env ? p->key_env : _("no key"), p->base_url ? p->base_url : "-");
}

static int
list(struct cli *c, int argc, char **argv)
{
	autofree char *problem = NULL;
	struct catalogue *cat;
	bool json = false;
	size_t shown = 0;

	for (int i = 1; i < argc; i++) {
		if (argv[i][0] != '-')
			continue;
		if (!str_eq(argv[i], "--json")) {
			fprintf(c->errout, _("homard models list: unknown option %s\n"), argv[i]);
			return 2;
		}
		json = true;
	}
	cat = catalogue_load(c->places, &problem);
	if (problem)
		fprintf(c->errout, "homard models: %s\n", problem);
	if (!json)
		fprintf(c->out, "%-48s %6s %7s %7s  %s\n", _("model"), _("window"), _("in $/M"),
			_("out $/M"), _("can"));
	for (size_t i = 0; i < catalogue_count(cat); i++) {
		const struct model_facts *m = catalogue_at(cat, i);

		if (is_overridden(cat, i) || !wanted(m, argv + 1, argc - 1))
			continue;
		shown++;
		if (json)
			print_json(c, m);
		else
			print_row(c, m);
	}
	if (!json && argc == 1)
		print_providers(c);
	if (!json)
		fprintf(c->out, _("\n%zu models, facts of %s. Others work too: "
				  "homard models test PROVIDER/MODEL.\n"),
			shown, catalogue_date(cat));
	catalogue_destroy(cat);
	return 0;
}

const struct models_verb models_list = {
	.name = "list",
	.usage = "list [--json] [WORD ...]",
	.help = N_("Shows the known models with window, prices in dollars for a million tokens, and\n"
		   "what they can do; only those whose name holds every WORD."),
	.run = list,
};
