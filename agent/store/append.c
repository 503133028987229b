/* Rows, bodies, and what hangs on them, in one transaction. */
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/store/append.h"
#include "agent/store/journal.h"
#include "agent/store/lease.h"
#include "agent/store/project.h"
#include "agent/store/schema.h"
#include "agent/store/search_index.h"

bool
append_begin(struct db *db, bool durable, struct err *err)
{
	int64_t version;

	/* Outside a transaction only. */
	if (!db_exec(db, durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", err)
		|| !db_run(db, err, "BEGIN IMMEDIATE", ""))
		return false;
	if (db_number(db, "PRAGMA user_version", 0, &version, err)
		&& schema_check((int)version, JOURNAL_SCHEMA, err))
		return true;
	append_rollback(db);
	return false;
}

bool
append_commit(struct db *db, struct err *err)
{
	return db_run(db, err, "COMMIT", "");
}

void
append_rollback(struct db *db)
{
	/* After some errors (a full disk) SQLite has rolled back already. */
	if (!sqlite3_get_autocommit(db->h))
		sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
}

static bool
put_body(struct db *db, struct event *ev, struct err *err)
{
	struct slice hash = { (const char *)ev->body_hash, HASH_LEN };

	hash_bytes(ev->body.p, ev->body.n, ev->body_hash);
	return db_run(db, err,
		"INSERT INTO body(hash, data) VALUES(?1, ?2) ON CONFLICT(hash) DO NOTHING", "bb",
		hash, ev->body);
}

static bool
put_row(struct db *db, struct chain *c, struct event *ev, struct err *err)
{
	struct slice hash = { (const char *)ev->body_hash, HASH_LEN };
	struct slice prev = { (const char *)c->hash, HASH_LEN };
	struct chain_row row = { ev->seq, ev->task, ev->time, slice_of(ev->kind_name), ev->facts,
		ev->has_body ? ev->body_hash : NULL, c->hash };
	unsigned char next[HASH_LEN];

	if (!db_run(db, err,
		    "INSERT INTO event(seq, task, time, kind, facts, body, prev) "
		    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		    ev->has_body ? "iiistbb" : "iiistnb", ev->seq, ev->task, ev->time,
		    ev->kind_name, ev->facts, ev->has_body ? hash : prev, prev))
		return false;
	chain_hash(&row, next);
	memcpy(c->hash, next, HASH_LEN);
	c->seq = ev->seq;
	return true;
}

static cJSON *
read_facts(struct event *ev, struct err *err)
{
	cJSON *facts;

	if (ev->facts.n == 0)
		ev->facts = SLICE_LIT("{}");
	if (ev->facts.n > LIMIT_FACTS || ev->body.n > LIMIT_BODY) {
		err_set(err, ERR_LIMIT,
			_("An event of kind %s is too large for the journal (%zu bytes)."),
			event_kinds[ev->kind].name, ev->facts.n + ev->body.n);
		return NULL;
	}
	facts = json_parse(ev->facts, err);
	if (facts && !cJSON_IsObject(facts)) {
		cJSON_Delete(facts);
		facts = NULL;
		err_set(err, ERR_BUG, _("The facts of an event must be an object."));
	}
	return facts;
}

bool
append_event(struct db *db, struct chain *c, struct event *ev, struct err *err)
{
	autojson cJSON *facts = NULL;
	bool fresh = ev->task == JOURNAL_NEW_TASK;

	if ((unsigned)ev->kind >= EV_COUNT)
		return err_set(err, ERR_BUG, _("An event has no kind."));
	facts = read_facts(ev, err);
	if (!facts)
		return false;
	ev->kind_name = event_kinds[ev->kind].name;
	ev->seq = c->seq + 1;
	if (fresh)
		ev->task = c->task + 1;
	c->task = MAX_OF(c->task, ev->task);
	if (ev->has_body && !put_body(db, ev, err))
		return false;
	/* Who asks also works on it: otherwise another start could take the task for an
	 * interrupted one before lease_take(). */
	if (fresh && !lease_put(db, ev->task, err))
		return false;
	return put_row(db, c, ev, err) && project_event(db, ev, facts, err)
		&& search_index_event(db, ev, facts, err);
}
