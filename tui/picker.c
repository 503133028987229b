#include "tui/picker.h"
#include "agent/base/utf8.h"
#include "tui/fuzzy.h"

#define BELOW_ROWS 6 /* from here a narrow list has its preview below it */
#define MORE_COLS 16 /* less of a description tells nothing */

struct item {
	char *label, *right, *data;
	int score;
};

struct picker {
	struct picker_opts o;
	char *title, *placeholder, *empty, *hints;
	struct item *v;
	size_t n, cap;
	int *shown; /* indexes into v */
	int n_shown;
	struct list list;
	struct edit *filter;
	uint64_t revision;
	struct lines preview;
	char *preview_of;
	int preview_cols, preview_top;
	struct rect rows; /* of the list, as last drawn */
};

static const char *const picker_contexts[] = { "picker", NULL };

static void picker_destroy(void *state);
static void picker_draw(struct screen *s, void *state, struct area a);
static bool picker_key(struct screen *s, void *state, struct key k);
static void picker_paste(struct screen *s, void *state, struct slice text);
static void picker_mouse(struct screen *s, void *state, const struct input_event *ev);

static const struct overlay_type picker_type = {
	.name = "picker",
	.contexts = picker_contexts,
	.draw = picker_draw,
	.key = picker_key,
	.paste = picker_paste,
	.mouse = picker_mouse,
	.destroy = picker_destroy,
};

struct picker *
picker_open(struct screen *s, const struct picker_opts *o)
{
	struct picker *p = xcalloc(1, sizeof(*p));

	p->o = *o;
	p->title = xstrdup(o->title);
	p->placeholder = xstrdup(o->placeholder ? o->placeholder : "");
	p->empty = xstrdup(o->empty ? o->empty : _("nothing matches"));
	p->hints = xstrdup0(o->hints);
	p->filter = edit_create();
	lines_init(&p->preview);
	return overlay_push(s, &picker_type, p) ? p : NULL;
}

void
picker_clear(struct picker *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].label);
		free(p->v[i].right);
		free(p->v[i].data);
	}
	p->n = 0;
	p->n_shown = 0;
	free(p->preview_of);
	p->preview_of = NULL;
}

static void
picker_destroy(void *state)
{
	struct picker *p = state;

	picker_clear(p);
	free(p->v);
	free(p->shown);
	free(p->title);
	free(p->placeholder);
	free(p->empty);
	free(p->hints);
	edit_destroy(p->filter);
	lines_finish(&p->preview);
	free(p);
}

void
picker_add(struct picker *p, const char *label, const char *right, const char *data)
{
	if (p->n >= PICKER_MAX)
		return;
	GROW(p->v, p->n, p->cap);
	p->v[p->n++] = (struct item){ xstrdup(label), xstrdup(right ? right : ""), xstrdup(data), 0 };
}

void
picker_filter(struct picker *p, const char *text)
{
	edit_set(p->filter, text);
}

static int
by_score(const void *a, const void *b, void *user)
{
	const struct picker *p = user;
	int x = *(const int *)a, y = *(const int *)b;

	if (p->v[x].score != p->v[y].score)
		return p->v[y].score - p->v[x].score;
	return x - y;
}

static void
filter(struct picker *p)
{
	autofree char *text = edit_text(p->filter);

	p->shown = xreallocarray(p->shown, p->n + 1, sizeof(*p->shown));
	p->n_shown = 0;
	for (size_t i = 0; i < p->n; i++) {
		int right, data, label = p->o.refill ? 0 : fuzzy_match(text, p->v[i].label, NULL);

		/* Words may also stand on the right (a key, a command's name), or be its name as the
		 * program knows it, whatever language the label speaks. */
		right = label < 0 ? fuzzy_match(text, p->v[i].right, NULL) : -1;
		data = label < 0 && right < 0 ? fuzzy_match(text, p->v[i].data, NULL) : -1;
		p->v[i].score = label >= 0 ? label : right >= 0 ? right / 4 : data >= 0 ? data / 8 : -1;
		if (p->v[i].score >= 0)
			p->shown[p->n_shown++] = (int)i;
	}
	if (!p->o.no_sort && !p->o.refill)
		qsort_r(p->shown, (size_t)p->n_shown, sizeof(*p->shown), by_score, p);
}

