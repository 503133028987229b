/* What the sense (sense.h) says to a match: how likely a recipe is, how far a text goes, and
 * the match of a request that no pattern and no evidence explains. */
#include "agent/skill/evidence.h"

#define PARTS_MAX 8

void
matcher_set_sense(struct matcher *m, struct sense *s)
{
	sense_close(m->sense);
	m->sense = s;
	if (s && !m->evidence)
		m->evidence = evidence_create();
	for (size_t i = 0; i < m->n; i++)
		m->v[i]->label = sense_label(s, m->v[i]->recipe->name);
}

float
match_sounds(const struct sense_view *v, const struct compiled *c)
{
	return v->n == 0 || c->label < 0 ? 1 : v->p[c->label];
}

/* "note: ...", 记住：…: behind the colon anything may stand. */
static bool
is_dictated(const struct request *r, const struct reading *got)
{
	const char *mark = got->by_text && got->text_i > 0 ? r->a.v[got->text_i - 1].fold : "";

	return str_eq(mark, ":") || str_eq(mark, "：");
}

bool
match_sounds_wrong(const struct matcher *m, const struct request *r, const struct sense_view *v,
	const struct compiled *c, const struct reading *got)
{
	float p = is_dictated(r, got) ? 1 : match_sounds(v, c);

	for (size_t i = 0; i < m->n && p < SURE_DOUBT; i++)
		if (m->v[i]->label >= 0 && match_sounds(v, m->v[i]) >= SURE_OTHER)
			return true;
	return p < (got->by_text ? SURE_SAID : SURE_STRICT);
}

/* What is offered where nothing fits: first what it sounds like, then what shares words with
 * it. */
