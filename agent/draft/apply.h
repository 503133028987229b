/*
 * Applying and reversing single operations of a plan: compare-and-swap renames. Both are
 * idempotent: what is found on disk says how far an interrupted run came.
 */
#ifndef HOMARD_DRAFT_APPLY_H
#define HOMARD_DRAFT_APPLY_H

#include "agent/draft/plan.h"

#define APPLY_FOLDERS 32 /* descriptors of parents kept open */
#define APPLY_LEASES 128 /* leases kept; the oldest go first */

enum applied {
	APPLY_DONE,
	APPLY_CONFLICT, /* the person's files are not what they were; why says it */
	APPLY_ERROR,	/* the file system refused; err says it */
};

struct apply_folder {
	char *path;
	uint32_t root;
	bool upper;
	int fd;
};

/* Leases on displaced files are kept until the end: a program that found a file by its name just
 * before and opens it just after has to wait, and is noticed. */
struct apply_lease {
	int fd;
	const struct plan_op *o;
	bool back; /* on what a reversal displaced: ours */
};

struct apply {
	struct plan *p;
	bool first; /* the upper holds what is new, and gets it back on reversal */
	struct apply_folder folders[APPLY_FOLDERS];
	size_t next;
	struct apply_lease leases[APPLY_LEASES];
	size_t n_leases;
	bool going_back;
	bool loud;	 /* a lease that had to go was wanted by a writer */
	const char *why; /* translated */
	struct err err;
};

void apply_finish(struct apply *a);
enum applied apply_forward(struct apply *a, const struct plan_op *o);
enum applied apply_back(struct apply *a, const struct plan_op *o);

/* Nobody waits to write to what was displaced. */
bool apply_is_quiet(const struct apply *a);
/* After reversing: what somebody waits to write to is not the person's file any more, so it comes
 * beside it as .late-write. Then the leases are given back. */
void apply_end_leases(struct apply *a, bool reversed);

/* --- inside --- */
/* takes ownership of fd (-1: none) */
void apply_keep_lease(struct apply *a, const struct plan_op *o, int fd);
/* The new thing of an operation, displaced again, comes beside the path as .late-write. */
void apply_spare(struct apply *a, const struct plan_op *o);
enum apply_side { SIDE_REAL, SIDE_UPPER };
/* Descriptor of the folder that holds rel, kept open; -1 with errno. */
int apply_parent(struct apply *a, enum apply_side side, uint32_t root, const char *rel,
	const char **ret_name);
/* Folders moved: what was kept open may lie elsewhere now. */
void apply_forget_folders(struct apply *a);
enum applied apply_conflict(struct apply *a, const char *why);
/* From errno of a call about path: missing and strange folders are conflicts. */
enum applied apply_failed(struct apply *a, const char *path);
/* A rename that lends write rights on the person's own folders where they lack them; the last
 * pass over the plan's folders puts the modes right. */
int apply_rename(struct apply *a, int from_dir, const char *from, int to_dir, const char *to,
	unsigned flags);
/* Inode, type, and for files also size, time and mode. */
bool apply_is(const struct stat *st, const struct draft_print *p);
/* Only inode and type. */
bool apply_is_inode(const struct stat *st, const struct draft_print *p);
void apply_slot(const struct plan_op *o, const char *suffix, char out[40]);
bool apply_stat(int dir, const char *name, struct stat *ret);
/* Removes what overlay leaves in a tree: its attributes and whiteouts. */
void apply_strip(int dir, const char *name);

/* apply_attr.c */
enum applied apply_attr(struct apply *a, const struct plan_op *o, bool forward);
/* apply_inplace.c */
enum applied apply_inplace(struct apply *a, const struct plan_op *o, bool forward);

#endif
