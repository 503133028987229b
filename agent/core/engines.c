/* The engines and what the core needs to know of skills. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/skill/instinct.h"

static struct skills *
skills_of(struct agent *a)
{
	if (!a->skills)
		a->skills = skills_load(a->places, 0);
	return a->skills;
}

void
agent_forget_skills(struct agent *a)
{
	skills_destroy(a->skills);
	a->skills = NULL;
}

struct engine *
agent_engine(struct agent *a, const char *name, struct err *err)
{
	struct engine **slot = str_eq(name, "model") ? &a->model : &a->instinct;

	if (!*slot && a->make_engine)
		*slot = a->make_engine(a->make_user, name);
	if (!*slot && slot == &a->instinct)
		*slot = instinct_create(skills_of(a));
	if (!*slot)
		err_set(err, ERR_BUG, _("there is no engine \"%s\""), name);
	return *slot;
}

char *
agent_match_recipe(struct agent *a, const char *request)
{
	return xstrdup0(instinct_match(skills_of(a), request, "/", clock_wall(a->clock), a->last_run));
}

bool
agent_skill_text(struct agent *a, const char *name, struct buf *out, struct err *err)
{
	const struct skill *k = skills_find(skills_of(a), name);
	struct skill_doc *d;

	if (!k || !k->pinned)
		return err_set(err, ERR_NOT_FOUND, _("there is no skill \"%s\""), name);
	if (!(d = skill_doc_load(k->file, err)))
		return false;
	buf_add_str(out, d->body);
	skill_doc_destroy(d);
	return true;
}
