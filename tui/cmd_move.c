/* Moving: one set of commands for lists, texts and panes alike. */
#include "tui/cmds.h"
#include "tui/pager.h"
#include "tui/picker.h"
#include "tui/prompt.h"
#include "tui/screen_priv.h"

/* With the keyboard in the input, pages move the transcript. */
static const struct pane_type *
moved_pane(const struct screen *s)
{
	const struct pane_type *p = pane_types[s->focus];

	return p->page ? p : pane_types[PANE_TRANSCRIPT];
}

/* In the chat the cursor goes from block to block. */
static void
step_block(struct screen *s, int by)
{
	size_t n = transcript_count(s);

	if (n == 0)
		return;
	if (s->cursor_block >= n)
		s->cursor_block = n - 1;
	else if (by < 0 && s->cursor_block > 0)
		s->cursor_block--;
	else if (by > 0 && s->cursor_block + 1 < n)
		s->cursor_block++;
	for (int y = 0; y < s->layout.pane[PANE_TRANSCRIPT].h; y++) {
		if (blocks_hit(s->blocks, y, NULL) == (ptrdiff_t)s->cursor_block)
			return;
	}
	if (s->cursor_block == n - 1)
		blocks_bottom(s->blocks);
	else
		blocks_show(s->blocks, s->cursor_block);
}

static void
move(struct screen *s, int rows)
{
	struct picker *picker = picker_top(s);
	struct pager *pager = pager_top(s);

	if (picker)
		picker_move(s, picker, rows);
	else if (pager)
		pager_scroll(s, pager, rows);
	else if (s->n_overlays == 0 && s->focus == PANE_TRANSCRIPT)
		step_block(s, rows);
	else if (s->n_overlays == 0 && pane_types[s->focus]->move)
		pane_types[s->focus]->move(s, rows);
	screen_dirty(s);
}

static void
page(struct screen *s, int pages2)
{
	struct picker *picker = picker_top(s);
	struct pager *pager = pager_top(s);

	if (picker)
		picker_page(s, picker, pages2);
	else if (pager)
		pager_page(s, pager, pages2);
	else if (s->n_overlays == 0)
		moved_pane(s)->page(s, pages2);
	screen_dirty(s);
}

static void
edge(struct screen *s, bool end)
{
	struct picker *picker = picker_top(s);
	struct pager *pager = pager_top(s);

	if (picker)
		picker_move(s, picker, end ? 100000 : -100000);
	else if (pager)
		pager_edge(s, pager, end);
	else if (s->n_overlays == 0)
		moved_pane(s)->edge(s, end);
	screen_dirty(s);
}

#define MOVER(name, call)                                                                          \
	static void name(struct screen *s, const char *arg)                                        \
	{                                                                                          \
		(void)arg;                                                                         \
		call;                                                                              \
	}
MOVER(cmd_up, move(s, -1))
MOVER(cmd_down, move(s, 1))
MOVER(cmd_page_up, page(s, -2))
MOVER(cmd_page_down, page(s, 2))
MOVER(cmd_half_up, page(s, -1))
MOVER(cmd_half_down, page(s, 1))
MOVER(cmd_top, edge(s, false))
MOVER(cmd_bottom, edge(s, true))
MOVER(cmd_scroll_up, (blocks_scroll(s->blocks, -1), screen_dirty(s)))
MOVER(cmd_scroll_down, (blocks_scroll(s->blocks, 1), screen_dirty(s)))

static void
go_pane(struct screen *s, int dir)
{
	struct layout_wish w;

	if (s->n_overlays)
		return;
	screen_wish(s, &w);
	screen_focus(s, layout_next(&w, s->focus, dir));
}

MOVER(cmd_pane_next, go_pane(s, 1))
MOVER(cmd_pane_prev, go_pane(s, -1))

static void
cmd_pane(struct screen *s, const char *arg)
{
	int64_t n;

	if (s->n_overlays || !str_to_i64(arg, &n) || n < 0 || n >= PANE_COUNT)
		return;
	/* The same number again goes back to the input. */
	screen_focus(s, s->focus == (enum pane_id)n ? PANE_INPUT : (enum pane_id)n);
}

static void
cmd_zoom(struct screen *s, const char *arg)
{
	(void)arg;
	s->zoom = s->zoom == PANE_INPUT && s->focus != PANE_INPUT ? s->focus : PANE_INPUT;
	screen_dirty(s);
}

static void
cmd_collapse(struct screen *s, const char *arg)
{
	(void)arg;
	if (s->focus == PANE_PLAN)
		s->plan_folded = !s->plan_folded;
	else if (s->focus == PANE_TOOLS)
		s->tools_folded = !s->tools_folded;
	screen_dirty(s);
}

static void
cmd_accept(struct screen *s, const char *arg)
{
	(void)arg;
	if (picker_top(s))
		picker_choose(s);
	else if (prompt_top(s))
		prompt_accept(s);
}

MOVER(cmd_preview_up, if (picker_top(s)) picker_scroll_preview(s, picker_top(s), -5))
MOVER(cmd_preview_down, if (picker_top(s)) picker_scroll_preview(s, picker_top(s), 5))

const struct command cmds_move[] = {
	{ "up", N_("Up"), "list", NULL, NULL, cmd_up, NULL },
	{ "down", N_("Down"), "list", NULL, NULL, cmd_down, NULL },
	{ "page-up", N_("A page up"), "list", NULL, NULL, cmd_page_up, NULL },
	{ "page-down", N_("A page down"), "list", NULL, NULL, cmd_page_down, NULL },
	{ "half-up", N_("Half a page up"), "list", NULL, NULL, cmd_half_up, NULL },
	{ "half-down", N_("Half a page down"), "list", NULL, NULL, cmd_half_down, NULL },
	{ "top", N_("To the start"), "list", NULL, NULL, cmd_top, NULL },
	{ "bottom", N_("To the end"), "list", NULL, NULL, cmd_bottom, NULL },
	{ "scroll-up", N_("Scroll the chat a line up"), "global", NULL, NULL, cmd_scroll_up, NULL },
	{ "scroll-down", N_("Scroll the chat a line down"), "global", NULL, NULL, cmd_scroll_down, NULL },
	{ "pane-next", N_("Go to the next pane"), "global", NULL, NULL, cmd_pane_next, NULL },
	{ "pane-prev", N_("Go to the pane before"), "global", NULL, NULL, cmd_pane_prev, NULL },
	{ "pane", N_("Go to a pane: 1 chat, 2 plan, 3 tools, 4 decision"), "global", N_("NUMBER"), "/pane", cmd_pane, NULL },
	{ "zoom", N_("Give this pane the whole screen, or back"), "pane", NULL, NULL, cmd_zoom, NULL },
	{ "collapse", N_("Fold this pane to its title, or back"), "pane", NULL, NULL, cmd_collapse, NULL },
	{ "accept", N_("Choose this"), "picker", NULL, NULL, cmd_accept, NULL },
	{ "preview-up", N_("Scroll the preview up"), "picker", NULL, NULL, cmd_preview_up, NULL },
	{ "preview-down", N_("Scroll the preview down"), "picker", NULL, NULL, cmd_preview_down, NULL },
	{ 0 },
};
