/* Finding words again: English, Chinese, pieces, phrases, and after removal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <sqlite3.h>
#include "agent/base/buf.h"
#include "tests/support/journal_tmp.h"

struct hits {
	int n;
	int64_t seqs[64];
	char snippet[512], request[512], kind[32];
};

static bool
on_hit(void *user, const struct search_hit *h)
{
	struct hits *hits = user;

	if (!hits->n) {
		snprintf(hits->snippet, sizeof(hits->snippet), "%s", h->snippet);
		snprintf(hits->request, sizeof(hits->request), "%s", h->request);
		snprintf(hits->kind, sizeof(hits->kind), "%s", h->kind_name);
	}
	hits->seqs[hits->n++] = h->seq;
	return hits->n < 64;
}

static struct hits
find(struct journal *j, const char *query)
{
	struct hits h = { 0 };
	struct err err = { 0 };

	if (!journal_search(j, query, 50, on_hit, &h, &err))
		fail_msg("%s: %s", query, err.text);
	return h;
}

/* The search index agrees with itself. */
static void
assert_index_sound(const char *path)
{
	sqlite3 *h;

	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, "INSERT INTO search(search) VALUES('integrity-check')", NULL,
				 NULL, NULL),
		SQLITE_OK);
	sqlite3_close(h);
}

static void
search__cut__pairs_and_words(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{ "tidy my files", "tidy my files" },
		{ "\xe4\xb8\x8b\xe8\xbd\xbd\xe6\x96\x87\xe4\xbb\xb6",
			"\xe4\xb8\x8b\xe8\xbd\xbd \xe8\xbd\xbd\xe6\x96\x87 \xe6\x96\x87\xe4\xbb\xb6 " },
		{ "PDF\xe6\x96\x87\xe4\xbb\xb6.zip", "PDF \xe6\x96\x87\xe4\xbb\xb6 .zip" },
		{ "\xe5\x88\xa0", "\xe5\x88\xa0 " },
		{ "\xef\xbc\xb0\xef\xbc\xa4\xef\xbc\xa6", "PDF" }, /* full width */
		{ "a\nb\tc", "a b c" },
		{ "bad \xff\xfe bytes", "bad bytes" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		autobuf struct buf b = BUF_INIT(1000);

		search_cut(&b, slice_of(cases[i].in));
		assert_string_equal(buf_str(&b), cases[i].out);
	}
}

static void
search__find__words_stems_phrases_without(void **state)
{
	struct tmp_journal *t = *state;
	struct hits h;

	put_request(t->j, "{}", "Please tidy the downloads folder");
	put_request(t->j, "{}", "find duplicate photos in the folder Pictures");
	put_event(t->j, 2, EV_NOTICE, "{}", "Found 3 copies of holiday.jpg");
	h = find(t->j, "download");
	assert_int_equal(h.n, 1);
	assert_string_equal(h.request, "Please tidy the downloads folder");
	assert_non_null(strstr(h.snippet, "\x01" "downloads\x02"));
	h = find(t->j, "FOLDER");
	assert_int_equal(h.n, 2);
	assert_int_equal(h.seqs[0], 2); /* newest first */
	assert_int_equal(find(t->j, "folder tidy").n, 1);
	assert_int_equal(find(t->j, "folder banana").n, 0);
	assert_int_equal(find(t->j, "folder -tidy").n, 1);
	assert_int_equal(find(t->j, "\"the folder\"").n, 1);
	assert_int_equal(find(t->j, "\"folder the\"").n, 0);
	assert_int_equal(find(t->j, "holiday.jpg").n, 1);
	assert_int_equal(find(t->j, "holi*").n, 1);
	assert_int_equal(find(t->j, "holi").n, 0);
	put_event(t->j, 2, EV_NOTICE, "{}", "a bicycle and some cycling, lay");
	assert_int_equal(find(t->j, "bicy*").n, 1);
	assert_int_equal(find(t->j, "cycl*").n, 1);
	assert_int_equal(find(t->j, "lay*").n, 1);
}

