/* The writer thread: batches to the file, in one transaction each. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#define LOG_MODULE "store"
#include "agent/base/log.h"
#include "agent/store/append.h"
#include "agent/store/rebuild.h"
#include "agent/store/writer_priv.h"

static bool
open_db(struct writer *w, struct err *err)
{
	if (w->is_open)
		return true;
	if (!db_open(&w->db, w->path, DB_WRITE, err))
		return false;
	/* A restored backup is not in WAL mode. */
	w->is_open = db_use_wal(&w->db, err) && db_exec(&w->db, "PRAGMA cache_size=-4000", err);
	if (!w->is_open)
		db_close(&w->db);
	return w->is_open;
}

/* Another process learns of a commit by the time stamp of the -wal file: the write itself is
 * seen before the commit can be read. */
static void
touch_wal(struct writer *w)
{
	utimensat(AT_FDCWD, w->wal, NULL, 0);
}

static bool
is_durable(const struct item *from, size_t n)
{
	for (; n--; from = from->next) {
		if ((unsigned)from->ev.kind < EV_COUNT && event_kinds[from->ev.kind].durable)
			return true;
	}
	return false;
}

void
writer_own_add(struct writer *w, int64_t seq)
{
	pthread_mutex_lock(&w->lock);
	own_add(&w->own, seq);
	pthread_mutex_unlock(&w->lock);
}

static void
own_drop_locked(struct writer *w, int64_t after)
{
	pthread_mutex_lock(&w->lock);
	own_drop_after(&w->own, after);
	pthread_mutex_unlock(&w->lock);
}

/* All or nothing. */
static bool
write_batch(struct writer *w, struct item *from, size_t n, struct err *err)
{
	struct item *it = from;
	int64_t before, task;
	struct chain c;
	size_t i;

	if (!open_db(w, err) || !append_begin(&w->db, is_durable(from, n), err))
		return false;
	if (!chain_read(&w->db, &c, err)) {
		append_rollback(&w->db);
		return false;
	}
	before = c.seq;
	for (i = 0; i < n; i++, it = it->next) {
		task = it->ev.task;
		if (!append_event(&w->db, &c, &it->ev, err)) {
			it->ev.task = task;
			break;
		}
		writer_own_add(w, it->ev.seq);
	}
	if (i == n && chain_write(&w->db, &c, err) && append_commit(&w->db, err)) {
		touch_wal(w);
		return true;
	}
	/* In this order: once it is rolled back, another process may take the numbers. */
	own_drop_locked(w, before);
	append_rollback(&w->db);
	return false;
}

/* What is damaged may be only what was folded from the events (the search index above all): that
 * must not keep anyone from working. Tried once; true when it is worth writing again. */
bool
writer_mend_now(struct writer *w, const struct err *why)
{
	struct err err = { 0 };

	if (why->code != ERR_CORRUPT || w->mended || !w->is_open)
		return false;
	w->mended = true;
	log_warn("the journal's index is damaged, rebuilding it: %s", why->text);
	if (rebuild_all(&w->db, &err))
		return true;
	log_error("rebuilding failed: %s", err.text);
	return false;
}

/* Together when possible; one by one when not, so that one bad event takes no other with it. */
static void
write_items(struct writer *w, struct item *from, size_t n)
{
	autofree int64_t *tasks = xcalloc(n, sizeof(*tasks));
	struct err err = { 0 };
	struct item *it;
	int tries = 0;
	size_t i;
	bool ok;

	for (it = from, i = 0; i < n; it = it->next, i++)
		tasks[i] = it->ev.task;
	/* Another program may rebuild or migrate for a while; the loop does not wait for this. */
	do {
		err_clear(&err);
		for (it = from, i = 0; i < n; it = it->next, i++)
			it->ev.task = tasks[i];
		ok = write_batch(w, from, n, &err);
	} while (!ok && ((err.sys == EBUSY && tries++ < WRITER_BUSY_TRIES) || writer_mend_now(w, &err)));
	for (it = from, i = 0; i < n; it = it->next, i++) {
		it->ok = ok;
		if (ok)
			continue;
		it->ev.task = tasks[i]; /* the numbers of a batch that was rolled back are void */
		it->err = err;
		if (n > 1 && err.sys != EBUSY) {
			err_clear(&it->err);
			it->ok = write_batch(w, it, 1, &it->err);
		}
	}
}

static void
run_job(struct writer *w, struct item *it)
{
	it->ok = open_db(w, &it->err) && it->job(&w->db, it->arg, &it->err);
	touch_wal(w);
}

/* Takes long: the end of a message that came in pieces, which is put together and indexed, and
 * what is large. Whoever waits for what stands before it should not wait for it too. */
static bool
is_slow(const struct item *it)
{
	return it->bytes > WRITER_SLOW_BYTES ||
		((it->ev.kind == EV_TEXT || it->ev.kind == EV_REASONING) &&
			slice_find(it->ev.facts, SLICE_LIT("\"end\":true")) >= 0);
}

/* Takes one job, or the appends that wait. Locked. */
static struct item *
take_batch(struct writer *w, size_t *ret_n)
{
	struct list batch = { 0 };
	size_t bytes = 0;
	struct item *it;

	while ((it = w->queue.first) && batch.n < WRITER_BATCH && bytes < WRITER_BATCH_BYTES) {
		if (batch.n && (it->job || is_slow(it)))
			break;
		bytes += it->bytes;
		item_list_add(&batch, item_list_take(&w->queue));
		if (it->job)
			break;
	}
	*ret_n = batch.n;
	return batch.first;
}

/* Locked. */
static void
answer(struct writer *w, struct item *it)
{
	w->queued_bytes -= it->bytes;
	if (!it->ok && !it->waited && !it->job && w->first_err.code == ERR_NONE)
		w->first_err = it->err;
	if (it->waited)
		it->answered = true;
	else if (it->done)
		item_list_add(&w->answers, it);
	else
		free(it);
}

void *
writer_thread(void *arg)
{
	struct writer *w = arg;
	struct item *it, *next;
	struct err ignored;
	size_t n;

	open_db(w, &ignored); /* tried again, and reported, with the first append */
	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (!w->queue.first && !w->stop)
			pthread_cond_wait(&w->work, &w->lock);
		if (!w->queue.first)
			break;
		it = take_batch(w, &n);
		w->writing = true;
		pthread_mutex_unlock(&w->lock);
		if (it->job)
			run_job(w, it);
		else
			write_items(w, it, n);
		pthread_mutex_lock(&w->lock);
		for (; n--; it = next) {
			next = it->next;
			answer(w, it);
		}
		w->writing = false;
		pthread_cond_broadcast(&w->change);
		if (w->answers.first)
			uv_async_send(w->async);
	}
	pthread_mutex_unlock(&w->lock);
	if (w->is_open)
		db_close(&w->db);
	return NULL;
}
