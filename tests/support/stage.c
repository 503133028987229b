#include "tests/support/stage.h"
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <locale.h>
#include "agent/base/path.h"

#define LOOKS 52

int64_t stage_now = STAGE_DAY + 12500;

static int64_t
now_is(void *user)
{
	(void)user;
	return stage_now;
}

static void
no_random(void *user, void *out, size_t n)
{
	(void)user;
	memset(out, 7, n);
}

static const struct clock clock_by_hand = { now_is, now_is, no_random, NULL };
static const char *const no_dirs[] = { NULL };
static char home[] = "/home/ann", nowhere[] = "/nonexistent";

void
stage_world(void)
{
	char golden[4096];

	if (!getenv("HOMARD_TESTS") && getcwd(golden, sizeof(golden) - 8)) {
		strcat(golden, "/tests");
		setenv("HOMARD_TESTS", golden, 1);
	}
	setenv("HOME", home, 1);
	setenv("TZ", "UTC", 1);
	setlocale(LC_ALL, "C.UTF-8");
	/* The folder shown in the header must be the same everywhere. */
	if (chdir("/") < 0)
		fail_msg("chdir");
}

void
stage_begin(struct stage *st, int rows, int cols)
{
	struct err err = { 0 };

	memset(st, 0, sizeof(*st));
	st->places = (struct places){ .home = home, .config = nowhere, .state = nowhere, .data = nowhere,
		.share = nowhere };
	st->cli = (struct cli){ .places = &st->places, .clock = &clock_by_hand, .program = "homard" };
	assert_true(config_load("/nonexistent/config.yaml", &st->cli.config, &err));
	screen_init(&st->s, &st->cli);
	keymap_init(&st->s.keymap);
	st->s.canvas = canvas_create(rows, cols);
	assert_true(theme_load(no_dirs, "default-dark", &st->s.theme, NULL));
	st->s.mouse = true;
}

void
stage_end(struct stage *st)
{
	screen_finish(&st->s);
	config_destroy(st->cli.config);
}

void
stage_feed(struct stage *st, enum event_kind kind, const char *facts, const char *body)
{
	struct event ev = { .seq = ++st->seq, .task = 7, .time = STAGE_DAY + st->seq * 100, .kind = kind,
		.kind_name = event_kinds[kind].name, .facts = slice_of(facts),
		.body = slice_of(body ? body : ""), .has_body = body != NULL };

	if (!st->s.n_folds) {
		st->s.live = fold_create(7);
		st->s.folds[st->s.n_folds++] = st->s.live;
	}
	fold_apply(st->s.folds[0], &ev);
}

void
stage_compose(struct stage *st)
{
	blocks_sync(st->s.blocks);
	approval_sync(&st->s);
	screen_compose(&st->s);
}

bool
stage_language(const char *lang)
{
	autofree char *exe = realpath("/proc/self/exe", NULL), *dir = path_dir(exe);
	autofree char *locale = path_join(dir, "../../share/locale");
	autofree char *mo = xasprintf("%s/%s/LC_MESSAGES/homard.mo", locale, lang);

	if (!str_eq(lang, "en") && access(mo, R_OK) < 0)
		return false;
	i18n_init(locale, lang);
	return true;
}

void
stage_shot(struct stage *st, struct buf *out)
{
	autobuf struct buf text = BUF_INIT(4u << 20);
	struct slice rest;

	stage_compose(st);
	canvas_text(st->s.canvas, &text);
	rest = buf_slice(&text);
	while (rest.p && rest.n) {
		struct slice line = slice_line(&rest);

		buf_printf(out, "|%.*s\n", SLICE_FMT(line));
	}
}

/* --- as painted --- */

struct looks {
	struct paint v[LOOKS];
	size_t n;
};

static char
letter_of(struct looks *l, const struct paint *p)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (p->fg == -1 && p->bg == -1 && !p->attr)
		return '.';
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].fg == p->fg && l->v[i].bg == p->bg && l->v[i].attr == p->attr)
			return letters[i];
	}
	assert_true(l->n < LOOKS);
	l->v[l->n] = *p;
	return letters[l->n++];
}

static void
put_color(struct buf *out, const char *what, int32_t c)
{
	if (c == -1)
		return;
	if (c >= 0)
		buf_printf(out, " %s #%06x", what, (unsigned)c);
	else
		buf_printf(out, " %s %d", what, (int)(PAINT_ANSI(0) - c));
}

static void
put_looks(const struct looks *l, struct buf *out)
{
	static const char *const attrs[] = { "bold", "dim", "italic", "underline", "reverse", "strike" };
	struct looks copy = *l;

	for (size_t i = 0; i < l->n; i++) {
		buf_printf(out, "%c =", letter_of(&copy, &l->v[i]));
		for (size_t k = 0; k < ARRAY_LEN(attrs); k++) {
			if (l->v[i].attr & 1u << k)
				buf_printf(out, " %s", attrs[k]);
		}
		put_color(out, "fg", l->v[i].fg);
		put_color(out, "bg", l->v[i].bg);
		buf_add_char(out, '\n');
	}
}

static void
put_row(const struct cell *row, int cols, struct theme *t, struct looks *l, struct buf *out)
{
	size_t start = out->len;

	for (int x = 0; x < cols; x++) {
		struct paint p;

		if (row[x].width == 0)
			continue;
		theme_paint(t, row[x].style, &p);
		/* Nothing is seen of the letters' colour where there is none. */
		if (row[x].cp == ' ' && p.bg == -1 && !(p.attr & (ATTR_UNDERLINE | ATTR_REVERSE)))
			p = (struct paint){ -1, -1, 0 };
		buf_add_char(out, letter_of(l, &p));
	}
	while (out->len > start && out->p[out->len - 1] == '.')
		buf_truncate(out, out->len - 1);
	buf_add_char(out, '\n');
}

void
stage_shot_painted(struct stage *st, enum color_depth depth, struct buf *out)
{
	const struct canvas *c = st->s.canvas;
	struct looks looks = { .n = 0 };
	struct theme *t = st->s.theme;

	theme_resolve(t, depth, 0x101010);
	stage_compose(st);
	for (int y = 0; y < c->rows; y++) {
		buf_printf(out, "%2d ", y + 1);
		put_row(&c->cells[(size_t)y * (size_t)c->cols], c->cols, t, &looks, out);
	}
	put_looks(&looks, out);
}
