/* The person's rules: what they say, their examples, what they would have spoken about; removing. */
#include "tui/cmds.h"
#include "agent/base/json.h"
#include "agent/base/sanitize.h"
#include "agent/core/rules.h"
#include "tui/picker.h"
#include "tui/screen_priv.h"
#include "tui/words.h"

#define PAST_SHOWN 200

static const char *
verdict_word(enum verdict v)
{
	return v == VERDICT_ALLOW ? _("allow") : v == VERDICT_ASK ? _("always ask") : _("never");
}

static char *
kinds_words(unsigned kinds, bool ids)
{
	struct buf b = BUF_INIT(1024);

	for (int k = 0; k < EFFECT_KINDS; k++) {
		if (kinds & (1u << k))
			buf_printf(&b, ids ? "%s\"%s\"" : "%s%s", !b.len ? "" : ids ? "," : ", ",
				ids ? effect_kind_names[k] : effect_verb(effect_kind_names[k]));
	}
	return buf_steal(&b);
}

/* "allow create, move below ~/Downloads, until 2026-11-29" */
static char *
rule_sentence(const struct rule_view *v)
{
	autofree char *kinds = kinds_words(v->kinds, false), *place = sanitize_dup(v->below, SANITIZE_NAME);

	return v->until_text ? xasprintf(_("%s: %s below %s, until %s"), verdict_word(v->verdict), kinds, place, v->until_text)
			     : xasprintf(_("%s: %s below %s"), verdict_word(v->verdict), kinds, place);
}

static void
add_rule(void *user, const struct rule_view *v)
{
	autofree char *label = rule_sentence(v);

	picker_add(user, label, v->id, v->id);
}

/* --- the preview --- */

struct preview {
	struct screen *s;
	const char *id;
	int cols;
	struct lines *out;
};

static void
put_examples(struct preview *p, const char *head, const struct strv *list)
{
	if (!list || !list->n)
		return;
	lines_begin(p->out);
	lines_put(p->out, head, STYLE(ROLE_MUTED));
	for (size_t i = 0; i < list->n; i++) {
		autofree char *safe = sanitize_dup(list->v[i], SANITIZE_NAME);

		lines_wrap(p->out, slice_of(safe), p->cols, "  ", 0);
	}
}

static void
add_list(struct buf *out, const char *key, const struct strv *list)
{
	buf_printf(out, ",\"%s\":[", key);
	for (size_t i = 0; list && i < list->n; i++) {
		if (i)
			buf_add_char(out, ',');
		json_quote(out, slice_of(list->v[i]));
	}
	buf_add_char(out, ']');
}

static void
put_past(struct preview *p, const struct rule_view *v)
{
	autobuf struct buf past = BUF_INIT(1u << 18);
	autobuf struct buf json = BUF_INIT(1u << 16);
	autofree char *kinds = kinds_words(v->kinds, true), *head = NULL;
	size_t n;

	buf_printf(&json, "{\"id\":\"x\",\"allow\":[%s],\"below\":", kinds);
	json_quote(&json, slice_of(v->below));
	add_list(&json, "match", v->match);
	add_list(&json, "not_match", v->not_match);
	buf_add_char(&json, '}');
	n = agent_rule_past(p->s->agent, buf_str(&json), PAST_SHOWN, &past);
	lines_begin(p->out);
	head = xasprintf(ngettext_("It speaks about %zu change of the past:",
		"It speaks about %zu changes of the past:", n), n);
	lines_wrap(p->out, slice_of(head), p->cols, "", STYLE(ROLE_MUTED));
	past_lines(buf_str(&past), p->cols, p->out);
}

static void
preview_rule(void *user, const struct rule_view *v)
{
	struct preview *p = user;
	autofree char *words = NULL;

	if (!str_eq(v->id, p->id))
		return;
	words = rule_sentence(v);
	lines_wrap(p->out, slice_of(words), p->cols, "", STYLE(ROLE_STRONG));
	lines_begin(p->out);
	lines_printf(p->out, STYLE(ROLE_MUTED), _("for: %s"), str_eq(v->actor, "any") ? _("every act") : v->actor);
	put_examples(p, _("It holds for:"), v->match);
	put_examples(p, _("It does not hold for:"), v->not_match);
	put_past(p, v);
}

static void
preview(struct screen *s, const char *data, int cols, struct lines *out)
{
	struct preview p = { s, data, cols, out };

	agent_rules(s->agent, preview_rule, &p);
}

/* --- removing --- */

static void
on_sure(struct screen *s, const char *data)
{
	struct err err = { 0 };

	if (str_eq(data, ""))
		return;
	if (!agent_remove_rule(s->agent, data, &err))
		screen_error(s, &err);
	else
		screen_say(s, ROLE_OK, _("the rule %s is gone; what it allowed is asked again"), data);
}

static void
on_rule(struct screen *s, const char *data)
{
	struct picker_opts o = { .title = _("Remove this rule?"), .chosen = on_sure, .no_sort = true };
	struct picker *p = picker_open(s, &o);

	if (!p)
		return;
	picker_add(p, _("Keep it"), "", "");
	picker_add(p, _("Remove it"), data, data);
	picker_ready(s, p, "");
}

static void
cmd_rules(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Rules"), .placeholder = _("words"), .wide = true, .no_sort = true,
		.empty = _("no rules: whatever changes files asks; a in a decision keeps one"),
		.hints = _("Enter removes"), .chosen = on_rule, .preview = preview };
	struct picker *p = picker_open(s, &o);

	(void)arg;
	if (!p)
		return;
	agent_rules(s->agent, add_rule, p);
	picker_ready(s, p, NULL);
}

const struct command cmds_rules[] = {
	{ "rules", N_("Look at the rules, their examples, and remove them"), "global", NULL, "/rules", cmd_rules, NULL },
	{ 0 },
};
