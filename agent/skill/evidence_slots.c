/* Values and texts of a request that is read by its concepts: no pattern says which is which. */
#include "agent/skill/evidence.h"

/* Whether the words stand right before atom at, fillers between them allowed. */
static bool
stands_before(const struct request *r, size_t at, const char *words)
{
	for (size_t hops = 0; at > 0 && hops < 4; hops++) {
		for (size_t i = at > 4 ? at - 4 : 0; i < at; i++) {
			autofree char *t = atoms_text(&r->a, i, at);

			if (str_eq_nocase(t, words))
				return true;
		}
		if (!edges_at(&r->e, at - 1, LEX_FILL) && !edges_at(&r->e, at - 1, LEX_MY))
			return false;
		at--;
	}
	return false;
}

static bool
is_cued(const struct request *r, const struct slot *s, size_t at)
{
	for (size_t i = 0; i < s->cue.n; i++)
		if (stands_before(r, at, s->cue.v[i]))
			return true;
	return false;
}

static bool
is_free(const struct ev_fill *f, const struct value *v, size_t ti, size_t tj)
{
	if (v->i < tj && v->j > ti && ti < tj)
		return false;
	for (size_t i = v->i; i < v->j; i++)
		if (f->taken[i])
			return false;
	return true;
}

static void
take(struct ev_fill *f, const struct slot *s, const struct value *v)
{
	if (!reading_fill(f->slots, s, v))
		return;
	memset(f->taken + v->i, true, v->j - v->i);
}

static bool
is_written(const struct request *r, const struct value *v)
{
	for (size_t i = v->i; i < v->j; i++)
		if (r->a.v[i].kind == ATOM_PATH || r->a.v[i].kind == ATOM_FILE ||
			r->a.v[i].kind == ATOM_EXT)
			return true;
	return false;
}

/* The longest values first: "~/x/a.pdf in Downloads" before its parts. */
static const struct value *
next_path(const struct ev_request *q, const struct ev_fill *f, size_t ti, size_t tj,
	const bool *seen)
{
	const struct value *best = NULL;
	int most = 0;

	for (size_t k = 0; k < q->r->values.n; k++) {
		const struct value *v = &q->r->values.v[k];
		int len = v->j - v->i - v->extra;

		len += is_written(q->r, v) ? ATOMS_MAX : 0;
		if (seen[k] || !str_eq(v->kind, "path") || v->named || v->soft ||
			!is_free(f, v, ti, tj))
			continue;
		if (!best || len > most) {
			best = v;
			most = len;
		}
	}
	return best;
}

static void
fill_paths(const struct ev_request *q, const struct compiled *c, size_t ti, size_t tj,
	struct ev_fill *f)
{
	const struct recipe *rec = c->recipe;
	bool *seen = xcalloc(q->r->values.n + 1, 1);
	const struct value *v;

	while ((v = next_path(q, f, ti, tj, seen))) {
		bool done = false;

		seen[v - q->r->values.v] = true;
		for (int cued = 1; cued >= 0 && !done; cued--)
			for (size_t i = 0; i < rec->n_slots && !done; i++) {
				const struct slot *s = &rec->slots[i];

				if (!str_eq(s->type->kind, "path") || !s->type->fits(s, v) ||
					json_get(f->slots, s->name) || (s->cue.n > 0) != cued ||
					(cued && !is_cued(q->r, s, v->i)))
					continue;
				take(f, s, v);
				done = true;
			}
		if (done)
			f->anchored = f->anchored || is_written(q->r, v);
		else if (is_free(f, v, ti, tj) && (rec->effects || is_written(q->r, v)))
			f->odd = true; /* another place: another request? */
	}
	/* "back it up, it's in ~/x": the only path there is goes where one must be. */
	for (size_t i = 0; i < rec->n_slots; i++)
		for (size_t k = 0; k < rec->n_slots; k++)
			if (rec->slots[i].required && str_eq(rec->slots[i].type->kind, "path") &&
				!json_get(f->slots, rec->slots[i].name) &&
				!rec->slots[k].required &&
				str_eq(rec->slots[k].type->kind, "path") &&
				json_get(f->slots, rec->slots[k].name))
				cJSON_AddItemToObject(f->slots, rec->slots[i].name,
					cJSON_DetachItemFromObjectCaseSensitive(
						f->slots, rec->slots[k].name));
	/* "the photos": only where nothing else says where. */
	for (size_t i = 0; i < rec->n_slots; i++) {
		const struct slot *s = &rec->slots[i];

		for (size_t k = 0; k < q->r->values.n && s->required; k++) {
			const struct value *x = &q->r->values.v[k];

			if (str_eq(x->kind, "path") && str_eq(s->type->kind, "path") && x->named &&
				!json_get(f->slots, s->name) && s->type->fits(s, x) &&
				is_free(f, x, ti, tj) && x->i > 0 &&
				(edges_at(&q->r->e, x->i - 1, LEX_MY) ||
					str_eq(q->r->a.v[x->i - 1].fold, "the")))
				take(f, s, x);
		}
	}
	free(seen);
}

