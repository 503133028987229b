/* All projections and the search index anew from the events, in one transaction. */
#include "agent/base/i18n.h"
#include "agent/store/append.h"
#include "agent/store/priv.h"
#include "agent/store/project.h"
#include "agent/store/read.h"
#include "agent/store/rebuild.h"
#include "agent/store/schema.h"
#include "agent/store/search_index.h"

struct rebuild {
	struct db *db;
	rebuild_each_fn *each;
	void *user;
	struct err *err;
	bool failed;
};

static bool
fold(void *user, const struct event *ev)
{
	struct rebuild *r = user;
	autojson cJSON *facts = NULL;

	if (ev->kind == EV_COUNT)
		return true; /* a newer program's */
	facts = json_parse(ev->facts, r->err);
	r->failed = !facts || !project_event(r->db, ev, facts, r->err)
		|| !search_index_event(r->db, ev, facts, r->err)
		|| (r->each && !r->each(r->user, ev, r->err));
	if (r->failed && r->err) {
		err_wrap(r->err, _("event %lld"), (long long)ev->seq);
		r->err->code = facts ? r->err->code : ERR_CORRUPT;
	}
	return !r->failed;
}

/* Which bodies are gone is itself folded from the tombstones. The hash is that of the row. */
static bool
restore_removed(struct db *db, struct err *err)
{
	return db_exec(db,
		"DELETE FROM removed;"
		"INSERT OR IGNORE INTO removed(seq, time, hash) "
		"SELECT e.seq, t.time, e.body FROM event t JOIN event e "
		"ON e.seq=json_extract(t.facts, '$.of') "
		"WHERE t.kind='tombstone' AND e.body IS NOT NULL",
		err);
}

bool
rebuild_fold(struct db *db, rebuild_each_fn *each, void *user, struct err *err)
{
	struct rebuild r = { .db = db, .each = each, .user = user, .err = err };
	struct journal_range all = { .task = -1 };

	return read_events(db, &all, fold, &r, err) && !r.failed;
}

bool
rebuild_all(struct db *db, struct err *err)
{
	if (!append_begin(db, true, err))
		return false;
	if (schema_mend(db, err) && db_exec(db, "REINDEX", err) && project_clear(db, err) && search_clear(db, err)
		&& restore_removed(db, err) && rebuild_fold(db, NULL, NULL, err)
		&& append_commit(db, err))
		return true;
	append_rollback(db);
	return false;
}

static bool
rebuild_job(struct db *db, void *arg, struct err *err)
{
	(void)arg;
	return rebuild_all(db, err);
}

bool
journal_rebuild(struct journal *j, struct err *err)
{
	return journal_writable(j, err) && writer_call(j->writer, rebuild_job, NULL, err);
}
