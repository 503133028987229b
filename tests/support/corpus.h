/*
 * Many commands through `homard try --json` in a made-up home; afterwards nothing real may have
 * changed. Used by the unit test with few and by `make torture` with all of them.
 */
#ifndef HOMARD_TEST_CORPUS_H
#define HOMARD_TEST_CORPUS_H

#include <sys/types.h>
#include "agent/base/buf.h"

struct corpus_counts {
	size_t run;        /* commands */
	size_t ok;         /* ended with exit 0 */
	size_t asked;      /* of those: effects, or something that cannot be previewed */
	size_t effects;    /* commands with effects */
	size_t limits;     /* ended by a limit */
	size_t no_report;  /* homard gave no line: a bug */
	size_t unexpected; /* effects were not those expected */
};

struct corpus; /* opaque */

enum corpus_place {
	CORPUS_HOME,  /* commands run in the home */
	CORPUS_DIRTY, /* the same, and src is a repository full of uncommitted work */
	CORPUS_REPO   /* that repository is the folder they run in */
};

/* homard: the program. Makes the home, a place beside it, listening sockets and a process that
 * must stay alive. */
struct corpus *corpus_begin(const char *homard, enum corpus_place place);
/* Adds the "cmd" of each line of a JSONL file, at most max, spread evenly (0: all). False when
 * the file cannot be read. */
bool corpus_add_file(struct corpus *c, const char *jsonl, size_t max);
/* Lines "KIND<tab>COMMAND": KIND is what at least one effect must be, none, or any. In commands
 * @HOME@ @OUT@ @SOCK@ @DGRAM@ @PORT@ @PID@ are filled in. */
bool corpus_add_list(struct corpus *c, const char *path);
size_t corpus_size(const struct corpus *c);
/* Runs them all, jobs at a time, and forgets them. Prints each unexpected one on stderr. */
struct corpus_counts corpus_run(struct corpus *c, unsigned jobs, const char *wall);
/* Real files that are not what they were when it began: printed, counted. */
size_t corpus_changed(struct corpus *c);
/* Connections and datagrams that arrived, and 1 when the process died. */
size_t corpus_reached(struct corpus *c);
void corpus_end(struct corpus *c);

#endif
