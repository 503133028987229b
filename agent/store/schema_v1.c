/* The first shape of the file. */
#include "agent/store/schema_steps.h"

/* Events: the truth. `prev` is the SHA-256 of the row before (chain.c), `body` that of the body.
 * seq counts without gaps, so a missing row shows. `head` holds the hash of the newest row: a
 * change to the last row would show nowhere else. */
static const char events[] =
	"CREATE TABLE event("
	" seq INTEGER PRIMARY KEY, task INTEGER NOT NULL, time INTEGER NOT NULL,"
	" kind TEXT NOT NULL, facts TEXT NOT NULL, body BLOB, prev BLOB NOT NULL);"
	"CREATE INDEX event_task ON event(task);"
	"CREATE INDEX event_kind ON event(kind);"
	"CREATE TABLE body(id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, data BLOB NOT NULL);"
	"CREATE TABLE head(one INTEGER PRIMARY KEY CHECK(one=1), seq INTEGER NOT NULL,"
	" hash BLOB NOT NULL);"
	"CREATE TABLE removed(seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, hash BLOB NOT NULL);"
	"CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN"
	" SELECT RAISE(ABORT,'events are never changed'); END;"
	"CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN"
	" SELECT RAISE(ABORT,'events are never removed'); END;"
	"CREATE TRIGGER body_no_update BEFORE UPDATE ON body BEGIN"
	" SELECT RAISE(ABORT,'bodies are never changed'); END;"
	/* Only tombstone.c writes to `removed`, after its event. */
	"CREATE TRIGGER body_no_delete BEFORE DELETE ON body"
	" WHEN NOT EXISTS(SELECT 1 FROM removed WHERE hash=OLD.hash) BEGIN"
	" SELECT RAISE(ABORT,'a body is removed only by a tombstone'); END;";

/* The search index keeps no text: rowid is the seq, `text` the cut words, `chars` the distinct
 * CJK characters (for queries of one character). `message` joins streamed pieces. */
static const char search[] =
	"CREATE VIRTUAL TABLE search USING fts5(text, chars, content='',"
	" tokenize='porter unicode61');"
	"CREATE TABLE message(first INTEGER PRIMARY KEY, last INTEGER NOT NULL,"
	" task INTEGER NOT NULL, kind TEXT NOT NULL, key INTEGER NOT NULL, doc INTEGER);"
	"CREATE INDEX message_doc ON message(doc) WHERE doc IS NOT NULL;"
	"CREATE INDEX message_open ON message(task) WHERE doc IS NULL;"
	"CREATE INDEX message_task ON message(task);";

/* Projections: folds over events, rebuilt at will. They hold no text of bodies. */
static const char projections[] =
	"CREATE TABLE place(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);"
	"CREATE TABLE model(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
	"CREATE TABLE task("
	" task INTEGER PRIMARY KEY, seq INTEGER NOT NULL, time INTEGER NOT NULL, body INTEGER,"
	" state TEXT NOT NULL, engine TEXT NOT NULL, model INTEGER NOT NULL,"
	" place INTEGER NOT NULL, ended INTEGER NOT NULL DEFAULT 0,"
	" effects INTEGER NOT NULL DEFAULT 0, tokens INTEGER NOT NULL DEFAULT 0,"
	" cost REAL NOT NULL DEFAULT 0);"
	"CREATE INDEX task_state ON task(state);"
	"CREATE INDEX task_engine ON task(engine);"
	"CREATE INDEX task_model ON task(model);"
	"CREATE INDEX task_place ON task(place);"
	"CREATE INDEX task_time ON task(time);"
	"CREATE INDEX task_cost ON task(cost) WHERE cost>0;"
	"CREATE INDEX task_open ON task(task) WHERE ended=0;"
	"CREATE TABLE commits("
	" task INTEGER NOT NULL, number INTEGER NOT NULL, call INTEGER NOT NULL,"
	" time INTEGER NOT NULL, n INTEGER NOT NULL, bytes INTEGER NOT NULL,"
	" stage TEXT NOT NULL, state TEXT NOT NULL, seq INTEGER NOT NULL,"
	" PRIMARY KEY(task, number)) WITHOUT ROWID;"
	"CREATE INDEX commits_seq ON commits(seq);"
	"CREATE TABLE memory("
	" id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, task INTEGER NOT NULL,"
	" time INTEGER NOT NULL, origin TEXT NOT NULL, trust TEXT NOT NULL,"
	" kept INTEGER NOT NULL);"
	"CREATE INDEX memory_seq ON memory(seq);"
	"CREATE VIRTUAL TABLE memory_search USING fts5(text, chars, content='',"
	" tokenize='porter unicode61');"
	"CREATE TABLE usage("
	" seq INTEGER PRIMARY KEY, task INTEGER NOT NULL, time INTEGER NOT NULL,"
	" model TEXT NOT NULL, skill TEXT NOT NULL, input INTEGER NOT NULL,"
	" output INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL,"
	" reasoning INTEGER NOT NULL, cost REAL NOT NULL);"
	"CREATE INDEX usage_task ON usage(task);"
	"CREATE INDEX usage_time ON usage(time);"
	"CREATE TABLE input(one INTEGER PRIMARY KEY CHECK(one=1), seq INTEGER NOT NULL);"
	"CREATE TABLE recipe_stat("
	" skill TEXT NOT NULL, recipe TEXT NOT NULL, outcome TEXT NOT NULL,"
	" n INTEGER NOT NULL, last INTEGER NOT NULL,"
	" PRIMARY KEY(skill, recipe, outcome)) WITHOUT ROWID;"
	"CREATE TABLE reminder("
	" id TEXT PRIMARY KEY, seq INTEGER NOT NULL, task INTEGER NOT NULL,"
	" due INTEGER NOT NULL, done INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE INDEX reminder_due ON reminder(due) WHERE done=0;";

/* Who works on which task now: not history, so not events. */
static const char leases[] =
	"CREATE TABLE lease(task INTEGER PRIMARY KEY, pid INTEGER NOT NULL,"
	" start INTEGER NOT NULL, boot TEXT NOT NULL);";

bool
schema_to_v1(struct db *db, struct err *err)
{
	return db_exec(db, events, err) && db_exec(db, search, err)
		&& db_exec(db, projections, err) && db_exec(db, leases, err);
}
