/* Remembered facts. Text stays in the event's body; here are references and the search index. */
#include "agent/base/i18n.h"
#include "agent/store/body.h"
#include "agent/store/priv.h"
#include "agent/store/memory.h"
#include "agent/store/project.h"
#include "agent/store/search_index.h"
#include "agent/store/search_query.h"

#define MEMORY_RANKED 2000 /* ranking looks at so many of the newest matches */

/* The index keeps no text, so what is taken out must be the very text that was put in. */
static bool
index_version(struct db *db, int64_t id, int64_t seq, bool put, struct err *err)
{
	autobuf struct buf text = BUF_INIT(SEARCH_DOC_MAX);
	bool removed;

	if (!body_of(db, seq, &text, &removed, err))
		return false;
	if (removed)
		return true;
	return put ? search_put(db, "memory_search", id, buf_slice(&text), err)
		   : search_drop(db, "memory_search", id, buf_slice(&text), err);
}

struct version {
	bool known, kept;
	int64_t seq;
};

static bool
present(struct db *db, int64_t id, struct version *v, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	*v = (struct version){ 0 };
	rc = stmt_row(&s, db, err, "SELECT seq, kept FROM memory WHERE id=?1", "i", id);
	if (rc > 0)
		*v = (struct version){ true, stmt_i64(&s, 1) != 0, stmt_i64(&s, 0) };
	return rc >= 0;
}

/* Makes the version at seq the present one. */
static bool
set_version(struct db *db, const struct event *ev, const cJSON *facts, int64_t id, int64_t seq,
	struct err *err)
{
	struct version old;

	if (!present(db, id, &old, err))
		return false;
	if (old.kept && !index_version(db, id, old.seq, false, err))
		return false;
	if (!db_run(db, err,
		    "INSERT INTO memory(id, seq, task, time, origin, trust, kept) "
		    "VALUES(?1, ?2, ?3, ?4, ?5, ?6, 1) ON CONFLICT(id) DO UPDATE SET seq=?2, "
		    "task=?3, time=?4, kept=1, origin=CASE WHEN ?5='' THEN origin ELSE ?5 END, "
		    "trust=CASE WHEN ?6='' THEN trust ELSE ?6 END",
		    "iiiiss", id, seq, ev->task, ev->time, json_str(facts, "origin", ""),
		    json_str(facts, "trust", "")))
		return false;
	return index_version(db, id, seq, true, err);
}

static bool
forget(struct db *db, int64_t id, struct err *err)
{
	struct version old;

	if (!present(db, id, &old, err) || !old.kept)
		return !err || err->code == ERR_NONE;
	return index_version(db, id, old.seq, false, err)
		&& db_run(db, err, "UPDATE memory SET kept=0 WHERE id=?1", "i", id);
}

/* The version before the present one, from the events; 0 when there is none. */
static bool
version_before(struct db *db, int64_t id, int64_t seq, int64_t *ret, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	rc = stmt_row(&s, db, err,
		"SELECT seq FROM event WHERE kind='memory' AND seq<?2 AND body IS NOT NULL "
		"AND (seq=?1 OR json_extract(facts, '$.id')=?1) ORDER BY seq DESC LIMIT 1",
		"ii", id, seq);
	*ret = rc > 0 ? stmt_i64(&s, 0) : 0;
	return rc >= 0;
}

/* With a body: that text. Else the version named by `old`, the one that was forgotten, or the
 * one before the present. */
static bool
revert(struct db *db, const struct event *ev, const cJSON *facts, int64_t id, struct err *err)
{
	int64_t to = json_i64(facts, "old", 0);
	struct version now;

	if (ev->has_body)
		return set_version(db, ev, facts, id, ev->seq, err);
	if (!present(db, id, &now, err))
		return false;
	if (!to && now.known && !now.kept)
		to = now.seq;
	if (!to && now.known && !version_before(db, id, now.seq, &to, err))
		return false;
	return to ? set_version(db, ev, facts, id, to, err) : true;
}

/* The tombstone is applied while the body can still be read. */
static bool
on_tombstone(struct db *db, const cJSON *facts, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int64_t id = 0;
	int rc;

	rc = stmt_row(&s, db, err, "SELECT id FROM memory WHERE seq=?1 AND kept=1", "i",
		json_i64(facts, "of", 0));
	if (rc > 0)
		id = stmt_i64(&s, 0);
	return rc > 0 ? forget(db, id, err) : rc == 0;
}

