/* Transcript, plan and tools as panes, and the table of all panes. */
#include "tui/screen_priv.h"
#include "agent/base/sanitize.h"
#include "tui/lobster.h"
#include "tui/words.h"

static const char *const transcript_contexts[] = { "transcript", "pane", NULL };
static const char *const plan_contexts[] = { "plan", "pane", NULL };
static const char *const tools_contexts[] = { "tools", "pane", NULL };

/* --- transcript --- */

static void
draw_empty(struct screen *s, struct area a)
{
	static const char *const examples[] = { N_("what takes the most space in my downloads?"),
		N_("sort the downloads folder by kind"), N_("find files that mention invoice") };
	int y = MAX_OF(a.h / 2 - 5, 0), x = MAX_OF((a.w - 70) / 2, 2);
	char keys[64];

	if (a.h < 5 || a.w < 20)
		return;
	if (s->lobster && a.h >= 18 && a.w >= 40) {
		y -= lobster_rows(s) - 3;
		y += draw_lobster(a, MAX_OF(y, 0), x, s) + 1;
	}
	draw_str(a, y, x, _("Ask for something. Nothing changes before you have seen it."), STYLE(ROLE_STRONG));
	y += 2;
	draw_elided(a, y++, x, -1, _("Try one of these:"), STYLE(ROLE_MUTED));
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		draw_str(a, y, x, "› ", STYLE(ROLE_PROMPT));
		draw_elided(a, y++, x + 2, -1, _(examples[i]), 0);
	}
	y++;
	keymap_keys_of(&s->keymap, "palette", NULL, keys, sizeof(keys));
	if (s->model_hint)
		draw_elided(a, y + 1, x, -1, s->model_hint, STYLE(ROLE_INFO));
	draw_printf(a, y, x, STYLE(ROLE_MUTED), _("%s shows everything you can do; / lists commands, @ names a file."), keys);
}

static void
transcript_draw(struct screen *s, struct area a, bool focused)
{
	int above, total;

	if (transcript_count(s) == 0) {
		draw_empty(s, a);
		return;
	}
	blocks_draw(s->blocks, area_sub(a, 0, 0, a.h, a.w - 1));
	blocks_position(s->blocks, &above, &total);
	draw_scrollbar(a, a.w - 1, total, above);
	if (focused && s->cursor_block != SIZE_MAX) {
		for (int y = 0; y < a.h; y++) {
			int line = -1;

			if (blocks_hit(s->blocks, y, &line) == (ptrdiff_t)s->cursor_block && line >= 0)
				draw_repeat(a, y, 0, 1, 0x258E, STYLE(ROLE_BORDER_FOCUS));
		}
	}
	if (!blocks_at_bottom(s->blocks) && a.h > 3)
		draw_right(a, a.h - 1, a.w - 2, _(" ↓ more below "), STYLE(ROLE_TOAST));
}

static void
transcript_move(struct screen *s, int rows)
{
	blocks_scroll(s->blocks, rows);
}

static void
transcript_page(struct screen *s, int pages2)
{
	blocks_page(s->blocks, pages2);
}

static void
transcript_edge(struct screen *s, bool end)
{
	if (end)
		blocks_bottom(s->blocks);
	else
		blocks_top(s->blocks);
}

static void
copy_selection(struct screen *s)
{
	autofree char *text = blocks_selected(s->blocks);

	if (!text || !*text)
		return;
	if (term_copy(s->term, slice_of(text)))
		screen_say(s, ROLE_INFO, "%s", _("copied"));
	else
		screen_say(s, ROLE_WARN, "%s", _("too long for the clipboard"));
}

static void
transcript_mouse(struct screen *s, const struct input_event *ev, int y, int x)
{
	int line;
	ptrdiff_t hit;

	switch (ev->what) {
	case MOUSE_WHEEL_UP:
	case MOUSE_WHEEL_DOWN:
		blocks_scroll(s->blocks, ev->what == MOUSE_WHEEL_UP ? -3 : 3);
		break;
	case MOUSE_PRESS:
		blocks_select_none(s->blocks);
		if (ev->button == 1)
			blocks_select_start(s->blocks, y, x);
		s->dragging = false;
		break;
	case MOUSE_DRAG:
		s->dragging = true;
		blocks_select_to(s->blocks, y, x);
		break;
	case MOUSE_RELEASE:
		if (s->dragging) {
			copy_selection(s);
			s->dragging = false;
			break;
		}
		blocks_select_none(s->blocks);
		hit = blocks_hit(s->blocks, y, &line);
		if (hit >= 0 && line == 0)
			transcript_toggle(s, (size_t)hit);
		break;
	}
}

static const struct pane_type pane_transcript = { N_("Chat"), transcript_contexts, transcript_draw,
	transcript_mouse, transcript_move, transcript_page, transcript_edge };

/* --- plan --- */

static char *
step_price(const struct fold_step *p, int64_t ms)
{
	autofree char *time = duration_text(ms);

	if (p->cost <= 0)
		return steal_ptr(&time);
	return ms >= 1000 ? xasprintf("$%.3f · %s", p->cost, time) : xasprintf("$%.3f", p->cost);
}

