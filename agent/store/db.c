/* The connection, its statements, and SQLite's results as sentences. */
#include <errno.h>
#include <stdarg.h>
#include "agent/base/i18n.h"
#include "agent/store/db.h"

/* Disk full in all its disguises: SQLite reports a short write as FULL, a quota as IOERR. */
static bool
is_full(struct db *db, int rc)
{
	int sys = db->h ? sqlite3_system_errno(db->h) : 0;

	if ((rc & 0xff) == SQLITE_FULL)
		return true;
	return (rc & 0xff) == SQLITE_IOERR && (sys == ENOSPC || sys == EDQUOT);
}

static bool
fail_as(struct err *err, enum err_code code, int sys, const char *text)
{
	err_set(err, code, "%s", text);
	if (err)
		err->sys = sys;
	return false;
}

/* We store only JSON that was parsed before: JSON that SQLite cannot read is damage. */
static bool
is_damaged(int rc, const char *msg)
{
	return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB
		|| (rc == SQLITE_ERROR && str_eq(msg, "malformed JSON"));
}

bool
db_fail(struct db *db, int rc, struct err *err)
{
	const char *msg = db->h ? sqlite3_errmsg(db->h) : sqlite3_errstr(rc);

	if (is_damaged(rc, msg))
		return err_set(err, ERR_CORRUPT,
			_("The journal file is damaged (%s). `homard verify` names what it can. "
			  "Keep a copy of the file and put a backup in its place."),
			msg);
	if (is_full(db, rc))
		return fail_as(err, ERR_IO, ENOSPC,
			_("The disk is full, so nothing was written to the journal. Free some "
			  "space and try again."));
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail_as(err, ERR_IO, EBUSY,
			_("Another program keeps the journal busy. Close it and try again."));
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return fail_as(err, ERR_IO, EACCES,
			_("The journal cannot be written. Make the file and its folder writable "
			  "for you (chmod u+w) and try again."));
	case SQLITE_CANTOPEN:
		return fail_as(err, ERR_IO, EACCES,
			_("The journal cannot be opened. Check that the file and its folder are "
			  "yours and can be read."));
	case SQLITE_IOERR:
		return err_sys(err, db->h ? sqlite3_system_errno(db->h) : EIO,
			_("The journal could not be read or written"));
	default:
		return err_set(err, ERR_BUG, _("The journal refused a query: %s"), msg);
	}
}

static bool
set_up(struct db *db, enum db_mode mode, struct err *err)
{
	sqlite3_busy_timeout(db->h, DB_BUSY_MS);
	sqlite3_extended_result_codes(db->h, 1);
	sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->h, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return db_exec(db,
		mode == DB_READ ? "PRAGMA query_only=1;PRAGMA temp_store=2;PRAGMA mmap_size=0"
				: "PRAGMA temp_store=2;PRAGMA mmap_size=0;"
				  "PRAGMA journal_size_limit=16777216",
		err);
}

/* The path as an SQLite URI: a person's path may hold ? and %. */
static char *
uri_of(const char *path, const char *options)
{
	char *uri = xmalloc(strlen(path) * 3 + strlen(options) + 8), *w = uri;
	const char *r;

	w += sprintf(w, "file:");
	for (r = path; *r; r++) {
		if (*r == '?' || *r == '%' || *r == '#')
			w += sprintf(w, "%%%02X", (unsigned char)*r);
		else
			*w++ = *r;
	}
	strcpy(w, options);
	return uri;
}

