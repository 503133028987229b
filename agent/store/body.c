/* Reading one body. */
#include "agent/base/utf8.h"
#include "agent/store/body.h"

void
buf_add_cut(struct buf *out, struct slice s)
{
	size_t room = out->max - out->len;

	if (s.n > room) {
		s.n = room;
		s.n -= utf8_partial_tail(s.p, s.n);
	}
	buf_add_slice(out, s);
}

bool
body_of(struct db *db, int64_t seq, struct buf *out, bool *ret_removed, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	rc = stmt_row(&s, db, err,
		"SELECT b.data FROM event e JOIN body b ON b.hash=e.body WHERE e.seq=?1 "
		"AND NOT EXISTS(SELECT 1 FROM removed r WHERE r.seq=?1)",
		"i", seq);
	if (rc < 0)
		return false;
	*ret_removed = rc == 0;
	if (rc)
		buf_add_cut(out, stmt_slice(&s, 0));
	return true;
}
