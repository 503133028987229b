/* The engines, made when first needed, and what the core needs to know of skills. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/llm/model_engine.h"
#include "agent/skill/instinct.h"

static const struct skills *
agent_skills(struct agent *a)
{
	if (!a->skills)
		a->skills = skills_load(a->places, 0);
	return a->skills;
}

static const char *
get_setting(void *user, const char *key)
{
	const struct agent *a = user;

	return config_str(a->config, key);
}

static const struct strv *
get_list(void *user, const char *key)
{
	const struct agent *a = user;

	return config_list(a->config, key);
}

static void
on_secret(void *user, const char *value)
{
	agent_add_secret(user, value);
}

static struct engine *
make_model(struct agent *a)
{
	struct model_engine_opts o = { .loop = a->loop, .clock = a->clock, .places = a->places,
		.settings = { get_setting, get_list, a }, .secret = on_secret, .secret_user = a };

	return model_engine_create(&o);
}

struct engine *
agent_engine(struct agent *a, const char *name, struct err *err)
{
	struct engine **slot = str_eq(name, "model") ? &a->model : &a->instinct;

	if (!*slot && a->make_engine)
		*slot = a->make_engine(a->make_user, name);
	if (!*slot && str_eq(name, "instinct"))
		*slot = instinct_create(agent_skills(a));
	if (!*slot && str_eq(name, "model"))
		*slot = make_model(a);
	if (!*slot)
		err_set(err, ERR_USAGE, _("there is no engine \"%s\""), name);
	return *slot;
}

static bool
keep_run(void *user, const struct event *ev)
{
	struct agent *a = user;
	autojson cJSON *facts = json_parse_lenient(ev->facts, NULL);
	autobuf struct buf b = BUF_INIT(1u << 20);
	struct jw w;

	jw_init(&w, &b);
	jw_object(&w, NULL);
	jw_str(&w, "recipe", json_str(facts, "recipe", ""));
	jw_raw(&w, "slots", ev->body.n ? ev->body : SLICE_LIT("{}"));
	jw_end_object(&w);
	a->last_run = buf_steal(&b);
	return false;
}

/* Follow-ups ("now the same for ~/Desktop") also mean what another process ran. */
const char *
agent_last_run(struct agent *a)
{
	static const enum event_kind kinds[] = { EV_RECIPE };
	struct journal_range r = { .task = -1, .kinds = kinds, .n_kinds = 1, .newest_first = true,
		.limit = 1 };

	if (!a->last_run)
		(void)journal_each(a->journal, &r, keep_run, a, NULL);
	return a->last_run;
}

bool
agent_recipe_fits(struct agent *a, const char *request, const char *cwd)
{
	if (a->make_engine)
		return false;
	return instinct_match(agent_skills(a), request, cwd, clock_wall(a->clock),
		       agent_last_run(a)) != NULL;
}

bool
agent_skill_text(struct agent *a, const char *name, struct buf *out, struct err *err)
{
	const struct skill *s = skills_find(agent_skills(a), name);
	struct skill_doc *d;

	if (!s)
		return err_set(err, ERR_NOT_FOUND, _("there is no skill \"%s\""), name);
	if (!s->pinned)
		return err_set(err, ERR_DENIED,
			_("the skill \"%s\" is not trusted yet; homard skills pin %s after reading it"),
			name, name);
	d = skill_doc_load(s->file, err);
	if (!d)
		return false;
	buf_add_str(out, d->body);
	skill_doc_destroy(d);
	return true;
}

void
agent_engines_finish(struct agent *a)
{
	if (a->instinct)
		a->instinct->ops->destroy(a->instinct);
	if (a->model)
		a->model->ops->destroy(a->model);
	a->instinct = a->model = NULL;
	skills_destroy(a->skills);
	a->skills = NULL;
}
