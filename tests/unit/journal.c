/* Appending, reading, the chain, answers, and what must be refused. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include "agent/base/buf.h"
#include "agent/base/limits.h"
#include "tests/support/journal_tmp.h"

static void
assert_content(struct journal *j)
{
	struct verify_report r;
	struct err err = { 0 };

	if (!journal_verify(j, &r, &err))
		fail_msg("%s", err.text);
	assert_int_equal(r.bad_seq, 0);
}

/* Runs one statement with plain SQLite, as another program would; NULL or its first error. */
static char *
foreign_sql(const char *path, const char *sql)
{
	char *msg = NULL, *ret = NULL;
	sqlite3 *h;

	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	sqlite3_busy_timeout(h, 5000);
	if (sqlite3_exec(h, sql, NULL, NULL, &msg))
		ret = xstrdup(msg);
	sqlite3_free(msg);
	sqlite3_close(h);
	return ret;
}

struct got {
	struct event ev;
	char facts[200], body[200], kind[32];
	int n;
	int64_t seqs[2000];
};

static bool
keep(void *user, const struct event *ev)
{
	struct got *g = user;

	g->ev = *ev;
	snprintf(g->facts, sizeof(g->facts), "%.*s", SLICE_FMT(ev->facts));
	snprintf(g->body, sizeof(g->body), "%.*s", SLICE_FMT(ev->body));
	snprintf(g->kind, sizeof(g->kind), "%s", ev->kind_name);
	g->seqs[g->n++] = ev->seq;
	return g->n < 2000;
}

