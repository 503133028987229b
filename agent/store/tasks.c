/*
 * The task list with its filters. First the numbers of the wanted tasks through indexes, then
 * their rows. Folders and models are few: their names are matched first.
 */
#include "agent/base/buf.h"
#include "agent/base/i18n.h"
#include "agent/store/priv.h"
#include "agent/store/search_query.h"

#define TASKS_LIMIT 200

#define ROW                                                                                        \
	"SELECT t.task, substr(CASE WHEN r.seq IS NULL THEN b.data END, 1, 400), t.state, "        \
	"t.engine, m.name, p.path, t.time, t.ended, t.effects, t.tokens, t.cost, "                 \
	"(SELECT max(seq) FROM event WHERE task=t.task) FROM task t "                              \
	"LEFT JOIN body b ON b.id=t.body LEFT JOIN removed r ON r.seq=t.seq "                      \
	"LEFT JOIN model m ON m.id=t.model LEFT JOIN place p ON p.id=t.place "

static bool
give_rows(struct stmt *s, journal_task_fn *fn, void *user, size_t *ret_n, bool *ret_more,
	struct err *err)
{
	struct task_row row;
	int rc;

	*ret_more = true;
	while ((rc = stmt_step(s, err)) > 0) {
		row = (struct task_row){ stmt_i64(s, 0), stmt_text(s, 1), stmt_text(s, 2),
			stmt_text(s, 3), stmt_text(s, 4), stmt_text(s, 5), stmt_i64(s, 6),
			stmt_i64(s, 7), stmt_i64(s, 8), stmt_i64(s, 9), stmt_double(s, 10),
			stmt_i64(s, 11) };
		++*ret_n;
		if (!fn(user, &row)) {
			*ret_more = false;
			return true;
		}
	}
	return rc == 0;
}

static bool
is_engine(const char *name)
{
	return str_eq(name, "instinct") || str_eq(name, "model");
}

/* The first string above every string that begins with prefix: for a range in an index. Empty
 * when there is none (all bytes 0xff cannot be in text). */
static char *
above(const char *prefix)
{
	char *s = xstrdup(prefix);
	size_t n = strlen(s);

	if (n)
		s[n - 1]++;
	return s;
}

/* ?1 state, ?2 engine, ?3 and ?4 place, ?5 since, ?6 until, ?7 cost */
static void
add_conditions(struct buf *sql, const struct task_filter *f)
{
	if (f->state)
		buf_add_str(sql, " AND state=?1");
	if (f->engine && is_engine(f->engine))
		buf_add_str(sql, " AND engine=?2");
	else if (f->engine)
		buf_add_str(sql, " AND model IN (SELECT id FROM model WHERE name=?2 OR "
				 "substr(name, -length(?2)-1)='/'||?2 OR "
				 "substr(name, 1, length(?2)+1)=?2||'/')");
	if (f->place && *f->place)
		buf_add_str(sql,
			" AND place IN (SELECT id FROM place WHERE path>=?3 AND path<?4)");
	if (f->since)
		buf_add_str(sql, " AND time>=?5");
	if (f->until)
		buf_add_str(sql, " AND time<?6");
	if (f->min_cost > 0)
		buf_add_str(sql, " AND cost>=?7 AND cost>0");
}

static void
bind_conditions(struct stmt *s, const struct task_filter *f, const char *place_end)
{
	if (f->state)
		sqlite3_bind_text(s->st, 1, f->state, -1, SQLITE_STATIC);
	if (f->engine)
		sqlite3_bind_text(s->st, 2, f->engine, -1, SQLITE_STATIC);
	if (f->place && *f->place) {
		sqlite3_bind_text(s->st, 3, f->place, -1, SQLITE_STATIC);
		sqlite3_bind_text(s->st, 4, place_end, -1, SQLITE_STATIC);
	}
	if (f->since)
		sqlite3_bind_int64(s->st, 5, f->since);
	if (f->until)
		sqlite3_bind_int64(s->st, 6, f->until);
	if (f->min_cost > 0)
		sqlite3_bind_double(s->st, 7, f->min_cost);
}

static bool
list_plain(struct journal *j, const struct task_filter *f, journal_task_fn *fn, void *user,
	struct err *err)
{
	autobuf struct buf sql = BUF_INIT(1u << 14);
	autofree char *place_end = f->place ? above(f->place) : NULL;
	autostmt struct stmt s = STMT_INIT;
	size_t n = 0;
	bool more;

	buf_add_str(&sql, ROW "WHERE t.task IN (SELECT task FROM task WHERE 1");
	add_conditions(&sql, f);
	buf_add_str(&sql, " ORDER BY task DESC LIMIT ?8 OFFSET ?9) ORDER BY t.task DESC");
	if (!stmt_open_once(&s, journal_reader(j), buf_str(&sql), err))
		return false;
	bind_conditions(&s, f, place_end);
	sqlite3_bind_int64(s.st, 8, (int64_t)(f->limit ? f->limit : TASKS_LIMIT));
	sqlite3_bind_int64(s.st, 9, (int64_t)f->offset);
	return give_rows(&s, fn, user, &n, &more, err);
}

