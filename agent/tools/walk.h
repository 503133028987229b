/*
 * Walking the draft's view: depth first, names in byte order, links never followed, other
 * disks not entered. Memory grows with the folders not yet visited, never with the files.
 * Cancelled through the context; progress is told every 4,096 entries.
 */
#ifndef HOMARD_TOOLS_WALK_H
#define HOMARD_TOOLS_WALK_H

#include "agent/tools/glob.h"
#include "agent/tools/tool.h"

enum {
	WALK_HIDDEN = 1,    /* hidden files and folders too */
	WALK_FLAT = 2,      /* the folder itself only */
	WALK_FOLDERS = 4,   /* fn is told folders as well */
	WALK_LINKS = 8,     /* ... and links and other odd things */
	WALK_DOTFILES = 16, /* hidden files, but not hidden folders */
	WALK_NO_BULK = 32   /* not into node_modules, __pycache__ and their like */
};

struct walk {
	const struct tool_ctx *ctx;
	unsigned flags;
	const struct glob *glob; /* files only; NULL: all */
	/* Return false to end the walk (not an error). path is absolute. */
	bool (*fn)(void *user, const char *path, const struct stat *st);
	void *user;
	/* Told back: */
	uint64_t files, folders, seen;
	uint64_t unreadable; /* folders that could not be listed */
	uint64_t other_disks;
	char *first_unreadable; /* owned; walk_finish */
};

/* False when cancelled or the root itself cannot be listed. */
bool walk_run(struct walk *w, const char *root, struct err *err) MUST_CHECK;
void walk_finish(struct walk *w);
/* Adds "unreadable" and "other_disks": N when there were any: a result must not look complete
 * then. */
void walk_tell(const struct walk *w, struct jw *out);

#endif
