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

/* Five stages; @ is where the face begins. */
static const char *const hatchling[] = { "  (v) (v)", "   \\@/", "    (=)", "    '^'", NULL };
static const char *const youngster[] = { " (\\/)   (\\/)", "   \\ @ /", "    \\(=)/", "     (=)", "     '^'",
	NULL };
static const char *const half_grown[] = { " (\\/)     (\\/)", "   \\\\ @ //", "    \\(===)/", "     /'='\\",
	"      ^^^", NULL };
static const char *const grown[] = { "  (\\/)       (\\/)", "   \\\\   @   //", "    \\\\\\(===)///", "     --(===)--",
	"      -/'='\\-", "       /^^^\\", NULL };
static const char *const old_hand[] = { " {\\\\/}       {\\//}", "   \\\\  .@.  //", "    \\\\\\(===)///", "    ---(===)---",
	"     --(===)--", "      -/'='\\-", "      //^^^\\\\", NULL };
static const char *const *const figures[GROWTH_STAGES] = { hatchling, youngster, half_grown, grown, old_hand };
static const char *const arms[GROWTH_STAGES][2] = { { "(\\/)", "(\\/)" }, { "(\\/)-", "-(\\/)" },
	{ "(\\/)=", "=(\\/)" }, { "(\\\\/)=", "=(\\//)" }, { "{\\\\/}=", "={\\//}" } };

static int
stage_of(const struct screen *s)
{
	return MIN_OF(MAX_OF(s->growth.stage, 0), GROWTH_STAGES - 1);
}

int
lobster_rows(const struct screen *s)
{
	int n = 0;

	while (figures[stage_of(s)][n])
		n++;
	return n;
}

int
draw_lobster(struct area a, int y, int x, const struct screen *s)
{
	const char *const *figure = figures[stage_of(s)];
	style st = STYLE(ROLE_LOBSTER);
	int n = 0;

	for (; figure[n]; n++) {
		const char *face = strchr(figure[n], '@');
		int col = x;

		if (!face) {
			draw_str(a, y + n, x, figure[n], st);
			continue;
		}
		col += draw_text(a, y + n, col, -1, (struct slice){ figure[n], (size_t)(face - figure[n]) }, st);
		col += draw_str(a, y + n, col, eyes(s), st | STYLE_ATTR(ATTR_BOLD));
		draw_str(a, y + n, col, face + 1, st);
	}
	return n;
}

int
draw_lobster_small(struct area a, int y, int x_end, const struct screen *s)
{
	char text[32];

	snprintf(text, sizeof(text), "%s%s%s", arms[stage_of(s)][0], eyes(s), arms[stage_of(s)][1]);
	return x_end - draw_right(a, y, x_end, text, STYLE(ROLE_LOBSTER));
}

void
lobster_grow(struct screen *s)
{
	struct growth old = s->growth;
	struct err err = { 0 };

	if (!growth_read(s->journal, clock_wall(s->cli->clock), &s->growth, &err))
		s->growth = old;
	else if (s->growth.stage > old.stage && old.want_runs)
		screen_say(s, ROLE_OK, _("the lobster has moulted: it is a %s now"), growth_word(s->growth.stage));
	screen_dirty(s);
}
