/* Finding doubles. */
#include "agent/tools/dupes.h"
#include "agent/base/i18n.h"
#include <errno.h>
#include <fcntl.h>
#include <uv.h>

#define HEAD 4096
#define PIECE (256u << 10)
#define THREADS 2

enum { ALONE, CANDIDATE, HEADED, WHOLE };

bool
dupes_add(struct dupes *d, const char *path, const struct stat *st, struct err *err)
{
	if (d->n >= DUPES_FILES_MAX)
		return err_set(err, ERR_LIMIT,
			_("There are more than %d files; do it folder by folder."),
			DUPES_FILES_MAX);
	GROW(d->v, d->n, d->cap);
	d->v[d->n++] = (struct dupes_file){
		.path = xstrdup(path),
		.size = (uint64_t)st->st_size,
		.dev = st->st_dev,
		.ino = st->st_ino,
		.mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
	};
	return true;
}

void
dupes_finish(struct dupes *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->v[i].path);
	free(d->v);
	*d = (struct dupes){ 0 };
}

static int
by_place(const void *a, const void *b)
{
	const struct dupes_file *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

static int
by_content(const void *a, const void *b)
{
	const struct dupes_file *x = a, *y = b;
	int order;

	if (x->state != y->state)
		return x->state > y->state ? -1 : 1;
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	if (x->head != y->head)
		return x->head < y->head ? -1 : 1;
	order = x->state == WHOLE ? memcmp(x->whole, y->whole, HASH_LEN) : 0;
	if (order)
		return order;
	if (x->mtime_ns != y->mtime_ns)
		return x->mtime_ns < y->mtime_ns ? -1 : 1;
	if (strlen(x->path) != strlen(y->path))
		return strlen(x->path) < strlen(y->path) ? -1 : 1;
	return strcmp(x->path, y->path);
}

static bool
same(const struct dupes_file *a, const struct dupes_file *b)
{
	return a->state == b->state && a->size == b->size &&
		a->head == b->head &&
		(a->state != WHOLE || memcmp(a->whole, b->whole, HASH_LEN) == 0);
}

/* Drops to ALONE whoever has no equal so far; returns how many are left. v is sorted. */
static size_t
keep_doubles(struct dupes *d)
{
	size_t left = 0;

	for (size_t i = 0, end; i < d->n; i = end) {
		for (end = i + 1; end < d->n && same(&d->v[i], &d->v[end]); end++)
			;
		if (d->v[i].state == ALONE)
			continue;
		if (end == i + 1)
			d->v[i].state = ALONE;
		else
			left += end - i;
	}
	return left;
}

struct reading {
	struct dupes *d;
	const struct dupes_opts *o;
	uv_mutex_t lock;
	size_t next, end, done;
	bool whole;
};

static bool
take(struct reading *r, size_t *ret)
{
	bool got;

	uv_mutex_lock(&r->lock);
	while (r->next < r->end && r->d->v[r->next].state == ALONE)
		r->next++;
	got = r->next < r->end && !(r->o->cancelled && *r->o->cancelled);
	if (got)
		*ret = r->next++;
	if (r->o->progress && ++r->done % 256 == 0)
		r->o->progress(r->o->user, r->done, 0);
	uv_mutex_unlock(&r->lock);
	return got;
}

/* Only sorts out what is surely different: what is equal here is hashed whole. */
static uint64_t
quick_hash(const char *p, size_t n)
{
	uint64_t h = 0x9e3779b97f4a7c15u ^ n, v;

	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&v, p, 8);
		h = (h ^ v) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	v = 0;
	memcpy(&v, p, n);
	h = (h ^ v) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 29;
}

static ssize_t
read_some(int fd, char *piece, size_t n)
{
	ssize_t got;

	do
		got = read(fd, piece, n);
	while (got < 0 && errno == EINTR);
	return got;
}

