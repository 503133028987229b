/* The writer's inside: shared by its thread (writer.c) and the loop's side (writer_queue.c). */
#ifndef HOMARD_STORE_WRITER_PRIV_H
#define HOMARD_STORE_WRITER_PRIV_H

#include <pthread.h>
#include "agent/store/own.h"
#include "agent/store/writer.h"

struct item {
	struct item *next;
	struct event ev; /* facts and body point behind this struct */
	size_t bytes;
	journal_done_fn *done;
	void *user;
	writer_job_fn *job; /* instead of an append */
	void *arg;
	bool waited; /* someone waits on `answered`; it owns the item */
	bool answered;
	bool ok;
	struct err err;
};

struct list {
	struct item *first, **end;
	size_t n;
};

struct writer {
	pthread_t thread;
	pthread_mutex_t lock; /* everything below, except db and path */
	pthread_cond_t work, change;
	struct list queue, answers;
	size_t queued_bytes;
	bool writing, stop;
	struct err first_err; /* of appends since the last flush */
	struct own own;
	struct db db; /* the thread's */
	bool is_open, mended;
	char *path, *wal;
	uv_async_t *async; /* freed by its close callback */
	size_t outstanding; /* answers the loop still gets; loop's thread only */
};

void item_list_add(struct list *l, struct item *it);
struct item *item_list_take(struct list *l); /* NULL when empty */

/* The thread; arg is the writer. */
void *writer_thread(void *arg);
/* On the thread: rebuilds what is folded from the events. Tried once; true when it helped. */
bool writer_mend_now(struct writer *w, const struct err *why);
/* From both sides. */
void writer_own_add(struct writer *w, int64_t seq);

#endif