static void
journal__append__reads_back(void **state)
{
	struct tmp_journal *t = *state;
	struct journal_range r = { .task = -1 };
	struct err err = { 0 };
	struct got g = { 0 };
	struct stat st;
	int64_t task;

	task = put_request(t->j, "{\"engine\":\"instinct\"}", "tidy ~/Downloads");
	assert_int_equal(task, 1);
	assert_int_equal(put_request(t->j, "", "second"), 2);
	tmp_journal_reopen(t);
	assert_int_equal(journal_last_seq(t->j), 2);
	r.until_seq = 1;
	assert_true(journal_each(t->j, &r, keep, &g, &err));
	assert_int_equal(g.n, 1);
	assert_int_equal(g.ev.seq, 1);
	assert_int_equal(g.ev.task, 1);
	assert_int_equal(g.ev.kind, EV_REQUEST);
	assert_string_equal(g.facts, "{\"engine\":\"instinct\"}");
	assert_string_equal(g.body, "tidy ~/Downloads");
	assert_content(t->j);
	assert_int_equal(stat(t->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

struct answers {
	int64_t seqs[600];
	int n, failed;
};

static void
on_answer(void *user, const struct event *ev, const struct err *err)
{
	struct answers *a = user;

	if (err)
		a->failed++;
	else
		a->seqs[a->n++] = ev->seq;
}

static void
journal__append__answers_in_order_on_the_loop(void **state)
{
	struct tmp_journal *t = *state;
	struct answers a = { 0 };
	struct journal_entry e = { 1, EV_TEXT, SLICE_LIT("{\"turn\":1}"), SLICE_LIT("word "), true };
	int i;

	for (i = 0; i < 600; i++) {
		e.kind = i % 50 ? EV_TEXT : EV_CALL_BEGUN;
		journal_append(t->j, &e, on_answer, &a);
	}
	assert_int_equal(a.n, 0); /* never from inside the call */
	uv_run(&t->loop, UV_RUN_DEFAULT); /* ends by itself once everything is answered */
	assert_int_equal(a.n, 600);
	for (i = 0; i < 600; i++)
		assert_int_equal(a.seqs[i], i + 1);
	assert_content(t->j);
}

static void
journal__append__bad_event_takes_no_other_with_it(void **state)
{
	struct tmp_journal *t = *state;
	struct answers a = { 0 };
	struct journal_entry e = { 1, EV_TEXT, SLICE_LIT("{\"turn\":1}"), SLICE_LIT("x"), true };
	int i;

	for (i = 0; i < 10; i++) {
		e.facts = i == 4 ? SLICE_LIT("{not json") : SLICE_LIT("{}");
		journal_append(t->j, &e, on_answer, &a);
	}
	uv_run(&t->loop, UV_RUN_DEFAULT);
	assert_int_equal(a.n, 9);
	assert_int_equal(a.failed, 1);
	assert_int_equal(journal_last_seq(t->j), 9);
	assert_content(t->j);
}

static void
journal__close__delivers_what_was_queued(void **state)
{
	struct tmp_journal *t = *state;
	struct answers a = { 0 };
	struct journal_entry e = { 1, EV_TEXT, { 0 }, SLICE_LIT("x"), true };
	int i;

	for (i = 0; i < 300; i++)
		journal_append(t->j, &e, on_answer, &a);
	tmp_journal_reopen(t);
	assert_int_equal(a.n, 300);
	assert_int_equal(journal_last_seq(t->j), 300);
}

static void
journal__each__filters_by_task_kind_and_order(void **state)
{
	struct tmp_journal *t = *state;
	enum event_kind kinds[] = { EV_NOTICE, EV_STATE };
	struct journal_range r = { .task = -1, .kinds = kinds, .n_kinds = 2 };
	struct err err = { 0 };
	struct got g = { 0 };
	int i;

	for (i = 0; i < 30; i++)
		put_event(t->j, i % 3, i % 2 ? EV_NOTICE : EV_TEXT, "{}", "b");
	put_event(t->j, 2, EV_STATE, "{\"state\":\"acting\"}", NULL);
	assert_true(journal_each(t->j, &r, keep, &g, &err));
	assert_int_equal(g.n, 16);
	for (i = 1; i < g.n; i++)
		assert_true(g.seqs[i] > g.seqs[i - 1]);
	g.n = 0;
	r.newest_first = true;
	r.limit = 3;
	r.no_bodies = true;
	assert_true(journal_each(t->j, &r, keep, &g, &err));
	assert_int_equal(g.n, 3);
	assert_int_equal(g.seqs[0], 31);
	assert_int_equal(g.seqs[1], 30);
	assert_true(g.ev.has_body);
	assert_int_equal(g.ev.body.n, 0);
	g.n = 0;
	r = (struct journal_range){ .task = 2, .after_seq = 20, .kinds = kinds, .n_kinds = 1 };
	assert_true(journal_each(t->j, &r, keep, &g, &err));
	assert_int_equal(g.n, 2); /* 24 and 30 */
	assert_int_equal(g.seqs[0], 24);
}

static bool
nested(void *user, const struct event *ev)
{
	struct tmp_journal *t = user;
	struct journal_range r = { .task = ev->task, .until_seq = ev->seq };
	struct err err = { 0 };
	struct got g = { 0 };

	assert_true(journal_each(t->j, &r, keep, &g, &err));
	assert_int_equal(g.n, ev->seq);
	put_event(t->j, 7, EV_NOTICE, "{}", "from inside");
	return true;
}

static void
journal__each__callback_may_read_and_append(void **state)
{
	struct tmp_journal *t = *state;
	struct journal_range r = { .task = 1 };
	struct err err = { 0 };
	int i;

	for (i = 0; i < 5; i++)
		put_event(t->j, 1, EV_TEXT, "{}", "a");
	assert_true(journal_each(t->j, &r, nested, t, &err));
	assert_int_equal(journal_last_seq(t->j), 10);
}

static void
journal__rows__are_never_changed_by_anyone(void **state)
{
	struct tmp_journal *t = *state;
	static const char *const tries[] = {
		"UPDATE event SET facts='{}' WHERE seq=1",
		"DELETE FROM event WHERE seq=1",
		"UPDATE body SET data='other'",
		"DELETE FROM body",
	};
	size_t i;

	put_request(t->j, "{}", "words");
	for (i = 0; i < ARRAY_LEN(tries); i++) {
		autofree char *msg = foreign_sql(t->path, tries[i]);

		assert_non_null(msg);
	}
	assert_content(t->j);
}

static void
journal__body__is_kept_once(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *one = NULL, *two = NULL, *msg = NULL;
	size_t n;

	put_event(t->j, 1, EV_NOTICE, "{}", "the same words");
	put_event(t->j, 2, EV_NOTICE, "{}", "the same words");
	msg = foreign_sql(t->path, "CREATE TEMP TABLE x(n INTEGER CHECK(n=1)); "
				   "INSERT INTO x SELECT count(*) FROM body");
	assert_null(msg);
	one = journal_body(t->j, 1, &n, NULL);
	two = journal_body(t->j, 2, &n, NULL);
	assert_string_equal(one, two);
	assert_int_equal(n, 14);
}

static bool
hide(void *user, struct buf *out, struct slice s)
{
	struct slice secret = SLICE_LIT("hunter2");
	ptrdiff_t at;

	(void)user;
	if (slice_find(s, secret) < 0)
		return false;
	while ((at = slice_find(s, secret)) >= 0) {
		buf_add(out, s.p, (size_t)at);
		buf_add_str(out, "\"***\"");
		s.p += (size_t)at + secret.n;
		s.n -= (size_t)at + secret.n;
	}
	buf_add_slice(out, s);
	return true;
}

static void
journal__redact__reaches_body_and_facts(void **state)
{
	struct tmp_journal *t = *state;
	struct journal_opts o = { .path = t->path, .loop = &t->loop, .redact = hide };
	struct journal_range r = { .task = -1 };
	struct err err = { 0 };
	struct got g = { 0 };

	journal_close(t->j);
	assert_true(journal_open(&o, &t->j, &err));
	put_event(t->j, 1, EV_CALL_DONE, "{\"call\":3,\"summary\":\"logged in with hunter2\"}",
		"password hunter2 works");
	assert_true(journal_each(t->j, &r, keep, &g, &err));
	assert_null(strstr(g.body, "hunter2"));
	assert_null(strstr(g.facts, "hunter2"));
	assert_non_null(strstr(g.facts, "\"call\":3"));
	assert_non_null(strstr(g.facts, "logged in with"));
}

static void
journal__open__newer_schema_is_refused(void **state)
{
	struct tmp_journal *t = *state;
	struct journal_opts o = { .path = t->path };
	struct journal_entry e = { 1, EV_NOTICE, { 0 }, SLICE_LIT("late"), true };
	struct err err = { 0 };
	struct journal *j = NULL;

	put_request(t->j, "{}", "before");
	assert_null(foreign_sql(t->path, "PRAGMA user_version=99"));
	/* A process that runs stops writing. */
	assert_false(journal_append_now(t->j, &e, NULL, NULL, &err));
	assert_int_equal(err.code, ERR_USAGE);
	assert_non_null(strstr(err.text, "newer"));
	assert_int_equal(journal_last_seq(t->j), 1);
	/* One that starts does not begin. */
	err_clear(&err);
	assert_false(journal_open(&o, &j, &err));
	assert_int_equal(err.code, ERR_USAGE);
	o.read_only = true;
	assert_false(journal_open(&o, &j, &err));
}

static void
journal__open__foreign_or_damaged_file_is_refused(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *path = xasprintf("%s/other.db", t->dir);
	struct journal_opts o = { .path = path };
	struct err err = { 0 };
	struct journal *j = NULL;
	autofile FILE *f = NULL;

	assert_null(foreign_sql(path, "CREATE TABLE mine(x)"));
	assert_false(journal_open(&o, &j, &err));
	assert_int_equal(err.code, ERR_CORRUPT);
	unlink(path);
	f = fopen(path, "w");
	fputs("this is not a database, and long enough to be looked at as one. ", f);
	fflush(f);
	err_clear(&err);
	assert_false(journal_open(&o, &j, &err));
	assert_int_equal(err.code, ERR_CORRUPT);
	unlink(path);
	o.read_only = true;
	assert_false(journal_open(&o, &j, &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	o.path = t->dir;
	assert_false(journal_open(&o, &j, &err));
	assert_int_equal(err.code, ERR_IO);
}

static void
journal__append__too_large_is_refused(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *big = xmalloc(LIMIT_BODY + 1);
	struct journal_entry e = { 1, EV_NOTICE, { 0 }, { big, LIMIT_BODY + 1 }, true };
	struct err err = { 0 };

	memset(big, 'a', LIMIT_BODY + 1);
	assert_false(journal_append_now(t->j, &e, NULL, NULL, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	e.body.n = LIMIT_BODY;
	assert_true(journal_append_now(t->j, &e, NULL, NULL, &err));
}

static void
journal__read_only__reads_and_never_writes(void **state)
{
	struct tmp_journal *t = *state;
	struct journal_opts o = { .path = t->path, .read_only = true };
	struct journal_entry e = { 1, EV_NOTICE, { 0 }, SLICE_LIT("x"), true };
	struct err err = { 0 };
	struct journal *j = NULL;

	put_request(t->j, "{}", "words");
	assert_true(journal_open(&o, &j, &err));
	assert_int_equal(journal_last_seq(j), 1);
	assert_false(journal_append_now(j, &e, NULL, NULL, &err));
	assert_int_equal(err.code, ERR_USAGE);
	put_event(t->j, 1, EV_NOTICE, "{}", "more");
	assert_int_equal(journal_last_seq(j), 2);
	assert_content(j);
	journal_close(j);
}

static void
journal__lines__are_json_with_body(void **state)
{
	struct tmp_journal *t = *state;
	autofree char *lines = NULL;

	put_request(t->j, "{\"engine\":\"instinct\"}", "say \"hi\"\n");
	put_event(t->j, 1, EV_PLAN, "{\"by\":\"engine\"}", "[{\"id\":1}]");
	lines = journal_lines(t->j);
	assert_non_null(strstr(lines, "\"text\":\"say \\\"hi\\\"\\n\""));
	assert_non_null(strstr(lines, "\"data\":[{\"id\":1}]"));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_journal_setup, tmp_journal_teardown)
	const struct CMUnitTest tests[] = {
		T(journal__append__reads_back),
		T(journal__append__answers_in_order_on_the_loop),
		T(journal__append__bad_event_takes_no_other_with_it),
		T(journal__close__delivers_what_was_queued),
		T(journal__each__filters_by_task_kind_and_order),
		T(journal__each__callback_may_read_and_append),
		T(journal__rows__are_never_changed_by_anyone),
		T(journal__body__is_kept_once),
		T(journal__redact__reaches_body_and_facts),
		T(journal__open__newer_schema_is_refused),
		T(journal__open__foreign_or_damaged_file_is_refused),
		T(journal__append__too_large_is_refused),
		T(journal__read_only__reads_and_never_writes),
		T(journal__lines__are_json_with_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
