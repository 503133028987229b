/*
 * homard try, in pieces: options and order (cli_try.c), running (try_run.c), the report
 * (try_report.c), asking (try_ask.c), taking (try_take.c). One struct on main's stack.
 */
#ifndef HOMARD_TRY_PRIVATE_H
#define HOMARD_TRY_PRIVATE_H

#include "agent/cli/cli.h"
#include "agent/draft/draft.h"
#include "agent/store/journal.h"

enum try_take { TRY_ASK, TRY_NONE, TRY_ALL };

struct
try {
	struct cli *cli;
	/* options */
	bool json;
	enum try_take take;
	uint64_t wall_ms, mem;
	char *cwd;
	struct strv argv;
	char *command; /* as one would type it: for people, the journal and what it names */
	/* the run */
	int64_t task;            /* of the stage; in the journal too when recorded */
	struct journal *journal; /* NULL: nothing can be taken, nothing is recorded */
	struct draft *draft;
	struct draft_run *run;
	bool running, interrupted;
	struct buf seen; /* the beginning of what it printed */
	bool held[3];    /* a stream whose reader went away */
	bool ran;
	int exit, signal;
	enum draft_limit limit;
	struct effects *effects;
	struct strv unpreviewed; /* sentences */
	struct err err;
	/* the decision */
	size_t taken;
};

/* Runs the command; false when no draft was possible (t->err). */
bool try_run(struct try *t);
/* The one line of --json. */
void try_print_json(const struct try *t);
/* Tree and sentences on stderr, for people. max_lines 0: all of it. Returns false when lines
 * were left out. */
bool try_print_effects(const struct try *t, size_t max_lines);
void try_print_end(const struct try *t);
/* Asks on the terminal until there is a decision; fills take (of effects->n). True: something
 * is to be taken. */
bool try_ask(struct try *t, bool *take);
/* Opens the journal and gives the try its task number. */
bool try_record_begin(struct try *t, struct err *err);
/* Commits the chosen effects and records it. */
bool try_commit(struct try *t, bool *take, const char *by, struct err *err);
void try_record_end(struct try *t, const char *state);

#endif
