/* The fixed rows: header, the rule above the input with what goes on, the status row. */
#include "tui/screen_priv.h"
#include "agent/base/sanitize.h"
#include "tui/lobster.h"
#include "tui/picker.h"
#include "tui/words.h"

/* The mode as what it means for the person; on a narrow screen in one word. */
static const char *
mode_of(const struct screen *s, int cols)
{
	static const char *const words[][3] = {
		{ "step", N_("asks at each step"), N_("asks") },
		{ "draft", N_("asks at the end"), N_("asks at the end") },
		{ "auto", N_("asks where no rule allows"), N_("by rules") },
		{ "read-only", N_("changes nothing"), N_("changes nothing") },
	};
	const struct fold *f = screen_fold(s);
	const char *mode = f && f->mode ? f->mode : config_str(s->cli->config, "task.mode");

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(mode, words[i][0]))
			return _(words[i][cols < 100 ? 2 : 1]);
	return mode;
}

static char *
engine_words(const struct screen *s)
{
	const struct fold *f = screen_fold(s);
	const char *model = config_str(s->cli->config, "model.default");

	if (f && f->model && *f->model && f->engine && !str_eq(f->engine, "instinct"))
		return sanitize_elide(f->model, 30);
	if (f && f->engine)
		return sanitize_elide(str_eq(f->engine, "instinct") ? _("instinct") : f->engine, 30);
	return *model ? sanitize_elide(model, 30) : xstrdup(_("instinct"));
}

void
draw_header(struct screen *s, struct area a)
{
	const struct fold *f = screen_fold(s);
	autofree char *engine = engine_words(s), *cwd = getcwd(NULL, 0), *place = NULL, *right = NULL;
	int x = 1, end = a.w - 1;

	if (a.h < 1)
		return;
	x += draw_str(a, 0, x, "homard", STYLE(ROLE_HEADER)) + 1;
	if (s->viewing && f)
		x += draw_printf(a, 0, x, STYLE(ROLE_BADGE), _(" history: task %lld "), (long long)f->task) + 1;
	if (a.w < 40)
		return;
	if (s->lobster && a.w >= 70)
		end -= draw_lobster_small(a, 0, end, s) + 2;
	if (f && f->tokens_in + f->tokens_out > 0) {
		autofree char *tokens = tokens_text(f->tokens_in + f->tokens_out);

		right = f->cost > 0 ? xasprintf(_("%s tokens · $%.3f"), tokens, f->cost)
				    : xasprintf(_("%s tokens"), tokens);
		if (f->window > 0 && a.w >= 70) {
			autofree char *before = right;

			right = xasprintf(_("%s · window %d%%"), before,
				(int)MIN_OF(f->last_context * 100 / f->window, (int64_t)100));
		}
		end = draw_right(a, 0, end, right, STYLE(ROLE_MUTED)) - 2;
	}
	x += draw_str(a, 0, x, "· ", STYLE(ROLE_MUTED));
	x += draw_elided(a, 0, x, end - x, engine, STYLE(ROLE_MUTED)) + 1;
	place = place_text(f && f->cwd ? f->cwd : cwd ? cwd : "/");
	if (end - x > 8) {
		x += draw_str(a, 0, x, "· ", STYLE(ROLE_MUTED));
		draw_elided(a, 0, x, end - x, place, STYLE(ROLE_MUTED));
	}
}

/* "plan 3/7 › writing report · grep 2.1 s" */
static char *
activity(struct screen *s)
{
	const struct fold *f = s->live;
	struct buf b = BUF_INIT(1024);
	size_t done = 0, now = SIZE_MAX;

	if (!f)
		return buf_steal(&b);
	for (size_t i = 0; i < f->n_steps; i++) {
		done += !str_eq(f->steps[i].state, "todo") && !str_eq(f->steps[i].state, "now");
		if (str_eq(f->steps[i].state, "now"))
			now = i;
	}
	if (f->n_steps) {
		buf_printf(&b, _(" · plan %zu/%zu"), done, f->n_steps);
		if (now != SIZE_MAX) {
			autofree char *text = sanitize_elide(f->steps[now].text, 40);

			buf_printf(&b, " › %s", text);
		}
	}
	for (size_t i = f->n_calls; i > 0; i--) {
		const struct fold_call *c = &f->calls[i - 1];

		if (c->state == FOLD_CALL_RUNNING) {
			autofree char *time = duration_text(MAX_OF(clock_wall(s->cli->clock) - c->begun_ms, 0));

			buf_printf(&b, " · %s %s", c->tool, time);
			break;
		}
	}
	return buf_steal(&b);
}

static char *
state_words(struct screen *s)
{
	const struct fold *f = s->live;
	int64_t now = clock_wall(s->cli->clock);

	if (f->retry_until > now)
		return xasprintf(_("trying again in %d s: %s"), (int)((f->retry_until - now + 999) / 1000),
			f->retry_why ? f->retry_why : "");
	return xstrdup(fold_state_word(f->state));
}