static void
selection_moved(struct screen *s, struct picker *p)
{
	const char *data = picker_data(p);

	p->preview_top = 0;
	if (p->o.moved && data)
		p->o.moved(s, data);
	screen_dirty(s);
}

void
picker_ready(struct screen *s, struct picker *p, const char *select)
{
	filter(p);
	p->list.sel = 0;
	for (int i = 0; select && i < p->n_shown; i++) {
		if (str_eq(p->v[p->shown[i]].data, select))
			p->list.sel = i;
	}
	list_fit(&p->list, p->n_shown, MAX_OF(p->list.h, 1));
	p->revision = edit_revision(p->filter);
	screen_dirty(s);
}

const char *const *
picker_contexts_of(const struct picker *p)
{
	return p->o.contexts ? p->o.contexts : picker_contexts;
}

struct picker *
picker_top(struct screen *s)
{
	struct overlay *o = overlay_top(s);

	return o && o->type == &picker_type ? o->state : NULL;
}

const char *
picker_data(const struct picker *p)
{
	if (p->list.sel < 0 || p->list.sel >= p->n_shown)
		return NULL;
	return p->v[p->shown[p->list.sel]].data;
}

void
picker_move(struct screen *s, struct picker *p, int by)
{
	int old = p->list.sel;

	list_move(&p->list, by);
	if (p->list.sel != old)
		selection_moved(s, p);
}

void
picker_page(struct screen *s, struct picker *p, int pages2)
{
	list_page(&p->list, pages2);
	selection_moved(s, p);
}

void
picker_scroll_preview(struct screen *s, struct picker *p, int rows)
{
	p->preview_top = MAX_OF(MIN_OF(p->preview_top + rows, (int)p->preview.n - 3), 0);
	screen_dirty(s);
}

void
picker_choose(struct screen *s)
{
	struct picker *p = picker_top(s);
	const char *data = p ? picker_data(p) : NULL;
	autofree char *copy = xstrdup0(data);
	void (*chosen)(struct screen *s, const char *data);

	if (!copy)
		return;
	chosen = p->o.chosen;
	if (!p->o.keep_open) {
		p->o.cancelled = NULL;
		overlay_pop(s);
	}
	chosen(s, copy);
}

void
picker_cancel(struct screen *s)
{
	struct picker *p = picker_top(s);
	void (*cancelled)(struct screen *s) = p ? p->o.cancelled : NULL;

	if (!p)
		return;
	overlay_pop(s);
	if (cancelled)
		cancelled(s);
}

void
picker_refresh(struct screen *s)
{
	struct picker *p = picker_top(s);
	autofree char *data = p ? xstrdup0(picker_data(p)) : NULL, *text = NULL;

	if (!p)
		return;
	free(p->preview_of);
	p->preview_of = NULL;
	screen_dirty(s);
	if (!p->o.refill)
		return;
	text = edit_text(p->filter);
	picker_clear(p);
	p->o.refill(s, p, text);
	picker_ready(s, p, data);
}

void
picker_drop_stale(struct screen *s)
{
	struct picker *p;

	while ((p = picker_top(s)) && p->o.stale && p->o.stale(s))
		picker_cancel(s);
}

static void
filter_changed(struct screen *s, struct picker *p)
{
	if (edit_revision(p->filter) == p->revision)
		return;
	p->revision = edit_revision(p->filter);
	if (p->o.refill) {
		autofree char *text = edit_text(p->filter);

		picker_clear(p);
		p->o.refill(s, p, text);
	}
	filter(p);
	p->list.sel = 0;
	p->list.top = 0;
	list_fit(&p->list, p->n_shown, MAX_OF(p->list.h, 1));
	selection_moved(s, p);
}

bool
picker_edit(struct screen *s, struct picker *p, enum edit_op op)
{
	bool done = edit_do(p->filter, op);

	filter_changed(s, p);
	return done;
}

static bool
picker_key(struct screen *s, void *state, struct key k)
{
	struct picker *p = state;
	char utf8[4];

	if (!key_is_text(k))
		return false;
	edit_insert(p->filter, (struct slice){ utf8, utf8_encode(k.code, utf8) });
	filter_changed(s, p);
	return true;
}

static void
picker_paste(struct screen *s, void *state, struct slice text)
{
	struct picker *p = state;
	struct slice line = slice_line(&text);

	edit_insert(p->filter, line);
	filter_changed(s, p);
}

