/* Words of a shell command. */
#include "agent/tools/shell_words.h"
#include "agent/base/buf.h"

#define TEXT_MAX (64u << 10)
#define PROGRAMS_MAX 512
#define DEPTH_MAX 8

struct words {
	shell_program_fn *fn;
	void *user;
	size_t programs;
	int depth;
	bool stopped;
};

static void look(struct words *w, const char *s, size_t n);

/* Wrappers run the program that follows their own options; with is how many operands they take
 * themselves. */
static const struct {
	const char *name;
	int operands;
} wrappers[] = {
	{ "builtin", 0 },
	{ "command", 0 },
	{ "do", 0 },
	{ "else", 0 },
	{ "env", 0 },
	{ "exec", 0 },
	{ "if", 0 },
	{ "ionice", 0 },
	{ "nice", 0 },
	{ "nohup", 0 },
	{ "setsid", 0 },
	{ "stdbuf", 0 },
	{ "then", 0 },
	{ "time", 0 },
	{ "timeout", 1 },
	{ "until", 0 },
	{ "unbuffer", 0 },
	{ "while", 0 },
	{ "xargs", 0 },
	{ "!", 0 },
	{ "{", 0 },
	{ "flock", 1 },
	{ "elif", 0 },
	{ "busybox", 0 },
	{ "watch", 0 },
	{ "strace", 0 },
	{ "chrt", 1 },
	{ "taskset", 1 },
};

static bool
is_assignment(const char *s)
{
	size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

	return n && s[n] == '=';
}

static bool
is_shell(const char *name)
{
	static const char *const shells[] = { "sh", "bash", "dash", "zsh", "ksh", "ash",
		"fish" };

	for (size_t i = 0; i < ARRAY_LEN(shells); i++)
		if (str_eq(name, shells[i]))
			return true;
	return false;
}

static const char *
base_of(const char *word)
{
	const char *slash = strrchr(word, '/');

	return slash ? slash + 1 : word;
}

/* -c "text" of a shell, eval text, find -exec: looked into as well. */
static void
look_inside(struct words *w, const struct strv *argv)
{
	const char *name = base_of(argv->v[0]);
	autobuf struct buf all = BUF_INIT(TEXT_MAX);

	if (is_shell(name)) {
		for (size_t i = 1; i + 1 < argv->n; i++)
			if (argv->v[i][0] == '-' && argv->v[i][1] != '-' &&
				strchr(argv->v[i], 'c')) {
				look(w, argv->v[i + 1], strlen(argv->v[i + 1]));
				return;
			}
	} else if (str_eq(name, "eval") || str_eq(name, "find") || str_eq(name, "fd")) {
		size_t i = 1;

		if (!str_eq(name, "eval")) {
			while (i < argv->n && !str_starts(argv->v[i], "-exec") &&
				!str_starts(argv->v[i], "-ok"))
				i++;
			i++;
		}
		for (; i < argv->n; i++)
			buf_printf(&all, "%s ", argv->v[i]);
		look(w, buf_str(&all), all.len);
	}
}

static void
tell(struct words *w, struct strv *argv)
{
	size_t i = 0;

	while (i < argv->n && !w->stopped) {
		const char *name = base_of(argv->v[i]);
		struct strv rest = { argv->v + i, argv->n - i, 0 };
		int operands = -1;

		if (is_assignment(argv->v[i])) {
			i++;
			continue;
		}
		if (++w->programs > PROGRAMS_MAX || !w->fn(w->user, &rest)) {
			w->stopped = true;
			break;
		}
		look_inside(w, &rest);
		for (size_t k = 0; k < ARRAY_LEN(wrappers); k++)
			if (str_eq(name, wrappers[k].name))
				operands = wrappers[k].operands;
		if (operands < 0)
			break;
		/* "command -v x" only asks where x is. */
		if (str_eq(name, "command") && i + 1 < argv->n && str_starts(argv->v[i + 1], "-"))
			break;
		/* Options of wrappers may take a value of their own: a number is never a
		 * program. */
		for (i++; i < argv->n &&
			(argv->v[i][0] == '-' || operands > 0 ||
				(argv->v[i][0] >= '0' && argv->v[i][0] <= '9') ||
				is_assignment(argv->v[i]));
			i++)
			operands -= argv->v[i][0] != '-';
	}
	for (size_t k = 0; k < argv->n; k++)
		free(argv->v[k]);
	argv->n = 0;
}