static bool
apply(struct db *db, const struct event *ev, const cJSON *facts, struct err *err)
{
	const char *op = json_str(facts, "op", "");
	int64_t id = json_i64(facts, "id", 0);

	if (ev->kind == EV_TOMBSTONE)
		return on_tombstone(db, facts, err);
	if (str_eq(op, "add"))
		return set_version(db, ev, facts, ev->seq, ev->seq, err);
	if (id <= 0)
		return true;
	if (str_eq(op, "edit"))
		return set_version(db, ev, facts, id, ev->seq, err);
	if (str_eq(op, "forget"))
		return forget(db, id, err);
	return str_eq(op, "revert") ? revert(db, ev, facts, id, err) : true;
}

#define COLUMNS "SELECT m.id, m.time, m.seq, m.task, b.data, m.origin, m.trust FROM memory m "
#define BODIES                                                                                     \
	"JOIN event e ON e.seq=m.seq JOIN body b ON b.hash=e.body "                                \
	"LEFT JOIN removed r ON r.seq=m.seq WHERE m.kept=1 AND r.seq IS NULL "

static bool
each_row(struct stmt *s, memory_fn *fn, void *user, size_t *ret_n, struct err *err)
{
	struct memory_row row;
	int rc;

	while ((rc = stmt_step(s, err)) > 0) {
		/* stmt_text, not a slice: it ends the body with a NUL. */
		row = (struct memory_row){ stmt_i64(s, 0), stmt_i64(s, 1), stmt_i64(s, 2),
			stmt_i64(s, 3), stmt_text(s, 4), stmt_text(s, 5), stmt_text(s, 6) };
		++*ret_n;
		if (!fn(user, &row))
			return true;
	}
	return rc == 0;
}

bool
memory_find(struct journal *j, const char *words, size_t limit, memory_fn *fn, void *user,
	struct err *err)
{
	autobuf struct buf match = BUF_INIT(SEARCH_QUERY_MAX);
	autostmt struct stmt s = STMT_INIT;
	int64_t max = limit ? (int64_t)limit : -1;
	size_t n = 0;

	if (!words || !*words) {
		if (!stmt_open(&s, journal_reader(j),
			    COLUMNS BODIES "ORDER BY m.time DESC, m.id DESC LIMIT ?1", err))
			return false;
		stmt_bind(&s, "i", max);
		return each_row(&s, fn, user, &n, err);
	}
	if (!search_query(&match, words, SEARCH_ANY, err))
		return false;
	if (!match.len)
		return true;
	if (!stmt_open(&s, journal_reader(j),
		    "WITH newest(id) AS MATERIALIZED (SELECT rowid FROM memory_search WHERE "
		    "memory_search MATCH ?1 ORDER BY rowid DESC LIMIT ?2), "
		    "ranked(id, score) AS (SELECT rowid, bm25(memory_search) FROM memory_search "
		    "WHERE memory_search MATCH ?1 AND rowid >= (SELECT min(id) FROM newest)) " COLUMNS
		    "JOIN ranked ON ranked.id=m.id " BODIES
		    "ORDER BY ranked.score, m.time DESC LIMIT ?3",
		    err))
		return false;
	stmt_bind(&s, "tii", buf_slice(&match), (int64_t)MEMORY_RANKED, max);
	return each_row(&s, fn, user, &n, err);
}

bool
memory_count(struct journal *j, int64_t *ret, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	*ret = 0;
	if (!stmt_open(&s, journal_reader(j), "SELECT count(*) FROM memory WHERE kept=1 AND trust!='untrusted'", err))
		return false;
	rc = stmt_step(&s, err);
	if (rc > 0)
		*ret = stmt_i64(&s, 0);
	return rc >= 0;
}

bool
memory_get(struct journal *j, int64_t id, memory_fn *fn, void *user, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	size_t n = 0;

	if (!stmt_open(&s, journal_reader(j), COLUMNS BODIES "AND m.id=?1", err))
		return false;
	stmt_bind(&s, "i", id);
	if (!each_row(&s, fn, user, &n, err))
		return false;
	if (!n)
		return err_set(err, ERR_NOT_FOUND, _("There is no memory with the number %lld."),
			(long long)id);
	return true;
}

static const char *const tables[] = { "memory", NULL };
static const char *const indexes[] = { "memory_search", NULL };

const struct projection project_memory = {
	.name = "memory",
	.title = N_("memory"),
	.tables = tables,
	.indexes = indexes,
	.kinds = { EV_MEMORY, EV_TOMBSTONE },
	.n_kinds = 2,
	.apply = apply,
};
