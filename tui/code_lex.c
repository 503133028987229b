/*
 * Colouring code: one small table per family of languages; comments, strings, numbers, keywords,
 * names that are called, names that look like types. Lines over 2,000 bytes stay plain.
 */
#include "tui/md.h"
#include "agent/base/utf8.h"

#define LINE_MAX_COLOR 2000

struct language {
	const char *names;    /* " c cpp " */
	const char *keywords; /* " if else " */
	const char *line_comment, *line_comment2;
	const char *open, *close; /* block comment */
	const char *quotes;
	bool no_case, dash_words, types_upper;
};

#define C_WORDS                                                                                    \
	" if else for while do switch case default break continue return goto sizeof typedef struct " \
	"union enum static const extern inline volatile register void int char long short unsigned " \
	"signed float double bool true false NULL nullptr class public private protected virtual "  \
	"template typename namespace using new delete this throw try catch operator auto constexpr " \
	"override final import package interface implements extends abstract instanceof super "   \
	"synchronized throws var val fun let func function async await of in yield null undefined "  \
	"typeof export from as type readonly get set defer go chan map range select fallthrough "   \
	"fn impl trait pub mut match loop crate mod use where dyn move ref self Self unsafe "       \
	"string number boolean any never object is out out foreach string byte i32 u32 i64 u64 usize "

static const struct language languages[] = {
	{ " c h cpp c++ cc hpp java js jsx javascript ts tsx typescript go golang rust rs swift kotlin kt "
	  "cs csharp php scala dart zig ",
		C_WORDS, "//", NULL, "/*", "*/", "\"'`", false, false, true },
	{ " python py ",
		" and as assert async await break class continue def del elif else except False finally for "
		"from global if import in is lambda None nonlocal not or pass raise return self True try "
		"while with yield match case ",
		"#", NULL, NULL, NULL, "\"'", false, false, true },
	{ " sh bash shell zsh console fish ",
		" if then else elif fi for while until do done case esac in function return local export set "
		"unset readonly shift exit trap echo cd test source eval exec sudo ",
		"#", NULL, NULL, NULL, "\"'", false, true, false },
	{ " ruby rb perl pl r elixir ex ",
		" def end if elsif else unless while until do begin rescue ensure class module return yield "
		"self nil true false and or not require my sub use package foreach for in case when then ",
		"#", NULL, NULL, NULL, "\"'`", false, false, true },
	{ " sql sqlite postgresql mysql ",
		" select from where insert into values update set delete create table index view drop alter "
		"add column primary key foreign references not null unique default and or in is like between "
		"join left right inner outer on group by order having limit offset union all distinct as case "
		"when then else end with begin commit rollback exists if integer text real blob ",
		"--", NULL, "/*", "*/", "'\"", true, false, false },
	{ " json jsonc json5 ", " true false null ", "//", NULL, NULL, NULL, "\"", false, false, false },
	{ " yaml yml toml ini conf cfg properties dockerfile docker make makefile mk cmake nix hcl tf ",
		" true false null yes no on off FROM RUN COPY ADD CMD ENV ENTRYPOINT WORKDIR EXPOSE ifeq "
		"endif include define ",
		"#", ";", NULL, NULL, "\"'", false, true, false },
	{ " lua haskell hs ", " and break do else elseif end false for function goto if in local nil not or "
			      "repeat return then true until while where let module import data type class "
			      "instance deriving case of ",
		"--", NULL, NULL, NULL, "\"'", false, false, true },
	{ " html xml svg vue ", " ", NULL, NULL, "<!--", "-->", "\"'", false, true, false },
	{ " css scss less ", " important ", "//", NULL, "/*", "*/", "\"'", false, true, false },
	{ " lisp clojure clj scheme elisp el ", " def defn defun let if cond lambda fn loop recur nil t ", ";",
		NULL, NULL, NULL, "\"", false, true, false },
};

static bool
in_list(const char *list, struct slice word, bool no_case)
{
	size_t n = word.n;

	if (n == 0 || n > 24)
		return false;
	for (const char *p = list; (p = strchr(p, ' ')); p++) {
		size_t k = 0;

		while (k < n && (p[1 + k] == word.p[k] ||
					(no_case && (p[1 + k] | 32) == (word.p[k] | 32))))
			k++;
		if (k == n && p[1 + n] == ' ')
			return true;
	}
	return false;
}

static const struct language *
find_language(const char *name)
{
	char lower[32];
	size_t n = 0;

	for (; name[n] && n < sizeof(lower) - 1; n++)
		lower[n] = name[n] >= 'A' && name[n] <= 'Z' ? (char)(name[n] + 32) : name[n];
	for (size_t i = 0; i < ARRAY_LEN(languages); i++) {
		if (in_list(languages[i].names, (struct slice){ lower, n }, false))
			return &languages[i];
	}
	return NULL;
}

