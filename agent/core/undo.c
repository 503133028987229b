/* Undo, redo and forget: of one commit or of a whole task, on a worker, then told to the journal. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/store/undo_index.h"

#define UNDO_COMMITS_MAX 10000

enum undo_what { UNDO, REDO, FORGET };

struct undo_item {
	int64_t commit;
	char *stage;
	struct commit_result result;
	uint64_t freed;
};

struct undo_job {
	uv_work_t work;
	struct agent *agent;
	enum undo_what what;
	int64_t task;
	bool keep;
	struct undo_item *v;
	size_t n, cap, done; /* done: how many succeeded */
	struct err err;
	agent_undo_fn *fn;
	void *user;
};

static void
job_free(struct undo_job *j)
{
	size_t i;

	for (i = 0; i < j->n; i++) {
		free(j->v[i].stage);
		commit_result_finish(&j->v[i].result);
	}
	free(j->v);
	free(j);
}

struct collect {
	struct undo_job *job;
	int64_t commit;
	bool forgotten;
};

static bool
collect_commit(void *user, const struct commit_row *row)
{
	struct collect *c = user;
	struct undo_job *j = c->job;
	const char *want = j->what == REDO ? "undone" : "done";

	if (c->commit && row->commit != c->commit)
		return true;
	if (str_eq(row->state, "forgotten"))
		c->forgotten = true;
	if (!str_eq(row->state, want) && !(j->what == FORGET && str_eq(row->state, "undone")))
		return true;
	GROW(j->v, j->n, j->cap);
	j->v[j->n++] = (struct undo_item){ .commit = row->commit, .stage = xstrdup(row->stage) };
	return j->n < UNDO_COMMITS_MAX;
}

/* commit_each gives the newest first, which is the order of undo; redo wants the oldest. */
static void
reverse(struct undo_job *j)
{
	size_t i;

	for (i = 0; i < j->n / 2; i++) {
		struct undo_item x = j->v[i];

		j->v[i] = j->v[j->n - 1 - i];
		j->v[j->n - 1 - i] = x;
	}
}

static void
undo_work(uv_work_t *w)
{
	struct undo_job *j = w->data;

	for (j->done = 0; j->done < j->n; j->done++) {
		struct undo_item *it = &j->v[j->done];
		bool ok = j->what == UNDO ? stage_undo(it->stage, j->keep, &it->result, &j->err)
			: j->what == REDO ? stage_redo(it->stage, j->keep, &it->result, &j->err)
					  : stage_forget(it->stage, &it->freed, &j->err);

		if (!ok)
			return;
	}
}

static void
conflict_sentence(struct undo_job *j)
{
	const struct undo_item *it = &j->v[j->done];
	autofree char *path = NULL, *old = NULL;

	if (!it->result.n_conflicts)
		return;
	path = path_text(it->result.conflicts[0].path);
	old = xstrdup(j->err.text);
	err_set(&j->err, j->err.code, "%s: %s", path, it->result.conflicts[0].why);
	if (it->result.n_conflicts > 1)
		err_set(&j->err, j->err.code, _("%s: %s (and %zu more); nothing was changed"), path,
			it->result.conflicts[0].why, it->result.n_conflicts - 1);
}

static void undo_told(void *user);

static void
tell(struct undo_job *j, const struct undo_item *it, bool last)
{
	autofree char *facts = NULL;
	struct journal_entry e = { .task = j->task, .body = SLICE_LIT("[]"), .has_body = true };

	e.kind = j->what == UNDO ? EV_UNDONE : j->what == REDO ? EV_REDONE : EV_FORGOTTEN;
	if (j->what == FORGET) {
		facts = xasprintf("{\"commit\":%lld,\"bytes\":%llu}", (long long)it->commit,
			(unsigned long long)it->freed);
		e.has_body = false;
	} else {
		facts = xasprintf("{\"commit\":%lld,\"n\":%zu,\"kept\":%zu}", (long long)it->commit,
			it->result.n, it->result.n_conflicts);
	}
	e.facts = slice_of(facts);
	agent_append(j->agent, &e, last ? undo_told : NULL, j);
}

/* The journal knows: now the asker may. */
static void
undo_told(void *user)
{
	struct undo_job *j = user;
	autofree char *sentence = NULL;
	size_t i, files = 0;
	uint64_t freed = 0;
	char text[16];

	for (i = 0; i < j->done; i++) {
		files += j->v[i].result.n;
		freed += j->v[i].freed;
	}
	if (j->done < j->n && j->err.code == ERR_CONFLICT)
		conflict_sentence(j);
	if (j->what == UNDO)
		sentence = xasprintf(ngettext("Undone: %zu change.", "Undone: %zu changes.", files),
			files);
	else if (j->what == REDO)
		sentence = xasprintf(ngettext("Done again: %zu change.", "Done again: %zu changes.",
					     files),
			files);
	else
		sentence = xasprintf(_("Freed %s; this can no longer be undone."),
			str_size(freed, text));
	if (j->fn)
		j->fn(j->user, files, sentence, j->done < j->n ? &j->err : NULL);
	job_free(j);
}

static void
undo_done(uv_work_t *w, int status)
{
	struct undo_job *j = w->data;
	size_t i;

	(void)status;
	for (i = 0; i < j->done; i++)
		tell(j, &j->v[i], i + 1 == j->done);
	if (!j->done)
		undo_told(j);
}

static bool
is_there(void *user, const struct task_row *row)
{
	(void)user;
	(void)row;
	return false;
}

static bool
undo_start(struct agent *a, enum undo_what what, int64_t task, int64_t commit, bool keep,
	agent_undo_fn *done, void *user, struct err *err)
{
	struct undo_job *j = xcalloc(1, sizeof(*j));
	struct collect c = { .job = j, .commit = commit };

	*j = (struct undo_job){ .agent = a, .what = what, .task = task, .keep = keep, .fn = done,
		.user = user };
	if (!journal_task(a->journal, task, is_there, NULL, err)
		|| !commit_each(a->journal, task, collect_commit, &c, err)) {
		job_free(j);
		return false;
	}
	if (!j->n) {
		job_free(j);
		if (c.forgotten)
			return err_set(err, ERR_NOT_FOUND,
				_("what task %lld changed was forgotten and can no longer be undone"),
				(long long)task);
		return err_set(err, ERR_NOT_FOUND,
			what == REDO ? _("task %lld has nothing undone to do again")
				     : _("task %lld has changed nothing that could be undone"),
			(long long)task);
	}
	if (what == REDO)
		reverse(j);
	j->work.data = j;
	uv_queue_work(a->loop, &j->work, undo_work, undo_done);
	return true;
}

bool
agent_undo(struct agent *a, int64_t task, int64_t commit, bool keep, agent_undo_fn *done,
	void *user, struct err *err)
{
	return undo_start(a, UNDO, task, commit, keep, done, user, err);
}

bool
agent_redo(struct agent *a, int64_t task, int64_t commit, bool keep, agent_undo_fn *done,
	void *user, struct err *err)
{
	return undo_start(a, REDO, task, commit, keep, done, user, err);
}

bool
agent_forget(struct agent *a, int64_t task, int64_t commit, agent_undo_fn *done, void *user,
	struct err *err)
{
	return undo_start(a, FORGET, task, commit, false, done, user, err);
}
