/*
 * One SQLite connection with its prepared statements. A connection and everything opened on it
 * belong to one thread. Statements are kept by the address of their SQL text, so the text must
 * be a literal (or outlive the connection); a statement that is in use is prepared a second
 * time, so callbacks may query again.
 * Limits: DB_STATEMENTS kept statements; a query waits DB_BUSY_MS for other programs.
 */
#ifndef HOMARD_STORE_DB_H
#define HOMARD_STORE_DB_H

#include <sqlite3.h>
#include "agent/base/err.h"
#include "agent/base/str.h"

#define DB_STATEMENTS 96
#define DB_BUSY_MS 10000

struct db_slot {
	const char *sql;
	sqlite3_stmt *st;
	bool busy;
};

struct db {
	sqlite3 *h;
	struct db_slot slots[DB_STATEMENTS];
	size_t n_slots;
};

enum db_mode { DB_READ, DB_WRITE };

/* Opens and sets the pragmas that cost nothing. A file that only can be read (no rights, a
 * read-only disk) opens with DB_READ. The file must exist. */
bool db_open(struct db *db, const char *path, enum db_mode mode, struct err *err) MUST_CHECK;
void db_close(struct db *db);
/* The file at path beside this connection's own, under that schema name, only to be read. */
bool db_attach(struct db *db, const char *path, const char *as, struct err *err) MUST_CHECK;
/* One or more statements without results. */
bool db_exec(struct db *db, const char *sql, struct err *err) MUST_CHECK;
/* Changes the file to WAL; once, it stays so. Not inside a transaction. */
bool db_use_wal(struct db *db, struct err *err) MUST_CHECK;
/* Turns an SQLite result into a sentence; returns false. */
bool db_fail(struct db *db, int rc, struct err *err);
/* A single number; fallback when there is no row. */
bool db_number(struct db *db, const char *sql, int64_t fallback, int64_t *ret, struct err *err)
	MUST_CHECK;

struct stmt {
	sqlite3_stmt *st;
	struct db *db;
	ptrdiff_t slot; /* -1: not kept */
};
#define STMT_INIT { NULL, NULL, -1 }

bool stmt_open(struct stmt *s, struct db *db, const char *sql, struct err *err) MUST_CHECK;
/* For SQL made at run time: never kept. */
bool stmt_open_once(struct stmt *s, struct db *db, const char *sql, struct err *err) MUST_CHECK;
void stmt_finish(struct stmt *s);
#define autostmt __attribute__((cleanup(stmt_finish)))

/* Binds ?1, ?2 ... by a format: i int64_t, d double, s const char * (NULL: null), t struct slice
 * as text, b struct slice as blob, n null. Bytes are borrowed until the statement is finished. */
void stmt_bind(struct stmt *s, const char *format, ...);
/* 1: a row, 0: no more, -1: failed. */
int stmt_step(struct stmt *s, struct err *err);

/* All three: prepares, binds, steps once. */
int stmt_row(struct stmt *s, struct db *db, struct err *err, const char *sql, const char *format,
	...);

int64_t stmt_i64(struct stmt *s, int col);
double stmt_double(struct stmt *s, int col);
/* Borrowed until the next step; "" for null. */
const char *stmt_text(struct stmt *s, int col);
struct slice stmt_slice(struct stmt *s, int col);
bool stmt_null(struct stmt *s, int col);

/* Prepares, binds, steps to the end, ignoring rows. */
bool db_run(struct db *db, struct err *err, const char *sql, const char *format, ...) MUST_CHECK;

#endif
