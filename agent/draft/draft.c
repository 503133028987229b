#include "agent/draft/draft_private.h"
#include "agent/draft/hidden.h"
#include <errno.h>
#include <sys/file.h>
#include <time.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/moves.h"
#include "agent/draft/stage_private.h"

#define READ_FRESH_MS 2000 /* longer ago: what is written is not what was read then */

static char *
real_or_same(const char *path)
{
	char *real = path ? realpath(path, NULL) : NULL;

	return real ? real : xstrdup0(path);
}

static bool
take_lock(struct draft *d, struct err *err)
{
	d->lock_fd = openat(d->dir_fd, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (d->lock_fd < 0)
		return err_sys(err, errno, "%s/lock", d->dir);
	if (flock(d->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno == EWOULDBLOCK)
		return err_set(err, ERR_CONFLICT,
			_("another homard is working on task %lld; wait for it or stop it"),
			(long long)d->task);
	return err_sys(err, errno, "%s/lock", d->dir);
}

static int64_t
now_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/*
 * T0 divides files stamped before from those stamped after, so it comes from the clock that file
 * systems use, not from the replaceable one. Every stamp up to now is at most now; later ones may
 * lie up to a tick behind the clock, see draft_settle_t0.
 */
static bool
read_t0(struct draft *d, bool renew, struct err *err)
{
	autofd int fd = openat(d->dir_fd, "t0", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int64_t t0 = 0;

	if (fd < 0)
		return err_sys(err, errno, "%s/t0", d->dir);
	if (renew || pread(fd, &t0, sizeof(t0), 0) != (ssize_t)sizeof(t0)) {
		if (!fs_kill_point("t0"))
			return err_sys(err, errno, "%s/t0", d->dir);
		t0 = now_ns(CLOCK_REALTIME);
		if (fs_pwrite_all(fd, &t0, sizeof(t0), 0) < 0)
			return err_sys(err, errno, "%s/t0", d->dir);
	}
	d->t0_ns = t0;
	return true;
}

void
draft_settle_t0(struct draft *d)
{
	int64_t tick = now_ns(CLOCK_REALTIME_COARSE);

	/* At most the next tick, 10 ms away; a clock that was set back is not waited for. */
	for (int i = 0; i < 100 && tick <= d->t0_ns && d->t0_ns - tick < 20000000; i++) {
		usleep(150);
		tick = now_ns(CLOCK_REALTIME_COARSE);
	}
}

static void
copy_paths(struct strv *to, const char *const *from)
{
	for (size_t i = 0; from && from[i]; i++) {
		autofree char *real = real_or_same(from[i]);

		strv_add(to, from[i]);
		if (!str_eq(real, from[i]))
			strv_add(to, real);
	}
}

static bool
open_dir(struct draft *d, const struct draft_opts *o, struct err *err)
{
	if (!path_make_dirs(o->stage_root, 0700, err))
		return false;
	d->stage_root = realpath(o->stage_root, NULL);
	if (!d->stage_root)
		return err_sys(err, errno, "%s", o->stage_root);
	d->dir = xasprintf("%s/%lld", d->stage_root, (long long)o->task);
	if (!path_make_dirs(d->dir, 0700, err))
		return false;
	d->dir_fd = open(d->dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return d->dir_fd >= 0 || err_sys(err, errno, "%s", d->dir);
}

static bool
open_parts(struct draft *d, struct err *err)
{
	if (!take_lock(d, err) || !stage_recover_task(d->dir, NULL, NULL, err) ||
		!draft_roots_load(d, err))
		return false;
	if (d->home && !draft_roots_find(d, d->home, err))
		return false;
	if (d->cwd && !draft_roots_find(d, d->cwd, err))
		return false;
	return moves_load(d, err) && read_t0(d, false, err);
}

bool
draft_open(const struct draft_opts *o, struct draft **ret, struct err *err)
{
	struct draft *d = xcalloc(1, sizeof(*d));

	d->dir_fd = d->lock_fd = d->moves_fd = -1;
	d->known = map_create();
	pthread_mutex_init(&d->view_lock, NULL);
	d->task = o->task;
	d->home = real_or_same(o->home);
	d->cwd = real_or_same(o->cwd);
	d->helper = xstrdup0(o->helper);
	d->clock = o->clock ? o->clock : &clock_system;
	draft_hidden_init(d, o->masks);
	copy_paths(&d->own, o->own);
	if (!open_dir(d, o, err) || !open_parts(d, err)) {
		draft_close(d);
		return false;
	}
	*ret = d;
	return true;
}

void
draft_changed(struct draft *d)
{
	for (size_t i = 0; i < DRAFT_SEEN; i++) {
		free(d->seen[i].dir);
		free(d->seen[i].real);
		d->seen[i] = (struct draft_seen){ 0 };
	}
	if (d->known && map_count(d->known)) {
		map_destroy(d->known);
		d->known = map_create();
	pthread_mutex_init(&d->view_lock, NULL);
	}
}

unsigned
draft_known(const struct draft *d, const char *dir, size_t n)
{
	return (unsigned)(uintptr_t)map_get(d->known, dir, n);
}

void
draft_remember(struct draft *d, const char *dir, size_t n, unsigned bits)
{
	if (map_count(d->known) >= DRAFT_KNOWN_MAX) {
		map_destroy(d->known);
		d->known = map_create();
	pthread_mutex_init(&d->view_lock, NULL);
	}
	map_put(d->known, dir, n, (void *)(uintptr_t)(draft_known(d, dir, n) | bits));
}

void
draft_close(struct draft *d)
{
	if (!d)
		return;
	moves_close(d);
	draft_roots_close(d);
	draft_changed(d);
	map_destroy(d->known);
	pthread_mutex_destroy(&d->view_lock);
	close_fd_(&d->lock_fd);
	close_fd_(&d->dir_fd);
	strv_finish(&d->hidden);
	strv_finish(&d->own);
	free(d->stage_root);
	free(d->dir);
	free(d->home);
	free(d->cwd);
	free(d->helper);
	free(d);
}

static bool
any_entry(void *user, UNUSED int dir, UNUSED const char *name, UNUSED unsigned char type)
{
	*(bool *)user = true;
	return false;
}

bool
draft_is_empty(struct draft *d)
{
	bool any = d->n_moves > 0;

	for (size_t i = 0; i < d->n_roots && !any; i++)
		fs_each(d->roots[i].upper_fd, "", any_entry, &any);
	return !any;
}

bool
draft_begin_act(struct draft *d, struct err *err)
{
	bool just_read = d->has_read && clock_mono(d->clock) - d->read_ms < READ_FRESH_MS;

	if (!d->acted && !just_read && draft_is_empty(d) && !read_t0(d, true, err))
		return false;
	d->acted = true;
	return true;
}

bool
draft_begin_read(struct draft *d, struct err *err)
{
	if (d->acted || !draft_is_empty(d))
		return true;
	d->has_read = true;
	d->read_ms = clock_mono(d->clock);
	if (!read_t0(d, true, err))
		return false;
	draft_settle_t0(d);
	return true;
}

bool
draft_discard(struct draft *d, struct err *err)
{
	draft_changed(d);
	d->acted = d->has_read = false;
	return moves_clear(d, err) && draft_roots_clear(d, err) && read_t0(d, true, err);
}

bool
draft_tidy(struct draft *d, struct err *err)
{
	struct effects e = { 0 };
	bool pending;

	if (draft_is_empty(d)) {
		d->acted = d->has_read = false;
		return true;
	}
	if (!draft_effects(d, NULL, &e, err))
		return false;
	pending = e.n || e.not_listed;
	effects_finish(&e);
	return pending || draft_discard(d, err);
}
