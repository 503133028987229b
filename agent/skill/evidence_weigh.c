/* What a request is worth as evidence for one recipe: its lines, and the places where a text may
 * stand. */
#include "agent/skill/evidence.h"

#define SPANS_MAX 900
#define STARTS_MAX 60

/* --- one line of one recipe --- */

/* 笔记 is no word inside 笔记本电脑. */
static bool
is_part_zh(const struct ev_request *q, const struct edge *x)
{
	for (size_t k = 0; k < q->e.n && q->r->a.v[x->i].kind == ATOM_CJK; k++) {
		const struct edge *o = &q->e.v[k];

		if (o->i <= x->i && o->j >= x->j && o->j - o->i > x->j - x->i && !o->typo &&
			o->cls != x->cls)
			return true;
	}
	return false;
}

struct weighing {
	struct ev_request *q;
	const struct compiled *c;
	const struct ev_line *l;
	struct ev_fill fill;
	size_t ti, tj; /* the text's atoms; equal: none */
	bool short_text;
	bool used[ATOMS_MAX + 2];
};

static bool
has_cls(const struct ev_token *t, int cls)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->cls[i] == cls)
			return true;
	return false;
}

static bool
outside(const struct weighing *w, const struct edge *e)
{
	return e->j <= w->ti || e->i >= w->tj || w->ti == w->tj;
}

/* "list" is no verb inside "to-do list". */
static bool
is_part(const struct weighing *w, const struct edge *x)
{
	for (size_t k = 0; k < w->q->e.n; k++) {
		const struct edge *o = &w->q->e.v[k];

		if (o->typo || o->i > x->i || o->j < x->j || o->j - o->i <= x->j - x->i)
			continue;
		for (size_t t = 0; t < w->l->n && o->cls != x->cls; t++)
			if (has_cls(&w->l->v[t], o->cls) && !w->l->v[t].forbids)
				return true;
	}
	return false;
}

/* Gives each concept of the line words of its own. */
static bool
place_tokens(struct weighing *w, size_t k)
{
	const struct ev_token *t;

	while (k < w->l->n &&
		(w->l->v[k].slot >= 0 || w->l->v[k].forbids || w->l->v[k].allows))
		k++;
	if (k == w->l->n)
		return true;
	t = &w->l->v[k];
	for (size_t n = w->q->e.n; n-- > 0;) {
		const struct edge *e = &w->q->e.v[n];
		bool free_here = true;

		/* Short words are too near to each other to be mended: safe, same. */
		if (e->typo && strlen(w->q->r->a.v[e->i].fold) < 6)
			continue;
		if (!has_cls(t, e->cls) || !outside(w, e) || is_part_zh(w->q, e) || is_part(w, e))
			continue;
		for (size_t a = e->i; a < e->j && free_here; a++)
			free_here = !w->used[a] && !w->fill.spent[a];
		if (!free_here)
			continue;
		if (w->q->budget-- < 0)
			return false;
		memset(w->used + e->i, true, e->j - e->i);
		if (place_tokens(w, k + 1))
			return true;
		memset(w->used + e->i, false, e->j - e->i);
	}
	return false;
}

static unsigned
allowed(const struct weighing *w)
{
	const struct evidence *ev = w->q->ev;
	unsigned out = 0;

	for (size_t k = 0; k < w->l->n; k++) {
		const struct ev_token *t = &w->l->v[k];

		if (!t->allows)
			continue;
		out |= has_cls(t, ev->past) ? BAD_PAST : 0u;
		out |= has_cls(t, ev->already) ? BAD_ALREADY : 0u;
		out |= has_cls(t, ev->third) ? BAD_THIRD : 0u;
		out |= has_cls(t, ev->howto) ? BAD_HOWTO : 0u;
		out |= has_cls(t, ev->service) ? BAD_SERVICE : 0u;
	}
	if (!w->c->recipe->effects)
		out |= BAD_REPORT | (w->fill.anchored ? BAD_THIRD : 0u);
	return out;
}

