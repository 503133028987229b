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
	size_t from = i;

	for (size_t back = 1; back <= 4 && back <= i; back++)
		if (after_class(r, i - back, LEX_ONLY) == i)
			from = i - back;
	return from;
}

static bool
is_joint(const struct request *r, size_t i)
{
	static const char *const joints[] = { ",", "&", "+", "/", "and", "or", "plus", "\xE3\x80\x81",
		"\xEF\xBC\x8C", "和", "与", "跟", "及", "或" };

	for (size_t k = 0; k < ARRAY_LEN(joints); k++)
		if (str_eq(r->a.v[i].fold, joints[k]))
			return true;
	return false;
}

/* Behind "and", ", and", 、 and "和" and an article: where the next of a list begins; 0: none. */
static size_t
over_joint(const struct request *r, size_t i)
{
	size_t j = i;

	while (j < r->a.n && j < i + 2 && is_joint(r, j))
		j++;
	if (j == i || j >= r->a.n)
		return 0;
	return str_eq(r->a.v[j].fold, "the") ? j + 1 : j;
}

/* "pdf, csv and md": between others of its kind it is no word. */
static bool
is_listed(const struct request *r, size_t i)
{
	size_t next = over_joint(r, i + 1);

	if (next && r->a.v[next].kind == ATOM_WORD &&
		atom_known_ext(r->a.v[next].fold, strlen(r->a.v[next].fold)))
		return true;
	return i > 1 && is_joint(r, i - 1) && r->a.v[i - 2].kind == ATOM_WORD &&
		atom_known_ext(r->a.v[i - 2].fold, strlen(r->a.v[i - 2].fold));
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
	if (!j && t->kind == ATOM_WORD && is_word_too(ext) && !is_listed(r, i))
		return;
	v = values_add(out, with_only(r, i), j ? j : i + 1, "glob");
	v->text = xasprintf("*.%s", ext);
	v->soft = !j && t->kind == ATOM_WORD && v->i == i;
}

/* "*.jpg" and "*.{png,gif}" as one: *.{jpg,png,gif}. NULL: they cannot be joined. */
static char *
both(const char *a, const char *b)
{
	const char *v[] = { a, b };
	autobuf struct buf out = BUF_INIT(4096);

	buf_add_str(&out, "*.{");
	for (size_t i = 0; i < 2; i++) {
		const char *x = v[i];
		size_t n = strlen(x);

		if (!str_starts(x, "*.") || n < 3)
			return NULL;
		x += 2;
		n -= 2;
		if (x[0] == '{' && x[n - 1] == '}') {
			x++;
			n -= 2;
		}
		if (memchr(x, '{', n) || memchr(x, '*', n))
			return NULL;
		buf_printf(&out, "%s%.*s", i ? "," : "", (int)n, x);
	}
	buf_add_char(&out, '}');
	return xstrdup(buf_str(&out));
}

/* "jpg and png", "pdfs, docs and pictures", 图片和视频: lists become one more value. */
static void
join_lists(const struct request *r, struct values *out)
{
	for (size_t a = 0; a < out->n && out->n < VALUES_MAX / 2; a++) {
		size_t from;

		if (!str_eq(out->v[a].kind, "glob") || !(from = over_joint(r, out->v[a].j)))
			continue;
		for (size_t b = 0; b < out->n; b++) {
			char *text;
			bool soft = out->v[a].soft && out->v[b].soft;
			struct value *v;

			if (!str_eq(out->v[b].kind, "glob") || out->v[b].i != from ||
				out->v[b].list || !(text = both(out->v[a].text, out->v[b].text)))
				continue;
			v = values_add(out, out->v[a].i, out->v[b].j, "glob");
			v->text = text;
			v->soft = soft;
			v->list = true;
		}
	}
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
	join_lists(r, out);
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
