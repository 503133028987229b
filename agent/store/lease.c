/* Leases: rows of (task, pid, start time, boot id). */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include "agent/base/i18n.h"
#include "agent/store/append.h"
#include "agent/store/lease.h"
#include "agent/store/priv.h"

/* Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and brackets. 0: no process,
 * or one that has ended and only waits for its parent to notice. */
static int64_t
start_of(int64_t pid)
{
	autofree char *path = xasprintf("/proc/%lld/stat", (long long)pid);
	autofd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[1024], *p;
	ssize_t n;
	int i;

	if (fd < 0 || (n = read(fd, text, sizeof(text) - 1)) <= 0)
		return 0;
	text[n] = '\0';
	p = strrchr(text, ')');
	if (!p || !p[1] || strchr("ZXx", p[2]))
		return 0;
	for (i = 0; p && i < 20; i++)
		p = strchr(p + 1, ' ');
	return p ? strtoll(p, NULL, 10) : 0;
}

static struct lease_owner self;

static void
read_self(void)
{
	autofd int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, self.boot, sizeof(self.boot) - 1);

	self.boot[n > 0 ? n : 0] = '\0';
	self.boot[strcspn(self.boot, "\n")] = '\0';
	self.pid = getpid();
	self.start = start_of(self.pid);
}

const struct lease_owner *
lease_self(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

	pthread_mutex_lock(&lock);
	if (self.pid != getpid()) /* also in a child after fork */
		read_self();
	pthread_mutex_unlock(&lock);
	return &self;
}

bool
lease_lives(const struct lease_owner *o)
{
	return str_eq(o->boot, lease_self()->boot) && o->start && start_of(o->pid) == o->start;
}

static void
read_owner(struct stmt *s, int col, struct lease_owner *o)
{
	o->pid = stmt_i64(s, col);
	o->start = stmt_i64(s, col + 1);
	snprintf(o->boot, sizeof(o->boot), "%s", stmt_text(s, col + 2));
}

bool
lease_put(struct db *db, int64_t task, struct err *err)
{
	const struct lease_owner *o = lease_self();

	return db_run(db, err,
		"INSERT OR REPLACE INTO lease(task, pid, start, boot) VALUES(?1, ?2, ?3, ?4)", "iiis",
		task, o->pid, o->start, o->boot);
}

bool
lease_other(struct db *db, int64_t *ret_pid, int64_t *ret_task, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	struct lease_owner o;
	int rc;

	*ret_pid = 0;
	if (!stmt_open(&s, db, "SELECT pid, start, boot, task FROM lease", err))
		return false;
	while ((rc = stmt_step(&s, err)) > 0) {
		read_owner(&s, 0, &o);
		if (o.pid == lease_self()->pid || !lease_lives(&o))
			continue;
		*ret_pid = o.pid;
		*ret_task = stmt_i64(&s, 3);
		return true;
	}
	return rc == 0;
}

bool
lease_release_all(struct db *db, struct err *err)
{
	const struct lease_owner *o = lease_self();
	int64_t held;

	/* Do not touch the file when there is nothing to give back. */
	if (!db_number(db, "SELECT count(*) FROM lease", 0, &held, err) || !held)
		return !held;
	return db_run(db, err, "DELETE FROM lease WHERE pid=?1 AND start=?2 AND boot=?3", "iis",
		o->pid, o->start, o->boot);
}

static bool
take_held(struct db *db, int64_t task, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	struct lease_owner o;
	int rc;

	rc = stmt_row(&s, db, err, "SELECT pid, start, boot FROM lease WHERE task=?1", "i", task);
	if (rc < 0)
		return false;
	if (rc) {
		read_owner(&s, 0, &o);
		if (o.pid != lease_self()->pid && lease_lives(&o))
			return err_set(err, ERR_CONFLICT,
				_("Another Homard (process %lld) is working on task %lld. Watch "
				  "it there, or stop it first."),
				(long long)o.pid, (long long)task);
	}
	return lease_put(db, task, err);
}

static bool
take_job(struct db *db, void *arg, struct err *err)
{
	if (!append_begin(db, false, err))
		return false;
	if (take_held(db, *(int64_t *)arg, err) && append_commit(db, err))
		return true;
	append_rollback(db);
	return false;
}

static bool
release_job(struct db *db, void *arg, struct err *err)
{
	const struct lease_owner *o = lease_self();

	return db_run(db, err, "DELETE FROM lease WHERE task=?1 AND pid=?2 AND start=?3", "iii",
		*(int64_t *)arg, o->pid, o->start);
}

bool
lease_take(struct journal *j, int64_t task, struct err *err)
{
	return journal_writable(j, err) && writer_call(j->writer, take_job, &task, err);
}

void
lease_release(struct journal *j, int64_t task)
{
	struct err ignored = { 0 };

	if (j->writer && !writer_call(j->writer, release_job, &task, &ignored))
		return; /* it dies with this process anyway */
}

bool
lease_orphans(struct journal *j, int64_t *out, size_t max, size_t *ret_n, struct err *err)
{
	autostmt struct stmt s = STMT_INIT;
	struct lease_owner o;
	size_t n = 0;
	int rc;

	if (!stmt_open(&s, &j->db,
		    "SELECT t.task, l.pid, l.start, l.boot FROM task t LEFT JOIN lease l "
		    "ON l.task=t.task WHERE t.ended=0 ORDER BY t.task",
		    err))
		return false;
	while ((rc = stmt_step(&s, err)) > 0 && n < max) {
		read_owner(&s, 1, &o);
		if (stmt_null(&s, 1) || !lease_lives(&o))
			out[n++] = stmt_i64(&s, 0);
	}
	if (rc < 0)
		return false;
	*ret_n = n;
	return true;
}
