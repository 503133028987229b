/*
 * Reading in order, for patterns with a text slot: "note: buy milk", 把…记到笔记里. The words
 * of the pattern must come in its order, only fillers may stand between; the text is what lies
 * in the gap, with every byte as written.
 */
#include "agent/skill/match_private.h"
#include <ctype.h>

#define STEPS_MAX 40000

struct walk {
	const struct request *r;
	const struct compiled *c;
	const struct seq *s;
	int steps;
	size_t value_of[SEQ_PARTS]; /* slot parts: index of the value */
	size_t text_i[SEQ_PARTS], text_j[SEQ_PARTS];
	size_t words, content, typos;
	bool can;
};

static bool walk_from(struct walk *w, size_t part, size_t at);

/* The atoms behind what may be passed over at this place; calls on for each way. */
static bool
skip(struct walk *w, size_t part, size_t at)
{
	const struct request *r = w->r;
	size_t next = part;
	bool before_text;

	if (at >= r->a.n)
		return false;
	/* "a note to my teacher": what stands before a text belongs to it. */
	while (next < w->s->n && w->s->parts[next].optional)
		next++;
	before_text = part > 0 && next < w->s->n && w->s->parts[next].is_slot &&
		w->c->recipe->slots[w->s->parts[next].slot].type == &slot_text;
	if (r->a.v[at].kind == ATOM_PUNCT && walk_from(w, part, at + 1))
		return true;
	for (size_t k = r->e.first[at + 1]; k-- > r->e.first[at];) {
		const struct edge *e = &r->e.v[k];
		bool pass = e->owner == LEX_ANYONE &&
			(e->cls == LEX_FILL || e->cls == LEX_PREP || e->cls == LEX_MY ||
				e->cls == LEX_CAN || e->cls == LEX_MA || e->cls == LEX_MEASURE);

		/* Right behind a text only whole phrases are passed over: 护照 ends in a
		 * filler. */
		for (size_t q = 0; pass && q < part; q++)
			if (w->s->parts[q].is_slot && at == w->text_j[q] && e->cls != LEX_MA &&
				(e->cls == LEX_PREP || e->j == at + 1))
				pass = false;
		pass = pass && !before_text;
		if (pass && walk_from(w, part, e->j))
			return true;
	}
	return false;
}

static bool
has_class(const struct request *r, const struct compiled *c, size_t i, size_t j, int cls)
{
	for (size_t a = i; a < j; a++)
		for (size_t k = r->e.first[a]; k < r->e.first[a + 1]; k++)
			if (r->e.v[k].cls == cls && r->e.v[k].j <= j && r->e.v[k].typo == 0 &&
				(r->e.v[k].owner == LEX_ANYONE || r->e.v[k].owner == c->owner))
				return true;
	return false;
}

/* "remember the day we met?" asks; "can you remember that ...?" asks politely. */
static bool
is_question(const struct request *r)
{
	static const char *const polite[] = { "can", "could", "would", "will", "please", "may",
		"能", "可", "请", "帮" };
	const char *last = r->a.n > 0 ? r->a.v[r->a.n - 1].fold : "";

	if (!str_eq(last, "?") && !str_eq(last, "吗"))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(polite); i++)
		if (str_eq(r->a.v[0].fold, polite[i]))
			return false;
	return true;
}

static bool
is_pronoun(const char *word)
{
	static const char *const words[] = { "i", "you", "me", "it", "we", "us", "they", "that",
		"this", "them", "him", "her", "all", "everything", "我", "你", "它", "他", "她",
		"什么" };

	for (size_t k = 0; k < ARRAY_LEN(words); k++)
		if (str_eq(words[k], word))
			return true;
	return false;
}

bool
text_is_nothing(const struct request *r, size_t i, size_t j)
{
	return j == i + 1 && (r->a.v[i].kind == ATOM_CJK || is_pronoun(r->a.v[i].fold));
}

