#include "agent/helpers/draft/split.h"
#include "agent/helpers/draft/compare.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include "agent/base/str.h"

#define ATTR_MAX (64 << 10)
#define DEPTH 32

struct split {
	struct overlay_how *how;
	struct fail *fail;
	bool (*add)(void *user, int mnt, const char *path);
	void *user;
	int work;
	const char *work_path;
	unsigned n;
};

/* mountinfo spells blanks and backslashes as three octal digits. */
static void
unescape(char *s)
{
	char *out = s;

	for (; *s; s++) {
		unsigned c;

		if (*s == '\\' && sscanf(s + 1, "%3o", &c) == 1) {
			*out++ = (char)c;
			s += 3;
		} else {
			*out++ = *s;
		}
	}
	*out = '\0';
}

static bool
each_mount(bool (*fn)(const char *point, const char *path), const char *path)
{
	autofile FILE *f = fopen("/proc/self/mountinfo", "re");
	autofree char *line = NULL;
	size_t cap = 0;
	bool any = false;

	while (f && !any && getline(&line, &cap, f) > 0) {
		char *at = line;

		for (int i = 0; i < 4 && at; i++)
			at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL;
		if (!at)
			continue;
		at[strcspn(at, " \n")] = '\0';
		unescape(at);
		any = fn(at, path);
	}
	return any;
}

static bool
is_below(const char *point, const char *path)
{
	size_t n = strlen(path);

	return strncmp(point, path, n) == 0 && point[n] == '/';
}

static bool
is_at(const char *point, const char *path)
{
	return str_eq(point, path);
}

bool
split_needed(const char *path)
{
	return each_mount(is_below, path);
}

static void
copy_xattrs(int from, int to)
{
	static char names[ATTR_MAX], value[ATTR_MAX];
	ssize_t len = flistxattr(from, names, sizeof(names));

	for (char *n = names; len > 0 && n < names + len; n += strlen(n) + 1) {
		ssize_t size = strncmp(n, "user.overlay.", 13)
			? fgetxattr(from, n, value, sizeof(value))
			: -1;

		if (size >= 0)
			(void)fsetxattr(to, n, value, (size_t)size, 0);
	}
}

/* The folder in the upper that stands for the real one, looking the same. */
static bool
make_upper(const char *upper, const char *real, const struct stat *st, struct fail *f)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	struct stat have;
	autofd int to = -1, from = -1;

	if (lstat(upper, &have) == 0) {
		char c = 0;

		if (S_ISDIR(have.st_mode) &&
			(lgetxattr(upper, DRAFT_XATTR_OPAQUE, &c, 1) != 1 || c != 'y'))
			return true;
		return fail_set(f, DRAFT_FAIL_OVERLAY,
			"%s was deleted or replaced in this draft, beside a mount: decide on "
			"that first",
			real);
	}
	if (mkdir(upper, st->st_mode & 07777) < 0 || chmod(upper, st->st_mode & 07777) < 0)
		return fail_sys(f, DRAFT_FAIL_OVERLAY, "cannot make %s", upper);
	to = open(upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	from = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to >= 0 && from >= 0) {
		copy_xattrs(from, to);
		(void)futimens(to, times);
	}
	return true;
}

static bool
overlay_part(struct split *s, const char *real, const char *upper)
{
	char name[16];
	autofree char *work = NULL;
	int mnt;

	if (++s->n > SPLIT_MAX)
		return fail_set(s->fail, DRAFT_FAIL_OVERLAY,
			"too many folders beside the mounts in %s", real);
	snprintf(name, sizeof(name), "s%u", s->n);
	work = xasprintf("%s/%s", s->work_path, name);
	if (mkdirat(s->work, name, 0700) < 0 && errno != EEXIST)
		return fail_sys(s->fail, DRAFT_FAIL_OVERLAY, "cannot make %s", work);
	mnt = overlay_mount(&(struct spec_root){ real, upper, work }, s->how, s->fail);
	return mnt >= 0 && s->add(s->user, mnt, real);
}

