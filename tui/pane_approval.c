/* What waits for the person's decision: question, reasons, effects, differences. */
#include "tui/screen_priv.h"
#include "agent/base/sanitize.h"
#include "tui/approval_pick.h"
#include "tui/diffview.h"
#include "tui/words.h"

static const char *const approval_contexts[] = { "approval", NULL };

const struct fold_approval *
approval_open(const struct screen *s)
{
	return s->live ? fold_open_approval(s->live) : NULL;
}

/* One new or changed text: its difference is what is decided, so it shows at once. */
static void
show_only_diff(struct screen *s, const struct fold_approval *a)
{
	const struct fold_effect *e = approval_effect(s, a, 0);

	if (!e || !e->diff || !(str_eq(e->kind, "modify") || str_eq(e->kind, "replace") || str_eq(e->kind, "create")))
		return;
	s->approval.diff = xstrdup(e->diff);
	s->approval.diff_of = 0;
}

/* Another approval, or none: everything about the last one goes. */
void
approval_sync(struct screen *s)
{
	const struct fold_approval *a = approval_open(s);
	struct approval_view *v = &s->approval;
	int64_t task = s->live ? s->live->task : 0;

	if (a && v->guard.approval == a->approval && v->guard.task == task)
		return;
	if (!a && !v->guard.approval)
		return;
	guard_open(&v->guard, task, a ? a->approval : 0, a && a->red);
	lines_finish(&v->lines);
	lines_init(&v->lines);
	free(v->take);
	free(v->diff);
	free(v->row_item);
	v->row_item = NULL;
	v->take = NULL;
	v->diff = NULL;
	v->diff_of = -1;
	v->top = 0;
	v->lines_cols = 0;
	v->by_part = false;
	v->list = (struct list){ .sel = -1 };
	v->n = a ? a->n_effects : 0;
	if (v->n) {
		v->take = xcalloc(v->n, sizeof(*v->take));
		memset(v->take, true, v->n * sizeof(*v->take));
	}
	if (v->n == 1)
		show_only_diff(s, a);
	/* Whatever was being typed goes on in the input. */
	if (s->focus == PANE_APPROVAL)
		s->focus = PANE_INPUT;
	if (s->zoom == PANE_APPROVAL)
		s->zoom = PANE_INPUT;
}

static void
note_row(struct approval_view *v, int item)
{
	while (v->n_rows < v->lines.n) {
		if (v->n_rows % 64 == 0)
			v->row_item = xreallocarray(v->row_item, v->n_rows + 64, sizeof(*v->row_item));
		v->row_item[v->n_rows++] = item;
	}
}

static void
put_reasons(struct screen *s, const struct fold_approval *a, int cols)
{
	struct approval_view *v = &s->approval;
	autofree char *q = sanitize_dup(a->question ? a->question : _("May this be done?"), SANITIZE_TEXT);
	struct slice why = slice_of(a->why);

	lines_wrap_hang(&v->lines, slice_of(q), cols, a->red ? "! " : "", STYLE(ROLE_RISK_RED),
		STYLE(a->red ? ROLE_RISK_RED : ROLE_STRONG));
	if (a->command) {
		autofree char *cmd = sanitize_dup(a->command, SANITIZE_NAME);

		lines_wrap_hang(&v->lines, slice_of(cmd), cols, "$ ", STYLE(ROLE_MUTED), STYLE(ROLE_CODE));
	}
	while (why.p && why.n) {
		struct slice line = slice_line(&why);
		autofree char *raw = slice_dup(line), *safe = sanitize_dup(raw, SANITIZE_LINE);

		lines_wrap_hang(&v->lines, slice_of(safe), cols, "· ", STYLE(ROLE_MUTED),
			STYLE(a->red ? ROLE_WARN : ROLE_MUTED));
	}
	if (a->taint) {
		autofree char *t = sanitize_dup(a->taint, SANITIZE_LINE);
		autofree char *line = xasprintf(_("! unverified content reached this task: %s"), t);

		lines_wrap(&v->lines, slice_of(line), cols, "", STYLE(ROLE_WARN));
	}
	for (size_t i = 0; i < s->live->n_steps; i++) {
		if (str_eq(s->live->steps[i].state, "now")) {
			autofree char *t = sanitize_dup(s->live->steps[i].text, SANITIZE_LINE);
			autofree char *line = xasprintf(_("step %zu: %s"), i + 1, t);

			lines_wrap(&v->lines, slice_of(line), cols, "", STYLE(ROLE_MUTED));
		}
	}
	note_row(v, -1);
}

/* "~/a/  b.txt → c/b.txt": what both names share is said once. */
static void
put_move(struct buf *text, const char *from, const char *to)
{
	size_t shared = 0;

	for (size_t i = 0; from[i] && from[i] == to[i]; i++) {
		if (from[i] == '/')
			shared = i + 1;
	}
	if (shared < 3)
		buf_printf(text, "%s → %s", from, to);
	else
		buf_printf(text, "%.*s  %s → %s", (int)shared, from, from + shared, to + shared);
}

