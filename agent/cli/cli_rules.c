/* homard rules: what may happen without asking; list, add, test, remove. */
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/cli/look.h"
#include "agent/core/rules.h"

extern const struct cli_command cli_rules;

#define TEST_EVENTS 2000 /* newest acts looked at */

static const char *
verdict_word(enum verdict v)
{
	return v == VERDICT_ALLOW ? "allow" : v == VERDICT_ASK ? "ask" : "deny";
}

struct listing {
	struct cli *cli;
	bool json;
};

static void
print_rule(void *user, const struct rule_view *v)
{
	struct listing *l = user;
	autobuf struct buf b = BUF_INIT(1u << 16), kinds = BUF_INIT(256);
	struct jw w;
	int k;

	for (k = 0; k < EFFECT_KINDS; k++) {
		if (v->kinds & (1u << k))
			buf_printf(&kinds, "%s%s", kinds.len ? ", " : "", effect_kind_names[k]);
	}
	if (!l->json) {
		fprintf(l->cli->out, "%-20s %-5s %-28s %s %s%s%s\n", v->id, verdict_word(v->verdict),
			buf_str(&kinds), v->below, v->actor, v->until_text ? _(" until ") : "",
			v->until_text ? v->until_text : "");
		return;
	}
	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "id", v->id);
	jw_str(&w, "verdict", verdict_word(v->verdict));
	jw_str(&w, "effects", buf_str(&kinds));
	jw_str(&w, "below", v->below);
	jw_str(&w, "actor", v->actor);
	jw_str(&w, "until", v->until_text);
	jw_end_object(&w);
	fprintf(l->cli->out, "%s\n", buf_str(&b));
}

struct test {
	struct cli *cli;
	const char *rule;
	size_t hits;
};

static bool
test_event(void *user, const struct event *ev)
{
	struct test *t = user;
	autojson cJSON *list = json_parse_lenient(ev->body, NULL);
	const cJSON *it;

	cJSON_ArrayForEach(it, list)
	{
		autofree char *path = path_from_text(json_str(it, "path", ""));
		autofree char *from = json_str(it, "from", NULL)
			? path_from_text(json_str(it, "from", ""))
			: NULL;

		if (!rule_json_hits(t->rule, t->cli->places->home, json_str(it, "kind", ""), path, from))
			continue;
		if (t->hits++ < 50) {
			fprintf(t->cli->out, "%5lld  %-7s ", (long long)ev->task,
				json_str(it, "kind", ""));
			look_put(t->cli->out, json_str(it, "path", ""), true);
			fputc('\n', t->cli->out);
		}
	}
	return true;
}

static int
test(struct cli *c, const char *json)
{
	static const enum event_kind kinds[] = { EV_EFFECTS };
	struct journal_range r = { .task = -1, .kinds = kinds, .n_kinds = 1, .newest_first = true,
		.limit = TEST_EVENTS };
	struct test t = { .cli = c, .rule = json };
	autojson cJSON *o = NULL;
	struct journal *j = NULL;
	struct err err = { 0 };
	int ret = 0;

	o = json_parse(slice_of(json), &err);
	if (!o || !look_open(c, &j, &err) || !journal_each(j, &r, test_event, &t, &err))
		ret = cli_fail(c, "rules", &err);
	else
		fprintf(c->out, ngettext("It would have matched %zu past effect.\n",
					"It would have matched %zu past effects.\n", t.hits), t.hits);
	journal_close(j);
	return ret;
}

static int
add(struct cli *c, struct rules *r, const char *json)
{
	struct err err = { 0 };
	autofree char *id = NULL;

	if (!rules_add(r, json, &id, &err))
		return cli_fail(c, "rules", &err);
	fprintf(c->out, _("Added the rule \"%s\".\n"), id);
	return 0;
}

static int
rules(struct cli *c, int argc, char **argv)
{
	autofree char *path = path_join(c->places->config, "rules.yaml");
	const char *op = argc > 1 ? argv[1] : "list";
	struct listing l = { .cli = c, .json = argc > 1 && str_eq(argv[argc - 1], "--json") };
	struct rules *r = NULL;
	struct err err = { 0 };
	int ret = 0;

	if (cli_help_asked(c, &cli_rules, argc, argv, &ret))
		return ret;
	argc -= l.json;
	if (!rules_load(path, &r, &err))
		return cli_fail(c, "rules", &err);
	if (argc < 2 || (str_eq(op, "list") && argc == 2)) {
		if (!rules_count(r) && !l.json)
			fprintf(c->out, "%s\n", _("There are no rules: whatever changes files asks."));
		rules_each(r, print_rule, &l);
	} else if (str_eq(op, "add") && argc == 3) {
		ret = add(c, r, argv[2]);
	} else if (str_eq(op, "test") && argc == 3) {
		ret = test(c, argv[2]);
	} else if (str_eq(op, "remove") && argc == 3) {
		if (!rules_remove(r, argv[2], &err))
			ret = cli_fail(c, "rules", &err);
		else
			fprintf(c->out, _("Removed the rule \"%s\".\n"), argv[2]);
	} else {
		ret = cli_usage(c, &cli_rules, _("say list, add RULE, test RULE or remove ID"));
	}
	rules_destroy(r);
	return ret;
}

const struct cli_command cli_rules = {
	.name = "rules",
	.summary = N_("What may happen without asking"),
	.usage = "[list [--json] | add RULE | test RULE | remove ID]",
	.help = N_("RULE is JSON: {\"id\":\"build\",\"allow\":[\"create\",\"modify\"],\n"
		   "\"below\":\"~/proj/build\",\"until\":\"2026-12-01\",\"match\":[\"create\n"
		   "~/proj/build/x\"],\"not_match\":[\"delete ~/proj/build/x\"]}. The examples are\n"
		   "checked whenever the rules are read. test shows what it would have matched."),
	.run = rules,
};
