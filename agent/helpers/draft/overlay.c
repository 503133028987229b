#include "agent/helpers/draft/overlay.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define GONE_MAX 32
#define GONE_DEPTH 8

static void
remove_below(int dir, const char *name, int depth)
{
	struct dirent *e;
	DIR *d;
	int fd;

	/* The kernel leaves the folder with mode 000. */
	if (unlinkat(dir, name, 0) == 0 || depth == 0 || fchmodat(dir, name, 0700, 0) < 0)
		return;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d)
		return;
	while ((e = readdir(d))) {
		if (!str_eq(e->d_name, ".") && !str_eq(e->d_name, ".."))
			remove_below(dirfd(d), e->d_name, depth - 1);
	}
	closedir(d);
	unlinkat(dir, name, AT_REMOVEDIR);
}

/* What an earlier mount left, else a used upper is refused. Removing folders waits for the
 * disk, renaming does not: they go aside and are removed with the draft, or when there are
 * many. */
static void
put_aside(const char *work)
{
	char name[32];
	autofd int fd = open(work, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || faccessat(fd, "work", F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	for (unsigned n = 0; n < GONE_MAX; n++) {
		snprintf(name, sizeof(name), "gone%u", n);
		if (renameat2(fd, "work", fd, name, RENAME_NOREPLACE) == 0 || errno != EEXIST)
			return;
	}
	for (unsigned n = 0; n < GONE_MAX; n++) {
		snprintf(name, sizeof(name), "gone%u", n);
		remove_below(fd, name, GONE_DEPTH);
	}
	remove_below(fd, "work", GONE_DEPTH);
}

static bool
set(int fs, const char *key, const char *value)
{
	return fsconfig(fs, value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value, 0) ==
		0;
}

/* What the kernel says about its refusal is better than errno; take its last line. */
static bool
refused(int fs, struct fail *f, const char *root, const char *step)
{
	int sys = errno;
	char line[300] = "", said[300] = "";
	ssize_t n;

	while (fs >= 0 && (n = read(fs, line, sizeof(line) - 1)) > 0) {
		line[n] = '\0';
		memcpy(said, line, (size_t)n + 1);
	}
	errno = sys;
	said[strcspn(said, "\n")] = '\0';
	if (said[0] && said[1] == ' ') /* "e ", an error */
		memmove(said, said + 2, strlen(said + 1));
	return fail_sys(f, DRAFT_FAIL_OVERLAY, "overlay over %s: %s%s%s", root, step,
		*said ? ": " : "", said);
}

static int
mount_plus(const struct spec_root *r, bool is_volatile, struct fail *f)
{
	autofd int fs = fsopen("overlay", FSOPEN_CLOEXEC);
	int mnt;

	if (fs < 0) {
		fail_sys(f, DRAFT_FAIL_OVERLAY, "no overlay file system");
		return -1;
	}
	if (!set(fs, "lowerdir+", r->path)) {
		refused(fs, f, r->path, "lowerdir+");
		f->code = DRAFT_FAIL_NONE; /* the caller tries the other way */
		return -1;
	}
	if (!set(fs, "upperdir", r->upper) || !set(fs, "workdir", r->work) ||
		!set(fs, "userxattr", NULL) || (is_volatile && !set(fs, "volatile", NULL)) ||
		fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) {
		refused(fs, f, r->path, "create");
		return -1;
	}
	mnt = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	if (mnt < 0)
		refused(fs, f, r->path, "fsmount");
	return mnt;
}

static bool
add_escaped(char *out, size_t size, const char *key, const char *path)
{
	size_t n = strlen(out);

	n += (size_t)snprintf(out + n, size - n, "%s=", key);
	for (; *path && n + 2 < size; path++) {
		if (strchr("\\:,", *path))
			out[n++] = '\\';
		out[n++] = *path;
	}
	out[n] = '\0';
	return !*path;
}

/* Kernel 6.1 has no lowerdir+: a mount string, escaped, attached where nothing is seen of it
 * and then taken off again as a descriptor. */
static int
mount_string(const struct spec_root *r, bool is_volatile, struct fail *f)
{
	char opt[4096] = "userxattr,"; /* the kernel's own limit is a page */
	int mnt;

	if (is_volatile)
		strcat(opt, "volatile,");
	if (!add_escaped(opt, sizeof(opt) - 1, "lowerdir", r->path) || !strcat(opt, ",") ||
		!add_escaped(opt, sizeof(opt) - 1, "upperdir", r->upper) || !strcat(opt, ",") ||
		!add_escaped(opt, sizeof(opt), "workdir", r->work)) {
		fail_set(f, DRAFT_FAIL_OVERLAY, "overlay over %s: the paths are too long",
			r->path);
		return -1;
	}
	if (mount("overlay", r->path, "overlay", MS_NOSUID | MS_NODEV, opt) < 0) {
		refused(-1, f, r->path, "mount");
		return -1;
	}
	mnt = open_tree(AT_FDCWD, r->path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (mnt < 0)
		refused(-1, f, r->path, "open_tree");
	umount2(r->path, MNT_DETACH);
	return mnt;
}

int
overlay_mount(const struct spec_root *r, struct overlay_how *how, struct fail *f)
{
	int mnt = -1;

	f->code = DRAFT_FAIL_NONE;
	how->is_volatile = true;
	/* A work folder on which an attempt failed is refused the next time: clean each time.
	 */
	for (int attempt = 0; attempt < 2 && mnt < 0; attempt++) {
		put_aside(r->work);
		if (!how->legacy) {
			mnt = mount_plus(r, how->is_volatile, f);
			if (mnt < 0 && f->code == DRAFT_FAIL_NONE)
				how->legacy = true;
		}
		if (how->legacy)
			mnt = mount_string(r, how->is_volatile, f);
		if (mnt < 0)
			how->is_volatile = false;
	}
	how->lowerplus = mnt >= 0 && !how->legacy;
	return mnt;
}
