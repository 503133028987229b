/* "Always": a rule the person keeps, and what it would have spoken about before. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"

#define PAST_ACTS 2000

bool
agent_add_rule(struct agent *a, const char *json, char **ret_id, struct err *err)
{
	autofree char *id = NULL;

	if (!rules_add(a->rules, json, &id, err))
		return false;
	emit(a, a->task ? a->task->n : 0, EV_RULE, slice_of(json), "op:s id:s by:s", "add", id,
		"person");
	if (ret_id)
		*ret_id = steal_ptr(&id);
	return true;
}

bool
agent_remove_rule(struct agent *a, const char *id, struct err *err)
{
	if (!rules_remove(a->rules, id, err))
		return false;
	emit(a, a->task ? a->task->n : 0, EV_RULE, slice_of(""), "op:s id:s by:s", "remove", id,
		"person");
	return true;
}

void
agent_rules(struct agent *a, rules_fn *fn, void *user)
{
	rules_each(a->rules, fn, user);
}

struct past {
	const char *rule, *home;
	struct buf *out;
	size_t n, max;
};

static bool
look_at(void *user, const struct event *ev)
{
	struct past *p = user;
	autojson cJSON *list = json_parse_lenient(ev->body, NULL);
	const cJSON *it;

	cJSON_ArrayForEach(it, list)
	{
		const char *shown = json_str(it, "path", "");
		autofree char *path = path_from_text(shown);
		const char *f = json_str(it, "from", NULL);
		autofree char *from = f ? path_from_text(f) : NULL;

		if (!rule_json_hits(p->rule, p->home, json_str(it, "kind", ""), path, from))
			continue;
		if (p->n++ < p->max)
			buf_printf(p->out, "%s %s\n", json_str(it, "kind", ""), shown);
	}
	return true;
}

size_t
agent_rule_past(struct agent *a, const char *json, size_t max, struct buf *out)
{
	static const enum event_kind kinds[] = { EV_EFFECTS };
	struct journal_range r = { .task = -1, .kinds = kinds, .n_kinds = 1, .newest_first = true,
		.limit = PAST_ACTS };
	struct past p = { json, a->places->home, out, 0, max };

	(void)journal_each(a->journal, &r, look_at, &p, NULL);
	return p.n;
}
