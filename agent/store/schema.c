/* Steps from one schema to the next, with a copy of the old file before the first of them. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#define LOG_MODULE "store"
#include "agent/base/i18n.h"
#include "agent/base/log.h"
#include "agent/store/append.h"
#include "agent/store/copy.h"
#include "agent/store/lease.h"
#include "agent/store/schema.h"
#include "agent/store/schema_steps.h"

const struct migration schema_migrations[] = {
	{ 1, "events, search, projections, leases", schema_to_v1 },
	{ 2, "an index from events to their tasks", schema_to_v2 },
};
const size_t schema_n_migrations = ARRAY_LEN(schema_migrations);

bool
schema_version(struct db *db, int *ret, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;

	/* One statement sees one moment: another program may be making the tables just now. */
	if (!stmt_open_once(&s, db,
		    "SELECT (SELECT count(*) FROM sqlite_schema), "
		    "(SELECT user_version FROM pragma_user_version), "
		    "(SELECT application_id FROM pragma_application_id)",
		    err)
		|| stmt_step(&s, err) < 0)
		return false;
	if (stmt_i64(&s, 2) != SCHEMA_APPLICATION
		&& (stmt_i64(&s, 0) || stmt_i64(&s, 1) || stmt_i64(&s, 2)))
		return err_set(err, ERR_CORRUPT,
			_("This file is not a Homard journal. Name another file or move "
			  "it away."));
	*ret = (int)stmt_i64(&s, 1);
	return true;
}

bool
schema_check(int version, int newest, struct err *err)
{
	if (version <= newest)
		return true;
	return err_set(err, ERR_USAGE,
		_("A newer Homard has changed the journal (its number is %d, this program knows "
		  "%d). Nothing was written. Start the newer program, or install it."),
		version, newest);
}

/* Waits until no other living process holds a lease. A process that ends wakes the poll; one
 * that only gives its lease back is seen within a tenth of a second. */
static bool
wait_for_leases(struct db *db, struct err *err)
{
	int64_t pid = 0, task = 0, exists;
	int left = SCHEMA_WAIT_MS;
	struct pollfd p;

	if (!db_number(db, "SELECT count(*) FROM sqlite_schema WHERE name='lease'", 0, &exists, err))
		return false;
	if (!exists)
		return true;
	for (;;) {
		if (!lease_other(db, &pid, &task, err))
			return false;
		if (!pid)
			return true;
		if (left <= 0)
			return err_set(err, ERR_CONFLICT,
				_("Another Homard (process %lld) is working on task %lld. The "
				  "journal must be brought up to date: let it finish or close "
				  "it, then start again."),
				(long long)pid, (long long)task);
		p = (struct pollfd){ .fd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0),
			.events = POLLIN };
		poll(&p, 1, 100);
		if (p.fd >= 0)
			close(p.fd);
		left -= 100;
	}
}

/* journal.db.v3 beside journal.db; of those the newest SCHEMA_OLD_FILES stay. */
static bool
keep_old_file(struct db *db, const char *path, int version, struct err *err)
{
	autofree char *kept = xasprintf("%s.v%d", path, version);
	int v;

	if (access(kept, F_OK) != 0 && !copy_database(db, kept, err))
		return err_wrap(err, _("The old journal could not be kept"));
	log_info("journal of schema %d kept as %s", version, kept);
	for (v = version - 1; v > 0; v--) {
		autofree char *older = xasprintf("%s.v%d", path, v);

		if (version - v >= SCHEMA_OLD_FILES && unlink(older) == 0)
			log_info("removed the old journal %s: the last %d are kept", older,
				SCHEMA_OLD_FILES);
	}
	return true;
}

static bool
run_steps(struct db *db, int from, const struct migration *list, size_t n, struct err *err)
{
	autofree char *mark = NULL;
	size_t i;

	for (i = 0; i < n; i++) {
		if (list[i].to <= from)
			continue;
		log_info("journal schema %d: %s", list[i].to, list[i].what);
		if (!list[i].run(db, err))
			return false;
	}
	mark = xasprintf("PRAGMA application_id=%d;PRAGMA user_version=%d", SCHEMA_APPLICATION,
		list[n - 1].to);
	return db_exec(db, mark, err);
}

bool
schema_bring(struct db *db, const char *path, const struct migration *list, size_t n,
	struct err *err)
{
	int before, version;

	if (!schema_version(db, &before, err) || !schema_check(before, list[n - 1].to, err))
		return false;
	if (before == list[n - 1].to)
		return true;
	if (before > 0 && (!wait_for_leases(db, err) || !keep_old_file(db, path, before, err)))
		return false;
	if (!db_exec(db, "PRAGMA synchronous=FULL;BEGIN IMMEDIATE", err))
		return false;
	/* Two programs may have started together: look again now that we hold the lock. */
	if (schema_version(db, &version, err) && schema_check(version, list[n - 1].to, err)
		&& run_steps(db, version, list, n, err) && db_exec(db, "COMMIT", err))
		return true;
	append_rollback(db);
	return false;
}

/* True when db has just this index or trigger. */
static bool
has_item(struct db *db, const char *name, const char *sql, bool *ret, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	rc = stmt_row(&s, db, err, "SELECT 1 FROM sqlite_schema WHERE name=?1 AND sql=?2", "ss",
		name, sql);
	*ret = rc > 0;
	return rc >= 0;
}

static bool
mend_item(struct db *db, const char *type, const char *name, const char *sql, struct err *err)
{
	autofree char *drop = xasprintf("DROP %s IF EXISTS \"%s\"", type, name);
	bool has;

	if (!has_item(db, name, sql, &has, err))
		return false;
	return has || (db_exec(db, drop, err) && db_exec(db, sql, err));
}

/* As SQL that drops them: they can only go when nothing reads the list any more. Owned. */
static char *
list_triggers(struct db *db, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;

	if (!stmt_open(&s, db,
		    "SELECT group_concat(printf('DROP TRIGGER \"%w\";', name), '') "
		    "FROM sqlite_schema WHERE type='trigger'",
		    err)
		|| stmt_step(&s, err) < 0)
		return NULL;
	return xstrdup(stmt_text(&s, 0));
}

static bool
mend_items(struct db *db, struct db *right, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	if (!stmt_open(&s, right,
		    "SELECT type, name, sql FROM sqlite_schema "
		    "WHERE type IN ('index', 'trigger') AND sql IS NOT NULL",
		    err))
		return false;
	while ((rc = stmt_step(&s, err)) > 0) {
		if (!mend_item(db, stmt_text(&s, 0), stmt_text(&s, 1), stmt_text(&s, 2), err))
			return false;
	}
	return rc == 0;
}

bool
schema_mend(struct db *db, struct err *err)
{
	autofree char *triggers = list_triggers(db, err);
	struct db right;
	bool ok;

	if (!triggers || !db_open(&right, ":memory:", DB_WRITE, err))
		return false;
	ok = schema_bring(&right, "", schema_migrations, schema_n_migrations, err)
		&& db_exec(db, triggers, err) && mend_items(db, &right, err);
	db_close(&right);
	return ok;
}
