/* All slot types. */
#include "agent/base/i18n.h"
#include "agent/base/utf8.h"
#include "agent/skill/slot.h"

const struct slot_type *const slot_types[] = {
	&slot_path,
	&slot_folder,
	&slot_number,
	&slot_size,
	&slot_date,
	&slot_glob,
	&slot_series,
	&slot_text,
	&slot_choice,
	NULL,
};

const struct slot_type *
slot_type_find(const char *name)
{
	for (size_t i = 0; slot_types[i]; i++)
		if (str_eq(slot_types[i]->name, name))
			return slot_types[i];
	return NULL;
}

struct value *
values_add(struct values *v, size_t i, size_t j, const char *kind)
{
	struct value *x;

	if (v->n >= VALUES_MAX) /* the last one is given up: too many to mean anything */
		free(v->v[--v->n].text), free(v->v[v->n].ahead);
	GROW(v->v, v->n, v->cap);
	x = &v->v[v->n++];
	*x = (struct value){ .i = (uint16_t)i, .j = (uint16_t)j, .kind = kind };
	return x;
}

size_t
after_class(const struct request *r, size_t i, int cls)
{
	const struct edge *e = i < r->a.n ? edges_at(&r->e, i, cls) : NULL;

	return e ? e->j : 0;
}

size_t
after_prefix(const struct request *r, size_t i, const char *prefix, const char **ret_name,
	uint8_t *ret_typo)
{
	const struct edge *best = NULL;
	size_t n = strlen(prefix);

	if (i >= r->a.n)
		return 0;
	for (size_t k = r->e.first[i]; k < r->e.first[i + 1]; k++) {
		const struct edge *e = &r->e.v[k];

		if (e->owner == LEX_ANYONE && (!best || e->j > best->j) &&
			str_starts(lexicon_class_name(r->lex, e->cls), prefix))
			best = e;
	}
	if (!best)
		return 0;
	*ret_name = lexicon_class_name(r->lex, best->cls) + n;
	if (ret_typo)
		*ret_typo = best->typo;
	return best->j;
}

/* r->lex, now_ms, home, cwd, folders and aliases are set by the caller. */
void
request_init(struct request *r, const char *text, size_t n)
{
	atoms_init(&r->a, text, n);
	hits_init(&r->hits, r->lex, &r->a, true);
	edges_init(&r->e, &r->hits, NULL, LEX_ANYONE);
	r->values = (struct values){ 0 };
	for (size_t i = 0; slot_types[i]; i++)
		if (slot_types[i]->scan)
			slot_types[i]->scan(r, &r->values);
}

void
request_finish(struct request *r)
{
	for (size_t i = 0; i < r->values.n; i++) {
		free(r->values.v[i].text);
		free(r->values.v[i].ahead);
	}
	free(r->values.v);
	edges_finish(&r->e);
	hits_finish(&r->hits);
	atoms_finish(&r->a);
}

/* The best value in an answer: the longest that fits. */
cJSON *
slot_read_answer(const struct slot *s, const struct request *r, struct err *err)
{
	const struct value *best = NULL;

	if (s->type == &slot_text) {
		autofree char *t = atoms_text(&r->a, 0, r->a.n);

		if (*t)
			return cJSON_CreateString(t);
	}
	for (size_t i = 0; i < s->n_choices; i++) {
		autofree char *t = utf8_fold(r->a.text, r->a.len);

		if (str_eq_nocase(s->choices[i].value, t) || strv_has(&s->choices[i].words, t))
			return cJSON_CreateString(s->choices[i].value);
	}
	for (size_t i = 0; i < r->values.n; i++) {
		const struct value *v = &r->values.v[i];

		if (str_eq(v->kind, s->type->kind) && s->type->fits(s, v) &&
			(!best || v->j - v->i > best->j - best->i))
			best = v;
	}
	if (best)
		return s->type->json(s, best);
	err_set(err, ERR_USAGE, _("That was not understood as an answer. Say %s."),
		_(s->type->summary));
	return NULL;
}
