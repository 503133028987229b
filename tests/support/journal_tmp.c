#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <sys/stat.h>
#include "agent/base/buf.h"
#include "tests/support/journal_tmp.h"

static void
open_it(struct tmp_journal *t)
{
	struct journal_opts o = { .path = t->path, .loop = &t->loop };
	struct err err = { 0 };

	assert_int_equal(uv_loop_init(&t->loop), 0);
	if (!journal_open(&o, &t->j, &err))
		fail_msg("%s", err.text);
}

void
tmp_journal_open(struct tmp_journal *t)
{
	memset(t, 0, sizeof(*t));
	snprintf(t->dir, sizeof(t->dir), "/tmp/homard-test-XXXXXX");
	assert_non_null(mkdtemp(t->dir));
	t->path = xasprintf("%s/journal.db", t->dir);
	open_it(t);
}

void
tmp_journal_shut(struct tmp_journal *t)
{
	journal_close(t->j);
	t->j = NULL;
	uv_run(&t->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&t->loop), 0);
}

void
tmp_journal_reopen(struct tmp_journal *t)
{
	if (t->j)
		tmp_journal_shut(t);
	open_it(t);
}

void
tmp_journal_close(struct tmp_journal *t)
{
	struct dirent *e;
	DIR *d;

	if (t->j)
		tmp_journal_shut(t);
	d = opendir(t->dir);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d)
		closedir(d);
	rmdir(t->dir);
	free(t->path);
}

int
tmp_journal_setup(void **state)
{
	struct tmp_journal *t = xmalloc(sizeof(*t));

	tmp_journal_open(t);
	*state = t;
	return 0;
}

int
tmp_journal_teardown(void **state)
{
	tmp_journal_close(*state);
	free(*state);
	return 0;
}

int64_t
put_event(struct journal *j, int64_t task, enum event_kind kind, const char *facts, const char *body)
{
	struct journal_entry e = { task, kind, slice_of(facts), slice_of(body), body != NULL };
	struct err err = { 0 };
	int64_t seq = 0;

	if (!journal_append_now(j, &e, &seq, NULL, &err))
		fail_msg("%s", err.text);
	return seq;
}

int64_t
put_request(struct journal *j, const char *facts, const char *words)
{
	struct journal_entry e = { JOURNAL_NEW_TASK, EV_REQUEST, slice_of(facts), slice_of(words),
		true };
	struct err err = { 0 };
	int64_t task = 0;

	if (!journal_append_now(j, &e, NULL, &task, &err))
		fail_msg("%s", err.text);
	return task;
}

static bool
add_line(void *user, const struct event *ev)
{
	event_to_json(user, ev);
	buf_add_char(user, '\n');
	return true;
}

char *
journal_lines(struct journal *j)
{
	struct buf b = BUF_INIT(64u << 20);
	struct journal_range all = { .task = -1 };
	struct err err = { 0 };

	if (!journal_each(j, &all, add_line, &b, &err))
		fail_msg("%s", err.text);
	return buf_steal(&b);
}

void
journal_fill(struct journal *j, int n)
{
	autobuf struct buf body = BUF_INIT(10000);
	int i;

	for (i = 0; i < n; i++) {
		buf_clear(&body);
		buf_printf(&body, "request number %d 整理 with some words to it", i);
		put_request(j, "{\"engine\":\"instinct\",\"cwd\":\"/home/a\"}", buf_str(&body));
		buf_clear(&body);
		buf_printf(&body, "answer number %d of the engine", i);
		put_event(j, i + 1, EV_TEXT, "{\"turn\":1,\"end\":true}", buf_str(&body));
		put_event(j, i + 1, EV_STATE, "{\"state\":\"done\"}", NULL);
	}
}

bool
journal_verifies(const char *path, struct verify_report *r, char **ret_lines)
{
	struct journal_opts o = { .path = path, .read_only = true };
	struct err err = { 0 };
	struct journal *j = NULL;
	bool ok;

	memset(r, 0, sizeof(*r));
	*ret_lines = NULL;
	if (!journal_open(&o, &j, &err))
		return false;
	ok = journal_verify(j, r, &err);
	assert_int_equal(ok, r->bad_seq == 0);
	if (!ok)
		assert_true(err.code == ERR_CORRUPT && strlen(r->why) > 0);
	if (ok)
		*ret_lines = journal_lines(j);
	journal_close(j);
	return ok;
}