/* Words tied by _ or -, as in code. */
static bool
is_one_name(const struct request *r, size_t i, size_t j)
{
	bool tied = j > i + 1;

	for (size_t k = i; k + 1 < j && tied; k++)
		tied = r->a.v[k + 1].start == r->a.v[k].end + 1 &&
			strchr("_-", r->a.text[r->a.v[k].end]);
	return tied;
}

bool
text_slot_takes(const struct request *r, const struct compiled *c, size_t slot, size_t i, size_t j)
{
	static const char *const particles[] = { "的", "了", "吧", "着", "地", "得", "吗", "呢",
		"过" };
	const struct slot *s = &c->recipe->slots[slot];
	size_t words = 0;

	if (i >= j)
		return false;
	if (j == i + 1 && r->a.v[i].kind == ATOM_QUOTE)
		return true;
	for (size_t k = 0; k < ARRAY_LEN(particles); k++)
		if (str_eq(r->a.v[i].fold, particles[k]))
			return false;
	if (j == i + 1 && is_pronoun(r->a.v[i].fold))
		return false;
	if (is_one_name(r, i, j)) /* "old_password", whatever its halves mean */
		return true;
	if (c->not_first[slot] >= 0)
		for (size_t k = r->e.first[i]; k < r->e.first[i + 1]; k++)
			if (r->e.v[k].cls == c->not_first[slot] &&
				r->e.v[k].owner == c->owner)
				return false;
	if (c->not_with[slot] >= 0 && has_class(r, c, i, j, c->not_with[slot]))
		return false;
	for (size_t k = 0; k < c->n_bad_text[slot]; k++)
		if (has_class(r, c, i, j, c->bad_text[slot][k]))
			return false;
	if (s->statement && j == r->a.n && is_question(r))
		return false;
	/* "remember the Alamo? my grandfather built it" */
	for (size_t k = i; k + 1 < j && s->statement; k++)
		if (str_eq(r->a.v[k].fold, "?") || str_eq(r->a.v[k].fold, "？"))
			return false;
	/* A short text is words to look for: no fillers alone, no negation, no half quotation.
	 */
	if (s->max > 0 &&
		((r->a.v[i].kind == ATOM_CJK && content_atoms(r, i, j) == 0) ||
			has_class(r, c, i, j, LEX_NEG)))
		return false;
	for (size_t k = i; k < j && s->max > 0; k++)
		if (r->a.v[k].kind == ATOM_QUOTE)
			return false;
	for (size_t k = i; k < j; k++)
		words += r->a.v[k].kind != ATOM_PUNCT;
	return words > 0 && (s->max <= 0 || (int64_t)words <= s->max);
}

static bool
text_ok(const struct walk *w, size_t slot, size_t i, size_t j)
{
	return text_slot_takes(w->r, w->c, slot, i, j);
}

static bool
walk_text(struct walk *w, size_t part, size_t at)
{
	const struct request *r = w->r;
	bool last = part + 1 == w->s->n;

	while (at < r->a.n && r->a.v[at].kind == ATOM_PUNCT &&
		strchr(":,-", r->a.v[at].fold[0]))
		at++;
	while (at < r->a.n && (str_eq(r->a.v[at].fold, "：") || str_eq(r->a.v[at].fold, "，")))
		at++;
	if (last) {
		if (r->a.n > at + 1 && r->a.v[at].kind == ATOM_QUOTE) {
			/* A quoted text and then only fillers. */
			w->text_i[part] = at;
			w->text_j[part] = at + 1;
			if (text_ok(w, w->s->parts[part].slot, at, at + 1) &&
				walk_from(w, part + 1, at + 1))
				return true;
		}
		if (!text_ok(w, w->s->parts[part].slot, at, r->a.n))
			return false;
		w->text_i[part] = at;
		w->text_j[part] = r->a.n;
		return true;
	}
	for (size_t j = at + 1; j <= r->a.n; j++) {
		if (w->steps > STEPS_MAX)
			return false;
		w->text_i[part] = at;
		w->text_j[part] = j;
		if (text_ok(w, w->s->parts[part].slot, at, j) && walk_from(w, part + 1, j))
			return true;
	}
	return false;
}

