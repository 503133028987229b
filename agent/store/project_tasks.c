/* The task list: one row a task. */
#include "agent/base/i18n.h"
#include "agent/store/project.h"

static bool
is_end(const char *state)
{
	return str_eq(state, "done") || str_eq(state, "failed") || str_eq(state, "stopped");
}

/* Few folders and models, many tasks: both are named once, so that a filter first finds the few
 * names and then the tasks through an index. */
static bool
name_id(struct db *db, const char *insert, const char *select, const char *name, int64_t *ret,
	struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	if (!stmt_open(&s, db, select, err))
		return false;
	stmt_bind(&s, "s", name);
	rc = stmt_step(&s, err);
	if (rc < 0)
		return false;
	if (rc) {
		*ret = stmt_i64(&s, 0);
		return true;
	}
	if (!db_run(db, err, insert, "s", name))
		return false;
	*ret = sqlite3_last_insert_rowid(db->h);
	return true;
}

static bool
model_id(struct db *db, const char *name, int64_t *ret, struct err *err)
{
	return name_id(db, "INSERT INTO model(name) VALUES(?1)",
		"SELECT id FROM model WHERE name=?1", name, ret, err);
}

static bool
on_request(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	struct slice hash = { (const char *)ev->body_hash, sizeof(ev->body_hash) };
	int64_t place, model;

	if (!name_id(db, "INSERT INTO place(path) VALUES(?1)",
		    "SELECT id FROM place WHERE path=?1", json_str(facts, "cwd", ""), &place, err)
		|| !model_id(db, json_str(facts, "model", ""), &model, err))
		return false;
	/* A task has one request; a second one under the same number changes nothing. */
	return db_run(db, err,
		"INSERT INTO task(task, seq, time, body, state, engine, model, place) "
		"VALUES(?1, ?2, ?3, CASE WHEN ?4 THEN (SELECT id FROM body WHERE hash=?5) END, "
		"'thinking', ?6, ?7, ?8) ON CONFLICT(task) DO NOTHING",
		"iiiibsii", ev->task, ev->seq, ev->time, (int64_t)ev->has_body, hash,
		json_str(facts, "engine", ""), model, place);
}

static bool
on_state(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	const char *state = json_str(facts, "state", "");

	return db_run(db, err, "UPDATE task SET state=?2, ended=?3 WHERE task=?1", "isi", ev->task,
		state, is_end(state) ? ev->time : (int64_t)0);
}

static bool
on_engine(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	int64_t model;

	if (!model_id(db, json_str(facts, "model", ""), &model, err))
		return false;
	return db_run(db, err, "UPDATE task SET engine=?2, model=?3 WHERE task=?1", "isi", ev->task,
		json_str(facts, "engine", ""), model);
}

static bool
on_usage(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	return db_run(db, err, "UPDATE task SET tokens=tokens+?2, cost=cost+?3 WHERE task=?1", "iid",
		ev->task, json_i64(facts, "input", 0) + json_i64(facts, "output", 0),
		json_num(facts, "cost", 0));
}

/* What counts is what is in place now. A commit that is in that state already (two programs
 * found the same one after a crash) counts once; so this runs before project_commits. */
static bool
add_effects(struct db *db, const struct event *ev, const cJSON *facts, int64_t n,
	const char *state, struct err *err)
{
	return db_run(db, err,
		"UPDATE task SET effects=max(0, effects+?2) WHERE task=?1 AND NOT EXISTS("
		"SELECT 1 FROM commits WHERE task=?1 AND number=?3 AND state=?4)",
		"iiis", ev->task, n, json_i64(facts, "commit", 0), state);
}

/* The body may go with it; a number that stayed would one day be another text's. */
static bool
on_tombstone(struct db *db, const cJSON *facts, struct err *err)
{
	return db_run(db, err, "UPDATE task SET body=NULL WHERE seq=?1", "i",
		json_i64(facts, "of", 0));
}

static bool
apply(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	switch ((int)ev->kind) {
	case EV_REQUEST:
		return on_request(db, ev, facts, err);
	case EV_STATE:
		return on_state(db, ev, facts, err);
	case EV_ENGINE:
		return on_engine(db, ev, facts, err);
	case EV_USAGE:
		return on_usage(db, ev, facts, err);
	case EV_TOMBSTONE:
		return on_tombstone(db, facts, err);
	case EV_UNDONE:
		return add_effects(db, ev, facts, -json_i64(facts, "n", 0), "undone", err);
	default:
		return add_effects(db, ev, facts, json_i64(facts, "n", 0), "done", err);
	}
}

static const char *const tables[] = { "task", "place", "model", NULL };

const struct projection project_tasks = {
	.name = "tasks",
	.title = N_("task list"),
	.tables = tables,
	.kinds = { EV_REQUEST, EV_STATE, EV_ENGINE, EV_USAGE, EV_COMMIT_DONE, EV_UNDONE,
		EV_REDONE, EV_TOMBSTONE },
	.n_kinds = 8,
	.apply = apply,
};