static void
search__find__chinese_words_and_single_characters(void **state)
{
	struct tmp_journal *t = *state;
	struct hits h;

	put_request(t->j, "{}", "整理下载文件夹，按类型分类");
	put_request(t->j, "{}", "帮我查找天气");
	put_event(t->j, 2, EV_NOTICE, "{}", "今天北京晴 with PDF文件");
	h = find(t->j, "下载");
	assert_int_equal(h.n, 1);
	assert_non_null(strstr(h.snippet, "\x01下载\x02"));
	assert_int_equal(find(t->j, "文件").n, 2);
	assert_int_equal(find(t->j, "文件夹").n, 1);
	assert_int_equal(find(t->j, "下载夹").n, 0);
	assert_int_equal(find(t->j, "气").n, 1);   /* the last of a run */
	assert_int_equal(find(t->j, "天").n, 2);   /* inside and at the beginning */
	assert_int_equal(find(t->j, "文件 类型").n, 1);
	assert_int_equal(find(t->j, "文件 -类型").n, 1);
	assert_int_equal(find(t->j, "PDF文件").n, 1);
	assert_int_equal(find(t->j, "北京 pdf").n, 1);
	assert_int_equal(find(t->j, "文件，").n, 2);
}

static void
search__find__syntax_is_only_words(void **state)
{
	struct tmp_journal *t = *state;
	static const char *const odd[] = { "\"", "\"\"", "((", "AND", "NEAR(a b)", "text:x", "a OR b",
		"*", "**", "^x", "a\"b\"c", "-", "--", "{}", "\\", "'; DROP TABLE event", "…", "\xff" };
	struct err err = { 0 };
	struct hits h = { 0 };
	size_t i;

	put_request(t->j, "{}", "something about nothing");
	for (i = 0; i < ARRAY_LEN(odd); i++) {
		err_clear(&err);
		if (!journal_search(t->j, odd[i], 50, on_hit, &h, &err))
			assert_int_equal(err.code, ERR_USAGE);
	}
	assert_int_equal(h.n, 0);
	assert_false(journal_search(t->j, "-only -without", 50, on_hit, &h, &err));
	assert_int_equal(err.code, ERR_USAGE);
	assert_int_equal(find(t->j, "nothing").n, 1);
}

static void
search__find__pieces_are_one_message(void **state)
{
	struct tmp_journal *t = *state;
	int64_t end, done;
	struct hits h;

	put_request(t->j, "{}", "ask");
	put_event(t->j, 1, EV_TEXT, "{\"turn\":1}", "The lob");
	put_event(t->j, 1, EV_REASONING, "{\"turn\":1}", "hidden thought");
	put_event(t->j, 1, EV_TEXT, "{\"turn\":1}", "ster walks to the 龙");
	assert_int_equal(find(t->j, "lobster").n, 0);
	end = put_event(t->j, 1, EV_TEXT, "{\"turn\":1,\"end\":true}", "虾 market");
	h = find(t->j, "lobster");
	assert_int_equal(h.n, 1);
	assert_int_equal(h.seqs[0], end);
	assert_int_equal(find(t->j, "龙虾").n, 1);
	assert_int_equal(find(t->j, "lobster market").n, 1);
	assert_int_equal(find(t->j, "thought").n, 0);
	put_event(t->j, 1, EV_CALL, "{\"call\":1,\"tool\":\"shell\"}",
		"{\"command\":\"grep -r needle\",\"n\":[\"haystack\\u4e2d\\u6587\"]}");
	assert_int_equal(find(t->j, "needle").n, 1);
	assert_int_equal(find(t->j, "command").n, 0); /* keys are ours */
	assert_int_equal(find(t->j, "中文").n, 1);
	put_event(t->j, 1, EV_OUTPUT, "{\"call\":1}", "line one sp");
	put_event(t->j, 1, EV_OUTPUT, "{\"call\":1}", "lit word");
	done = put_event(t->j, 1, EV_CALL_DONE, "{\"call\":1,\"summary\":\"ran fine\"}", "result text");
	h = find(t->j, "split");
	assert_int_equal(h.n, 1);
	assert_int_equal(h.seqs[0], done);
	assert_int_equal(find(t->j, "fine split result").n, 1);
	/* The end of the task closes what a kill left open. */
	put_event(t->j, 1, EV_STATE, "{\"state\":\"stopped\"}", NULL);
	assert_int_equal(find(t->j, "thought").n, 1);
	put_event(t->j, 1, EV_TEXT, "{\"turn\":9,\"end\":true}", "whole in one piece");
	assert_int_equal(find(t->j, "whole piece").n, 1);
	assert_index_sound(t->path);
}

