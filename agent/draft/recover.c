/* What runs first at every start: stages that a crash left in the middle come to an end. */
#include <dirent.h>
#include <errno.h>
#include <sys/file.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/stage_private.h"

struct recovering {
	const char *task_dir;
	int64_t task;
	stage_recovered_fn *fn;
	void *user;
	struct err *err;
	bool failed;
};

static bool
go_on(struct plan *p, enum stage_state is, struct err *err)
{
	autofree int64_t *goal = xcalloc(p->n_dirs + 1, sizeof(*goal));
	struct commit_result r = { 0 };
	struct apply a = { .p = p };
	bool back = is == STAGE_UNDOING, ok;

	if (!plan_load_times(p, goal, err))
		return false;
	/* Keeping both is the end that needs no decision and loses nothing. */
	ok = back ? stage_back(&a, true, &r, err) : stage_forward_keeping(&a, true, &r, err);
	apply_finish(&a);
	commit_result_finish(&r);
	if (!ok)
		return false;
	stage_settle_dirs(p, back, goal);
	return stage_sync(p, err) &&
		plan_set_state(p, back ? STAGE_UNDONE : STAGE_COMMITTED, false, err);
}

static bool
recover_plan(struct plan *p, enum stage_state is, struct err *err)
{
	struct commit_result r = { 0 };
	bool ok;

	if (!plan_open_roots(p, err))
		return false;
	if (is != STAGE_PREPARED)
		return go_on(p, is, err);
	ok = stage_finish_commit(p, &r, err);
	commit_result_finish(&r);
	return ok || plan_state(p->stage, NULL) == STAGE_ABORTED;
}

/* Without a plan nothing was moved; what was prepared in the holds goes. */
static void
remove_unplanned(const char *task_dir, const char *stage)
{
	autofd int dir = open(task_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct plan p = { .stage_fd = -1 };
	bool known = plan_load(stage, &p, NULL);

	if (known)
		stage_remove(&p);
	plan_finish(&p);
	if (!known && dir >= 0 && !fs_remove_tree(dir, path_base(stage), NULL))
		return;
}

static bool
recover_stage(struct recovering *w, const char *stage, int64_t commit)
{
	enum stage_state is = plan_state(stage, NULL), now;
	struct plan p = { .stage_fd = -1 };
	autofd int all = -1;
	bool ok;

	if (is == STAGE_NONE || is == STAGE_ABORTED) {
		remove_unplanned(w->task_dir, stage);
		return true;
	}
	if (is != STAGE_PREPARED && is != STAGE_UNDOING && is != STAGE_REDOING)
		return true;
	all = stage_lock_all(stage, w->err);
	ok = all >= 0 && plan_load(stage, &p, w->err) && recover_plan(&p, is, w->err);
	now = plan_state(stage, NULL);
	if (ok && now == STAGE_ABORTED)
		stage_remove(&p);
	plan_finish(&p);
	if (ok && w->fn)
		w->fn(w->user, w->task, commit, stage, is, now);
	return ok;
}

static bool
each_stage(void *user, UNUSED int dir, const char *name, UNUSED unsigned char type)
{
	struct recovering *w = user;
	int64_t commit;

	if (*name != 'c' || !str_to_i64(name + 1, &commit))
		return true;
	autofree char *stage = path_join(w->task_dir, name);

	/* One that cannot be brought to an end now does not keep the others from it. */
	if (!recover_stage(w, stage, commit))
		w->failed = true;
	return true;
}

bool
stage_recover_task(const char *task_dir, stage_recovered_fn *fn, void *user, struct err *err)
{
	struct recovering w = { .task_dir = task_dir, .fn = fn, .user = user, .err = err };
	autofree char *any = path_join(task_dir, "c");
	autofd int dir = open(task_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), lock = -1;

	if (dir < 0)
		return err_sys(err, errno, "%s", task_dir);
	if (!str_to_i64(path_base(task_dir), &w.task))
		return true;
	lock = stage_lock(any, err);
	if (lock < 0 || !fs_each(dir, "", each_stage, &w))
		return false;
	return !w.failed;
}

static bool
each_task(void *user, int dir, const char *name, UNUSED unsigned char type)
{
	struct recovering *w = user;
	autofree char *task_dir = path_join(w->task_dir, name);
	autofree char *lock_name = path_join(name, "lock");
	int64_t task;

	if (!str_to_i64(name, &task))
		return true;
	autofd int lock = openat(dir, lock_name, O_RDWR | O_CLOEXEC);

	/* Held: a living process works on it and has looked after it when it opened it. */
	if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) < 0)
		return true;
	if (!stage_recover_task(task_dir, w->fn, w->user, w->err))
		w->failed = true;
	return true;
}

bool
stage_recover(const char *stage_root, UNUSED const char *home, stage_recovered_fn *fn, void *user,
	struct err *err)
{
	struct recovering w = { .task_dir = stage_root, .fn = fn, .user = user, .err = err };
	autofd int dir = open(stage_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), lock = -1;

	if (dir < 0)
		return errno == ENOENT || err_sys(err, errno, "%s", stage_root);
	lock = openat(dir, ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		return err_sys(err, errno, "%s/.lock", stage_root);
	return fs_each(dir, "", each_task, &w) && !w.failed;
}
