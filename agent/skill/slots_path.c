/* Slot types path and folder. */
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/base/utf8.h"
#include "agent/skill/slot.h"
#include <ctype.h>

#define FILE_ATOMS_MAX 30
#define CHAR_COST 25 /* more than a filler costs in match_bag.c */

const char *const slot_folder_names[] = { "DOWNLOAD", "DESKTOP", "DOCUMENTS", "PICTURES",
	"MUSIC", "VIDEOS", "HOME", "TEMPLATES", "PUBLIC", NULL };

static const char *
folder_of(const struct request *r, const char *name)
{
	if (str_eq(name, "HOME"))
		return "~";
	for (size_t i = 0; slot_folder_names[i]; i++)
		if (str_eq(slot_folder_names[i], name))
			return r->folders ? r->folders->path[i] : NULL;
	return NULL;
}

/* Pictures and the like may also be a kind of file. */
static bool
is_kind_too(const char *name)
{
	return str_eq(name, "PICTURES") || str_eq(name, "VIDEOS") || str_eq(name, "MUSIC") ||
		str_eq(name, "DOCUMENTS");
}

static size_t
over_dir_word(const struct request *r, size_t j)
{
	size_t k = after_class(r, j, LEX_DIR);

	if (!k && j < r->a.n && r->a.v[j].kind == ATOM_CJK && str_eq(r->a.v[j].fold, "这"))
		k = after_class(r, j + 2, LEX_DIR); /* ~/x这个文件夹 */
	return k ? k : j;
}

static bool
led_in(const struct request *r, size_t i)
{
	static const char *const words[] = { "in", "inside", "from", "under", "within", "my",
		"of", "into", "to" };

	if (i == 0)
		return false;
	if (i > 1 && str_eq(r->a.v[i - 1].fold, "the"))
		i--;
	for (size_t k = 0; k < ARRAY_LEN(words); k++)
		if (str_eq(r->a.v[i - 1].fold, words[k]))
			return true;
	if (str_eq(r->a.v[i - 1].fold, "在"))
		return true;
	return i > 1 &&
		(after_class(r, i - 2, LEX_MY) == i || after_class(r, i - 1, LEX_MY) == i);
}

/* Chinese says "inside" behind the folder: 图片里. */
static bool
led_out(const struct request *r, size_t j)
{
	return j < r->a.n &&
		(str_eq(r->a.v[j].fold, "里") || str_eq(r->a.v[j].fold, "中") ||
			str_eq(r->a.v[j].fold, "内") || str_eq(r->a.v[j].fold, "下"));
}

static struct value *
add_path(const struct request *r, struct values *out, size_t i, size_t j, const char *path)
{
	struct value *v = values_add(out, i, j, "path");

	if (path[0] == '~' || path[0] == '/')
		v->text = path_normal(path);
	else
		v->text = path_resolve(path, r->cwd ? r->cwd : "/", r->home ? r->home : "/");
	return v;
}

static void
scan_known(const struct request *r, size_t i, struct values *out)
{
	const char *name, *path;
	uint8_t typo = 0;
	size_t j = after_prefix(r, i, "dir:", &name, &typo), k;
	struct value *v;

	if (!j || !(path = folder_of(r, name)))
		return;
	k = over_dir_word(r, j);
	/* "the desktop folder" but also "folder Downloads" */
	if (k == j && i > 0 && after_class(r, i - 1, LEX_DIR) == i)
		i--;
	v = add_path(r, out, i, k, path);
	v->typo = typo;
	v->soft = (is_kind_too(name) && k == j && !led_in(r, i) && !led_out(r, j)) ||
		str_eq(r->a.v[i].fold, "downloaded"); /* "I downloaded it" is no place */
}

/* The known folder that a word means, or NULL. */
static const char *
folder_named(const struct request *r, const char *word)
{
	const struct lex_list *t = lexicon_find(r->lex, word, strlen(word));

	for (size_t i = 0; t && i < t->n_common; i++) {
		const char *name = lexicon_class_name(r->lex, t->v[i].cls);

		if (str_starts(name, "dir:"))
			return folder_of(r, name + 4);
	}
	return NULL;
}

/* "Downloads/old" lies at home; any other relative path in the working folder. */
static void
scan_written(const struct request *r, size_t i, struct values *out)
{
	autofree char *text = atoms_text(&r->a, i, i + 1);
	char *slash = strchr(text, '/');
	size_t j = over_dir_word(r, i + 1);
	struct value *v;

	if (slash && text[0] != '/' && text[0] != '~' && text[0] != '.') {
		autofree char *head = utf8_fold(text, (size_t)(slash - text));
		const char *home = folder_named(r, head);

		if (home) {
			autofree char *p = path_join(home, slash + 1);

			add_path(r, out, i, j, p);
			return;
		}
	}
	if (i > 0 && after_class(r, i - 1, LEX_DIR) == i)
		i--;
	v = add_path(r, out, i, j, text);
	if (r->a.v[i].kind == ATOM_PATH || j == i + 1) {
		const char *base = path_base(v->text), *dot = strrchr(base, '.');

		v->file = dot && dot > base && atom_known_ext(dot + 1, strlen(dot + 1));
	}
}

