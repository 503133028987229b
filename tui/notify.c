#include "tui/notify.h"
#include "agent/base/child.h"
#include "agent/base/child_env.h"
#include "agent/base/sanitize.h"
#include "tui/words.h"

#define HELPER_WALL_MS 600000
#define SHOWN_MS 1500 /* a mute daemon blocks the helper; the terminal says it then */

static void
by_terminal(struct screen *s)
{
	if (!str_eq(config_str(s->cli->config, "ui.notify"), "desktop") &&
		!term_notify(s->term, s->note.title, s->note.body))
		term_bell(s->term);
	screen_dirty(s); /* it leaves with the next frame */
}

void
notify_on_timer(uv_timer_t *t)
{
	struct screen *s = t->data;

	if (s->note.child && !s->note.shown) {
		child_stop(s->note.child, 0);
		s->note.child = NULL;
		by_terminal(s);
	}
}

void
notify_drop(struct screen *s)
{
	if (s->note.child)
		child_stop(s->note.child, 300);
	s->note.child = NULL;
}

static void
on_helper_end(void *user, const struct child_end *end)
{
	struct screen *s = user;

	/* One that was dropped is not ours any more. */
	if (end->stopped)
		return;
	s->note.child = NULL;
	if (!s->note.shown && !s->quit)
		by_terminal(s);
}

/* Deny is always safe; taking is done only on the screen, where the effect can be seen. */
static void
deny(struct screen *s)
{
	const struct fold_approval *a = approval_open(s);
	struct decision_opts o = { .decision = DECIDE_REFUSE };
	struct err err = { 0 };

	if (!a || a->approval != s->note.approval || s->live->task != s->note.task)
		return;
	if (!agent_decide(s->agent, s->live->task, a->approval, &o, &err))
		screen_error(s, &err);
	else
		screen_say(s, ROLE_WARN, "%s", _("refused from the notification"));
}

static void
on_helper_output(void *user, int which, struct slice bytes)
{
	struct screen *s = user;

	if (which != 1)
		return;
	if (slice_find(bytes, SLICE_LIT("shown")) >= 0)
		s->note.shown = true;
	if (slice_find(bytes, SLICE_LIT("review")) >= 0)
		screen_focus(s, PANE_APPROVAL);
	else if (slice_find(bytes, SLICE_LIT("deny")) >= 0)
		deny(s);
	screen_dirty(s);
}

static bool
by_helper(struct screen *s)
{
	struct err err = { 0 };
	autofree char *path = places_helper(s->cli->places, "homard-desktop", &err);
	autofree char *text = xasprintf("%s\n%s", s->note.title, s->note.body);
	const char *argv[] = { path, "notify", NULL, NULL, NULL };
	autostrv struct strv env = { 0 };
	struct child_opts o = { .argv = argv, .extra_fd = -1, .extra_fd2 = -1, .wall_ms = HELPER_WALL_MS,
		.input = slice_of(text), .output = on_helper_output, .ended = on_helper_end, .user = s };

	if (!path || (!getenv("DBUS_SESSION_BUS_ADDRESS") && !getenv("XDG_RUNTIME_DIR")))
		return false;
	if (s->note.approval) {
		argv[2] = _("Review");
		argv[3] = _("Deny");
	}
	child_env_desktop(&env);
	o.env = (const char *const *)env.v;
	if (!child_start(&s->session.loop, &o, &s->note.child, &err)) {
		s->note.child = NULL;
		return false;
	}
	uv_timer_start(&s->notify_timer, notify_on_timer, SHOWN_MS, 0);
	return true;
}

static void
notify(struct screen *s, const char *title, const char *body)
{
	const char *how = config_str(s->cli->config, "ui.notify");

	notify_drop(s);
	if (config_bool(s->cli->config, "ui.bell"))
		term_bell(s->term);
	if (s->focused_terminal || str_eq(how, "off"))
		return;
	free(s->note.title);
	free(s->note.body);
	s->note.title = xstrdup(title);
	s->note.body = sanitize_elide(body, 120);
	s->note.shown = false;
	if (str_eq(how, "terminal") || !by_helper(s))
		by_terminal(s);
}

void
notify_waiting(struct screen *s)
{
	const struct fold_approval *a = approval_open(s);
	const struct fold_call *c = a ? fold_call(s->live, a->call) : NULL;
	autofree char *sums = c && a->n_effects ? effects_words(c->effects, c->n_effects) : NULL, *body = NULL;
	const char *what = a && a->question ? a->question : s->live->request;

	s->note.task = s->live->task;
	s->note.approval = a ? a->approval : 0;
	body = sums ? xasprintf("%s: %s", what ? what : "", sums) : xstrdup(what ? what : "");
	notify(s, _("homard waits for you"), body);
}

void
notify_ended(struct screen *s)
{
	autofree char *title = xasprintf("homard: %s", fold_state_word(s->live->state));

	s->note.approval = 0;
	notify(s, title, s->live->request ? s->live->request : "");
}