static void
picker_mouse(struct screen *s, void *state, const struct input_event *ev)
{
	struct picker *p = state;
	int hit;

	if (ev->what == MOUSE_WHEEL_UP || ev->what == MOUSE_WHEEL_DOWN) {
		picker_move(s, p, ev->what == MOUSE_WHEEL_UP ? -3 : 3);
		return;
	}
	if (ev->what != MOUSE_PRESS || ev->button != 1)
		return;
	hit = list_hit(&p->list, ev->y - p->rows.y);
	if (hit < 0 || ev->x < p->rows.x || ev->x >= p->rows.x + p->rows.w)
		return;
	/* The second click on the same row chooses. */
	if (hit == p->list.sel)
		picker_choose(s);
	else
		picker_move(s, p, hit - p->list.sel);
}

/* Owned. */
static char *
shown_label(const char *label, int cols)
{
	const char *tab = strchr(label, '\t');
	char *out = xstrdup(label);

	if (!tab)
		return out;
	if (cols < text_cols((struct slice){ label, (size_t)(tab - label) }) + MORE_COLS) {
		out[tab - label] = '\0';
		for (size_t n = (size_t)(tab - label); n > 0 && out[n - 1] == ' '; n--)
			out[n - 1] = '\0';
	} else {
		out[tab - label] = ' ';
	}
	return out;
}

static void
draw_item(const struct picker *p, struct area a, int y, int i, const char *words)
{
	const struct item *it = &p->v[p->shown[i]];
	bool sel = i == p->list.sel, hits[FUZZY_MAX];
	enum role bg = sel ? ROLE_SELECTION : ROLE_POPUP;
	int right = MIN_OF(text_cols(slice_of(it->right)), a.w / 2), max = a.w - 3 - (right ? right + 2 : 0);
	int x = 2;
	autofree char *label = NULL;

	if (sel)
		draw_repeat(a, y, 0, a.w, ' ', STYLE_ON(ROLE_TEXT, bg));
	draw_str(a, y, 0, sel ? "›" : " ", STYLE_ON(ROLE_ACCENT, bg));
	label = shown_label(it->label, max);
	draw_elided(a, y, x, max, label, STYLE_ON(ROLE_TEXT, bg) | STYLE_ATTR(sel ? ATTR_BOLD : 0));
	if (right)
		draw_elided(a, y, a.w - right - 1, right, it->right, STYLE_ON(ROLE_MUTED, bg));
	/* Only ASCII labels are marked: bytes are columns there. */
	if (*words && !p->o.refill && text_cols(slice_of(label)) == (int)strlen(label) &&
		fuzzy_match(words, it->label, hits) > 0) {
		for (int k = 0; k < max && label[k] && k < FUZZY_MAX; k++) {
			if (hits[k])
				draw_text(a, y, 2 + k, 1, (struct slice){ label + k, 1 },
					STYLE_ON(ROLE_ACCENT, bg) | STYLE_ATTR(ATTR_BOLD | ATTR_UNDERLINE));
		}
	}
}

static void
draw_preview(struct screen *s, struct picker *p, struct area a)
{
	const char *data = picker_data(p);

	if (!p->o.preview || a.w < 10 || !data)
		return;
	if (!p->preview_of || !str_eq(p->preview_of, data) || p->preview_cols != a.w) {
		lines_clear(&p->preview);
		p->o.preview(s, data, a.w - 1, &p->preview);
		free(p->preview_of);
		p->preview_of = xstrdup(data);
		p->preview_cols = a.w;
	}
	for (int y = 0; y < a.h && p->preview_top + y < (int)p->preview.n; y++)
		lines_draw(&p->preview, (size_t)(p->preview_top + y), a, y, 0);
	draw_scrollbar(a, a.w - 1, (int)p->preview.n, p->preview_top);
	draw_ground(a, ROLE_POPUP);
}

/* As many whole hints ("Enter open · ...") as there is room for. */
static void
draw_hints(const struct picker *p, struct area a)
{
	struct slice s = slice_of(p->hints);

	while (text_cols(s) > a.w) {
		size_t n = s.n < 2 ? 0 : s.n - 2;

		while (n > 0 && memcmp(s.p + n, "\xc2\xb7", 2) != 0)
			n--;
		if (n < 2)
			break;
		s.n = n - 1;
	}
	draw_text(a, 0, 0, a.w, s, STYLE_ON(ROLE_MUTED, ROLE_POPUP));
}

