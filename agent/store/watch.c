/*
 * Following what other processes append. inotify on the folder (the -wal file may come and go),
 * woken by the time stamp a writer sets on the -wal file after its commit; see touch_wal().
 */
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/store/priv.h"
#include "agent/store/read.h"

struct watch {
	uv_fs_event_t fs; /* first: freed by the close callback */
	struct journal *j;
	char *wal; /* its name without the folder */
	journal_event_fn *fn;
	void *user;
	int64_t seen; /* everything up to this was looked at */
	bool reading;
};

static bool
on_event(void *user, const struct event *ev)
{
	struct watch *w = user;

	w->seen = ev->seq;
	if (w->j->writer && writer_is_own(w->j->writer, ev->seq))
		return true;
	return w->fn(w->user, ev);
}

static void
read_on(struct watch *w)
{
	struct journal_range r = { .task = -1, .after_seq = w->seen };
	bool ok;

	if (w->reading) /* fn may run the loop */
		return;
	w->reading = true;
	/* A failure (the file is busy) is met again with the next change. */
	ok = read_events(journal_reader(w->j), &r, on_event, w, NULL);
	w->reading = false;
	if (ok && w->j->writer)
		writer_forget_own(w->j->writer, w->seen);
}

static void
on_change(uv_fs_event_t *fs, const char *name, int events, int status)
{
	struct watch *w = (struct watch *)fs;

	(void)events;
	if (status == 0 && w->j && (!name || str_eq(name, w->wal)))
		read_on(w);
}

static void
on_closed(uv_handle_t *h)
{
	struct watch *w = (struct watch *)h;

	free(w->wal);
	free(w);
}

bool
journal_watch(struct journal *j, journal_event_fn *fn, void *user, struct err *err)
{
	autofree char *dir = path_dir(j->path);
	struct watch *w;
	int rc;

	if (!j->loop || j->watch)
		bug("journal_watch: %s", j->loop ? "only one per journal" : "needs a loop");
	w = xcalloc(1, sizeof(*w));
	w->j = j;
	w->fn = fn;
	w->user = user;
	w->wal = xasprintf("%s-wal", path_base(j->path));
	rc = uv_fs_event_init(j->loop, &w->fs);
	if (rc == 0) {
		rc = uv_fs_event_start(&w->fs, on_change, dir, 0);
		uv_unref((uv_handle_t *)&w->fs);
		j->watch = w;
	}
	if (rc) {
		if (j->watch)
			watch_stop(j);
		else
			on_closed((uv_handle_t *)w);
		return err_set(err, ERR_IO,
			_("Other programs' work cannot be followed (%s). What they do shows after "
			  "the next start."),
			uv_strerror(rc));
	}
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
	uv_close((uv_handle_t *)&j->watch->fs, on_closed);
	j->watch = NULL;
}
