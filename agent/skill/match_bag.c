/*
 * Reading without regard to order: the cheapest way to cover the whole request with the
 * recipe's words, its values and fillers. What cannot be covered is a veto.
 */
#include "agent/skill/match_private.h"

enum label {
	L_NONE,
	L_PUNCT,
	L_FILL,
	L_WORD,
	L_VALUE,
	L_CHOICE,
	L_MA,
	L_CAN,
	L_NEG,
	L_UNKNOWN
};

#define COST_PUNCT 0
#define COST_FILL 20
#define COST_WORD 10
#define COST_VALUE 8
#define COST_SOFT 14
#define COST_TYPO 15
#define COST_NAMED 60
#define COST_NAMED_ATOM 30
#define COST_NEG 900
#define COST_UNKNOWN 1000

struct cell {
	int cost;
	uint16_t from;
	enum label label;
	int index; /* value or edge */
};

struct cover {
	struct cell cell[ATOMS_MAX + 3];
	struct span {
		uint16_t i, j;
		enum label label;
		int index;
	} span[ATOMS_MAX + 2];
	size_t n;
	size_t unknown, typos, words, content;
	bool negated;
};

bool
compiled_knows(const struct compiled *c, int cls)
{
	size_t lo = 0, hi = c->n_known;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (c->known[mid] == cls)
			return true;
		if (c->known[mid] < cls)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

static void
relax(struct cover *v, size_t i, size_t j, int cost, enum label label, int index)
{
	struct cell *to = &v->cell[j];

	cost += v->cell[i].cost;
	if (to->label != L_NONE && to->cost <= cost)
		return;
	*to = (struct cell){
		.cost = cost, .from = (uint16_t)i, .label = label, .index = index
	};
}

static bool
any_fits(const struct compiled *c, const struct value *v)
{
	for (size_t i = 0; i < c->recipe->n_slots; i++) {
		const struct slot *s = &c->recipe->slots[i];

		if (str_eq(s->type->kind, v->kind) && s->type->fits(s, v))
			return true;
	}
	return false;
}

/* 占用情况怎么样: at the end it asks how something is, in front how something is done. */
static bool
is_tail_question(const struct request *r, const struct edge *e)
{
	static const char *const words[] = { "怎么样", "怎样", "如何", "咋样" };
	autofree char *t = NULL;

	if (r->a.v[e->i].kind != ATOM_CJK)
		return false;
	for (size_t i = e->j; i < r->a.n; i++)
		if (r->a.v[i].kind != ATOM_PUNCT && !str_eq(r->a.v[i].fold, "了") &&
			!str_eq(r->a.v[i].fold, "呢") && !str_eq(r->a.v[i].fold, "啊"))
			return false;
	t = atoms_text(&r->a, e->i, e->j);
	for (size_t i = 0; i < ARRAY_LEN(words) && e->i > 1; i++)
		if (str_eq(t, words[i]))
			return true;
	return false;
}

/* "to png files": the word behind the choice belongs to it. */
static void
relax_choice(const struct request *r, struct cover *v, size_t k, int cost)
{
	const struct edge *e = &r->e.v[k];

	relax(v, e->i, e->j, cost, L_CHOICE, (int)k);
	for (size_t n = 0; n < r->values.n; n++)
		if (r->values.v[n].i == e->i && r->values.v[n].j > e->j &&
			str_eq(r->values.v[n].kind, "glob") && !r->values.v[n].list)
			relax(v, e->i, r->values.v[n].j, COST_VALUE - 1, L_CHOICE, (int)k);
}

static void
relax_edge(const struct request *r, const struct compiled *c, struct cover *v, size_t k)
{
	const struct edge *e = &r->e.v[k];
	int typo = e->typo * COST_TYPO;

	if (e->owner != LEX_ANYONE && e->owner != c->owner)
		return;
	if (e->cls == LEX_NEG && is_tail_question(r, e))
		relax(v, e->i, e->j, COST_FILL, L_FILL, (int)k);
	else if (e->cls == LEX_NEG)
		relax(v, e->i, e->j, COST_NEG, L_NEG, (int)k);
	else if (e->cls == LEX_MA)
		relax(v, e->i, e->j, COST_FILL, L_MA, (int)k);
	else if (e->cls == LEX_CAN)
		relax(v, e->i, e->j, COST_FILL, L_CAN, (int)k);
	else if (e->cls == LEX_FILL || e->cls == LEX_PREP || e->cls == LEX_MY)
		relax(v, e->i, e->j, COST_FILL, L_FILL, (int)k);
	else if (e->owner == c->owner && lexicon_class_name(r->lex, e->cls)[0] == '@')
		relax_choice(r, v, k, COST_WORD - 1 + typo);
	else if (compiled_knows(c, e->cls))
		relax(v, e->i, e->j, COST_WORD + typo, L_WORD, (int)k);
}

static void
cover_request(const struct request *r, const struct compiled *c, struct cover *v)
{
	size_t n = r->a.n;

	for (size_t i = 0; i <= n; i++)
		v->cell[i] = (struct cell){ .label = L_NONE };
	v->cell[0].label = L_PUNCT;
	for (size_t i = 0; i < n; i++) {
		if (v->cell[i].label == L_NONE)
			continue;
		if (r->a.v[i].kind == ATOM_PUNCT)
			relax(v, i, i + 1, COST_PUNCT, L_PUNCT, 0);
		else
			relax(v, i, i + 1, COST_UNKNOWN, L_UNKNOWN, 0);
		for (size_t k = r->e.first[i]; k < r->e.first[i + 1]; k++)
			relax_edge(r, c, v, k);
		for (size_t k = 0; k < r->values.n; k++) {
			const struct value *x = &r->values.v[k];

			int cost = x->soft ? COST_SOFT : COST_VALUE;

			if (x->named)
				cost = COST_NAMED + COST_NAMED_ATOM * (x->j - x->i);
			cost += x->extra;
			if (x->i == i && any_fits(c, x))
				relax(v, i, x->j, cost + x->typo * COST_TYPO, L_VALUE, (int)k);
		}
	}
}

size_t
content_atoms(const struct request *r, size_t i, size_t j)
{
	size_t n = 0;

	for (; i < j; i++) {
		bool filler = r->a.v[i].kind == ATOM_PUNCT;

		for (size_t k = r->e.first[i]; k < r->e.first[i + 1] && !filler; k++) {
			const struct edge *e = &r->e.v[k];

			filler = e->j == i + 1 && e->owner == LEX_ANYONE &&
				(e->cls == LEX_FILL || e->cls == LEX_PREP || e->cls == LEX_MY);
		}
		n += !filler;
	}
	return n;
}

/* A negation counts wherever it stands, unless a longer word swallows it (类别, 能不能). */
static bool
is_negated(const struct request *r, const struct cover *v)
{
	for (size_t k = 0; k < r->e.n; k++) {
		const struct edge *e = &r->e.v[k];
		bool inside = false;

		if (e->cls != LEX_NEG || e->owner != LEX_ANYONE || e->typo ||
			is_tail_question(r, e))
			continue;
		for (size_t s = 0; s < v->n && !inside; s++)
			inside = !(v->span[s].label == L_VALUE &&
					 r->values.v[v->span[s].index].extra > 0) &&
				v->span[s].i <= e->i && v->span[s].j >= e->j &&
				v->span[s].j - v->span[s].i > e->j - e->i;
		if (!inside)
			return true;
	}
	return false;
}

static void
collect(const struct request *r, struct cover *v)
{
	size_t at = r->a.n, n = 0;
	bool can = false, ma = false;

	for (size_t p = at; p > 0; p = v->cell[p].from)
		n++;
	v->n = n;
	for (size_t p = at; p > 0; p = v->cell[p].from) {
		const struct cell *x = &v->cell[p];

		v->span[--n] = (struct span){ x->from, (uint16_t)p, x->label, x->index };
		can = can || x->label == L_CAN;
		ma = ma || x->label == L_MA;
		if (x->label == L_UNKNOWN || x->label == L_NEG)
			v->unknown += p - x->from;
		else if (x->label == L_WORD || x->label == L_CHOICE) {
			v->words++;
			v->typos += r->e.v[x->index].typo;
		} else if (x->label == L_VALUE) {
			v->words++;
			v->typos += r->values.v[x->index].typo;
		}
	}
	for (size_t k = 0; k < r->e.n; k++) /* also inside a longer filler: 可以帮我 */
		can = can || r->e.v[k].cls == LEX_CAN;
	if (ma && !can)
		v->unknown++;
	v->negated = is_negated(r, v);
	v->unknown += v->negated;
	for (size_t s = 0; s < v->n; s++)
		if (v->span[s].label == L_WORD || v->span[s].label == L_VALUE ||
			v->span[s].label == L_CHOICE)
			v->content += content_atoms(r, v->span[s].i, v->span[s].j);
}

/* Whether a cue word of the slot stands before atom at, fillers between them allowed. */
static bool
cued(const struct request *r, const struct compiled *c, const struct cover *v, int cue,
	size_t at)
{
	for (int hops = 0; hops < 4; hops++) {
		size_t prev = at;

		for (size_t k = 0; k < r->e.n; k++)
			if (r->e.v[k].j == at && r->e.v[k].cls == cue &&
				r->e.v[k].owner == c->owner)
				return true;
		for (size_t s = 0; s < v->n; s++)
			if (v->span[s].j == at &&
				(v->span[s].label == L_FILL || v->span[s].label == L_PUNCT))
				prev = v->span[s].i;
		if (prev == at)
			return false;
		at = prev;
	}
	return false;
}

bool
reading_fill(cJSON *slots, const struct slot *s, const struct value *v)
{
	cJSON *x;

	if (json_get(slots, s->name) || !(x = s->type->json(s, v)))
		return false;
	cJSON_AddItemToObject(slots, s->name, x);
	return true;
}

static bool
assign(const struct request *r, const struct compiled *c, const struct cover *v,
	const struct value *x, cJSON *slots)
{
	const struct recipe *rec = c->recipe;

	for (int with_cue = 1; with_cue >= 0; with_cue--)
		for (size_t i = 0; i < rec->n_slots; i++) {
			const struct slot *s = &rec->slots[i];

			if (!str_eq(s->type->kind, x->kind) || !s->type->fits(s, x) ||
				(c->cue[i] >= 0) != with_cue)
				continue;
			if (with_cue && !cued(r, c, v, c->cue[i], x->i))
				continue;
			if (reading_fill(slots, s, x))
				return true;
		}
	return false;
}

/* "the pictures in Downloads": a folder that found no slot may be a kind of file. */
static bool
assign_other(const struct request *r, const struct compiled *c, const struct cover *v,
	const struct value *x, cJSON *slots)
{
	for (size_t k = 0; k < r->values.n; k++) {
		const struct value *o = &r->values.v[k];

		if (o != x && x->soft && o->i <= x->i && o->j == x->j &&
			!str_eq(o->kind, x->kind) && assign(r, c, v, o, slots))
			return true;
	}
	return false;
}

static size_t
choice_slot(const struct request *r, const struct compiled *c, const struct span *p,
	const char **ret_value)
{
	const char *name = lexicon_class_name(r->lex, r->e.v[p->index].cls) + 1;
	const char *eq = strchr(name, '=');
	size_t i = 0;

	*ret_value = eq + 1;
	while (i < c->recipe->n_slots &&
		(strlen(c->recipe->slots[i].name) != (size_t)(eq - name) ||
			strncmp(c->recipe->slots[i].name, name, (size_t)(eq - name)) != 0))
		i++;
	return i;
}

/* "png to jpg", "jpgs from the pngs": the one behind the cue is the choice; without a cue it is
 * the only one, or the first where two stand. The other is a pattern. */
static bool
is_chosen(const struct request *r, const struct compiled *c, const struct cover *v,
	const struct span *p, size_t slot)
{
	const struct span *first = NULL;
	const char *value;

	if (c->cue[slot] < 0 || cued(r, c, v, c->cue[slot], p->i))
		return true;
	for (size_t s = 0; s < v->n; s++) {
		const struct span *o = &v->span[s];

		if (o->label != L_CHOICE || choice_slot(r, c, o, &value) != slot)
			continue;
		if (cued(r, c, v, c->cue[slot], o->i))
			return false;
		first = first ? first : o;
	}
	return first == p;
}

static bool
fill_choice(const struct request *r, const struct compiled *c, const struct cover *v,
	const struct span *p, cJSON *slots)
{
	const char *value;
	size_t slot = choice_slot(r, c, p, &value);

	if (slot < c->recipe->n_slots && !is_chosen(r, c, v, p, slot))
		for (size_t k = 0; k < r->values.n; k++)
			if (r->values.v[k].i == p->i && r->values.v[k].j == p->j &&
				assign(r, c, v, &r->values.v[k], slots))
				return true;
	if (slot == c->recipe->n_slots)
		return true;
	if (json_get(slots, c->recipe->slots[slot].name))
		return str_eq(json_str(slots, c->recipe->slots[slot].name, ""), value);
	cJSON_AddStringToObject(slots, c->recipe->slots[slot].name, value);
	return true;
}

static bool
fill_slots(
	const struct request *r, const struct compiled *c, const struct cover *v, cJSON *slots)
{
	bool ok = true;

	/* Sure values first: "the pictures in Downloads" must not take the folder. */
	for (int soft = 0; soft < 2; soft++)
		for (size_t s = 0; s < v->n; s++) {
			const struct span *p = &v->span[s];

			if (p->label == L_VALUE && r->values.v[p->index].soft == soft) {
				const struct value *x = &r->values.v[p->index];

				ok = (assign(r, c, v, x, slots) ||
					     assign_other(r, c, v, x, slots)) &&
					ok;
			}
			if (p->label == L_CHOICE && !soft)
				ok = fill_choice(r, c, v, p, slots) && ok;
		}
	return ok;
}

/* "sort my photos by date": the word is part of what is asked, and the folder as well. */
static void
fill_from_words(const struct request *r, const struct compiled *c, cJSON *slots)
{
	for (size_t i = 0; i < c->recipe->n_slots; i++) {
		const struct slot *s = &c->recipe->slots[i];

		if (!s->required || json_get(slots, s->name) ||
			!str_eq(s->type->kind, "path") || c->cue[i] >= 0)
			continue;
		for (size_t k = 0; k < r->values.n; k++)
			if (str_eq(r->values.v[k].kind, "path") && !r->values.v[k].soft &&
				s->type->fits(s, &r->values.v[k]) &&
				reading_fill(slots, s, &r->values.v[k]))
				break;
	}
}

/* Whether words inside the span count as well: in a value ("only the pictures") and in a phrase
 * that only stands in some pattern ("duplicate files"); a phrase with a meaning of its own
 * ("sort of file") is one word. */
static bool
is_loose(const struct request *r, const struct compiled *c, const struct span *p)
{
	if (p->label == L_VALUE) /* but not in a name whose beginning is a guess */
		return r->values.v[p->index].extra == 0;
	if (r->a.v[p->i].kind == ATOM_CJK)
		return false;
	for (size_t k = r->e.first[p->i]; k < r->e.first[p->i + 1]; k++) {
		const struct edge *e = &r->e.v[k];

		if (e->j == p->j && (e->owner == LEX_ANYONE || e->owner == c->owner) &&
			!strchr("=(~@^!+", lexicon_class_name(r->lex, e->cls)[0]))
			return false;
	}
	return true;
}

/* Finds a word for the part in the span; no atom counts for two parts. */
static bool
take_in_span(const struct request *r, const struct compiled *c, const struct span *p,
	const struct part *part, bool whole, bool used[])
{
	if (p->label != L_WORD && p->label != L_FILL && p->label != L_VALUE &&
		p->label != L_CHOICE)
		return false;
	if (!whole && !is_loose(r, c, p))
		return false;
	for (size_t k = r->e.first[p->i]; k < r->e.first[p->j]; k++) {
		const struct edge *e = &r->e.v[k];
		bool is = false, taken = false;

		if (e->j > p->j || (e->owner != LEX_ANYONE && e->owner != c->owner) ||
			(whole && (e->i != p->i || e->j != p->j)))
			continue;
		for (size_t m = 0; m < part->n && !is; m++)
			is = part->cls[m] == e->cls;
		for (size_t a = e->i; a < e->j && is; a++)
			taken = taken || used[a];
		if (!is || taken)
			continue;
		memset(used + e->i, true, e->j - e->i);
		return true;
	}
	return false;
}

/* The number of words a frame asks for, or -1 when one of them is not in the request. */
static int
frame_holds(const struct request *r, const struct compiled *c, const struct cover *v,
	const struct seq *f, const cJSON *slots)
{
	int n = 0;
	bool used[ATOMS_MAX + 2] = { false }; /* one word cannot stand for two */

	for (size_t i = 0; i < f->n; i++) {
		const struct part *p = &f->parts[i];
		bool found = false;

		if (p->is_slot) {
			if (p->needed && !json_get(slots, c->recipe->slots[p->slot].name))
				return -1;
			continue;
		}
		if (p->weak || p->optional)
			continue;
		for (int whole = 1; whole >= 0 && !found; whole--)
			for (size_t s = 0; s < v->n && !found; s++)
				found = take_in_span(r, c, &v->span[s], p, whole, used);
		if (!found)
			return -1;
		n++;
	}
	return n;
}

void
read_bag(const struct request *r, const struct compiled *c, struct reading *out)
{
	struct cover *v = xcalloc(1, sizeof(*v));
	int best = -1;

	cover_request(r, c, v);
	collect(r, v);
	out->negated = v->negated;
	out->cover = (double)v->words / (double)(v->words + v->unknown + 1);
	out->slots = cJSON_CreateObject();
	if (fill_slots(r, c, v, out->slots) && v->unknown == 0) {
		fill_from_words(r, c, out->slots);
		for (size_t i = 0; i < c->n_frames; i++)
			best = MAX_OF(best, frame_holds(r, c, v, &c->frames[i], out->slots));
	}
	if (best >= 0) {
		out->match = true;
		out->strength = (double)v->content * 10 + best * 4 - (double)v->typos * 2;
	}
	free(v);
}
