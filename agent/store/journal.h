/*
 * The journal: every event, appended to one SQLite file (WAL), hash-chained, never changed.
 * Bodies lie apart from rows, keyed by their SHA-256. One writer thread owns the writing
 * connection; appends are queued from the loop's thread and answered there; reads use the
 * opener's own connection. Projections (task list, memory, usage, undo index ...) are tables
 * the writer folds in the same transaction; they can be rebuilt from the events.
 *
 * Limits: LIMIT_FACTS, LIMIT_BODY (a longer body is cut by the caller); at most 4,096 appends
 * queued (then journal_append blocks).
 */
#ifndef HOMARD_JOURNAL_H
#define HOMARD_JOURNAL_H

#include <uv.h>
#include "agent/base/clock.h"
#include "agent/base/err.h"
#include "agent/base/event.h"

#define JOURNAL_SCHEMA 2
#define JOURNAL_NEW_TASK (-1) /* as .task: gives the event the next free task number */

struct journal; /* opaque */

struct journal_opts {
	const char *path;	   /* .../journal.db; made 0600 when missing */
	bool read_only;		   /* history, verify: never writes, no writer thread */
	uv_loop_t *loop;	   /* where answers arrive; NULL: only the *_now calls may be used */
	const struct clock *clock; /* NULL = clock_system */
	/* False when s holds no secret (out untouched); else appends s to out without them. NULL =
	 * nothing is secret. Called before a body is written, from the loop's thread. */
	bool (*redact)(void *user, struct buf *out, struct slice s);
	void *redact_user;
};

/* A newer schema is refused (ERR_USAGE) with a sentence; an older one is migrated (waits for
 * leases of running processes, keeps the last two old files). A damaged file is ERR_CORRUPT
 * and says what to do. */
bool journal_open(const struct journal_opts *o, struct journal **ret, struct err *err) MUST_CHECK;
/* Writes what is queued, then closes. NULL is fine. */
void journal_close(struct journal *j);

struct journal_entry {
	int64_t task; /* 0 none, JOURNAL_NEW_TASK, or a number */
	enum event_kind kind;
	struct slice facts; /* a JSON object's text; empty = {} */
	struct slice body;
	bool has_body;
};
/* ev is the event as written (valid during the call), or NULL with err. On the loop's thread,
 * in the order of the appends. */
typedef void journal_done_fn(void *user, const struct event *ev, const struct err *err);
/* Copies the entry, returns at once. Entries queued together share a transaction; durable kinds
 * are fsynced before their answer. done may be NULL. */
void journal_append(struct journal *j, const struct journal_entry *e, journal_done_fn *done,
	void *user);
/* Blocks until written. ret_seq and ret_task may be NULL. */
bool journal_append_now(struct journal *j, const struct journal_entry *e, int64_t *ret_seq,
	int64_t *ret_task, struct err *err) MUST_CHECK;
/* Blocks until everything queued is written (used before leaving). */
bool journal_flush(struct journal *j, struct err *err);

/* --- reading --- */
/* Return false to stop early. */
typedef bool journal_event_fn(void *user, const struct event *ev);
struct journal_range {
	int64_t task;	   /* -1: all */
	int64_t after_seq; /* only seq > this */
	int64_t until_seq; /* 0: no limit */
	const enum event_kind *kinds; /* NULL: all */
	size_t n_kinds;
	bool newest_first;
	bool no_bodies; /* has_body is set but body is empty: quicker */
	size_t limit;	/* 0: all */
};
bool journal_each(struct journal *j, const struct journal_range *r, journal_event_fn *fn,
	void *user, struct err *err);
/* Calls fn for events other processes appended (watches the -wal file). One per journal. */
bool journal_watch(struct journal *j, journal_event_fn *fn, void *user, struct err *err);
int64_t journal_last_seq(struct journal *j);
/* A body by event, owned; NULL when none or removed. */
char *journal_body(struct journal *j, int64_t seq, size_t *ret_len, struct err *err);

/* --- tasks --- */
struct task_row {
	int64_t task;
	const char *request; /* first 400 bytes; "" when removed */
	const char *state;
	const char *engine;
	const char *model; /* "" */
	const char *cwd;
	int64_t time;	 /* of the request */
	int64_t ended;	 /* 0 while running */
	int64_t effects; /* committed */
	int64_t tokens;
	double cost;
	int64_t last_seq;
};
struct task_filter {
	const char *words;    /* full text, NULL: none */
	const char *state;    /* NULL: any */
	const char *engine;   /* NULL: any; also a model's name */
	const char *place;    /* prefix of cwd, NULL: any */
	int64_t since, until; /* ms; 0: open */
	double min_cost;
	size_t limit, offset; /* limit 0 = 200 */
};
typedef bool journal_task_fn(void *user, const struct task_row *row);
/* Newest first. */
bool journal_tasks(struct journal *j, const struct task_filter *f, journal_task_fn *fn, void *user,
	struct err *err);
bool journal_task(struct journal *j, int64_t task, journal_task_fn *fn, void *user,
	struct err *err); /* ERR_NOT_FOUND */

/* --- search --- */
struct search_hit {
	int64_t seq, task, time;
	const char *kind_name;
	const char *request; /* of its task */
	const char *state;   /* of its task */
	const char *snippet; /* matches between \x01 and \x02 */
};
typedef bool journal_hit_fn(void *user, const struct search_hit *hit);
/* Words in any language, all must occur; "quoted phrases"; -word excludes; begin* finds what
 * begins so (for a word still being typed). Newest first; limit 0 = 50. Without any word there
 * are no hits; only -words is ERR_USAGE. */
bool journal_search(struct journal *j, const char *query, size_t limit, journal_hit_fn *fn,
	void *user, struct err *err);
/* The cut text that is stored for search: words as they are, CJK runs as overlapping pairs. */
void search_cut(struct buf *out, struct slice text);

/* --- keeping --- */
struct verify_report {
	int64_t events, bodies, removed;
	int64_t bad_seq; /* 0: none; -1: all events are whole, journal_rebuild() mends the rest */
	char why[256];
	char head[65]; /* hex hash of the last row */
};
/* Checks every row, body hash and the chain (ERR_CORRUPT when bad, the report names the event),
 * then the file's structure, the projections and the search index. Not noticed: unused pages,
 * which hold nothing, and an end that was cut off together with its head. */
bool journal_verify(struct journal *j, struct verify_report *r, struct err *err);
/* Removes the body of seq and appends a tombstone; the row stays. */
bool journal_remove_body(struct journal *j, int64_t seq, const char *by, struct err *err)
	MUST_CHECK;
bool journal_backup(struct journal *j, const char *file, struct err *err) MUST_CHECK;
/* Rebuilds all projections and the search index from the events. */
bool journal_rebuild(struct journal *j, struct err *err) MUST_CHECK;

/* --- leases: one process works on a task (pid + start time + boot id) --- */
bool lease_take(struct journal *j, int64_t task, struct err *err) MUST_CHECK; /* ERR_CONFLICT */
void lease_release(struct journal *j, int64_t task);
/* Tasks that are not ended and whose lease is dead or missing: interrupted. */
bool lease_orphans(struct journal *j, int64_t *out, size_t max, size_t *ret_n, struct err *err);

#endif
