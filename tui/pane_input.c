/* The input: text, placeholder, completion below it. */
#include "tui/screen_priv.h"
#include "agent/base/path.h"
#include "tui/fuzzy.h"
#include <dirent.h>

#define COMPLETE_MAX 200
#define COMPLETE_ROWS 8
#define LISTING_MAX 20000

static const char *const input_contexts[] = { "input", NULL };

static const char *
placeholder(const struct screen *s)
{
	const struct fold *f = screen_fold(s);

	if (approval_open(s))
		return _("decide above, or write what to do instead");
	if (s->live && fold_open_question(s->live))
		return _("your answer");
	if (screen_running(s))
		return _("write to steer; Esc stops");
	if (s->viewing)
		return _("Esc goes back to the present; a new request starts a new task");
	return f ? _("what next?") : _("what shall I do?");
}

void
draw_input(struct screen *s, struct area a)
{
	bool focused = s->focus == PANE_INPUT && s->n_overlays == 0;

	if (a.h < 1)
		return;
	draw_str(a, 0, 1, edit_vi_normal(s->edit) ? "◆ " : "› ", STYLE(ROLE_PROMPT));
	if (edit_is_empty(s->edit))
		draw_elided(a, 0, 3, -1, placeholder(s), STYLE(ROLE_PLACEHOLDER));
	edit_draw(s->edit, area_sub(a, 0, 3, a.h, a.w - 3), STYLE(ROLE_INPUT), focused);
}

static void
input_draw(struct screen *s, struct area a, bool focused)
{
	(void)focused;
	draw_input(s, a);
}

static void
input_mouse(struct screen *s, const struct input_event *ev, int y, int x)
{
	if (ev->what == MOUSE_PRESS && x >= 3)
		edit_click(s->edit, y, x - 3);
	else if (ev->what == MOUSE_WHEEL_UP || ev->what == MOUSE_WHEEL_DOWN)
		blocks_scroll(s->blocks, ev->what == MOUSE_WHEEL_UP ? -3 : 3);
	screen_dirty(s);
}

/* --- completion --- */

bool
complete_active(const struct screen *s)
{
	return s->complete.n > 0 && s->focus == PANE_INPUT && s->n_overlays == 0;
}

struct found {
	char *text;
	int score;
};

struct finder {
	struct found v[COMPLETE_MAX];
	size_t n;
	char *word;
};

static void
offer(struct finder *f, const char *text, int score)
{
	size_t worst = 0;

	if (f->n < COMPLETE_MAX) {
		f->v[f->n++] = (struct found){ xstrdup(text), score };
		return;
	}
	for (size_t i = 1; i < f->n; i++) {
		if (f->v[i].score < f->v[worst].score)
			worst = i;
	}
	if (f->v[worst].score < score) {
		free(f->v[worst].text);
		f->v[worst] = (struct found){ xstrdup(text), score };
	}
}

static int
by_score(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return x->score != y->score ? y->score - x->score : strcmp(x->text, y->text);
}

static bool
offer_command(void *user, const struct command *c)
{
	struct finder *f = user;
	autofree char *line = NULL;
	int score;

	if (!c->slash)
		return true;
	score = fuzzy_match(f->word, c->slash + 1, NULL);
	if (score < 0)
		return true;
	line = xasprintf("%s\t%s", c->slash + 1, _(c->summary));
	offer(f, line, score);
	return true;
}

/* Names in the folder the word has got to: "@src/ma" looks into src. */
static void
offer_files(struct finder *f, const char *cwd)
{
	char *slash = strrchr(f->word, '/');
	autofree char *dir = slash ? xstrndup(f->word, (size_t)(slash - f->word) + 1) : xstrdup("");
	const char *home = getenv("HOME"), *name = slash ? slash + 1 : f->word;
	autofree char *path = path_resolve(*dir ? dir : ".", cwd, home ? home : "/");
	DIR *d = opendir(path);
	struct dirent *e;
	int seen = 0;

	while (d && (e = readdir(d)) && seen++ < LISTING_MAX) {
		autofree char *line = NULL;
		int score;

		if (e->d_name[0] == '.' && name[0] != '.')
			continue;
		if (str_eq(e->d_name, ".") || str_eq(e->d_name, ".."))
			continue;
		score = fuzzy_match(name, e->d_name, NULL);
		if (score < 0)
			continue;
		line = xasprintf("%s%s%s\t", dir, e->d_name, e->d_type == DT_DIR ? "/" : "");
		offer(f, line, score);
	}
	if (d)
		closedir(d);
}

static void
fill(struct screen *s, char mark, struct slice word)
{
	struct finder f = { .word = slice_dup(word) };
	autofree char *cwd = getcwd(NULL, 0);

	if (mark == '/')
		command_each(offer_command, &f);
	else
		offer_files(&f, cwd ? cwd : "/");
	qsort(f.v, f.n, sizeof(f.v[0]), by_score);
	for (size_t i = 0; i < f.n; i++)
		strv_take(&s->complete, f.v[i].text);
	free(f.word);
	s->complete_mark = mark;
	s->complete_sel = 0;
}

/* The text or the caret moved. */
void
input_changed(struct screen *s)
{
	struct slice word;

	screen_dirty(s);
	if (edit_revision(s->edit) == s->complete_revision)
		return;
	s->complete_revision = edit_revision(s->edit);
	strv_finish(&s->complete);
	if (edit_word(s->edit, '/', &word))
		fill(s, '/', word);
	else if (edit_word(s->edit, '@', &word))
		fill(s, '@', word);
	uv_timer_start(&s->draft_timer, s->draft_timer.timer_cb, 400, 0);
}

static void
draw_offer(struct screen *s, struct area box, int y, size_t i)
{
	bool sel = (int)i == s->complete_sel;
	enum role bg = sel ? ROLE_SELECTION : ROLE_POPUP;
	const char *text = s->complete.v[i], *tab = strchr(text, '\t');
	autofree char *name = xstrndup(text, tab ? (size_t)(tab - text) : strlen(text));
	int x;

	draw_repeat(box, y, 0, box.w, ' ', STYLE_ON(ROLE_TEXT, bg));
	x = 2 + draw_printf(box, y, 2, STYLE_ON(ROLE_KEY, bg), "%s%s", s->complete_mark == '/' ? "/" : "", name);
	if (tab && tab[1])
		draw_elided(box, y, MAX_OF(x + 2, 18), -1, tab + 1, STYLE_ON(ROLE_MUTED, bg));
}

void
draw_completion(struct screen *s)
{
	struct rect in = s->layout.input;
	int rows = MIN_OF((int)s->complete.n, COMPLETE_ROWS), top;
	struct area box;

	if (!complete_active(s))
		return;
	rows = MIN_OF(rows, in.y - 2);
	if (rows < 1)
		return;
	top = MAX_OF(MIN_OF(s->complete_sel - rows / 2, (int)s->complete.n - rows), 0);
	box = area_sub(area_all(s->canvas), in.y - 1 - rows, 0, rows, s->canvas->cols);
	draw_fill(box, STYLE(ROLE_POPUP));
	for (int y = 0; y < rows; y++)
		draw_offer(s, box, y, (size_t)(top + y));
	if ((int)s->complete.n > rows) {
		autofree char *more = xasprintf(_("%d of %zu"), s->complete_sel + 1, s->complete.n);

		draw_right(box, rows - 1, box.w - 1, more, STYLE_ON(ROLE_MUTED, ROLE_POPUP));
	}
}

extern const struct pane_type pane_input;
const struct pane_type pane_input = { N_("Input"), input_contexts, input_draw, input_mouse, NULL, NULL, NULL };
