/* Damage, full disks, kills, two programs at once: nothing is lost. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "agent/base/buf.h"
#include "agent/base/path.h"
#include "agent/store/lease.h"
#include "agent/store/priv.h"
#include "agent/store/schema.h"
#include "tests/support/journal_tmp.h"

static struct buf
read_whole(const char *path)
{
	struct buf b = BUF_INIT(64u << 20);
	struct err err = { 0 };

	if (!path_read_file(path, &b, &err))
		fail_msg("%s", err.text);
	return b;
}

static void
write_whole(const char *path, struct slice s)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(s.p, 1, s.n, f), s.n);
	assert_int_equal(fclose(f), 0);
}

static void
verify__flipped_byte__names_the_event(void **state)
{
	struct tmp_journal *t = *state;
	static const struct {
		const char *text;
		int64_t seq;
	} cases[] = {
		{ "request number 4 \xe6\x95\xb4\xe7\x90\x86 with some words to it", 13 },
		{ "answer number 11 of", 35 },
	};
	autofree char *path = xasprintf("%s/flipped.db", t->dir);
	struct verify_report r;
	struct buf file;
	size_t i;

	journal_fill(t->j, 12);
	tmp_journal_shut(t);
	file = read_whole(t->path);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		autofree char *lines = NULL;
		ptrdiff_t at = slice_find(buf_slice(&file), slice_of(cases[i].text));

		assert_true(at > 0);
		file.p[at + 3] ^= 0x20;
		write_whole(path, buf_slice(&file));
		file.p[at + 3] ^= 0x20;
		assert_false(journal_verifies(path, &r, &lines));
		assert_int_equal(r.bad_seq, cases[i].seq);
	}
	buf_finish(&file);
	tmp_journal_reopen(t);
}

/* Facts, kinds, times, hashes: changed in the row itself, by force. */
static void
verify__changed_row__names_the_event(void **state)
{
	struct tmp_journal *t = *state;
	static const struct {
		const char *sql;
		int64_t seq;
	} cases[] = {
		{ "UPDATE event SET facts='{\"state\":\"failed\"}' WHERE seq=6", 6 },
		{ "UPDATE event SET time=time+1 WHERE seq=1", 1 },
		{ "UPDATE event SET task=9 WHERE seq=7", 7 },
		{ "UPDATE event SET kind='notice' WHERE seq=5", 5 },
		{ "UPDATE event SET prev=zeroblob(32) WHERE seq=4", 4 },
		{ "UPDATE event SET prev=zeroblob(32) WHERE seq=9", 9 }, /* the last */
		{ "UPDATE event SET prev=zeroblob(31) WHERE seq=3", 3 },
		{ "UPDATE event SET body=NULL WHERE seq=2", 2 },
		{ "UPDATE event SET facts='{}' WHERE seq=9", 9 },
		{ "DELETE FROM event WHERE seq=9", 9 },
		{ "DELETE FROM event WHERE seq=5", 5 },
		{ "DELETE FROM head", 10 },
		{ "DELETE FROM body WHERE id=(SELECT min(id) FROM body)", 1 },
	};
	autofree char *path = xasprintf("%s/forged.db", t->dir);
	struct verify_report r;
	struct buf file;
	size_t i;

	journal_fill(t->j, 3);
	tmp_journal_shut(t);
	file = read_whole(t->path);
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		autofree char *lines = NULL;
		sqlite3 *h;

		write_whole(path, buf_slice(&file));
		assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
		assert_int_equal(sqlite3_exec(h,
					 "DROP TRIGGER event_no_update; DROP TRIGGER event_no_delete;"
					 "DROP TRIGGER body_no_delete",
					 NULL, NULL, NULL),
			SQLITE_OK);
		assert_int_equal(sqlite3_exec(h, cases[i].sql, NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(h);
		assert_false(journal_verifies(path, &r, &lines));
		if (r.bad_seq != cases[i].seq)
			fail_msg("%s: named %lld (%s)", cases[i].sql, (long long)r.bad_seq, r.why);
	}
	buf_finish(&file);
	tmp_journal_reopen(t);
}

static bool
add_hit(void *user, const struct search_hit *hit)
{
	buf_printf(user, "%lld %s\n", (long long)hit->seq, hit->snippet);
	return true;
}

static bool
add_task(void *user, const struct task_row *r)
{
	buf_printf(user, "%lld %s %s %s %lld\n", (long long)r->task, r->request, r->state, r->cwd,
		(long long)r->ended);
	return true;
}

/* What a person sees: the events, a search, the task list. */
static char *
all_there_is(const char *path)
{
	static const char *const words[] = { "request", "answer 7", "理" };
	struct journal_opts o = { .path = path, .read_only = true };
	struct task_filter everything = { .limit = 1000 };
	struct buf b = BUF_INIT(64u << 20);
	struct err err = { 0 };
	struct journal *j;
	size_t i;

	if (!journal_open(&o, &j, &err))
		fail_msg("%s", err.text);
	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (!journal_search(j, words[i], 1000, add_hit, &b, &err))
			fail_msg("%s", err.text);
	}
	if (!journal_tasks(j, &everything, add_task, &b, &err))
		fail_msg("%s", err.text);
	journal_close(j);
	return buf_steal(&b);
}

