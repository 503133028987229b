/*
 * Following what other processes append. inotify on the folder (the -wal file may come and go),
 * woken by the time stamp a writer sets on the -wal file after its commit (see touch_wal()), and by
 * nothing else: uv_fs_event would wake the loop for each of the dozens of writes of a commit.
 */
#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/store/priv.h"
#include "agent/store/read.h"

struct watch {
	uv_poll_t poll; /* first: freed by the close callback */
	int fd;
	struct journal *j;
	char *wal; /* its name without the folder */
	journal_event_fn *fn;
	void *user;
	int64_t seen; /* everything up to this was looked at */
	bool reading;
};

struct reading {
	struct watch *w;
	bool again; /* stopped at one of our own */
};

static bool
on_event(void *user, const struct event *ev)
{
	struct reading *r = user;
	struct watch *w = r->w;

	if (w->j->writer && writer_is_own(w->j->writer, ev->seq)) {
		r->again = true;
		return false;
	}
	w->seen = ev->seq;
	return w->fn(w->user, ev);
}

/* Our own events, streamed text above all, are passed over without being read. */
static void
read_foreign(struct watch *w)
{
	struct journal_range range = { .task = -1 };
	struct reading r = { .w = w };
	/* Before asking what is ours: what we only begin to write is never among these. */
	int64_t last = journal_last_seq(w->j), own;

	do {
		own = w->j->writer ? writer_own_after(w->j->writer, w->seen) : w->seen;
		w->seen = MIN_OF(own, MAX_OF(last, w->seen));
		if (w->seen >= last)
			break;
		range.after_seq = w->seen;
		r.again = false;
		/* A failure (the file is busy) is met again with the next change. */
		if (!read_events(journal_reader(w->j), &range, on_event, &r, NULL))
			return;
	} while (r.again);
	if (w->j->writer)
		writer_forget_own(w->j->writer, w->seen);
}

static void
read_on(struct watch *w)
{
	if (w->reading) /* fn may run the loop */
		return;
	w->reading = true;
	read_foreign(w);
	w->reading = false;
}

/* Takes all that inotify has to say: was it about the -wal file? */
static bool
is_about_wal(struct watch *w)
{
	_Alignas(struct inotify_event) char bytes[4096];
	const struct inotify_event *e;
	bool yes = false;
	ssize_t n;

	while ((n = read(w->fd, bytes, sizeof(bytes))) > 0 || (n < 0 && errno == EINTR)) {
		for (char *p = bytes; p < bytes + n; p += sizeof(*e) + e->len) {
			e = (const struct inotify_event *)(const void *)p;
			yes |= (e->mask & IN_Q_OVERFLOW) || (e->len && str_eq(e->name, w->wal));
		}
	}
	return yes;
}

static void
on_change(uv_poll_t *poll, int status, int events)
{
	struct watch *w = (struct watch *)poll;

	(void)events;
	if (status == 0 && w->j && is_about_wal(w))
		read_on(w);
}

static void
watch_free(struct watch *w)
{
	if (w->fd >= 0)
		close(w->fd);
	free(w->wal);
	free(w);
}

static void
on_closed(uv_handle_t *h)
{
	watch_free((struct watch *)h);
}

static bool
listen_to(struct watch *w, const char *dir, struct err *err)
{
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->fd >= 0 && inotify_add_watch(w->fd, dir, IN_ATTRIB) >= 0 &&
		uv_poll_init(w->j->loop, &w->poll, w->fd) == 0)
		return true;
	return err_set(err, ERR_IO,
		_("Other programs' work cannot be followed (%s). What they do shows after "
		  "the next start."),
		strerror(errno));
}

bool
journal_watch(struct journal *j, journal_event_fn *fn, void *user, struct err *err)
{
	autofree char *dir = path_dir(j->path);
	struct watch *w;

	if (!j->loop || j->watch)
		bug("journal_watch: %s", j->loop ? "only one per journal" : "needs a loop");
	w = xcalloc(1, sizeof(*w));
	w->j = j;
	w->fn = fn;
	w->user = user;
	w->wal = xasprintf("%s-wal", path_base(j->path));
	if (!listen_to(w, dir, err)) {
		watch_free(w);
		return false;
	}
	uv_poll_start(&w->poll, UV_READABLE, on_change);
	uv_unref((uv_handle_t *)&w->poll);
	j->watch = w;
	/* After the watch began, so that nothing falls between. */
	w->seen = journal_last_seq(j);
	return true;
}

void
watch_stop(struct journal *j)
{
	if (!j->watch)
		return;
	j->watch->j = NULL;
	uv_close((uv_handle_t *)&j->watch->poll, on_closed);
	j->watch = NULL;
}
