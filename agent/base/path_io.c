/* Whole-file reads and atomic writes. */
#include "agent/base/path.h"
#include "agent/base/i18n.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

bool
path_make_dirs(const char *p, unsigned mode, struct err *err)
{
	autofree char *all = path_normal(p);
	struct stat st;

	for (char *slash = all; slash;) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(all, mode) < 0 && errno != EEXIST) {
			int sys = errno;

			/* A read-only parent that is there already says EROFS or EACCES. */
			if (stat(all, &st) < 0)
				return err_sys(err, sys, _("Cannot make the folder %s"), all);
		}
		if (slash)
			*slash = '/';
	}
	if (stat(all, &st) < 0)
		return err_sys(err, errno, _("Cannot make the folder %s"), all);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_IO,
			_("%s is a file, but a folder is needed there; move it away"), all);
	return true;
}

static bool
read_all(int fd, const char *p, struct buf *b, struct err *err)
{
	char piece[32768];

	for (;;) {
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n == 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, errno, _("Cannot read %s"), p);
		if (!buf_add(b, piece, (size_t)n)) {
			char most[16];

			return err_set(err, ERR_LIMIT,
				_("%s is larger than %s, the most that is read"), p,
				str_size(b->max, most));
		}
	}
}

bool
path_read_file(const char *p, struct buf *b, struct err *err)
{
	/* Non-blocking: opening a FIFO must not hang before fstat can refuse it. */
	autofd int fd = open(p, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return err_sys(err, errno, _("Cannot open %s"), p);
	if (fstat(fd, &st) < 0)
		return err_sys(err, errno, _("Cannot read %s"), p);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_IO, _("%s is not a regular file"), p);
	return read_all(fd, p, b, err);
}

static bool
write_all(int fd, struct slice data)
{
	while (data.n) {
		ssize_t n = write(fd, data.p, data.n);

		if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			data.p += n;
			data.n -= (size_t)n;
		}
	}
	return true;
}

static void
sync_dir(const char *p)
{
	autofree char *dir = path_dir(p);
	autofd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* Some file systems cannot; the rename itself has happened. */
	if (fd >= 0)
		fsync(fd);
}

bool
path_place_new(const char *tmp, const char *to, struct err *err)
{
	/* link() refuses a taken name, where rename() would overwrite it; not every file system
	 * has links. */
	if (link(tmp, to) == 0)
		unlink(tmp);
	else if (errno == EEXIST || renameat2(AT_FDCWD, tmp, AT_FDCWD, to, RENAME_NOREPLACE))
		return errno == EEXIST
			? err_set(err, ERR_CONFLICT, _("%s exists already; name another file."), to)
			: err_sys(err, errno, _("%s could not be made"), to);
	sync_dir(to);
	return true;
}

bool
path_write_new(const char *p, struct slice data, unsigned mode, struct err *err)
{
	autofree char *tmp = xasprintf("%s.tmp.XXXXXX", p);
	autofd int fd = mkostemp(tmp, O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return err_sys(err, errno, _("%s could not be made"), p);
	ok = write_all(fd, data) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
	ok = ok ? path_place_new(tmp, p, err) : err_sys(err, errno, _("%s could not be made"), p);
	if (!ok)
		unlink(tmp);
	return ok;
}

bool
path_write_file(const char *p, struct slice data, unsigned mode, struct err *err)
{
	/* Through a link, so that a config kept elsewhere stays there. */
	autofree char *real = realpath(p, NULL);
	const char *to = real ? real : p;
	/* A name of its own: two writers must never rename each other's half. */
	autofree char *tmp = xasprintf("%s.tmp.XXXXXX", to);
	autofd int fd = mkostemp(tmp, O_CLOEXEC);
	int sys;

	if (fd < 0)
		return err_sys(err, errno, _("Cannot write %s"), to);
	if (!write_all(fd, data) || fchmod(fd, mode) < 0 || fsync(fd) < 0 ||
		rename(tmp, to) < 0) {
		sys = errno;
		unlink(tmp);
		return err_sys(err, sys, _("Cannot write %s"), to);
	}
	sync_dir(to);
	return true;
}
