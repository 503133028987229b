/* The fold in memory lies in `main`, the journal beside it as `j`: names that main has not
 * (event, body, removed) are found there, so the fold's own code runs as it is. */
#include "agent/base/i18n.h"
#include "agent/store/derived.h"
#include "agent/store/project.h"
#include "agent/store/rebuild.h"
#include "agent/store/schema.h"

#define WORDS_EVERY 20000 /* events; then the words of the fold are counted and let go */

struct derived {
	struct db db;
	uint64_t *sums; /* by document: words of the events minus words of the journal's index */
	int64_t n;	/* highest document number */
	int waiting;	/* events since words were counted */
	struct buf *differing;
};

static void
derived_finish(struct derived *d)
{
	free(d->sums);
	db_close(&d->db);
}

static void
differs(struct derived *d, const char *title)
{
	if (d->differing->len)
		buf_add_str(d->differing, ", ");
	buf_add_str(d->differing, title);
}

#define OF_MAIN "SELECT type, name, sql FROM main.sqlite_schema WHERE "
#define OF_J "SELECT type, name, sql FROM j.sqlite_schema WHERE "

/* A person's own tables and indexes do no harm; a trigger might. */
static bool
same_schema(struct derived *d, struct err *err)
{
	int64_t n;

	if (!db_number(&d->db,
		    "SELECT (SELECT count(*) FROM (" OF_MAIN "1 EXCEPT " OF_J "1)) + "
		    "(SELECT count(*) FROM (" OF_J "type='trigger' EXCEPT " OF_MAIN "1))",
		    0, &n, err))
		return false;
	if (n)
		differs(d, _("list of tables and guards"));
	return true;
}

static bool
open_both(struct derived *d, const char *path, struct err *err)
{
	return db_open(&d->db, ":memory:", DB_WRITE, err)
		&& schema_bring(&d->db, path, schema_migrations, schema_n_migrations, err)
		&& db_attach(&d->db, path, "j", err) && same_schema(d, err)
		&& db_exec(&d->db,
			"DROP TABLE event; DROP TABLE body; DROP TABLE head; DROP TABLE removed;"
			"DROP TABLE lease;"
			"CREATE VIRTUAL TABLE temp.main_search USING fts5vocab(main, search, instance);"
			"CREATE VIRTUAL TABLE temp.main_memory_search USING "
			"fts5vocab(main, memory_search, instance);"
			"CREATE VIRTUAL TABLE temp.j_search USING fts5vocab(j, search, instance);"
			"CREATE VIRTUAL TABLE temp.j_memory_search USING "
			"fts5vocab(j, memory_search, instance);"
			"BEGIN",
			err);
}

/* --- words --- */

/* FNV-1a over a word and its place, stirred so that sums of many do not cancel out. */
static uint64_t
word_hash(struct slice term, int64_t place)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)place;
	size_t i;

	for (i = 0; i < term.n; i++)
		h = (h ^ (unsigned char)term.p[i]) * UINT64_C(1099511628211);
	h ^= h >> 32;
	return h * UINT64_C(0x9e3779b97f4a7c15);
}

/* Adds (or takes away) every word of an index. What the index says of documents that cannot be
 * goes to number 0. */
static bool
sum_words(struct derived *d, const char *select, bool add, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	uint64_t h;
	int64_t doc;
	int rc;

	if (!stmt_open_once(&s, &d->db, select, err))
		return false;
	while ((rc = stmt_step(&s, err)) > 0) {
		doc = stmt_i64(&s, 1);
		if (doc < 1 || doc > d->n)
			doc = 0;
		h = word_hash(stmt_slice(&s, 0),
			stmt_i64(&s, 3) * 2 + str_eq(stmt_text(&s, 2), "chars"));
		d->sums[doc] += add ? h : -h;
	}
	return rc == 0;
}

/* The words with their places, and how many each document has. */
#define WORDS_OF(schema, table)                                                                    \
	"SELECT term, doc, col, offset FROM " schema "_" table                                      \
	" UNION ALL SELECT sz, id, '', -1 FROM " schema "." table "_docsize"

static bool
same_words(struct derived *d, const char *title, const char *select, struct err *err)
{
	struct err own = { 0 };
	int64_t i;

	if (!sum_words(d, select, false, &own)) {
		if (own.code != ERR_CORRUPT) {
			if (err)
				*err = own;
			return false;
		}
		differs(d, title);
	} else {
		for (i = 0; i <= d->n && !d->sums[i]; i++)
			;
		if (i <= d->n) {
			differs(d, title);
			if (i)
				buf_printf(d->differing, _(" (event %lld)"), (long long)i);
		}
	}
	memset(d->sums, 0, (size_t)(d->n + 1) * sizeof(*d->sums));
	return true;
}

