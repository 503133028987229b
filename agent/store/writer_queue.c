/* The loop's side of the writer: the queue in, answers out. */
#include <signal.h>
#include "agent/store/writer_priv.h"

void
item_list_add(struct list *l, struct item *it)
{
	if (!l->first)
		l->end = &l->first;
	it->next = NULL;
	*l->end = it;
	l->end = &it->next;
	l->n++;
}

struct item *
item_list_take(struct list *l)
{
	struct item *it = l->first;

	if (it) {
		l->first = it->next;
		l->n--;
	}
	return it;
}

/* A burst of answers must not keep a key waiting: after this the loop gets its turn. */
#define DELIVER_NS 4000000u

static struct item *
next_answer(struct writer *w)
{
	struct item *it;

	pthread_mutex_lock(&w->lock);
	it = item_list_take(&w->answers);
	pthread_mutex_unlock(&w->lock);
	return it;
}

/* False when the slice was used up: there may be more. */
static bool
deliver(struct writer *w, bool all)
{
	uint64_t from = uv_hrtime();
	struct item *it;

	while ((it = next_answer(w))) {
		if (--w->outstanding == 0)
			uv_unref((uv_handle_t *)w->async);
		it->done(it->user, it->ok ? &it->ev : NULL, it->ok ? NULL : &it->err);
		free(it);
		if (!all && uv_hrtime() - from > DELIVER_NS)
			return false;
	}
	return true;
}

static void
on_async(uv_async_t *async)
{
	if (async->data && !deliver(async->data, false))
		uv_async_send(async);
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
	if (pthread_create(&w->thread, NULL, writer_thread, w))
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
		deliver(w, true);
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
	item_list_add(&w->queue, it);
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

static bool
mend_job(struct db *db, void *arg, struct err *err)
{
	struct writer *w = arg;
	struct err why = { .code = ERR_CORRUPT };

	(void)db;
	(void)err;
	writer_mend_now(w, &why);
	return true;
}

void
writer_mend(struct writer *w)
{
	struct item *it = xcalloc(1, sizeof(*it));

	it->job = mend_job;
	it->arg = w;
	pthread_mutex_lock(&w->lock);
	enqueue(w, it);
	pthread_mutex_unlock(&w->lock);
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
	writer_own_add(w, seq);
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

int64_t
writer_own_after(struct writer *w, int64_t seq)
{
	int64_t last;

	pthread_mutex_lock(&w->lock);
	last = own_after(&w->own, seq);
	pthread_mutex_unlock(&w->lock);
	return last;
}

void
writer_forget_own(struct writer *w, int64_t done_seq)
{
	pthread_mutex_lock(&w->lock);
	own_forget(&w->own, done_seq);
	pthread_mutex_unlock(&w->lock);
}
