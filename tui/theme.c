#include "tui/theme.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "tui/color.h"
#include "tui/theme_priv.h"
#include <dirent.h>

#define THEME_FILE_MAX 65536
#define INHERIT_MAX 8

/* Works without any file: the terminal's own palette. */
static const char fallback[] =
	"background: dark\n"
	"palette:\n"
	"  bg: default\n  fg: default\n  muted: ansi 8\n"
	"  red: ansi 1\n  green: ansi 2\n  yellow: ansi 3\n  blue: ansi 4\n  magenta: ansi 5\n"
	"  cyan: ansi 6\n  orange: ansi 3\n";

void
theme_destroy(struct theme *t)
{
	if (!t)
		return;
	free(t->name);
	free(t->title);
	free(t);
}

static char *
find_file(const char *const *dirs, const char *name)
{
	if (strchr(name, '/') || name[0] == '.')
		return NULL;
	for (; dirs && *dirs; dirs++) {
		char *path = xasprintf("%s/%s.yaml", *dirs, name);

		if (access(path, R_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

/* Ancestors first, so that what stands nearer wins. */
static bool
read_chain(struct theme *t, const char *const *dirs, const char *name, int depth, struct err *err)
{
	autofree char *path = find_file(dirs, name), *inherits = NULL;
	autobuf struct buf text = BUF_INIT(THEME_FILE_MAX);
	struct theme scratch = { .dark = true };
	bool ok;

	if (depth > INHERIT_MAX)
		return err_set(err, ERR_USAGE, _("theme %s inherits itself"), name);
	if (!path && str_eq(name, "default-dark"))
		return true; /* the base every chain starts from */
	if (!path)
		return err_set(err, ERR_NOT_FOUND, _("there is no theme %s"), name);
	if (!path_read_file(path, &text, err))
		return false;
	ok = theme_read(&scratch, buf_str(&text), text.len, path, &inherits, err);
	free(scratch.title);
	if (!ok)
		return false;
	if (inherits && !read_chain(t, dirs, inherits, depth + 1, err))
		return false;
	return theme_read(t, buf_str(&text), text.len, path, NULL, err);
}

static bool
check_word(const struct theme *t, const char *word, enum role r, struct err *err)
{
	char name[24];
	const char *slash = strchr(word, '/');
	size_t n = slash ? (size_t)(slash - word) : strlen(word);

	if (word[0] == '\0' || word[0] == '#')
		return true;
	memcpy(name, word, n);
	name[n] = '\0';
	if (theme_color(t, name) || str_eq(name, "sel") || str_eq(name, "popup"))
		return true;
	return err_set(err, ERR_USAGE, _("theme %s: %s uses the colour %s, which its palette lacks"),
		t->name, role_name(r), name);
}

bool
theme_load(const char *const *dirs, const char *name, struct theme **ret, struct err *err)
{
	struct theme *t = xcalloc(1, sizeof(*t));
	bool ok;

	t->name = xstrdup(name);
	for (int r = 0; r < ROLE_COUNT; r++) {
		if (!role_value_parse(role_default((enum role)r), &t->roles[r]))
			bug("role %s", role_name((enum role)r));
	}
	ok = theme_read(t, fallback, sizeof(fallback) - 1, "built-in", NULL, err) &&
		read_chain(t, dirs, name, 0, err);
	for (int r = 0; ok && r < ROLE_COUNT; r++)
		ok = check_word(t, t->roles[r].fg, (enum role)r, err) &&
			check_word(t, t->roles[r].bg, (enum role)r, err);
	if (!ok) {
		theme_destroy(t);
		return false;
	}
	if (!t->title)
		t->title = xstrdup(name);
	theme_resolve(t, DEPTH_TRUE, -1);
	*ret = t;
	return true;
}

void
theme_list(const char *const *dirs, struct strv *out)
{
	for (; dirs && *dirs; dirs++) {
		DIR *d = opendir(*dirs);
		struct dirent *e;

		while (d && (e = readdir(d))) {
			autofree char *name = NULL;

			if (e->d_name[0] == '.' || !str_ends(e->d_name, ".yaml"))
				continue;
			name = xstrndup(e->d_name, strlen(e->d_name) - 5);
			if (!strv_has(out, name))
				strv_add(out, name);
		}
		if (d)
			closedir(d);
	}
	strv_sort(out);
}

const char *
theme_name(const struct theme *t)
{
	return t->name;
}

const char *
theme_title(const struct theme *t)
{
	return t->title;
}

bool
theme_is_dark(const struct theme *t)
{
	return t->dark;
}

void
theme_resolve(struct theme *t, enum color_depth depth, int32_t background)
{
	t->depth = t->mono ? DEPTH_MONO : depth;
	t->background = background;
}

const char *
theme_auto(int32_t background, int colorfgbg)
{
	bool light = background >= 0 ? color_is_light(background) : colorfgbg == 1;

	return light ? "default-light" : "default-dark";
}
