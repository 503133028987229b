/* Keys to commands, text to where text goes, the mouse to panes. */
#include "tui/screen_priv.h"
#include "agent/base/utf8.h"
#include "tui/color.h"
#include "tui/notify.h"
#include "tui/picker.h"

static const char *const complete_contexts[] = { "complete", "input", NULL };

const char *const *
screen_contexts(const struct screen *s)
{
	const struct overlay *top = s->n_overlays ? &s->overlays[s->n_overlays - 1] : NULL;
	const struct picker *picker = picker_top((struct screen *)(uintptr_t)s);

	if (picker)
		return picker_contexts_of(picker);
	if (top)
		return top->type->contexts;
	if (complete_active(s))
		return complete_contexts;
	return pane_types[s->focus]->contexts;
}

void
screen_focus(struct screen *s, enum pane_id p)
{
	struct layout_wish w;

	screen_wish(s, &w);
	if ((p == PANE_PLAN && !w.has_plan) || (p == PANE_TOOLS && !w.has_tools) ||
		(p == PANE_APPROVAL && !w.has_approval))
		return;
	if (s->zoom != PANE_INPUT && s->zoom != p)
		s->zoom = PANE_INPUT;
	s->focus = p;
	if (p == PANE_PLAN)
		s->plan_folded = false;
	if (p == PANE_TOOLS)
		s->tools_folded = false;
	if (p == PANE_TRANSCRIPT && s->cursor_block >= transcript_count(s))
		s->cursor_block = transcript_count(s) ? transcript_count(s) - 1 : SIZE_MAX;
	screen_dirty(s);
}

/* A character that is bound to nothing. */
static void
type_text(struct screen *s, struct key k)
{
	struct overlay *o = overlay_top(s);
	char utf8[4];

	if (o) {
		if (o->type->key)
			o->type->key(s, o->state, k);
		return;
	}
	/* Whoever starts to type means the input; letters that act there never came here. */
	if (s->focus != PANE_INPUT) {
		if (!key_is_text(k))
			return;
		screen_focus(s, PANE_INPUT);
	}
	if (!key_is_text(k))
		return;
	if (!edit_insert(s->edit, (struct slice){ utf8, utf8_encode(k.code, utf8) }))
		screen_say(s, ROLE_WARN, "%s", _("the text is full"));
	input_changed(s);
}

static void
on_key(struct screen *s, struct key k)
{
	const struct binding *b;
	const struct command *c;
	struct overlay *top = overlay_top(s);

	if (top && top->type->raw) {
		top->type->key(s, top->state, k);
		return;
	}
	if (s->focus == PANE_INPUT && s->n_overlays == 0 && s->n_seq == 0 && edit_vi_key(s->edit, k)) {
		input_changed(s);
		return;
	}
	if (s->n_seq == KEYMAP_SEQ_MAX)
		s->n_seq = 0;
	s->seq[s->n_seq++] = k;
	switch (keymap_look(&s->keymap, screen_contexts(s), s->seq, s->n_seq, &b)) {
	case KEYMAP_PREFIX:
		return;
	case KEYMAP_COMMAND:
		s->n_seq = 0;
		c = command_find(b->command);
		if (c && (!c->enabled || c->enabled(s)))
			c->run(s, b->arg);
		return;
	case KEYMAP_NONE:
		break;
	}
	if (s->n_seq > 1) {
		/* A broken sequence is dropped; Esc leaves it. */
		s->n_seq = 0;
		return;
	}
	s->n_seq = 0;
	type_text(s, k);
}

/* A message stays until the next thing the person does. */
static void
forget_message(struct screen *s)
{
	free(s->message);
	s->message = NULL;
}

static void
on_paste(struct screen *s, const struct input_event *ev)
{
	struct overlay *o = overlay_top(s);

	if (o) {
		if (o->type->paste)
			o->type->paste(s, o->state, ev->text);
		return;
	}
	screen_focus(s, PANE_INPUT);
	if (!edit_paste(s->edit, ev->text) || ev->cut)
		screen_say(s, ROLE_WARN, "%s", _("the paste was too long; its end is missing"));
	input_changed(s);
}

static bool
inside(struct rect r, const struct input_event *ev)
{
	return r.h > 0 && ev->y >= r.y && ev->y < r.y + r.h && ev->x >= r.x && ev->x < r.x + r.w;
}

static void
on_mouse(struct screen *s, const struct input_event *ev)
{
	struct overlay *o = overlay_top(s);

	/* The click that brings the window back is no click on anything. */
	if (s->click_blind && ev->what == MOUSE_PRESS) {
		s->click_blind = false;
		return;
	}
	if (o) {
		if (o->type->mouse)
			o->type->mouse(s, o->state, ev);
		return;
	}
	if (s->dragging && ev->what != MOUSE_PRESS) {
		struct rect r = s->layout.pane[PANE_TRANSCRIPT];

		if (pane_types[PANE_TRANSCRIPT]->mouse)
			pane_types[PANE_TRANSCRIPT]->mouse(s, ev, ev->y - r.y, ev->x - r.x);
		return;
	}
	for (int p = PANE_COUNT - 1; p >= 0; p--) {
		struct rect r = s->layout.pane[p];

		if (!inside(r, ev))
			continue;
		if (ev->what == MOUSE_PRESS)
			s->click_inside = s->focus == (enum pane_id)p;
		/* Clicking the text keeps the keyboard where it is. */
		if (ev->what == MOUSE_PRESS && p != PANE_TRANSCRIPT)
			screen_focus(s, (enum pane_id)p);
		if (pane_types[p]->mouse)
			pane_types[p]->mouse(s, ev, ev->y - r.y, ev->x - r.x);
		return;
	}
}

static void
on_background(struct screen *s, struct slice text)
{
	const char *wish = config_str(s->cli->config, "ui.theme");
	int32_t bg;

	if (!slice_starts(text, "11;") || !color_parse_x11(text.p + 3, text.n - 3, &bg))
		return;
	if (str_eq(config_str(s->cli->config, "ui.background"), "dark"))
		bg = 0x101010;
	else if (str_eq(config_str(s->cli->config, "ui.background"), "light"))
		bg = 0xFFFFFF;
	s->background = bg;
	if (str_eq(wish, "auto") && str_starts(theme_name(s->theme), "default-"))
		screen_use_theme(s, theme_auto(bg, term_traits(s->term)->background), false);
	else
		screen_use_theme(s, theme_name(s->theme), false);
}

static void
on_reply(struct screen *s, const struct input_event *ev)
{
	const char *wish = config_str(s->cli->config, "ui.ambiguous");

	if (ev->reply == REPLY_OSC)
		on_background(s, ev->text);
	/* Our line character took two columns: draw with what is one wide everywhere. */
	if (ev->reply == REPLY_CURSOR && ev->y == 2 && ev->x == 3 && str_eq(wish, "auto"))
		s->canvas->ascii = true;
}

void
screen_on_input(void *user, const struct input_event *ev)
{
	struct screen *s = user;

	switch (ev->kind) {
	case INPUT_KEY:
		s->click_blind = false;
		forget_message(s);
		on_key(s, ev->key);
		break;
	case INPUT_PASTE:
		forget_message(s);
		on_paste(s, ev);
		break;
	case INPUT_MOUSE:
		on_mouse(s, ev);
		break;
	case INPUT_FOCUS:
		s->click_blind = ev->focused && !s->focused_terminal;
		s->focused_terminal = ev->focused;
		if (ev->focused)
			notify_drop(s);
		break;
	case INPUT_REPLY:
		on_reply(s, ev);
		break;
	}
	s->urgent = true;
	screen_dirty(s);
}
