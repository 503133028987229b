#include "tests/support/journey.h"
#include "agent/base/path.h"
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <sys/stat.h>
#include <sys/wait.h>

static struct buf *print_to;
static size_t print_skip;
static int homes;

const char *
journey_program(void)
{
	static char path[4200];
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (!*path && n > 0) {
		self[n] = 0;
		snprintf(path, sizeof(path), "%s/../../homard", dirname(self));
	}
	return path;
}

void
journey_init(struct journey *j)
{
	autofree char *name = xasprintf("j%d", homes++);
	char real[4096];

	memset(j, 0, sizeof(*j));
	if (!realpath(test_dir(), real))
		fail_msg("no private folder");
	j->home = xasprintf("%s/%s/home", real, name);
	j->state = xasprintf("%s/%s/homard", real, name);
	if (!path_make_dirs(j->home, 0700, NULL) || !path_make_dirs(j->state, 0700, NULL))
		fail_msg("cannot make %s", j->home);
}

void
journey_file(const struct journey *j, const char *rel, const char *text)
{
	autofree char *path = path_join(j->home, rel), *dir = path_dir(path);
	struct err err = { 0 };

	if (!path_make_dirs(dir, 0755, &err) || !path_write_file(path, slice_of(text), 0644, &err))
		fail_msg("%s: %s", path, err.text);
}

void
journey_config(const struct journey *j, const char *yaml)
{
	autofree char *path = path_join(j->state, "config.yaml");
	struct err err = { 0 };

	if (!path_write_file(path, slice_of(yaml), 0600, &err))
		fail_msg("%s: %s", path, err.text);
}

void
journey_downloads(const struct journey *j)
{
	journey_file(j, "Downloads/report.pdf", "%PDF-1.4 not really\n");
	journey_file(j, "Downloads/holiday.jpg", "a picture\n");
	journey_file(j, "Downloads/notes.txt", "milk and bread\n");
	journey_file(j, "Downloads/song.mp3", "la la la\n");
}

bool
journey_has(const struct journey *j, const char *rel)
{
	autofree char *path = path_join(j->home, rel);
	struct stat st;

	return lstat(path, &st) == 0;
}

