/* The tables are made in memory; their pages are the file. */
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/store/fresh.h"
#include "agent/store/schema.h"

/* In the header of an SQLite file: the versions needed to write and to read it; 2 is WAL. */
#define WRITE_VERSION 18
#define READ_VERSION 19
#define WAL 2

static bool
write_pages(struct db *db, const char *path, struct err *err)
{
	sqlite3_int64 n = 0;
	unsigned char *pages = sqlite3_serialize(db->h, "main", &n, 0);
	bool ok;

	if (!pages || n <= READ_VERSION) {
		sqlite3_free(pages);
		return db_fail(db, SQLITE_NOMEM, err);
	}
	pages[WRITE_VERSION] = pages[READ_VERSION] = WAL;
	ok = path_write_new(path, (struct slice){ (const char *)pages, (size_t)n }, 0600, err);
	sqlite3_free(pages);
	return ok;
}

static bool
make(const char *path, struct err *err)
{
	struct db db;
	bool ok;

	if (!db_open(&db, ":memory:", DB_WRITE, err))
		return false;
	ok = schema_bring(&db, path, schema_migrations, schema_n_migrations, err)
		&& write_pages(&db, path, err);
	db_close(&db);
	return ok;
}

/* SQLite would take a write-ahead log that was left behind for the new file's own. */
static bool
no_orphan(const char *path, struct err *err)
{
	autofree char *wal = xasprintf("%s-wal", path);

	/* Looked at again: another program may have made the journal, and its log, meanwhile. */
	if (access(wal, F_OK) != 0 || access(path, F_OK) == 0)
		return true;
	return err_set(err, ERR_CORRUPT,
		_("%s is here without its journal. Bring the journal back beside it, or move it "
		  "away to start a new one."),
		wal);
}

bool
fresh_journal(const char *path, struct err *err)
{
	autofree char *dir = path_dir(path);
	struct err own = { 0 };

	if (access(path, F_OK) == 0)
		return true;
	if (!path_make_dirs(dir, 0700, err) || !no_orphan(path, err))
		return false;
	if (make(path, &own) || own.code == ERR_CONFLICT)
		return true; /* ours, or made by another program a moment ago */
	if (err)
		*err = own;
	return false;
}
