#include "agent/draft/stage.h"
#include <errno.h>
#include <sys/file.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/plan_make.h"
#include "agent/draft/stage_private.h"

enum stage_state
stage_state(const char *stage)
{
	return plan_state(stage, NULL);
}

static bool
refuse(enum stage_state is, bool redo, struct err *err)
{
	switch (is) {
	case STAGE_FORGOTTEN:
		return err_set(err, ERR_NOT_FOUND, _("this was deleted for good and cannot be undone"));
	case STAGE_UNDONE:
		return err_set(err, ERR_NOT_FOUND, _("this is undone already"));
	case STAGE_COMMITTED:
		return err_set(err, ERR_NOT_FOUND, _("this is done already"));
	default:
		return err_set(err, ERR_NOT_FOUND,
			redo ? _("there is nothing to redo") : _("there is nothing to undo"));
	}
}

struct turn {
	bool back; /* undo */
	bool keep;
	enum stage_state from, during, to;
};

static bool
run_turn(struct plan *p, const struct turn *t, const int64_t *goal, const int64_t *now,
	struct commit_result *r, struct err *err)
{
	struct apply a = { .p = p };
	bool ok = t->back ? stage_back(&a, t->keep, r, err)
			  : stage_forward_keeping(&a, t->keep, r, err);

	apply_end_leases(&a, t->back && ok);
	apply_finish(&a);
	stage_settle_dirs(p, t->back == ok, ok ? goal : now);
	if (!stage_sync(p, ok ? err : NULL) ||
		!plan_set_state(p, ok ? t->to : t->from, false, ok ? err : NULL))
		return false;
	return ok;
}

static bool
turn_plan(struct plan *p, const struct turn *t, struct commit_result *r, struct err *err)
{
	autofree int64_t *goal = xcalloc(p->n_dirs + 1, sizeof(*goal));
	autofree int64_t *now = xcalloc(p->n_dirs + 1, sizeof(*now));

	if (!plan_open_roots(p, err))
		return false;
	if (!t->keep && stage_check(p, !t->back, r))
		return err_set(err, ERR_CONFLICT,
			t->back ? _("not undone: files were changed since; nothing was touched")
				: _("not redone: files were changed since; nothing was touched"));
	stage_choose_times(p, t->back, goal);
	stage_current_times(p, !t->back, now);
	if (!plan_save_times(p, goal, err) || !plan_set_state(p, t->during, t->keep, err) ||
		!run_turn(p, t, goal, now, r, err))
		return false;
	stage_fill_result(p, r);
	return true;
}

static bool
turn(const char *stage, const struct turn *t, struct commit_result *r, struct err *err)
{
	struct plan p = { .stage_fd = -1 };
	autofd int lock = -1, all = -1;
	enum stage_state is;
	bool ok;

	*r = (struct commit_result){ 0 };
	lock = stage_lock(stage, err);
	all = lock >= 0 ? stage_lock_all(stage, err) : -1;
	if (all < 0)
		return false;
	is = plan_state(stage, NULL);
	if (is != t->from)
		return refuse(is, !t->back, err);
	ok = plan_load(stage, &p, err) && turn_plan(&p, t, r, err);
	plan_finish(&p);
	return ok;
}

bool
stage_undo(const char *stage, bool keep, struct commit_result *r, struct err *err)
{
	const struct turn t = { true, keep, STAGE_COMMITTED, STAGE_UNDOING, STAGE_UNDONE };

	return turn(stage, &t, r, err);
}

bool
stage_redo(const char *stage, bool keep, struct commit_result *r, struct err *err)
{
	const struct turn t = { false, keep, STAGE_UNDONE, STAGE_REDOING, STAGE_COMMITTED };

	return turn(stage, &t, r, err);
}

/* --- forgetting --- */

/* A program that had the file open may have written to it after it was displaced: that is the
 * person's work, so it comes back beside the present one. */
static bool
rescue_late_writes(struct plan *p, struct err *err)
{
	struct apply a = { .p = p };
	bool ok = true;

	for (size_t i = 0; ok && i < p->n_ops; i++) {
		const struct plan_op *o = &p->ops[i];
		struct stat st;
		char slot[40];

		apply_slot(o, "", slot);
		if ((o->kind != OP_SWAP && o->kind != OP_DELETE) || !S_ISREG(o->pre.mode) ||
			!apply_stat(p->roots[o->root].hold_fd, slot, &st) ||
			!apply_is_inode(&st, &o->pre) || apply_is(&st, &o->pre))
			continue;
		ok = stage_place_beside(&a, o, "late-write", slot) ||
			err_sys(err, errno, _("%s was written to after it was replaced, "
					      "and could not be put back"),
				o->path);
	}
	apply_finish(&a);
	return ok;
}

/* Is the draft of the stage's task open somewhere? */
static bool
draft_is_held(const char *stage)
{
	autofree char *task = path_dir(stage), *file = path_join(task, "lock");
	autofd int fd = open(file, O_RDWR | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
}

static bool
forget_plan(struct plan *p, uint64_t *ret_bytes, struct err *err)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < p->n_roots; i++)
		bytes += stage_disk_bytes(p->roots[i].hold);
	if (plan_state(p->stage, NULL) == STAGE_COMMITTED && plan_open_roots(p, NULL) &&
		!rescue_late_writes(p, err))
		return false;
	if (!plan_set_state(p, STAGE_FORGOTTEN, false, err) || !stage_drop_holds(p, err))
		return false;
	if (!draft_is_held(p->stage)) {
		for (size_t i = 0; i < p->n_roots; i++) {
			autofree char *dir = path_dir(p->roots[i].hold);

			draft_root_prune(dir);
		}
	}
	if (ret_bytes)
		*ret_bytes = bytes;
	return (fs_unlink(p->stage_fd, "plan", 0) == 0 || errno == ENOENT) &&
		(fs_unlink(p->stage_fd, "times", 0) == 0 || errno == ENOENT);
}

bool
stage_forget(const char *stage, uint64_t *ret_bytes, struct err *err)
{
	struct plan p = { .stage_fd = -1 };
	autofd int lock = stage_lock(stage, err);
	enum stage_state is;
	bool ok;

	if (lock < 0)
		return false;
	is = plan_state(stage, NULL);
	if (is != STAGE_COMMITTED && is != STAGE_UNDONE)
		return refuse(is, false, err);
	ok = plan_load(stage, &p, err) && forget_plan(&p, ret_bytes, err);
	plan_finish(&p);
	return ok;
}
