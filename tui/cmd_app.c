/* The program itself: palette, help, leaving, stopping, the log. */
#include "tui/cmds.h"
#include "agent/base/log.h"
#include "tui/lobster.h"
#include "tui/pager.h"
#include "tui/picker.h"
#include "tui/prompt.h"
#include "tui/screen_priv.h"
#include <signal.h>

#define TWICE_STOP_MS 1000
#define TWICE_LEAVE_MS 2000

/* --- palette --- */

static void
run_named(struct screen *s, const char *name)
{
	const struct command *c = command_find(name);

	if (c)
		c->run(s, "");
}

struct adder {
	struct screen *s;
	struct picker *p;
};

static bool
add_command(void *user, const struct command *c)
{
	struct adder *a = user;
	char keys[64];
	autofree char *right = NULL;

	/* Moving about is for keys; the palette is for doing. */
	if (str_eq(c->context, "list") || str_eq(c->context, "complete") || str_starts(c->name, "edit-"))
		return true;
	if ((c->enabled && !c->enabled(a->s)) || (c->args && !c->slash))
		return true;
	keymap_keys_of(&a->s->keymap, c->name, NULL, keys, sizeof(keys));
	right = xasprintf("%s%s%s", c->slash ? c->slash : "", c->slash && *keys ? "  " : "", keys);
	picker_add(a->p, _(c->summary), right, c->name);
	return true;
}

static void
cmd_palette(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("Commands"), .placeholder = _("what do you want to do?"),
		.chosen = run_named };
	struct adder a = { s, picker_open(s, &o) };

	(void)arg;
	if (!a.p)
		return;
	command_each(add_command, &a);
	picker_ready(s, a.p, NULL);
}

/* --- help --- */

static void
cmd_help(struct screen *s, const char *arg)
{
	autobuf struct buf text = BUF_INIT(1u << 18);

	(void)arg;
	screen_help_text(&s->keymap, &text);
	pager_open(s, _("Help"), buf_slice(&text), PAGER_TEXT);
}

/* --- log, details --- */

static void
add_log_line(void *user, const char *line)
{
	buf_printf(user, "%s\n", line);
}

static void
cmd_log(struct screen *s, const char *arg)
{
	struct buf text = BUF_INIT(4u << 20);

	(void)arg;
	log_recent(add_log_line, &text);
	pager_open(s, _("Log"), text.len ? buf_slice(&text) : slice_of(_("nothing was logged")), PAGER_TEXT);
	if (pager_top(s))
		pager_edge(s, pager_top(s), true);
	buf_finish(&text);
}

static void
cmd_details(struct screen *s, const char *arg)
{
	if (s->error_details)
		pager_open(s, _("Details"), slice_of(s->error_details), PAGER_TEXT);
	else
		cmd_log(s, arg);
}

/* --- leaving and stopping --- */

static void
on_leave_answer(struct screen *s, const char *data)
{
	if (str_eq(data, "stay"))
		return;
	if (str_eq(data, "stop"))
		agent_stop(s->agent, false);
	screen_leave(s, 0);
}

static bool
nothing_runs(struct screen *s)
{
	if (screen_running(s))
		return false;
	screen_say(s, ROLE_INFO, "%s", _("the task has ended; nothing runs any more"));
	return true;
}

static void
cmd_quit(struct screen *s, const char *arg)
{
	struct picker_opts o = { .title = _("A task is running"), .chosen = on_leave_answer, .no_sort = true,
		.stale = nothing_runs };
	struct picker *p;

	(void)arg;
	if (!screen_running(s) || s->leaving) {
		screen_leave(s, 0);
		return;
	}
	p = picker_open(s, &o);
	if (!p)
		return;
	picker_add(p, _("Stay"), "", "stay");
	picker_add(p, _("Leave; the task can be resumed later"), "", "leave");
	picker_add(p, _("Stop the task and leave"), "", "stop");
	picker_ready(s, p, NULL);
}

static void
stop_task(struct screen *s)
{
	int64_t now = screen_now(s);
	bool hard = s->last_escape && now - s->last_escape < TWICE_STOP_MS;

	agent_stop(s->agent, hard);
	s->last_escape = now;
	screen_say(s, ROLE_WARN, "%s", hard ? _("killed") : _("stopping; once more kills"));
}

static void
cmd_stop(struct screen *s, const char *arg)
{
	(void)arg;
	if (s->agent && agent_running(s->agent))
		stop_task(s);
}

/* The topmost thing closes; with nothing open the running task stops. */
static void
cmd_escape(struct screen *s, const char *arg)
{
	(void)arg;
	if (s->n_overlays) {
		if (picker_top(s))
			picker_cancel(s);
		else
			overlay_pop(s);
	} else if (s->complete.n && s->focus == PANE_INPUT) {
		strv_finish(&s->complete);
	} else if (s->zoom != PANE_INPUT) {
		s->zoom = PANE_INPUT;
	} else if (s->focus != PANE_INPUT) {
		screen_focus(s, PANE_INPUT);
	} else if (s->viewing) {
		screen_view_back(s);
	} else if (s->find_words) {
		free(s->find_words);
		s->find_words = NULL;
		blocks_find(s->blocks, "", 1);
	} else if (s->agent && agent_running(s->agent)) {
		stop_task(s);
	}
	blocks_select_none(s->blocks);
	screen_dirty(s);
}