static bool
starts_at(struct slice s, size_t i, const char *what)
{
	return what && s.n - i >= strlen(what) && memcmp(s.p + i, what, strlen(what)) == 0;
}

static size_t
string_end(struct slice s, size_t i)
{
	char q = s.p[i++];

	while (i < s.n && s.p[i] != q)
		i += s.p[i] == '\\' ? 2 : 1;
	return MIN_OF(i + 1, s.n);
}

static bool
is_word(unsigned char c)
{
	return (unsigned)(c | 32) - 'a' < 26u || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

static size_t
word_end(struct slice s, size_t i, bool dashes)
{
	while (i < s.n && (is_word((unsigned char)s.p[i]) || (dashes && s.p[i] == '-')))
		i++;
	return i;
}

static size_t
number_end(struct slice s, size_t i)
{
	while (i < s.n && (is_word((unsigned char)s.p[i]) || s.p[i] == '.'))
		i++;
	return i;
}

static style
word_style(const struct language *l, struct slice line, size_t from, size_t to)
{
	struct slice w = { line.p + from, to - from };

	if (in_list(l->keywords, w, l->no_case))
		return STYLE(ROLE_CODE_KW);
	if (to < line.n && line.p[to] == '(')
		return STYLE(ROLE_CODE_FUNC);
	if (l->types_upper && w.p[0] >= 'A' && w.p[0] <= 'Z' && w.n > 1)
		return STYLE(ROLE_CODE_TYPE);
	return STYLE(ROLE_CODE_BLOCK);
}

/* A comment sign inside a word is no comment: "a#b", "http://x" in shells and YAML. */
static bool
comment_starts(const struct language *l, struct slice s, size_t i)
{
	bool after_blank = i == 0 || s.p[i - 1] == ' ' || s.p[i - 1] == '\t';

	if (starts_at(s, i, l->line_comment))
		return strlen(l->line_comment) > 1 || after_blank || s.p[i] == ';';
	return starts_at(s, i, l->line_comment2) && after_blank;
}

static size_t
lex_one(const struct language *l, struct slice s, size_t i, int *state, style *st)
{
	unsigned char c = (unsigned char)s.p[i];

	if (comment_starts(l, s, i)) {
		*st = STYLE(ROLE_CODE_COMMENT);
		return s.n;
	}
	if (starts_at(s, i, l->open)) {
		*state = 1;
		*st = STYLE(ROLE_CODE_COMMENT);
		return i + strlen(l->open);
	}
	if (c && strchr(l->quotes, c)) {
		*st = STYLE(ROLE_CODE_STR);
		return string_end(s, i);
	}
	if (c >= '0' && c <= '9') {
		*st = STYLE(ROLE_CODE_NUM);
		return number_end(s, i);
	}
	if (is_word(c)) {
		size_t end = word_end(s, i, l->dash_words);

		*st = word_style(l, s, i, end);
		return end;
	}
	*st = STYLE(ROLE_CODE_BLOCK);
	return i + 1;
}

static void
lex_line(const struct language *l, struct slice s, int *state, code_piece_fn *fn, void *user)
{
	size_t i = 0, from = 0;
	style now = 0;

	while (i < s.n) {
		style st = STYLE(ROLE_CODE_COMMENT);
		size_t end;

		if (*state) {
			ptrdiff_t close = slice_find((struct slice){ s.p + i, s.n - i }, slice_of(l->close));

			end = close < 0 ? s.n : i + (size_t)close + strlen(l->close);
			*state = close < 0;
		} else {
			end = lex_one(l, s, i, state, &st);
		}
		if (st != now && i > from) {
			fn(user, (struct slice){ s.p + from, i - from }, now);
			from = i;
		}
		now = st;
		i = end;
	}
	if (s.n > from)
		fn(user, (struct slice){ s.p + from, s.n - from }, now);
}

static style
diff_style(struct slice s)
{
	if (slice_starts(s, "+++") || slice_starts(s, "---"))
		return STYLE(ROLE_STRONG);
	if (slice_starts(s, "+"))
		return STYLE(ROLE_DIFF_ADD);
	if (slice_starts(s, "-"))
		return STYLE(ROLE_DIFF_DEL);
	if (slice_starts(s, "@@"))
		return STYLE(ROLE_DIFF_HUNK);
	return STYLE(ROLE_CODE_BLOCK);
}

void
code_line(const char *language, struct slice line, int *state, code_piece_fn *fn, void *user)
{
	const struct language *l = find_language(language);

	if (str_eq(language, "diff") || str_eq(language, "patch"))
		fn(user, line, diff_style(line));
	else if (!l || line.n > LINE_MAX_COLOR)
		fn(user, line, STYLE(ROLE_CODE_BLOCK));
	else
		lex_line(l, line, state, fn, user);
}
