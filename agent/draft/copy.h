/* Copies with everything a file is: content (reflink where it can, holes kept), mode, times,
 * extended attributes, links, and hard links among what is copied together. */
#ifndef HOMARD_DRAFT_COPY_H
#define HOMARD_DRAFT_COPY_H

#include "agent/draft/fs.h"
#include "agent/draft/map.h"

struct copy {
	const volatile bool *cancelled; /* or NULL */
	/* Left out when true; path is the path on disk as built from `path` below. May be NULL. */
	bool (*skip)(void *user, const char *path);
	void *user;
	bool sync; /* fsync every file */
};

/* Copies from_dir/from (path is its absolute name, for skip and sentences) to to_dir/to,
 * which must not exist. */
bool copy_tree(const struct copy *c, int from_dir, const char *from, const char *path, int to_dir,
	const char *to, struct err *err) MUST_CHECK;
/* Only content: from the start of in to out; holes are kept. */
bool copy_content(int in, int out, uint64_t size, const volatile bool *cancelled);
/* Mode, owner (as root), extended attributes and times of from on to. */
bool copy_attributes(int from_dir, const char *from, const struct stat *st, int to_dir,
	const char *to);

#endif
