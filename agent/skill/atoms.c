#include "agent/skill/atoms.h"
#include "agent/base/utf8.h"
#include <ctype.h>

struct quote {
	const char *open, *close;
};

static const struct quote quotes[] = {
	{ "\"", "\"" }, { "'", "'" }, { "`", "`" },
	{ "\xE2\x80\x9C", "\xE2\x80\x9D" }, /* “ ” */
	{ "\xE2\x80\x98", "\xE2\x80\x99" }, /* ‘ ’ */
	{ "\xE3\x80\x8C", "\xE3\x80\x8D" }, /* 「 」 */
	{ "\xE3\x80\x8E", "\xE3\x80\x8F" }, /* 『 』 */
	{ "\xE3\x80\x8A", "\xE3\x80\x8B" }, /* 《 》 */
};

/* Endings that make "name.ext" a file rather than the end of a sentence. */
static const char *const extensions[] = { "txt", "md", "pdf", "doc", "docx", "odt", "xls",
	"xlsx", "ods", "csv", "tsv", "ppt", "pptx", "odp", "jpg", "jpeg", "png", "gif", "webp",
	"heic", "heif", "bmp", "tif", "tiff", "svg", "raw", "mp3", "ogg", "flac", "wav", "m4a",
	"opus", "mp4", "mkv", "avi", "mov", "webm", "zip", "tar", "gz", "tgz", "bz2", "xz",
	"zst", "7z", "rar", "deb", "rpm", "iso", "c", "h", "cpp", "py", "js", "ts", "java",
	"go", "rs", "sh", "rb", "php", "html", "htm", "css", "json", "yaml", "yml", "toml",
	"xml", "ini", "cfg", "conf", "log", "sql", "db", "epub", "mobi", "tex", "bib", "ics",
	"vcf", "eml", "bak", "tmp", "jar", "apk", "exe", "dmg", "torrent", "srt", "psd", "ai",
	"key", "pages", "numbers", "ipynb", "lock", "patch", "diff", "org", "rtf", "lua", "kt",
	"swift", "tbz2", "txz" };

bool
atom_known_ext(const char *ext, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(extensions); i++)
		if (strlen(extensions[i]) == n && strncasecmp(extensions[i], ext, n) == 0)
			return true;
	return false;
}

static uint32_t
code_at(const struct atoms *a, size_t i, size_t *ret_used)
{
	uint32_t cp = 0;

	*ret_used = utf8_decode(a->text + i, a->len - i, &cp, NULL);
	return cp;
}

static bool
at(const struct atoms *a, size_t i, const char *s)
{
	size_t n = strlen(s);

	return i + n <= a->len && memcmp(a->text + i, s, n) == 0;
}

static struct atom *
add(struct atoms *a, enum atom_kind kind, size_t start, size_t end)
{
	struct atom *t;

	GROW(a->v, a->n, a->cap);
	t = &a->v[a->n++];
	*t = (struct atom){ .kind = kind,
		.start = (uint32_t)start,
		.end = (uint32_t)end,
		.inner_start = (uint32_t)start,
		.inner_end = (uint32_t)end };
	t->fold = utf8_fold(a->text + start, end - start);
	t->glued = a->n > 1 && a->v[a->n - 2].end == start;
	for (char *p = t->fold; *p; p++) /* ’ as in don’t */
		if ((unsigned char)p[0] == 0xE2 && (unsigned char)p[1] == 0x80 &&
			(unsigned char)p[2] == 0x99) {
			*p = '\'';
			memmove(p + 1, p + 3, strlen(p + 3) + 1);
		}
	return t;
}

static bool
is_letter(uint32_t cp)
{
	if (cp < 0x80)
		return isalpha((int)cp);
	return cp != UTF8_BAD && !utf8_is_cjk(cp) && !utf8_is_space(cp) &&
		!(cp >= 0x2000 && cp < 0x2E80) && !(cp >= 0x80 && cp < 0xC0) &&
		!(cp >= 0xFE00 && cp < 0xFF00) && cp < 0x1F000;
}

/* Han, kana and hangul only: CJK punctuation and full-width forms are something else. */
static bool
is_ideograph(uint32_t cp)
{
	return utf8_is_cjk(cp) && !(cp >= 0x3000 && cp < 0x3040) &&
		!(cp >= 0xFF00 && cp <= 0xFFEF);
}

