/* `homard run` against a model on loopback: the real program, its output, its end and its peak. */
#ifndef HOMARD_TEST_HEADLESS_H
#define HOMARD_TEST_HEADLESS_H

#include "agent/base/buf.h"
#include "tests/support/journey.h"
#include "tests/support/model_server.h"

#define HEADLESS_MS 30000

struct headless {
	struct buf out, err; /* what it printed */
	int exit;	     /* -1: it had to be killed after HEADLESS_MS */
	double ms;
	long peak_kb;
};

/* run --engine model --model box/m with the further arguments, the last of them the request, in
 * the journey's home. The model speaks openai-chat. */
void headless_run(struct journey *j, const struct model_server *s, const char *const *args,
	struct headless *ret);
/* The program with these arguments (the first is the verb). */
void headless_exec(struct journey *j, const char *const *args, struct headless *ret);
void headless_finish(struct headless *h);
/* Fails with all that was printed unless it holds the words. */
void headless_says(const struct headless *h, const char *words);

#endif