static int
try_open(struct db *db, const char *path, int flags, const char *options)
{
	autofree char *uri = uri_of(path, options);
	sqlite3_stmt *st = NULL;
	int rc;

	rc = sqlite3_open_v2(
		uri, &db->h, flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
	if (rc)
		return rc;
	sqlite3_extended_result_codes(db->h, 1);
	sqlite3_busy_timeout(db->h, DB_BUSY_MS);
	/* Opening touches nothing; the first read shows whether the file can be used. */
	rc = sqlite3_prepare_v2(db->h, "PRAGMA schema_version", -1, &st, NULL);
	if (!rc) {
		rc = sqlite3_step(st);
		rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
	}
	sqlite3_finalize(st);
	return rc;
}

/* Without rights in the folder the shared-memory file of WAL cannot be made. When no -wal lies
 * beside the file it is complete by itself and may be read as it is. */
static bool
no_wal(const char *path)
{
	autofree char *wal = xasprintf("%s-wal", path);

	return access(wal, F_OK) != 0;
}

bool
db_open(struct db *db, const char *path, enum db_mode mode, struct err *err)
{
	int rc = SQLITE_CANTOPEN;

	memset(db, 0, sizeof(*db));
	if (mode == DB_WRITE || access(path, W_OK) == 0)
		rc = try_open(db, path, SQLITE_OPEN_READWRITE, "");
	if (mode == DB_READ && ((rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_READONLY)) {
		sqlite3_close(db->h);
		rc = try_open(db, path, SQLITE_OPEN_READONLY, "");
		if (((rc & 0xff) == SQLITE_CANTOPEN || (rc & 0xff) == SQLITE_READONLY) && no_wal(path)) {
			sqlite3_close(db->h);
			rc = try_open(db, path, SQLITE_OPEN_READONLY, "?immutable=1");
		}
	}
	if (rc) {
		db_fail(db, rc, err);
		db_close(db);
		return false;
	}
	if (mode == DB_WRITE && sqlite3_db_readonly(db->h, "main") == 1) {
		db_fail(db, SQLITE_READONLY, err);
		db_close(db);
		return false;
	}
	if (!set_up(db, mode, err)) {
		db_close(db);
		return false;
	}
	return true;
}

static int
try_attach(struct db *db, const char *path, const char *options, const char *as)
{
	autofree char *uri = uri_of(path, options);
	char *sql = sqlite3_mprintf("ATTACH %Q AS %Q", uri, as);
	int rc = sqlite3_exec(db->h, sql, NULL, NULL, NULL);

	sqlite3_free(sql);
	return rc;
}

bool
db_attach(struct db *db, const char *path, const char *as, struct err *err)
{
	int rc = try_attach(db, path, "?mode=ro", as);

	if (rc && no_wal(path))
		rc = try_attach(db, path, "?immutable=1", as);
	return rc ? db_fail(db, rc, err) : true;
}

void
db_close(struct db *db)
{
	size_t i;

	for (i = 0; i < db->n_slots; i++)
		sqlite3_finalize(db->slots[i].st);
	db->n_slots = 0;
	sqlite3_close_v2(db->h);
	db->h = NULL;
}

bool
db_exec(struct db *db, const char *sql, struct err *err)
{
	int rc = sqlite3_exec(db->h, sql, NULL, NULL, NULL);

	return rc ? db_fail(db, rc, err) : true;
}

static bool
is_wal(struct db *db)
{
	autostmt struct stmt s = STMT_INIT;

	return stmt_open_once(&s, db, "PRAGMA journal_mode", NULL) && stmt_step(&s, NULL) > 0
		&& str_eq(stmt_text(&s, 0), "wal");
}

/* The change asks no busy handler and fails when anyone reads at that moment. BEGIN EXCLUSIVE
 * does ask, so the waiting is done there; what comes between the two is met by the next try. */
bool
db_use_wal(struct db *db, struct err *err)
{
	if (is_wal(db))
		return true;
	return db_exec(db, "BEGIN EXCLUSIVE;COMMIT;PRAGMA journal_mode=WAL", err);
}

bool
stmt_open_once(struct stmt *s, struct db *db, const char *sql, struct err *err)
{
	int rc = sqlite3_prepare_v2(db->h, sql, -1, &s->st, NULL);

	s->db = db;
	s->slot = -1;
	return rc ? db_fail(db, rc, err) : true;
}

bool
stmt_open(struct stmt *s, struct db *db, const char *sql, struct err *err)
{
	struct db_slot *slot;
	size_t i;
	int rc;

	for (i = 0; i < db->n_slots; i++) {
		slot = &db->slots[i];
		if (slot->sql != sql)
			continue;
		if (slot->busy)
			return stmt_open_once(s, db, sql, err);
		slot->busy = true;
		*s = (struct stmt){ slot->st, db, (ptrdiff_t)i };
		return true;
	}
	if (db->n_slots == DB_STATEMENTS)
		return stmt_open_once(s, db, sql, err);
	slot = &db->slots[db->n_slots];
	rc = sqlite3_prepare_v3(db->h, sql, -1, SQLITE_PREPARE_PERSISTENT, &slot->st, NULL);
	if (rc)
		return db_fail(db, rc, err);
	slot->sql = sql;
	slot->busy = true;
	*s = (struct stmt){ slot->st, db, (ptrdiff_t)db->n_slots++ };
	return true;
}

void
stmt_finish(struct stmt *s)
{
	if (!s->st)
		return;
	if (s->slot < 0) {
		sqlite3_finalize(s->st);
	} else {
		sqlite3_reset(s->st);
		sqlite3_clear_bindings(s->st);
		s->db->slots[s->slot].busy = false;
	}
	s->st = NULL;
}

static void
bind_list(struct stmt *s, const char *format, va_list ap)
{
	const char *f, *str;
	struct slice v;
	int i = 1;

	for (f = format; *f; f++, i++) {
		switch (*f) {
		case 'i':
			sqlite3_bind_int64(s->st, i, va_arg(ap, int64_t));
			break;
		case 'd':
			sqlite3_bind_double(s->st, i, va_arg(ap, double));
			break;
		case 's':
			str = va_arg(ap, const char *);
			sqlite3_bind_text(s->st, i, str, -1, SQLITE_STATIC);
			break;
		case 't':
			v = va_arg(ap, struct slice);
			sqlite3_bind_text64(
				s->st, i, v.p ? v.p : "", v.n, SQLITE_STATIC, SQLITE_UTF8);
			break;
		case 'b':
			v = va_arg(ap, struct slice);
			sqlite3_bind_blob64(s->st, i, v.p ? v.p : "", v.n, SQLITE_STATIC);
			break;
		case 'n':
			sqlite3_bind_null(s->st, i);
			break;
		default:
			bug("stmt_bind: unknown format '%c'", *f);
		}
	}
}

void
stmt_bind(struct stmt *s, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	bind_list(s, format, ap);
	va_end(ap);
}

int
stmt_step(struct stmt *s, struct err *err)
{
	int rc = sqlite3_step(s->st);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc == SQLITE_DONE)
		return 0;
	db_fail(s->db, rc, err);
	return -1;
}

int
stmt_row(struct stmt *s, struct db *db, struct err *err, const char *sql, const char *format, ...)
{
	va_list ap;

	if (!stmt_open(s, db, sql, err))
		return -1;
	va_start(ap, format);
	bind_list(s, format, ap);
	va_end(ap);
	return stmt_step(s, err);
}

int64_t
stmt_i64(struct stmt *s, int col)
{
	return sqlite3_column_int64(s->st, col);
}

double
stmt_double(struct stmt *s, int col)
{
	return sqlite3_column_double(s->st, col);
}

const char *
stmt_text(struct stmt *s, int col)
{
	const char *t = (const char *)sqlite3_column_text(s->st, col);

	return t ? t : "";
}

struct slice
stmt_slice(struct stmt *s, int col)
{
	const char *p = sqlite3_column_blob(s->st, col);

	return (struct slice){ p ? p : "", (size_t)sqlite3_column_bytes(s->st, col) };
}

bool
stmt_null(struct stmt *s, int col)
{
	return sqlite3_column_type(s->st, col) == SQLITE_NULL;
}

bool
db_run(struct db *db, struct err *err, const char *sql, const char *format, ...)
{
	autostmt struct stmt s = STMT_INIT;
	va_list ap;
	int rc;

	if (!stmt_open(&s, db, sql, err))
		return false;
	va_start(ap, format);
	bind_list(&s, format, ap);
	va_end(ap);
	while ((rc = stmt_step(&s, err)) > 0)
		;
	return rc == 0;
}

bool
db_number(struct db *db, const char *sql, int64_t fallback, int64_t *ret, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	int rc;

	if (!stmt_open(&s, db, sql, err))
		return false;
	rc = stmt_step(&s, err);
	if (rc < 0)
		return false;
	*ret = rc && !stmt_null(&s, 0) ? stmt_i64(&s, 0) : fallback;
	return true;
}
