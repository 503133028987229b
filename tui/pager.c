#include "tui/pager.h"
#include "agent/base/sanitize.h"
#include "tui/blocks_priv.h"
#include "tui/diffview.h"
#include "tui/md.h"

#define PAGER_MAX (8u << 20)
#define SPLIT_BYTES 8192 /* texts are laid out in parts of about this size */

struct pager {
	char *title;
	struct buf text;
	enum pager_form form;
	struct blocks *blocks;
	size_t *parts; /* starts; one more than there are */
	size_t n_parts;
};

static const char *const pager_contexts[] = { "pager", NULL };

static size_t
part_count(void *user)
{
	struct pager *p = user;

	return p->n_parts;
}

static struct slice
part(const struct pager *p, size_t i)
{
	return (struct slice){ p->text.p + p->parts[i], p->parts[i + 1] - p->parts[i] };
}

static void
part_view(void *user, size_t i, struct block_view *ret)
{
	struct pager *p = user;

	ret->revision = 1;
	ret->markdown = p->form == PAGER_MARKDOWN;
	ret->text = part(p, i);
	ret->indent = 1;
}

struct json_painter {
	struct lines *out;
	int left, cols;
};

static void
on_json_piece(void *user, struct slice s, style st)
{
	struct json_painter *p = user;

	while (s.n > 0) {
		size_t n = column_offset(s, p->left);

		lines_add(p->out, (struct slice){ s.p, n }, st, 0);
		p->left -= text_cols((struct slice){ s.p, n });
		s.p += n;
		s.n -= n;
		if (s.n > 0) {
			if (n == 0 && p->left == p->cols)
				return;
			lines_last(p->out)->soft = true;
			lines_begin(p->out);
			p->left = p->cols;
		}
	}
}

static void
render_code(struct lines *out, struct slice text, int cols)
{
	struct json_painter p = { .out = out, .cols = cols };
	int state = 0;

	while (text.p && text.n) {
		struct slice line = slice_line(&text);

		lines_begin(out);
		p.left = cols;
		code_line("json", line, &state, on_json_piece, &p);
	}
}

static void
part_render(void *user, size_t i, int cols, struct lines *out)
{
	struct pager *p = user;
	struct slice text = part(p, i);

	if (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	if (p->form == PAGER_DIFF)
		diff_render(out, text, cols, cols >= DIFF_SIDE_COLS);
	else if (p->form == PAGER_JSON)
		render_code(out, text, cols);
	else
		lines_wrap(out, text, cols, "", 0);
}

/* Markdown and differences are one part (they know their structure); texts are cut at line ends. */
static void
split(struct pager *p)
{
	size_t cap = 0, at = 0;
	bool whole = p->form == PAGER_MARKDOWN || p->form == PAGER_DIFF;

	while (at < p->text.len) {
		size_t end = at + SPLIT_BYTES;

		GROW(p->parts, p->n_parts + 1, cap);
		p->parts[p->n_parts++] = at;
		if (whole || end >= p->text.len)
			break;
		while (end < p->text.len && p->text.p[end - 1] != '\n' && end < at + 4 * SPLIT_BYTES)
			end++;
		while (end < p->text.len && ((unsigned char)p->text.p[end] & 0xC0) == 0x80)
			end++;
		at = end;
	}
	GROW(p->parts, p->n_parts + 1, cap);
	p->parts[p->n_parts] = p->text.len;
}

static void
pager_destroy(void *state)
{
	struct pager *p = state;

	blocks_destroy(p->blocks);
	buf_finish(&p->text);
	free(p->parts);
	free(p->title);
	free(p);
}

static void
pager_draw(struct screen *s, void *state, struct area a)
{
	struct pager *p = state;
	struct area box = a.w >= 100 ? area_sub(a, 1, 2, a.h - 2, a.w - 4) : a, in;
	int above, total;
	autofree char *title = NULL;

	(void)s;
	draw_fill(box, STYLE(ROLE_POPUP));
	in = area_sub(box, 1, 1, box.h - 2, box.w - 2);
	blocks_draw(p->blocks, area_sub(in, 0, 0, in.h, in.w - 1));
	blocks_position(p->blocks, &above, &total);
	title = total > in.h ? xasprintf("%s · %d %%", p->title,
				       MIN_OF(100 * (above + in.h) / MAX_OF(total, 1), 100))
			     : xstrdup(p->title);
	draw_box(box, STYLE_ON(ROLE_BORDER_FOCUS, ROLE_POPUP), title, STYLE_ON(ROLE_TITLE_FOCUS, ROLE_POPUP));
	draw_scrollbar(in, in.w - 1, total, above);
	draw_ground(in, ROLE_POPUP);
	if (box.w > 40)
		draw_elided(box, box.h - 1, 3, box.w - 6, _(" ↑↓ PgUp PgDn scroll · / find · c copy · o pager · Esc close "),
			STYLE_ON(ROLE_MUTED, ROLE_POPUP));
}

static void
pager_mouse(struct screen *s, void *state, const struct input_event *ev)
{
	struct pager *p = state;

	if (ev->what == MOUSE_WHEEL_UP || ev->what == MOUSE_WHEEL_DOWN)
		pager_scroll(s, p, ev->what == MOUSE_WHEEL_UP ? -3 : 3);
}

static const struct overlay_type pager_type = {
	.name = "pager",
	.contexts = pager_contexts,
	.draw = pager_draw,
	.mouse = pager_mouse,
	.destroy = pager_destroy,
};

void
pager_open(struct screen *s, const char *title, struct slice text, enum pager_form form)
{
	struct pager *p = xcalloc(1, sizeof(*p));
	struct blocks_source src = { part_count, part_view, part_render, p };

	p->title = sanitize_elide(title, 60);
	p->form = form;
	buf_init(&p->text, 2 * PAGER_MAX);
	if (form == PAGER_MARKDOWN || form == PAGER_DIFF)
		buf_add(&p->text, text.p, MIN_OF(text.n, (size_t)PAGER_MAX));
	else
		sanitize(&p->text, text.p, MIN_OF(text.n, (size_t)PAGER_MAX), SANITIZE_TEXT);
	split(p);
	p->blocks = blocks_create(&src);
	blocks_sync(p->blocks);
	blocks_top(p->blocks);
	overlay_push(s, &pager_type, p);
}

struct pager *
pager_top(struct screen *s)
{
	struct overlay *o = overlay_top(s);

	return o && o->type == &pager_type ? o->state : NULL;
}

void
pager_scroll(struct screen *s, struct pager *p, int rows)
{
	blocks_scroll(p->blocks, rows);
	screen_dirty(s);
}

void
pager_page(struct screen *s, struct pager *p, int pages2)
{
	blocks_page(p->blocks, pages2);
	screen_dirty(s);
}

void
pager_edge(struct screen *s, struct pager *p, bool end)
{
	if (end)
		blocks_bottom(p->blocks);
	else
		blocks_top(p->blocks);
	screen_dirty(s);
}

bool
pager_find(struct screen *s, struct pager *p, const char *words, int dir)
{
	screen_dirty(s);
	return blocks_find(p->blocks, words, dir);
}

const char *
pager_text(const struct pager *p)
{
	return buf_str(&p->text);
}