static int
print_one(const char *path, const struct stat *st, UNUSED int kind, struct FTW *at)
{
	buf_printf(print_to, "%s %o %lld %lld.%09ld\n", at->level ? path + print_skip : "/",
		st->st_mode, S_ISREG(st->st_mode) ? (long long)st->st_size : 0,
		(long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
	return 0;
}

char *
journey_print(const struct journey *j)
{
	struct buf out = BUF_INIT(1u << 20);
	struct strv lines = { 0 };
	struct slice rest;
	autofree char *all = NULL;

	print_to = &out;
	print_skip = strlen(j->home);
	nftw(j->home, print_one, 16, FTW_PHYS);
	all = buf_steal(&out);
	rest = slice_of(all);
	while (rest.p && rest.n) {
		struct slice line = slice_line(&rest);

		strv_take(&lines, slice_dup(line));
	}
	strv_sort(&lines);
	out = (struct buf)BUF_INIT(1u << 20);
	for (size_t i = 0; i < lines.n; i++)
		buf_printf(&out, "%s\n", lines.v[i]);
	strv_finish(&lines);
	return buf_steal(&out);
}

/* --- the program --- */

void
journey_start(struct journey *j, const struct journey_opts *given)
{
	static const struct journey_opts none;
	const struct journey_opts *o = given ? given : &none;
	autofree char *home = xasprintf("HOME=%s", j->home);
	autofree char *state = xasprintf("HOMARD_HOME=%s", j->state);
	const char *env[24] = { home, state, "TZ=UTC", "LC_ALL=C.UTF-8", "SHELL=/bin/sh",
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent", "EDITOR=true", "PAGER=cat" };
	const char *argv[24] = { journey_program() };
	struct pty_opts p = { .rows = o->rows, .cols = o->cols, .term = o->term, .env = env,
		.background = o->background, .cwd = j->home };
	size_t n = 0, a = 1;

	while (env[n])
		n++;
	for (size_t i = 0; o->env && o->env[i] && n < ARRAY_LEN(env) - 1; i++)
		env[n++] = o->env[i];
	for (size_t i = 0; o->args && o->args[i] && a < ARRAY_LEN(argv) - 1; i++)
		argv[a++] = o->args[i];
	journey_drop(j);
	j->pty = pty_run(argv, &p);
	if (!j->pty)
		fail_msg("no pty");
}

int
journey_end(struct journey *j)
{
	int status = -1;

	if (!pty_wait_exit(j->pty, JOURNEY_MS, &status)) {
		autofree char *text = pty_text(j->pty);

		fprintf(stderr, "%s", text);
		fail_msg("the program does not leave the screen above");
	}
	return status;
}

void
journey_drop(struct journey *j)
{
	pty_finish(j->pty);
	j->pty = NULL;
}

static int
remove_one(const char *p, UNUSED const struct stat *st, UNUSED int kind, UNUSED struct FTW *at)
{
	return remove(p);
}

static int
open_up(const char *p, const struct stat *st, UNUSED int kind, UNUSED struct FTW *at)
{
	if (S_ISDIR(st->st_mode))
		chmod(p, 0700);
	return 0;
}

void
journey_finish(struct journey *j)
{
	autofree char *top = path_dir(j->home);

	journey_drop(j);
	/* Work folders of overlays come without any permission. */
	for (int depth = 0; depth < 3; depth++)
		nftw(top, open_up, 16, FTW_PHYS | FTW_MOUNT);
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	free(j->home);
	free(j->state);
	memset(j, 0, sizeof(*j));
}

/* --- looking --- */

static void
give_up(struct journey *j, const char *what, const char *text)
{
	autofree char *screen = pty_text(j->pty);
	int row, col;

	pty_cursor(j->pty, &row, &col, NULL);
	/* fail_msg cuts at 1,024 bytes. */
	fprintf(stderr, "%s", screen);
	fail_msg("%s \"%s\" on the screen above (cursor %d,%d)", what, text, row, col);
}

void
journey_see(struct journey *j, const char *text)
{
	if (!pty_wait_text(j->pty, text, JOURNEY_MS))
		give_up(j, "never saw", text);
}

void
journey_gone(struct journey *j, const char *text)
{
	if (!pty_wait_gone(j->pty, text, JOURNEY_MS))
		give_up(j, "still there:", text);
}

void
journey_until(struct journey *j, bool (*cond)(struct pty *p, void *arg), void *arg, const char *what)
{
	if (!pty_wait(j->pty, cond, arg, JOURNEY_MS))
		give_up(j, "never:", what);
}

void
journey_ask(struct journey *j, const char *words)
{
	autofree char *line = xasprintf("› %s", words);

	pty_send(j->pty, words);
	journey_see(j, line);
	pty_key(j->pty, "Enter");
}

/* The take button is dim until a key may decide. */
static bool
decidable(struct pty *p, UNUSED void *arg)
{
	/* In English the transcript says "Alt+Y takes". */
	static const char *const buttons[] = { "Alt+Y take  ", "Alt+Y take part", "Alt+Y 接受  ",
		"Alt+Y 部分接受" };
	struct pty_cell c;
	int row, col;
	size_t i;

	for (i = 0; i < ARRAY_LEN(buttons); i++)
		if (pty_find(p, buttons[i], &row, &col))
			break;
	if (i == ARRAY_LEN(buttons))
		return false;
	c = pty_cell(p, row, col);
	return c.bg != -1 || c.reverse;
}

void
journey_decidable(struct journey *j)
{
	journey_until(j, decidable, NULL, "a decision that may be taken");
}

/* --- text with styles --- */

struct look {
	struct pty_cell c;
	char letter;
};

static bool
same_look(const struct pty_cell *a, const struct pty_cell *b)
{
	return a->bold == b->bold && a->italic == b->italic && a->underline == b->underline &&
		a->reverse == b->reverse && a->fg == b->fg && a->bg == b->bg;
}

static void
put_color(struct buf *out, const char *name, int c)
{
	if (c == -1)
		return;
	if (c & 0x1000000)
		buf_printf(out, " %s %d", name, c & 0xff);
	else
		buf_printf(out, " %s #%06x", name, (unsigned)c);
}

static void
put_look(struct buf *out, const struct look *l)
{
	buf_printf(out, "%c =%s%s%s%s", l->letter, l->c.bold ? " bold" : "",
		l->c.italic ? " italic" : "", l->c.underline ? " underline" : "",
		l->c.reverse ? " reverse" : "");
	put_color(out, "fg", l->c.fg);
	put_color(out, "bg", l->c.bg);
	buf_add_char(out, '\n');
}

static char
letter_of(struct look *looks, size_t *n, const struct pty_cell *c)
{
	static const char letters[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	struct pty_cell plain = { .fg = -1, .bg = -1 };

	if (same_look(c, &plain))
		return '.';
	for (size_t i = 0; i < *n; i++) {
		if (same_look(&looks[i].c, c))
			return looks[i].letter;
	}
	if (*n == ARRAY_LEN(letters) - 1)
		return '?';
	looks[*n] = (struct look){ *c, letters[*n] };
	return looks[(*n)++].letter;
}

/*
 * The rows, then a row of letters for each row that is not all plain ("." is the terminal's own
 * look; a wide character has its letter once), then what the letters mean. Blanks without colour
 * behind them look like nothing.
 */
char *
journey_styled(struct journey *j, bool colours)
{
	struct buf out = BUF_INIT(1u << 20);
	autobuf struct buf map = BUF_INIT(1u << 20);
	autofree char *text = pty_text(j->pty);
	struct slice rest = slice_of(text);
	struct look looks[64];
	size_t n = 0;

	for (int y = 0; rest.p && rest.n; y++) {
		struct slice line = slice_line(&rest);
		autobuf struct buf row = BUF_INIT(4096);
		bool any = false;

		buf_printf(&out, "|%.*s\n", (int)line.n, line.p);
		for (int x = 0; x < pty_cols(j->pty);) {
			struct pty_cell c = pty_cell(j->pty, y, x);
			char l;

			if (!colours)
				c.fg = c.bg = -1;
			if (c.cp == ' ' && c.bg == -1 && !c.reverse && !c.underline)
				c = (struct pty_cell){ .cp = ' ', .width = 1, .fg = -1, .bg = -1 };
			l = letter_of(looks, &n, &c);
			any |= l != '.';
			buf_add_char(&row, l);
			x += MAX_OF(c.width, 1);
		}
		while (row.len && row.p[row.len - 1] == '.')
			buf_truncate(&row, row.len - 1);
		if (any)
			buf_printf(&map, "%2d %s\n", y + 1, buf_str(&row));
	}
	buf_add_str(&out, "\n");
	buf_add(&out, map.p, map.len);
	buf_add_str(&out, "\n");
	for (size_t i = 0; i < n; i++)
		put_look(&out, &looks[i]);
	return buf_steal(&out);
}
