/* The person edits the plan; the engine is told. */
#include "tui/cmds.h"
#include "agent/base/json.h"
#include "tui/prompt.h"
#include "tui/screen_priv.h"
#include "tui/words.h"

/* The plan as it is, with one step changed: text NULL keeps, "" removes; extra goes behind `at`. */
struct change {
	size_t at;
	const char *text, *state, *extra;
	int move; /* -1 up, 1 down */
};

static void
add_step(struct buf *out, const char *id, const char *text, const char *state)
{
	buf_add_str(out, out->len > 1 ? ",{\"id\":" : "{\"id\":");
	json_quote(out, slice_of(id));
	buf_add_str(out, ",\"text\":");
	json_quote(out, slice_of(text));
	buf_add_str(out, ",\"state\":");
	json_quote(out, slice_of(state));
	buf_add_char(out, '}');
}

static void
apply(struct screen *s, const struct change *c)
{
	const struct fold *f = s->live;
	struct buf out = BUF_INIT(1u << 20);
	struct err err = { 0 };

	if (!f || s->viewing) {
		screen_say(s, ROLE_WARN, "%s", _("only the plan of the present task can be changed"));
		return;
	}
	buf_add_char(&out, '[');
	if (f->n_steps == 0 && c->extra)
		add_step(&out, "p1", c->extra, "todo");
	for (size_t i = 0; i < f->n_steps; i++) {
		size_t k = i;

		if (c->move && (i == c->at || i == c->at + (size_t)c->move))
			k = i == c->at ? c->at + (size_t)c->move : c->at;
		if (k == c->at && !c->move && c->text && !*c->text)
			continue;
		add_step(&out, f->steps[k].id, k == c->at && !c->move && c->text ? c->text : f->steps[k].text,
			k == c->at && c->state ? c->state : f->steps[k].state);
		if (i == c->at && c->extra) {
			autofree char *id = xasprintf("p%lld", (long long)f->last_seq);

			add_step(&out, id, c->extra, "todo");
		}
	}
	buf_add_char(&out, ']');
	if (!agent_set_plan(s->agent, buf_str(&out), &err))
		screen_error(s, &err);
	buf_finish(&out);
	screen_dirty(s);
}

static bool
selected(struct screen *s, size_t *ret)
{
	const struct fold *f = s->live;

	if (!f || s->plan_list.sel < 0 || (size_t)s->plan_list.sel >= f->n_steps)
		return false;
	*ret = (size_t)s->plan_list.sel;
	return true;
}

static void
on_edit(struct screen *s, const char *text, void *user)
{
	struct change c = { .at = *(size_t *)user, .text = text };

	if (*text)
		apply(s, &c);
}

static void
cmd_plan_edit(struct screen *s, const char *arg)
{
	size_t *at = xmalloc(sizeof(*at));

	(void)arg;
	if (!selected(s, at)) {
		free(at);
		return;
	}
	prompt_open(s, _("Change this step"), s->live->steps[*at].text, on_edit, NULL, at);
}

static void
on_add(struct screen *s, const char *text, void *user)
{
	struct change c = { .at = *(size_t *)user, .extra = text };

	if (*text)
		apply(s, &c);
}

static void
cmd_plan_add(struct screen *s, const char *arg)
{
	size_t *at = xcalloc(1, sizeof(*at));

	(void)arg;
	if (!selected(s, at))
		*at = s->live && s->live->n_steps ? s->live->n_steps - 1 : 0;
	prompt_open(s, _("Add a step"), NULL, on_add, NULL, at);
}

static void
cmd_plan_skip(struct screen *s, const char *arg)
{
	struct change c = { 0 };

	(void)arg;
	if (!selected(s, &c.at))
		return;
	c.state = str_eq(s->live->steps[c.at].state, "skipped") ? "todo" : "skipped";
	apply(s, &c);
}

static void
move_step(struct screen *s, int by)
{
	struct change c = { .move = by };

	if (!selected(s, &c.at) || (by < 0 && c.at == 0) || (by > 0 && c.at + 1 >= s->live->n_steps))
		return;
	apply(s, &c);
	list_move(&s->plan_list, by);
}

static void
cmd_plan_up(struct screen *s, const char *arg)
{
	(void)arg;
	move_step(s, -1);
}

static void
cmd_plan_down(struct screen *s, const char *arg)
{
	(void)arg;
	move_step(s, 1);
}

static bool
has_task(struct screen *s)
{
	return screen_running(s) && !s->viewing;
}

const struct command cmds_plan[] = {
	{ "plan-edit", N_("Change the words of a step"), "plan", NULL, NULL, cmd_plan_edit, has_task },
	{ "plan-add", N_("Add a step to the plan"), "plan", NULL, "/step", cmd_plan_add, has_task },
	{ "plan-skip", N_("Skip a step, or take it up again"), "plan", NULL, NULL, cmd_plan_skip, has_task },
	{ "plan-up", N_("Move a step up"), "plan", NULL, NULL, cmd_plan_up, has_task },
	{ "plan-down", N_("Move a step down"), "plan", NULL, NULL, cmd_plan_down, has_task },
	{ 0 },
};
