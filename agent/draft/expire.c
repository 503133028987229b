/* Space held for undo, and what is old enough to go. */
#include <errno.h>
#include <sys/statvfs.h>
#include "agent/base/path.h"
#include "agent/draft/stage_private.h"

#define KEEP_MS (30ll * 24 * 3600 * 1000)
#define KEEP_SHARE 10 /* of the free space: one tenth */

static bool
add_blocks(void *user, int dir, const char *name, UNUSED unsigned char type)
{
	uint64_t *sum = user;
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return true;
	*sum += (uint64_t)st.st_blocks * 512;
	if (S_ISDIR(st.st_mode))
		fs_each(dir, name, add_blocks, sum);
	return true;
}

uint64_t
stage_disk_bytes(const char *dir)
{
	autofd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	uint64_t sum = 0;

	if (fd >= 0)
		fs_each(fd, "", add_blocks, &sum);
	return sum;
}

struct held {
	char *stage;
	int64_t task, time_ms;
	uint64_t bytes;
};

struct scan {
	const char *dir;
	int64_t task;
	struct held *v;
	size_t n, cap;
	uint64_t pending;
	bool all; /* also what is only pending */
};

static void
add_stage(struct scan *s, const char *stage)
{
	enum stage_state is = plan_state(stage, NULL);
	struct plan p = { .stage_fd = -1 };
	struct held h = { .stage = xstrdup(stage), .task = s->task };

	if ((is != STAGE_COMMITTED && is != STAGE_UNDONE) || !plan_load(stage, &p, NULL)) {
		free(h.stage);
		plan_finish(&p);
		return;
	}
	h.time_ms = p.time_ns / 1000000;
	for (size_t i = 0; i < p.n_roots; i++)
		h.bytes += stage_disk_bytes(p.roots[i].hold);
	plan_finish(&p);
	GROW(s->v, s->n, s->cap);
	s->v[s->n++] = h;
}

static bool
scan_stage(void *user, UNUSED int dir, const char *name, UNUSED unsigned char type)
{
	struct scan *s = user;
	autofree char *path = path_join(s->dir, name);
	int64_t n;

	if (*name == 'c' && str_to_i64(name + 1, &n))
		add_stage(s, path);
	if (*name == 'r' && str_to_i64(name + 1, &n)) {
		autofree char *upper = path_join(path, "upper");

		s->pending += stage_disk_bytes(upper);
	}
	return true;
}

static bool
scan_task(void *user, int dir, const char *name, UNUSED unsigned char type)
{
	struct scan *s = user, below = *s;
	autofree char *path = path_join(s->dir, name);

	if (!str_to_i64(name, &below.task))
		return true;
	below.dir = path;
	fs_each(dir, name, scan_stage, &below);
	s->v = below.v;
	s->n = below.n;
	s->cap = below.cap;
	s->pending = below.pending;
	return true;
}

static bool
scan_all(const char *stage_root, struct scan *s, struct err *err)
{
	autofd int fd = open(stage_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	s->dir = stage_root;
	if (fd < 0)
		return errno == ENOENT || err_sys(err, errno, "%s", stage_root);
	return fs_each(fd, "", scan_task, s) || err_sys(err, errno, "%s", stage_root);
}

static void
scan_finish(struct scan *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].stage);
	free(s->v);
}

bool
stage_sums(const char *stage_root, UNUSED const char *home, struct stage_sums *ret,
	struct err *err)
{
	struct scan s = { 0 };
	bool ok = scan_all(stage_root, &s, err);

	if (ok)
		*ret = (struct stage_sums){ .stages = s.n, .pending = s.pending };
	for (size_t i = 0; ok && i < s.n; i++)
		ret->bytes += s.v[i].bytes;
	scan_finish(&s);
	return ok;
}

static int
older_first(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	return (x->time_ms > y->time_ms) - (x->time_ms < y->time_ms);
}

bool
stage_expire(const char *stage_root, UNUSED const char *home, int64_t now_ms,
	bool (*ask)(void *user, const char *stage, int64_t task, uint64_t bytes, int64_t time_ms),
	void *user, struct err *err)
{
	struct scan s = { 0 };
	bool ok = scan_all(stage_root, &s, err);
	struct statvfs vfs;
	uint64_t held = 0, share = UINT64_MAX;

	if (ok && statvfs(stage_root, &vfs) == 0)
		share = (uint64_t)vfs.f_bavail * vfs.f_frsize / KEEP_SHARE;
	for (size_t i = 0; i < s.n; i++)
		held += s.v[i].bytes;
	if (s.n > 1)
		qsort(s.v, s.n, sizeof(*s.v), older_first);
	for (size_t i = 0; ok && i < s.n; i++) {
		const struct held *h = &s.v[i];

		/* A stage from the future (the clock was set back) is young. */
		if (now_ms - h->time_ms < KEEP_MS && held <= share)
			continue;
		if (!ask(user, h->stage, h->task, h->bytes, h->time_ms))
			continue;
		ok = stage_forget(h->stage, NULL, err);
		held -= h->bytes;
	}
	scan_finish(&s);
	return ok;
}