/* "I unpacked it": a past form of a doing the line asks for, behind who did it. */
static bool
is_report(const struct weighing *w)
{
	static const char *const who[] = { "i", "i've", "we", "we've", "he", "she", "they" };
	static const char *const between[] = { "have", "had", "has", "just", "already", "also",
		"finally", "once", "really", "then", "went", "and", "did" };
	const struct atoms *a = &w->q->r->a;

	for (size_t i = 0; i + 1 < a->n; i++) {
		size_t j = i + 1;
		bool is = false, skip = true;

		for (size_t k = 0; k < ARRAY_LEN(who) && !is; k++)
			is = str_eq(a->v[i].fold, who[k]);
		while (is && skip && j < a->n) {
			skip = false;
			for (size_t k = 0; k < ARRAY_LEN(between) && !skip; k++)
				skip = str_eq(a->v[j].fold, between[k]);
			j += skip;
		}
		if (!is || j >= a->n || (j >= w->ti && j < w->tj))
			continue;
		size_t n = strlen(a->v[j].fold);

		if (n > 3 && memcmp(a->v[j].fold + n - 2, "ed", 2) == 0 && w->used[j])
			return true;
	}
	return false;
}

/* "cancel the gym - done": what is to be done may be to stop something. */
static bool
is_chore(const char *word)
{
	static const char *const words[] = { "cancel", "stop", "quit", "skip", "leave", "取", "消" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(words[i], word))
			return true;
	return false;
}

static bool
is_forbidden(const struct weighing *w)
{
	unsigned may = allowed(w);
	size_t first = 0;

	while (first < w->q->r->a.n && !w->used[first])
		first++;
	for (size_t i = 0; i < w->q->r->a.n; i++) {
		bool text = i >= w->ti && i < w->tj;

		unsigned bad = w->q->bad[i] & ~may;

		/* 不要解压资料.zip: a name swallows no negation. */
		if (w->fill.taken[i])
			bad &= BAD_NEG | BAD_HOWTO;
		if (!text && !w->used[i] && bad)
			return true;
		/* What stands in front of the line's words governs them, text or not. */
		if (text && i < first && !is_chore(w->q->r->a.v[i].fold) &&
			(w->q->bad[i] & (w->short_text ? ~may & ~(unsigned)BAD_SERVICE
				       : (BAD_NEG | BAD_HOWTO | BAD_ALREADY) & ~may)))
			return true;
	}
	for (size_t k = 0; k < w->l->n; k++)
		for (size_t n = 0; w->l->v[k].forbids && n < w->q->e.n; n++)
			if (has_cls(&w->l->v[k], w->q->e.v[n].cls) &&
				outside(w, &w->q->e.v[n]) && !is_part_zh(w->q, &w->q->e.v[n]))
				return true;
	return w->c->recipe->effects && !(may & BAD_PAST) && is_report(w);
}

/* Words the recipe's lines speak of explain themselves. */
static bool
is_explained(const struct weighing *w, size_t i)
{
	return w->q->plain[i] || w->used[i] || w->fill.taken[i] || w->q->told[i];
}

/* A word with a meaning of its own, though the recipe does not speak of it. */
static bool
is_concept(const struct ev_request *q, size_t i)
{
	for (size_t k = 0; k < q->e.n; k++)
		if (q->e.v[k].i <= i && q->e.v[k].j > i && !q->bad[i])
			return true;
	return false;
}

struct tally {
	double content, unknown, told;
};

static struct tally
count_words(const struct weighing *w)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < w->q->r->a.n; i++) {
		double worth = w->q->r->a.v[i].kind == ATOM_CJK ? 0.5 : 1;

		if ((i >= w->ti && i < w->tj) || w->q->r->a.v[i].kind == ATOM_PUNCT)
			continue;
		if (w->used[i])
			t.told += worth;
		if (w->q->plain[i] && !w->used[i])
			continue;
		t.content += worth;
		if (!is_explained(w, i))
			t.unknown += is_concept(w->q, i) ? worth / 2 : worth;
	}
	return t;
}

