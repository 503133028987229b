#include "agent/draft/diff_tree.h"
#include <fcntl.h>
#include <sys/stat.h>
#include "agent/base/i18n.h"
#include "agent/base/sanitize.h"
#include "agent/base/str.h"
#include "agent/draft/fs.h"

struct walk {
	struct buf *out;
	size_t max, lines;
	int depth;
};

static bool
add_name(void *user, UNUSED int dir, const char *name, UNUSED unsigned char type)
{
	struct strv *names = user;

	strv_add(names, name);
	return names->n < DIFF_TREE_NAMES;
}

static bool
put_entry(struct walk *w, const char *shown, const struct stat *st)
{
	autofree char *safe = sanitize_dup(shown, SANITIZE_NAME);
	char size[16];

	/* Room for the last line is kept. */
	if (w->lines >= DIFF_TREE_LINES || w->out->len + strlen(safe) + 100 > w->max)
		return false;
	w->lines++;
	buf_printf(w->out, "-%s%s", safe, S_ISDIR(st->st_mode) ? "/" : "");
	if (S_ISREG(st->st_mode))
		buf_printf(w->out, "  %s", str_size((uint64_t)st->st_size, size));
	return buf_add_char(w->out, '\n');
}

/* False when there is no more room. */
static bool
list(struct walk *w, int dir, const char *rel, const char *shown)
{
	autofd int fd = fs_open_in(dir, rel, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0);
	autostrv struct strv names = { 0 };
	bool more = true;

	if (fd < 0 || w->depth == DIFF_TREE_DEPTH)
		return true;
	(void)fs_each(fd, "", add_name, &names);
	strv_sort(&names);
	w->depth++;
	for (size_t i = 0; i < names.n && more; i++) {
		autofree char *path = xasprintf("%s%s%s", shown, *shown ? "/" : "", names.v[i]);
		struct stat st;

		if (fstatat(fd, names.v[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		more = put_entry(w, path, &st) &&
			(!S_ISDIR(st.st_mode) || list(w, fd, names.v[i], path));
	}
	w->depth--;
	return more;
}

void
diff_tree(int dir, const char *rel, uint64_t count, size_t max, struct buf *out)
{
	struct walk w = { .out = out, .max = max };
	char left[32];

	list(&w, dir, rel, "");
	/* The folder itself counts. */
	if (count > w.lines + 1) {
		uint64_t rest = count - w.lines - 1;

		buf_printf(out, ngettext_("… and %s more", "… and %s more", rest), str_count(rest, left));
		buf_add_char(out, '\n');
	}
}