static void
cmd_interrupt(struct screen *s, const char *arg)
{
	int64_t now = screen_now(s);

	(void)arg;
	if (s->n_overlays) {
		cmd_escape(s, "");
		return;
	}
	if (!edit_is_empty(s->edit)) {
		edit_clear(s->edit);
		input_changed(s);
		return;
	}
	if (s->agent && agent_running(s->agent)) {
		stop_task(s);
		return;
	}
	if (s->last_interrupt && now - s->last_interrupt < TWICE_LEAVE_MS) {
		screen_leave(s, 0);
		return;
	}
	s->last_interrupt = now;
	screen_say(s, ROLE_INFO, "%s", _("once more leaves"));
}

static void
cmd_redraw(struct screen *s, const char *arg)
{
	(void)arg;
	term_redraw_all(s->term);
	screen_dirty(s);
}

static void
cmd_suspend(struct screen *s, const char *arg)
{
	(void)s;
	(void)arg;
	raise(SIGTSTP);
}

static void
cmd_mouse(struct screen *s, const char *arg)
{
	(void)arg;
	s->mouse = !s->mouse;
	term_mouse(s->term, s->mouse);
	screen_say(s, ROLE_INFO, "%s", s->mouse ? _("mouse: wheel, click, drag to copy")
						: _("mouse off: select with the terminal"));
}

static void
cmd_lobster(struct screen *s, const char *arg)
{
	(void)arg;
	s->lobster = !s->lobster;
	screen_dirty(s);
}

static void
cmd_growth(struct screen *s, const char *arg)
{
	const struct growth *g = &s->growth;
	struct buf text = BUF_INIT(8192);

	(void)arg;
	lobster_grow(s);
	buf_printf(&text, _("The lobster is a **%s** (stage %d of %d).\n\n"), growth_word(g->stage), g->stage + 1,
		GROWTH_STAGES);
	buf_add_str(&text, _("It grows by evidence in the history, not by use:\n\n"));
	buf_printf(&text, _("- recipes that worked %d times and were not undone: **%lld**\n"), GROWTH_VERIFIED,
		(long long)g->recipes);
	buf_printf(&text, _("- runs of recipes that cost no token: **%lld**\n"), (long long)g->runs);
	buf_printf(&text, _("- facts it was told to keep: **%lld**\n\n"), (long long)g->memories);
	if (g->want_runs)
		buf_printf(&text, _("The next moult wants: recipes %lld, runs %lld, facts %lld. What fails, is undone "
			"or lies unused for half a year counts no more.\n"), (long long)g->want_recipes,
			(long long)g->want_runs, (long long)g->want_memories);
	pager_open(s, _("Growth"), buf_slice(&text), PAGER_MARKDOWN);
	buf_finish(&text);
}

static void
cmd_banner(struct screen *s, const char *arg)
{
	(void)arg;
	if (s->banner)
		pager_open(s, _("Warning"), slice_of(s->banner), PAGER_TEXT);
}

static bool
has_banner(struct screen *s)
{
	return s->banner != NULL;
}

const struct command cmds_app[] = {
	{ "palette", N_("Show all commands"), "global", NULL, "/commands", cmd_palette, NULL },
	{ "help", N_("Show help and all keys"), "global", NULL, "/help", cmd_help, NULL },
	{ "escape", N_("Close what is open, or stop the task"), "global", NULL, NULL, cmd_escape, NULL },
	{ "interrupt", N_("Clear the input, stop the task, or leave"), "global", NULL, NULL, cmd_interrupt, NULL },
	{ "stop", N_("Stop the running task"), "global", NULL, "/stop", cmd_stop, screen_is_running },
	{ "quit", N_("Leave"), "global", NULL, "/quit", cmd_quit, NULL },
	{ "redraw", N_("Draw the screen again"), "global", NULL, "/redraw", cmd_redraw, NULL },
	{ "suspend", N_("Go to the shell; fg comes back"), "global", NULL, NULL, cmd_suspend, NULL },
	{ "mouse", N_("Give the mouse to the terminal, or take it back"), "global", NULL, "/mouse", cmd_mouse, NULL },
	{ "lobster", N_("Send the lobster away, or call it back"), "global", NULL, "/lobster", cmd_lobster, NULL },
	{ "growth", N_("How far the lobster has grown, and why"), "global", NULL, "/growth", cmd_growth, NULL },
	{ "log", N_("Show the log"), "global", NULL, "/log", cmd_log, NULL },
	{ "details", N_("Show what is behind the last message"), "global", NULL, "/details", cmd_details, NULL },
	{ "warning", N_("Show the warning above in full"), "global", NULL, "/warning", cmd_banner, has_banner },
	{ 0 },
};
