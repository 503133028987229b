#include "agent/draft/view.h"
#include <errno.h>
#include <limits.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/moves.h"

#define RESOLVE_TEXT_MAX (64u << 10)

void
place_finish(struct place *p)
{
	free(p->rel);
	free(p->disk);
	*p = (struct place){ 0 };
}

bool
view_covered(const struct draft_root *r, const char *rel)
{
	for (size_t i = 0; rel[i]; i++) {
		struct stat st;

		if (rel[i] != '/')
			continue;
		autofree char *part = xstrndup(rel, i);

		if (fstatat(r->upper_fd, part, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return errno == ENOTDIR;
		if (!S_ISDIR(st.st_mode) || fs_is_opaque(r->upper_fd, part))
			return true;
	}
	return false;
}

static bool
is_covered(struct draft *d, const struct draft_root *r, const char *canon, const char *rel)
{
	size_t n = (size_t)(path_base(canon) - canon);

	if (draft_known(d, canon, n) & DRAFT_KNOWN_OPEN)
		return false;
	if (view_covered(r, rel))
		return true;
	draft_remember(d, canon, n, DRAFT_KNOWN_OPEN);
	return false;
}

/* The folders of other people's disks and of the machine: seen as they are. */
static void
find_outside(const char *disk, struct place *ret)
{
	if (lstat(disk, &ret->st) < 0)
		return;
	ret->kind = PLACE_REAL;
	ret->disk = xstrdup(disk);
}

static void
find_moved(struct draft *d, const struct draft_move *m, const char *rest, struct place *ret)
{
	autofree char *disk = *rest ? path_join(m->from, rest) : xstrdup(m->from);

	if (moves_out(d, disk) == m)
		find_outside(disk, ret);
}

static void
find_in_root(struct draft *d, const char *canon, struct place *ret)
{
	struct draft_root *r = ret->root;
	const char *rel = *ret->rel ? ret->rel : ".";
	bool hidden = is_covered(d, r, canon, ret->rel) || moves_out(d, canon) != NULL;
	struct stat st;

	if (!hidden && fstatat(r->real_fd, rel, &ret->lower_st, AT_SYMLINK_NOFOLLOW) == 0)
		ret->lower = true;
	if (fstatat(r->upper_fd, rel, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		ret->whiteout = fs_is_whiteout(&st);
		if (ret->whiteout)
			return;
		if (*ret->rel) { /* the root itself is the person's, its upper only stands for it */
			ret->kind = PLACE_UPPER;
			ret->st = st;
			ret->opaque = S_ISDIR(st.st_mode) && fs_is_opaque(r->upper_fd, rel);
			return;
		}
	}
	if (!ret->lower)
		return;
	ret->kind = PLACE_REAL;
	ret->st = ret->lower_st;
	ret->disk = xstrdup(canon);
}

void
view_find(struct draft *d, const char *canon, struct place *ret)
{
	const char *rest, *rel = "";
	struct draft_move *m;

	*ret = (struct place){ .root = draft_root_of(d, canon, &rel), .rel = xstrdup(rel) };
	if (draft_is_own(d, canon))
		return;
	m = moves_into(d, canon, &rest);
	if (m)
		find_moved(d, m, rest, ret);
	else if (ret->root)
		find_in_root(d, canon, ret);
	else
		find_outside(canon, ret);
}

int
view_open(struct draft *d, const struct place *p, int flags)
{
	const char *rel;
	struct draft_root *r;

	if (p->kind == PLACE_NONE) {
		errno = ENOENT;
		return -1;
	}
	if (p->kind == PLACE_UPPER)
		return fs_open_in(p->root->upper_fd, p->rel, flags, 0);
	r = draft_root_of(d, p->disk, &rel);
	return r ? fs_open(r->real_fd, rel, flags, 0) : fs_open(AT_FDCWD, p->disk, flags, 0);
}

char *
view_link(struct draft *d, const struct place *p)
{
	autofd int fd = view_open(d, p, O_PATH);
	char target[PATH_MAX + 1];
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, PATH_MAX);

	return n < 0 ? NULL : xstrndup(target, (size_t)n);
}

/* --- resolving links within the view --- */

struct walk {
	struct draft *d;
	char *at;      /* canonical so far, "" is the top */
	char *rest;    /* what is still to go */
	int links;
	bool missing; /* nothing exists any more: the rest is spelling */
};

static bool
follow_link(struct walk *w, const struct place *p, const char *rest, struct err *err)
{
	autofree char *target = view_link(w->d, p);
	char *joined;

	if (!target)
		return err_sys(err, errno, "%s", w->at);
	if (++w->links > DRAFT_MAX_LINKS || strlen(target) + strlen(rest) > RESOLVE_TEXT_MAX)
		return err_set(err, ERR_IO, _("%s: too many links in a row"), w->at);
	joined = *rest ? xasprintf("%s/%s", target, rest) : xstrdup(target);
	free(w->rest);
	w->rest = joined;
	if (*target == '/')
		w->at[0] = '\0';
	return true;
}

static void
go_up(struct walk *w)
{
	char *slash = strrchr(w->at, '/');

	if (slash)
		*slash = '\0';
}

/* One part of the path; *name is inside w->rest, behind it rest. */
static bool
step(struct walk *w, const char *name, const char *rest, bool follow, struct err *err)
{
	autofree char *next = xasprintf("%s/%s", w->at, name);
	autoplace struct place p = { 0 };

	if (strlen(next) >= DRAFT_PATH_MAX)
		return err_set(err, ERR_LIMIT, _("the path %.200s... is too long"), next);
	if (!w->missing)
		view_find(w->d, next, &p);
	if (p.kind == PLACE_NONE)
		w->missing = true;
	else if (S_ISLNK(p.st.st_mode) && (follow || *rest))
		return follow_link(w, &p, rest, err);
	else if (*rest && !S_ISDIR(p.st.st_mode))
		return err_set(err, ERR_NOT_FOUND, _("%s is not a folder"), next);
	free(w->at);
	w->at = steal_ptr(&next);
	autofree char *tail = xstrdup(rest);

	free(w->rest);
	w->rest = steal_ptr(&tail);
	return true;
}

static bool
walk_all(struct walk *w, bool follow, struct err *err)
{
	while (*w->rest) {
		char *name = w->rest + strspn(w->rest, "/"), *end = name + strcspn(name, "/");
		const char *rest = end + strspn(end, "/");
		autofree char *part = xstrndup(name, (size_t)(end - name));
		autofree char *tail = xstrdup(rest);

		if (!*part || str_eq(part, ".") || str_eq(part, "..")) {
			if (str_eq(part, ".."))
				go_up(w);
			free(w->rest);
			w->rest = steal_ptr(&tail);
		} else if (!step(w, part, tail, follow, err)) {
			return false;
		}
	}
	return true;
}

/* The folders of the last paths resolved are remembered: acts come in runs of one folder. */
static bool
from_memory(struct draft *d, const char *path, const char *base, struct walk *w)
{
	size_t n = (size_t)(base - path);

	if (!*base || str_eq(base, ".") || str_eq(base, ".."))
		return false;
	for (size_t i = 0; i < DRAFT_SEEN; i++) {
		const struct draft_seen *s = &d->seen[i];

		if (!s->dir || strlen(s->dir) != n || memcmp(s->dir, path, n) != 0)
			continue;
		w->at = xstrdup(s->real);
		w->rest = xstrdup(base);
		return true;
	}
	return false;
}

char *
view_resolve(struct draft *d, const char *path, bool follow, struct err *err)
{
	struct walk w = { .d = d };
	const char *base = path_base(path);
	bool known = from_memory(d, path, base, &w), ok;

	if (*path != '/') {
		err_set(err, ERR_USAGE, _("%s is not an absolute path"), path);
		return NULL;
	}
	if (!known) {
		w.at = xstrdup("");
		w.rest = xstrdup(path);
	}
	ok = walk_all(&w, follow, err);
	free(w.rest);
	if (!ok || !*w.at) {
		free(w.at);
		return ok ? xstrdup("/") : NULL;
	}
	/* Only where the last part was no link is the folder of the result that of the path. */
	if (!known && !w.links && str_eq(path_base(w.at), base) && !w.missing) {
		autofree char *dir = path_dir(w.at);

		struct draft_seen *s = &d->seen[d->n_seen++ % DRAFT_SEEN];

		free(s->dir);
		free(s->real);
		s->dir = xstrndup(path, (size_t)(base - path));
		s->real = str_eq(dir, "/") ? xstrdup("") : steal_ptr(&dir);
	}
	return w.at;
}