/* "~/My Files" in quotes. */
static void
scan_quoted(const struct request *r, size_t i, struct values *out)
{
	autofree char *text = atoms_text(&r->a, i, i + 1);

	if (str_starts(text, "~/") || str_starts(text, "./") || (text[0] == '/' && text[1])) {
		struct value *v = add_path(r, out, i, over_dir_word(r, i + 1), text);
		const char *dot = strrchr(path_base(v->text), '.');

		v->file = dot && dot[1] && atom_known_ext(dot + 1, strlen(dot + 1));
	}
}

/* 合同.pdf: Chinese has no blanks, so every beginning is possible; a blank in front settles it,
 * and the fewer characters the name takes from the words, the better. */
static void
scan_file_zh(const struct request *r, size_t e, struct values *out)
{
	const struct atom *ext = &r->a.v[e];
	const char *dot = strrchr(ext->fold, '.');
	size_t chars = 0;

	if (!dot || !atom_known_ext(dot + 1, strlen(dot + 1)))
		return;
	for (size_t i = e; i-- > 0 && r->a.v[i + 1].glued && e - i < FILE_ATOMS_MAX;) {
		const struct atom *t = &r->a.v[i];
		struct value *v;

		if (t->kind != ATOM_CJK && t->kind != ATOM_WORD && t->kind != ATOM_NUM &&
			!(t->kind == ATOM_PUNCT && strchr("-_()", t->fold[0])))
			break;
		chars += t->kind == ATOM_CJK;
		autofree char *name = atoms_text(&r->a, i, e + 1);

		v = add_path(r, out, i, e + 1, name);
		v->file = true;
		v->extra = i > 0 && !t->glued
			? 0
			: (uint16_t)(CHAR_COST * chars + (chars < 2 ? 2 * CHAR_COST : 0));
	}
}

/* report.pdf, perhaps "in ~/Downloads": one value. */
static void
scan_file(const struct request *r, size_t i, struct values *out)
{
	autofree char *name = atoms_text(&r->a, i, i + 1);
	struct value *v = add_path(r, out, i, i + 1, name);

	v->file = true;
	if (r->a.v[i].glued && i > 0 && r->a.v[i - 1].kind == ATOM_CJK) {
		/* 资料2024.zip rather than 2024.zip */
		if (isdigit((unsigned char)*name))
			v->extra = 3 * CHAR_COST;
		scan_file_zh(r, i, out);
	}
}

/* report.pdf in ~/Downloads, 下载里的report.pdf: the two found become one more value. */
static bool
is_bare_file(const struct request *r, const struct value *v)
{
	return str_eq(v->kind, "path") && v->file &&
		(r->a.v[v->i].kind == ATOM_FILE ||
			(v->j > v->i + 1 && (r->a.v[v->j - 1].kind == ATOM_FILE ||
						    r->a.v[v->j - 1].kind == ATOM_EXT)));
}

static void
join_files(const struct request *r, struct values *out)
{
	for (size_t f = 0, n = out->n; f < n; f++) {
		if (!is_bare_file(r, &out->v[f]))
			continue;
		for (size_t d = 0; d < n; d++) {
			size_t k;
			struct value *v;

			if (d == f || !str_eq(out->v[d].kind, "path") || out->v[d].file)
				continue;
			autofree char *name = atoms_text(&r->a, out->v[f].i, out->v[f].j);
			autofree char *path = path_join(out->v[d].text, name);
			size_t i, j;
			uint16_t extra = out->v[f].extra;

			if (out->v[d].i >= out->v[f].j) {
				for (k = out->v[f].j; k < out->v[d].i; k++)
					if (!after_class(r, k, LEX_PREP) &&
						!after_class(r, k, LEX_FILL) &&
						!after_class(r, k, LEX_MY))
						break;
				if (k < out->v[d].i || k == out->v[f].j)
					continue;
				i = out->v[f].i;
				j = out->v[d].j;
			} else {
				for (k = out->v[d].j; k < out->v[f].i; k++)
					if (r->a.v[k].kind != ATOM_CJK ||
						(!after_class(r, k, LEX_PREP) &&
							!after_class(r, k, LEX_FILL)))
						break;
				if (k < out->v[f].i ||
					(k == out->v[d].j && r->a.v[k - 1].kind != ATOM_CJK))
					continue;
				i = out->v[d].i;
				j = out->v[f].j;
			}
			v = add_path(r, out, i, j, path);
			v->file = true;
			v->extra = extra;
		}
	}
}

