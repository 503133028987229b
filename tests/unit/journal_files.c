/* Migrations keep the old files and wait for running work; backups are whole copies; read-only files. */
#include "tests/support/testing.h"
#include "agent/base/buf.h"
#include "agent/base/path.h"
#include "agent/store/priv.h"
#include "agent/store/schema.h"
#include "tests/support/journal_tmp.h"
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

static bool
to_v3(struct db *db, struct err *err)
{
	return db_exec(db, "CREATE TABLE extra(x)", err);
}

static bool
to_v4(struct db *db, struct err *err)
{
	return db_exec(db, "CREATE TABLE more(x)", err);
}

static bool
to_v5_breaks(struct db *db, struct err *err)
{
	return db_exec(db, "CREATE TABLE gone(x)", err) && db_exec(db, "CREATE TABLE more(x)", err);
}

static const struct migration later[] = {
	{ 3, "three", to_v3 },
	{ 4, "four", to_v4 },
	{ 5, "five", to_v5_breaks },
};

static bool
there(const struct tmp_journal *t, const char *suffix)
{
	autofree char *path = xasprintf("%s%s", t->path, suffix);

	return access(path, F_OK) == 0;
}

static void
migrate__steps__keep_two_old_files(void **state)
{
	struct tmp_journal *t = *state;
	struct err err = { 0 };
	struct verify_report r;
	autofree char *lines = NULL, *old = xasprintf("%s.v3", t->path);
	int64_t n;
	struct db db;
	int v;

	journal_fill(t->j, 2);
	tmp_journal_shut(t);
	assert_true(db_open(&db, t->path, DB_WRITE, &err));
	assert_true(schema_bring(&db, t->path, later, 1, &err));
	assert_true(there(t, ".v2"));
	assert_true(schema_bring(&db, t->path, later, 2, &err));
	assert_true(there(t, ".v2") && there(t, ".v3"));
	/* One that fails changes nothing. */
	assert_false(schema_bring(&db, t->path, later, 3, &err));
	assert_true(schema_version(&db, &v, &err));
	assert_int_equal(v, 4);
	assert_true(db_number(&db, "SELECT count(*) FROM sqlite_schema WHERE name='gone'", -1, &n, &err));
	assert_int_equal(n, 0);
	assert_false(there(t, ".v2"));
	assert_true(there(t, ".v3") && there(t, ".v4"));
	/* A newer file is not touched. */
	err_clear(&err);
	assert_false(schema_bring(&db, t->path, later, 1, &err));
	assert_int_equal(err.code, ERR_USAGE);
	db_close(&db);
	/* The kept file has everything. */
	assert_true(db_open(&db, old, DB_WRITE, &err));
	assert_true(db_exec(&db, "PRAGMA user_version=2", &err));
	db_close(&db);
	assert_true(journal_verifies(old, &r, &lines));
	assert_int_equal(r.events, 6);
	unlink(t->path);
	assert_int_equal(rename(old, t->path), 0);
	tmp_journal_reopen(t);
}

/* A file of the first shape, with its events, becomes one of today's. */
static void
migrate__first_shape__is_kept_and_brought_up(void **state)
{
	struct tmp_journal *t = *state;
	struct verify_report r;
	struct err err = { 0 };
	autofree char *lines = NULL;
	struct db db;

	journal_fill(t->j, 3);
	tmp_journal_shut(t);
	assert_true(db_open(&db, t->path, DB_WRITE, &err));
	assert_true(db_exec(&db, "DROP INDEX event_seq; PRAGMA user_version=1", &err));
	db_close(&db);
	tmp_journal_reopen(t);
	assert_true(there(t, ".v1"));
	assert_true(journal_verifies(t->path, &r, &lines));
	assert_int_equal(r.events, 9);
}

static void
migrate__running_lease__is_waited_for(void **state)
{
	struct tmp_journal *t = *state;
	struct err err = { 0 };
	int p[2], status;
	struct db db;
	pid_t pid;
	char c;

	tmp_journal_shut(t);
	assert_int_equal(pipe(p), 0);
	pid = fork();
	if (pid == 0) {
		struct journal_opts o = { .path = t->path };
		struct pollfd never = { .fd = -1 };
		struct journal *j;

		if (!journal_open(&o, &j, &err))
			_exit(1);
		put_request(j, "{}", "a long piece of work");
		if (write(p[1], "x", 1) != 1)
			_exit(1);
		poll(&never, 1, 250); /* the work */
		put_event(j, 1, EV_STATE, "{\"state\":\"done\"}", NULL);
		_exit(0);
	}
	assert_int_equal(read(p[0], &c, 1), 1);
	assert_true(db_open(&db, t->path, DB_WRITE, &err));
	if (!schema_bring(&db, t->path, later, 1, &err))
		fail_msg("%s", err.text);
	db_close(&db);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0); /* it could finish before the file changed */
	close(p[0]);
	close(p[1]);
	unlink(t->path);
	tmp_journal_reopen(t);
}

