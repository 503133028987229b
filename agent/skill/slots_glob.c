/* Slot type glob. */
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"
#include "agent/skill/slot.h"

static const struct {
	const char *kind, *glob;
} kinds[] = {
	{ "image", "*.{jpg,jpeg,png,gif,webp,heic,heif,bmp,tif,tiff,svg}" },
	{ "video", "*.{mp4,mkv,avi,mov,webm,m4v,mpg,mpeg,wmv}" },
	{ "audio", "*.{mp3,ogg,flac,wav,m4a,opus,aac,wma}" },
	{ "document", "*.{pdf,doc,docx,odt,rtf,txt,md}" },
	{ "archive", "*.{zip,tar,gz,tgz,bz2,xz,zst,7z,rar}" },
};

/* Endings that are also words: only with "files" behind them. */
static bool
is_word_too(const char *ext)
{
	static const char *const words[] = { "key", "pages", "numbers", "org", "log", "raw",
		"lock", "patch", "diff", "go", "ai", "c", "h", "ts", "rs", "py", "js", "sh",
		"rb", "db", "md", "conf", "ini", "ics", "jar", "java", "swift", "torrent",
		"iso", "tar", "text", "csv" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(words[i], ext))
			return true;
	return false;
}

static size_t
after_files(const struct request *r, size_t j)
{
	static const char *const words[] = { "file", "files", "document", "documents", "image",
		"images", "picture", "pictures", "photo", "photos" };
	int cls = lexicon_class_known(r->lex, "file");

	if (j < r->a.n && r->a.v[j].kind == ATOM_PUNCT && str_eq(r->a.v[j].fold, "-"))
		j++;
	if (j >= r->a.n)
		return 0;
	if (r->a.v[j].kind == ATOM_CJK)
		return after_class(r, j, cls);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(r->a.v[j].fold, words[i]))
			return j + 1;
	return 0;
}

/* Begins with "only" where that stands before. */
static size_t
with_only(const struct request *r, size_t i)
{
	for (size_t back = 1; back <= 3 && back <= i; back++)
		if (after_class(r, i - back, LEX_ONLY) == i)
			return i - back;
	return i;
}

static void
scan_extension(const struct request *r, size_t i, struct values *out)
{
	const struct atom *t = &r->a.v[i];
	autofree char *ext = xstrdup(t->kind == ATOM_EXT ? t->fold + 1 : t->fold);
	size_t n = strlen(ext), j;
	struct value *v;

	if (t->kind == ATOM_WORD && n > 3 && ext[n - 1] == 's' && !atom_known_ext(ext, n))
		ext[--n] = '\0'; /* pdfs */
	if (t->kind == ATOM_WORD && !atom_known_ext(ext, n))
		return;
	j = after_files(r, i + 1);
	if (!j && t->kind == ATOM_WORD && is_word_too(ext))
		return;
	v = values_add(out, with_only(r, i), j ? j : i + 1, "glob");
	v->text = xasprintf("*.%s", ext);
	v->soft = !j && t->kind == ATOM_WORD && v->i == i;
}

static void
scan(const struct request *r, struct values *out)
{
	for (size_t i = 0; i < r->a.n; i++) {
		const char *kind;
		size_t j;

		if (r->a.v[i].kind == ATOM_GLOB) {
			j = after_files(r, i + 1);
			values_add(out, with_only(r, i), j ? j : i + 1, "glob")->text =
				atoms_text(&r->a, i, i + 1);
			continue;
		}
		if (r->a.v[i].kind == ATOM_WORD || r->a.v[i].kind == ATOM_EXT)
			scan_extension(r, i, out);
		if ((j = after_prefix(r, i, "kind:", &kind, NULL))) {
			size_t f = after_files(r, j);

			for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
				if (str_eq(kinds[k].kind, kind)) {
					struct value *v = values_add(
						out, with_only(r, i), f ? f : j, "glob");

					v->text = xstrdup(kinds[k].glob);
					v->soft = v->i == i && !f;
				}
		}
	}
}

static bool
fits(const struct slot *s UNUSED, const struct value *v UNUSED)
{
	return true;
}

static cJSON *
json(const struct slot *s UNUSED, const struct value *v)
{
	return cJSON_CreateString(v->text);
}

const struct slot_type slot_glob = {
	.name = "glob",
	.kind = "glob",
	.summary = N_("a pattern such as *.pdf, or a kind such as pictures"),
	.scan = scan,
	.fits = fits,
	.json = json,
};
