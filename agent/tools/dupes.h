/*
 * Files of equal content among many. Size first, then a hash of the first 16 KB, then of the
 * whole: SHA-256, so that equal means equal. Two threads read in the order the files lie on
 * disk. Names of one file (hard links) are one file. Memory: about 100 bytes a file.
 */
#ifndef HOMARD_TOOLS_DUPES_H
#define HOMARD_TOOLS_DUPES_H

#include "agent/base/err.h"
#include "agent/base/hash.h"
#include <sys/stat.h>

#define DUPES_FILES_MAX 2000000

struct dupes_file {
	char *path; /* owned */
	uint64_t size, dev, ino;
	int64_t mtime_ns;
	unsigned char head[8], whole[HASH_LEN];
	unsigned state; /* internal */
	size_t group;   /* from 1; 0: has no double */
};

struct dupes {
	struct dupes_file *v;
	size_t n, cap;
	size_t groups;
	uint64_t unreadable, read_bytes;
};

/* open is called by one thread at a time (under a lock); -1 leaves the file out. */
struct dupes_opts {
	int (*open)(void *user, const char *path);
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
