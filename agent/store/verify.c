/*
 * Checking everything: each row against the chain, each body against its hash, each missing body
 * against a tombstone, the newest row against the head; then the file's own structure, and what
 * was made from the events (derived.c). The events are read in one snapshot, through no index.
 */
#include "agent/base/buf.h"
#include "agent/base/hash.h"
#include "agent/base/i18n.h"
#include "agent/base/json.h"
#include "agent/store/chain.h"
#include "agent/store/derived.h"
#include "agent/store/priv.h"

struct numbers {
	int64_t *v;
	size_t n, cap;
};

struct check {
	struct verify_report *r;
	unsigned char expected[HASH_LEN]; /* what the next row's prev must be */
	int64_t last;
	int64_t broken;	       /* the row before a broken link, 0: none */
	struct numbers missing; /* rows whose body is gone, in order */
	struct numbers buried;	/* rows named by tombstones */
};

static void
add_number(struct numbers *v, int64_t n)
{
	GROW(v->v, v->n, v->cap);
	v->v[v->n++] = n;
}

static void
check_finish(struct check *c)
{
	free(c->missing.v);
	free(c->buried.v);
}

static void
bad(struct check *c, int64_t seq, const char *why)
{
	if (c->r->bad_seq && c->r->bad_seq <= seq)
		return;
	c->r->bad_seq = seq;
	snprintf(c->r->why, sizeof(c->r->why), "%.255s", why);
}

/*
 * Row k holds the hash of row k-1. A changed row k-1 breaks one link; a changed hash in row k
 * breaks two (k-1 to k, and k to k+1, since the hash is part of row k). So the verdict waits for
 * the next row.
 */
static void
check_link(struct check *c, const struct chain_row *row, bool prev_ok)
{
	bool fits = prev_ok && memcmp(row->prev, c->expected, HASH_LEN) == 0;

	if (c->broken) {
		bad(c, fits ? c->broken : c->broken + 1,
			_("the row is not what was written: the hash chain breaks here"));
		c->broken = 0;
		return;
	}
	if (fits)
		return;
	if (row->seq == 1)
		bad(c, 1, _("the row is not what was written: the hash chain breaks here"));
	else
		c->broken = row->seq - 1;
}

static void
check_body(struct check *c, struct stmt *s, int64_t seq)
{
	unsigned char hash[HASH_LEN];
	struct slice want = stmt_slice(s, 5), data;

	if (stmt_null(s, 5))
		return;
	c->r->bodies++;
	if (want.n != HASH_LEN) {
		bad(c, seq, _("the hash of its text is damaged"));
	} else if (stmt_null(s, 7)) {
		add_number(&c->missing, seq);
	} else {
		data = stmt_slice(s, 7);
		hash_bytes(data.p, data.n, hash);
		if (memcmp(hash, want.p, HASH_LEN))
			bad(c, seq, _("its text is not what was written"));
	}
}

static void
check_tombstone(struct check *c, const struct chain_row *row)
{
	autojson cJSON *facts = NULL;

	if (!slice_eq_str(row->kind, event_kinds[EV_TOMBSTONE].name))
		return;
	facts = json_parse(row->facts, NULL);
	if (facts)
		add_number(&c->buried, json_i64(facts, "of", 0));
}

static void
check_row(struct check *c, struct stmt *s)
{
	static const unsigned char zero[HASH_LEN];
	struct slice body, prev = stmt_slice(s, 6);
	struct chain_row row = { stmt_i64(s, 0), stmt_i64(s, 1), stmt_i64(s, 2), { 0 }, { 0 },
		NULL, zero };
	bool prev_ok = prev.n == HASH_LEN;

	row.kind = stmt_slice(s, 3);
	row.facts = stmt_slice(s, 4);
	body = stmt_slice(s, 5);
	if (body.n == HASH_LEN)
		row.body = (const unsigned char *)body.p;
	if (prev_ok)
		row.prev = (const unsigned char *)prev.p;
	if (row.seq != c->last + 1)
		bad(c, c->last + 1, _("the event is missing"));
	check_link(c, &row, prev_ok);
	check_body(c, s, row.seq);
	check_tombstone(c, &row);
	chain_hash(&row, c->expected);
	c->last = row.seq;
	c->r->events++;
}

