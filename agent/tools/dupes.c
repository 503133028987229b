/* Finding doubles. */
#include "agent/tools/dupes.h"
#include "agent/base/i18n.h"
#include <errno.h>
#include <fcntl.h>
#include <uv.h>

#define HEAD 4096
#define PIECE (256u << 10)
#define THREADS 2

enum { ALONE, CANDIDATE, HEADED, WHOLE, EQUAL };

enum pass { PASS_HEAD, PASS_WHOLE, PASS_COMPARE };

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

	if (x->state != y->state)
		return x->state > y->state ? -1 : 1;
	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	if (x->head != y->head)
		return x->head < y->head ? -1 : 1;
	for (int i = 0; i < 2; i++)
		if (x->whole[i] != y->whole[i])
			return x->whole[i] < y->whole[i] ? -1 : 1;
	if (x->mtime_ns != y->mtime_ns)
		return x->mtime_ns < y->mtime_ns ? -1 : 1;
	if (strlen(x->path) != strlen(y->path))
		return strlen(x->path) < strlen(y->path) ? -1 : 1;
	return strcmp(x->path, y->path);
}

static bool
same(const struct dupes_file *a, const struct dupes_file *b)
{
	return a->state == b->state && a->size == b->size && a->head == b->head &&
		a->whole[0] == b->whole[0] && a->whole[1] == b->whole[1];
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
	enum pass pass;
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

/* Only sorts out what is surely different: four lanes, a few bytes a cycle. */
struct quick {
	uint64_t lane[4], n;
};

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15u;
	return h << 31 | h >> 33;
}

static void
quick_add(struct quick *q, const char *p, size_t n)
{
	uint64_t v[4];

	q->n += n;
	for (; n >= sizeof(v); p += sizeof(v), n -= sizeof(v)) {
		memcpy(v, p, sizeof(v));
		for (int i = 0; i < 4; i++)
			q->lane[i] = mix(q->lane[i], v[i]);
	}
	memset(v, 0, sizeof(v));
	memcpy(v, p, n);
	for (int i = 0; n && i < 4; i++)
		q->lane[i] = mix(q->lane[i], v[i] + 1);
}

static void
quick_end(const struct quick *q, uint64_t out[2])
{
	uint64_t a = mix(mix(q->lane[0], q->lane[1]), q->n),
		 b = mix(mix(q->lane[2], q->lane[3]), a);

	out[0] = a ^ a >> 29;
	out[1] = b ^ b >> 29;
}

static ssize_t
read_piece(int fd, char *piece, size_t n)
{
	size_t have = 0;

	/* Always whole pieces: the quick hash counts on it. */
	while (have < n) {
		ssize_t got = read(fd, piece + have, n - have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static bool
read_head(struct dupes_file *f, int fd, char *piece)
{
	size_t want = (size_t)MIN_OF(f->size, (uint64_t)HEAD);
	struct quick q = { .n = 0 };
	uint64_t sum[2];

	if (read_piece(fd, piece, want) != (ssize_t)want)
		return false;
	quick_add(&q, piece, want);
	quick_end(&q, sum);
	f->head = sum[0];
	return true;
}

/* A file that changes its size while it is read is no double of anything. */
static bool
read_whole(struct reading *r, struct dupes_file *f, int fd, char *piece)
{
	struct quick q = { .n = 0 };
	uint64_t left = f->size;

	if (f->size > PIECE)
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	while (left && !(r->o->cancelled && *r->o->cancelled)) {
		ssize_t n = read_piece(fd, piece, (size_t)MIN_OF(left, (uint64_t)PIECE));

		if (n <= 0)
			break;
		quick_add(&q, piece, (size_t)n);
		left -= (uint64_t)n;
	}
	quick_end(&q, f->whole);
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

/* With the oldest of its group, which stands first; nothing was equal by chance then. */
static bool
compare_whole(struct reading *r, struct dupes_file *f, int fd, char *piece)
{
	struct dupes_file *first = f;
	uint64_t left = f->size;
	autofd int other = -1;
	bool equal;

	while (first > r->d->v && first[-1].group == f->group)
		first--;
	if (first == f)
		return true;
	other = open_file(r, first);
	equal = other >= 0;
	while (left && equal && !(r->o->cancelled && *r->o->cancelled)) {
		size_t want = (size_t)MIN_OF(left, (uint64_t)PIECE / 2);

		equal = read_piece(fd, piece, want) == (ssize_t)want &&
			read_piece(other, piece + PIECE / 2, want) == (ssize_t)want &&
			memcmp(piece, piece + PIECE / 2, want) == 0;
		left -= want;
	}
	return equal && !left;
}

static bool
handle_file(struct reading *r, struct dupes_file *f, char *piece)
{
	autofd int fd = open_file(r, f);

	if (fd < 0)
		return false;
	switch (r->pass) {
	case PASS_HEAD:
		return read_head(f, fd, piece);
	case PASS_WHOLE:
		return read_whole(r, f, fd, piece);
	default:
		return compare_whole(r, f, fd, piece);
	}
}

static void
reader(void *arg)
{
	static const unsigned reached[] = { HEADED, WHOLE, EQUAL };
	struct reading *r = arg;
	char *piece = xmalloc(PIECE);
	size_t i;

	while (take(r, &i)) {
		struct dupes_file *f = &r->d->v[i];
		bool ok = handle_file(r, f, piece);

		f->state = ok ? reached[r->pass] : ALONE;
		if (!ok) {
			uv_mutex_lock(&r->lock);
			r->d->unreadable++;
			uv_mutex_unlock(&r->lock);
		}
	}
	free(piece);
}

static bool
read_all(struct dupes *d, const struct dupes_opts *o, enum pass pass, struct err *err)
{
	struct reading r = { .d = d, .o = o, .end = d->n, .pass = pass };
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

static void
number_groups(struct dupes *d, unsigned state)
{
	d->groups = 0;
	for (size_t i = 0; i < d->n && d->v[i].state == state; i++) {
		d->groups += i == 0 || !same(&d->v[i], &d->v[i - 1]);
		d->v[i].group = d->groups;
	}
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
	for (int pass = PASS_HEAD; pass <= PASS_WHOLE; pass++) {
		qsort(d->v, d->n, sizeof(*d->v), by_content);
		if (!keep_doubles(d))
			return true;
		qsort(d->v, d->n, sizeof(*d->v), by_place);
		if (!read_all(d, o, (enum pass)pass, err))
			return false;
	}
	qsort(d->v, d->n, sizeof(*d->v), by_content);
	keep_doubles(d);
	qsort(d->v, d->n, sizeof(*d->v), by_content);
	number_groups(d, WHOLE);
	if (!read_all(d, o, PASS_COMPARE, err))
		return false;
	for (size_t i = 0; i < d->n; i++)
		d->v[i].group = 0;
	qsort(d->v, d->n, sizeof(*d->v), by_content);
	keep_doubles(d);
	qsort(d->v, d->n, sizeof(*d->v), by_content);
	number_groups(d, EQUAL);
	return true;
}
