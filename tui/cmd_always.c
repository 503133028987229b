/* "Always": the rule is shown in words, with what it would have allowed before; then kept. */
#include "tui/cmd_always.h"
#include "agent/base/jdoc.h"
#include "agent/base/sanitize.h"
#include "tui/picker.h"
#include "tui/screen_priv.h"
#include "tui/words.h"

#define PAST_SHOWN 200

static void (*take_after)(struct screen *s);
static int64_t asked_task, asked_approval;

static void
add_words(struct buf *out, const struct jn *list)
{
	for (const struct jn *k = jn_first(list); k; k = jn_next(list, k)) {
		autofree char *word = jn_dup(k, 100);

		buf_printf(out, "%s%s", k == jn_first(list) ? "" : ", ", word ? word : "?");
	}
}

/* "may create, move below ~/Downloads until 2026-11-29" */
static char *
rule_words(const char *json)
{
	autojdoc struct jdoc d = { 0 };
	const struct jn *r = jdoc_parse(&d, slice_of(json));
	autofree char *below = jn_dup(jn_get(r, "below"), 4000), *until = jn_dup(jn_get(r, "until"), 100);
	autofree char *safe = sanitize_dup(below ? below : "?", SANITIZE_NAME);
	struct buf kinds = BUF_INIT(1024);
	char *out;

	add_words(&kinds, jn_get(r, "allow"));
	out = until ? xasprintf(_("from now on may %s below %s, until %s"), buf_str(&kinds), safe, until)
		    : xasprintf(_("from now on may %s below %s"), buf_str(&kinds), safe);
	buf_finish(&kinds);
	return out;
}

static const struct fold_approval *
still_open(const struct screen *s)
{
	const struct fold_approval *a = approval_open(s);

	return a && a->approval == asked_approval && s->live->task == asked_task ? a : NULL;
}

static bool
is_gone(struct screen *s)
{
	return !still_open(s);
}

static void
on_chosen(struct screen *s, const char *data)
{
	const struct fold_approval *a = still_open(s);
	struct err err = { 0 };
	autofree char *id = NULL;

	if (!a || str_eq(data, "no"))
		return;
	if (str_eq(data, "rule")) {
		if (!a->rule || !agent_add_rule(s->agent, a->rule, &id, &err)) {
			screen_error(s, &err);
			return;
		}
		screen_say(s, ROLE_OK, _("kept as the rule %s; /rules lists them"), id ? id : "?");
	}
	take_after(s);
}

static void
preview(struct screen *s, const char *data, int cols, struct lines *out)
{
	const struct fold_approval *a = still_open(s);
	autobuf struct buf past = BUF_INIT(1u << 18);
	autofree char *words = NULL, *head = NULL;
	size_t n;

	if (!a || !a->rule || !str_eq(data, "rule"))
		return;
	words = rule_words(a->rule);
	lines_wrap(out, slice_of(words), cols, "", STYLE(ROLE_STRONG));
	n = agent_rule_past(s->agent, a->rule, PAST_SHOWN, &past);
	lines_begin(out);
	head = xasprintf(ngettext_("It would have allowed %zu change before:", "It would have allowed %zu changes before:", n), n);
	lines_wrap(out, slice_of(head), cols, "", STYLE(ROLE_MUTED));
	past_lines(buf_str(&past), cols, out);
}

void
always_ask(struct screen *s, void (*take)(struct screen *s))
{
	struct picker_opts o = { .title = _("Always allow this?"), .chosen = on_chosen, .preview = preview,
		.no_sort = true, .wide = true, .stale = is_gone };
	const struct fold_approval *a = approval_open(s);
	autofree char *words = NULL, *label = NULL;
	struct picker *p;

	if (!a->rule) {
		screen_say(s, ROLE_WARN, "%s", _("no rule fits what this would do; it can only be taken once"));
		return;
	}
	asked_task = s->live->task;
	asked_approval = a->approval;
	take_after = take;
	words = rule_words(a->rule);
	p = picker_open(s, &o);
	if (!p)
		return;
	picker_add(p, _("No, go back"), "", "no");
	picker_add(p, _("Take it this once"), "", "once");
	label = xasprintf("%s\t%s", _("Take it, and from now on without asking"), words);
	picker_add(p, label, "", "rule");
	picker_ready(s, p, "no");
}
