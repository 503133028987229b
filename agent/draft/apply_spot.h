/* Between the files that apply operations: where one works, and what it finds there. */
#ifndef HOMARD_DRAFT_APPLY_SPOT_H
#define HOMARD_DRAFT_APPLY_SPOT_H

#include "agent/draft/apply.h"

/* Where one operation works. */
struct apply_spot {
	int dir, hold;
	const char *name;
	char slot[40];
	struct stat at, held; /* what is at the target and in the hold */
	bool has_at, has_held;
};

/* False with errno where the folder of path cannot be opened. */
bool apply_look(struct apply *a, const struct plan_op *o, const char *path, uint32_t root,
	uint32_t hold_root, struct apply_spot *s);
bool apply_is_held(struct apply *a, const struct plan_op *o, uint32_t hold_root);
enum applied apply_changed(struct apply *a);
enum applied apply_gone(struct apply *a);
enum applied apply_taken(struct apply *a);

/* --- apply_move.c --- */
enum applied apply_move_between(struct apply *a, const struct plan_op *o, uint32_t from_root,
	const char *from, uint32_t to_root, const char *to);
enum applied apply_into_hold(struct apply *a, const struct plan_op *o, uint32_t root,
	const char *path);
enum applied apply_out_of_hold(struct apply *a, const struct plan_op *o, uint32_t root,
	const char *path);
bool apply_is_placed(struct apply *a, const struct plan_op *o);
enum applied apply_place_back(struct apply *a, const struct plan_op *o);

#endif