/* The name stands right above. */
static struct slice
without_names(const char *diff)
{
	struct slice s = slice_of(diff), rest = s;

	while (slice_starts(rest, "--- ") || slice_starts(rest, "+++ ")) {
		slice_line(&rest);
		s = rest;
	}
	return s;
}

static void
put_effect(struct screen *s, size_t i, const struct fold_effect *e, int cols)
{
	struct approval_view *v = &s->approval;
	autofree char *path = place_text(e->path), *from = e->from ? place_text(e->from) : NULL;
	autobuf struct buf text = BUF_INIT(1u << 16);
	char size[16], count[32];
	style st;
	const char *sign = effect_sign(e->kind, &st);
	struct slice s_text;
	autofree char *prefix = NULL;

	if (from && str_eq(e->kind, "move"))
		put_move(&text, from, path);
	else
		buf_add_str(&text, path);
	if (e->type == 'd')
		buf_add_char(&text, '/');
	if (from && e->type == 'l')
		buf_printf(&text, " → %s", from);
	if (e->count > 1)
		buf_printf(&text, _("  %s files"), str_count(e->count, count));
	if (e->bytes)
		buf_printf(&text, "  %s", str_size(e->bytes, size));
	if (e->red) {
		autofree char *why = red_words(e->red);

		buf_printf(&text, "  ! %s", why);
	}
	if (e->note) {
		autofree char *note = sanitize_dup(e->note, SANITIZE_LINE);

		buf_printf(&text, "  (%s)", note);
	}
	s_text = buf_slice(&text);
	prefix = xasprintf("%s %s ", v->take[i] ? "[✓]" : "[ ]", sign);
	lines_wrap_hang(&v->lines, s_text, cols, prefix, st, str_eq(e->kind, "delete") ? st : 0);
	note_row(v, (int)i);
	if (v->diff_of == (int64_t)i && v->diff) {
		diff_render(&v->lines, without_names(v->diff), cols, cols >= DIFF_SIDE_COLS);
		note_row(v, -1);
	}
}

static void
lay_out(struct screen *s, const struct fold_approval *a, int cols)
{
	struct approval_view *v = &s->approval;
	const struct fold_call *c = fold_call(s->live, a->call);
	autofree char *sums = NULL;

	lines_clear(&v->lines);
	v->n_rows = 0;
	v->lines_cols = cols;
	put_reasons(s, a, cols);
	if (a->n_effects == 0) {
		note_row(v, -1);
		return;
	}
	sums = c ? effects_words(c->effects, c->n_effects) : xstrdup("");
	lines_begin(&v->lines);
	lines_begin(&v->lines);
	lines_add_str(&v->lines, sums, STYLE(ROLE_STRONG));
	note_row(v, -1);
	for (size_t i = 0; i < a->n_effects; i++) {
		const struct fold_effect *e = approval_effect(s, a, i);

		if (e)
			put_effect(s, i, e, cols);
	}
}

/* The selected effect stays in view; the last lines can always be reached. */
static void
keep_in_view(struct approval_view *v, int h)
{
	int n = (int)v->lines.n;

	for (int y = 0; y < n && v->list.sel >= 0; y++) {
		if (v->row_item[y] != v->list.sel)
			continue;
		if (y < v->top)
			v->top = MAX_OF(y - 1, 0);
		if (y >= v->top + h)
			v->top = y - h + 1 + (y + 1 < n);
		break;
	}
	v->top = MAX_OF(MIN_OF(v->top, n - h), 0);
}

static void
draw_buttons(struct screen *s, struct area a, int y)
{
	struct approval_view *v = &s->approval;
	char take[64], refuse[64];
	bool may = guard_may_take(&v->guard), seen = !v->guard.red || guard_seen_whole(&v->guard);
	int x = 0;

	keymap_keys_of(&s->keymap, "approval-take", NULL, take, sizeof(take));
	keymap_keys_of(&s->keymap, "approval-refuse", NULL, refuse, sizeof(refuse));
	if (v->by_part)
		x += draw_printf(a, y, x, STYLE(may ? ROLE_BADGE : ROLE_MUTED), _(" %s take part: %zu of %zu "), take,
			approval_chosen(s), v->n);
	else
		x += draw_printf(a, y, x, STYLE(may ? ROLE_BADGE : ROLE_MUTED), " %s %s ", take, _("take"));
	v->take_end = x;
	x += 1;
	x += draw_printf(a, y, x, STYLE(ROLE_BADGE_WARN), " %s %s ", refuse, _("refuse"));
	v->refuse_end = x;
	x += 2;
	if (!seen)
		draw_elided(a, y, x, -1, _("↓ look at all of it before it can be taken"), STYLE(ROLE_WARN));
	else if (s->focus != PANE_APPROVAL)
		draw_elided(a, y, x, -1, _("F6 look closer"), STYLE(ROLE_MUTED));
	else if (a.w - x >= 24)
		draw_elided(a, y, x, -1, _("or choose below"), STYLE(ROLE_MUTED));
}

