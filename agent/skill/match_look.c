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

float
match_sounds(const struct sense_view *v, const struct compiled *c)
{
	return v->n == 0 || c->label < 0 ? 1 : v->p[c->label];
}

/* The atoms of a text that was cut out of [i, j). */
static bool
find_atoms(const struct atoms *a, const char *text, size_t *i, size_t *j)
{
	size_t from = a->v[*i].start, to = a->v[*j - 1].end, n = strlen(text);
	const char *at = n ? memmem(a->text + from, to - from, text, n) : NULL;
	size_t head, tail;

	if (!at)
		return false;
	head = (size_t)(at - a->text);
	tail = head + n;
	while (*i < *j && a->v[*i].end <= head)
		(*i)++;
	while (*j > *i && a->v[*j - 1].start >= tail)
		(*j)--;
	return *i < *j;
}

void
match_mend_text(const struct matcher *m, const struct request *r, const struct compiled *c,
	const struct reading *got, cJSON *slots)
{
	int text = ev_text_slot(c);
	const char *name = text >= 0 ? c->recipe->slots[text].name : NULL;
	size_t i = got->text_i, j = got->text_j, was_i, was_j;

	if (!m->sense || r->a.n > SENSE_ATOMS_MAX || c->label < 0 || !name || !got->by_text || i >= j || j > r->a.n ||
		!find_atoms(&r->a, json_str(slots, name, ""), &i, &j))
		return;
	was_i = i;
	was_j = j;
	sense_text(m->sense, &r->a, c->label, &i, &j);
	if (i == was_i && j == was_j)
		return;
	autofree char *t = atoms_text(&r->a, i, j);

	cJSON_ReplaceItemInObjectCaseSensitive(slots, name, cJSON_CreateString(t));
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

static void
found(struct match *out, const struct compiled *c, cJSON **slots, double score)
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

/* A refusal, a report, another service: outside the text something speaks against it. */
static bool
has_doubt(const struct ev_request *q, size_t ti, size_t tj)
{
	for (size_t i = 0; i < q->r->a.n; i++)
		if (q->bad[i] && !(i >= ti && i < tj))
			return true;
	return false;
}

/* It begins with a refusal or a question about doing, outside its text. */
static bool
begins_bad(const struct ev_request *q, size_t ti, size_t tj)
{
	size_t i = 0;

	while (i < q->r->a.n && q->plain[i] && !q->bad[i])
		i++;
	return i < q->r->a.n && !(i >= ti && i < tj) && (q->bad[i] & (BAD_NEG | BAD_HOWTO));
}

static bool
is_told(struct ev_request *q, const struct compiled *c, size_t ti, size_t tj)
{
	ev_mark_told(q, c);
	for (size_t i = 0; i < q->r->a.n; i++)
		if (q->told[i] && !(i >= ti && i < tj))
			return true;
	return false;
}

/* It sounds like one recipe and no other: only its values are looked for. What they do not give is
 * asked for. */
static void
by_sound(const struct matcher *m, struct ev_request *q, const struct match_context *ctx,
	const struct sense_view *v, struct match *out)
{
	const struct compiled *c = NULL;
	struct ev_fill fill = { 0 };
	size_t ti = 0, tj = 0;
	int text;

	for (size_t i = 0; i < m->n; i++)
		if (m->v[i]->label >= 0 && v->p[m->v[i]->label] >= SURE_ALONE &&
			(!ctx->only || ctx->only == m->v[i]->recipe))
			c = m->v[i];
	if (!c)
		return;
	text = ev_text_slot(c);
	if (text >= 0)
		sense_text(m->sense, &q->r->a, c->label, &ti, &tj);
	if ((text >= 0 && v->p[c->label] < SURE_TEXT) ||
		(v->p[c->label] < SURE_AGAINST && has_doubt(q, ti, tj)))
		return;
	/* Any words can be a note or a fact: something must say that they are. */
	if (begins_bad(q, ti, tj) || (text >= 0 && (!is_told(q, c, ti, tj) || text_is_nothing(q->r, ti, tj))))
		return;
	ev_fill_slots(q, c, ti, tj, &fill);
	if (ti < tj) {
		autofree char *t = atoms_text(&q->r->a, ti, tj);

		cJSON_AddStringToObject(fill.slots, c->recipe->slots[text].name, t);
	}
	found(out, c, &fill.slots, 0.5);
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
		found(out, l.who, &l.best.slots, 0.5 + l.best.strength / 400);
	} else if (l.who && l.next) {
		out->why = MATCH_TIE;
		out->nearest[0] = (struct match_near){ l.who->recipe, out->score };
		out->nearest[1] = (struct match_near){ l.next->recipe, out->score };
		out->n_nearest = 2;
	} else if (v->n > 0)
		by_sound(m, q, ctx, v, out);
	cJSON_Delete(l.best.slots);
	ev_request_finish(q);
	free(q);
}
