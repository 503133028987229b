#include "tui/notify.h"
#include "agent/base/child.h"
#include "agent/base/sanitize.h"

#define HELPER_WALL_MS 600000

static void
on_helper_end(void *user, const struct child_end *end)
{
	(void)user;
	(void)end;
}

/* homard-desktop says "action review" or "action deny" when a button is pressed. Only looking is
 * done from here: a button pressed blind must not decide. */
static void
on_helper_output(void *user, int which, struct slice bytes)
{
	struct screen *s = user;

	(void)which;
	if (slice_find(bytes, SLICE_LIT("review")) >= 0)
		screen_focus(s, PANE_APPROVAL);
}

static bool
by_helper(struct screen *s, const char *title, const char *body)
{
	struct err err = { 0 };
	autofree char *path = places_helper(s->cli->places, "homard-desktop", &err);
	const char *argv[] = { path, "notify", title, body, NULL };
	struct child_opts o = { .argv = argv, .extra_fd = -1, .wall_ms = HELPER_WALL_MS,
		.output = on_helper_output, .ended = on_helper_end, .user = s };
	struct child *c;

	return path && child_start(&s->session.loop, &o, &c, &err);
}

static void
notify(struct screen *s, const char *title, const char *body)
{
	const char *how = config_str(s->cli->config, "ui.notify");
	autofree char *safe = sanitize_elide(body, 120);

	if (config_bool(s->cli->config, "ui.bell"))
		term_bell(s->term);
	if (s->focused_terminal || str_eq(how, "off"))
		return;
	if (!str_eq(how, "terminal") && by_helper(s, title, safe))
		return;
	if (!str_eq(how, "desktop") && !term_notify(s->term, title, safe))
		term_bell(s->term);
}

void
notify_waiting(struct screen *s)
{
	const struct fold_approval *a = approval_open(s);

	notify(s, _("homard waits for you"), a && a->question ? a->question : s->live->request);
}

void
notify_ended(struct screen *s)
{
	autofree char *title = xasprintf("homard: %s", fold_state_word(s->live->state));

	notify(s, title, s->live->request ? s->live->request : "");
}
