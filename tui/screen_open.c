/* Taking the terminal: traits, theme, keys. */
#include "tui/screen_priv.h"

/* --- themes --- */

void
screen_use_theme(struct screen *s, const char *name, bool keep)
{
	struct theme *t;
	struct err err = { 0 };

	if (!theme_load(s->theme_dirs, name, &t, &err)) {
		screen_error(s, &err);
		return;
	}
	theme_destroy(s->theme);
	s->theme = t;
	theme_resolve(t, term_traits(s->term)->depth, s->background);
	term_new_paint(s->term);
	screen_dirty(s);
	if (keep && !config_set(s->cli->config, "ui.theme", name, &err))
		screen_error(s, &err);
}

static void
first_theme(struct screen *s)
{
	const char *wish = config_str(s->cli->config, "ui.theme");
	const char *bg = config_str(s->cli->config, "ui.background");

	if (str_eq(bg, "dark"))
		s->background = 0x101010;
	else if (str_eq(bg, "light"))
		s->background = 0xFFFFFF;
	if (str_eq(wish, "auto"))
		wish = theme_auto(s->background, term_traits(s->term)->background);
	screen_use_theme(s, wish, false);
	if (!s->theme)
		screen_use_theme(s, "default-dark", false);
	s->colors_forced = !str_eq(bg, "auto");
}

void
screen_read_keys(struct screen *s)
{
	struct err err = { 0 };

	keymap_finish(&s->keymap);
	keymap_init(&s->keymap);
	if (!keymap_add_config(&s->keymap, s->cli->config, &err))
		screen_error(s, &err);
	else if (s->keymap.problems.n)
		screen_say(s, ROLE_WARN, "%s", s->keymap.problems.v[0]);
}

static void
depth_wish(struct screen *s, struct term_traits *t)
{
	const char *wish = config_str(s->cli->config, "ui.colour");

	if (str_eq(wish, "true"))
		t->depth = DEPTH_TRUE;
	else if (str_eq(wish, "256"))
		t->depth = DEPTH_256;
	else if (str_eq(wish, "16"))
		t->depth = DEPTH_16;
	else if (str_eq(wish, "mono"))
		t->depth = DEPTH_MONO;
}

bool
screen_open_terminal(struct screen *s, struct err *err)
{
	struct term_opts o = { .mouse = config_bool(s->cli->config, "ui.mouse"), .queries = true };
	int rows, cols;

	term_detect(&o.traits, NULL, NULL);
	depth_wish(s, &o.traits);
	s->mouse = o.mouse;
	if (!term_open(&o, &s->term, err))
		return false;
	term_size(s->term, &rows, &cols);
	s->canvas = canvas_create(rows, cols);
	s->canvas->ascii = !o.traits.unicode_lines ||
		str_eq(config_str(s->cli->config, "ui.ambiguous"), "wide");
	s->background = -1;
	first_theme(s);
	return true;
}