/* Wherever a byte flips: it is noticed, or everything still reads as it was written. */
static void
verify__any_flip__is_noticed_or_harmless(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *path = xasprintf("%s/flipped.db", t->dir), *before = NULL, *seen = NULL;
	struct verify_report r;
	uint32_t seed = 12345;
	struct buf file;
	int i, noticed = 0;

	journal_fill(t->j, 30);
	before = journal_lines(t->j);
	tmp_journal_shut(t);
	seen = all_there_is(t->path);
	file = read_whole(t->path);
	for (i = 0; i < 150; i++) {
		autofree char *lines = NULL, *now = NULL;
		size_t at;

		seed = seed * 1664525u + 1013904223u;
		at = seed % file.len;
		file.p[at] ^= (char)(1 << (seed >> 29));
		write_whole(path, buf_slice(&file));
		file.p[at] ^= (char)(1 << (seed >> 29));
		if (!journal_verifies(path, &r, &lines)) {
			noticed++;
			continue;
		}
		now = all_there_is(path);
		if (strcmp(lines, before) || strcmp(now, seen))
			fail_msg("byte %zu: flipped, read differently, and verified", at);
	}
	assert_true(noticed > 10);
	buf_finish(&file);
	tmp_journal_reopen(t);
}

static void
open__damaged_page__still_reads_the_rest(void **state)
{
	struct tmp_journal *t = *state;
	struct verify_report r;
	struct err err = { 0 };
	struct buf file;
	ptrdiff_t at;
	autofree char *body = NULL;

	journal_fill(t->j, 60);
	tmp_journal_shut(t);
	file = read_whole(t->path);
	at = slice_find(buf_slice(&file), SLICE_LIT("request number 50 "));
	memset(file.p + at, 'X', 20);
	write_whole(t->path, buf_slice(&file));
	buf_finish(&file);
	tmp_journal_reopen(t);
	body = journal_body(t->j, 1, NULL, &err);
	assert_non_null(strstr(body, "request number 0"));
	assert_false(journal_verify(t->j, &r, &err));
	assert_int_equal(r.bad_seq, 151);
	put_event(t->j, 1, EV_NOTICE, "{}", "goes on");
}

/* --- full disk --- */

struct limit {
	int64_t pages;
};

static bool
limit_job(struct db *db, void *arg, struct err *err)
{
	struct limit *l = arg;
	autofree char *sql = NULL;
	int64_t now;

	if (!db_number(db, "PRAGMA page_count", 0, &now, err))
		return false;
	sql = xasprintf("PRAGMA max_page_count=%lld", (long long)(l->pages ? now + l->pages : 1 << 30));
	return db_exec(db, sql, err);
}

static void
full__any_append__fails_whole_and_later_ones_work(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *big = xmalloc(20000), *before = NULL, *after = NULL;
	struct journal_entry e = { 1, EV_CALL_DONE, SLICE_LIT("{\"call\":1}"), { big, 20000 }, true };
	struct verify_report r;
	struct err err = { 0 };
	struct limit l;
	int i, failed = 0;

	journal_fill(t->j, 5);
	for (i = 0; i < 20000; i++)
		big[i] = (char)('a' + i % 26);
	for (l.pages = 1; l.pages < 12; l.pages++) {
		err_clear(&err);
		assert_true(writer_call(t->j->writer, limit_job, &l, &err));
		free(before);
		before = journal_lines(t->j);
		big[l.pages] = '#'; /* another body each time */
		if (journal_append_now(t->j, &e, NULL, NULL, &err))
			continue;
		failed++;
		assert_int_equal(err.code, ERR_IO);
		assert_int_equal(err.sys, ENOSPC);
		assert_non_null(strstr(err.text, "full"));
		free(after);
		after = journal_lines(t->j);
		assert_string_equal(before, after);
	}
	assert_true(failed >= 3);
	l.pages = 0;
	err_clear(&err);
	assert_true(writer_call(t->j->writer, limit_job, &l, &err));
	assert_true(journal_append_now(t->j, &e, NULL, NULL, &err));
	assert_true(journal_verify(t->j, &r, &err));
}

