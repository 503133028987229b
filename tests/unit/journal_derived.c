/* What is made from the events: verify names what no longer matches them, a rebuild mends it. */
#include "tests/support/testing.h"
#include "tests/support/journal_gen.h"
#include "tests/support/journal_tmp.h"
#include <sqlite3.h>

static struct tmp_journal t;

static int
setup(void **state)
{
	struct err err = { 0 };

	(void)state;
	tmp_journal_open(&t);
	tmp_journal_shut(&t);
	unlink(t.path);
	if (!journal_gen(t.path, 600, 3, &err))
		fail_msg("%s", err.text);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tmp_journal_close(&t);
	return 0;
}

static void
change(const char *sql)
{
	char *why = NULL;
	sqlite3 *h;

	assert_int_equal(sqlite3_open(t.path, &h), SQLITE_OK);
	if (sqlite3_exec(h, sql, NULL, NULL, &why))
		fail_msg("%s: %s", sql, why);
	if (!sqlite3_total_changes(h) && strncmp(sql, "DROP", 4) && strncmp(sql, "CREATE", 6))
		fail_msg("%s: changed nothing", sql);
	sqlite3_close(h);
}

static bool
verifies(struct journal *j, struct verify_report *r, struct err *err)
{
	err_clear(err);
	return journal_verify(j, r, err);
}

static void
verify__made_tables_changed__named_and_mended(void **state)
{
	static const struct {
		const char *sql, *named;
	} cases[] = {
		{ "UPDATE task SET state='failed' WHERE task=2", "task list" },
		{ "UPDATE task SET body=body+1 WHERE task=3", "task list" },
		{ "UPDATE place SET path='/else' WHERE id=1", "task list" },
		{ "DELETE FROM task WHERE task=4", "task list" },
		{ "UPDATE usage SET cost=cost+1 WHERE seq=(SELECT max(seq) FROM usage)", "usage" },
		{ "UPDATE commits SET stage='/tmp'", "list of commits" },
		{ "UPDATE memory SET kept=0 WHERE id=(SELECT max(id) FROM memory)", "memory" },
		{ "UPDATE message SET last=last+1 WHERE first=(SELECT min(first) FROM message)",
			"streamed" },
		{ "INSERT INTO removed VALUES(1, 1, x'00')", "removed" },
		{ "INSERT INTO search(rowid, text, chars) VALUES(9, 'never said', '')",
			"search index (event 9)" },
		{ "INSERT INTO memory_search(rowid, text, chars) VALUES(9, 'never said', '')",
			"index of the memory (event 9)" },
		{ "UPDATE search_data SET block=x'ff00ff' WHERE id>10", "search index" },
		{ "UPDATE search_idx SET term=x'307a7a' WHERE (segid, term) IN (SELECT segid, max(term) FROM search_idx)", "search index" },
		{ "DELETE FROM search_docsize WHERE id=(SELECT max(id) FROM search_docsize)",
			"search index" },
		{ "DROP INDEX event_kind", "guards" },
		{ "DROP TRIGGER event_no_delete", "guards" },
		{ "CREATE TRIGGER x AFTER INSERT ON event BEGIN SELECT 1; END", "guards" },
	};
	struct verify_report r;
	struct err err = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		change(cases[i].sql);
		tmp_journal_reopen(&t);
		if (verifies(t.j, &r, &err))
			fail_msg("not noticed: %s", cases[i].sql);
		assert_int_equal(err.code, ERR_CORRUPT);
		assert_int_equal(r.bad_seq, -1);
		if (!strstr(err.text, cases[i].named) || !strstr(err.text, "--rebuild"))
			fail_msg("%s: %s", cases[i].sql, err.text);
		err_clear(&err);
		if (!journal_rebuild(t.j, &err) || !verifies(t.j, &r, &err))
			fail_msg("not mended: %s: %s", cases[i].sql, err.text);
		assert_int_equal(r.events, 600);
		tmp_journal_shut(&t);
	}
	tmp_journal_reopen(&t);
}

/* A person's own index, or removed texts, are no damage. */
static void
verify__harmless_differences__are_none(void **state)
{
	struct verify_report r;
	struct err err = { 0 };
	int64_t seq;

	(void)state;
	change("CREATE INDEX my_own ON event(time); ANALYZE");
	tmp_journal_reopen(&t);
	for (seq = 1; seq < 200; seq += 7) {
		if (!journal_remove_body(t.j, seq, "person", &err))
			assert_int_equal(err.code, ERR_NOT_FOUND);
		err_clear(&err);
	}
	put_event(t.j, 1, EV_TEXT, "{\"turn\":70}", "a piece whose end never");
	if (!verifies(t.j, &r, &err))
		fail_msg("%s", err.text);
	assert_true(r.removed > 5);
	assert_true(journal_rebuild(t.j, &err));
	if (!verifies(t.j, &r, &err))
		fail_msg("%s", err.text);
}

/* While it checks, others may write. */
static void
verify__read_only_beside_a_writer__sees_one_moment(void **state)
{
	struct journal_opts o = { .path = t.path, .read_only = true };
	struct verify_report r;
	struct err err = { 0 };
	struct journal *reader;

	(void)state;
	tmp_journal_reopen(&t);
	assert_true(journal_open(&o, &reader, &err));
	put_event(t.j, 1, EV_NOTICE, "{}", "written meanwhile");
	if (!verifies(reader, &r, &err))
		fail_msg("%s", err.text);
	assert_int_equal(r.events, 601);
	journal_close(reader);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(verify__made_tables_changed__named_and_mended),
		T(verify__harmless_differences__are_none),
		T(verify__read_only_beside_a_writer__sees_one_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
