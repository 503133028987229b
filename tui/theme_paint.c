/* Roles to colours for the depth the terminal has. */
#include "tui/color.h"
#include "tui/theme_priv.h"

double
theme_floor(enum role r)
{
	switch (r) {
	case ROLE_BORDER:
	case ROLE_BORDER_FOCUS:
	case ROLE_SCROLLBAR:
		return 0;
	case ROLE_MUTED:
	case ROLE_TITLE:
	case ROLE_PLACEHOLDER:
	case ROLE_PLAN_TODO:
	case ROLE_CODE_COMMENT:
	case ROLE_LOBSTER:
		return 3.0;
	default:
		return 4.5;
	}
}

/* What stands behind text without a background of its own; -1 unknown. */
static int32_t
base_rgb(const struct theme *t)
{
	const struct color *bg = theme_color(t, "bg");

	if (bg && bg->kind == COLOR_RGB && (t->opaque || t->background < 0))
		return bg->rgb;
	return t->background;
}

static int32_t
text_rgb(const struct theme *t)
{
	const struct color *fg = theme_color(t, "fg");

	if (fg && fg->kind == COLOR_RGB)
		return fg->rgb;
	/* The terminal's own text suits the terminal's own background, whatever the theme thinks. */
	if (t->background >= 0)
		return color_is_light(t->background) ? 0x101010 : 0xF0F0F0;
	return t->dark ? 0xF0F0F0 : 0x101010;
}

/* What a tint is mixed over where the background is unknown. Whoever stands on such a tint gets a
 * colour of its own too, so the guess can look odd but never unreadable. A theme made of the
 * terminal's own colours guesses nothing. */
static int32_t
tint_base(const struct theme *t)
{
	const struct color *red = theme_color(t, "red");
	int32_t base = base_rgb(t);

	if (base >= 0 || !red || red->kind != COLOR_RGB)
		return base;
	return t->dark ? 0x16181D : 0xFFFFFF;
}

static struct color
tint(const struct theme *t, int32_t rgb, int percent)
{
	int32_t base = tint_base(t);

	if (base < 0)
		return (struct color){ .kind = COLOR_NONE };
	return (struct color){ .kind = COLOR_RGB, .rgb = color_mix(rgb, base, percent), .ansi = -1,
		.c256 = -1, .tint = true };
}

/* A word of a role: a palette name, "#rrggbb", "name/percent"; sel and popup have defaults. */
static struct color
look_up(const struct theme *t, const char *word)
{
	char name[24];
	const char *slash = strchr(word, '/');
	const struct color *c;
	struct color out = { .ansi = -1, .c256 = -1 };
	int64_t percent = 100;

	if (word[0] == '\0')
		return (struct color){ .kind = COLOR_NONE };
	snprintf(name, sizeof(name), "%.*s", slash ? (int)(slash - word) : 23, word);
	if (slash && !str_to_i64(slash + 1, &percent))
		percent = 100;
	if (name[0] == '#' && color_parse_hex(name, &out.rgb)) {
		out.kind = COLOR_RGB;
		return slash ? tint(t, out.rgb, (int)percent) : out;
	}
	c = theme_color(t, name);
	if (!c && (str_eq(name, "sel") || str_eq(name, "popup")))
		return tint(t, text_rgb(t), str_eq(name, "sel") ? 15 : 6);
	if (!c)
		return (struct color){ .kind = COLOR_NONE };
	if (!slash)
		return *c;
	/* The terminal's own colours cannot be mixed exactly: near the wanted weight is enough for a
	 * background, and a foreground keeps its colour. */
	if (c->kind == COLOR_DEFAULT)
		return tint(t, text_rgb(t), (int)percent);
	if (c->kind == COLOR_ANSI && percent >= 40)
		return *c;
	return tint(t, c->rgb, (int)percent);
}

static int32_t
rgb_of(const struct theme *t, const struct color *c, bool is_fg)
{
	if (c->kind == COLOR_RGB)
		return c->rgb;
	if (c->kind == COLOR_DEFAULT || c->kind == COLOR_NONE)
		return is_fg ? -1 : base_rgb(t);
	return -1; /* the person's own palette */
}

