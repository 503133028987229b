#include "tui/lobster.h"

/* Eyes tell the state: idle, thinking, acting, waiting for you, hurt. */
static const char *
eyes(const struct screen *s)
{
	const struct fold *f = screen_fold(s);

	if (!f)
		return "o_o";
	switch (f->state) {
	case FOLD_THINKING:
		return s->spin / 4 % 2 ? "-_o" : "o_-";
	case FOLD_ACTING:
	case FOLD_COMMITTING:
		return ">_>";
	case FOLD_WAITING:
		return "O_O";
	case FOLD_FAILED:
		return "x_x";
	case FOLD_DONE:
		return "^_^";
	default:
		return "o_o";
	}
}

int
draw_lobster(struct area a, int y, int x, const struct screen *s)
{
	style st = STYLE(ROLE_LOBSTER);

	draw_str(a, y, x, " (\\/)     (\\/)", st);
	draw_str(a, y + 1, x, "   \\\\ ", st);
	draw_str(a, y + 1, x + 6, eyes(s), st | STYLE_ATTR(ATTR_BOLD));
	draw_str(a, y + 1, x + 9, " //", st);
	draw_str(a, y + 2, x, "    \\(===)/", st);
	draw_str(a, y + 3, x, "     /'='\\", st);
	draw_str(a, y + 4, x, "      ^^^", st);
	return 5;
}

int
draw_lobster_small(struct area a, int y, int x_end, const struct screen *s)
{
	char text[32];

	snprintf(text, sizeof(text), "(\\/)%s(\\/)", eyes(s));
	return x_end - draw_right(a, y, x_end, text, STYLE(ROLE_LOBSTER));
}
