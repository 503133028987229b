#include "agent/draft/mounts.h"
#include "agent/base/path.h"

#define MOUNTINFO_MAX (4u << 20)

/* File systems that keep modes, links and times, and where a rename is atomic. */
static const char *const kinds[] = { "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "tmpfs",
	"zfs", "bcachefs", "overlay", "reiserfs", "jfs" };

/* mountinfo spells space, tab, newline and backslash as octal. */
static char *
unescape(struct slice s)
{
	char *out = xmalloc(s.n + 1), *o = out;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 3 < s.n && s.p[i + 1] >= '0' && s.p[i + 1] <= '3') {
			*o++ = (char)((s.p[i + 1] - '0') << 6 | (s.p[i + 2] - '0') << 3 |
				(s.p[i + 3] - '0'));
			i += 3;
		} else {
			*o++ = s.p[i];
		}
	}
	*o = '\0';
	return out;
}

static bool
is_kind(struct slice kind)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (slice_eq_str(kind, kinds[i]))
			return true;
	}
	return false;
}

void
mounts_parse(struct slice text, const char *dir, struct strv *ret)
{
	while (text.p && text.n) {
		struct slice line = slice_line(&text), field[6];
		ptrdiff_t dash;
		struct slice tail;

		for (size_t i = 0; i < ARRAY_LEN(field); i++)
			field[i] = line.p ? slice_cut(&line, ' ') : (struct slice){ "", 0 };
		if (!line.p || !(slice_eq_str(field[5], "rw") || slice_starts(field[5], "rw,")))
			continue;
		dash = slice_find(line, SLICE_LIT("- "));
		if (dash < 0)
			continue;
		tail = (struct slice){ line.p + dash + 2, line.n - (size_t)dash - 2 };
		if (is_kind(slice_cut(&tail, ' '))) {
			autofree char *point = unescape(field[4]);

			if (path_below(point, dir) && !str_eq(point, dir) && !strv_has(ret, point))
				strv_add(ret, point);
		}
	}
	strv_sort(ret);
}

void
mounts_below(const char *dir, struct strv *ret)
{
	autobuf struct buf b = BUF_INIT(MOUNTINFO_MAX);
	autofile FILE *f = fopen("/proc/self/mountinfo", "re");
	char part[8192];
	size_t n;

	if (!f)
		return;
	while ((n = fread(part, 1, sizeof(part), f)) > 0 && buf_add(&b, part, n))
		;
	mounts_parse(buf_slice(&b), dir, ret);
}
