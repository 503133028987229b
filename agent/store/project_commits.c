/* Commits and what became of them. */
#include "agent/base/i18n.h"
#include "agent/store/priv.h"
#include "agent/store/project.h"
#include "agent/store/undo_index.h"

static bool
on_begun(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	return db_run(db, err,
		"INSERT INTO commits(task, number, call, time, n, bytes, stage, state, seq) "
		"VALUES(?1, ?2, ?3, ?4, ?5, 0, ?6, 'begun', ?7) "
		"ON CONFLICT(task, number) DO UPDATE SET state='begun', time=?4, n=?5, stage=?6",
		"iiiiisi", ev->task, json_i64(facts, "commit", 0), json_i64(facts, "call", 0),
		ev->time, json_i64(facts, "n", 0), json_str(facts, "stage", ""), ev->seq);
}

/* Recovery may append the end of a commit whose beginning is all the index knows, or (after a
 * lost journal tail) not even that. */
static bool
on_done(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	return db_run(db, err,
		"INSERT INTO commits(task, number, call, time, n, bytes, stage, state, seq) "
		"VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 'done', ?8) "
		"ON CONFLICT(task, number) DO UPDATE SET state='done', time=?4, n=?5, bytes=?6, "
		"stage=CASE WHEN ?7='' THEN stage ELSE ?7 END",
		"iiiiiisi", ev->task, json_i64(facts, "commit", 0), json_i64(facts, "call", 0),
		ev->time, json_i64(facts, "n", 0), json_i64(facts, "bytes", 0),
		json_str(facts, "stage", ""), ev->seq);
}

static bool
set_state(struct db *db, const struct event *ev, const cJSON *facts, const char *state,
	struct err *err)
{
	return db_run(db, err, "UPDATE commits SET state=?3 WHERE task=?1 AND number=?2", "iis",
		ev->task, json_i64(facts, "commit", 0), state);
}

static bool
apply(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	switch ((int)ev->kind) {
	case EV_COMMIT_BEGUN:
		return on_begun(db, ev, facts, err);
	case EV_COMMIT_DONE:
		return on_done(db, ev, facts, err);
	case EV_COMMIT_FAILED:
		return set_state(db, ev, facts, "failed", err);
	case EV_UNDONE:
		return set_state(db, ev, facts, "undone", err);
	case EV_REDONE:
		return set_state(db, ev, facts, "done", err);
	default:
		return set_state(db, ev, facts, "forgotten", err);
	}
}

bool
commit_each(struct journal *j, int64_t task, commit_fn *fn, void *user, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	struct commit_row row;
	int rc;

	if (!stmt_open(&s, journal_reader(j),
		    task < 0 ? "SELECT task, number, call, time, n, bytes, stage, state "
			       "FROM commits ORDER BY seq DESC"
			     : "SELECT task, number, call, time, n, bytes, stage, state "
			       "FROM commits WHERE task=?1 ORDER BY number DESC",
		    err))
		return false;
	if (task >= 0)
		stmt_bind(&s, "i", task);
	while ((rc = stmt_step(&s, err)) > 0) {
		row = (struct commit_row){ stmt_i64(&s, 0), stmt_i64(&s, 1), stmt_i64(&s, 2),
			stmt_i64(&s, 3), stmt_i64(&s, 4), stmt_i64(&s, 5), stmt_text(&s, 6),
			stmt_text(&s, 7) };
		if (!fn(user, &row))
			return true;
	}
	return rc == 0;
}

static const char *const tables[] = { "commits", NULL };

const struct projection project_commits = {
	.name = "commits",
	.title = N_("list of commits"),
	.tables = tables,
	.kinds = { EV_COMMIT_BEGUN, EV_COMMIT_DONE, EV_COMMIT_FAILED, EV_UNDONE, EV_REDONE,
		EV_FORGOTTEN },
	.n_kinds = 6,
	.apply = apply,
};
