/*
 * The real program on a pty, as a person uses it: a private home with generated files and a
 * private HOMARD_HOME, both below test_dir(). Steps wait for what should be seen (at most 10 s) and
 * fail the test with the whole screen when it does not come. One journey at a time.
 */
#ifndef HOMARD_TEST_JOURNEY_H
#define HOMARD_TEST_JOURNEY_H

#include "tests/support/testing.h"
#include "tests/support/pty.h"

#define JOURNEY_MS 10000

struct journey {
	char *home, *state; /* HOME and HOMARD_HOME */
	struct pty *pty;    /* NULL: the program is not running */
};

struct journey_opts {
	int rows, cols;		       /* 0: 24 x 80 */
	const char *term, *background; /* as in pty_opts */
	const char *const *env;	       /* "K=V" pairs more, NULL-terminated */
	const char *const *args;       /* behind the program's name, NULL-terminated */
};

/* Beside the test in the build folder. Owned by the support code. */
const char *journey_program(void);
/* Makes an empty home. */
void journey_init(struct journey *j);
/* Ends the program and removes the home. */
void journey_finish(struct journey *j);
/* A file below the home; missing folders are made. */
void journey_file(const struct journey *j, const char *rel, const char *text);
/* config.yaml of the program. */
void journey_config(const struct journey *j, const char *yaml);
/* The files of ~/Downloads that most journeys tidy. */
void journey_downloads(const struct journey *j);
bool journey_has(const struct journey *j, const char *rel);
/* Names, kinds, sizes, modes and times of everything below the home, sorted. Owned. */
char *journey_print(const struct journey *j);

void journey_start(struct journey *j, const struct journey_opts *o);
/* Waits for the program to leave; its wait status. */
int journey_end(struct journey *j);
/* Closes the pty, without waiting. */
void journey_drop(struct journey *j);

void journey_see(struct journey *j, const char *text);
void journey_gone(struct journey *j, const char *text);
/* Fails with the screen when cond does not become true. */
void journey_until(struct journey *j, bool (*cond)(struct pty *p, void *arg), void *arg,
	const char *what);
/* Types the words and presses Enter when they are all on the screen. */
void journey_ask(struct journey *j, const char *words);
/* A decision is on the screen, and a key may decide it. */
void journey_decidable(struct journey *j);
/* The screen's rows, and what looks different where: see journey.c. Owned. */
char *journey_styled(struct journey *j, bool colours);

#endif
