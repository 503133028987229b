/* Going through events in order. */
#include "agent/base/buf.h"
#include "agent/base/hash.h"
#include "agent/base/i18n.h"
#include "agent/base/limits.h"
#include "agent/store/body.h"
#include "agent/store/priv.h"
#include "agent/store/read.h"

#define COLUMNS_HEAD "SELECT e.seq, e.task, e.time, e.kind, e.facts, e.body, r.time, "
#define WITH_BODIES COLUMNS_HEAD "CASE WHEN r.seq IS NULL THEN b.data END FROM ("
#define WITHOUT_BODIES COLUMNS_HEAD "NULL FROM ("
#define JOINS ") e LEFT JOIN removed r ON r.seq=e.seq LEFT JOIN body b ON b.hash=e.body ORDER BY e.seq"
#define JOINS_LIGHT ") e LEFT JOIN removed r ON r.seq=e.seq ORDER BY e.seq"

static void
add_bounds(struct buf *sql, const struct journal_range *r)
{
	buf_add_str(sql, " seq>?2");
	if (r->until_seq)
		buf_add_str(sql, " AND seq<=?3");
}

static void
add_kind_name(struct buf *sql, enum event_kind kind)
{
	/* Names come from our own table: letters and underscores. */
	buf_printf(sql, "'%s'", (unsigned)kind < EV_COUNT ? event_kinds[kind].name : "");
}

/* Kinds over all tasks: one ordered walk through the index per kind, merged by SQLite, so that
 * the newest few of a rare kind cost nothing. */
static void
add_kinds(struct buf *sql, const struct journal_range *r)
{
	size_t i;

	for (i = 0; i < r->n_kinds; i++) {
		if (i)
			buf_add_str(sql, " UNION ALL ");
		buf_add_str(sql, "SELECT * FROM event WHERE kind=");
		add_kind_name(sql, r->kinds[i]);
		buf_add_str(sql, " AND");
		add_bounds(sql, r);
	}
}

static void
add_task(struct buf *sql, const struct journal_range *r)
{
	size_t i;

	buf_add_str(sql, "SELECT * FROM event WHERE");
	if (r->task >= 0)
		buf_add_str(sql, " task=?1 AND");
	add_bounds(sql, r);
	for (i = 0; r->kinds && i < r->n_kinds; i++) {
		buf_add_str(sql, i ? "," : " AND kind IN (");
		add_kind_name(sql, r->kinds[i]);
	}
	if (r->kinds && r->n_kinds)
		buf_add_char(sql, ')');
}

static void
build(struct buf *sql, const struct journal_range *r)
{
	const char *order = r->newest_first ? " DESC" : "";

	buf_add_str(sql, r->no_bodies ? WITHOUT_BODIES : WITH_BODIES);
	if (r->task < 0 && r->kinds && r->n_kinds)
		add_kinds(sql, r);
	else
		add_task(sql, r);
	buf_printf(sql, " ORDER BY seq%s", order);
	if (r->limit)
		buf_add_str(sql, " LIMIT ?4");
	buf_printf(sql, "%s%s", r->no_bodies ? JOINS_LIGHT : JOINS, order);
}

static void
read_row(struct stmt *s, struct event *ev)
{
	struct slice hash = stmt_slice(s, 5);

	*ev = (struct event){ .seq = stmt_i64(s, 0), .task = stmt_i64(s, 1), .time = stmt_i64(s, 2) };
	ev->kind_name = stmt_text(s, 3);
	ev->kind = event_kind_of(ev->kind_name);
	ev->facts = stmt_slice(s, 4);
	ev->has_body = !stmt_null(s, 5);
	if (hash.n == HASH_LEN)
		memcpy(ev->body_hash, hash.p, HASH_LEN);
	ev->body_removed = stmt_i64(s, 6);
	ev->body = stmt_slice(s, 7);
}

bool
read_events(struct db *db, const struct journal_range *r, journal_event_fn *fn, void *user,
	struct err *err)
{
	autobuf struct buf sql = BUF_INIT(1u << 16);
	autostmt struct stmt s = STMT_INIT;
	struct event ev;
	int rc;

	if (r->kinds && r->n_kinds > EV_COUNT)
		bug("read_events: %zu kinds", r->n_kinds);
	build(&sql, r);
	if (!stmt_open_once(&s, db, buf_str(&sql), err))
		return false;
	if (r->task >= 0)
		sqlite3_bind_int64(s.st, 1, r->task);
	sqlite3_bind_int64(s.st, 2, r->after_seq);
	if (r->until_seq)
		sqlite3_bind_int64(s.st, 3, r->until_seq);
	if (r->limit)
		sqlite3_bind_int64(s.st, 4, (int64_t)r->limit);
	while ((rc = stmt_step(&s, err)) > 0) {
		read_row(&s, &ev);
		if (!fn(user, &ev))
			return true;
	}
	return rc == 0;
}

bool
journal_each(struct journal *j, const struct journal_range *r, journal_event_fn *fn, void *user,
	struct err *err)
{
	return read_events(journal_reader(j), r, fn, user, err);
}

int64_t
journal_last_seq(struct journal *j)
{
	int64_t seq = 0;

	return db_number(journal_reader(j), "SELECT max(seq) FROM event", 0, &seq, NULL) ? seq : 0;
}

char *
journal_body(struct journal *j, int64_t seq, size_t *ret_len, struct err *err)
{
	autobuf struct buf body = BUF_INIT(LIMIT_BODY);
	bool removed;

	if (!body_of(journal_reader(j), seq, &body, &removed, err) || removed)
		return NULL;
	if (ret_len)
		*ret_len = body.len;
	return buf_steal(&body);
}