static void
search__remove__word_is_gone_everywhere(void **state)
{
	struct tmp_journal *t = *state;
	struct err err = { 0 };
	struct verify_report r;
	autofree char *lines = NULL;
	int64_t first, second;

	put_request(t->j, "{}", "my password is swordfish");
	put_event(t->j, 1, EV_TEXT, "{\"turn\":1}", "I keep sword");
	first = put_event(t->j, 1, EV_TEXT, "{\"turn\":1}", "fish safe and ");
	put_event(t->j, 1, EV_TEXT, "{\"turn\":1,\"end\":true}", " sound");
	second = put_event(t->j, 2, EV_NOTICE, "{}", "my password is swordfish");
	assert_int_equal(find(t->j, "swordfish").n, 3);
	assert_true(journal_remove_body(t->j, first, "person", &err));
	assert_int_equal(find(t->j, "swordfish").n, 2);
	assert_int_equal(find(t->j, "sound").n, 1);
	/* Two events share the text: it stays for the other, but not for this one. */
	assert_true(journal_remove_body(t->j, 1, "person", &err));
	assert_null(journal_body(t->j, 1, NULL, &err));
	assert_int_equal(find(t->j, "swordfish").n, 1);
	assert_true(journal_remove_body(t->j, second, "person", &err));
	assert_int_equal(find(t->j, "swordfish").n, 0);
	assert_true(journal_verify(t->j, &r, &err));
	assert_int_equal(r.removed, 3);
	lines = journal_lines(t->j);
	assert_null(strstr(lines, "swordfish"));
	assert_non_null(strstr(lines, "body_removed"));
	assert_non_null(strstr(lines, "\"kind\":\"tombstone\",\"of\":1"));
	/* Twice, or where there is nothing, is an error. */
	assert_false(journal_remove_body(t->j, 1, "person", &err));
	assert_false(journal_remove_body(t->j, 999, "person", &err));
	assert_int_equal(err.code, ERR_NOT_FOUND);
	/* The same words said again are a new text. */
	put_event(t->j, 2, EV_NOTICE, "{}", "my password is swordfish");
	assert_int_equal(find(t->j, "swordfish").n, 1);
	assert_null(journal_body(t->j, 1, NULL, &err));
	assert_index_sound(t->path);
}

/* Not even in unused parts of the file. */
static void
search__remove__bytes_leave_the_file(void **state)
{
	struct tmp_journal *t = *state;
	struct err err = { 0 };
	char name[300];
	int i;

	for (i = 0; i < 40; i++)
		put_event(t->j, 1, EV_NOTICE, "{}", "ordinary words of the day");
	put_event(t->j, 1, EV_NOTICE, "{}", "xyzzyplugh is the secret");
	for (i = 0; i < 40; i++)
		put_event(t->j, 1, EV_NOTICE, "{}", "other words of the evening");
	assert_true(journal_remove_body(t->j, 41, "person", &err));
	tmp_journal_shut(t);
	for (i = 0; i < 2; i++) {
		autobuf struct buf b = BUF_INIT(64u << 20);
		FILE *f;
		int c;

		snprintf(name, sizeof(name), "%s%s", t->path, i ? "-wal" : "");
		f = fopen(name, "r");
		while (f && (c = getc(f)) != EOF)
			buf_add_char(&b, (char)c);
		if (f)
			fclose(f);
		assert_true(slice_find(buf_slice(&b), SLICE_LIT("xyzzyplugh")) < 0);
		assert_true(slice_find(buf_slice(&b), SLICE_LIT("xyzzi")) < 0);
	}
	tmp_journal_reopen(t);
}

static void
search__rebuild__finds_the_same(void **state)
{
	struct tmp_journal *t = *state;
	struct err err = { 0 };
	int i;

	for (i = 0; i < 20; i++) {
		put_request(t->j, "{\"cwd\":\"/home/a\",\"engine\":\"instinct\"}",
			i % 2 ? "整理下载" : "sort downloads");
		put_event(t->j, i + 1, EV_TEXT, "{\"turn\":1}", "partial ");
		put_event(t->j, i + 1, EV_TEXT, "{\"turn\":1,\"end\":true}", "answer");
	}
	assert_true(journal_remove_body(t->j, 1, "person", &err));
	assert_true(journal_remove_body(t->j, 2, "person", &err)); /* shared: only this one */
	assert_true(journal_rebuild(t->j, &err));
	assert_int_equal(find(t->j, "download").n, 9);
	assert_int_equal(find(t->j, "下载").n, 10);
	assert_int_equal(find(t->j, "partial answer").n, 19);
	assert_int_equal(find(t->j, "answer").n, 20);
	assert_index_sound(t->path);
}