static void
backup__while_in_use__is_equal_and_never_overwrites(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *file = xasprintf("%s/copy.db", t->dir), *mine = NULL, *theirs = NULL;
	struct journal_opts o = { .path = file };
	struct verify_report a, b;
	struct err err = { 0 };
	struct journal *j;
	struct stat st;

	journal_fill(t->j, 20);
	assert_true(journal_backup(t->j, file, &err));
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	mine = journal_lines(t->j);
	assert_true(journal_verify(t->j, &a, &err));
	put_event(t->j, 1, EV_NOTICE, "{}", "after the copy");
	assert_true(journal_open(&o, &j, &err));
	theirs = journal_lines(j);
	assert_string_equal(mine, theirs);
	assert_true(journal_verify(j, &b, &err));
	assert_string_equal(a.head, b.head);
	put_event(j, 1, EV_NOTICE, "{}", "a copy is a journal");
	journal_close(j);
	assert_false(journal_backup(t->j, file, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	err_clear(&err);
	assert_false(journal_backup(t->j, "/nonexistent-folder/x.db", &err));
	assert_int_equal(err.sys, ENOENT);
}

/* --- rights --- */

static int
as_ordinary_user(const char *path, const char *dir)
{
	struct journal_opts o = { .path = path };
	struct err err = { 0 };
	struct journal *j;

	if (chmod(path, 0444) || chmod(dir, 0555))
		return 1;
	if (geteuid() == 0 && (setgid(65534) || setuid(65534)))
		return 77;
	if (journal_open(&o, &j, &err) || err.code != ERR_IO || !strstr(err.text, "writable"))
		return 2;
	err_clear(&err);
	o.read_only = true;
	if (!journal_open(&o, &j, &err))
		return 3;
	if (journal_last_seq(j) != 3)
		return 4;
	journal_close(j);
	return 0;
}

static void
read_only_file__is_read_and_said(void **state)
{
	struct tmp_journal *t = *state;
	int status;
	pid_t pid;

	journal_fill(t->j, 1);
	tmp_journal_shut(t);
	pid = fork();
	if (pid == 0)
		_exit(as_ordinary_user(t->path, t->dir));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	chmod(t->dir, 0700);
	chmod(t->path, 0600);
	tmp_journal_reopen(t);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define TOGETHER 6

static int
one_request(const char *path, int go)
{
	struct journal_opts o = { .path = path };
	struct journal_entry e = { JOURNAL_NEW_TASK, EV_REQUEST, { 0 }, SLICE_LIT("first"), true };
	struct err err = { 0 };
	struct journal *j;
	char c;

	if (read(go, &c, 1) < 0 || !journal_open(&o, &j, &err)
		|| !journal_append_now(j, &e, NULL, NULL, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	journal_close(j);
	return 0;
}

/* Several programs start at the same moment and write one request each. */
static void
start_together(const char *path, int64_t events_after)
{
	struct verify_report r;
	autofree char *lines = NULL;
	int go[2], i, status;
	pid_t pid[TOGETHER];

	assert_int_equal(pipe(go), 0);
	for (i = 0; i < TOGETHER; i++) {
		pid[i] = fork();
		if (pid[i] == 0) {
			close(go[1]);
			_exit(one_request(path, go[0]));
		}
	}
	close(go[0]);
	close(go[1]); /* all wake together */
	for (i = 0; i < TOGETHER; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	assert_true(journal_verifies(path, &r, &lines));
	assert_int_equal(r.events, events_after);
}

static void
open__first_start_together__one_journal(void **state)
{
	struct tmp_journal *t = *state;
	int round;

	tmp_journal_shut(t);
	for (round = 0; round < 4; round++) {
		autofree char *path = xasprintf("%s/new%d/fresh.db", t->dir, round);
		autofree char *dir = xasprintf("%s/new%d", t->dir, round);

		start_together(path, TOGETHER);
		unlink(path);
		assert_int_equal(rmdir(dir), 0); /* nothing else was left there */
	}
	tmp_journal_reopen(t);
}

/* A copy that plain sqlite3 made is not in WAL mode; the first writers change it together. */
static void
open__other_mode_together__changed_once(void **state)
{
	struct tmp_journal *t = *state;
	struct err err = { 0 };
	struct db db;
	int round;

	tmp_journal_shut(t);
	for (round = 1; round <= 4; round++) {
		assert_true(db_open(&db, t->path, DB_WRITE, &err));
		assert_true(db_exec(&db, "PRAGMA journal_mode=DELETE", &err));
		db_close(&db);
		start_together(t->path, (int64_t)round * TOGETHER);
	}
	tmp_journal_reopen(t);
}

static void
refused(const char *path, const char *words)
{
	struct journal_opts o = { .path = path };
	struct err err = { 0 };
	struct journal *j = NULL;

	assert_false(journal_open(&o, &j, &err));
	assert_int_equal(err.code, ERR_CORRUPT);
	assert_non_null(strstr(err.text, words));
}

/* Both would make SQLite begin a new history over what is left of the old one. */
static void
open__remains_of_a_journal__are_not_overwritten(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *path = xasprintf("%s/other.db", t->dir), *wal = xasprintf("%s-wal", path);
	struct err err = { 0 };

	assert_true(path_write_file(wal, SLICE_LIT("a log"), 0600, &err));
	refused(path, "without its journal");
	assert_int_not_equal(access(path, F_OK), 0);
	assert_true(path_write_file(path, SLICE_LIT(""), 0600, &err));
	refused(path, "is empty");
	assert_int_equal(access(wal, F_OK), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_journal_setup, tmp_journal_teardown)
	const struct CMUnitTest tests[] = {
		T(migrate__steps__keep_two_old_files),
		T(migrate__first_shape__is_kept_and_brought_up),
		T(migrate__running_lease__is_waited_for),
		T(read_only_file__is_read_and_said),
		T(open__first_start_together__one_journal),
		T(open__other_mode_together__changed_once),
		T(open__remains_of_a_journal__are_not_overwritten),
		T(backup__while_in_use__is_equal_and_never_overwrites),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
