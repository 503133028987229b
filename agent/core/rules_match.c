/* Applying rules: deny wins everywhere, else the most specific place, then ask before allow. */
#include "agent/core/rules_private.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"

/* Home as examples in the file see it: any fixed place does. */
#define EXAMPLE_HOME "/home/example"

static bool
below(const char *place, const char *home, const char *path)
{
	autofree char *abs = path_resolve(place, "/", home);

	return path_below(path, abs);
}

bool
rule_hits(const struct rule *r, const char *home, const char *actor, enum effect_kind kind,
	const char *path, const char *from, int64_t now_ms)
{
	if (!(r->kinds & (1u << kind)))
		return false;
	if (r->until && now_ms > r->until)
		return false;
	if (!str_eq(r->actor, "any") && !str_eq(r->actor, actor))
		return false;
	/* Both ends of a move must lie there, or, to be forbidden, one. */
	if (from && kind == EFFECT_MOVE) {
		bool a = below(r->below, home, path), b = below(r->below, home, from);

		return r->verdict == VERDICT_ALLOW ? a && b : a || b;
	}
	return below(r->below, home, path);
}

static bool
example_hits(const struct rule *r, const char *example, bool *ret, struct err *err)
{
	size_t n = strcspn(example, " ");
	const char *path = example + n + strspn(example + n, " ");
	int kind = effect_kind_from(example, n);
	autofree char *abs = NULL;

	if (kind < 0 || !*path)
		return err_set(err, ERR_USAGE,
			_("an example is an effect and a path, e.g. \"create ~/x\", not \"%s\""),
			example);
	abs = path_resolve(path, "/", EXAMPLE_HOME);
	*ret = rule_hits(r, EXAMPLE_HOME, str_eq(r->actor, "any") ? "model" : r->actor,
		(enum effect_kind)kind, abs, kind == EFFECT_MOVE ? abs : NULL, 0);
	return true;
}

static size_t
depth(const char *place)
{
	autofree char *abs = path_resolve(place, "/", EXAMPLE_HOME);
	size_t n = 0;
	const char *p;

	for (p = abs; *p; p++)
		n += *p == '/' && p[1];
	return n;
}

/* Deleting is never allowed broadly: at least two folders below home. */
static bool
too_broad(const struct rule *r)
{
	unsigned kills = (1u << EFFECT_DELETE) | (1u << EFFECT_REPLACE);

	if (r->verdict != VERDICT_ALLOW)
		return false;
	return depth(r->below) < ((r->kinds & kills) ? depth(EXAMPLE_HOME) + 2 : depth(EXAMPLE_HOME) + 1);
}

bool
rule_check(const struct rule *r, const char *name, struct err *err)
{
	static const char *const actors[] = { "any", "model", "instinct", "schedule" };
	bool known = false, hit = false;
	size_t i;

	for (i = 0; i < ARRAY_LEN(actors); i++)
		known |= str_eq(actors[i], r->actor);
	if (!known)
		return err_set(err, ERR_USAGE,
			_("%s:%d: actor is any, model, instinct or schedule"), name, r->line);
	if (!*r->id || (*r->below != '/' && *r->below != '~'))
		return err_set(err, ERR_USAGE,
			_("%s:%d: a rule needs an id and a place: \"below: ~/folder\""), name, r->line);
	if (too_broad(r))
		return err_set(err, ERR_USAGE,
			_("%s:%d: \"below: %s\" is too broad to allow this; name a folder deeper"),
			name, r->line, r->below);
	if (!r->match.n || !r->not_match.n)
		return err_set(err, ERR_USAGE,
			_("%s:%d: a rule needs examples: match and not_match, one each at least"),
			name, r->line);
	for (i = 0; i < r->match.n + r->not_match.n; i++) {
		bool want = i < r->match.n;
		const char *ex = want ? r->match.v[i] : r->not_match.v[i - r->match.n];

		if (!example_hits(r, ex, &hit, err))
			return err_wrap(err, "%s:%d", name, r->line);
		if (hit != want)
			return err_set(err, ERR_USAGE,
				want ? _("%s:%d: the example \"%s\" does not match the rule")
				     : _("%s:%d: the example \"%s\" must not match, but does"),
				name, r->line, ex);
	}
	return true;
}

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
		d = depth(r->below);
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