static size_t
quoted(struct atoms *a, size_t i)
{
	for (size_t q = 0; q < ARRAY_LEN(quotes); q++) {
		size_t no = strlen(quotes[q].open), nc = strlen(quotes[q].close), e;

		if (!at(a, i, quotes[q].open))
			continue;
		/* An apostrophe inside a word opens nothing. */
		if (no == 1 && i > 0 && isalnum((unsigned char)a->text[i - 1]))
			return 0;
		for (e = i + no; e + nc <= a->len && e - i < 2000; e++) {
			size_t used;

			if (a->text[e] == '\n' || !at(a, e, quotes[q].close))
				continue;
			if (quotes[q].open[0] == '\'' && e + 1 < a->len &&
				is_letter(code_at(a, e + 1, &used)))
				continue;
			if (e == i + no)
				return 0;
			struct atom *t = add(a, ATOM_QUOTE, i, e + nc);
			t->inner_start = (uint32_t)(i + no);
			t->inner_end = (uint32_t)e;
			return e + nc;
		}
		return 0;
	}
	return 0;
}

/* In a path Chinese characters belong to it, up to a word that says "inside" or "by". */
static bool
path_ends_zh(const struct atoms *a, size_t i)
{
	static const char *const marks[] = { "，", "。", "、", "！", "？", "：", "；", "“", "”",
		"「", "」", "（", "）", "这个", "里的", "中的", "下的" };

	for (size_t k = 0; k < ARRAY_LEN(marks); k++)
		if (at(a, i, marks[k]))
			return true;
	return false;
}

static bool
path_stop_zh(const struct atoms *a, size_t i)
{
	static const char *const stops[] = { "里", "中", "下的", "下面", "下所", "内", "的",
		"按", "目录", "文件夹", "到", "和", "有", "备份", "整理", "分类", "占", "最",
		"以", "哪", "还", "自", "从", "用", "归", "改", "压", "解", "搬", "移", "放",
		"找", "搜", "转", "去", "看", "收", "清", "排", "重", "给" };

	for (size_t k = 0; k < ARRAY_LEN(stops); k++)
		if (at(a, i, stops[k]))
			return true;
	return path_ends_zh(a, i);
}

/* "~/音乐备份 里": a path between blanks is all there is; only a glued one may go on in words. */
static bool
stands_alone(const struct atoms *a, size_t i)
{
	static const char *const joints[] = { "里", "中", "下", "内", "到", "和", "的", "按",
		"给", "上" };
	size_t e = i;

	if (i > 0 && a->text[i - 1] != ' ')
		return false;
	while (e < a->len && e < i + 1000 && a->text[e] != ' ' && !strchr("\"'`<>|;,()\n", a->text[e])) {
		if (path_ends_zh(a, e))
			return false;
		e++;
	}
	for (size_t k = 0; k < ARRAY_LEN(joints); k++)
		if (e >= i + 3 && at(a, e - 3, joints[k]))
			return false;
	return e < a->len && a->text[e] == ' ';
}

static bool
ends_path(unsigned char c)
{
	return c <= ' ' || c == 0x7F || strchr("\"'`<>|;,()", c) != NULL;
}

/* The end of a word-like run that may be a path, file, glob or URL. */
static size_t
run_end(const struct atoms *a, size_t i)
{
	size_t e = i;
	bool slash = false, alone = false, looked = false;

	while (e < a->len && !ends_path((unsigned char)a->text[e])) {
		size_t used;
		uint32_t cp = code_at(a, e, &used);

		if (a->text[e] == '\\' && e + 1 < a->len) {
			e += 2;
			continue;
		}
		if (cp == '/')
			slash = true;
		if (utf8_is_space(cp))
			break;
		if (cp == '{') { /* {jpg,png} */
			const char *close = memchr(a->text + e, '}', a->len - e);
			if (close && !memchr(a->text + e, ' ', (size_t)(close - a->text) - e)) {
				e = (size_t)(close - a->text) + 1;
				continue;
			}
		}
		if (slash && !looked && utf8_is_cjk(cp)) { /* asked once, and only by paths */
			looked = true;
			alone = stands_alone(a, i);
		}
		/* ~/stuff里, ~/stuff然后: Chinese right behind Latin letters is no longer the
		 * path. */
		if (slash && at(a, e, "盘") && strchr("uU", a->text[e - 1])) { /* /media/u盘 */
			e += used;
			continue;
		}
		if (utf8_is_cjk(cp) &&
			(!slash || (e > i && isalnum((unsigned char)a->text[e - 1]) && !alone) ||
				(path_stop_zh(a, e) && !alone && a->text[e - 1] != '/')))
			break;
		e += used;
	}
	while (e > i + 1 && strchr(".,;:!?)", a->text[e - 1]) &&
		!(a->text[e - 1] == '.' && (a->text[e - 2] == '/' || a->text[e - 2] == '.')) &&
		!(a->text[e - 1] == '?' && a->text[e - 2] == '*'))
		e--;
	return e;
}

