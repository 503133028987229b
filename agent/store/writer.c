/* The writer thread: queue in, batches to the file, answers out. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include "agent/base/i18n.h"
#include "agent/store/append.h"
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
	bool is_open;
	char *path, *wal;
	uv_async_t *async; /* freed by its close callback */
	size_t outstanding; /* answers the loop still gets; loop's thread only */
};

static void
list_add(struct list *l, struct item *it)
{
	if (!l->first)
		l->end = &l->first;
	it->next = NULL;
	*l->end = it;
	l->end = &it->next;
	l->n++;
}

static struct item *
list_take(struct list *l)
{
	struct item *it = l->first;

	if (it) {
		l->first = it->next;
		l->n--;
	}
	return it;
}

/* --- the thread --- */

static bool
open_db(struct writer *w, struct err *err)
{
	if (!w->is_open)
		w->is_open = db_open(&w->db, w->path, DB_WRITE, err)
			/* a restored backup is not in WAL mode */
			&& db_exec(&w->db, "PRAGMA journal_mode=WAL;PRAGMA cache_size=-4000", err);
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

static void
own_add_locked(struct writer *w, int64_t seq)
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
		own_add_locked(w, it->ev.seq);
	}
	if (i == n && chain_write(&w->db, &c, err) && append_commit(&w->db, err)) {
		touch_wal(w);
		return true;
	}
	append_rollback(&w->db);
	own_drop_locked(w, before);
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
	} while (!ok && err.sys == EBUSY && tries++ < WRITER_BUSY_TRIES);
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

/* Takes one job, or the appends that wait. Locked. */
static struct item *
take_batch(struct writer *w, size_t *ret_n)
{
	struct list batch = { 0 };
	size_t bytes = 0;
	struct item *it;

	while ((it = w->queue.first) && batch.n < WRITER_BATCH && bytes < WRITER_BATCH_BYTES) {
		if (it->job && batch.n)
			break;
		bytes += it->bytes;
		list_add(&batch, list_take(&w->queue));
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
		list_add(&w->answers, it);
	else
		free(it);
}

static void *
run(void *arg)
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

/* --- the loop's side --- */

static void
deliver(struct writer *w)
{
	struct item *it, *next;

	pthread_mutex_lock(&w->lock);
	it = w->answers.first;
	w->answers = (struct list){ 0 };
	pthread_mutex_unlock(&w->lock);
	for (; it; it = next) {
		next = it->next;
		if (--w->outstanding == 0)
			uv_unref((uv_handle_t *)w->async);
		it->done(it->user, it->ok ? &it->ev : NULL, it->ok ? NULL : &it->err);
		free(it);
	}
}

static void
on_async(uv_async_t *async)
{
	if (async->data)
		deliver(async->data);
}

static void
on_closed(uv_handle_t *h)
{
	free(h);
}

struct writer *
writer_create(const char *path, uv_loop_t *loop)
{
	struct writer *w = xcalloc(1, sizeof(*w));
	sigset_t all, before;

	w->path = xstrdup(path);
	w->wal = xasprintf("%s-wal", path);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	pthread_cond_init(&w->change, NULL);
	if (loop) {
		w->async = xcalloc(1, sizeof(*w->async));
		if (uv_async_init(loop, w->async, on_async))
			bug("uv_async_init failed");
		w->async->data = w;
		uv_unref((uv_handle_t *)w->async);
	}
	/* Signals are the loop's business. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&w->thread, NULL, run, w))
		bug("the writer thread does not start");
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return w;
}

void
writer_destroy(struct writer *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	if (w->async) {
		deliver(w);
		w->async->data = NULL;
		uv_close((uv_handle_t *)w->async, on_closed);
	}
	own_finish(&w->own);
	pthread_cond_destroy(&w->work);
	pthread_cond_destroy(&w->change);
	pthread_mutex_destroy(&w->lock);
	free(w->path);
	free(w->wal);
	free(w);
}

static struct item *
new_item(const struct journal_entry *e, int64_t now_ms)
{
	struct item *it = xcalloc(1, sizeof(*it) + e->facts.n + e->body.n + 2);
	char *p = (char *)(it + 1);

	it->bytes = sizeof(*it) + e->facts.n + e->body.n;
	it->ev = (struct event){ .task = e->task, .time = now_ms, .kind = e->kind };
	if (e->facts.n)
		memcpy(p, e->facts.p, e->facts.n);
	it->ev.facts = (struct slice){ p, e->facts.n };
	p += e->facts.n + 1;
	it->ev.has_body = e->has_body;
	if (e->has_body && e->body.n)
		memcpy(p, e->body.p, e->body.n);
	it->ev.body = (struct slice){ p, e->has_body ? e->body.n : 0 };
	return it;
}

/* Locked. Blocks while too much waits. */
static void
enqueue(struct writer *w, struct item *it)
{
	while (w->queue.n >= WRITER_QUEUE || w->queued_bytes > WRITER_QUEUE_BYTES)
		pthread_cond_wait(&w->change, &w->lock);
	w->queued_bytes += it->bytes;
	list_add(&w->queue, it);
	pthread_cond_signal(&w->work);
}

void
writer_append(struct writer *w, const struct journal_entry *e, int64_t now_ms,
	journal_done_fn *done, void *user)
{
	struct item *it = new_item(e, now_ms);

	if (done && !w->async)
		bug("journal_append: an answer needs a loop");
	it->done = done;
	it->user = user;
	if (done && w->outstanding++ == 0)
		uv_ref((uv_handle_t *)w->async);
	pthread_mutex_lock(&w->lock);
	enqueue(w, it);
	pthread_mutex_unlock(&w->lock);
}

static bool
wait_for(struct writer *w, struct item *it, struct err *err)
{
	it->waited = true;
	pthread_mutex_lock(&w->lock);
	enqueue(w, it);
	while (!it->answered)
		pthread_cond_wait(&w->change, &w->lock);
	pthread_mutex_unlock(&w->lock);
	if (!it->ok && err)
		*err = it->err;
	return it->ok;
}

bool
writer_append_wait(struct writer *w, const struct journal_entry *e, int64_t now_ms,
	int64_t *ret_seq, int64_t *ret_task, struct err *err)
{
	autofree struct item *it = new_item(e, now_ms);

	if (!wait_for(w, it, err))
		return false;
	if (ret_seq)
		*ret_seq = it->ev.seq;
	if (ret_task)
		*ret_task = it->ev.task;
	return true;
}

bool
writer_call(struct writer *w, writer_job_fn *fn, void *arg, struct err *err)
{
	struct item it = { .job = fn, .arg = arg };

	return wait_for(w, &it, err);
}

bool
writer_flush(struct writer *w, struct err *err)
{
	struct err first;

	pthread_mutex_lock(&w->lock);
	while (w->queue.first || w->writing)
		pthread_cond_wait(&w->change, &w->lock);
	first = w->first_err;
	err_clear(&w->first_err);
	pthread_mutex_unlock(&w->lock);
	if (first.code != ERR_NONE && err)
		*err = first;
	return first.code == ERR_NONE;
}

void
writer_own(struct writer *w, int64_t seq)
{
	own_add_locked(w, seq);
}

bool
writer_is_own(struct writer *w, int64_t seq)
{
	bool yes;

	pthread_mutex_lock(&w->lock);
	yes = own_has(&w->own, seq);
	pthread_mutex_unlock(&w->lock);
	return yes;
}

void
writer_forget_own(struct writer *w, int64_t done_seq)
{
	pthread_mutex_lock(&w->lock);
	own_forget(&w->own, done_seq);
	pthread_mutex_unlock(&w->lock);
}
