/* The built-in policy; the person's rules come first (rules.c). */
#include "agent/core/policy_private.h"
#include "agent/base/i18n.h"
#include "agent/base/event.h"
#include "agent/base/path.h"
#include "agent/core/rules.h"

/* From how many deleted entries, or how large a share, a catastrophe begins. */
#define CATASTROPHE_COUNT 10000u

void
policy_answer_finish(struct policy_answer *a)
{
	free(a->typed);
	free(a->rule);
	free(a->always);
	strv_finish(&a->why);
	memset(a, 0, sizeof(*a));
}

static void
ask(struct policy_answer *a, const char *why)
{
	if (a->verdict == VERDICT_ALLOW)
		a->verdict = VERDICT_ASK;
	if (!strv_has(&a->why, why))
		strv_add(&a->why, why);
}

static bool
is_catastrophe(const struct policy_question *q, const struct effect *e)
{
	if (e->kind != EFFECT_DELETE && e->kind != EFFECT_REPLACE)
		return false;
	return path_below(q->home, e->path) || e->count >= CATASTROPHE_COUNT;
}

static void
judge_effect(const struct policy_question *q, const struct effect *e, struct policy_answer *a)
{
	unsigned bit;

	if (e->kind == EFFECT_DELETE)
		ask(a, _("it deletes"));
	if (!path_below(e->path, q->cwd) && !path_below(e->path, q->home))
		ask(a, _("it reaches outside your home and the working folder"));
	for (bit = 0; bit < RED_BITS; bit++) {
		if (e->red & (1u << bit)) {
			a->red = true;
			ask(a, effect_red_sentence(1u << bit));
		}
	}
	if (is_catastrophe(q, e) && !a->typed) {
		a->typed = path_text(path_base(e->path));
		a->red = true;
		ask(a, _("it would remove very much at once"));
	}
}

static void
judge_circumstances(const struct policy_question *q, struct policy_answer *a)
{
	if (q->hosts && q->hosts[0])
		ask(a, _("it wants the network; that cannot be undone"));
	if (q->unpreviewed)
		ask(a, q->unpreviewed);
	if (q->no_sandbox)
		ask(a, _("no sandbox is available on this machine"));
	if (q->taint) {
		autofree char *s = xasprintf(_("the task has read untrusted content: %s"), q->taint);

		ask(a, s);
	}
}

static bool
all_below_cwd(const struct policy_question *q)
{
	size_t i;

	if (path_below(q->home, q->cwd))
		return false;
	for (i = 0; i < q->effects->n; i++) {
		const struct effect *e = &q->effects->v[i];

		if (!path_below(e->path, q->cwd) ||
			(e->kind == EFFECT_MOVE && !path_below(e->from, q->cwd)))
			return false;
	}
	return true;
}

void
policy_decide(const struct rules *rules, const struct policy_question *q,
	struct policy_answer *ret)
{
	size_t i;

	memset(ret, 0, sizeof(*ret));
	ret->verdict = VERDICT_ALLOW;
	judge_circumstances(q, ret);
	for (i = 0; q->effects && i < q->effects->n; i++)
		judge_effect(q, &q->effects->v[i], ret);
	if (q->effects && q->effects->not_listed)
		ask(ret, _("there are more effects than can be listed"));
	/* Auto mode grants the working folder; a home as a whole is never granted. */
	if (q->effects && q->effects->n && ret->verdict == VERDICT_ALLOW &&
		!(str_eq(q->mode, "auto") && all_below_cwd(q)))
		ask(ret, _("it changes files"));
	if (str_eq(q->mode, "read-only") && ((q->effects && q->effects->n) || q->unpreviewed))
		ret->verdict = VERDICT_DENY;
	rules_apply(rules, q, ret);
	if (ret->verdict == VERDICT_ASK && !ret->forced)
		ret->always = policy_always(q, ret);
}
