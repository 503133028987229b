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

/* No pattern explains all of it: what is it about? The best recipe wins if it is clearly so. */
void
match_look_again(const struct matcher *m, struct request *r, const struct match_context *ctx,
	struct match *out)
{
	struct ev_request *q;
	struct reading best = { 0 };
	const struct compiled *who = NULL, *next = NULL;
	double second = 0;

	if (!m->evidence || r->a.n > EV_ATOMS_MAX)
		return;
	q = xcalloc(1, sizeof(*q));
	focus_evidence(m, r);
	ev_request_init(q, m->evidence, r);
	for (size_t i = 0; i < m->n; i++) {
		const struct compiled *c = m->v[i];
		struct reading got = { 0 };

		if (c->n_ev == 0 || (ctx->only && ctx->only != c->recipe))
			continue;
		read_evidence(q, c, &got);
		if (got.match && got.strength > best.strength) {
			second = best.strength;
			next = who;
			cJSON_Delete(best.slots);
			best = got;
			who = c;
			continue;
		}
		if (got.match && got.strength > second) {
			second = got.strength;
			next = c;
		}
		cJSON_Delete(got.slots);
	}
	if (who && best.strength - second >= TIE) {
		out->why = MATCH_FOUND;
		out->loose = true;
		out->recipe = who->recipe;
		out->score = MIN_OF(0.69, 0.5 + best.strength / 400);
		cJSON_Delete(out->slots);
		out->slots = steal_ptr(&best.slots);
		for (size_t i = 0; i < who->recipe->n_slots; i++)
			match_settle(out, &who->recipe->slots[i]);
	} else if (who && next) {
		out->why = MATCH_TIE;
		out->nearest[0] = (struct match_near){ who->recipe, out->score };
		out->nearest[1] = (struct match_near){ next->recipe, out->score };
		out->n_nearest = 2;
	}
	cJSON_Delete(best.slots);
	ev_request_finish(q);
	free(q);
}