/* A folder the person has named before: "my invoices folder". */
static void
scan_alias(const struct request *r, size_t i, struct values *out)
{
	for (size_t k = 0; k < r->n_aliases; k++) {
		const struct alias *al = &r->aliases[k];
		size_t j;

		for (j = i + 1; j <= r->a.n && j <= i + 6; j++) {
			autofree char *t = atoms_text(&r->a, i, j);
			autofree char *f = utf8_fold(t, strlen(t));

			if (!str_eq(f, al->name))
				continue;
			size_t end = over_dir_word(r, j);

			if (end > j || (i > 0 && led_in(r, i)))
				add_path(r, out, i, end, al->path);
			break;
		}
	}
}

/* What is never a folder of files, whatever stands behind it. */
static bool
is_elsewhere(const char *fold)
{
	static const char *const words[] = { "mail", "mails", "email", "emails", "e", "inbox",
		"outbox", "spam", "junk", "calendar", "chat", "trash", "bin", "recycle",
		"cloud", "dropbox", "drive", "gmail", "outlook", "browser", "bookmark",
		"bookmarks", "phone", "office", "other", "every", "each", "which", "what",
		"any", "no", "new", "another", "empty", "same", "邮", "箱", "收", "垃", "圾",
		"云", "空", "新", "哪", "每", "手", "机", "同", "别", "其", "他", "各", "不",
		"个", "所", "有" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(words[i], fold))
			return true;
	return false;
}

/* "my invoices folder": a name that only memory or the person can turn into a path. */
static void
scan_named(const struct request *r, size_t i, struct values *out)
{
	bool cjk = r->a.v[i].kind == ATOM_CJK;

	for (size_t j = i; j < r->a.n && j < i + (cjk ? 6 : 2); j++) {
		const struct atom *t = &r->a.v[j];
		size_t end;
		struct value *v;
		const char *known;

		if (t->kind != (cjk ? ATOM_CJK : ATOM_WORD) || is_elsewhere(t->fold) ||
			edges_at(&r->e, j, LEX_FILL) || edges_at(&r->e, j, LEX_NEG) ||
			edges_at(&r->e, j, LEX_PREP) || edges_at(&r->e, j, LEX_MY) ||
			after_prefix(r, j, "dir:", &known, NULL))
			return;
		end = after_class(r, j + 1, LEX_DIR);
		if (!end || (cjk && j == i))
			continue;
		v = values_add(out, i, end, "path");
		v->named = true;
		v->text = atoms_text(&r->a, i, j + 1);
	}
}

static void
scan(const struct request *r, struct values *out)
{
	size_t here;

	for (size_t i = 0; i < r->a.n; i++) {
		if (r->a.v[i].kind == ATOM_PATH)
			scan_written(r, i, out);
		else if (r->a.v[i].kind == ATOM_EXT ||
			(r->a.v[i].kind == ATOM_FILE && r->a.v[i].fold[0] == '.'))
			scan_file_zh(r, i, out);
		else if (r->a.v[i].kind == ATOM_FILE)
			scan_file(r, i, out);
		else if (r->a.v[i].kind == ATOM_QUOTE)
			scan_quoted(r, i, out);
		else
			scan_known(r, i, out);
		if ((here = after_class(r, i, LEX_HERE)) && r->cwd)
			add_path(r, out, i, here, r->cwd);
		scan_alias(r, i, out);
		scan_named(r, i, out);
	}
	join_files(r, out);
}

/* "a.tar.gz" has the endings gz and tar.gz. */
static bool
has_ending(const struct slot *s, const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < s->ext.n; i++) {
		size_t e = strlen(s->ext.v[i]);

		if (n > e + 1 && path[n - e - 1] == '.' &&
			strcasecmp(path + n - e, s->ext.v[i]) == 0)
			return true;
	}
	return false;
}

static bool
fits_path(const struct slot *s, const struct value *v)
{
	if (s->ext.n == 0 || v->named)
		return s->ext.n == 0 || s->folders;
	return has_ending(s, v->text) || (s->folders && !v->file);
}

static bool
fits_folder(const struct slot *s UNUSED, const struct value *v)
{
	return !v->file;
}

static cJSON *
json(const struct slot *s UNUSED, const struct value *v)
{
	cJSON *o;

	if (!v->named)
		return cJSON_CreateString(v->text);
	o = cJSON_CreateObject(); /* the matcher takes it out again: match.named */
	cJSON_AddStringToObject(o, "name", v->text);
	return o;
}

const struct slot_type slot_path = {
	.name = "path",
	.kind = "path",
	.summary = N_("a file or folder, such as ~/Documents/report.pdf"),
	.scan = scan,
	.fits = fits_path,
	.json = json,
};

const struct slot_type slot_folder = {
	.name = "folder",
	.kind = "path",
	.summary = N_("a folder, such as ~/Downloads"),
	.fits = fits_folder,
	.json = json,
};
