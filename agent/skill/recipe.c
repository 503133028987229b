#include "agent/skill/recipe.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"

const char *
saying_in(const struct saying *s, const char *language)
{
	if (language && str_starts(language, "zh") && s->zh)
		return s->zh;
	return s->en ? s->en : s->zh ? s->zh : "";
}

static void
saying_finish(struct saying *s)
{
	free(s->en);
	free(s->zh);
}

static void
slot_finish(struct slot *s)
{
	free(s->name);
	free(s->fallback);
	saying_finish(&s->ask);
	strv_finish(&s->cue);
	strv_finish(&s->not_first);
	strv_finish(&s->not_with);
	strv_finish(&s->strip);
	strv_finish(&s->ext);
	for (size_t i = 0; i < s->n_choices; i++) {
		free(s->choices[i].value);
		strv_finish(&s->choices[i].words);
	}
	free(s->choices);
}

static void
guards_free(struct guard *g, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(g[i].kind);
		free(g[i].arg);
		free(g[i].need);
		saying_finish(&g[i].otherwise);
	}
	free(g);
}

static void
step_finish(struct step *s)
{
	free(s->id);
	free(s->tool);
	cJSON_Delete(s->args);
	free(s->each);
	free(s->when);
	saying_finish(&s->ask);
	saying_finish(&s->text);
}

static void
result_finish(struct result *r)
{
	free(r->when);
	free(r->list);
	free(r->of);
	saying_finish(&r->text);
	saying_finish(&r->item);
}

void
recipe_destroy(struct recipe *r)
{
	if (!r)
		return;
	free(r->name);
	free(r->file);
	free(r->skill);
	free(r->dir);
	saying_finish(&r->summary);
	saying_finish(&r->example);
	for (size_t i = 0; i < r->n_words; i++) {
		free(r->words[i].name);
		strv_finish(&r->words[i].list);
	}
	free(r->words);
	strv_finish(&r->evidence);
	strv_finish(&r->say);
	strv_finish(&r->also);
	for (size_t i = 0; i < r->n_slots; i++)
		slot_finish(&r->slots[i]);
	free(r->slots);
	guards_free(r->before, r->n_before);
	guards_free(r->after, r->n_after);
	for (size_t i = 0; i < r->n_steps; i++)
		step_finish(&r->steps[i]);
	free(r->steps);
	for (size_t i = 0; i < r->n_results; i++)
		result_finish(&r->results[i]);
	free(r->results);
	for (size_t i = 0; i < r->n_tests; i++) {
		free(r->tests[i].say);
		free(r->tests[i].language);
		cJSON_Delete(r->tests[i].slots);
	}
	free(r->tests);
	free(r);
}

const struct slot *
recipe_slot(const struct recipe *r, const char *name)
{
	for (size_t i = 0; i < r->n_slots; i++)
		if (str_eq(r->slots[i].name, name))
			return &r->slots[i];
	return NULL;
}

struct recipe *
recipe_load(const char *path, unsigned flags, struct err *err)
{
	autobuf struct buf b = BUF_INIT(RECIPE_BYTES_MAX);
	struct recipe *r;

	if (!path_read_file(path, &b, err))
		return NULL;
	r = recipe_parse(buf_slice(&b), path, flags, err);
	if (!r)
		return NULL;
	r->dir = path_dir(path);
	free(r->skill);
	r->skill = xstrdup(path_base(r->dir));
	return r;
}