static void
search__plain_sqlite__can_read_and_search(void **state)
{
	struct tmp_journal *t = *state;
	sqlite3_stmt *st;
	sqlite3 *h;

	put_request(t->j, "{}", "整理 the downloads");
	assert_int_equal(sqlite3_open(t->path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(h,
				 "SELECT b.data FROM search s JOIN event e ON e.seq=s.rowid "
				 "JOIN body b ON b.hash=e.body WHERE search MATCH '整理 AND downloading'",
				 -1, &st, NULL),
		SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(st, 0), "整理 the downloads");
	sqlite3_finalize(st);
	sqlite3_close(h);
}

static void
search__snippet__shows_the_place(void **state)
{
	struct tmp_journal *t = *state;
	autobuf struct buf b = BUF_INIT(100000);
	struct hits h;
	int i;

	for (i = 0; i < 500; i++)
		buf_add_str(&b, i == 400 ? "the \x01" "needle\x1b[31m here\n" : "straw 麦秆 ");
	put_event(t->j, 1, EV_NOTICE, "{}", buf_str(&b));
	h = find(t->j, "needle");
	assert_int_equal(h.n, 1);
	assert_non_null(strstr(h.snippet, "\x01needle\x02 [31m here "));
	assert_null(strchr(h.snippet, '\x1b'));
	assert_true(strlen(h.snippet) < 300);
	assert_true(strncmp(h.snippet, "…", 3) == 0);
}

/* A damaged index keeps nobody from working: it is made anew. */
static void
search__damaged_index__is_made_anew(void **state)
{
	struct tmp_journal *t = *state;
	struct verify_report r;
	struct hits h = { 0 };
	struct err err = { 0 };
	sqlite3 *db;
	int i;

	for (i = 0; i < 50; i++)
		put_request(t->j, "{}", i % 2 ? "tidy the downloads" : "整理下载");
	tmp_journal_shut(t);
	assert_int_equal(sqlite3_open(t->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				 "UPDATE search_data SET block=x'ffff00ff00ff' WHERE id>10", NULL, NULL,
				 NULL),
		SQLITE_OK);
	sqlite3_close(db);
	tmp_journal_reopen(t);
	assert_false(journal_search(t->j, "downloads", 50, on_hit, &h, &err));
	assert_int_equal(err.code, ERR_CORRUPT);
	assert_non_null(strstr(err.text, "anew"));
	put_event(t->j, 1, EV_NOTICE, "{}", "goes on"); /* waits its turn behind that */
	assert_int_equal(find(t->j, "downloads").n, 25);
	assert_int_equal(find(t->j, "下载").n, 25);
	assert_int_equal(find(t->j, "goes").n, 1);
	err_clear(&err);
	assert_true(journal_verify(t->j, &r, &err));
}

/* Far down in a long text the match is still shown. */
static void
search__snippet__late_match(void **state)
{
	struct tmp_journal *t = *state;
	autobuf struct buf b = BUF_INIT(1u << 20);
	struct hits h;

	while (b.len < 300000)
		buf_add_str(&b, "straw and hay and Nothing else ");
	buf_add_str(&b, "then a Needle in it");
	put_event(t->j, 1, EV_NOTICE, "{}", buf_str(&b));
	h = find(t->j, "needle");
	assert_int_equal(h.n, 1);
	assert_non_null(strstr(h.snippet, "\x01Needle\x02"));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, tmp_journal_setup, tmp_journal_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(search__cut__pairs_and_words),
		T(search__find__words_stems_phrases_without),
		T(search__find__chinese_words_and_single_characters),
		T(search__find__syntax_is_only_words),
		T(search__find__pieces_are_one_message),
		T(search__remove__word_is_gone_everywhere),
		T(search__remove__bytes_leave_the_file),
		T(search__rebuild__finds_the_same),
		T(search__plain_sqlite__can_read_and_search),
		T(search__snippet__shows_the_place),
		T(search__snippet__late_match),
		T(search__damaged_index__is_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