static bool
walk_value(struct walk *w, size_t part, size_t at)
{
	const struct slot *s = &w->c->recipe->slots[w->s->parts[part].slot];

	/* A folder of which only the name is known comes last. */
	for (int named = 0; named < 2; named++)
		for (size_t k = 0; k < w->r->values.n; k++) {
			const struct value *v = &w->r->values.v[k];

			if (v->i != at || v->named != named || v->soft ||
				!str_eq(v->kind, s->type->kind) || !s->type->fits(s, v))
				continue;
			w->value_of[part] = k;
			if (walk_from(w, part + 1, v->j))
				return true;
		}
	return false;
}

/* 翻 is no word where 翻译 stands: in Chinese the longest word counts. */
static bool
is_cut_off(const struct walk *w, const struct edge *e)
{
	const struct request *r = w->r;

	if (r->a.v[e->i].kind != ATOM_CJK)
		return false;
	for (size_t k = r->e.first[e->i]; k < r->e.first[e->i + 1]; k++) {
		const struct edge *o = &r->e.v[k];

		if (o->j > e->j && (o->owner == LEX_ANYONE || o->owner == w->c->owner) &&
			o->cls != LEX_FILL && o->cls != LEX_PREP && o->cls != LEX_MY &&
			o->cls != LEX_CAN &&
			!strchr("=(~@^!+", lexicon_class_name(r->lex, o->cls)[0]))
			return true;
	}
	return false;
}

static bool
walk_word(struct walk *w, size_t part, size_t at)
{
	const struct part *p = &w->s->parts[part];
	const struct request *r = w->r;

	if (at >= r->a.n)
		return false;
	/* edges are made by rising length: the longest is tried first. */
	for (size_t k = r->e.first[at + 1]; k-- > r->e.first[at];) {
		const struct edge *e = &r->e.v[k];
		bool is = false;

		if (e->owner != LEX_ANYONE && e->owner != w->c->owner)
			continue;
		for (size_t m = 0; m < p->n; m++)
			is = is || p->cls[m] == e->cls;
		if (!is || (!w->s->zh && r->a.v[at].kind == ATOM_CJK) || is_cut_off(w, e))
			continue;
		size_t content = p->weak ? 0 : content_atoms(r, e->i, e->j);

		w->words += !p->weak;
		w->content += content;
		w->typos += e->typo;
		if (walk_from(w, part + 1, e->j))
			return true;
		w->words -= !p->weak;
		w->content -= content;
		w->typos -= e->typo;
	}
	return false;
}

static bool
walk_from(struct walk *w, size_t part, size_t at)
{
	if (++w->steps > STEPS_MAX)
		return false;
	if (part == w->s->n)
		return at == w->r->a.n || skip(w, part, at);
	if (w->s->parts[part].is_slot) {
		const struct slot *s = &w->c->recipe->slots[w->s->parts[part].slot];

		if (s->type == &slot_text)
			return walk_text(w, part, at);
		if (walk_value(w, part, at))
			return true;
	} else if (walk_word(w, part, at))
		return true;
	if (w->s->parts[part].optional && walk_from(w, part + 1, at))
		return true;
	return skip(w, part, at);
}