void
draw_rule(struct screen *s, struct area a)
{
	style st = STYLE(s->focus == PANE_INPUT ? ROLE_BORDER_FOCUS : ROLE_BORDER);
	autofree char *act = NULL, *state = NULL, *time = NULL, *line = NULL;
	bool waiting = approval_open(s) || (s->live && fold_open_question(s->live));
	int x = 2;

	if (a.h < 1)
		return;
	draw_repeat(a, 0, 0, a.w, 0x2500, st);
	if (s->started && !screen_running(s)) {
		draw_printf(a, 0, x, STYLE(ROLE_MUTED), _(" %s starting "), spinner(s));
		return;
	}
	if (!screen_running(s))
		return;
	act = activity(s);
	state = state_words(s);
	time = duration_text(MAX_OF(clock_wall(s->cli->clock) - s->live->time, 0));
	line = xasprintf("%s · %s%s ", state, time, act);
	x += draw_printf(a, 0, x, STYLE(waiting ? ROLE_WARN : ROLE_TOOL_RUN), " %s ", waiting ? "?" : spinner(s));
	draw_elided(a, 0, x, a.w - x - 2, line, STYLE(waiting ? ROLE_WARN : ROLE_MUTED));
}

static int
hint(struct screen *s, struct area a, int x, int end, const char *command, const char *label)
{
	char keys[64];
	int w;

	if (!*keymap_keys_of(&s->keymap, command, NULL, keys, sizeof(keys)))
		return x;
	w = text_cols(slice_of(keys)) + 1 + text_cols(slice_of(label));
	if (x + w > end)
		return x;
	x += draw_str(a, 0, x, keys, STYLE(ROLE_KEY)) + 1;
	return x + draw_str(a, 0, x, label, STYLE(ROLE_MUTED)) + 2;
}

static void
draw_hints(struct screen *s, struct area a, int end)
{
	int x = 1;

	/* What is open below says its own keys; these close it. */
	if (s->n_overlays) {
		if (picker_top(s))
			x = hint(s, a, x, end, "accept", _("choose"));
		hint(s, a, x, end, "escape", _("close"));
		return;
	}
	if (s->focus == PANE_APPROVAL && approval_open(s)) {
		const struct fold_approval *a_open = approval_open(s);

		if (a_open->n_effects) {
			x = hint(s, a, x, end, "choose", _("choose"));
			x = hint(s, a, x, end, "choose-all", _("all"));
			x = hint(s, a, x, end, "approval-show-diff", _("difference"));
		}
		if (a_open->command)
			x = hint(s, a, x, end, "approval-edit", _("edit"));
		x = hint(s, a, x, end, "approval-words", _("say why not"));
		if (a_open->rule && !a_open->red)
			x = hint(s, a, x, end, "approval-always", _("always"));
		x = hint(s, a, x, end, "approval-show-full", _("enlarge"));
		hint(s, a, x, end, "palette", _("stop, no undo, more"));
		return;
	}
	if (s->focus == PANE_TRANSCRIPT || s->focus == PANE_PLAN || s->focus == PANE_TOOLS) {
		x = hint(s, a, x, end, "escape", _("back"));
		x = hint(s, a, x, end, s->focus == PANE_PLAN ? "plan-edit" : "open", s->focus == PANE_PLAN ? _("edit") : _("open"));
		x = hint(s, a, x, end, s->focus == PANE_PLAN ? "plan-add" : "copy", s->focus == PANE_PLAN ? _("add") : _("copy"));
		x = hint(s, a, x, end, "find", _("find"));
		x = hint(s, a, x, end, "zoom", _("enlarge"));
	} else if (screen_running(s)) {
		x = hint(s, a, x, end, "send",
			approval_open(s) && str_eq(s->live->engine, "instinct") ? _("ask instead") : _("steer"));
		x = hint(s, a, x, end, "queue", _("queue"));
		x = hint(s, a, x, end, "escape", _("stop"));
	} else {
		x = hint(s, a, x, end, "send", _("send"));
		x = hint(s, a, x, end, "edit-newline", _("new line"));
		if (s->offer_undo)
			x = hint(s, a, x, end, "undo", _("undo"));
	}
	x = hint(s, a, x, end, "palette", _("commands"));
	x = hint(s, a, x, end, "history", _("history"));
	hint(s, a, x, end, "help", _("help"));
}

void
draw_status(struct screen *s, struct area a)
{
	autofree char *mode = NULL;
	char keys[64];
	int end = a.w - 1, x = 1;

	if (a.h < 1)
		return;
	mode = xasprintf("%s%s", mode_of(s, a.w), s->mouse ? "" : _(" · mouse off"));
	end = draw_right(a, 0, end, mode, STYLE(ROLE_STATUS_MODE)) - 2;
	if (s->n_seq) {
		for (size_t i = 0; i < s->n_seq; i++) {
			char name[KEY_NAME_MAX];

			x += draw_str(a, 0, x, key_label(s->seq[i], name), STYLE(ROLE_KEY)) + 1;
		}
		draw_str(a, 0, x, "…", STYLE(ROLE_MUTED));
		return;
	}
	if (!s->message) {
		draw_hints(s, a, end);
		return;
	}
	x += draw_elided(a, 0, x, end - x, s->message, STYLE(s->message_role)) + 2;
	if (s->error_details && *keymap_keys_of(&s->keymap, "details", NULL, keys, sizeof(keys)))
		x = hint(s, a, x, end, "details", _("details"));
	if (s->offer_undo)
		hint(s, a, x, end, "undo", _("undo"));
}
