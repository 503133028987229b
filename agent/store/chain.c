/* The canonical bytes of a row, and the newest hash. */
#include "agent/base/i18n.h"
#include "agent/store/chain.h"

static void
add_number(struct hasher *h, uint64_t n, int bytes)
{
	unsigned char b[8];
	int i;

	for (i = 0; i < bytes; i++)
		b[i] = (unsigned char)(n >> (8 * (bytes - 1 - i)));
	hasher_add(h, b, (size_t)bytes);
}

static void
add_text(struct hasher *h, struct slice s)
{
	add_number(h, s.n, 4);
	hasher_add(h, s.p, s.n);
}

void
chain_hash(const struct chain_row *r, unsigned char out[HASH_LEN])
{
	static const char tag[] = "homard-event-1";
	struct hasher *h = hasher_create();

	hasher_add(h, tag, sizeof(tag));
	add_number(h, (uint64_t)r->seq, 8);
	add_number(h, (uint64_t)r->task, 8);
	add_number(h, (uint64_t)r->time, 8);
	add_text(h, r->kind);
	add_text(h, r->facts);
	add_number(h, r->body != NULL, 1);
	if (r->body)
		hasher_add(h, r->body, HASH_LEN);
	hasher_add(h, r->prev, HASH_LEN);
	hasher_finish(h, out);
}

bool
chain_read(struct db *db, struct chain *c, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int64_t last;
	int rc;

	memset(c, 0, sizeof(*c));
	if (!stmt_open(&s, db, "SELECT seq, hash FROM head", err))
		return false;
	rc = stmt_step(&s, err);
	if (rc < 0)
		return false;
	if (rc) {
		if (stmt_slice(&s, 1).n != HASH_LEN)
			return err_set(err, ERR_CORRUPT,
				_("The newest hash of the journal is damaged. Run `homard verify`."));
		c->seq = stmt_i64(&s, 0);
		memcpy(c->hash, stmt_slice(&s, 1).p, HASH_LEN);
	}
	if (!db_number(db, "SELECT max(seq) FROM event", 0, &last, err)
		|| !db_number(db, "SELECT max(task) FROM event", 0, &c->task, err))
		return false;
	/* Going on from a row that is not the last would hide that rows are missing. */
	if (last != c->seq)
		return err_set(err, ERR_CORRUPT,
			_("The journal ends at event %lld but should end at %lld. Nothing was "
			  "written. Run `homard verify`, and bring back a backup."),
			(long long)last, (long long)c->seq);
	return true;
}

bool
chain_write(struct db *db, const struct chain *c, struct err *err)
{
	return db_run(db, err, "INSERT OR REPLACE INTO head(one, seq, hash) VALUES(1, ?1, ?2)", "ib",
		c->seq, ((struct slice){ (const char *)c->hash, HASH_LEN }));
}
