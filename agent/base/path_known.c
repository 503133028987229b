/* The person's Downloads, Desktop ...: user-dirs.dirs, else the English names. */
#include "agent/base/path.h"

static const struct {
	const char *xdg, *folder;
} known[] = {
	{ "DOWNLOAD", "Downloads" },
	{ "DESKTOP", "Desktop" },
	{ "DOCUMENTS", "Documents" },
	{ "PICTURES", "Pictures" },
	{ "MUSIC", "Music" },
	{ "VIDEOS", "Videos" },
	{ "TEMPLATES", "Templates" },
	{ "PUBLICSHARE", "Public" },
};

/* The value of XDG_name_DIR="..." with \ before any character; NULL when absent or senseless.
 */
static char *
value_of(struct slice line, const char *name, const char *home)
{
	autofree char *key = xasprintf("XDG_%s_DIR=\"", name);
	struct buf out = BUF_INIT(4096);
	autofree char *path = NULL;

	line = slice_trim(line);
	if (!slice_starts(line, key))
		return NULL;
	for (size_t i = strlen(key); i < line.n && line.p[i] != '"'; i++) {
		if (line.p[i] == '\\' && i + 1 < line.n)
			i++;
		buf_add_char(&out, line.p[i]);
	}
	path = buf_steal(&out);
	if (str_starts(path, "$HOME/")) {
		char *below = path_join(home, path + strlen("$HOME/"));

		free(path);
		path = below;
	}
	if (*path != '/')
		return NULL;
	return path_normal(path);
}

/* A folder set to the home itself means "none": never hand out the whole home as Downloads. */
static char *
from_file(const char *name, const char *home)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	autofree char *dir =
		config && *config == '/' ? xstrdup(config) : path_join(home, ".config");
	autofree char *file = path_join(dir, "user-dirs.dirs");
	autofree char *whole_home = path_normal(home);
	autobuf struct buf text = BUF_INIT(65536);
	struct slice rest;
	char *found = NULL;

	if (!path_read_file(file, &text, NULL))
		return NULL;
	rest = buf_slice(&text);
	while (rest.p) {
		char *path = value_of(slice_line(&rest), name, home);

		if (path) {
			free(found);
			found = path;
		}
	}
	if (found && str_eq(found, whole_home)) {
		free(found);
		found = NULL;
	}
	return found;
}

char *
path_known_folder(const char *xdg_name, const char *home)
{
	char *path = from_file(xdg_name, home);

	if (path)
		return path;
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_eq(known[i].xdg, xdg_name))
			return path_join(home, known[i].folder);
	}
	return xstrdup(home);
}