/* What all of it is worth; 0: not enough. */
static double
weigh_line(struct weighing *w)
{
	struct tally t;
	size_t tokens = 0;
	double slots, most, part;
	bool text = w->ti < w->tj;

	for (size_t k = 0; k < w->l->n; k++) {
		const struct ev_token *x = &w->l->v[k];
		const struct slot *s = x->slot >= 0 ? &w->c->recipe->slots[x->slot] : NULL;

		if (x->forbids || x->allows)
			continue;
		tokens++;
		if (s && s->type != &slot_text && !json_get(w->fill.slots, s->name))
			return 0;
	}
	if (w->fill.odd || !place_tokens(w, 0) || is_forbidden(w))
		return 0;
	for (size_t k = 0; k < w->l->n; k++) /* {text=...} follows its word at once */
		if (w->l->v[k].begins.p && (w->ti == 0 || !w->used[w->ti - 1]))
			return 0;
	t = count_words(w);
	/* The less there is to hold on to, the less may stay unexplained. */
	most = text ? 4 : w->fill.anchored ? 9 : cJSON_GetArraySize(w->fill.slots) > 0 ? 3.5 : 2;
	part = w->fill.anchored ? 0.75 : cJSON_GetArraySize(w->fill.slots) > 0 ? 0.5 : 0.4;
	if (t.unknown > most || t.unknown > part * t.content)
		return 0;
	slots = cJSON_GetArraySize(w->fill.slots);
	return (double)tokens * 10 + t.told * 3 + slots * 4 - t.unknown * 3;
}

static void
fill_finish(struct ev_fill *f)
{
	cJSON_Delete(f->slots);
	f->slots = NULL;
}

static double
try_span(struct ev_request *q, const struct compiled *c, const struct ev_line *l,
	size_t ti, size_t tj, double bonus, struct reading *best)
{
	struct weighing *w;
	double s;

	if (q->budget-- < 0)
		return 0;
	w = xcalloc(1, sizeof(*w));
	*w = (struct weighing){ .q = q, .c = c, .l = l, .ti = ti, .tj = tj };
	if (ti < tj)
		w->short_text = c->recipe->slots[ev_text_slot(c)].max > 0;
	ev_fill_slots(q, c, ti, tj, &w->fill);
	s = weigh_line(w);
	if (s > 0)
		s += bonus;
	if (s > best->strength) {
		cJSON_Delete(best->slots);
		best->slots = steal_ptr(&w->fill.slots);
		best->match = true;
		best->strength = s;
		best->text_i = ti;
		best->text_j = tj;
	}
	fill_finish(&w->fill);
	free(w);
	return s;
}

/* --- where a text may begin and end --- */

struct ends {
	size_t at[STARTS_MAX];
	double worth[STARTS_MAX];
	size_t n;
};

static void
end_add(struct ends *e, size_t at, double worth)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->at[i] == at) {
			e->worth[i] = MAX_OF(e->worth[i], worth);
			return;
		}
	if (e->n == STARTS_MAX)
		return;
	e->at[e->n] = at;
	e->worth[e->n++] = worth;
}

bool
ev_is_break(const struct atom *t)
{
	static const char *const marks[] = { ",", ".", ";", ":", "!", "?", "-", "，", "。", "；",
		"：", "！", "？", "–", "—" };

	if (t->kind != ATOM_PUNCT)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (str_eq(t->fold, marks[i]))
			return true;
	return false;
}