static bool
write_text(const char *path, const char *text)
{
	autofd int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

/* With rights, or in a user namespace of one's own. */
static bool
own_mounts(void)
{
	autofree char *uid = xasprintf("%d %d 1", (int)geteuid(), (int)geteuid());
	autofree char *gid = xasprintf("%d %d 1", (int)getegid(), (int)getegid());

	if (unshare(CLONE_NEWNS)) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) || !write_text("/proc/self/setgroups", "deny")
			|| !write_text("/proc/self/uid_map", uid)
			|| !write_text("/proc/self/gid_map", gid))
			return false;
	}
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/* In a child with its own mounts: a disk of 1 MB that really is full. */
static int
on_small_disk(const char *dir)
{
	autofree char *path = xasprintf("%s/journal.db", dir), *ballast = xasprintf("%s/b", dir);
	struct journal_opts o = { .path = path };
	static char page[4096];
	struct verify_report r;
	struct err err = { 0 };
	struct journal *j;
	int64_t acked = 0, seq;
	int fd, i;
	struct journal_entry e = { 1, EV_CALL_DONE, { 0 }, { page, sizeof(page) }, true };

	if (!own_mounts() || mount("none", dir, "tmpfs", 0, "size=1m,mode=0777"))
		return 77;
	fd = open(ballast, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	/* A first start on a full disk says so, and works once there is space. */
	if (fd < 0 || posix_fallocate(fd, 0, 960 << 10) || journal_open(&o, &j, &err)
		|| err.code != ERR_IO || err.sys != ENOSPC)
		return 7;
	err_clear(&err);
	if (ftruncate(fd, 300 << 10) || !journal_open(&o, &j, &err))
		return 1;
	for (i = 0; i < 2000; i++) {
		memset(page, 'a' + i % 26, sizeof(page));
		snprintf(page, 32, "%d", i);
		if (!journal_append_now(j, &e, &seq, NULL, &err))
			break;
		acked = seq;
	}
	if (i == 2000 || err.code != ERR_IO || journal_last_seq(j) != acked)
		return 2;
	if (ftruncate(fd, 0))
		return 3;
	err_clear(&err);
	if (!journal_append_now(j, &e, &seq, NULL, &err) || seq != acked + 1)
		return 4;
	if (!journal_verify(j, &r, &err) || r.events != seq)
		return 5;
	journal_close(j);
	return journal_open(&o, &j, &err) && journal_last_seq(j) == seq ? (journal_close(j), 0) : 6;
}

static void
full__real_disk__nothing_lost(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *dir = xasprintf("%s/disk", t->dir);
	int status;
	pid_t pid;

	assert_int_equal(mkdir(dir, 0777), 0);
	tmp_journal_shut(t);
	pid = fork();
	if (pid == 0)
		_exit(on_small_disk(dir));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	rmdir(dir);
	tmp_journal_reopen(t);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- kill -9 --- */

/* Appends until killed; tells the number of each answered event through the pipe. */
static void
append_for_ever(const char *path, int fd, uint32_t seed)
{
	struct journal_opts o = { .path = path };
	struct err err = { 0 };
	struct journal *j;
	char body[64];
	int64_t seq;

	if (!journal_open(&o, &j, &err))
		_exit(1);
	for (;;) {
		struct journal_entry e = { 1, EV_TEXT, SLICE_LIT("{\"turn\":1}"), { body, 0 }, true };

		seed = seed * 1664525u + 1013904223u;
		if (seed >> 30 == 0)
			e = (struct journal_entry){ 1, EV_ANSWER, SLICE_LIT("{}"), { body, 0 }, true };
		e.body.n = (size_t)snprintf(body, sizeof(body), "word%u", seed >> 8);
		if (!journal_append_now(j, &e, &seq, NULL, &err))
			_exit(2);
		if (write(fd, &seq, sizeof(seq)) != sizeof(seq))
			_exit(3);
	}
}

static void
kill__while_writing__answered_events_stay(void **state)
{
	struct tmp_journal *t = *state;
	int round, status;

	put_request(t->j, "{}", "begin");
	for (round = 0; round < 12; round++) {
		struct verify_report r;
		struct err err = { 0 };
		int64_t seq, acked = 0;
		int p[2], want = 3 + round * 7 % 40;
		pid_t pid;

		tmp_journal_shut(t);
		assert_int_equal(pipe(p), 0);
		pid = fork();
		if (pid == 0) {
			close(p[0]);
			append_for_ever(t->path, p[1], (uint32_t)round * 77 + 1);
		}
		close(p[1]);
		while (want-- > 0 && read(p[0], &seq, sizeof(seq)) == sizeof(seq))
			acked = seq;
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		while (read(p[0], &seq, sizeof(seq)) == sizeof(seq))
			acked = seq;
		close(p[0]);
		tmp_journal_reopen(t);
		assert_true(acked > 0);
		assert_true(journal_last_seq(t->j) >= acked);
		if (!journal_verify(t->j, &r, &err))
			fail_msg("%s", err.text);
		put_event(t->j, 1, EV_RECOVERED, "{\"what\":\"interrupted\"}", NULL);
	}
}

/* --- two programs --- */

static void
two_programs__append_together__one_right_chain(void **state)
{
	struct tmp_journal *t = *state;
	struct verify_report r;
	struct err err = { 0 };
	int i, k, status;
	pid_t pid[3];

	tmp_journal_shut(t);
	for (k = 0; k < 3; k++) {
		pid[k] = fork();
		if (pid[k] == 0) {
			struct journal_opts o = { .path = t->path };
			struct journal_entry e = { JOURNAL_NEW_TASK, EV_REQUEST, { 0 },
				SLICE_LIT("mine"), true };
			struct journal *j;

			if (!journal_open(&o, &j, &err))
				_exit(1);
			for (i = 0; i < 60; i++) {
				e.kind = i % 3 ? EV_NOTICE : EV_REQUEST;
				e.task = i % 3 ? 1 : JOURNAL_NEW_TASK;
				if (!journal_append_now(j, &e, NULL, NULL, &err))
					_exit(2);
			}
			journal_close(j);
			_exit(0);
		}
	}
	for (k = 0; k < 3; k++) {
		assert_int_equal(waitpid(pid[k], &status, 0), pid[k]);
		assert_int_equal(status, 0);
	}
	tmp_journal_reopen(t);
	if (!journal_verify(t->j, &r, &err))
		fail_msg("%s", err.text);
	assert_int_equal(r.events, 180);
	/* Every request got its own number. */
	assert_int_equal(put_request(t->j, "{}", "next"), 61);
}

struct followed {
	int64_t seqs[64];
	int n;
	uv_timer_t guard;
	bool late;
};

static bool
on_followed(void *user, const struct event *ev)
{
	struct followed *f = user;

	f->seqs[f->n++] = ev->seq;
	return f->n < 64;
}

static void
on_guard(uv_timer_t *timer)
{
	((struct followed *)timer->data)->late = true;
}

static void
watch__other_program__is_followed_but_not_oneself(void **state)
{
	struct tmp_journal *t = *state;
	struct journal_opts o = { .path = t->path };
	struct followed f = { 0 };
	struct err err = { 0 };
	struct journal *other;
	int i;

	put_request(t->j, "{}", "before");
	assert_true(journal_watch(t->j, on_followed, &f, &err));
	assert_true(journal_open(&o, &other, &err));
	uv_timer_init(&t->loop, &f.guard);
	f.guard.data = &f;
	uv_timer_start(&f.guard, on_guard, 5000, 0);
	for (i = 0; i < 6; i++) {
		put_event(t->j, 1, EV_NOTICE, "{}", "own");
		put_event(other, 1, i % 2 ? EV_NOTICE : EV_ANSWER, "{}", "foreign");
		while (f.n <= i && !f.late)
			uv_run(&t->loop, UV_RUN_ONCE);
	}
	assert_false(f.late);
	assert_int_equal(f.n, 6);
	for (i = 0; i < 6; i++)
		assert_int_equal(f.seqs[i], 3 + 2 * i);
	uv_close((uv_handle_t *)&f.guard, NULL);
	uv_run(&t->loop, UV_RUN_DEFAULT);
	journal_close(other);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_journal_setup, tmp_journal_teardown)
	const struct CMUnitTest tests[] = {
		T(verify__flipped_byte__names_the_event),
		T(verify__changed_row__names_the_event),
		T(verify__any_flip__is_noticed_or_harmless),
		T(open__damaged_page__still_reads_the_rest),
		T(full__any_append__fails_whole_and_later_ones_work),
		T(full__real_disk__nothing_lost),
		T(kill__while_writing__answered_events_stay),
		T(two_programs__append_together__one_right_chain),
		T(watch__other_program__is_followed_but_not_oneself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
