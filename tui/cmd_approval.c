/* Deciding. Every way to an answer goes through decide(), and decide() through the guard. */
#include "tui/screen_priv.h"
#include "agent/base/sanitize.h"
#include "tui/approval_pick.h"
#include "tui/cmd_always.h"
#include "tui/cmds.h"
#include "tui/prompt.h"
#include "tui/words.h"

static bool
has_approval(struct screen *s)
{
	return approval_open(s) != NULL;
}

static void
send_decision(struct screen *s, const struct decision_opts *o)
{
	const struct fold_approval *a = approval_open(s);
	struct err err = { 0 };

	if (!a)
		return;
	if (!agent_decide(s->agent, s->live->task, a->approval, o, &err))
		screen_error(s, &err);
	else
		s->approval.guard.armed = false; /* one key, one decision */
	screen_dirty(s);
}

/* Effects that are checked; nothing checked is a refusal the person has to say. */
static bool
chosen(struct screen *s, const struct fold_approval *a, struct decision_opts *o, int64_t **ret_take)
{
	struct approval_view *v = &s->approval;

	if (!v->by_part)
		return true;
	*ret_take = xcalloc(MAX_OF(v->n, (size_t)1), sizeof(**ret_take));
	for (size_t i = 0; i < v->n && i < a->n_effects; i++) {
		if (v->take[i])
			(*ret_take)[o->n_take++] = a->effects[i];
	}
	o->take = *ret_take;
	o->decision = DECIDE_PART;
	return o->n_take > 0;
}

static void
take_now(struct screen *s, const char *typed, bool for_good)
{
	const struct fold_approval *a = approval_open(s);
	struct decision_opts o = { .decision = DECIDE_TAKE, .typed = typed, .for_good = for_good };
	autofree int64_t *take = NULL;

	if (!a)
		return;
	if (!chosen(s, a, &o, &take)) {
		screen_say(s, ROLE_WARN, "%s", _("nothing is chosen; Space chooses, or refuse"));
		return;
	}
	send_decision(s, &o);
}

/* The approval a typed word belongs to must still be the one on screen. */
struct typed_for {
	int64_t task, approval;
};

static struct typed_for *
this_one(struct screen *s)
{
	struct typed_for *t = xcalloc(1, sizeof(*t));

	*t = (struct typed_for){ s->live->task, approval_open(s)->approval };
	return t;
}

static bool
is_still(struct screen *s, const struct typed_for *t)
{
	const struct fold_approval *a = approval_open(s);

	return a && a->approval == t->approval && s->live->task == t->task;
}

static void
on_typed(struct screen *s, const char *text, void *user)
{
	const struct typed_for *t = user;

	if (!is_still(s, t))
		return;
	if (!str_eq(text, approval_open(s)->typed)) {
		screen_say(s, ROLE_WARN, "%s", _("that is not the name; nothing was taken"));
		return;
	}
	take_now(s, text, false);
}

static bool
may_decide(struct screen *s, bool take)
{
	struct decision_guard *g = &s->approval.guard;

	if (!approval_open(s))
		return false;
	/* Behind something else, or on a screen too small for it, it is not seen. */
	if (s->n_overlays || s->layout.pane[PANE_APPROVAL].h < 3) {
		screen_say(s, ROLE_WARN, "%s", _("a decision waits: Esc, then look at it first"));
		return false;
	}
	if (!guard_may_refuse(g)) {
		guard_early(g, screen_now(s));
		return false;
	}
	if (take && !guard_may_take(g)) {
		screen_focus(s, PANE_APPROVAL);
		screen_say(s, ROLE_WARN, "%s", _("look at all of it first: ↓ or PgDn to the end"));
		return false;
	}
	return true;
}

static void
cmd_take(struct screen *s, const char *arg)
{
	const struct fold_approval *a = approval_open(s);
	autofree char *safe = NULL, *label = NULL;

	(void)arg;
	if (!may_decide(s, true))
		return;
	if (!a->typed) {
		take_now(s, NULL, false);
		return;
	}
	safe = sanitize_dup(a->typed, SANITIZE_NAME);
	label = xasprintf(_("This removes very much. Type %s to confirm"), safe);
	prompt_open(s, label, NULL, on_typed, NULL, this_one(s));
}

/* The one step that nothing takes back is never one key. */
static void
on_for_good(struct screen *s, const char *text, void *user)
{
	const struct typed_for *t = user;

	if (!is_still(s, t))
		return;
	if (str_eq(text, approval_open(s)->typed ? approval_open(s)->typed : _("yes")))
		take_now(s, text, true);
	else
		screen_say(s, ROLE_WARN, "%s", _("nothing was taken"));
}

static void
cmd_take_for_good(struct screen *s, const char *arg)
{
	const struct fold_approval *a = approval_open(s);
	autofree char *safe = NULL, *label = NULL;

	(void)arg;
	if (!may_decide(s, true))
		return;
	safe = sanitize_dup(a->typed ? a->typed : _("yes"), SANITIZE_NAME);
	label = xasprintf(_("This can never be undone. Type %s to take it for good"), safe);
	prompt_open(s, label, NULL, on_for_good, NULL, this_one(s));
}

