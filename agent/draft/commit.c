/* Takes effects into the real files: plan, renames, outcome. */
#include <errno.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/moves.h"
#include "agent/draft/plan_make.h"
#include "agent/draft/stage_private.h"

static int64_t *
times_of(const struct plan *p, bool pre)
{
	int64_t *t = xcalloc(p->n_dirs + 1, sizeof(*t));

	for (size_t i = 0; i < p->n_dirs; i++)
		t[i] = pre ? p->dirs[i].pre_mtime : p->dirs[i].post_mtime;
	return t;
}

bool
stage_finish_commit(struct plan *p, struct commit_result *r, struct err *err)
{
	struct apply a = { .p = p, .first = true };
	autofree int64_t *pre = times_of(p, true), *post = times_of(p, false);
	bool ok;

	ok = stage_forward(&a, r, err);
	if (ok && (!apply_is_quiet(&a) || !stage_is_quiet(p, r))) {
		ok = false;
		stage_reverse(&a);
		err_set(err, ERR_CONFLICT,
			_("nothing was changed: a program wrote to a file at the same moment"));
	}
	if (!ok)
		apply_end_leases(&a, true);
	stage_settle_dirs(p, !ok, ok ? post : pre);
	if (ok) {
		ok = stage_clean_draft(p, err) && stage_sync(p, err);
		apply_finish(&a);
		if (!ok)
			return false;
		stage_save_late(p, r);
		return plan_set_state(p, STAGE_COMMITTED, false, err);
	}
	apply_finish(&a);
	return stage_sync(p, NULL) && plan_set_state(p, STAGE_ABORTED, false, NULL) && false;
}

void
stage_remove(struct plan *p)
{
	autofree char *dir = path_dir(p->stage);
	autofd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (p->n_ops && ((p->roots[0].hold_fd < 0 && !plan_open_roots(p, NULL)) || !stage_rescue(p)))
		return;
	if (stage_drop_holds(p, NULL) && fd >= 0 && !fs_remove_tree(fd, path_base(p->stage), NULL))
		return;
}

static bool
make_stage(struct draft *d, int64_t commit, struct plan *p, struct err *err)
{
	autofree char *name = xasprintf("c%lld", (long long)commit);

	p->task = d->task;
	p->commit = commit;
	p->stage = path_join(d->dir, name);
	if (fs_mkdir(d->dir_fd, name, 0700) < 0) {
		/* A rest of a try that never got a plan may be used again. */
		if (errno != EEXIST || plan_state(p->stage, NULL) != STAGE_NONE)
			return err_sys(err, errno, "%s", p->stage);
		if (!fs_remove_tree(d->dir_fd, name, err))
			return false;
		if (fs_mkdir(d->dir_fd, name, 0700) < 0)
			return err_sys(err, errno, "%s", p->stage);
	}
	p->stage_fd = open(p->stage, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return p->stage_fd >= 0 || err_sys(err, errno, "%s", p->stage);
}

struct preparing {
	struct draft *d;
	const struct effects *e;
	const bool *take;
	bool (*before)(void *user, const char *stage);
	void *user;
};

static bool
prepare(const struct preparing *w, int64_t commit, struct plan *p, struct commit_result *r,
	struct err *err)
{
	bool new_data = false;

	if (!make_stage(w->d, commit, p, err) ||
		!plan_make(w->d, w->e, w->take, p, &new_data, r, err))
		return false;
	/* Content must be on disk before a name points to it. */
	if (new_data && !stage_sync(p, err))
		return false;
	if (!plan_save(p, err))
		return false;
	if (w->before && !w->before(w->user, p->stage))
		return err_set(err, ERR_CANCELLED, _("stopped before anything was changed"));
	return plan_set_state(p, STAGE_PREPARED, false, err);
}

static bool
commit_locked(const struct preparing *w, int64_t commit, struct commit_result *r, struct err *err)
{
	struct plan p = { .stage_fd = -1 };
	struct draft *d = w->d;
	bool ok = prepare(w, commit, &p, r, err) &&
		stage_finish_commit(&p, r, err);

	enum stage_state is = p.stage ? plan_state(p.stage, NULL) : STAGE_NONE;

	/* An error behind the last mark changes nothing any more; one before it leaves PREPARED,
	 * and the next start goes on. */
	ok |= is == STAGE_COMMITTED;
	if (ok)
		stage_fill_result(&p, r);
	else if (p.stage && is != STAGE_PREPARED)
		stage_remove(&p);
	plan_finish(&p);
	draft_changed(d);
	moves_close(d);
	return moves_load(d, ok ? err : NULL) && ok && draft_tidy(d, err);
}

static size_t
count_taken(const struct effects *e, const bool *take)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++)
		n += take[i];
	return n;
}

bool
draft_commit(struct draft *d, const struct effects *e, const bool *take, int64_t commit,
	bool (*before)(void *user, const char *stage), void *user, struct commit_result *r,
	struct err *err)
{
	autofree bool *sane = xcalloc(e->n + 1, sizeof(*sane));
	struct preparing w = { d, e, sane, before, user };
	autofd int lock = -1, all = -1;

	*r = (struct commit_result){ 0 };
	if (e->n)
		memcpy(sane, take, e->n * sizeof(*sane));
	effects_settle(e, sane);
	if (!count_taken(e, sane))
		return err_set(err, ERR_USAGE, _("nothing was chosen to be taken"));
	autofree char *any = path_join(d->dir, "c");

	lock = stage_lock(any, err);
	all = lock >= 0 ? stage_lock_all(any, err) : -1;
	return all >= 0 && commit_locked(&w, commit, r, err);
}