static size_t
inside_parentheses(const char *s, size_t n)
{
	int level = 0;

	for (size_t i = 0; i < n; i++) {
		level += s[i] == '(' ? 1 : s[i] == ')' ? -1 : 0;
		if (level == 0)
			return i;
	}
	return n;
}

/* $( ... ) and ` ... ` at s[*i]: looked into, then part of the word as it is. */
static void
substitution(struct words *w, const char *s, size_t n, size_t *i, struct buf *word)
{
	size_t start = *i, end;

	if (s[*i] == '`') {
		const char *close = memchr(s + *i + 1, '`', n - *i - 1);

		end = close ? (size_t)(close - s) : n;
		look(w, s + start + 1, end - start - 1);
	} else {
		end = start + 1 + inside_parentheses(s + start + 1, n - start - 1);
		if (start + 2 < end)
			look(w, s + start + 2, end - start - 2);
	}
	end = MIN_OF(end + 1, n);
	buf_add(word, s + start, end - start);
	*i = end - 1;
}

static void
quoted(struct words *w, const char *s, size_t n, size_t *i, struct buf *word)
{
	char quote = s[*i];

	for ((*i)++; *i < n && s[*i] != quote; (*i)++) {
		if (quote == '"' && s[*i] == '\\' && *i + 1 < n)
			buf_add_char(word, s[++*i]);
		else if (quote == '"' &&
			(s[*i] == '`' || (s[*i] == '$' && *i + 1 < n && s[*i + 1] == '(')))
			substitution(w, s, n, i, word);
		else
			buf_add_char(word, s[*i]);
	}
}

static void
end_word(struct strv *argv, struct buf *word, bool *open)
{
	if (*open)
		strv_add(argv, buf_str(word));
	buf_clear(word);
	*open = false;
}

static void
look(struct words *w, const char *s, size_t n)
{
	struct strv argv = { 0 };
	autobuf struct buf word = BUF_INIT(TEXT_MAX);
	bool open = false;

	if (w->depth >= DEPTH_MAX || n > TEXT_MAX)
		return;
	w->depth++;
	for (size_t i = 0; i < n && !w->stopped; i++) {
		char c = s[i];

		if (c == '#' && !open && (i == 0 || strchr(" \t\n;", s[i - 1]))) {
			while (i + 1 < n && s[i + 1] != '\n')
				i++;
		} else if (c == '\\' && i + 1 < n) {
			if (s[++i] != '\n') {
				buf_add_char(&word, s[i]);
				open = true;
			}
		} else if (c == '\'' || c == '"') {
			open = true;
			quoted(w, s, n, &i, &word);
		} else if (c == '`' || (c == '$' && i + 1 < n && s[i + 1] == '(')) {
			open = true;
			substitution(w, s, n, &i, &word);
		} else if (strchr(" \t", c)) {
			end_word(&argv, &word, &open);
		} else if (strchr(";|&\n()", c)) {
			end_word(&argv, &word, &open);
			tell(w, &argv);
		} else if (c == '<' || c == '>') {
			end_word(&argv, &word, &open);
		} else {
			open = true;
			buf_add_char(&word, c);
		}
	}
	end_word(&argv, &word, &open);
	tell(w, &argv);
	strv_finish(&argv);
	w->depth--;
}

void
shell_programs(const char *command, shell_program_fn *fn, void *user)
{
	struct words w = { .fn = fn, .user = user };

	look(&w, command, strlen(command));
}
