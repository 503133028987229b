#include "tui/prompt.h"
#include "agent/base/utf8.h"

struct prompt {
	char *label;
	struct edit *edit;
	prompt_fn *done, *changed;
	void *user;
	uint64_t revision;
};

static const char *const prompt_contexts[] = { "find", NULL };

static void
prompt_destroy(void *state)
{
	struct prompt *p = state;

	edit_destroy(p->edit);
	free(p->label);
	free(p->user);
	free(p);
}

static void
prompt_draw(struct screen *s, void *state, struct area a)
{
	struct prompt *p = state;
	int rows = MIN_OF(edit_rows(p->edit, a.w - 4), 4), x;
	struct area box = area_sub(a, a.h - 1 - rows - 2, 0, rows + 2, a.w);

	(void)s;
	draw_fill(box, STYLE(ROLE_POPUP));
	draw_box(box, STYLE_ON(ROLE_BORDER_FOCUS, ROLE_POPUP), p->label, STYLE_ON(ROLE_TITLE_FOCUS, ROLE_POPUP));
	x = 2;
	edit_draw(p->edit, area_sub(box, 1, x, rows, box.w - x - 1), STYLE_ON(ROLE_TEXT, ROLE_POPUP), true);
	draw_elided(box, box.h - 1, 3, box.w - 6, _(" Enter accept · Esc cancel "), STYLE_ON(ROLE_MUTED, ROLE_POPUP));
}

static void
after(struct screen *s, struct prompt *p)
{
	autofree char *text = NULL;

	if (edit_revision(p->edit) == p->revision)
		return;
	p->revision = edit_revision(p->edit);
	text = edit_text(p->edit);
	if (p->changed)
		p->changed(s, text, p->user);
	screen_dirty(s);
}

static bool
prompt_key(struct screen *s, void *state, struct key k)
{
	struct prompt *p = state;
	char utf8[4];

	if (!key_is_text(k))
		return false;
	edit_insert(p->edit, (struct slice){ utf8, utf8_encode(k.code, utf8) });
	after(s, p);
	return true;
}

static void
prompt_paste(struct screen *s, void *state, struct slice text)
{
	struct prompt *p = state;

	edit_insert(p->edit, text);
	after(s, p);
}

static const struct overlay_type prompt_type = {
	.name = "prompt",
	.contexts = prompt_contexts,
	.draw = prompt_draw,
	.key = prompt_key,
	.paste = prompt_paste,
	.destroy = prompt_destroy,
};

void
prompt_open(struct screen *s, const char *label, const char *initial, prompt_fn *done,
	prompt_fn *changed, void *user)
{
	struct prompt *p = xcalloc(1, sizeof(*p));

	p->label = xstrdup(label);
	p->edit = edit_create();
	p->done = done;
	p->changed = changed;
	p->user = user;
	if (initial)
		edit_set(p->edit, initial);
	p->revision = edit_revision(p->edit);
	overlay_push(s, &prompt_type, p);
}

struct prompt *
prompt_top(struct screen *s)
{
	struct overlay *o = overlay_top(s);

	return o && o->type == &prompt_type ? o->state : NULL;
}

bool
prompt_edit(struct screen *s, struct prompt *p, enum edit_op op)
{
	bool done = edit_do(p->edit, op);

	after(s, p);
	screen_dirty(s);
	return done;
}

void
prompt_accept(struct screen *s)
{
	struct prompt *p = prompt_top(s);
	autofree char *text = NULL;
	autofree void *user = NULL;
	prompt_fn *done;

	if (!p)
		return;
	text = edit_text(p->edit);
	done = p->done;
	user = p->user;
	p->user = NULL;
	overlay_pop(s);
	done(s, text, user);
}
