/* One frame: everything into the canvas; the terminal gets what differs. */
#include "tui/picker.h"
#include "tui/screen_priv.h"

#define WHICH_ROWS 8

const char *
spinner(const struct screen *s)
{
	static const char *const dots[] = { "⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏" };
	static const char *const bars[] = { "|", "/", "-", "\\" };

	return s->canvas->ascii ? bars[s->spin % 4] : dots[s->spin % 10];
}

struct area
area_of(struct screen *s, struct rect r)
{
	return area_sub(area_all(s->canvas), r.y, r.x, r.h, r.w);
}

void
screen_wish(struct screen *s, struct layout_wish *w)
{
	const struct fold *f = screen_fold(s);

	*w = (struct layout_wish){
		.rows = s->canvas->rows,
		.cols = s->canvas->cols,
		.input_rows = edit_rows(s->edit, MAX_OF(s->canvas->cols - 3, 2)),
		.focus = s->focus,
		.zoom = s->zoom,
		.has_plan = f && f->n_steps > 0,
		.plan_rows = f ? (int)f->n_steps : 0,
		.has_tools = f && f->n_calls > 0,
		.has_approval = approval_open(s) != NULL && !s->viewing,
		.plan_folded = s->plan_folded,
		.tools_folded = s->tools_folded,
		.banner = !s->banner_off && s->banner != NULL,
	};
}

struct area
draw_pane_title(struct screen *s, struct area a, enum pane_id p, bool focused, const char *right)
{
	style line = STYLE(focused ? ROLE_BORDER_FOCUS : ROLE_BORDER);
	style title = STYLE(focused ? ROLE_TITLE_FOCUS : ROLE_TITLE);
	int x = 1, end = a.w - 1;

	(void)s;
	if (p == PANE_APPROVAL) {
		title = STYLE(ROLE_BADGE_WARN);
		line = STYLE(ROLE_WARN);
	}
	draw_repeat(a, 0, 0, a.w, 0x2500, line);
	x += draw_printf(a, 0, x, title, " %d %s ", (int)p, _(pane_types[p]->title));
	if (right && *right && end - x > (int)strlen(right) + 2) {
		autofree char *text = xasprintf(" %s ", right);

		draw_right(a, 0, end, text, STYLE(ROLE_MUTED));
	}
	return area_sub(a, 1, 0, a.h - 1, a.w);
}

static void
draw_panes(struct screen *s)
{
	const struct layout *l = &s->layout;

	for (int p = PANE_TRANSCRIPT; p < PANE_COUNT; p++) {
		struct area a = area_of(s, l->pane[p]);

		if (a.h > 0)
			pane_types[p]->draw(s, a, s->focus == (enum pane_id)p && s->n_overlays == 0);
	}
	if (l->split_x) {
		struct rect t = l->pane[PANE_TRANSCRIPT];

		draw_vline(area_all(s->canvas), t.y, l->split_x, t.h, 0x2502, STYLE(ROLE_BORDER));
	}
	draw_input(s, area_of(s, l->input));
}

static void
draw_tabs(struct screen *s, struct area a)
{
	struct layout_wish w;
	int x = 1;

	if (a.h < 1)
		return;
	screen_wish(s, &w);
	for (int p = PANE_TRANSCRIPT; p < PANE_COUNT; p++) {
		bool here = s->layout.pane[p].h > 0;

		if ((p == PANE_PLAN && !w.has_plan) || (p == PANE_TOOLS && !w.has_tools) ||
			(p == PANE_APPROVAL && !w.has_approval))
			continue;
		x += draw_printf(a, 0, x, STYLE(here ? ROLE_TITLE_FOCUS : ROLE_MUTED), "%d %s", p,
			_(pane_types[p]->title)) + 2;
	}
}

struct which {
	struct screen *s;
	struct area a;
	int row, col, rows;
};

static void
draw_which_one(void *user, struct key next, const struct binding *b)
{
	struct which *w = user;
	const struct command *c = command_find(b->command);
	char name[KEY_NAME_MAX];
	int x = 2 + w->col * 40;

	if (!c || x + 20 > w->a.w)
		return;
	draw_str(w->a, w->row, x, key_label(next, name), STYLE_ON(ROLE_KEY, ROLE_POPUP));
	draw_elided(w->a, w->row, x + 8, 30, _(c->summary), STYLE_ON(ROLE_TEXT, ROLE_POPUP));
	if (++w->row == w->rows) {
		w->row = 0;
		w->col++;
	}
}

/* What may follow the keys pressed so far. */
static void
draw_which(struct screen *s)
{
	struct area all = area_all(s->canvas);
	struct which w = { .s = s, .rows = WHICH_ROWS };

	if (s->n_seq == 0 || all.h < WHICH_ROWS + 4)
		return;
	w.a = area_sub(all, all.h - 1 - WHICH_ROWS, 0, WHICH_ROWS, all.w);
	draw_fill(w.a, STYLE(ROLE_POPUP));
	keymap_continue(&s->keymap, screen_contexts(s), s->seq, s->n_seq, draw_which_one, &w);
}

static void
draw_tiny(struct screen *s)
{
	struct area all = area_all(s->canvas);
	autofree char *text = xasprintf(_("homard: %d x %d is too small"), all.w, all.h);

	draw_elided(all, 0, 0, -1, text, STYLE(ROLE_WARN));
	if (all.h > 2)
		draw_elided(all, 1, 0, -1, s->live ? fold_state_word(s->live->state) : _("ready"), 0);
	draw_input(s, area_of(s, s->layout.input));
}

static void
draw_banner(struct screen *s, struct area a)
{
	if (a.h < 1)
		return;
	draw_repeat(a, 0, 0, a.w, ' ', STYLE(ROLE_BADGE_RED));
	draw_elided(a, 0, 1, a.w - 2, s->banner, STYLE(ROLE_BADGE_RED));
}

void
screen_compose(struct screen *s)
{
	struct layout_wish w;

	canvas_clear(s->canvas);
	screen_wish(s, &w);
	layout_make(&w, &s->layout);
	if (s->layout.kind == LAYOUT_TINY) {
		draw_tiny(s);
		return;
	}
	draw_header(s, area_of(s, s->layout.header));
	draw_banner(s, area_of(s, s->layout.banner));
	draw_tabs(s, area_of(s, s->layout.tabs));
	draw_panes(s);
	draw_rule(s, area_of(s, s->layout.rule));
	draw_status(s, area_of(s, s->layout.status));
	draw_completion(s);
	for (size_t i = 0; i < s->n_overlays; i++) {
		/* Only the one on top may place the cursor. */
		s->canvas->cur_y = -1;
		s->overlays[i].type->draw(s, s->overlays[i].state, area_all(s->canvas));
	}
	draw_which(s);
}

void
screen_draw(struct screen *s)
{
	uint64_t before = term_bytes(s->term);

	if (term_pending(s->term))
		return;
	approval_sync(s);
	picker_drop_stale(s);
	screen_compose(s);
	term_draw(s->term, s->canvas, theme_paint, s->theme);
	s->dirty = s->urgent = false;
	s->last_frame = uv_hrtime();
	s->frame_bytes = term_bytes(s->term) - before;
	if (!term_pending(s->term))
		approval_frame_written(s);
}