/* ", please" and "thanks" behind the text belong to nobody; nor does one full stop. */
static char *
trimmed(const struct request *r, const struct slot *s, size_t i, size_t j)
{
	static const char *const polite[] = { "please", "thanks", "thank you", "pls", "谢谢",
		"谢了", "thx" };
	char *t = atoms_text(&r->a, i, j);
	size_t n = strlen(t);

	if (j == i + 1 && r->a.v[i].kind == ATOM_QUOTE)
		return t;
	if (s->strip.n > 0) {
		size_t ti = i, tj = j;

		text_trim(r, s, &ti, &tj);
		if (ti < tj && (ti > i || tj < j)) {
			/* The last stop goes the usual way. */
			while (tj < j && r->a.v[tj].kind == ATOM_PUNCT && tj + 1 == j)
				tj++;
			free(t);
			t = atoms_text(&r->a, ti, tj);
			n = strlen(t);
		}
	}
	for (size_t k = 0; k < ARRAY_LEN(polite); k++) {
		size_t p = strlen(polite[k]), m = n;

		while (m > 0 && strchr(".! ", t[m - 1]))
			m--;
		if (m > p + 1 && strncasecmp(t + m - p, polite[k], p) == 0 &&
			(t[m - p - 1] == ',' || t[m - p - 1] == ' ' ||
				(unsigned char)t[m - p - 1] >= 0x80)) {
			size_t before = m - p;

			while (before > 0 && t[before - 1] == ' ')
				before--;
			if (before > 0 && t[before - 1] == ',')
				before--;
			else if (before > 3 && memcmp(t + before - 3, "，", 3) == 0)
				before -= 3;
			else if (k > 3)
				continue;
			t[n = before] = '\0';
		}
	}
	/* A text to look for: the question mark is the question's. */
	if ((s->max > 0 || s->statement) && n > 1 && t[n - 1] == '?')
		t[--n] = '\0';
	else if ((s->max > 0 || s->statement) && n > 3 && memcmp(t + n - 3, "？", 3) == 0)
		t[n -= 3] = '\0';
	if (n > 1 && t[n - 1] == '.' && !memchr(t, '.', n - 1) && n < 300)
		t[--n] = '\0';
	else if (n > 3 && memcmp(t + n - 3, "。", 3) == 0 && !memmem(t, n - 3, "。", 3))
		t[n -= 3] = '\0';
	return t;
}

static void
result_of(const struct walk *w, struct reading *out)
{
	cJSON *slots = cJSON_CreateObject();
	size_t values = 0, text_atoms = 0;
	bool quoted = true;

	for (size_t i = 0; i < w->s->n; i++) {
		const struct part *p = &w->s->parts[i];
		const struct slot *s = &w->c->recipe->slots[p->slot];

		if (!p->is_slot)
			continue;
		if (s->type == &slot_text) {
			autofree char *t = trimmed(w->r, s, w->text_i[i], w->text_j[i]);

			cJSON_AddStringToObject(slots, s->name, t);
			text_atoms += w->text_j[i] - w->text_i[i];
			if (w->r->a.v[w->text_i[i]].kind != ATOM_QUOTE ||
				w->text_j[i] != w->text_i[i] + 1) {
				quoted = false;
				out->text_i = w->text_i[i];
				out->text_j = w->text_j[i];
			}
		} else if (reading_fill(slots, s, &w->r->values.v[w->value_of[i]]))
			values += content_atoms(w->r, w->r->values.v[w->value_of[i]].i,
				w->r->values.v[w->value_of[i]].j);
	}
	out->match = true;
	out->by_text = !quoted;
	out->strength = (double)(w->content + values) * 10 + (double)w->words * 4 -
		(double)w->typos * 2 + (quoted ? 9 : 5) -
		(double)MIN_OF(text_atoms, (size_t)10) * 0.1;
	out->cover = 0.9;
	cJSON_Delete(out->slots);
	out->slots = slots;
}

static bool
has_kind(const struct request *r, enum atom_kind kind)
{
	for (size_t i = 0; i < r->a.n; i++)
		if (r->a.v[i].kind == kind)
			return true;
	return false;
}

void
read_ordered(const struct request *r, const struct compiled *c, struct reading *out)
{
	for (size_t i = 0; i < c->n_seqs; i++) {
		struct walk w = { .r = r, .c = c, .s = &c->seqs[i] };
		struct reading got = { 0 };

		if ((w.s->zh && !has_kind(r, ATOM_CJK)) ||
			(!w.s->zh && !has_kind(r, ATOM_WORD)))
			continue;
		if (!walk_from(&w, 0, 0))
			continue;
		result_of(&w, &got);
		if (!out->match || got.strength > out->strength) {
			cJSON_Delete(out->slots);
			*out = got;
		} else
			cJSON_Delete(got.slots);
	}
}
