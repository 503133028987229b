#include "agent/helpers/draft/rec.h"
#include <errno.h>

void
rec_init(struct rec *r, int fd)
{
	r->fd = fd;
	r->len = 0;
	r->effects = 0;
}

static void
add(struct rec *r, const void *p, size_t n)
{
	if (n > sizeof(r->buf) - r->len)
		rec_flush(r);
	memcpy(r->buf + r->len, p, n);
	r->len += n;
}

void
rec_put(struct rec *r, struct draft_record rec, const char *path, const char *from)
{
	size_t path_len = path ? strlen(path) : 0, from_len = from ? strlen(from) : 0;

	rec.magic = DRAFT_MAGIC;
	rec.path_len = (uint32_t)MIN_OF(path_len, (size_t)DRAFT_PATH_MAX);
	rec.from_len = (uint32_t)MIN_OF(from_len, (size_t)DRAFT_PATH_MAX);
	add(r, &rec, sizeof(rec));
	add(r, path ? path : "", rec.path_len);
	add(r, from ? from : "", rec.from_len);
	if (rec.kind < DRAFT_LIST_END)
		r->effects++;
}

void
rec_flush(struct rec *r)
{
	size_t done = 0;

	while (done < r->len) {
		ssize_t n = write(r->fd, r->buf + done, r->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			_exit(1);
		done += (size_t)n;
	}
	r->len = 0;
}

int
rec_fail(struct rec *r, enum draft_fail code, const char *why)
{
	rec_put(r, (struct draft_record){ .kind = DRAFT_FAIL, .mode = code }, why, NULL);
	rec_flush(r);
	return 1;
}
