/* Lexical paths: no system call in this file. */
#include "agent/base/path.h"

char *
path_join(const char *a, const char *b)
{
	size_t n = strlen(a);

	if (*b == '/' || !*a)
		return xstrdup(b);
	while (n > 1 && a[n - 1] == '/')
		n--;
	if (!*b)
		return xstrndup(a, n);
	return xasprintf("%.*s%s%s", (int)n, a, a[n - 1] == '/' ? "" : "/", b);
}

/* Cuts the last component off out; false when there is none that ".." may take away. */
static bool
drop_last(struct buf *out, bool absolute)
{
	const char *s = buf_str(out), *slash;

	if (out->len == 0 || str_eq(s, "..") || str_ends(s, "/.."))
		return absolute && out->len == 0;
	slash = strrchr(s, '/');
	buf_truncate(out, slash ? (size_t)(slash - s) : 0);
	return true;
}

char *
path_normal(const char *p)
{
	struct buf out = BUF_INIT(SIZE_MAX / 2);
	struct slice rest = slice_of(p);
	bool absolute = *p == '/' || !*p;

	while (rest.p) {
		struct slice part = slice_cut(&rest, '/');

		if (part.n == 0 || slice_eq_str(part, "."))
			continue;
		if (slice_eq_str(part, "..") && drop_last(&out, absolute))
			continue;
		if (absolute || out.len)
			buf_add_char(&out, '/');
		buf_add_slice(&out, part);
	}
	if (out.len == 0)
		buf_add_char(&out, absolute ? '/' : '.');
	return buf_steal(&out);
}

char *
path_resolve(const char *p, const char *cwd, const char *home)
{
	autofree char *whole = NULL;

	if (*p == '~' && (p[1] == '/' || !p[1])) {
		while (*++p == '/' && p[1] == '/')
			;
		whole = path_join(home, *p ? p + 1 : p);
	} else {
		whole = path_join(cwd, p);
	}
	return path_normal(whole);
}

char *
path_tilde(const char *p, const char *home)
{
	size_t n = strlen(home);

	while (n > 1 && home[n - 1] == '/')
		n--;
	if (n > 1 && strncmp(p, home, n) == 0 && (p[n] == '/' || !p[n]))
		return xasprintf("~%s", p + n);
	return xstrdup(p);
}

const char *
path_base(const char *p)
{
	const char *slash = strrchr(p, '/');

	return slash ? slash + 1 : p;
}

char *
path_dir(const char *p)
{
	const char *slash = strrchr(p, '/');

	if (!slash)
		return xstrdup(".");
	while (slash > p && slash[-1] == '/')
		slash--;
	return slash == p ? xstrdup("/") : xstrndup(p, (size_t)(slash - p));
}

bool
path_below(const char *p, const char *dir)
{
	size_t n = strlen(dir);

	while (n > 1 && dir[n - 1] == '/')
		n--;
	if (strncmp(p, dir, n) != 0)
		return false;
	return !p[n] || p[n] == '/' || (n == 1 && *dir == '/');
}

/* Where the extension of a file name begins; its end when there is none. ".tar.gz" is one. */
static size_t
extension_at(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t n = strlen(name);

	if (!dot || dot == name || !dot[1] || strchr(dot, ' '))
		return n;
	n = (size_t)(dot - name);
	if (n > 4 && strncmp(dot - 4, ".tar", 4) == 0)
		n -= 4;
	return n;
}

char *
path_numbered(const char *p, int n)
{
	const char *name = path_base(p);
	size_t stem = extension_at(name);

	return xasprintf("%.*s (%d)%s", (int)(name - p + (ptrdiff_t)stem), p, n, name + stem);
}
