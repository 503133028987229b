/* The walk over the draft's view. */
#include "agent/tools/walk.h"
#include "agent/tools/util.h"

#define TELL_EVERY 4096
#define FOLDERS_MAX 4000000 /* waiting to be visited */

struct here {
	struct walk *w;
	const char *root;
	char *dir;
	size_t dir_len;
	struct buf path; /* dir + "/" + name */
	struct strv below;
	dev_t dev;
	bool ended;
	struct err *err;
	bool failed;
};

static bool
is_bulk(const char *name)
{
	static const char *const bulk[] = { "node_modules", "__pycache__", "CVS" };

	for (size_t i = 0; i < ARRAY_LEN(bulk); i++)
		if (str_eq(name, bulk[i]))
			return true;
	return false;
}

static bool
enter(struct here *h, const char *name, const struct stat *st)
{
	struct walk *w = h->w;

	if (w->flags & WALK_FLAT)
		return true;
	if ((name[0] == '.' && !(w->flags & WALK_HIDDEN)) ||
		((w->flags & WALK_NO_BULK) && is_bulk(name)))
		return true;
	if (st->st_dev != h->dev && h->dev) {
		w->other_disks++;
		return true;
	}
	if (h->below.n < FOLDERS_MAX)
		strv_add(&h->below, buf_str(&h->path));
	return true;
}

static bool
one(void *user, const char *name, const struct stat *st)
{
	struct here *h = user;
	struct walk *w = h->w;
	bool dir = S_ISDIR(st->st_mode);

	if (++w->seen % TELL_EVERY == 0 && w->ctx->progress)
		w->ctx->progress(w->ctx->call, w->seen, 0);
	if (w->seen % 64 == 0 && !tool_going(w->ctx, h->err)) {
		h->failed = true;
		return false;
	}
	buf_truncate(&h->path, h->dir_len);
	if (!buf_add_str(&h->path, name)) {
		buf_clear(&h->path);
		buf_add_str(&h->path, h->dir);
		w->unreadable++;
		return true;
	}
	if (dir) {
		w->folders++;
		if ((w->flags & WALK_FOLDERS) && (name[0] != '.' || (w->flags & WALK_HIDDEN)) &&
			!w->fn(w->user, buf_str(&h->path), st)) {
			h->ended = true;
			return false;
		}
		return enter(h, name, st);
	}
	if (name[0] == '.' && !(w->flags & (WALK_HIDDEN | WALK_DOTFILES)))
		return true;
	if (!S_ISREG(st->st_mode) && !(w->flags & WALK_LINKS))
		return true;
	if (w->glob &&
		!glob_match(w->glob, name,
			buf_str(&h->path) + strlen(h->root) + !str_eq(h->root, "/")))
		return true;
	w->files++;
	h->ended = !w->fn(w->user, buf_str(&h->path), st);
	return !h->ended;
}

static bool
visit(struct here *h, char *dir, struct strv *todo, struct err *err)
{
	bool listed;

	h->dir = dir;
	h->below = (struct strv){ 0 };
	buf_clear(&h->path);
	buf_add_str(&h->path, dir);
	if (!str_ends(dir, "/"))
		buf_add_char(&h->path, '/');
	h->dir_len = h->path.len;
	listed = draft_list(h->w->ctx->draft, dir, one, h, err);
	/* The last one found is visited first: hand them over in reverse. */
	for (size_t i = h->below.n; i-- > 0;)
		strv_take(todo, steal_ptr(&h->below.v[i]));
	free(h->below.v);
	return listed;
}

bool
walk_run(struct walk *w, const char *root, struct err *err)
{
	struct here h = { .w = w, .root = root, .err = err };
	struct strv todo = { 0 };
	struct stat st;
	bool ok = true, first = true;

	buf_init(&h.path, 1u << 16);
	if (draft_stat(w->ctx->draft, root, &st, NULL))
		h.dev = st.st_dev;
	strv_add(&todo, root);
	while (ok && todo.n && !h.ended) {
		autofree char *dir = todo.v[--todo.n];
		struct err own = { 0 };

		todo.v[todo.n] = NULL;
		ok = tool_going(w->ctx, err);
		if (!ok)
			break;
		if (!visit(&h, dir, &todo, &own) && !h.failed && !h.ended) {
			w->unreadable++;
			if (!w->first_unreadable)
				w->first_unreadable = xstrdup(dir);
			if (first) {
				if (err)
					*err = own;
				ok = false;
			}
		}
		ok = ok && !h.failed;
		first = false;
	}
	strv_finish(&todo);
	buf_finish(&h.path);
	return ok;
}

void
walk_finish(struct walk *w)
{
	free(w->first_unreadable);
	w->first_unreadable = NULL;
}

void
walk_tell(const struct walk *w, struct jw *out)
{
	if (w->unreadable) {
		jw_i64(out, "unreadable", (int64_t)w->unreadable);
		jw_path(out, "first_unreadable", w->first_unreadable);
	}
	if (w->other_disks)
		jw_i64(out, "other_disks", (int64_t)w->other_disks);
}
