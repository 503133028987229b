#include "agent/helpers/draft/compare.h"
#include <errno.h>
#include <sys/xattr.h>

#define BLOCK (256 << 10)
#define NAMES_MAX (64 << 10)

static off_t
next_data(int fd, off_t at, off_t size)
{
	off_t n = lseek(fd, at, SEEK_DATA);

	if (n < 0)
		return errno == ENXIO ? size : at; /* no holes known here */
	return n;
}

static bool
read_full(int fd, char *buf, size_t n, off_t at)
{
	while (n) {
		ssize_t got = pread(fd, buf, n, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		buf += got;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

bool
compare_content(int a, int b, off_t size)
{
	static char left[BLOCK], right[BLOCK];
	off_t at = 0;

	while (at < size) {
		off_t in_a = next_data(a, at, size), in_b = next_data(b, at, size);
		size_t n;

		at = MIN_OF(in_a, in_b);
		if (at >= size)
			break;
		n = (size_t)MIN_OF((off_t)BLOCK, size - at);
		if (!read_full(a, left, n, at) || !read_full(b, right, n, at) ||
			memcmp(left, right, n) != 0)
			return false;
		at += (off_t)n;
	}
	return true;
}

static bool
matters(const char *name)
{
	return strncmp(name, "user.overlay.", 13) != 0 && strncmp(name, "security.", 9) != 0 &&
		strncmp(name, "trusted.", 8) != 0;
}

/* Every attribute of a that matters is in b with the same value. */
static bool
within(int a, int b, size_t *ret_count)
{
	static char names[NAMES_MAX], left[NAMES_MAX], right[NAMES_MAX];
	ssize_t len = flistxattr(a, names, sizeof(names));

	*ret_count = 0;
	for (char *n = names; len > 0 && n < names + len; n += strlen(n) + 1) {
		ssize_t in_a, in_b;

		if (!matters(n))
			continue;
		(*ret_count)++;
		in_a = fgetxattr(a, n, left, sizeof(left));
		in_b = fgetxattr(b, n, right, sizeof(right));
		if (in_a != in_b || (in_a > 0 && memcmp(left, right, (size_t)in_a) != 0))
			return false;
	}
	return true;
}

bool
compare_xattrs(int a, int b)
{
	size_t n_a, n_b;

	return within(a, b, &n_a) && within(b, a, &n_b) && n_a == n_b;
}