static bool split_dir(struct split *s, const char *real, const char *upper, int depth);

static bool
split_entry(struct split *s, const char *real, const char *upper, int depth)
{
	struct stat st;

	/* Links, files and what others own stay as they are; a mount is a root of its own. */
	if (lstat(real, &st) < 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
		st.st_gid != getegid() || each_mount(is_at, real))
		return true;
	if (!make_upper(upper, real, &st, s->fail))
		return false;
	if (split_needed(real))
		return depth > 0
			? split_dir(s, real, upper, depth - 1)
			: fail_set(s->fail, DRAFT_FAIL_OVERLAY, "mounts too deep in %s", real);
	return overlay_part(s, real, upper);
}

/* What the draft already holds right beside a mount could not be shown to the command. */
static bool
check_upper(struct split *s, const char *upper, const char *real)
{
	DIR *d = opendir(upper);
	struct dirent *e;
	bool ok = true;

	while (d && ok && (e = readdir(d))) {
		autofree char *path = xasprintf("%s/%s", real, e->d_name);
		struct stat st;

		if (str_eq(e->d_name, ".") || str_eq(e->d_name, "..") || e->d_type == DT_DIR)
			ok = e->d_type != DT_DIR || lstat(path, &st) == 0;
		else
			ok = false;
		if (!ok)
			fail_set(s->fail, DRAFT_FAIL_OVERLAY,
				"%s was changed in this draft, beside a mount: decide on that "
				"first",
				path);
	}
	if (d)
		closedir(d);
	return ok;
}

static bool
split_dir(struct split *s, const char *real, const char *upper, int depth)
{
	DIR *d;
	struct dirent *e;
	bool ok = check_upper(s, upper, real);

	d = ok ? opendir(real) : NULL;
	while (d && ok && (e = readdir(d))) {
		autofree char *below = xasprintf("%s/%s", real, e->d_name);
		autofree char *in_upper = xasprintf("%s/%s", upper, e->d_name);

		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, ".."))
			ok = split_entry(s, below, in_upper, depth);
	}
	if (d)
		closedir(d);
	return ok;
}

bool
split_mount(const struct spec_root *r, struct overlay_how *how,
	bool (*add)(void *user, int mnt, const char *path), void *user, struct fail *f)
{
	struct split s = { .how = how,
		.fail = f,
		.add = add,
		.user = user,
		.work_path = r->work,
		.work = open(r->work, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	bool ok;

	if (s.work < 0)
		return fail_sys(f, DRAFT_FAIL_OVERLAY, "cannot open %s", r->work);
	ok = split_dir(&s, r->path, r->upper, DEPTH);
	close(s.work);
	return ok;
}

static bool
same_dir(const char *upper, const char *real)
{
	autofd int up = open(upper, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	autofd int low = open(real, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat a, b;

	return up >= 0 && low >= 0 && fstat(up, &a) == 0 && fstat(low, &b) == 0 &&
		a.st_mode == b.st_mode && a.st_uid == b.st_uid && compare_xattrs(up, low);
}

static void
clean_dir(const char *upper, const char *real, int depth)
{
	DIR *d = opendir(upper);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		autofree char *u = xasprintf("%s/%s", upper, e->d_name);
		autofree char *l = xasprintf("%s/%s", real, e->d_name);

		if (str_eq(e->d_name, ".") || str_eq(e->d_name, "..") || e->d_type != DT_DIR)
			continue;
		if (depth > 0 && split_needed(l))
			clean_dir(u, l, depth - 1);
		if (same_dir(u, l))
			(void)rmdir(u); /* refused where it says something */
	}
	if (d)
		closedir(d);
}

void
split_clean(const struct spec_root *r)
{
	if (split_needed(r->path))
		clean_dir(r->upper, r->path, DEPTH);
}
