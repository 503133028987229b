/* Recovery, undo and redo over a stage. */
#include <errno.h>
#include <sys/file.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/plan_make.h"
#include "agent/draft/stage_private.h"

#define MAX_KEPT_NAMES 1000

static void
note(struct apply *a, const struct plan_op *o, struct commit_result *r)
{
	autofree char *path = path_join(a->p->roots[o->root].real, o->path);

	if (r)
		commit_result_add(r, path, a->why ? a->why : a->err.text);
}

/* --- keeping both --- */

/* The folder of what comes back is gone: it is made again. */
static bool
remake_parents(struct apply *a, uint32_t root, const char *path)
{
	int at = a->p->roots[root].real_fd;

	for (size_t i = 0; path[i]; i++) {
		if (path[i] != '/')
			continue;
		autofree char *part = xstrndup(path, i);
		const char *name;
		autofd int dir = fs_open_parent(at, part, &name);

		if (dir < 0 || (fs_mkdir(dir, name, 0755) < 0 && errno != EEXIST))
			return false;
	}
	apply_forget_folders(a);
	return true;
}

/* The displaced version gets a name beside the person's: "x.before-undo", then numbered; word
 * NULL: its own name when that is free. */
static bool
place_beside(struct apply *a, uint32_t root, const char *path, const char *word, int hold,
	const char *slot)
{
	const char *name;
	int dir = apply_parent(a, SIDE_REAL, root, path, &name);

	if (dir < 0 && errno == ENOENT && remake_parents(a, root, path))
		dir = apply_parent(a, SIDE_REAL, root, path, &name);
	for (int n = word ? 1 : 0; dir >= 0 && n < MAX_KEPT_NAMES; n++) {
		autofree char *beside = n == 0 ? xstrdup(name)
			: n == 1 ? xasprintf("%s.%s", name, word ? word : "before-undo")
				 : xasprintf("%s.%s (%d)", name, word ? word : "before-undo", n);

		if (apply_rename(a, hold, slot, dir, beside, RENAME_NOREPLACE) == 0)
			return true;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

bool
stage_place_beside(struct apply *a, const struct plan_op *o, const char *word, const char *slot)
{
	return place_beside(a, o->root, o->path, word, a->p->roots[o->root].hold_fd, slot);
}

/* What undo (or redo, forward) would put back lies in the hold; it goes beside the person's. */
static void
keep_both(struct apply *a, const struct plan_op *o, bool forward)
{
	const struct draft_print *ours = forward ? &o->post : &o->pre;
	int hold = a->p->roots[o->root].hold_fd;
	struct stat st;
	char slot[40];

	apply_slot(o, o->kind == OP_INPLACE && !forward ? ".old" : "", slot);
	if (o->kind == OP_ATTR || o->kind == OP_MOVE || o->kind == OP_PARK ||
		o->kind == OP_PLACE || !apply_stat(hold, slot, &st) ||
		(o->kind != OP_INPLACE && !apply_is_inode(&st, ours)))
		return;
	stage_place_beside(a, o, forward ? "before-redo" : "before-undo", slot);
}

bool
stage_rescue(struct plan *p)
{
	struct apply a = { .p = p };
	bool ok = true;

	for (size_t i = 0; i < p->n_ops; i++) {
		const struct plan_op *o = &p->ops[i];
		bool park = o->kind == OP_PARK;
		uint32_t root = park ? o->from_root : o->root;
		struct stat st;
		char slot[40];

		apply_slot(o, "", slot);
		if ((o->kind != OP_SWAP && o->kind != OP_DELETE && !park) ||
			!apply_stat(p->roots[root].hold_fd, slot, &st) ||
			(o->kind == OP_SWAP && apply_is_inode(&st, &o->post)))
			continue; /* nothing there, or ours */
		ok &= place_beside(&a, root, park ? o->from : o->path, NULL,
			p->roots[root].hold_fd, slot);
	}
	apply_finish(&a);
	return ok;
}

/* --- all operations --- */

static bool
fail(struct apply *a, enum applied how, struct err *err)
{
	if (how == APPLY_ERROR) {
		if (err)
			*err = a->err;
		return false;
	}
	return err_set(err, ERR_CONFLICT,
		_("nothing was changed: files are not what they were when they were shown; ask again"));
}

/* Operations 0..last back; failed is the one that could not be done, it may have come half way. */
static void
reverse(struct apply *a, size_t last, size_t failed)
{
	for (size_t j = last + 1; j-- > 0;) {
		if (apply_back(a, &a->p->ops[j]) != APPLY_DONE && j != failed)
			keep_both(a, &a->p->ops[j], false);
	}
}

void
stage_reverse(struct apply *a)
{
	if (a->p->n_ops)
		reverse(a, a->p->n_ops - 1, SIZE_MAX);
}

bool
stage_forward(struct apply *a, struct commit_result *r, struct err *err)
{
	for (size_t i = 0; i < a->p->n_ops; i++) {
		enum applied how = apply_forward(a, &a->p->ops[i]);

		if (how == APPLY_DONE)
			continue;
		note(a, &a->p->ops[i], r);
		fail(a, how, err);
		reverse(a, i, i);
		return false;
	}
	return true;
}

static void
forward_again(struct apply *a, size_t from)
{
	for (size_t i = from; i < a->p->n_ops; i++) {
		if (apply_forward(a, &a->p->ops[i]) != APPLY_DONE && i != from)
			keep_both(a, &a->p->ops[i], true);
	}
}

bool
stage_back(struct apply *a, bool keep, struct commit_result *r, struct err *err)
{
	for (size_t i = a->p->n_ops; i-- > 0;) {
		enum applied how = apply_back(a, &a->p->ops[i]);

		if (how == APPLY_DONE)
			continue;
		note(a, &a->p->ops[i], r);
		if (how == APPLY_CONFLICT && keep) {
			keep_both(a, &a->p->ops[i], false);
			continue;
		}
		fail(a, how, err);
		forward_again(a, i);
		return false;
	}
	return true;
}

bool
stage_forward_keeping(struct apply *a, bool keep, struct commit_result *r, struct err *err)
{
	if (!keep)
		return stage_forward(a, r, err);
	for (size_t i = 0; i < a->p->n_ops; i++) {
		enum applied how = apply_forward(a, &a->p->ops[i]);

		if (how == APPLY_DONE)
			continue;
		note(a, &a->p->ops[i], r);
		if (how == APPLY_ERROR)
			return fail(a, how, err);
		keep_both(a, &a->p->ops[i], true);
	}
	return true;
}

/* --- folders --- */

static int
open_side(struct plan *p, const struct plan_dir *d, bool pre)
{
	const char *rel = pre ? d->pre : d->post;
	uint32_t root = pre ? d->pre_root : d->post_root;

	if (!rel)
		return -1;
	return fs_open_in(p->roots[root].real_fd, rel, O_PATH | O_DIRECTORY, 0);
}

void
stage_current_times(struct plan *p, bool pre, int64_t *times)
{
	for (size_t i = 0; i < p->n_dirs; i++) {
		autofd int fd = open_side(p, &p->dirs[i], pre);
		struct stat st;

		times[i] = fd >= 0 && fstat(fd, &st) == 0 ? fs_mtime_ns(&st) : -1;
	}
}

void
stage_choose_times(struct plan *p, bool to_pre, int64_t *targets)
{
	for (size_t i = 0; i < p->n_dirs; i++) {
		const struct plan_dir *d = &p->dirs[i];
		int64_t expected = to_pre ? d->post_mtime : d->pre_mtime;
		int64_t goal = to_pre ? d->pre_mtime : d->post_mtime;
		autofd int fd = open_side(p, d, !to_pre);
		struct stat st;

		targets[i] = goal;
		if (fd >= 0 && goal >= 0 && fstat(fd, &st) == 0 && fs_mtime_ns(&st) != expected)
			targets[i] = fs_mtime_ns(&st);
	}
}

void
stage_settle_dirs(struct plan *p, bool pre, const int64_t *targets)
{
	/* From the inside out: a folder may lose the right to be entered. */
	for (size_t i = p->n_dirs; i-- > 0;) {
		const struct plan_dir *d = &p->dirs[i];
		uint32_t mode = pre ? d->pre_mode : d->post_mode;
		autofd int fd = open_side(p, d, pre);
		struct stat st;

		if (fd < 0 || fstat(fd, &st) < 0)
			continue;
		if ((st.st_mode & 07777) != mode && (st.st_mode & 07777) == (mode | 0700))
			fs_chmod(fd, mode);
		if (targets[i] >= 0 && fs_mtime_ns(&st) != targets[i])
			fs_set_fd_mtime(fd, targets[i]);
	}
}

bool
stage_sync(struct plan *p, struct err *err)
{
	uint64_t seen[DRAFT_MAX_ROOTS];
	size_t n = 0;

	for (size_t i = 0; i < p->n_roots; i++) {
		struct stat st;
		bool known = false;

		if (fstat(p->roots[i].hold_fd, &st) < 0)
			return err_sys(err, errno, "%s", p->roots[i].hold);
		for (size_t j = 0; j < n; j++)
			known |= seen[j] == st.st_dev;
		if (known)
			continue;
		seen[n++] = st.st_dev;
		if (fs_syncfs(p->roots[i].hold_fd) < 0)
			return err_sys(err, errno, "%s", p->roots[i].hold);
	}
	return true;
}

/* --- after a commit --- */

/* Folders that are only there for what was committed go as well. */
static void
prune(int upper, const char *rel)
{
	autofree char *path = xstrdup(rel);

	while (*path) {
		const char *name;
		autofd int dir = fs_open_parent(upper, path, &name);
		char *slash;

		if (dir < 0 || fs_unlink(dir, name, AT_REMOVEDIR) < 0)
			return;
		slash = strrchr(path, '/');
		if (!slash)
			return;
		*slash = '\0';
	}
}

static bool
clean_place(struct apply *a, uint32_t root, const char *rel, bool copy, struct err *err)
{
	const char *name;
	struct stat st;
	int dir = apply_parent(a, SIDE_UPPER, root, rel, &name);

	if (dir < 0 || !apply_stat(dir, name, &st))
		return true;
	if (fs_is_whiteout(&st))
		return fs_unlink(dir, name, 0) == 0 || err_sys(err, errno, "%s", rel);
	if (copy)
		return fs_remove_tree(dir, name, err);
	return true;
}

static bool
clean_op(struct apply *a, const struct plan_op *o, struct err *err)
{
	bool copy = (o->flags & OPF_COPY) != 0;

	if (o->kind == OP_ATTR && !S_ISDIR(o->post.mode))
		copy = true;
	if (!clean_place(a, o->root, o->path, copy, err))
		return false;
	return !o->from || clean_place(a, o->from_root, o->from, false, err);
}

static bool
forget_moves(struct plan *p, struct err *err)
{
	autofree char *task = path_dir(p->stage);
	autofree char *file = path_join(task, "moves");
	autobuf struct buf b = BUF_INIT(SIZE_MAX / 2);
	autofd int fd = -1;

	for (size_t i = 0; i < p->n_ops; i++) {
		const struct plan_op *o = &p->ops[i];

		if (!(o->flags & OPF_PENDING))
			continue;
		autofree char *to = path_join(p->roots[o->root].real, o->path);

		buf_add(&b, "-", 2);
		buf_add(&b, to, strlen(to) + 1);
	}
	if (!b.len)
		return true;
	fd = open(file, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || err_sys(err, errno, "%s", file);
	return fs_write_all(fd, b.p, b.len) == 0 || err_sys(err, errno, "%s", file);
}

bool
stage_clean_draft(struct plan *p, struct err *err)
{
	struct apply a = { .p = p, .first = true };
	bool ok = forget_moves(p, err);
	autofree char *last = NULL; /* parents of a run of files are pruned once */

	for (size_t i = p->n_ops; ok && i-- > 0;)
		ok = clean_op(&a, &p->ops[i], err);
	apply_finish(&a);
	for (size_t i = p->n_ops; ok && i-- > 0;) {
		const struct plan_op *o = &p->ops[i];
		int upper = p->roots[o->root].upper_fd;
		autofree char *dir = path_dir(o->path);

		if (upper < 0)
			continue;
		if (S_ISDIR(o->post.mode) && o->kind != OP_SWAP)
			prune(upper, o->path);
		else if (!str_eq(dir, ".") && !(last && str_eq(last, dir)))
			prune(upper, dir);
		if (o->from) {
			autofree char *from = path_dir(o->from);

			if (!str_eq(from, ".") && p->roots[o->from_root].upper_fd >= 0)
				prune(p->roots[o->from_root].upper_fd, from);
		}
		free(last);
		last = steal_ptr(&dir);
	}
	return ok;
}

bool
stage_drop_holds(struct plan *p, struct err *err)
{
	for (size_t i = 0; i < p->n_roots; i++) {
		autofree char *dir = path_dir(p->roots[i].hold);
		autofd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 || !fs_remove_tree(fd, path_base(p->roots[i].hold), err))
			return fd >= 0 ? false : err_sys(err, errno, "%s", dir);
	}
	return true;
}

static int
lock_file(const char *file, struct err *err)
{
	autofd int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || flock(fd, LOCK_EX) < 0) {
		err_sys(err, errno, "%s", file);
		return -1;
	}
	return steal_fd(&fd);
}

int
stage_lock(const char *stage, struct err *err)
{
	autofree char *task = path_dir(stage), *file = path_join(task, "commit.lock");

	return lock_file(file, err);
}

int
stage_lock_all(const char *stage, struct err *err)
{
	autofree char *task = path_dir(stage), *root = path_dir(task);
	autofree char *file = path_join(root, ".commit");

	return lock_file(file, err);
}

void
stage_fill_result(const struct plan *p, struct commit_result *r)
{
	r->n = 0;
	r->bytes = 0;
	free(r->stage);
	r->stage = xstrdup(p->stage);
	for (size_t i = 0; i < p->n_ops; i++) {
		if (p->ops[i].flags & OPF_SILENT)
			continue;
		r->n += p->ops[i].count;
		r->bytes += p->ops[i].bytes;
	}
}
