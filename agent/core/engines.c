/* The engines, made when first needed, and what the core needs to know of skills. */
#include "agent/core/agent_private.h"
#include "agent/base/i18n.h"
#include "agent/llm/model_engine.h"
#include "agent/skill/followup.h"
#include "agent/skill/instinct.h"

/* Skills being read on a worker; a task that needs them sooner reads them itself. */
struct warming {
	uv_work_t work;
	struct agent *agent; /* NULL: it is gone */
	const struct places *places;
	struct skills *skills;
};

static void
load_skills(uv_work_t *work)
{
	struct warming *w = work->data;

	w->skills = skills_load(w->places, 0);
	followup_prepare(w->skills);
}

static void
skills_loaded(uv_work_t *work, int status)
{
	struct warming *w = work->data;

	(void)status;
	if (w->agent) {
		w->agent->warming = NULL;
		if (!w->agent->skills)
			w->agent->skills = steal_ptr(&w->skills);
	}
	skills_destroy(w->skills);
	free(w);
}

void
agent_warm(struct agent *a)
{
	struct warming *w;

	if (a->make_engine || a->warming)
		return;
	if (*config_str(a->config, "model.default"))
		agent_warm_model(a);
	if (a->skills)
		return;
	w = xcalloc(1, sizeof(*w));
	w->work.data = w;
	w->agent = a;
	w->places = a->places;
	a->warming = w;
	if (uv_queue_work(a->loop, &w->work, load_skills, skills_loaded))
		bug("uv_queue_work");
}

static const struct skills *
agent_skills(struct agent *a)
{
	if (!a->skills) {
		a->skills = skills_load(a->places, 0);
		followup_prepare(a->skills);
	}
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

void
agent_warm_model(struct agent *a)
{
	struct engine *e = a->make_engine ? NULL : agent_engine(a, "model", NULL);

	if (e)
		model_engine_warm(e);
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

char *
agent_offer_recipes(struct agent *a, const char *request, const char *cwd)
{
	autobuf struct buf b = BUF_INIT(65536);

	if (a->make_engine || !instinct_nearest(agent_skills(a), request, cwd, clock_wall(a->clock),
				      i18n_language(), &b))
		return NULL;
	return xasprintf(_("Recipes need no network, for example %s."), buf_str(&b));
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
	if (a->warming)
		a->warming->agent = NULL;
	if (a->instinct)
		a->instinct->ops->destroy(a->instinct);
	if (a->model)
		a->model->ops->destroy(a->model);
	a->instinct = a->model = NULL;
	skills_destroy(a->skills);
	a->skills = NULL;
}
