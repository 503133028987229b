/*
 * Pending moves of real files: kept as a list, cost nothing until a command must see them.
 * A move says: what lies at `from` on disk is seen at `to` (and not at `from`). Uppers hold
 * nothing below a `to`; acts that want to change something in there break the move up first.
 */
#ifndef HOMARD_DRAFT_MOVES_H
#define HOMARD_DRAFT_MOVES_H

#include "agent/draft/draft_private.h"

struct draft_move {
	char *from, *to;
	size_t index;
};

bool moves_load(struct draft *d, struct err *err) MUST_CHECK;
void moves_close(struct draft *d);
bool moves_clear(struct draft *d, struct err *err) MUST_CHECK;
bool moves_add(struct draft *d, const char *from, const char *to, struct err *err) MUST_CHECK;
bool moves_remove(struct draft *d, struct draft_move *m, struct err *err) MUST_CHECK;
/* Every `to` at or below old becomes the same place below new. */
bool moves_rebase(struct draft *d, const char *old, const char *new, struct err *err) MUST_CHECK;

/* The move whose `to` is path or the nearest folder above it; *ret_rest is what follows. */
struct draft_move *moves_into(const struct draft *d, const char *path, const char **ret_rest);
/* The move whose `from` is path or the nearest folder above it. */
struct draft_move *moves_out(const struct draft *d, const char *path);
/* True when a `from` or a `to` lies strictly below path. */
bool moves_from_below(const struct draft *d, const char *path);
bool moves_to_below(const struct draft *d, const char *path);

#endif
