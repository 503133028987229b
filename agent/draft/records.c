#include "agent/draft/records.h"

#define RECORD_MAX (sizeof(struct draft_record) + 2 * DRAFT_PATH_MAX)
#define FEED_MAX (256u << 10)

void
records_init(struct records *r, record_fn *fn, void *user)
{
	*r = (struct records){ .fn = fn, .user = user };
	buf_init(&r->in, RECORD_MAX + FEED_MAX);
}

void
records_finish(struct records *r)
{
	buf_finish(&r->in);
}

static bool
is_sane(const struct draft_record *rec)
{
	return rec->magic == DRAFT_MAGIC && rec->path_len <= DRAFT_PATH_MAX &&
		rec->from_len <= DRAFT_PATH_MAX;
}

/* One record at p, of at most n bytes; returns its length, 0 when it is not all there. */
static size_t
take_one(struct records *r, const char *p, size_t n)
{
	struct draft_record rec;
	char path[DRAFT_PATH_MAX + 1], from[DRAFT_PATH_MAX + 1];
	size_t whole;

	if (n < sizeof(rec))
		return 0;
	memcpy(&rec, p, sizeof(rec));
	if (!is_sane(&rec)) {
		r->broken = true;
		return 0;
	}
	whole = sizeof(rec) + rec.path_len + rec.from_len;
	if (n < whole)
		return 0;
	memcpy(path, p + sizeof(rec), rec.path_len);
	path[rec.path_len] = '\0';
	memcpy(from, p + sizeof(rec) + rec.path_len, rec.from_len);
	from[rec.from_len] = '\0';
	r->fn(r->user, &rec, path, from);
	return whole;
}

static void
take_all(struct records *r)
{
	size_t at = 0, n;

	while (!r->broken && (n = take_one(r, r->in.p + at, r->in.len - at)))
		at += n;
	buf_consume(&r->in, at);
}

bool
records_feed(struct records *r, const void *p, size_t n)
{
	const char *bytes = p;

	while (n && !r->broken) {
		size_t part = MIN_OF(n, (size_t)FEED_MAX);

		buf_add(&r->in, bytes, part);
		take_all(r);
		bytes += part;
		n -= part;
	}
	return !r->broken;
}
