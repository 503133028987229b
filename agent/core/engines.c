/* The engines and what the core needs to know of skills. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"

struct engine *
agent_engine(struct agent *a, const char *name, struct err *err)
{
	struct engine **slot = str_eq(name, "model") ? &a->model : &a->instinct;

	if (!*slot && a->make_engine)
		*slot = a->make_engine(a->make_user, name);
	if (!*slot)
		err_set(err, ERR_BUG, _("there is no engine \"%s\""), name);
	return *slot;
}

char *
agent_match_recipe(struct agent *a, const char *request)
{
	(void)a;
	(void)request;
	return NULL;
}

bool
agent_skill_text(struct agent *a, const char *name, struct buf *out, struct err *err)
{
	(void)a;
	(void)out;
	return err_set(err, ERR_NOT_FOUND, _("there is no skill \"%s\""), name);
}
