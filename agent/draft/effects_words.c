#include "agent/draft/effects_words.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/base/sanitize.h"
#include "agent/draft/effects_private.h"

static const char *const words[EFFECT_KINDS] = { N_("new"), N_("changed"), N_("deleted"),
	N_("replaced"), N_("rights"), N_("moved"), N_("touched") };

const char *
effects_kind_word(enum effect_kind kind)
{
	return _(words[kind]);
}

char *
effects_place(const char *path, const char *home)
{
	autofree char *short_path = home ? path_tilde(path, home) : xstrdup(path);

	return sanitize_dup(short_path, SANITIZE_NAME);
}

char *
effects_common(const struct effects *e, size_t first, size_t last)
{
	char *common = path_dir(e->v[first].path);

	for (size_t i = first + 1; i <= last; i++) {
		while (!path_below(e->v[i].path, common)) {
			char *up = path_dir(common);

			free(common);
			common = up;
		}
	}
	return common;
}

/* Whole phrases: a language may need the number in the middle. */
static void
put_phrase(struct buf *out, enum effect_kind kind, const char *what)
{
	switch (kind) {
	case EFFECT_CREATE:
		buf_printf(out, _("creates %s"), what);
		break;
	case EFFECT_MODIFY:
		buf_printf(out, _("changes %s"), what);
		break;
	case EFFECT_DELETE:
		buf_printf(out, _("deletes %s"), what);
		break;
	case EFFECT_REPLACE:
		buf_printf(out, _("replaces %s"), what);
		break;
	case EFFECT_PERM:
		buf_printf(out, _("changes the rights of %s"), what);
		break;
	case EFFECT_MOVE:
		buf_printf(out, _("moves %s"), what);
		break;
	default:
		buf_printf(out, _("touches %s"), what);
		break;
	}
}

struct sum {
	uint64_t count, bytes;
	uint64_t folders; /* single ones; what is in a tree that goes as one is not known apart */
	bool trees;
};

/* "3 files", "1 folder", "1 folder and 3 files", "12 entries" */
static void
put_count(struct buf *out, const struct sum *s)
{
	uint64_t files = s->count - s->folders;
	char count[32], folders[64], all[64];

	if (s->trees) {
		buf_printf(out, ngettext_("%s entry", "%s entries", s->count),
			str_count(s->count, count));
		return;
	}
	snprintf(folders, sizeof(folders), ngettext_("%s folder", "%s folders", s->folders),
		str_count(s->folders, count));
	snprintf(all, sizeof(all), ngettext_("%s file", "%s files", files),
		str_count(files, count));
	if (s->folders && files)
		buf_printf(out, _("%s and %s"), folders, all);
	else
		buf_add_str(out, s->folders ? folders : all);
}

static void
put_sum(struct buf *out, enum effect_kind kind, const struct sum *s, bool comma)
{
	autobuf struct buf what = BUF_INIT(256);
	char bytes[16];

	put_count(&what, s);
	if (s->bytes && kind != EFFECT_PERM)
		buf_printf(&what, " (%s)", str_size(s->bytes, bytes));
	if (comma)
		buf_add_str(out, _(", "));
	put_phrase(out, kind, buf_str(&what));
}

void
effects_sums(const struct effects *e, size_t first, size_t last, struct buf *out)
{
	struct sum s[EFFECT_KINDS] = { 0 };
	bool any = false;

	for (size_t i = first; i <= last; i++) {
		const struct effect *x = &e->v[i];
		bool folder = S_ISDIR(x->mode ? x->mode : x->was_mode);

		s[x->kind].count += x->count;
		s[x->kind].bytes += x->bytes;
		s[x->kind].folders += folder && x->count == 1;
		s[x->kind].trees |= folder && x->count > 1;
	}
	for (size_t k = 0; k < EFFECT_KINDS; k++) {
		if (!s[k].count)
			continue;
		put_sum(out, (enum effect_kind)k, &s[k], any);
		any = true;
	}
}

static void
put_red(const struct effect *x, struct buf *out)
{
	for (unsigned i = 0; i < RED_BITS; i++) {
		if (x->red & 1u << i)
			buf_printf(out, "%s%s", out->len ? "; " : "", effect_red_sentence(1u << i));
	}
	if (x->stale)
		buf_printf(out, "%s%s", out->len ? "; " : "",
			_("changed on disk meanwhile, cannot be taken"));
}

static void
put_sizes(const struct effect *x, struct buf *out)
{
	char was[16], is[16], count[32], mode[40];

	str_size(x->was, was);
	str_size(x->bytes, is);
	str_count(x->count, count);
	if (x->kind == EFFECT_PERM) {
		effect_mode_words(x->was_mode, x->mode, mode);
		buf_add_str(out, mode);
	} else if (x->count > 1 && S_ISDIR(x->mode ? x->mode : x->was_mode)) {
		buf_printf(out, ngettext_("%s entry, %s", "%s entries, %s", x->count), count, is);
	} else if (S_ISDIR(x->mode ? x->mode : x->was_mode)) {
		buf_add_str(out, _("folder"));
	} else if (S_ISREG(x->mode) && S_ISREG(x->was_mode) && x->kind != EFFECT_MOVE) {
		if (x->was == x->bytes)
			buf_add_str(out, is);
		else
			buf_printf(out, "%s → %s", was, is);
	} else if (S_ISREG(x->mode ? x->mode : x->was_mode)) {
		buf_add_str(out, is);
	}
}

void
effects_detail(const struct effect *x, const char *home, struct buf *out)
{
	autobuf struct buf red = BUF_INIT(4096);

	put_sizes(x, out);
	if (x->was_count) {
		char count[32], size[16];

		buf_printf(out, "%s", out->len ? ", " : "");
		buf_printf(out, ngettext_("in place of %s entry, %s", "in place of %s entries, %s", x->was_count),
			str_count(x->was_count, count), str_size(x->was, size));
	}
	if (x->kind == EFFECT_MOVE) {
		autofree char *a = path_dir(x->from), *b = path_dir(x->path);
		autofree char *from = effects_place(str_eq(a, b) ? path_base(x->from) : x->from,
			str_eq(a, b) ? NULL : home);

		if (out->len)
			buf_add_str(out, ", ");
		buf_printf(out, _("from %s"), from);
	} else if (S_ISLNK(x->mode) && x->from) {
		autofree char *to = effects_place(x->from, home);

		buf_printf(out, _("link to %s"), to);
	}
	put_red(x, &red);
	if (red.len)
		buf_printf(out, "%s%s", out->len ? " - " : "", buf_str(&red));
}

bool
effects_sentence(const struct effects *e, const char *home, struct buf *out)
{
	autobuf struct buf sums = BUF_INIT(2048);
	char more[32];

	if (!e->n)
		return buf_add_str(out, _("changes no files"));
	effects_sums(e, 0, e->n - 1, &sums);
	if (e->n == 1) {
		autofree char *place = effects_place(e->v[0].path, home);

		buf_printf(out, _("%s: %s"), buf_str(&sums), place);
	} else {
		autofree char *common = effects_common(e, 0, e->n - 1);
		autofree char *place = effects_place(common, home);

		buf_printf(out, _("%s below %s"), buf_str(&sums), place);
	}
	if (e->not_listed)
		buf_printf(out, _(", and %s more that are too many to list"),
			str_count(e->not_listed, more));
	return !out->full;
}
