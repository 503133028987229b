/* What the environment says about the terminal: pure, so that a table of cases can test it. */
#include "tui/term.h"

static const char *
from_environ(void *user, const char *name)
{
	(void)user;
	return getenv(name);
}

struct env {
	term_env_fn *fn;
	void *user;
};

static const char *
get(struct env *e, const char *name)
{
	const char *v = e->fn(e->user, name);

	return v ? v : "";
}

static bool
is_one_of(const char *s, const char *const *list)
{
	for (; *list; list++) {
		if (str_starts(s, *list))
			return true;
	}
	return false;
}

static bool
has_true_color(struct env *e, const char *term)
{
	static const char *const names[] = { "xterm-kitty", "alacritty", "foot", "wezterm",
		"xterm-ghostty", "ghostty", "contour", NULL };
	const char *colorterm = get(e, "COLORTERM");
	int64_t vte = 0;

	if (str_eq(colorterm, "truecolor") || str_eq(colorterm, "24bit"))
		return true;
	/* tmux takes it always and turns it into what its client has. */
	if (str_eq(get(e, "TERM_PROGRAM"), "tmux") || str_starts(term, "tmux"))
		return true;
	if (str_ends(term, "-direct") || is_one_of(term, names))
		return true;
	return str_to_i64(get(e, "VTE_VERSION"), &vte) && vte >= 3600;
}

static enum color_depth
find_depth(struct env *e, const char *term)
{
	/* GNU screen drops 38;2 whole, whatever the terminal around it promises. */
	if (str_starts(term, "screen") && !str_eq(get(e, "TERM_PROGRAM"), "tmux"))
		return strstr(term, "256color") ? DEPTH_256 : DEPTH_16;
	if (has_true_color(e, term))
		return DEPTH_TRUE;
	if (strstr(term, "256color"))
		return DEPTH_256;
	if (str_starts(term, "vt1") || str_starts(term, "vt2") || str_starts(term, "vt3") ||
		str_starts(term, "vt5"))
		return DEPTH_MONO;
	return DEPTH_16;
}

/* "15;0" or "0;default;15": the last field is the background's number. */
static int
background_of(const char *colorfgbg)
{
	const char *last = strrchr(colorfgbg, ';');
	int64_t n;

	if (!last || !str_to_i64(last + 1, &n))
		return -1;
	return n == 7 || (n >= 9 && n <= 15);
}

void
term_detect(struct term_traits *ret, term_env_fn *fn, void *user)
{
	struct env e = { fn ? fn : from_environ, user };
	const char *term = get(&e, "TERM");
	bool console = str_eq(term, "linux") || str_starts(term, "vt");
	bool gnu_screen = str_starts(term, "screen") && !str_eq(get(&e, "TERM_PROGRAM"), "tmux");

	*ret = (struct term_traits){
		.dumb = term[0] == '\0' || str_eq(term, "dumb") || str_eq(get(&e, "ACCESSIBLE"), "1"),
		.depth = find_depth(&e, term),
		.italic = !console && !gnu_screen,
		.osc = !console,
		.links = !console && !gnu_screen && !str_starts(term, "tmux") &&
			!str_eq(get(&e, "TERM_PROGRAM"), "tmux"),
		.unicode_lines = !str_starts(term, "vt"),
		.background = background_of(get(&e, "COLORFGBG")),
		.no_color = *get(&e, "NO_COLOR") != '\0',
	};
	if (ret->no_color)
		ret->depth = DEPTH_MONO;
}