/* The index in memory is emptied again and again: all of it would be as large as the file. */
static bool
count_words(struct derived *d, struct err *err)
{
	d->waiting = 0;
	return sum_words(d, WORDS_OF("main", "search"), true, err)
		&& db_exec(&d->db, "INSERT INTO main.search(search) VALUES('delete-all')", err);
}

static bool
on_event(void *user, const struct event *ev, struct err *err)
{
	struct derived *d = user;

	(void)ev;
	return ++d->waiting < WORDS_EVERY || count_words(d, err);
}

/* Reading all words does not show whether each can be found; FTS5 can tell, but only where it
 * may write (it writes nothing). */
static bool
finds_words(struct derived *d, const char *path, struct err *err)
{
	struct err own = { 0 };
	struct db db;
	bool ok;

	if (d->differing->len || access(path, W_OK) != 0)
		return true;
	ok = db_open(&db, path, DB_WRITE, &own);
	if (ok) {
		ok = db_exec(&db,
			"INSERT INTO search(search) VALUES('integrity-check');"
			"INSERT INTO memory_search(memory_search) VALUES('integrity-check')",
			&own);
		db_close(&db);
	}
	if (!ok && own.code == ERR_CORRUPT)
		differs(d, _("search index"));
	else if (!ok && err)
		*err = own;
	return ok || own.code == ERR_CORRUPT;
}

/* --- rows --- */

static bool
any_row(struct derived *d, const char *table, const char *from, const char *without, bool *ret,
	struct err *err)
{
	autofree char *sql = xasprintf("SELECT 1 FROM (SELECT * FROM %s.%s EXCEPT "
				       "SELECT * FROM %s.%s) LIMIT 1",
		from, table, without, table);
	autostmt struct stmt s = STMT_INIT;
	int rc;

	if (!stmt_open_once(&s, &d->db, sql, err))
		return false;
	rc = stmt_step(&s, err);
	*ret = rc > 0;
	return rc >= 0;
}

static bool
same_rows(struct derived *d, const char *title, const char *const *tables, struct err *err)
{
	const char *const *t;
	bool more = false, fewer = false;

	for (t = tables; *t && !more && !fewer; t++) {
		if (!any_row(d, *t, "main", "j", &fewer, err)
			|| !any_row(d, *t, "j", "main", &more, err))
			return false;
	}
	if (more || fewer)
		differs(d, title);
	return true;
}

/* Which texts were removed is folded from the tombstones. */
static bool
same_removed(struct derived *d, struct err *err)
{
	int64_t n;

	if (!db_number(&d->db,
		    "SELECT count(*) FROM (SELECT json_extract(facts, '$.of') AS seq FROM event "
		    "WHERE kind='tombstone') AS t FULL JOIN removed r ON r.seq=t.seq "
		    "LEFT JOIN event e ON e.seq=r.seq "
		    "WHERE t.seq IS NULL OR r.seq IS NULL OR e.body IS NOT r.hash",
		    0, &n, err))
		return false;
	if (n)
		differs(d, _("list of removed texts"));
	return true;
}

static bool
compare_all(struct derived *d, struct err *err)
{
	static const char *const pieces[] = { "message", NULL };
	size_t i;

	if (!rebuild_fold(&d->db, on_event, d, err) || !count_words(d, err)
		|| !same_words(d, _("search index"), WORDS_OF("j", "search"), err)
		|| !sum_words(d, WORDS_OF("main", "memory_search"), true, err)
		|| !same_words(d, _("search index of the memory"), WORDS_OF("j", "memory_search"),
			err)
		|| !same_rows(d, _("list of streamed texts"), pieces, err))
		return false;
	for (i = 0; i < n_projections; i++) {
		if (!same_rows(d, _(projections[i]->title), projections[i]->tables, err))
			return false;
	}
	return same_removed(d, err);
}

bool
derived_check(const char *path, struct buf *differing, struct err *err)
{
	autoclean(derived_finish) struct derived d = { .differing = differing };

	if (!open_both(&d, path, err)
		|| !db_number(&d.db, "SELECT max(seq) FROM event", 0, &d.n, err))
		return false;
	d.sums = xcalloc((size_t)d.n + 1, sizeof(*d.sums));
	return compare_all(&d, err) && finds_words(&d, path, err);
}
