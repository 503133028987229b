/*
 * The one path by which text leaves the journal. In one transaction: the tombstone event, the
 * mark, the search index without the text, and the body itself once every event that shares it
 * is marked. Then the pages are overwritten in the file and in the write-ahead log.
 */
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/store/append.h"
#include "agent/store/priv.h"
#include "agent/store/search_index.h"

struct removal {
	int64_t seq, time;
	const char *by;
	int64_t task;
	unsigned char hash[HASH_LEN];
	struct writer *writer;
};

static bool
find_event(struct db *db, struct removal *m, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	rc = stmt_row(&s, db, err,
		"SELECT e.task, e.body, r.time FROM event e LEFT JOIN removed r ON r.seq=e.seq "
		"WHERE e.seq=?1",
		"i", m->seq);
	if (rc < 0)
		return false;
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND, _("There is no event %lld."), (long long)m->seq);
	if (stmt_slice(&s, 1).n != HASH_LEN)
		return err_set(err, ERR_NOT_FOUND, _("Event %lld has no text to remove."),
			(long long)m->seq);
	if (!stmt_null(&s, 2))
		return err_set(err, ERR_NOT_FOUND, _("The text of event %lld was removed before."),
			(long long)m->seq);
	m->task = stmt_i64(&s, 0);
	memcpy(m->hash, stmt_slice(&s, 1).p, HASH_LEN);
	return true;
}

static bool
append_tombstone(struct db *db, struct removal *m, struct err *err)
{
	autobuf struct buf facts = BUF_INIT(LIMIT_FACTS);
	struct event ev = { .task = m->task, .time = m->time, .kind = EV_TOMBSTONE };
	struct chain c;
	struct jw w;

	jw_init(&w, &facts);
	jw_object(&w, NULL);
	jw_i64(&w, "of", m->seq);
	jw_str(&w, "by", m->by ? m->by : "person");
	jw_end_object(&w);
	ev.facts = buf_slice(&facts);
	if (!chain_read(db, &c, err) || !append_event(db, &c, &ev, err) || !chain_write(db, &c, err))
		return false;
	writer_own(m->writer, ev.seq);
	return true;
}

/* Takes the document out of the index with its old text, puts it back without the body. */
static bool
mark(struct db *db, struct removal *m, struct err *err)
{
	autobuf struct buf before = BUF_INIT(SEARCH_DOC_MAX), after = BUF_INIT(SEARCH_DOC_MAX);
	int64_t doc;

	if (!search_doc_of(db, m->seq, &doc, err)
		|| (doc && !search_doc_text(db, doc, &before, err)))
		return false;
	if (!db_run(db, err, "INSERT INTO removed(seq, time, hash) VALUES(?1, ?2, ?3)", "iib", m->seq,
		    m->time, ((struct slice){ (const char *)m->hash, HASH_LEN })))
		return false;
	if (before.len && !search_drop(db, "search", doc, buf_slice(&before), err))
		return false;
	if (doc && !search_doc_text(db, doc, &after, err))
		return false;
	return after.len ? search_put(db, "search", doc, buf_slice(&after), err) : true;
}

/* Goes through all events: rare enough to do without an index over hashes. */
static bool
drop_body(struct db *db, struct removal *m, struct err *err)
{
	struct slice hash = { (const char *)m->hash, HASH_LEN };
	autostmt struct stmt s = STMT_INIT;
	int rc;

	rc = stmt_row(&s, db, err,
		"SELECT 1 FROM event e WHERE e.body=?1 AND NOT EXISTS(SELECT 1 FROM removed r "
		"WHERE r.seq=e.seq) LIMIT 1",
		"b", hash);
	if (rc)
		return rc > 0; /* another event still shows the same text */
	return db_run(db, err, "DELETE FROM body WHERE hash=?1", "b", hash);
}

/* Deleted words stay in old pages of the index until those are merged: do it now, in one piece,
 * so that the text is really gone from the file. */
static bool
clean_up(struct db *db, struct err *err)
{
	return db_exec(db, "INSERT INTO search(search) VALUES('optimize')", err);
}

static bool
remove_job(struct db *db, void *arg, struct err *err)
{
	struct removal *m = arg;
	bool ok;

	if (!db_exec(db, "PRAGMA secure_delete=ON", err) || !append_begin(db, true, err))
		return false;
	ok = find_event(db, m, err) && append_tombstone(db, m, err) && mark(db, m, err)
		&& drop_body(db, m, err) && clean_up(db, err) && append_commit(db, err);
	if (!ok)
		append_rollback(db);
	else /* the log still holds the old pages; another reader may keep it, then the next one does */
		sqlite3_wal_checkpoint_v2(db->h, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	sqlite3_exec(db->h, "PRAGMA secure_delete=OFF", NULL, NULL, NULL);
	return ok;
}

bool
journal_remove_body(struct journal *j, int64_t seq, const char *by, struct err *err)
{
	struct removal m = { .seq = seq, .time = clock_wall(j->clock), .by = by, .writer = j->writer };

	return journal_writable(j, err) && writer_call(j->writer, remove_job, &m, err);
}