static int
compare_numbers(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
check_missing(struct check *c)
{
	size_t i;

	if (c->buried.n)
		qsort(c->buried.v, c->buried.n, sizeof(int64_t), compare_numbers);
	for (i = 0; i < c->missing.n; i++) {
		if (c->buried.n
			&& bsearch(&c->missing.v[i], c->buried.v, c->buried.n, sizeof(int64_t),
				compare_numbers))
			c->r->removed++;
		else
			bad(c, c->missing.v[i], _("its text is missing and nobody removed it"));
	}
}

static bool
check_head(struct check *c, struct db *db, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	struct slice hash;
	int rc;

	if (!stmt_open(&s, db, "SELECT seq, hash FROM head", err))
		return false;
	rc = stmt_step(&s, err);
	if (rc < 0)
		return false;
	hash = rc ? stmt_slice(&s, 1) : (struct slice){ "", 0 };
	hash_hex(c->expected, c->r->head);
	if (c->broken)
		bad(c, c->broken + 1,
			_("the row is not what was written: the hash chain breaks here"));
	if (rc == 0 && c->last == 0) {
		snprintf(c->r->head, sizeof(c->r->head), "%064d", 0);
		return true;
	}
	if (rc == 0 || stmt_i64(&s, 0) > c->last)
		bad(c, c->last + 1, _("the newest events are missing"));
	else if (hash.n != HASH_LEN || memcmp(hash.p, c->expected, HASH_LEN)
		|| stmt_i64(&s, 0) != c->last)
		bad(c, c->last, _("the newest row is not what was written"));
	return true;
}

/* Only looked at when the events are whole: then everything else can be made anew. */
static bool
check_structure(struct check *c, struct db *db, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	char why[sizeof(c->r->why)];

	if (!stmt_open(&s, db, "PRAGMA integrity_check(1)", err) || stmt_step(&s, err) < 0)
		return false;
	if (str_eq(stmt_text(&s, 0), "ok"))
		return true;
	snprintf(why, sizeof(why), _("the file is damaged beside the events: %s"), stmt_text(&s, 0));
	bad(c, -1, why);
	return true;
}

static bool
check_derived(struct check *c, const char *path, struct err *err)
{
	autobuf struct buf differing = BUF_INIT(4096);
	char why[sizeof(c->r->why)];

	if (!derived_check(path, &differing, err))
		return false;
	if (!differing.len)
		return true;
	snprintf(why, sizeof(why), _("these do not match the events: %s"), buf_str(&differing));
	bad(c, -1, why);
	return true;
}

static bool
check_rows(struct check *c, struct db *db, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	if (!stmt_open(&s, db,
		    "SELECT e.seq, e.task, e.time, e.kind, e.facts, e.body, e.prev, b.data "
		    "FROM event e NOT INDEXED LEFT JOIN body b ON b.hash=e.body ORDER BY e.seq",
		    err))
		return false;
	while ((rc = stmt_step(&s, err)) > 0)
		check_row(c, &s);
	if (rc < 0 && err && err->code == ERR_CORRUPT) {
		bad(c, c->last + 1, _("the file is damaged here and cannot be read"));
		err_clear(err);
		return true;
	}
	if (rc == 0) {
		check_missing(c);
		return check_head(c, db, err);
	}
	return false;
}

static bool
check_all(struct check *c, struct db *db, struct err *err)
{
	bool ok;

	if (!db_exec(db, "BEGIN", err))
		return false;
	ok = check_rows(c, db, err) && (c->r->bad_seq || check_structure(c, db, err));
	if (!db_exec(db, "COMMIT", ok ? err : NULL))
		return false;
	return ok;
}

bool
journal_verify(struct journal *j, struct verify_report *r, struct err *err)
{
	autoclean(check_finish) struct check c = { .r = r };
	struct err own = { 0 };

	memset(r, 0, sizeof(*r));
	if (!check_all(&c, journal_reader(j), &own)
		|| (!r->bad_seq && !check_derived(&c, j->path, &own))) {
		/* A query that no longer fits the tables: their description is damaged. */
		if (own.code == ERR_BUG)
			own.code = ERR_CORRUPT;
		if (own.code == ERR_CORRUPT && !r->bad_seq)
			bad(&c, c.last + 1, own.text);
		if (err)
			*err = own;
		return false;
	}
	if (!r->bad_seq)
		return true;
	if (r->bad_seq < 0)
		return err_set(err, ERR_CORRUPT,
			_("The events are whole, but %s. Run `homard verify --rebuild` to make that "
			  "anew."),
			r->why);
	return err_set(err, ERR_CORRUPT, _("The journal does not verify: event %lld: %s."),
		(long long)r->bad_seq, r->why);
}