void
match_nearest_by_sound(const struct matcher *m, const struct sense_view *v, struct match *out)
{
	struct match_near near[MATCH_NEAREST];
	const struct compiled *best;
	size_t n = 0;

	while (n < MATCH_NEAREST) {
		best = NULL;
		for (size_t i = 0; i < m->n; i++) {
			const struct compiled *c = m->v[i];
			bool taken = c->label < 0 || v->p[c->label] < SURE_NEAR;

			for (size_t k = 0; k < n && !taken; k++)
				taken = near[k].recipe == c->recipe;
			if (!taken && (!best || v->p[c->label] > v->p[best->label]))
				best = c;
		}
		if (!best)
			break;
		near[n++] = (struct match_near){ best->recipe, v->p[best->label] * 0.6 };
	}
	for (size_t i = 0; i < out->n_nearest && n < MATCH_NEAREST; i++) {
		bool taken = false;

		for (size_t k = 0; k < n; k++)
			taken = taken || near[k].recipe == out->nearest[i].recipe;
		if (!taken)
			near[n++] = out->nearest[i];
	}
	memcpy(out->nearest, near, n * sizeof(*near));
	out->n_nearest = n;
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

/* "the" and "my" at the beginning are no reason to change it. */
static bool
differs_by_fillers(const struct request *r, size_t i, size_t was)
{
	for (size_t k = MIN_OF(i, was); k < MAX_OF(i, was); k++)
		if (!edges_at(&r->e, k, LEX_FILL) && !edges_at(&r->e, k, LEX_MY))
			return false;
	return true;
}

void
match_mend_text(const struct matcher *m, const struct request *r, const struct compiled *c,
	const struct reading *got, cJSON *slots)
{
	int text = ev_text_slot(c);
	const char *name = text >= 0 ? c->recipe->slots[text].name : NULL;
	size_t i = got->text_i, j = got->text_j, was_i, was_j;

	if (!m->sense || r->a.n > SENSE_ATOMS_MAX || c->label < 0 || !name || !got->by_text ||
		i >= j || j > r->a.n || !find_atoms(&r->a, json_str(slots, name, ""), &i, &j))
		return;
	was_i = i;
	was_j = j;
	sense_text(m->sense, &r->a, c->label, &i, &j);
	if (differs_by_fillers(r, i, was_i))
		i = was_i;
	if (i == was_i && j == was_j)
		return;
	/* A place that was part of the text is one of its own now. */
	for (size_t k = 0; k < r->values.n; k++) {
		const struct value *v = &r->values.v[k];
		bool outside = v->i >= was_i && v->j <= was_j && (v->j <= i || v->i >= j);

		for (size_t n = 0; n < c->recipe->n_slots && outside && !v->soft && !v->named; n++)
			if (str_eq(v->kind, "path") &&
				str_eq(c->recipe->slots[n].type->kind, v->kind) &&
				c->recipe->slots[n].type->fits(&c->recipe->slots[n], v) &&
				!json_get(slots, c->recipe->slots[n].name) &&
				reading_fill(slots, &c->recipe->slots[n], v))
				break;
	}
	autofree char *t = atoms_text(&r->a, i, j);

	cJSON_ReplaceItemInObjectCaseSensitive(slots, name, cJSON_CreateString(t));
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

/* What is done already may be ticked off: a line of the recipe says so ("~already"). */
static bool
takes_done(const struct ev_request *q, const struct compiled *c)
{
	for (size_t l = 0; l < c->n_ev; l++)
		for (size_t t = 0; t < c->ev[l].n; t++)
			for (size_t k = 0; c->ev[l].v[t].allows && k < c->ev[l].v[t].n; k++)
				if (c->ev[l].v[t].cls[k] == q->ev->already)
					return true;
	return false;
}

/* It begins with a refusal, a report or a question about doing, outside its text. */
static bool
begins_bad(const struct ev_request *q, const struct compiled *c, size_t ti, size_t tj)
{
	unsigned bad = BAD_NEG | BAD_HOWTO | (takes_done(q, c) ? 0u : BAD_ALREADY);
	size_t i = 0;

	while (i < q->r->a.n && q->plain[i] && !q->bad[i])
		i++;
	return i < q->r->a.n && !(i >= ti && i < tj) && (q->bad[i] & bad);
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

/* How sure the sense is of the recipe when it hears one part of the request alone, between
 * marks: the rest may be a reason or a remark, and even hold a "no". In Chinese a blank parts
 * as well. */
static float
sure_of_part(const struct matcher *m, const struct ev_request *q, int label)
{
	const struct atoms *a = &q->r->a;
	size_t from = 0, parts = 0;
	float best = 0;

	for (size_t k = 0; k <= a->n && parts < PARTS_MAX; k++) {
		bool end = k == a->n, mark = !end && ev_is_break(&a->v[k]),
		     blank = !end && k > from && !a->v[k].glued && a->v[k].kind == ATOM_CJK &&
			a->v[k - 1].kind == ATOM_CJK;

		if ((end || mark || blank) && k > from && !(from == 0 && end)) {
			struct atoms part = {
				.text = a->text, .len = a->len, .v = a->v + from, .n = k - from
			};
			bool bad = false;
			struct sense_view v;

			for (size_t i = from; i < k; i++)
				bad = bad || q->bad[i];
			sense_read(m->sense, &part, q->ev->lex, &v);
			best = bad ? best : MAX_OF(best, v.p[label]);
			parts++;
		}
		from = mark ? k + 1 : blank ? k : from;
	}
	return best;
}

static bool
is_sure(const struct matcher *m, struct ev_request *q, const struct compiled *c, float p,
	size_t ti, size_t tj)
{
	bool text = ev_text_slot(c) >= 0, doubt = has_doubt(q, ti, tj);

	if (begins_bad(q, c, ti, tj))
		return false;
	/* Any words can be a note or a fact: something must say that they are. */
	if (text)
		return p >= (doubt ? SURE_AGAINST : SURE_TEXT) &&
			(p >= SURE_UNTOLD || is_told(q, c, ti, tj)) &&
			!text_is_nothing(q->r, ti, tj);
	if (p >= (doubt ? SURE_AGAINST : SURE_ALONE))
		return true;
	return p >= (doubt ? SURE_REMARK : SURE_WHOLE) &&
		sure_of_part(m, q, c->label) >= SURE_PART;
}

static bool
lacks_place(const struct compiled *c, const cJSON *slots)
{
	for (size_t i = 0; i < c->recipe->n_slots; i++)
		if (c->recipe->slots[i].required &&
			str_eq(c->recipe->slots[i].type->kind, "path") &&
			!json_get(slots, c->recipe->slots[i].name))
			return true;
	return false;
}

/* It sounds like one recipe and no other: only its values are looked for. What they do not give
 * is asked for. */
void
match_by_sound(const struct matcher *m, struct ev_request *q, const struct match_context *ctx,
	const struct sense_view *v, struct match *out)
{
	const struct compiled *c = NULL;
	struct ev_fill fill = { 0 };
	size_t ti = 0, tj = 0;
	int text;

	for (size_t i = 0; i < m->n; i++)
		if (m->v[i]->label >= 0 && (ctx->only || v->p[m->v[i]->label] >= SURE_WHOLE) &&
			(!c || v->p[m->v[i]->label] > v->p[c->label]) &&
			(!ctx->only || ctx->only == m->v[i]->recipe))
			c = m->v[i];
	if (!c)
		return;
	text = ev_text_slot(c);
	if (text >= 0)
		sense_text(m->sense, &q->r->a, c->label, &ti, &tj);
	/* Where the person chose it, nothing is left to doubt. */
	if (!ctx->only && !is_sure(m, q, c, v->p[c->label], ti, tj))
		return;
	ev_fill_slots(q, c, ti, tj, &fill);
	/* A place or a day that goes nowhere: not this recipe's, if its own is missing. */
	if (!ctx->only && fill.odd &&
		(v->p[c->label] < SURE_AGAINST || lacks_place(c, fill.slots))) {
		cJSON_Delete(fill.slots);
		return;
	}
	if (ti < tj) {
		autofree char *t = atoms_text(&q->r->a, ti, tj);

		cJSON_AddStringToObject(fill.slots, c->recipe->slots[text].name, t);
	}
	match_loosely(out, c, &fill.slots, 0.5);
}