/* Foreground and background of a style before they are fitted to the depth. */
static void
colors_of(const struct theme *t, style s, struct color *fg, struct color *bg, unsigned *attr)
{
	enum role fr = style_fg(s), br = style_bg(s);
	int32_t back;

	*attr = t->roles[fr].attr | style_attr(s);
	*fg = look_up(t, t->roles[fr].fg);
	*bg = look_up(t, t->roles[br].bg);
	/* A badge without its own background keeps its colour as the text's. */
	if (fr != br && str_eq(t->roles[fr].fg, "bg"))
		*fg = look_up(t, t->roles[fr].bg);
	/* "bg on yellow" where the background is the terminal's own: reverse says the same. */
	if (fr == br && fg->kind == COLOR_DEFAULT && str_eq(t->roles[fr].fg, "bg") &&
		t->background >= 0 && t->depth >= DEPTH_256)
		*fg = (struct color){ .kind = COLOR_RGB, .rgb = t->background, .ansi = -1, .c256 = -1 };
	if (fr == br && fg->kind == COLOR_DEFAULT && str_eq(t->roles[fr].fg, "bg") &&
		bg->kind != COLOR_NONE) {
		*fg = *bg;
		*bg = (struct color){ .kind = COLOR_NONE };
		*attr |= ATTR_REVERSE;
		return;
	}
	if (bg->kind == COLOR_NONE && t->roles[br].bg[0] && br != ROLE_POPUP &&
		(br == ROLE_SELECTION || br == ROLE_CURSORLINE || br == ROLE_TOAST || br == ROLE_CHIP))
		*attr |= ATTR_REVERSE; /* a tint that could not be made */
	if (bg->kind == COLOR_NONE && t->opaque)
		*bg = look_up(t, "bg");
	/* The bright half of the terminal's palette cannot be reached beside true colour. */
	if (t->depth == DEPTH_TRUE && fg->kind == COLOR_ANSI && fg->ansi > 7)
		fg->kind = COLOR_RGB;
	back = rgb_of(t, bg, false);
	if (fg->kind == COLOR_DEFAULT && bg->tint && back >= 0 &&
		(base_rgb(t) < 0 || color_contrast(text_rgb(t), back) < theme_floor(fr)))
		*fg = (struct color){ .kind = COLOR_RGB, .rgb = text_rgb(t), .ansi = -1, .c256 = -1 };
	if (fg->kind == COLOR_RGB && back >= 0 && !(*attr & ATTR_REVERSE)) {
		int32_t safe = color_ensure(fg->rgb, back, text_rgb(t), theme_floor(fr));

		if (safe != fg->rgb) {
			fg->rgb = safe;
			fg->c256 = -1;
		}
	}
}

void
theme_rgb(const struct theme *t, style s, int32_t *ret_fg, int32_t *ret_bg)
{
	struct color fg, bg;
	unsigned attr;

	colors_of(t, s, &fg, &bg, &attr);
	*ret_fg = fg.kind == COLOR_DEFAULT && text_rgb(t) >= 0 ? text_rgb(t) : rgb_of(t, &fg, true);
	*ret_bg = rgb_of(t, &bg, false);
	if (attr & ATTR_REVERSE) {
		int32_t x = *ret_fg;

		*ret_fg = *ret_bg;
		*ret_bg = x;
	}
}

static int32_t
fit(const struct theme *t, const struct color *c)
{
	if (c->kind == COLOR_NONE || c->kind == COLOR_DEFAULT)
		return -1;
	if (t->depth == DEPTH_TRUE)
		return c->kind == COLOR_RGB || c->ansi > 7 ? c->rgb : PAINT_ANSI(c->ansi);
	if (t->depth == DEPTH_256)
		return c->kind == COLOR_ANSI ? c->ansi : c->c256 >= 0 ? c->c256 : color_to_256(c->rgb);
	return c->tint ? -1 : c->ansi;
}

static void
paint_mono(style s, struct paint *ret)
{
	unsigned back = theme_mono_attr[style_bg(s)] & ATTR_REVERSE;

	*ret = (struct paint){ .fg = -1, .bg = -1,
		.attr = theme_mono_attr[style_fg(s)] | back | style_attr(s) };
}

void
theme_paint(void *user, style s, struct paint *ret)
{
	const struct theme *t = user;
	struct color fg, bg;
	unsigned attr;

	if (t->depth == DEPTH_MONO) {
		paint_mono(s, ret);
		return;
	}
	colors_of(t, s, &fg, &bg, &attr);
	*ret = (struct paint){ .fg = fit(t, &fg), .bg = fit(t, &bg), .attr = attr };
	/* Sixteen colours have no tints: a selected row must still be seen. */
	if (t->depth == DEPTH_16) {
		const char *want = t->roles[style_bg(s)].bg;

		if (t->opaque && str_eq(want, ""))
			ret->bg = -1;
		if ((str_eq(want, "sel") || str_eq(want, "cursorline")) && ret->bg < 0)
			ret->attr |= ATTR_REVERSE;
	}
}