/* The atoms that are one of the choice's words, longest first; 0: none. */
static size_t
choice_at(const struct request *r, const struct slot_choice *ch, size_t i)
{
	for (size_t j = MIN_OF(r->a.n, i + 6); j > i; j--) {
		autofree char *t = atoms_text(&r->a, i, j);

		if (str_eq_nocase(t, ch->value) && strlen(ch->value) > 2)
			return j;
		for (size_t k = 0; k < ch->words.n; k++)
			if (str_eq_nocase(t, ch->words.v[k]))
				return j;
	}
	return 0;
}

static void
fill_choice(const struct ev_request *q, const struct slot *s, size_t ti, size_t tj,
	struct ev_fill *f)
{
	const struct slot_choice *best = NULL;
	size_t bi = 0, bj = 0;
	bool best_cued = false;

	for (size_t i = 0; i < q->r->a.n; i++)
		for (size_t k = 0; k < s->n_choices; k++) {
			size_t j = choice_at(q->r, &s->choices[k], i);
			bool cued = s->cue.n == 0 || is_cued(q->r, s, i);

			if (!j || (i < tj && j > ti && ti < tj) ||
				(best && best_cued && !cued) ||
				(best && i < bj && j - i <= bj - bi))
				continue;
			best = &s->choices[k];
			bi = i;
			bj = j;
			best_cued = cued;
		}
	if (!best)
		return;
	cJSON_AddStringToObject(f->slots, s->name, best->value);
	memset(f->taken + bi, true, bj - bi);
	memset(f->spent + bi, true, bj - bi);
}

static bool
wanted_glob(const struct compiled *c, const struct value *v)
{
	bool kind = strchr(v->text, '{') != NULL;

	if (!v->soft)
		return true;
	return !kind && !v->list && c->recipe->effects;
}

/* "smaller than 1 MB" is no 1 MB. */
static bool
is_part(const struct request *r, const struct value *v)
{
	for (size_t k = 0; k < r->values.n; k++) {
		const struct value *o = &r->values.v[k];

		if (o->i <= v->i && o->j >= v->j && o->j - o->i > v->j - v->i &&
			str_eq(o->kind, v->kind) && (o->op != v->op || o->list) &&
			!str_eq(v->kind, "path"))
			return true;
	}
	return false;
}

static void
fill_one(const struct ev_request *q, const struct compiled *c, const struct slot *s, size_t ti,
	size_t tj, struct ev_fill *f)
{
	const struct value *best = NULL;

	for (size_t k = 0; k < q->r->values.n; k++) {
		const struct value *v = &q->r->values.v[k];

		if (!str_eq(v->kind, s->type->kind) || !s->type->fits(s, v) ||
			!is_free(f, v, ti, tj) || json_get(f->slots, s->name))
			continue;
		if ((s->type == &slot_glob && !wanted_glob(c, v)) || is_part(q->r, v))
			continue;
		if (!best || v->j - v->i > best->j - best->i ||
			(s->type == &slot_number && v->i > best->i))
			best = v;
	}
	if (best)
		take(f, s, best);
}

/* A day that no slot takes: "tidy it on Friday", 昨天我把…整理了. */
static bool
is_odd_date(const struct ev_request *q, const struct ev_fill *f, size_t ti, size_t tj)
{
	int by_month = ev_concept(q->ev, "by-month");

	for (size_t k = 0; k < q->r->values.n; k++) {
		const struct value *v = &q->r->values.v[k];

		bool month = false; /* "split into january, february" */

		for (size_t n = 0; n < q->e.n; n++)
			month = month || (q->e.v[n].cls == by_month && q->e.v[n].i >= v->i &&
						 q->e.v[n].i < v->j);
		if (str_eq(v->kind, "date") && is_free(f, v, ti, tj) && !v->bare && !month &&
			v->j - v->i > 0 && q->r->a.v[v->i].kind != ATOM_NUM)
			return true;
	}
	return false;
}

void
ev_fill_slots(const struct ev_request *q, const struct compiled *c, size_t ti, size_t tj,
	struct ev_fill *f)
{
	static const struct slot_type *const order[] = { &slot_date, &slot_size, &slot_number,
		&slot_glob, &slot_series };
	const struct recipe *rec = c->recipe;
	bool date = false;

