/*
 * The tree a person decides on, for a plain terminal:
 *
 *      ~/Downloads/
 *   1  new        Pictures/             folder
 *   2  moved        cat.png             1.2 MB, from ~/Downloads/cat.png
 *   3  deleted    old/                  120 entries, 9.4 MB
 *   4! changed    .bashrc               2.0 kB → 2.1 kB - runs whenever a shell starts
 *
 * Folders with many entries become one line with sums; the numbers are ranges then.
 */
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/base/utf8.h"
#include "agent/draft/effects_private.h"
#include "agent/draft/effects_words.h"

#define NAME_COLS 44	 /* the longest column of names */
#define LEAST_COLS 12
#define TEXT_MAX (1u << 20)

struct row {
	char number[48];
	bool red;
	const char *word;
	char *name, *detail;
	size_t cols;
};

struct tree {
	const struct effects *e;
	const char *home;
	struct row *rows;
	size_t n, cap;
	size_t fold; /* folders with more entries than this become one line */
};

static struct row *
add_row(struct tree *t)
{
	GROW(t->rows, t->n, t->cap);
	t->rows[t->n] = (struct row){ .word = "" };
	return &t->rows[t->n++];
}

/* Two columns a level; what a name cannot show is spelled out, the end of it stays. */
static void
set_name(struct row *r, int depth, const char *name, bool folder)
{
	autofree char *whole = folder ? xasprintf("%s/", name) : xstrdup(name);
	size_t room = NAME_COLS > 2 * (size_t)depth + LEAST_COLS ? NAME_COLS - 2 * (size_t)depth
								 : LEAST_COLS;
	autofree char *safe = sanitize_elide(whole, room);

	r->name = xasprintf("%*s%s", 2 * depth, "", safe);
	r->cols = utf8_width(r->name, strlen(r->name));
}

static void
add_entry(struct tree *t, size_t i, int depth, const char *name)
{
	const struct effect *x = &t->e->v[i];
	struct row *r = add_row(t);
	struct buf detail = BUF_INIT(TEXT_MAX);

	snprintf(r->number, sizeof(r->number), "%zu", i + 1);
	r->red = x->red != 0 || x->stale;
	r->word = effects_kind_word(x->kind);
	set_name(r, depth, name, S_ISDIR(x->mode ? x->mode : x->was_mode));
	effects_detail(x, t->home, &detail);
	r->detail = buf_steal(&detail);
}

static void
add_folded(struct tree *t, size_t first, size_t last, int depth, const char *name)
{
	struct row *r = add_row(t);
	struct buf detail = BUF_INIT(TEXT_MAX);
	unsigned red = 0;

	snprintf(r->number, sizeof(r->number), "%zu-%zu", first + 1, last + 1);
	for (size_t i = first; i <= last; i++) {
		red |= t->e->v[i].red;
		r->red |= t->e->v[i].stale;
	}
	r->red |= red != 0;
	r->word = _("several");
	set_name(r, depth, name, true);
	effects_sums(t->e, first, last, &detail);
	for (unsigned i = 0; i < RED_BITS; i++) {
		if (red & 1u << i)
			buf_printf(&detail, " - %s", effect_red_sentence(1u << i));
	}
	r->detail = buf_steal(&detail);
}

static void
add_header(struct tree *t, int depth, const char *name)
{
	set_name(add_row(t), depth, name, !str_eq(name, "/"));
}

/* Entries first..last lie below dir (n bytes of their paths, without the slash). */
static void
add_below(struct tree *t, size_t first, size_t last, size_t n, int depth)
{
	const struct effects *e = t->e;

	for (size_t i = first; i <= last;) {
		const char *path = e->v[i].path, *name = path + n + (path[n] == '/');
		size_t part = n + (path[n] == '/') + strcspn(name, "/"), j = i;
		autofree char *below = NULL, *dir = xstrndup(path, part), *common = NULL;
		bool own = !path[part]; /* the first one is the folder itself */

		while (j < last && path_below(e->v[j + 1].path, dir))
			j++;
		if (i == j && own) {
			add_entry(t, i++, depth, name);
			continue;
		}
		/* A chain of folders with nothing beside it is one line. */
		common = own ? xstrdup(dir) : effects_common(e, i, j);
		below = xstrdup(common + n + (common[n] == '/'));
		if (!own && i == j) {
			add_entry(t, i, depth, name);
		} else if (j - i + 1 > t->fold) {
			add_folded(t, i, j, depth, below);
		} else {
			if (own)
				add_entry(t, i, depth, name);
			else
				add_header(t, depth, below);
			add_below(t, i + own, j, strlen(common), depth + 1);
		}
		i = j + 1;
	}
}

static void
clear_rows(struct tree *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->rows[i].name);
		free(t->rows[i].detail);
	}
	t->n = 0;
}

static void
build(struct tree *t)
{
	autofree char *common = effects_common(t->e, 0, t->e->n - 1);
	autofree char *place = t->home ? path_tilde(common, t->home) : xstrdup(common);
	size_t n = str_eq(common, "/") ? 0 : strlen(common);

	clear_rows(t);
	add_header(t, 0, place);
	add_below(t, 0, t->e->n - 1, n, 1);
}

static void
put_row(struct buf *out, const struct row *r, size_t numbers, size_t words, size_t names)
{
	size_t start = out->len;

	if (numbers)
		buf_printf(out, "%*s%c ", (int)numbers, r->number, r->red ? '!' : ' ');
	else if (r->red)
		buf_add_str(out, "! ");
	else
		buf_add_str(out, "  ");
	buf_add_str(out, r->word);
	buf_printf(out, "%*s", (int)(words - utf8_width(r->word, strlen(r->word)) + 2), "");
	buf_add_str(out, r->name);
	if (r->detail && *r->detail)
		buf_printf(out, "%*s%s", (int)(names - r->cols + 2), "", r->detail);
	while (out->len > start && out->p[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
	buf_add_char(out, '\n');
}

static void
put_rows(const struct tree *t, size_t max_lines, bool numbers, struct buf *out)
{
	size_t shown = MIN_OF(t->n, max_lines), number = 0, word = 0, name = 0;
	char left[32];

	if (shown < t->n && shown)
		shown--; /* room for the last line */
	for (size_t i = 0; i < shown; i++) {
		const struct row *r = &t->rows[i];

		number = MAX_OF(number, strlen(r->number));
		word = MAX_OF(word, utf8_width(r->word, strlen(r->word)));
		name = MAX_OF(name, r->cols);
	}
	for (size_t i = 0; i < shown; i++)
		put_row(out, &t->rows[i], numbers ? number + 1 : 0, word, name);
	if (shown < t->n)
		buf_printf(out, _("... and %s more lines\n"), str_count(t->n - shown, left));
}

bool
effects_tree(const struct effects *e, const char *home, size_t max_lines, bool numbers,
	struct buf *out)
{
	struct tree t = { .e = e, .home = home, .fold = e->n > 4096 ? 256 : SIZE_MAX };
	char more[32];

	if (!e->n)
		return buf_printf(out, "%s\n", _("no file changes"));
	build(&t);
	/* Bigger folders are folded first. */
	for (size_t fold = 256; t.n > max_lines && fold > 1; fold /= 2) {
		t.fold = fold;
		build(&t);
	}
	put_rows(&t, max_lines, numbers, out);
	clear_rows(&t);
	free(t.rows);
	if (e->not_listed)
		buf_printf(out, _("... and %s more changes that are too many to list\n"),
			str_count(e->not_listed, more));
	return !out->full;
}
