/*
 * The writer thread: one queue, one writing connection. Appends that wait together share a
 * transaction, synced to disk (FULL) when one of them is durable, else not (NORMAL: a crash of
 * the program loses nothing, one of the machine perhaps the last moments). Answers come in order:
 * on the loop through uv_async, or to the thread that waits.
 * Limits: WRITER_QUEUE items and WRITER_QUEUE_BYTES wait, then the caller blocks.
 */
#ifndef HOMARD_STORE_WRITER_H
#define HOMARD_STORE_WRITER_H

#include "agent/store/db.h"
#include "agent/store/journal.h"

#define WRITER_QUEUE 4096
#define WRITER_QUEUE_BYTES (64u << 20)
#define WRITER_BATCH 256
#define WRITER_BUSY_TRIES 5 /* of DB_BUSY_MS each, while another program writes */
#define WRITER_BATCH_BYTES (8u << 20)
#define WRITER_SLOW_BYTES (128u << 10) /* begins a batch of its own */

struct writer; /* opaque */

/* Starts the thread; loop may be NULL (then only waiting calls are answered). */
struct writer *writer_create(const char *path, uv_loop_t *loop);
/* Writes what waits, delivers the answers that are due, ends the thread. */
void writer_destroy(struct writer *w);

/* e's time is now_ms; facts and body are copied. */
void writer_append(struct writer *w, const struct journal_entry *e, int64_t now_ms,
	journal_done_fn *done, void *user);
bool writer_append_wait(struct writer *w, const struct journal_entry *e, int64_t now_ms,
	int64_t *ret_seq, int64_t *ret_task, struct err *err) MUST_CHECK;
/* Waits for everything queued; the first error since the last flush, if any. */
bool writer_flush(struct writer *w, struct err *err) MUST_CHECK;
/* Runs fn on the writer's connection, outside a transaction, and waits for it. */
typedef bool writer_job_fn(struct db *db, void *arg, struct err *err);
bool writer_call(struct writer *w, writer_job_fn *fn, void *arg, struct err *err) MUST_CHECK;
/* Rebuilds what is folded from the events, once in the life of a writer; does not wait. */
void writer_mend(struct writer *w);
/* For jobs that append events themselves: the row just appended is ours, not another's. */
void writer_own(struct writer *w, int64_t seq);

/* True for events this writer appended; forgets those up to done_seq. For watch.c. */
bool writer_is_own(struct writer *w, int64_t seq);
int64_t writer_own_after(struct writer *w, int64_t seq); /* the last of those right after seq; none: seq */
void writer_forget_own(struct writer *w, int64_t done_seq);

#endif