static bool
is_marker(const char *fold)
{
	static const char *const words[] = { "that", "about", "on", "regarding", "concerning",
		"for", "of", "saying", "called", "with" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (str_eq(fold, words[i]))
			return true;
	return false;
}

/* "garage in my | notes": the text ends before the small words. */
static size_t
before_plain(const struct ev_request *q, size_t at)
{
	while (at > 0 && q->r->a.v[at - 1].kind == ATOM_WORD && q->plain[at - 1])
		at--;
	return at;
}

static void
find_ends(const struct ev_request *q, const struct compiled *c, struct ends *from,
	struct ends *to)
{
	const struct atoms *a = &q->r->a;
	int find = ev_concept(q->ev, "find");

	end_add(from, 0, a->n > 0 && a->v[0].kind == ATOM_CJK ? 4 : 3);
	end_add(to, a->n, 3);
	for (size_t i = 0; i < a->n; i++) {
		bool colon = str_eq(a->v[i].fold, ":") || str_eq(a->v[i].fold, "：");

		if (ev_is_break(&a->v[i])) {
			end_add(to, i, 2);
			end_add(from, i + 1,
				colon                                                ? 8
					: i + 1 < a->n && a->v[i + 1].kind == ATOM_CJK ? 4
										       : 3);
		} else if (is_marker(a->v[i].fold))
			end_add(from, i + 1, 5);
		if (a->v[i].kind == ATOM_CJK && i + 1 < a->n &&
			(after_class(q->r, i, LEX_PREP) == i + 2) &&
			(str_eq(a->v[i].fold, "关") || str_eq(a->v[i].fold, "有")))
			end_add(from, i + 2, 6);
		if (str_eq(a->v[i].fold, "把") || str_eq(a->v[i].fold, "将"))
			end_add(from, i + 1, 4);
	}
	for (size_t k = 0; k < q->r->values.n; k++)
		if (str_eq(q->r->values.v[k].kind, "path") && !q->r->values.v[k].soft) {
			end_add(from, q->r->values.v[k].j, 2);
			end_add(to, before_plain(q, q->r->values.v[k].i), 3);
		}
	for (size_t k = 0; k < q->e.n; k++)
		if (q->e.v[k].cls == q->ev->calm)
			end_add(to, q->e.v[k].i, 2);
	for (size_t k = 0; k < q->e.n; k++)
		for (size_t l = 0; l < c->n_ev; l++)
			for (size_t t = 0; t < c->ev[l].n; t++)
				if (has_cls(&c->ev[l].v[t], q->e.v[k].cls)) {
					end_add(from, q->e.v[k].j,
						q->e.v[k].cls == find ? 2 : 4);
					end_add(to, before_plain(q, q->e.v[k].i), 3);
				}
}

/* TODO, FIXME: a name, whatever the word means. */
static bool
is_shouted(const struct atoms *a, size_t i)
{
	const struct atom *t = &a->v[i];

	if (t->kind != ATOM_WORD || t->end - t->start < 3)
		return false;
	for (size_t k = t->start; k < t->end; k++)
		if (a->text[k] < 'A' || a->text[k] > 'Z')
			return false;
	return true;
}

/* Words to look for must be more than words about looking. */
static bool
has_own_word(const struct ev_request *q, size_t i, size_t j)
{
	for (; i < j; i++) {
		bool told = q->plain[i] && q->r->a.v[i].kind != ATOM_NUM &&
			!(q->r->a.v[i].kind == ATOM_WORD &&
				strpbrk(q->r->a.v[i].fold, "0123456789"));

		for (size_t k = 0; k < q->e.n && !told; k++) {
			const struct edge *e = &q->e.v[k];

			told = e->i <= i && e->j > i && !e->typo && e->cls != q->ev->service &&
				e->cls != q->ev->third;
		}
		if (!told || is_shouted(&q->r->a, i))
			return true;
	}
	return false;
}

static bool
holds_break(const struct ev_request *q, size_t i, size_t j)
{
	for (size_t k = i + 1; k + 1 < j; k++)
		if (ev_is_break(&q->r->a.v[k]) && !str_eq(q->r->a.v[k].fold, "-") &&
			!q->r->a.v[k + 1].glued)
			return true;
	for (size_t k = i; k < j; k++)
		if (str_eq(q->r->a.v[k].fold, "，") || str_eq(q->r->a.v[k].fold, "。"))
			return true;
	return false;
}

static bool
begins_with(const struct ev_request *q, struct slice words, size_t i)
{
	const char *at = q->r->a.text + q->r->a.v[i].start;
	size_t left = q->r->a.len - q->r->a.v[i].start;

	while (words.p) {
		struct slice w = slice_cut(&words, '|');

		if (slice_eq_str(w, q->r->a.v[i].fold))
			return true;
		if (w.n > 2 && (unsigned char)w.p[0] > 0x7F && w.n <= left &&
			memcmp(at, w.p, w.n) == 0)
			return true;
	}
	return false;
}

static bool
text_fits(const struct ev_request *q, const struct compiled *c, const struct ev_token *t, size_t i,
	size_t j)
{
	const struct slot *s = &c->recipe->slots[t->slot];

	if (t->begins.p && !begins_with(q, t->begins, i))
		return false;
	if (j == i + 1 && q->r->a.v[i].kind == ATOM_QUOTE)
		return true;
	if (s->statement && j - i < 2) /* one word is no fact, note or task */
		return false;
	if (s->max > 0 && (!has_own_word(q, i, j) || holds_break(q, i, j)))
		return false;
	return text_slot_takes(q->r, c, (size_t)t->slot, i, j);
}

static bool
follows(const struct ev_request *q, size_t at, int cls)
{
	for (size_t k = 0; k < q->e.n; k++)
		if (q->e.v[k].cls == cls && q->e.v[k].j == at)
			return true;
	return false;
}

/* From the beginning, a mark or a word such as "that" to a mark or the end. */
static bool
is_whole(const struct ev_request *q, size_t i, size_t j)
{
	const struct atoms *a = &q->r->a;

	return (i == 0 || ev_is_break(&a->v[i - 1]) || is_marker(a->v[i - 1].fold) ||
		       follows(q, i, ev_concept(q->ev, "remember"))) &&
		(j == a->n || ev_is_break(&a->v[j]));
}

static void
read_texts(struct ev_request *q, const struct compiled *c, const struct ev_line *l,
	const struct ev_token *token, struct reading *best)
{
	const struct slot *s = &c->recipe->slots[token->slot];
	struct ends from = { 0 }, to = { 0 };
	const struct atoms *a = &q->r->a;
	int spans = 0;

	for (size_t i = 0; i < a->n; i++)
		if (a->v[i].kind == ATOM_QUOTE)
			try_span(q, c, l, i, i + 1, 12, best);
	find_ends(q, c, &from, &to);
	for (size_t f = 0; f < from.n; f++)
		for (size_t t = 0; t < to.n && spans < SPANS_MAX; t++) {
			size_t i = from.at[f], j = to.at[t];
			size_t whole = j;

			/* A text to look for is led in by a word; it does not just begin. */
			if (s->max > 0 && !c->recipe->effects && from.worth[f] < 4)
				continue;
			if (i >= j || (token->whole && !is_whole(q, i, j)))
				continue;
			if (q->budget-- < 0)
				return;
			text_trim(q->r, s, &i, &j);
			if (i >= j || !text_fits(q, c, token, i, j))
				continue;
			spans++;
			try_span(q, c, l, i, j,
				from.worth[f] + to.worth[t] -
					(s->max > 0 ? 1.0 : 0.2) * (double)(whole - from.at[f]),
				best);
		}
}

/* Words that the recipe's lines speak of explain themselves. */
void
ev_mark_told(struct ev_request *q, const struct compiled *c)
{
	memset(q->told, 0, sizeof(q->told));
	for (size_t k = 0; k < q->e.n; k++) {
		const struct edge *e = &q->e.v[k];
		bool is = false;

		for (size_t l = 0; l < c->n_ev && !is; l++)
			for (size_t t = 0; t < c->ev[l].n && !is; t++)
				is = !c->ev[l].v[t].forbids && has_cls(&c->ev[l].v[t], e->cls);
		if (is)
			memset(q->told + e->i, true, e->j - e->i);
	}
}

void
read_evidence(struct ev_request *q, const struct compiled *c, struct reading *out)
{
	int slot = ev_text_slot(c);

	ev_mark_told(q, c);
	for (size_t i = 0; i < c->n_ev; i++) {
		const struct ev_line *l = &c->ev[i];
		const struct ev_token *text = NULL;

		for (size_t k = 0; k < l->n; k++)
			if (slot >= 0 && l->v[k].slot == slot)
				text = &l->v[k];
		if (text)
			read_texts(q, c, l, text, out);
		else
			try_span(q, c, l, 0, 0, 0, out);
	}
	if (out->match && slot >= 0 && out->text_i < out->text_j) {
		autofree char *t = atoms_text(&q->r->a, out->text_i, out->text_j);

		cJSON_AddStringToObject(out->slots, c->recipe->slots[slot].name, t);
		out->by_text = q->r->a.v[out->text_i].kind != ATOM_QUOTE;
	}
}
