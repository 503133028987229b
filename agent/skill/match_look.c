/* The second look: what a request is about, where its words alone do not settle it. */
#include "agent/skill/evidence.h"

/* A folder that has only a name is missing as well. */
void
match_settle(struct match *out, const struct slot *s)
{
	const cJSON *v = json_get(out->slots, s->name);

	if (cJSON_IsObject(v)) {
		cJSON_AddStringToObject(out->named, s->name, json_str(v, "name", ""));
		cJSON_DeleteItemFromObjectCaseSensitive(out->slots, s->name);
		strv_add(&out->missing, s->name);
	} else if (!v && s->required)
		strv_add(&out->missing, s->name);
}

/* Two recipes explain every word: 1 or -1 when one of them is what it is about. */
int
match_clearer(const struct matcher *m, const struct request *r, const struct compiled *a,
	const struct compiled *b)
{
	struct ev_request *q;
	struct reading ra = { 0 }, rb = { 0 };
	double by;

	if (a->n_ev == 0 || b->n_ev == 0 || r->a.n > EV_ATOMS_MAX)
		return 0;
	q = xcalloc(1, sizeof(*q));
	ev_request_init(q, m->evidence, r);
	read_evidence(q, a, &ra);
	read_evidence(q, b, &rb);
	by = (ra.match ? ra.strength : 0) - (rb.match ? rb.strength : 0);
	cJSON_Delete(ra.slots);
	cJSON_Delete(rb.slots);
	ev_request_finish(q);
	free(q);
	return by >= TIE ? 1 : by <= -TIE ? -1 : 0;
}

static void
focus_evidence(const struct matcher *m, struct request *r)
{
	unsigned char *owners = xcalloc(m->n + 1, 1);

	for (size_t i = 0; i < m->n; i++)
		owners[i] = m->v[i]->n_ev > 0;
	edges_finish(&r->e);
	edges_init(&r->e, &r->hits, owners, LEX_ANYONE);
	free(owners);
}

/* The best that evidence finds, and the next. */
struct look {
	struct reading best;
	const struct compiled *who, *next;
	double second;
};

static void
look_at(struct look *l, struct ev_request *q, const struct compiled *c)
{
	struct reading got = { 0 };

	read_evidence(q, c, &got);
	if (got.match && got.strength > l->best.strength) {
		l->second = l->best.strength;
		l->next = l->who;
		cJSON_Delete(l->best.slots);
		l->best = got;
		l->who = c;
		return;
	}
	if (got.match && got.strength > l->second) {
		l->second = got.strength;
		l->next = c;
	}
	cJSON_Delete(got.slots);
}

void
match_loosely(struct match *out, const struct compiled *c, cJSON **slots, double score)
{
	out->why = MATCH_FOUND;
	out->loose = true;
	out->recipe = c->recipe;
	out->score = MIN_OF(0.69, score);
	cJSON_Delete(out->slots);
	out->slots = steal_ptr(slots);
	for (size_t i = 0; i < c->recipe->n_slots; i++)
		match_settle(out, &c->recipe->slots[i]);
}

/* No pattern explains all of it: what is it about? The best recipe wins if it is clearly so. */
void
match_look_again(const struct matcher *m, struct request *r, const struct match_context *ctx,
	const struct sense_view *v, struct match *out)
{
	struct ev_request *q;
	struct look l = { 0 };

	if (!m->evidence || r->a.n > EV_ATOMS_MAX)
		return;
	q = xcalloc(1, sizeof(*q));
	focus_evidence(m, r);
	ev_request_init(q, m->evidence, r);
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i]->n_ev > 0 && (!ctx->only || ctx->only == m->v[i]->recipe) &&
			match_sounds(v, m->v[i]) >= SURE_LOOSE)
			look_at(&l, q, m->v[i]);
	if (l.who && l.best.strength - l.second >= TIE) {
		match_mend_text(m, r, l.who, &l.best, l.best.slots);
		match_loosely(out, l.who, &l.best.slots, 0.5 + l.best.strength / 400);
	} else if (l.who && l.next) {
		out->why = MATCH_TIE;
		out->nearest[0] = (struct match_near){ l.who->recipe, out->score };
		out->nearest[1] = (struct match_near){ l.next->recipe, out->score };
		out->n_nearest = 2;
	} else if (v->n > 0)
		match_by_sound(m, q, ctx, v, out);
	cJSON_Delete(l.best.slots);
	ev_request_finish(q);
	free(q);
}
