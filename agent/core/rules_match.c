/* Applying rules: deny wins everywhere, else the most specific place, then ask before allow. */
#include "agent/core/rules_private.h"
#include "agent/base/i18n.h"

/* The rule that decides about one effect, or NULL. */
static const struct rule *
best(const struct rules *rs, const struct policy_question *q, const struct effect *e)
{
	const struct rule *found = NULL;
	size_t i, d, found_depth = 0;

	for (i = 0; i < rs->n; i++) {
		const struct rule *r = &rs->v[i];

		if (!rule_hits(r, q->home, q->actor, e->kind, e->path, e->from, q->now_ms))
			continue;
		if (r->verdict == VERDICT_DENY)
			return r;
		d = rule_depth(r->below);
		if (!found || d > found_depth || (d == found_depth && r->verdict > found->verdict)) {
			found = r;
			found_depth = d;
		}
	}
	return found;
}

static void
why_rule(struct policy_answer *a, const struct rule *r)
{
	autofree char *s = xasprintf(r->verdict == VERDICT_DENY ? _("your rule \"%s\" forbids it")
								: _("your rule \"%s\" asks"), r->id);

	if (!strv_has(&a->why, s))
		strv_add(&a->why, s);
	free(a->rule);
	a->rule = xstrdup(r->id);
}

void
rules_apply(const struct rules *rs, const struct policy_question *q, struct policy_answer *a)
{
	size_t i, allowed = 0;
	const struct rule *last = NULL;

	if (!rs || !rs->n || !q->effects || !q->effects->n || a->verdict == VERDICT_DENY)
		return;
	for (i = 0; i < q->effects->n; i++) {
		const struct rule *r = best(rs, q, &q->effects->v[i]);

		if (!r)
			continue;
		if (r->verdict == VERDICT_DENY) {
			a->verdict = VERDICT_DENY;
			why_rule(a, r);
			return;
		}
		if (r->verdict == VERDICT_ASK) {
			a->verdict = VERDICT_ASK;
			a->forced = true;
			why_rule(a, r);
		} else {
			allowed++;
			last = r;
		}
	}
	/* What a rule can never allow stays a question. */
	if (allowed == q->effects->n && !a->forced && !a->red && !a->typed && !q->taint &&
		!q->unpreviewed && !q->no_sandbox && !(q->hosts && q->hosts[0]) &&
		!q->effects->not_listed) {
		a->verdict = VERDICT_ALLOW;
		strv_finish(&a->why);
		free(a->rule);
		a->rule = xstrdup(last->id);
	}
}

bool
rule_json_hits(const char *json, const char *home, const char *kind, const char *path,
	const char *from)
{
	struct rule r;
	int k = effect_kind_from(kind, strlen(kind));
	bool hit = k >= 0 && rule_from_json(json, &r, NULL);

	if (!hit)
		return false;
	hit = rule_hits(&r, home, "model", (enum effect_kind)k, path, from, 0);
	rule_clear(&r);
	return hit;
}
