/*
 * homard-draft under test: a private home and stage, the helper run over them as this user or,
 * when the tests run as root, as an ordinary one. Blocking; everything is removed by
 * box_finish.
 */
#ifndef HOMARD_TEST_DRAFT_BOX_H
#define HOMARD_TEST_DRAFT_BOX_H

#include <sys/types.h>
#include "agent/base/buf.h"
#include "agent/base/draft_proto.h"
#include "tests/support/testing.h"

struct box_record {
	struct draft_record r;
	char *path, *from;
};

struct box {
	char dir[64];
	char *home, *stage, *upper, *work;
	uid_t uid;        /* who runs the helper */
	struct buf extra; /* further spec text, key=value NUL */
	void (*prepare)(
		struct box *b); /* in the child before exec, as the caller; may be NULL */
	int close_after_ms;     /* when not 0: SIGTERM after that */
	pid_t pid;
	/* results of the last run */
	int status;
	struct buf out, err;
	struct box_record *v;
	size_t n, cap;
};

/* False when there is no helper or this machine allows no drafts: then skip(). */
bool box_possible(void);
/* An ordinary uid to use beside our own when we are root, else 0. */
uid_t box_other_uid(void);
void box_init(struct box *b, uid_t uid);
void box_finish(struct box *b);
/* home/name with the text, owned by the box's user; missing folders are made. */
void box_file(struct box *b, const char *name, const char *text);
/* Gives everything in home and stage to the box's user. */
void box_own(struct box *b);
void box_spec(struct box *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Runs `sh -c script` in the draft, or the test program itself with --inside and the words. */
void box_sh(struct box *b, const char *script);
void box_inside(struct box *b, const char *check, const char *argument);
void box_run(struct box *b, const char *verb, const char *const *argv);
/* Starts without waiting; box_wait collects. */
void box_start(struct box *b, const char *verb, const char *const *argv);
void box_wait(struct box *b);
/* Reads until the output so far ends in text. */
void box_await(struct box *b, const char *text);

/* Eight processes that take so much each and stay. */
int box_eat(const char *megabytes);
/* Ends what ran inside: a leak checker at exit would need calls that are refused there. */
NORETURN void box_leave(int code);

/* The whole main of a test of the helper: `--inside check argument` runs inside() and leaves;
 * else the group runs as this user and, by root, once more as an ordinary one. *uid says whose
 * boxes to make. */
int box_main(int argc, char **argv, int (*inside)(const char *check, const char *argument),
	const char *name, const struct CMUnitTest *tests, size_t n, uid_t *uid);

/* A box with a file of every sort, for the tests of listing. */
void box_init_files(struct box *b, uid_t uid);

/* The record of that kind, NULL when there is none. path NULL: any. */
const struct box_record *box_find(
	const struct box *b, enum draft_record_kind kind, const char *path);
size_t box_count(const struct box *b, enum draft_record_kind kind);
/* Fails the test unless the command ran; returns its exit code (-1: killed). */
int box_exit(const struct box *b);
enum draft_limit box_limit(const struct box *b);

#endif
