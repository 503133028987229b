/*
 * For tests of drafts: a home with a stage beside it, trees made from a seed, and snapshots
 * that hold everything an undo must bring back.
 */
#ifndef HOMARD_TEST_DRAFT_TREE_H
#define HOMARD_TEST_DRAFT_TREE_H

#include "tests/support/testing.h"
#include "agent/draft/draft_private.h"
#include "agent/draft/stage.h"

struct world {
	char *top, *home, *stage; /* top/home, top/stage */
	struct draft *d;
};

/* Makes top (a fresh folder below test_dir()) and opens task 1. */
void world_open(struct world *w, const char *name);
void world_reopen(struct world *w); /* closes the handle and opens it again */
void world_close(struct world *w);  /* removes everything */
/* Tests of many commits wait for the disk most of the time: a memory file system is used for
 * test_dir() where there is one that can hold a stage. Call first. */
void world_use_memory(void);
/* home/name; owned by a ring of 16. */
const char *world_path(const struct world *w, const char *name);
/* Real files, not drafted; missing folders are made. */
void world_write(const struct world *w, const char *name, const char *text);
/* The same through the draft: one act of a task. */
void world_put(struct world *w, const char *name, const char *text);
/* What is pending, in place of what *e held. Fails the test on an error. */
void world_show(struct world *w, struct effects *e);
/* Takes all of what is shown as commit number n. */
bool world_take(struct world *w, const struct effects *shown, int64_t n,
	struct commit_result *r, struct err *err);
void world_mkdir(const struct world *w, const char *name, unsigned mode);

/* One line an entry, sorted: name, type, mode, size, mtime in ns, content, link target,
 * extended attributes, and which names are one file. Owned. */
char *tree_snapshot(const char *dir);
/* The same without times. */
char *tree_snapshot_plain(const char *dir);
/* Fails the test with the first line that differs. */
void tree_assert_same(const char *what, const char *a, const char *b);

/* A small deterministic generator. */
struct rng {
	uint64_t s;
};
uint32_t rng_next(struct rng *r, uint32_t below);
/* About n entries: deep folders, links, hard links (where hard), attributes, odd names, modes,
 * empty folders, sparse files. */
void tree_make(struct rng *r, const char *dir, unsigned n, bool hard);
/* n acts of file tools on what the view shows; returns how many were done. */
unsigned tree_act(struct rng *r, struct draft *d, const char *dir, unsigned n);

#endif