static void
approval_draw(struct screen *s, struct area a, bool focused)
{
	struct approval_view *v = &s->approval;
	const struct fold_approval *ap = approval_open(s);
	autofree char *right = NULL;
	struct area in, body;
	int last;

	if (!ap || a.h < 2)
		return;
	body = area_sub(a, 1, 1, a.h - 2, a.w - 2);
	if (v->lines_cols != body.w)
		lay_out(s, ap, body.w);
	keep_in_view(v, body.h);
	last = MIN_OF(v->top + body.h, (int)v->lines.n);
	right = (int)v->lines.n > body.h ? xasprintf(_("lines %d-%d of %zu"), v->top + 1, last, v->lines.n)
					 : xstrdup(ap->red ? _("look closely") : "");
	in = draw_pane_title(s, a, PANE_APPROVAL, focused, right);
	for (int y = 0; y < body.h && v->top + y < (int)v->lines.n; y++) {
		lines_draw(&v->lines, (size_t)(v->top + y), body, y, 0);
		if (focused && v->list.sel >= 0 && v->row_item[v->top + y] == v->list.sel) {
			draw_highlight(body, y, 0, body.w, ROLE_CURSORLINE);
			draw_str(a, y + 1, 0, "›", STYLE(ROLE_ACCENT));
		}
	}
	draw_scrollbar(body, body.w - 1, (int)v->lines.n, v->top);
	draw_buttons(s, area_sub(in, in.h - 1, 1, 1, in.w - 2), 0);
	v->want_last = last;
	v->want_total = (int)v->lines.n;
	v->view_rows = body.h;
}

/* The frame left for the terminal: only now has anybody seen it. */
void
approval_frame_written(struct screen *s)
{
	struct approval_view *v = &s->approval;

	if (!v->guard.approval || s->layout.pane[PANE_APPROVAL].h < 3 || s->n_overlays)
		return;
	guard_seen(&v->guard, v->want_last, v->want_total);
	guard_shown(&v->guard, screen_now(s));
}

static void
approval_move(struct screen *s, int rows)
{
	struct approval_view *v = &s->approval;
	int n = (int)v->lines.n;
	int old = v->list.sel;

	if (v->n == 0) {
		v->top = MAX_OF(MIN_OF(v->top + rows, n - v->view_rows), 0);
		return;
	}
	v->list.n = (int)v->n;
	v->list.sel = MIN_OF(MAX_OF(v->list.sel + rows, 0), (int)v->n - 1);
	/* At an edge of the list the text itself goes on. */
	if (v->list.sel == old)
		v->top += rows;
	if (rows < 0 && v->list.sel == 0 && old == 0) {
		v->list.sel = -1;
		v->top = 0;
	}
}

static void
approval_page(struct screen *s, int pages2)
{
	struct approval_view *v = &s->approval;

	v->list.sel = -1;
	v->top += pages2 * MAX_OF(v->view_rows - 1, 2) / 2;
	v->top = MAX_OF(MIN_OF(v->top, (int)v->lines.n - v->view_rows), 0);
	if (v->top > 0)
		v->list.sel = approval_row_at_hand(s);
}

static void
approval_edge(struct screen *s, bool end)
{
	struct approval_view *v = &s->approval;

	v->list.sel = end ? (int)v->n - 1 : -1;
	v->top = end ? (int)v->lines.n : 0;
}

/* A click that only brings the keyboard here decides nothing. */
static void
click_button(struct screen *s, int x)
{
	const struct approval_view *v = &s->approval;
	const char *name = x < 0 ? NULL : x < v->take_end ? "approval-take"
		: x > v->take_end && x < v->refuse_end	    ? "approval-refuse"
							    : NULL;

	if (name && s->click_inside) {
		command_find(name)->run(s, "");
	} else if (name) {
		guard_again(&s->approval.guard, screen_now(s)); /* nor does a double click */
		screen_say(s, ROLE_INFO, "%s", _("once more decides"));
	}
}

static void
approval_mouse(struct screen *s, const struct input_event *ev, int y, int x)
{
	struct approval_view *v = &s->approval;
	int row = v->top + y - 1;

	if (ev->what == MOUSE_WHEEL_UP || ev->what == MOUSE_WHEEL_DOWN) {
		v->list.sel = -1;
		v->top = MAX_OF(v->top + (ev->what == MOUSE_WHEEL_UP ? -3 : 3), 0);
	} else if (ev->what == MOUSE_PRESS && y == s->layout.pane[PANE_APPROVAL].h - 1) {
		click_button(s, x - 1);
	} else if (ev->what == MOUSE_PRESS && y >= 1 && y <= v->view_rows && row >= 0 && row < (int)v->n_rows &&
		v->row_item[row] >= 0) {
		v->list.sel = v->row_item[row];
		if (x >= 1 && x <= 3)
			approval_toggle(s, v->list.sel);
	}
	screen_dirty(s);
}

extern const struct pane_type pane_approval;
const struct pane_type pane_approval = { N_("Decision"), approval_contexts, approval_draw, approval_mouse,
	approval_move, approval_page, approval_edge };

