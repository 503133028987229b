/* Extended attributes by folder descriptor and name: there is no *xattrat() in old kernels, so
 * the path goes through /proc/self/fd. */
#include <errno.h>
#include <sys/xattr.h>
#include "agent/draft/fs.h"

#define XATTR_LIST_MAX 65536
#define XATTR_OVERLAY "user.overlay."

static void
path_of(int dir, const char *name, char *out, size_t n)
{
	if (*name)
		snprintf(out, n, "/proc/self/fd/%d/%s", dir, name);
	else
		snprintf(out, n, "/proc/self/fd/%d/.", dir);
}

const char *
fs_xattrs_name(const struct fs_xattrs *x, size_t i)
{
	const char *p = x->names;

	while (i--)
		p += strlen(p) + 1;
	return p;
}

void
fs_xattrs_finish(struct fs_xattrs *x)
{
	for (size_t i = 0; i < x->n; i++)
		free(x->values[i]);
	free(x->names);
	free(x->values);
	free(x->sizes);
	*x = (struct fs_xattrs){ 0 };
}

static void
add_one(struct fs_xattrs *x, const char *path, const char *name)
{
	size_t n = strlen(name) + 1;
	ssize_t size = lgetxattr(path, name, NULL, 0);
	char *value;

	if (size < 0 || size > XATTR_LIST_MAX)
		return;
	value = xmalloc((size_t)size + 1);
	size = lgetxattr(path, name, value, (size_t)size);
	if (size < 0) {
		free(value);
		return;
	}
	x->names = xrealloc(x->names, x->len + n);
	memcpy(x->names + x->len, name, n);
	x->len += n;
	x->values = xreallocarray(x->values, x->n + 1, sizeof(*x->values));
	x->sizes = xreallocarray(x->sizes, x->n + 1, sizeof(*x->sizes));
	x->values[x->n] = value;
	x->sizes[x->n++] = (size_t)size;
}

bool
fs_xattrs_get(int dir, const char *name, struct fs_xattrs *ret)
{
	char path[64 + DRAFT_PATH_MAX], list[4096];
	autofree char *big = NULL;
	char *p = list;
	ssize_t n;

	*ret = (struct fs_xattrs){ 0 };
	path_of(dir, name, path, sizeof(path));
	n = llistxattr(path, list, sizeof(list));
	if (n < 0 && errno == ERANGE) {
		p = big = xmalloc(XATTR_LIST_MAX);
		n = llistxattr(path, big, XATTR_LIST_MAX);
	}
	if (n < 0)
		return errno == ENOTSUP;
	for (char *end = p + n; p < end; p += strlen(p) + 1) {
		if (strncmp(p, XATTR_OVERLAY, strlen(XATTR_OVERLAY)) != 0)
			add_one(ret, path, p);
	}
	return true;
}

static ssize_t
index_of(const struct fs_xattrs *x, const char *name)
{
	const char *p = x->names;

	for (size_t i = 0; i < x->n; i++, p += strlen(p) + 1) {
		if (str_eq(p, name))
			return (ssize_t)i;
	}
	return -1;
}

bool
fs_xattrs_equal(const struct fs_xattrs *a, const struct fs_xattrs *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		ssize_t j = index_of(b, fs_xattrs_name(a, i));

		if (j < 0 || a->sizes[i] != b->sizes[j] ||
			memcmp(a->values[i], b->values[j], a->sizes[i]) != 0)
			return false;
	}
	return true;
}

bool
fs_xattrs_set(int dir, const char *name, const struct fs_xattrs *x)
{
	char path[64 + DRAFT_PATH_MAX];
	struct fs_xattrs have;
	bool ok = true;
	const char *p;

	path_of(dir, name, path, sizeof(path));
	if (!fs_xattrs_get(dir, name, &have))
		return x->n == 0;
	p = x->names;
	for (size_t i = 0; i < x->n; i++, p += strlen(p) + 1) {
		ssize_t j = index_of(&have, p);

		if (j >= 0 && have.sizes[j] == x->sizes[i] &&
			memcmp(have.values[j], x->values[i], x->sizes[i]) == 0)
			continue;
		if (!fs_kill_point("setxattr") ||
			lsetxattr(path, p, x->values[i], x->sizes[i], 0) < 0)
			ok = false;
	}
	for (size_t i = 0; i < have.n; i++) {
		const char *gone = fs_xattrs_name(&have, i);

		if (index_of(x, gone) >= 0)
			continue;
		if (!fs_kill_point("removexattr") || lremovexattr(path, gone) < 0)
			ok = false;
	}
	fs_xattrs_finish(&have);
	return ok;
}

bool
fs_is_opaque(int dir, const char *name)
{
	char path[64 + DRAFT_PATH_MAX], value[4];

	path_of(dir, name, path, sizeof(path));
	return lgetxattr(path, DRAFT_XATTR_OPAQUE, value, sizeof(value)) == 1 && value[0] == 'y';
}

int
fs_set_opaque(int dir, const char *name)
{
	char path[64 + DRAFT_PATH_MAX];

	path_of(dir, name, path, sizeof(path));
	return fs_kill_point("setxattr") ? lsetxattr(path, DRAFT_XATTR_OPAQUE, "y", 1, 0) : -1;
}
