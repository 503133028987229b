/*
 * Writes that reach a file after it was displaced: a lease keeps out who opens it meanwhile, but
 * not a program that had found the file by its name already and opens it a moment later.
 */
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/draft/copy.h"
#include "agent/draft/plan_make.h"
#include "agent/draft/stage_private.h"

static bool
is_late(struct plan *p, const struct plan_op *o)
{
	struct stat st;
	char slot[40];

	apply_slot(o, "", slot);
	return (o->kind == OP_SWAP || o->kind == OP_DELETE) && S_ISREG(o->pre.mode) &&
		apply_stat(p->roots[o->root].hold_fd, slot, &st) && apply_is_inode(&st, &o->pre) &&
		!apply_is(&st, &o->pre);
}

static void
note(struct plan *p, const struct plan_op *o, struct commit_result *r, const char *why)
{
	autofree char *path = path_join(p->roots[o->root].real, o->path);

	if (r)
		commit_result_add(r, path, why);
}

bool
stage_is_quiet(struct plan *p, struct commit_result *r)
{
	bool quiet = true;

	for (size_t i = 0; i < p->n_ops; i++) {
		if (!is_late(p, &p->ops[i]))
			continue;
		note(p, &p->ops[i], r, _("another program wrote to it at the same moment"));
		quiet = false;
	}
	return quiet;
}

void
stage_save_late(struct plan *p, struct commit_result *r)
{
	struct apply a = { .p = p };
	const struct copy c = { .sync = true };

	for (size_t i = 0; i < p->n_ops; i++) {
		const struct plan_op *o = &p->ops[i];
		int hold = p->roots[o->root].hold_fd;
		char slot[40], late[40];

		if (!is_late(p, o))
			continue;
		apply_slot(o, "", slot);
		apply_slot(o, ".late", late);
		if (copy_tree(&c, hold, slot, o->path, hold, late, NULL) &&
			stage_place_beside(&a, o, "late-write", late))
			note(p, o, r,
				_("another program wrote to it at the same moment; "
				  "what it wrote lies beside it as .late-write"));
	}
	apply_finish(&a);
}