static void
plan_draw(struct screen *s, struct area a, bool focused)
{
	const struct fold *f = screen_fold(s);
	size_t done = 0;
	autofree char *right = NULL;
	struct area in;

	for (size_t i = 0; f && i < f->n_steps; i++)
		done += str_eq(f->steps[i].state, "done") || str_eq(f->steps[i].state, "skipped");
	right = xasprintf("%zu/%zu", done, f ? f->n_steps : 0);
	in = draw_pane_title(s, a, PANE_PLAN, focused, right);
	list_fit(&s->plan_list, f ? (int)f->n_steps : 0, in.h);
	for (int y = 0; f && y < in.h && s->plan_list.top + y < (int)f->n_steps; y++) {
		int i = s->plan_list.top + y, x, end = in.w - 1;
		const struct fold_step *p = &f->steps[i];
		int64_t ms = p->ms;
		autofree char *text = sanitize_dup(p->text, SANITIZE_LINE), *time = NULL;
		style st, text_st = str_eq(p->state, "now") ? STYLE(ROLE_STRONG)
			: str_eq(p->state, "todo")	    ? 0
							    : STYLE(ROLE_MUTED);
		const char *sign = step_sign(p, &st);

		if (str_eq(p->state, "now") && p->began_ms)
			ms += MAX_OF(clock_wall(s->cli->clock) - p->began_ms, 0);
		if (ms >= 1000 || p->cost > 0) {
			time = step_price(p, ms);
			end = draw_right(in, y, end, time, STYLE(ROLE_MUTED)) - 1;
		}
		draw_str(in, y, 1, sign, st);
		x = 3 + draw_printf(in, y, 3, STYLE(ROLE_MUTED), "%d ", i + 1);
		draw_elided(in, y, x, end - x, text, text_st);
		if (focused && i == s->plan_list.sel)
			draw_highlight(in, y, 0, in.w, ROLE_CURSORLINE);
	}
}

static void
list_mouse(struct screen *s, struct list *l, const struct input_event *ev, int y)
{
	int hit = list_hit(l, y - 1);

	if (ev->what == MOUSE_WHEEL_UP || ev->what == MOUSE_WHEEL_DOWN)
		list_move(l, ev->what == MOUSE_WHEEL_UP ? -1 : 1);
	else if (ev->what == MOUSE_PRESS && hit >= 0)
		list_to(l, hit);
	screen_dirty(s);
}

static void
plan_mouse(struct screen *s, const struct input_event *ev, int y, int x)
{
	(void)x;
	if (ev->what == MOUSE_PRESS && y == 0)
		s->plan_folded = !s->plan_folded;
	list_mouse(s, &s->plan_list, ev, y);
}

static void
plan_move(struct screen *s, int rows)
{
	list_move(&s->plan_list, rows);
}

static void
plan_page(struct screen *s, int pages2)
{
	list_page(&s->plan_list, pages2);
}

static void
plan_edge(struct screen *s, bool end)
{
	list_to(&s->plan_list, end ? s->plan_list.n - 1 : 0);
}

static const struct pane_type pane_plan = { N_("Plan"), plan_contexts, plan_draw, plan_mouse, plan_move,
	plan_page, plan_edge };

/* --- tools --- */

static void
draw_call_row(struct screen *s, struct area in, int y, const struct fold_call *c, bool sel)
{
	autofree char *words = call_words(c), *time = NULL;
	style st;
	const char *sign = call_sign(c, &st);
	int x, end = in.w - 1;

	if (c->state == FOLD_CALL_RUNNING) {
		sign = spinner(s);
		time = duration_text(MAX_OF(clock_wall(s->cli->clock) - c->begun_ms, 0));
	} else if (c->state >= FOLD_CALL_DONE && c->ms >= 100) {
		time = duration_text(c->ms);
	}
	if (c->state > FOLD_CALL_DONE)
		end = draw_right(in, y, end, call_state_word(c), st) - 1;
	else if (time)
		end = draw_right(in, y, end, time, STYLE(ROLE_MUTED)) - 1;
	draw_str(in, y, 1, sign, st);
	x = 3 + draw_elided(in, y, 3, 14, c->tool, STYLE(ROLE_TOOL)) + 1;
	draw_elided(in, y, x, end - x, words, 0);
	if (sel)
		draw_highlight(in, y, 0, in.w, ROLE_CURSORLINE);
}

static void
tools_draw(struct screen *s, struct area a, bool focused)
{
	const struct fold *f = screen_fold(s);
	int n = f ? (int)f->n_calls : 0;
	autofree char *right = xasprintf("%d", n);
	struct area in = draw_pane_title(s, a, PANE_TOOLS, focused, right);

	/* The newest shows unless someone looks at another. */
	if (!focused)
		s->tools_list.sel = n - 1;
	list_fit(&s->tools_list, n, in.h);
	for (int y = 0; y < in.h && s->tools_list.top + y < n; y++)
		draw_call_row(s, in, y, &f->calls[s->tools_list.top + y],
			focused && s->tools_list.top + y == s->tools_list.sel);
}

static void
tools_mouse(struct screen *s, const struct input_event *ev, int y, int x)
{
	(void)x;
	if (ev->what == MOUSE_PRESS && y == 0)
		s->tools_folded = !s->tools_folded;
	list_mouse(s, &s->tools_list, ev, y);
}

static void
tools_move(struct screen *s, int rows)
{
	list_move(&s->tools_list, rows);
}

static void
tools_page(struct screen *s, int pages2)
{
	list_page(&s->tools_list, pages2);
}

static void
tools_edge(struct screen *s, bool end)
{
	list_to(&s->tools_list, end ? s->tools_list.n - 1 : 0);
}

static const struct pane_type pane_tools = { N_("Tools"), tools_contexts, tools_draw, tools_mouse,
	tools_move, tools_page, tools_edge };

extern const struct pane_type pane_approval, pane_input;

const struct pane_type *const pane_types[PANE_COUNT] = {
	[PANE_INPUT] = &pane_input,
	[PANE_TRANSCRIPT] = &pane_transcript,
	[PANE_PLAN] = &pane_plan,
	[PANE_TOOLS] = &pane_tools,
	[PANE_APPROVAL] = &pane_approval,
};
