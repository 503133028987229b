/* Where a text diff can be shown: both sides, as far as they are there, look like text. */
#include "agent/base/utf8.h"
#include "agent/draft/effects_private.h"

#define LOOK_BYTES 4096
#define MAX_FILES 2000		 /* more are not looked at: nobody reads so many diffs */
#define MAX_SIZE (4ull << 20)

bool
effects_looks_like_text(const char *p, size_t n)
{
	size_t bad = 0;

	for (size_t i = 0; i < n;) {
		bool ok;
		size_t k;
		uint32_t cp;

		if (p[i] == '\0')
			return false;
		k = utf8_decode(p + i, n - i, &cp, &ok);
		if (!ok && n - i < 4 && utf8_partial_tail(p, n) == n - i)
			break; /* cut by our own limit */
		bad += !ok;
		i += k;
	}
	return bad * 20 <= n;
}

static bool
is_text(int dir, const char *rel)
{
	autofd int fd = fs_open_in(dir, rel, O_RDONLY | O_NONBLOCK, 0);
	char part[LOOK_BYTES];
	ssize_t n = fd < 0 ? -1 : read(fd, part, sizeof(part));

	return n >= 0 && effects_looks_like_text(part, (size_t)n);
}

void
effects_find_text(struct draft *d, const volatile bool *cancelled, struct effects *e)
{
	size_t looked = 0;

	for (size_t i = 0; i < e->n && looked < MAX_FILES && !(cancelled && *cancelled); i++) {
		struct effect *x = &e->v[i];
		const char *rel;
		struct draft_root *r = draft_root_of(d, x->path, &rel);
		bool old = S_ISREG(x->was_mode), new = S_ISREG(x->mode);

		if (!r || x->kind == EFFECT_MOVE || x->kind == EFFECT_PERM || (!old && !new) ||
			(old && x->pre.size > MAX_SIZE) || (new && x->post.size > MAX_SIZE))
			continue;
		if ((x->mode && !new) || (x->was_mode && !old))
			continue;
		looked++;
		x->text = (!old || is_text(r->real_fd, rel)) && (!new || is_text(r->upper_fd, rel));
	}
}