/* --- by words: found events, newest first, give their tasks --- */

struct seen {
	int64_t *set; /* open addressing; 0 is free, task 0 has no row anyway */
	size_t n, size;
};

static bool
see(struct seen *s, int64_t task)
{
	size_t i, k;

	if (s->n * 2 >= s->size) {
		struct seen bigger = { xcalloc(s->size ? s->size * 2 : 256, sizeof(int64_t)), 0,
			s->size ? s->size * 2 : 256 };

		for (k = 0; k < s->size; k++) {
			if (s->set[k])
				(void)see(&bigger, s->set[k]);
		}
		free(s->set);
		*s = bigger;
	}
	i = ((uint64_t)task * 0x9e3779b97f4a7c15u) & (s->size - 1);
	for (; s->set[i]; i = (i + 1) & (s->size - 1)) {
		if (s->set[i] == task)
			return false;
	}
	s->set[i] = task;
	s->n++;
	return true;
}

static void
seen_finish(struct seen *s)
{
	free(s->set);
}

static int64_t
task_of(struct db *db, int64_t seq, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;

	if (!stmt_open(&s, db, "SELECT task FROM event INDEXED BY event_seq WHERE seq=?1", err))
		return -1;
	stmt_bind(&s, "i", seq);
	switch (stmt_step(&s, err)) {
	case 1:
		return stmt_i64(&s, 0);
	case 0:
		return 0;
	default:
		return -1;
	}
}

/* Collects the tasks of found events until `want` of them passed the filters. A common word is
 * found often in one task, so each task is looked at once. */
static bool
collect(struct db *db, const struct task_filter *f, struct stmt *hits, size_t want,
	int64_t **ret_v, size_t *ret_n, struct err *err)
{
	autoclean(seen_finish) struct seen seen = { 0 };
	autobuf struct buf sql = BUF_INIT(1u << 14);
	autofree char *place_end = f->place ? above(f->place) : NULL;
	autostmt struct stmt s = STMT_INIT;
	int64_t task, before = 0;
	size_t cap = 0;
	int rc = 0, found;

	buf_add_str(&sql, "SELECT 1 FROM task WHERE task=?8");
	add_conditions(&sql, f);
	if (!stmt_open_once(&s, db, buf_str(&sql), err))
		return false;
	bind_conditions(&s, f, place_end);
	while (*ret_n < want && (rc = stmt_step(hits, err)) > 0) {
		task = task_of(db, stmt_i64(hits, 0), err);
		if (task < 0)
			return false;
		if (!task || task == before || !see(&seen, task))
			continue;
		before = task;
		sqlite3_reset(s.st);
		sqlite3_bind_int64(s.st, 8, task);
		found = stmt_step(&s, err);
		if (found < 0)
			return false;
		if (!found)
			continue;
		GROW(*ret_v, *ret_n, cap);
		(*ret_v)[(*ret_n)++] = task;
	}
	return rc >= 0;
}

static int
newer_first(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x < y) - (x > y);
}

static bool
list_words(struct journal *j, const struct task_filter *f, journal_task_fn *fn, void *user,
	struct err *err)
{
	autobuf struct buf match = BUF_INIT(SEARCH_QUERY_MAX * 2);
	autofree int64_t *tasks = NULL;
	autostmt struct stmt hits = STMT_INIT;
	size_t n = 0, given = 0, i;
	bool more = true;

	if (!search_query(&match, f->words, SEARCH_ALL, err))
		return false;
	if (!match.len)
		return list_plain(j, f, fn, user, err);
	if (!stmt_open(&hits, journal_reader(j),
		    "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid DESC", err))
		return false;
	stmt_bind(&hits, "t", buf_slice(&match));
	if (!collect(journal_reader(j), f, &hits, f->offset + (f->limit ? f->limit : TASKS_LIMIT),
		    &tasks, &n, err))
		return false;
	if (n)
		qsort(tasks, n, sizeof(*tasks), newer_first);
	for (i = f->offset; i < n && more; i++) {
		autostmt struct stmt s = STMT_INIT;

		if (!stmt_open(&s, journal_reader(j), ROW "WHERE t.task=?1", err))
			return false;
		stmt_bind(&s, "i", tasks[i]);
		if (!give_rows(&s, fn, user, &given, &more, err))
			return false;
	}
	return true;
}

bool
journal_tasks(struct journal *j, const struct task_filter *f, journal_task_fn *fn, void *user,
	struct err *err)
{
	return f->words && *f->words ? list_words(j, f, fn, user, err)
				     : list_plain(j, f, fn, user, err);
}

bool
journal_task(struct journal *j, int64_t task, journal_task_fn *fn, void *user, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	size_t n = 0;
	bool more;

	if (!stmt_open(&s, journal_reader(j), ROW "WHERE t.task=?1", err))
		return false;
	stmt_bind(&s, "i", task);
	if (!give_rows(&s, fn, user, &n, &more, err))
		return false;
	if (!n)
		return err_set(err, ERR_NOT_FOUND,
			_("There is no task %lld. `homard history` lists them."), (long long)task);
	return true;
}