static bool
all_of(const char *s, size_t n, const char *set)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr(set, s[i]))
			return false;
	return true;
}

static bool
word_pair(const char *s, size_t n)
{
	static const char *const pairs[] = { "and/or", "he/she", "his/her", "on/off", "yes/no",
		"tcp/ip", "i/o", "w/o", "n/a", "a/c", "to/from", "jpg/png", "png/jpg" };

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		if (strlen(pairs[i]) == n && strncasecmp(pairs[i], s, n) == 0)
			return true;
	return false;
}

/* Recognises what is more than a word; returns the end or 0. */
static size_t
special(struct atoms *a, size_t i)
{
	size_t e = run_end(a, i), n = e - i;
	const char *s = a->text + i;
	const char *dot, *slash;

	if (n == 0 || s[0] == ':' || s[0] == '!') /* 改名:~/x */
		return 0;
	if (memmem(s, n, "://", 3) || (n > 4 && strncasecmp(s, "www.", 4) == 0) ||
		(memchr(s, '@', n) && memchr(s, '.', n) && s[0] != '@' && !memchr(s, '/', n))) {
		add(a, ATOM_LINK, i, e);
		return e;
	}
	slash = memchr(s, '/', n);
	if (s[0] == '~' && (n == 1 || s[1] == '/')) {
		add(a, memchr(s, '*', n) ? ATOM_GLOB : ATOM_PATH, i, e);
		return e;
	}
	if (slash && !all_of(s, n, "0123456789/.-") && !word_pair(s, n) && !(n == 1)) {
		add(a, memchr(s, '*', n) ? ATOM_GLOB : ATOM_PATH, i, e);
		return e;
	}
	if (slash && n > 1 && s[0] == '/') {
		add(a, ATOM_PATH, i, e);
		return e;
	}
	if (n > 1 &&
		(memchr(s, '*', n) ||
			(memchr(s, '[', n) && memchr(s, ']', n) && memchr(s, '.', n))) &&
		!all_of(s, n, "*")) {
		add(a, ATOM_GLOB, i, e);
		return e;
	}
	if (s[0] == '.' && n > 1 && n <= 8 && isalnum((unsigned char)s[1]) &&
		(!isdigit((unsigned char)s[1]) || atom_known_ext(s + 1, n - 1)) && !memchr(s + 1, '.', n - 1)) {
		add(a, ATOM_EXT, i, e);
		return e;
	}
	if (all_of(s, n, ".") && n <= 2 && (i == 0 || a->text[i - 1] == ' ') && n > 0 &&
		(e == a->len || a->text[e] == ' ')) {
		/* "." alone is here; a full stop behind a word never gets to this line. */
		add(a, ATOM_PATH, i, e);
		return e;
	}
	dot = memrchr(s, '.', n);
	if (dot && dot > s && atom_known_ext(dot + 1, n - (size_t)(dot - s) - 1)) {
		add(a, ATOM_FILE, i, e);
		return e;
	}
	return 0;
}

static size_t
number(struct atoms *a, size_t i)
{
	size_t e = i;
	char digits[48];
	size_t n = 0;

	while (e < a->len && n < sizeof(digits) - 1) {
		char c = a->text[e];
		bool next = e + 1 < a->len && isdigit((unsigned char)a->text[e + 1]);

		if (isdigit((unsigned char)c))
			digits[n++] = c;
		else if (c == '.' && next)
			digits[n++] = c;
		else if (!(c == ',' && next && e + 4 <= a->len &&
				 isdigit((unsigned char)a->text[e + 3])))
			break;
		e++;
	}
	digits[n] = '\0';
	/* Dates such as 2026-11-01 or 3/4/2026 stay together for the date slot. */
	if (e < a->len && (a->text[e] == '-' || a->text[e] == '/') && e + 1 < a->len &&
		isdigit((unsigned char)a->text[e + 1])) {
		size_t d = e;

		while (d < a->len &&
			(isdigit((unsigned char)a->text[d]) || a->text[d] == '-' ||
				a->text[d] == '/'))
			d++;
		add(a, ATOM_NUM, i, d)->num = -1;
		return d;
	}
	double num = strtod(digits, NULL);
	add(a, ATOM_NUM, i, e)->num = num;
	return e;
}