static struct area
picker_area(const struct picker *p, struct area a)
{
	int h, w = MIN_OF(a.w - 4, 76);

	if (p->o.wide)
		return area_sub(a, 1, 0, a.h - 2, a.w);
	/* On a small screen all of it: what shows beside it would be crumbs. */
	if (a.w < 60 || a.h < 16)
		w = a.w;
	h = MIN_OF(MAX_OF(p->n_shown, 6) + 4, a.h * 7 / 10);
	if (a.h < 16)
		h = a.h;
	return area_sub(a, MIN_OF(2, (a.h - h) / 2), (a.w - w) / 2, h, w);
}

static void
picker_draw(struct screen *s, void *state, struct area a)
{
	struct picker *p = state;
	struct area box = picker_area(p, a), in, rows, area_preview = a;
	autofree char *words = edit_text(p->filter), *title = NULL;
	int y = 1, list_w, below;

	title = xasprintf("%s · %d/%zu", p->title, p->n_shown, p->n);
	draw_fill(box, STYLE(ROLE_POPUP));
	draw_box(box, STYLE_ON(ROLE_BORDER_FOCUS, ROLE_POPUP), title, STYLE_ON(ROLE_TITLE_FOCUS, ROLE_POPUP));
	in = area_sub(box, 1, 1, box.h - 2, box.w - 2);
	if (in.h < 2)
		return;
	draw_str(in, 0, 0, "› ", STYLE_ON(ROLE_PROMPT, ROLE_POPUP));
	if (edit_is_empty(p->filter))
		draw_elided(in, 0, 2, -1, p->placeholder, STYLE_ON(ROLE_PLACEHOLDER, ROLE_POPUP));
	edit_draw(p->filter, area_sub(in, 0, 2, 1, in.w - 2), STYLE_ON(ROLE_TEXT, ROLE_POPUP), true);
	if (in.h >= 8) {
		draw_repeat(in, 1, 0, in.w, 0x2500, STYLE_ON(ROLE_BORDER, ROLE_POPUP));
		y = 2;
	}
	list_w = p->o.preview && p->n_shown && in.w >= 70 ? MIN_OF(MAX_OF(in.w * 45 / 100, 44), 60) : in.w;
	rows = area_sub(in, y, 0, in.h - y - (p->hints && in.h > 6 ? 1 : 0), list_w);
	below = p->o.preview && p->n_shown && list_w == in.w && rows.h >= BELOW_ROWS ? rows.h - MIN_OF(MAX_OF(p->n_shown, 1), rows.h / 2) : 0;
	if (below) {
		area_preview = area_sub(rows, rows.h - below + 1, 1, below - 1, rows.w - 2);
		rows = area_sub(rows, 0, 0, rows.h - below, rows.w);
	}
	list_fit(&p->list, p->n_shown, rows.h);
	p->rows = (struct rect){ rows.y, rows.x, rows.h, rows.w };
	for (int i = 0; i < rows.h && p->list.top + i < p->n_shown; i++)
		draw_item(p, rows, i, p->list.top + i, words);
	if (p->n_shown == 0)
		draw_elided(rows, 0, 2, -1, p->empty, STYLE_ON(ROLE_MUTED, ROLE_POPUP));
	draw_scrollbar(rows, rows.w - 1, p->n_shown, p->list.top);
	draw_ground(area_sub(rows, 0, rows.w - 1, rows.h, 1), ROLE_POPUP);
	if (list_w < in.w) {
		draw_vline(in, y, list_w, rows.h, 0x2502, STYLE_ON(ROLE_BORDER, ROLE_POPUP));
		draw_preview(s, p, area_sub(in, y, list_w + 2, rows.h, in.w - list_w - 2));
	}
	if (below) {
		draw_repeat(in, y + rows.h, 0, in.w, 0x2500, STYLE_ON(ROLE_BORDER, ROLE_POPUP));
		draw_preview(s, p, area_preview);
	}
	if (p->hints && in.h > 6)
		draw_hints(p, area_sub(in, in.h - 1, 1, 1, in.w - 2));
}