static bool
read_head(struct dupes_file *f, int fd, char *piece)
{
	size_t want = (size_t)MIN_OF(f->size, (uint64_t)HEAD);

	if (read_some(fd, piece, want) != (ssize_t)want)
		return false;
	f->head = quick_hash(piece, want);
	return true;
}

/* A file that changes its size while it is read is no double of anything. */
static bool
read_whole(struct reading *r, struct dupes_file *f, int fd, char *piece)
{
	struct hasher *h = hasher_create();
	uint64_t left = f->size;

	if (f->size > PIECE)
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	while (left && !(r->o->cancelled && *r->o->cancelled)) {
		ssize_t n = read_some(fd, piece, (size_t)MIN_OF(left, (uint64_t)PIECE));

		if (n <= 0)
			break;
		hasher_add(h, piece, (size_t)n);
		left -= (uint64_t)n;
	}
	hasher_finish(h, f->whole);
	return left == 0;
}

static int
open_file(struct reading *r, const struct dupes_file *f)
{
	int fd = r->o->quick ? r->o->quick(r->o->user, f) : -1;

	if (fd < 0) {
		uv_mutex_lock(&r->lock);
		fd = r->o->open(r->o->user, f);
		uv_mutex_unlock(&r->lock);
	}
	return fd;
}

static void
reader(void *arg)
{
	struct reading *r = arg;
	char *piece = xmalloc(PIECE);
	size_t i;

	while (take(r, &i)) {
		struct dupes_file *f = &r->d->v[i];
		autofd int fd = open_file(r, f);
		bool ok = fd >= 0 && (r->whole ? read_whole(r, f, fd, piece) : read_head(f, fd, piece));

		f->state = !ok ? ALONE : r->whole ? WHOLE : HEADED;
		if (!ok) {
			uv_mutex_lock(&r->lock);
			r->d->unreadable++;
			uv_mutex_unlock(&r->lock);
		}
	}
	free(piece);
}

static bool
read_all(struct dupes *d, const struct dupes_opts *o, bool whole, struct err *err)
{
	struct reading r = { .d = d, .o = o, .end = d->n, .whole = whole };
	uv_thread_t threads[THREADS];
	size_t started = 0;

	uv_mutex_init(&r.lock);
	while (started < THREADS - 1 && uv_thread_create(&threads[started], reader, &r) == 0)
		started++;
	reader(&r);
	for (size_t i = 0; i < started; i++)
		uv_thread_join(&threads[i]);
	uv_mutex_destroy(&r.lock);
	if (o->cancelled && *o->cancelled)
		return err_set(err, ERR_CANCELLED, _("Stopped."));
	return true;
}

/* Several names of one file on disk: only the first counts. */
static void
drop_hard_links(struct dupes *d)
{
	for (size_t i = 1; i < d->n; i++)
		if (d->v[i].ino == d->v[i - 1].ino && d->v[i].dev == d->v[i - 1].dev &&
			d->v[i].size == d->v[i - 1].size)
			d->v[i].state = ALONE;
}

bool
dupes_find(struct dupes *d, const struct dupes_opts *o, struct err *err)
{
	if (!d->n)
		return true;
	qsort(d->v, d->n, sizeof(*d->v), by_place);
	for (size_t i = 0; i < d->n; i++)
		d->v[i].state = CANDIDATE;
	drop_hard_links(d);
	for (int round = 0; round < 2; round++) {
		qsort(d->v, d->n, sizeof(*d->v), by_content);
		if (!keep_doubles(d))
			return true;
		qsort(d->v, d->n, sizeof(*d->v), by_place);
		if (!read_all(d, o, round == 1, err))
			return false;
	}
	qsort(d->v, d->n, sizeof(*d->v), by_content);
	keep_doubles(d);
	qsort(d->v, d->n, sizeof(*d->v), by_content);
	for (size_t i = 0; i < d->n && d->v[i].state == WHOLE; i++) {
		if (i == 0 || !same(&d->v[i], &d->v[i - 1]))
			d->groups++;
		d->v[i].group = d->groups;
	}
	return true;
}