static void
cmd_refuse(struct screen *s, const char *arg)
{
	struct decision_opts o = { .decision = DECIDE_REFUSE };

	(void)arg;
	if (may_decide(s, false))
		send_decision(s, &o);
}

static void
on_words(struct screen *s, const char *text, void *user)
{
	struct decision_opts o = { .decision = DECIDE_REFUSE, .words = text };

	if (is_still(s, user))
		send_decision(s, &o);
}

static void
cmd_words(struct screen *s, const char *arg)
{
	(void)arg;
	if (may_decide(s, false))
		prompt_open(s, _("Refuse, and say what to do instead"), NULL, on_words, NULL, this_one(s));
}

static void
on_edited(struct screen *s, const char *text, void *user)
{
	struct decision_opts o = { .decision = DECIDE_EDIT, .words = text };

	if (*text && is_still(s, user))
		send_decision(s, &o);
}

static void
cmd_edit(struct screen *s, const char *arg)
{
	const struct fold_approval *a = approval_open(s);

	(void)arg;
	if (!may_decide(s, false))
		return;
	if (!a->command)
		screen_say(s, ROLE_WARN, "%s", _("there is no command to edit"));
	else
		prompt_open(s, _("Edit the command; it runs in a new draft and is shown again"), a->command,
			on_edited, NULL, this_one(s));
}

static void
cmd_stop(struct screen *s, const char *arg)
{
	struct decision_opts o = { .decision = DECIDE_STOP };

	(void)arg;
	if (may_decide(s, false))
		send_decision(s, &o);
}

static void
take_as_asked(struct screen *s)
{
	take_now(s, NULL, false);
}

static void
cmd_always(struct screen *s, const char *arg)
{
	const struct fold_approval *a = approval_open(s);

	(void)arg;
	if (!may_decide(s, true))
		return;
	if (a->typed || a->red)
		screen_say(s, ROLE_WARN, "%s", _("this is asked every time; take it or refuse it"));
	else
		always_ask(s, take_as_asked);
}

static void
cmd_toggle(struct screen *s, const char *arg)
{
	struct approval_view *v = &s->approval;

	(void)arg;
	v->list.sel = approval_row_at_hand(s);
	approval_toggle(s, v->list.sel);
}

static void
cmd_toggle_all(struct screen *s, const char *arg)
{
	(void)arg;
	approval_toggle_all(s);
}

/* Shows or hides the difference of the selected effect below it. */
static void
cmd_diff(struct screen *s, const char *arg)
{
	struct approval_view *v = &s->approval;
	const struct fold_approval *a = approval_open(s);
	const struct fold_call *c = a ? fold_call(s->live, a->call) : NULL;
	struct buf out = BUF_INIT(4u << 20);
	struct err err = { 0 };
	int64_t n;

	(void)arg;
	if (!c || v->n == 0)
		return;
	v->list.sel = MAX_OF(approval_row_at_hand(s), 0);
	v->lines_cols = 0;
	free(v->diff);
	v->diff = NULL;
	screen_dirty(s);
	if (v->diff_of == v->list.sel) {
		v->diff_of = -1;
		return;
	}
	n = a->effects[v->list.sel];
	for (size_t i = 0; i < c->n_effects; i++) {
		if (c->effects[i].n == n && c->effects[i].diff)
			buf_add_str(&out, c->effects[i].diff);
	}
	if (!out.len && !agent_diff(s->agent, s->live->task, a->call, n, &out, &err))
		buf_add_str(&out, err.text);
	v->diff_of = v->list.sel;
	v->diff = buf_steal(&out);
}

static void
cmd_full(struct screen *s, const char *arg)
{
	(void)arg;
	s->zoom = s->zoom == PANE_APPROVAL ? PANE_INPUT : PANE_APPROVAL;
	screen_dirty(s);
}

const struct command cmds_approval[] = {
	{ "approval-take", N_("Take the changes that are chosen"), "global", NULL, NULL, cmd_take, has_approval },
	{ "approval-refuse", N_("Refuse the changes"), "global", NULL, NULL, cmd_refuse, has_approval },
	{ "approval-words", N_("Refuse and say what to do instead"), "approval", NULL, NULL, cmd_words, has_approval },
	{ "approval-edit", N_("Edit the command and look at its changes again"), "approval", NULL, NULL, cmd_edit, has_approval },
	{ "approval-for-good", N_("Take without keeping the undo"), "approval", NULL, NULL, cmd_take_for_good, has_approval },
	{ "approval-always", N_("Take, and keep a rule for the next time"), "approval", NULL, NULL, cmd_always, has_approval },
	{ "approval-stop", N_("Refuse and stop the task"), "approval", NULL, NULL, cmd_stop, has_approval },
	{ "approval-show-diff", N_("Show or hide the difference of a change"), "approval", NULL, NULL, cmd_diff, has_approval },
	{ "approval-show-full", N_("Give the decision the whole screen"), "approval", NULL, NULL, cmd_full, has_approval },
	{ "choose", N_("Choose or leave out the selected change"), "approval", NULL, NULL, cmd_toggle, has_approval },
	{ "choose-all", N_("Choose all changes, or none"), "approval", NULL, NULL, cmd_toggle_all, has_approval },
	{ 0 },
};
