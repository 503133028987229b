/* SQLite's own backup, page by page in one read transaction, into a temporary name. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/store/copy.h"

static bool
sync_path(const char *path, struct err *err)
{
	autofd int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		return err_sys(err, errno, _("%s could not be written"), path);
	return true;
}

static bool
copy_pages(struct db *db, const char *tmp, struct err *err)
{
	struct db to = { 0 };
	sqlite3_backup *b;
	bool ok = false;
	int rc;

	rc = sqlite3_open_v2(tmp, &to.h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc) {
		db_fail(&to, rc, err);
		db_close(&to);
		return false;
	}
	b = sqlite3_backup_init(to.h, "main", db->h, "main");
	if (!b) {
		db_fail(&to, sqlite3_errcode(to.h), err);
	} else {
		rc = sqlite3_backup_step(b, -1);
		sqlite3_backup_finish(b);
		ok = rc == SQLITE_DONE;
		if (!ok)
			db_fail(sqlite3_errcode(to.h) ? &to : db, rc, err);
	}
	db_close(&to);
	return ok;
}

bool
copy_database(struct db *db, const char *file, struct err *err)
{
	autofree char *tmp = xasprintf("%s.tmp-%d", file, (int)getpid());
	int fd;

	fd = open(tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_sys(err, errno, _("%s could not be made"), file);
	close(fd);
	if (copy_pages(db, tmp, err) && sync_path(tmp, err) && path_place_new(tmp, file, err))
		return true;
	unlink(tmp);
	return false;
}