	*f = (struct ev_fill){ .slots = cJSON_CreateObject() };
	fill_paths(q, c, ti, tj, f);
	for (size_t i = 0; i < rec->n_slots; i++) {
		if (rec->slots[i].type == &slot_choice)
			fill_choice(q, &rec->slots[i], ti, tj, f);
		date = date || rec->slots[i].type == &slot_date;
	}
	for (size_t o = 0; o < ARRAY_LEN(order); o++)
		for (size_t i = 0; i < rec->n_slots; i++)
			if (rec->slots[i].type == order[o])
				fill_one(q, c, &rec->slots[i], ti, tj, f);
	if (rec->effects && !date && ti == tj && is_odd_date(q, f, ti, tj))
		f->odd = true;
}

int
ev_text_slot(const struct compiled *c)
{
	for (size_t i = 0; i < c->recipe->n_slots; i++)
		if (c->recipe->slots[i].type == &slot_text && c->recipe->slots[i].required)
			return (int)i;
	return -1;
}

static bool
is_one_of(const char *t, const char *const *list)
{
	for (; *list; list++)
		if (str_eq(*list, t))
			return true;
	return false;
}

/* One Chinese character alone is mostly a part of a word. */
static bool
is_lone(const char *phrase, const char *const *but)
{
	return strlen(phrase) == 3 && (unsigned char)phrase[0] > 0xE0 && !is_one_of(phrase, but);
}

static bool
strip_front(const struct request *r, const char *phrase, size_t *i, size_t j)
{
	static const char *const lone[] = { "我", "要", "得", "把", "从", "那", "哈", NULL };
	size_t n = strlen(phrase), at = r->a.v[*i].start;

	if (is_lone(phrase, lone) || at + n > r->a.len ||
		strncasecmp(r->a.text + at, phrase, n) != 0)
		return false;
	for (size_t k = *i; k + 1 < j; k++)
		if (r->a.v[k].end == at + n) {
			*i = k + 1;
			return true;
		}
	return false;
}

static bool
strip_back(const struct request *r, const char *phrase, size_t i, size_t *j)
{
	static const char *const lone[] = { "的", "了", "吧", "吗", "呢", "上", "里", "你", NULL };
	size_t n = strlen(phrase), end = r->a.v[*j - 1].end;

	if (is_lone(phrase, lone) || n > end ||
		strncasecmp(r->a.text + end - n, phrase, n) != 0)
		return false;
	for (size_t k = *j - 1; k > i; k--)
		if (r->a.v[k].start == end - n) {
			*j = k;
			return true;
		}
	return false;
}

/* ", it is gone": what is said of the thing is not its name. */
static void
cut_clause(const struct request *r, size_t i, size_t *j)
{
	static const char *const words[] = { "it", "it's", "its", "they", "that's", "this",
		"please", "ok", "okay", "thanks", "because", "he", "she", "let", "look", "and",
		"which", NULL };

	for (size_t k = i + 1; k + 1 < *j; k++) {
		if (str_eq(r->a.v[k].fold, "，") || str_eq(r->a.v[k].fold, "。")) {
			*j = k;
			return;
		}
		if ((str_eq(r->a.v[k].fold, ",") || str_eq(r->a.v[k].fold, "?") ||
			    str_eq(r->a.v[k].fold, ".")) &&
			is_one_of(r->a.v[k + 1].fold, words)) {
			*j = k;
			return;
		}
	}
}

void
text_trim(const struct request *r, const struct slot *s, size_t *ti, size_t *tj)
{
	const struct atoms *a = &r->a;
	bool again = true;

	if (s->max > 0)
		cut_clause(r, *ti, tj);
	while (again && *ti < *tj) {
		again = false;
		while (*ti < *tj && a->v[*ti].kind == ATOM_PUNCT &&
			!strchr("#(+$", a->v[*ti].fold[0]))
			(*ti)++;
		while (*tj > *ti && a->v[*tj - 1].kind == ATOM_PUNCT &&
			!strchr(")%", a->v[*tj - 1].fold[0]))
			(*tj)--;
		size_t bi = *ti, bj = *tj;

		for (size_t k = 0; k < s->strip.n && *ti < *tj; k++) { /* the longest counts */
			size_t i = *ti, j = *tj;

			if (strip_front(r, s->strip.v[k], &i, j) ||
				strip_back(r, s->strip.v[k], i, &j)) {
				again = true;
				if (j - i < bj - bi) {
					bi = i;
					bj = j;
				}
			}
		}
		*ti = bi;
		*tj = bj;
	}
}
