/* What the files of the store share about an open journal. Nobody else includes this. */
#ifndef HOMARD_STORE_PRIV_H
#define HOMARD_STORE_PRIV_H

#include "agent/store/db.h"
#include "agent/store/journal.h"
#include "agent/store/writer.h"

struct watch;

struct journal {
	char *path;
	struct db db; /* the opener's connection: only reads */
	bool read_only;
	uv_loop_t *loop;
	const struct clock *clock;
	bool (*redact)(void *user, struct buf *out, struct slice s);
	void *redact_user;
	struct writer *writer; /* NULL when read only */
	struct watch *watch;
};

/* ERR_USAGE for what a read-only journal cannot do. */
bool journal_writable(struct journal *j, struct err *err) MUST_CHECK;
static inline struct db *
journal_reader(struct journal *j)
{
	return &j->db;
}
/* watch.c */
void watch_stop(struct journal *j);

#endif