/* "last week's" is last week; "what's" and the like are words of their own. */
static void
cut_genitive(char *fold)
{
	static const char *const whole[] = { "what's", "it's", "let's", "that's", "there's",
		"how's", "who's", "where's", "here's", "he's", "she's", "when's", "why's",
		"everything's" };
	size_t n = strlen(fold);

	if (n < 4 || strcmp(fold + n - 2, "'s") != 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(whole); i++)
		if (str_eq(whole[i], fold))
			return;
	fold[n - 2] = '\0';
}

/* Short spellings of chats, as the words they stand for. */
static void
spell_out(struct atom *t)
{
	static const struct {
		const char *from, *to;
	} table[] = {
		{ "u", "you" },
		{ "ur", "your" },
		{ "whats", "what's" },
		{ "wheres", "where's" },
		{ "hows", "how's" },
		{ "im", "i'm" },
		{ "ive", "i've" },
		{ "thats", "that's" },
		{ "theres", "there's" },
		{ "gimme", "give me" },
		{ "lemme", "let me" },
		{ "wanna", "want to" },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (str_eq(t->fold, table[i].from)) {
			free(t->fold);
			t->fold = xstrdup(table[i].to);
			return;
		}
}

static size_t
word(struct atoms *a, size_t i)
{
	size_t e = i;

	while (e < a->len) {
		size_t used;
		uint32_t cp = code_at(a, e, &used);

		if (is_letter(cp) || (e > i && cp < 0x80 && isdigit((int)cp))) {
			e += used;
			continue;
		}
		/* don't, don’t */
		if (e > i && (cp == '\'' || cp == 0x2019) && e + used < a->len) {
			size_t u2;

			if (is_letter(code_at(a, e + used, &u2))) {
				e += used;
				continue;
			}
		}
		break;
	}
	struct atom *t = add(a, ATOM_WORD, i, e);

	cut_genitive(t->fold);
	spell_out(t);
	return e;
}

static size_t
next(struct atoms *a, size_t i)
{
	size_t used, e;
	uint32_t cp = code_at(a, i, &used);

	if (utf8_is_space(cp) || cp < ' ')
		return i + used;
	if ((e = quoted(a, i)))
		return e;
	if ((e = special(a, i)))
		return e;
	if (cp < 0x80 && isdigit((int)cp))
		return number(a, i);
	if (is_ideograph(cp)) {
		add(a, ATOM_CJK, i, i + used);
		return i + used;
	}
	if (is_letter(cp))
		return word(a, i);
	/* to-do, rename_many: two words. */
	if ((cp == '-' || cp == '_') && a->n > 0 && a->v[a->n - 1].kind == ATOM_WORD &&
		a->v[a->n - 1].end == i && i + 1 < a->len && is_letter(code_at(a, i + 1, &e)))
		return i + used;
	if ((cp == '-' || cp == '=') && at(a, i + 1, ">")) /* an arrow is no "more than" */
		used++;
	add(a, ATOM_PUNCT, i, i + used);
	return i + used;
}

void
atoms_init(struct atoms *a, const char *text, size_t n)
{
	size_t i = 0;

	*a = (struct atoms){ .text = text, .len = n };
	while (i < n && a->n < ATOMS_MAX)
		i = next(a, i);
	while (i < n && isspace((unsigned char)text[i]))
		i++;
	if (i < n) {
		GROW(a->v, a->n, a->cap);
		a->v[a->n++] = (struct atom){ .kind = ATOM_TAIL,
			.start = (uint32_t)i,
			.end = (uint32_t)n,
			.fold = xstrdup("") };
	}
}

void
atoms_finish(struct atoms *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i].fold);
	free(a->v);
	*a = (struct atoms){ 0 };
}

char *
atoms_text(const struct atoms *a, size_t i, size_t j)
{
	struct slice s;

	if (i >= j || j > a->n)
		return xstrdup("");
	if (j == i + 1 && a->v[i].kind == ATOM_QUOTE)
		s = (struct slice){ a->text + a->v[i].inner_start,
			a->v[i].inner_end - a->v[i].inner_start };
	else
		s = (struct slice){ a->text + a->v[i].start, a->v[j - 1].end - a->v[i].start };
	return slice_dup(slice_trim(s));
}
