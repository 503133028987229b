/* A journal in a private folder, for tests. */
#ifndef HOMARD_TEST_JOURNAL_TMP_H
#define HOMARD_TEST_JOURNAL_TMP_H

#include "agent/store/journal.h"

struct tmp_journal {
	char dir[64];
	char *path;
	uv_loop_t loop;
	struct journal *j;
};

/* Makes the folder and opens a new journal on its own loop. */
void tmp_journal_open(struct tmp_journal *t);
/* Closes and opens again. */
void tmp_journal_reopen(struct tmp_journal *t);
/* Closes, removes the folder and everything in it. */
void tmp_journal_close(struct tmp_journal *t);
/* Only closes; the folder stays. */
void tmp_journal_shut(struct tmp_journal *t);

/* journal_append_now() that must succeed; body NULL: none. Returns the seq. */
int64_t put_event(struct journal *j, int64_t task, enum event_kind kind, const char *facts,
	const char *body);
/* A request; returns the new task's number. */
int64_t put_request(struct journal *j, const char *facts, const char *words);
/* All events as JSON lines, owned. */
char *journal_lines(struct journal *j);
/* n tasks of three events each: a request, an answer, the end. */
void journal_fill(struct journal *j, int n);
/* Opens the file read-only and verifies it. Fails the test when the report contradicts itself.
 * ret_lines: all events when it verifies, owned; else NULL. */
bool journal_verifies(const char *path, struct verify_report *r, char **ret_lines);
/* The same for cmocka: *state is the struct tmp_journal. */
int tmp_journal_setup(void **state);
int tmp_journal_teardown(void **state);

#endif
