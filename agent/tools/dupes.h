/*
 * Files of equal content among many. Size first, then a quick hash of the first 4 KB, then of
 * the whole; what is left is compared byte by byte with the oldest, so that equal means equal.
 * Two threads read in the order the files lie on disk. Names of one file (hard links) are one
 * file. Memory: about 100 bytes a file.
 */
#ifndef HOMARD_TOOLS_DUPES_H
#define HOMARD_TOOLS_DUPES_H

#include "agent/base/err.h"
#include <sys/stat.h>

#define DUPES_FILES_MAX 2000000

struct dupes_file {
	char *path; /* owned */
	uint64_t size, dev, ino;
	int64_t mtime_ns;
	uint64_t head, whole[2];
	unsigned state; /* internal */
	size_t group;   /* from 1; 0: has no double */
};

struct dupes {
	struct dupes_file *v;
	size_t n, cap;
	size_t groups;
	uint64_t unreadable, read_bytes;
};

struct dupes_opts {
	/* Called by several threads at once; -1: then open is asked. */
	int (*quick)(void *user, const struct dupes_file *f);
	/* By one thread at a time; -1 leaves the file out. */
	int (*open)(void *user, const struct dupes_file *f);
	void *user;
	const volatile bool *cancelled;
	void (*progress)(void *user, uint64_t n, uint64_t total);
};

bool dupes_add(
	struct dupes *d, const char *path, const struct stat *st, struct err *err) MUST_CHECK;
/* Afterwards v is sorted: groups together, the oldest first in each, then the others. False
 * when cancelled. */
bool dupes_find(struct dupes *d, const struct dupes_opts *o, struct err *err) MUST_CHECK;
void dupes_finish(struct dupes *d);

#endif
