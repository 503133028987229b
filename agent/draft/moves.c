#include "agent/draft/moves.h"
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"

/* The log is NUL-separated: "+" from to, or "-" to. Read again at open, the last word counts. */
#define MOVES_FILE_MAX (256u << 20)

static void
unlink_move(struct draft *d, struct draft_move *m)
{
	map_remove(d->by_to, m->to, strlen(m->to));
	map_remove(d->by_from, m->from, strlen(m->from));
	d->n_moves--;
	d->moves[m->index] = d->moves[d->n_moves];
	d->moves[m->index]->index = m->index;
	free(m->from);
	free(m->to);
	free(m);
}

static void
link_move(struct draft *d, const char *from, const char *to)
{
	struct draft_move *m = xcalloc(1, sizeof(*m));

	m->from = xstrdup(from);
	m->to = xstrdup(to);
	m->index = d->n_moves;
	GROW(d->moves, d->n_moves, d->cap_moves);
	d->moves[d->n_moves++] = m;
	map_put(d->by_to, m->to, strlen(m->to), m);
	map_put(d->by_from, m->from, strlen(m->from), m);
}

static bool
replay(struct draft *d, struct slice text)
{
	while (text.n) {
		struct slice op = slice_cut(&text, '\0'), a = slice_cut(&text, '\0'), b;
		autofree char *first = slice_dup(a), *second = NULL;

		if (slice_eq_str(op, "-")) {
			struct draft_move *m = map_get(d->by_to, a.p, a.n);

			if (m)
				unlink_move(d, m);
			continue;
		}
		b = slice_cut(&text, '\0');
		if (!slice_eq_str(op, "+") || !b.p || a.n == 0 || b.n == 0)
			return false; /* a torn end: what came before holds */
		second = slice_dup(b);
		link_move(d, first, second);
	}
	return true;
}

bool
moves_load(struct draft *d, struct err *err)
{
	autobuf struct buf b = BUF_INIT(MOVES_FILE_MAX);
	autofree char *file = path_join(d->dir, "moves");

	d->by_to = map_create();
	d->by_from = map_create();
	if (access(file, F_OK) == 0) {
		if (!path_read_file(file, &b, err))
			return false;
		replay(d, buf_slice(&b));
	}
	d->moves_fd = openat(d->dir_fd, "moves", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (d->moves_fd < 0)
		return err_sys(err, errno, "%s", file);
	/* The log only grows; where nothing is left of it, it starts anew. */
	return d->n_moves || !b.len || fs_truncate(d->moves_fd, 0) == 0 ||
		err_sys(err, errno, "%s", file);
}

void
moves_close(struct draft *d)
{
	while (d->n_moves)
		unlink_move(d, d->moves[d->n_moves - 1]);
	free(d->moves);
	map_destroy(d->by_to);
	map_destroy(d->by_from);
	d->moves = NULL;
	d->cap_moves = 0;
	d->by_to = d->by_from = NULL;
	close_fd_(&d->moves_fd);
	d->moves_fd = -1;
}

bool
moves_clear(struct draft *d, struct err *err)
{
	while (d->n_moves)
		unlink_move(d, d->moves[d->n_moves - 1]);
	return fs_truncate(d->moves_fd, 0) == 0 || err_sys(err, errno, "%s/moves", d->dir);
}

static bool
log_line(struct draft *d, const char *op, const char *a, const char *b, struct err *err)
{
	autobuf struct buf line = BUF_INIT(4 * DRAFT_PATH_MAX);

	buf_add(&line, op, 2);
	buf_add(&line, a, strlen(a) + 1);
	if (b)
		buf_add(&line, b, strlen(b) + 1);
	if (line.full)
		return err_set(err, ERR_LIMIT, _("the name %s is too long"), a);
	if (fs_write_all(d->moves_fd, line.p, line.len) < 0)
		return err_sys(err, errno, "%s/moves", d->dir);
	return true;
}

bool
moves_add(struct draft *d, const char *from, const char *to, struct err *err)
{
	if (!log_line(d, "+", from, to, err))
		return false;
	link_move(d, from, to);
	return true;
}

bool
moves_remove(struct draft *d, struct draft_move *m, struct err *err)
{
	if (!log_line(d, "-", m->to, NULL, err))
		return false;
	unlink_move(d, m);
	if (d->n_moves == 0 && fs_truncate(d->moves_fd, 0) < 0)
		return err_sys(err, errno, "%s/moves", d->dir);
	return true;
}

bool
moves_rebase(struct draft *d, const char *old, const char *new, struct err *err)
{
	autostrv struct strv todo = { 0 };

	for (size_t i = 0; i < d->n_moves; i++) {
		if (path_below(d->moves[i]->to, old))
			strv_add(&todo, d->moves[i]->to);
	}
	for (size_t i = 0; i < todo.n; i++) {
		struct draft_move *m = map_get(d->by_to, todo.v[i], strlen(todo.v[i]));
		autofree char *from = xstrdup(m->from);
		autofree char *to = xasprintf("%s%s", new, todo.v[i] + strlen(old));

		if (!moves_remove(d, m, err))
			return false;
		if (!str_eq(from, to) && !moves_add(d, from, to, err))
			return false;
	}
	return true;
}

static struct draft_move *
nearest(const struct map *map, const char *path, size_t *ret_n)
{
	size_t n = strlen(path);

	while (n > 0) {
		struct draft_move *m = map_get(map, path, n);

		if (m) {
			*ret_n = n;
			return m;
		}
		while (n > 0 && path[n - 1] != '/')
			n--;
		if (n > 0)
			n--;
	}
	return NULL;
}

struct draft_move *
moves_into(const struct draft *d, const char *path, const char **ret_rest)
{
	size_t n = 0;
	struct draft_move *m = d->n_moves ? nearest(d->by_to, path, &n) : NULL;

	if (m && ret_rest)
		*ret_rest = path[n] ? path + n + 1 : "";
	return m;
}

struct draft_move *
moves_out(const struct draft *d, const char *path)
{
	size_t n = 0;

	return d->n_moves ? nearest(d->by_from, path, &n) : NULL;
}

bool
moves_from_below(const struct draft *d, const char *path)
{
	for (size_t i = 0; i < d->n_moves; i++) {
		if (path_below(d->moves[i]->from, path) && !str_eq(d->moves[i]->from, path))
			return true;
	}
	return false;
}

bool
moves_to_below(const struct draft *d, const char *path)
{
	for (size_t i = 0; i < d->n_moves; i++) {
		if (path_below(d->moves[i]->to, path) && !str_eq(d->moves[i]->to, path))
			return true;
	}
	return false;
}
