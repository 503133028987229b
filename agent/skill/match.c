#include "agent/skill/match.h"
#include "agent/base/i18n.h"
#include "agent/base/path.h"
#include "agent/skill/evidence.h"

#define CANDIDATES 40

struct matcher *
matcher_create(const char *home, const struct known_folders *folders)
{
	static const char *const names[] = { "Downloads", "Desktop", "Documents", "Pictures",
		"Music", "Videos", "", "Templates", "Public" };
	struct matcher *m = xcalloc(1, sizeof(*m));

	m->lex = lexicon_create();
	m->home = xstrdup(home ? home : "/");
	for (size_t i = 0; slot_folder_names[i]; i++)
		m->folders.path[i] = folders && folders->path[i]
			? path_tilde(folders->path[i], m->home)
			: xasprintf("~/%s", names[i]);
	return m;
}

static void
seqs_free(struct seq *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(s[i].parts);
	free(s);
}

static void
compiled_free(struct compiled *c)
{
	seqs_free(c->seqs, c->n_seqs);
	seqs_free(c->frames, c->n_frames);
	free(c->known);
	free(c->also);
	free(c->ev);
	for (size_t i = 0; i < RECIPE_SLOTS_MAX; i++)
		free(c->bad_text[i]);
	free(c);
}

void
matcher_destroy(struct matcher *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++)
		compiled_free(m->v[i]);
	free(m->v);
	for (size_t i = 0; i < m->n_postings; i++)
		free(m->postings[i].v);
	free(m->postings);
	for (size_t i = 0; slot_folder_names[i]; i++)
		free(m->folders.path[i]);
	free(m->home);
	lexicon_destroy(m->lex);
	evidence_destroy(m->evidence);
	sense_close(m->sense);
	free(m);
}

size_t
matcher_count(const struct matcher *m)
{
	return m->n;
}

const struct lexicon *
matcher_lexicon(const struct matcher *m)
{
	return m->lex;
}

const struct known_folders *
matcher_folders(const struct matcher *m)
{
	return &m->folders;
}

static int
own_class(struct matcher *m, const struct compiled *c, const struct strv *words,
	const char *name, bool exact)
{
	int cls = lexicon_class(m->lex, name);

	for (size_t i = 0; i < words->n; i++)
		lexicon_add(m->lex, words->v[i], cls, c->owner, exact);
	return cls;
}

/* All classes a word has: to forbid it together with what means the same. */
static void
classes_of(const struct lexicon *l, const char *word, int **v, size_t *n)
{
	size_t cap = *n;

	const struct lex_list *t = lexicon_find(l, word, strlen(word));

	for (size_t i = 0; t && i < t->n_common; i++)
		if (t->v[i].cls != LEX_FILL && t->v[i].cls != LEX_PREP)
			int_add(v, n, &cap, t->v[i].cls);
}

static void
add_slot_words(struct matcher *m, struct compiled *c, size_t i)
{
	const struct slot *s = &c->recipe->slots[i];
	char name[160];

	c->cue[i] = c->not_with[i] = c->not_first[i] = -1;
	if (s->cue.n > 0) {
		snprintf(name, sizeof(name), "~%s", s->name);
		c->cue[i] = own_class(m, c, &s->cue, name, true);
		int_add(&c->known, &c->n_known, &c->cap_known, c->cue[i]);
	}
	if (s->not_first.n > 0) {
		snprintf(name, sizeof(name), "^%s", s->name);
		c->not_first[i] = own_class(m, c, &s->not_first, name, true);
	}
	if (s->not_with.n > 0) {
		snprintf(name, sizeof(name), "!%s", s->name);
		c->not_with[i] = own_class(m, c, &s->not_with, name, false);
		for (size_t k = 0; k < s->not_with.n; k++)
			classes_of(
				m->lex, s->not_with.v[k], &c->bad_text[i], &c->n_bad_text[i]);
	}
	for (size_t k = 0; k < s->n_choices; k++) {
		snprintf(name, sizeof(name), "@%.60s=%.60s", s->name, s->choices[k].value);
		own_class(m, c, &s->choices[k].words, name, false);
	}
}

static void
add_also(struct matcher *m, struct compiled *c)
{
	int own = own_class(m, c, &c->recipe->also, "+also", false);

	int_add(&c->also, &c->n_also, &c->cap_also, own);
	for (size_t i = 0; i < c->recipe->also.n; i++) {
		size_t cap = c->cap_also;
		const char *word = c->recipe->also.v[i];

		/* The name of a class stands for all its words. */
		int cls = word[0] == '@' ? lexicon_class_known(m->lex, word + 1) : -1;

		if (cls >= LEX_FIRST_FREE || cls == LEX_DIR)
			int_add(&c->also, &c->n_also, &cap, cls);
		c->cap_also = cap;
	}
	for (size_t i = 0; i < c->n_also; i++)
		int_add(&c->known, &c->n_known, &c->cap_known, c->also[i]);
}

static int
by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void
post(struct matcher *m, int cls, uint32_t recipe)
{
	struct posting *p;

	if ((size_t)cls >= m->n_postings) {
		size_t n = MAX_OF(lexicon_n_classes(m->lex), (size_t)cls + 1) * 2;

		m->postings = xreallocarray(m->postings, n, sizeof(*m->postings));
		memset(m->postings + m->n_postings, 0,
			(n - m->n_postings) * sizeof(*m->postings));
		m->n_postings = n;
	}
	p = &m->postings[cls];
	if (p->n > 0 && p->v[p->n - 1] == recipe)
		return;
	GROW(p->v, p->n, p->cap);
	p->v[p->n++] = recipe;
}

/* Found by the words its patterns ask for. */
static void
index_recipe(struct matcher *m, const struct compiled *c)
{
	for (size_t i = 0; i < c->n_frames + c->n_seqs; i++) {
		const struct seq *s =
			i < c->n_frames ? &c->frames[i] : &c->seqs[i - c->n_frames];

		for (size_t k = 0; k < s->n; k++)
			for (size_t j = 0; j < s->parts[k].n && !s->parts[k].is_slot &&
				!s->parts[k].weak && !s->parts[k].optional;
				j++)
				post(m, s->parts[k].cls[j], (uint32_t)c->owner);
	}
}

bool
matcher_add(struct matcher *m, const struct recipe *r, struct err *err)
{
	struct compiled *c = xcalloc(1, sizeof(*c));

	c->recipe = r;
	c->owner = (int)m->n;
	c->label = sense_label(m->sense, r->name);
	for (size_t i = 0; i < r->n_words; i++) {
		int cls = lexicon_class_known(m->lex, r->words[i].name);

		/* The first classes mean something to the code: nobody may add to them. */
		if (cls >= 0 && cls < LEX_FIRST_FREE && cls != LEX_DIR) {
			compiled_free(c);
			return err_set(err, ERR_USAGE,
				_("%s: \"%s\" under \"words:\" is a name the program keeps for "
				  "itself; choose another."),
				r->file, r->words[i].name);
		}
		own_class(m, c, &r->words[i].list, r->words[i].name, false);
	}
	for (size_t i = 0; i < r->n_slots; i++)
		add_slot_words(m, c, i);
	add_also(m, c);
	for (size_t i = 0; i < r->say.n; i++)
		if (!pattern_compile(m->lex, c, r->say.v[i], err)) {
			compiled_free(c);
			return false;
		}
	/* Its words are a third of a megabyte: only where a recipe speaks of it. */
	if (r->evidence.n && !m->evidence)
		m->evidence = evidence_create();
	if (!evidence_compile(m->evidence, c, err)) {
		compiled_free(c);
		return false;
	}
	qsort(c->known, c->n_known, sizeof(*c->known), by_number);
	GROW(m->v, m->n, m->cap);
	m->v[m->n++] = c;
	index_recipe(m, c);
	return true;
}

/* --- one request --- */

struct candidate {
	uint32_t recipe;
	float weight;
	struct reading reading;
};

/* Rare words tell more: about log2 of how rare. */
static float
worth_of(const struct matcher *m, const struct posting *p, const struct hit *h)
{
	size_t rare = m->n / p->n + 1;

	return (float)(64 - __builtin_clzll(rare)) * (float)(h->j - h->i) / (1.0f + h->typo);
}

static void
weigh(float *w, const struct matcher *m, const struct hit *h)
{
	for (size_t k = 0; k < h->list->n; k++) {
		const struct lex_entry *e = &h->list->v[k];
		const struct posting *p;
		float worth;

		if ((e->exact && !h->as_written) || (size_t)e->cls >= m->n_postings)
			continue;
		p = &m->postings[e->cls];
		if (p->n == 0)
			continue;
		worth = worth_of(m, p, h);
		if (e->owner != LEX_ANYONE)
			w[e->owner] += worth;
		else
			for (size_t i = 0; i < p->n; i++)
				w[p->v[i]] += worth;
	}
}

static int
by_weight(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return (int)x->recipe - (int)y->recipe;
}

/* The recipes that share the most telling words with the request. */
static size_t
candidates(const struct matcher *m, const struct request *r, struct candidate out[CANDIDATES])
{
	float *w = xcalloc(m->n + 1, sizeof(*w));
	struct candidate *all = xcalloc(m->n + 1, sizeof(*all));
	size_t n = 0;

	for (size_t k = 0; k < r->hits.n; k++)
		weigh(w, m, &r->hits.v[k]);
	for (size_t i = 0; i < m->n; i++)
		if (w[i] > 0)
			all[n++] = (struct candidate){ .recipe = (uint32_t)i, .weight = w[i] };
	qsort(all, n, sizeof(*all), by_weight);
	n = MIN_OF(n, (size_t)CANDIDATES);
	memcpy(out, all, n * sizeof(*out));
	free(all);
	free(w);
	return n;
}

/* From here on the words of the candidates count, and of nobody else. */
static void
focus(const struct matcher *m, struct request *r, const struct candidate *c, size_t n)
{
	unsigned char *owners = xcalloc(m->n + 1, 1);

	for (size_t i = 0; i < n; i++)
		owners[c[i].recipe] = 1;
	edges_finish(&r->e);
	edges_init(&r->e, &r->hits, owners, LEX_ANYONE);
	free(owners);
}

static size_t
one_candidate(
	const struct matcher *m, const struct recipe *only, struct candidate out[CANDIDATES])
{
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i]->recipe == only) {
			out[0] = (struct candidate){ .recipe = (uint32_t)i, .weight = 1 };
			return 1;
		}
	return 0;
}

static void
read_one(const struct request *r, const struct compiled *c, struct reading *out)
{
	struct reading text = { 0 };

	read_bag(r, c, out);
	if (c->n_seqs == 0)
		return;
	read_ordered(r, c, &text);
	if (text.match && (!out->match || text.strength >= out->strength)) {
		cJSON_Delete(out->slots);
		*out = text;
	} else
		cJSON_Delete(text.slots);
}

static int
by_reading(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->reading.match != y->reading.match)
		return x->reading.match ? -1 : 1;
	if (x->reading.match && x->reading.strength != y->reading.strength)
		return x->reading.strength < y->reading.strength ? 1 : -1;
	if (x->reading.cover != y->reading.cover)
		return x->reading.cover < y->reading.cover ? 1 : -1;
	return by_weight(a, b);
}

static double
score_of(const struct reading *r)
{
	return r->match ? MIN_OF(1.0, 0.7 + r->strength / 200.0) : r->cover * 0.6;
}

static void
set_nearest(struct match *out, const struct matcher *m, const struct candidate *c, size_t n)
{
	out->n_nearest = 0;
	for (size_t i = 0; i < n && out->n_nearest < MATCH_NEAREST; i++)
		out->nearest[out->n_nearest++] = (struct match_near){ m->v[c[i].recipe]->recipe,
			score_of(&c[i].reading) };
}

static void match_text_of(const struct matcher *m, struct slice text,
	const struct match_context *c, struct match *ret, int depth);

/* A second request inside an unquoted text: "note the plumber comes and then tidy Downloads".
 */
static bool
holds_second(const struct matcher *m, const struct request *r, const struct reading *got,
	const struct match_context *c, struct match *out)
{
	for (size_t i = got->text_i + 1; i + 1 < got->text_j; i++) {
		const struct edge *e = edges_at(&r->e, i, LEX_THEN);
		bool stop = r->a.v[i].kind == ATOM_PUNCT && strchr(".;", r->a.v[i].fold[0]);
		struct match inner = { 0 };
		struct slice rest;
		bool found;

		if ((!e && !stop) || r->a.v[i].kind == ATOM_TAIL)
			continue;
		size_t from = e ? e->j : i + 1;

		if (from >= r->a.n)
			continue;
		rest = (struct slice){ r->a.text + r->a.v[from].start,
			r->a.len - r->a.v[from].start };
		match_text_of(m, rest, c, &inner, 1);
		found = inner.recipe != NULL;
		if (found) {
			out->nearest[1] = (struct match_near){ inner.recipe, inner.score };
			out->n_nearest = MAX_OF(out->n_nearest, (size_t)2);
		}
		match_finish(&inner);
		if (found)
			return true;
	}
	return false;
}

static void
decide(const struct matcher *m, const struct request *r, struct candidate *c, size_t n,
	const struct match_context *ctx, const struct sense_view *v, struct match *out, int depth)
{
	struct reading *best = &c[0].reading;
	const struct compiled *who = m->v[c[0].recipe];
	const struct recipe *rec;

	set_nearest(out, m, c, n);
	out->score = score_of(best);
	out->why = best->negated ? MATCH_NEGATED : MATCH_NOTHING;
	if (!best->match)
		return;
	if (n > 1 && c[1].reading.match && best->strength - c[1].reading.strength < TIE) {
		int by = match_clearer(m, r, m->v[c[0].recipe], m->v[c[1].recipe]);

		if (by == 0) {
			out->why = MATCH_TIE;
			return;
		}
		if (by < 0) {
			best = &c[1].reading;
			who = m->v[c[1].recipe];
			out->nearest[0].recipe = who->recipe;
		}
	}
	if (!ctx->only && match_sounds_wrong(m, r, v, who, best))
		return;
	rec = who->recipe;
	if (best->by_text && depth == 0 && holds_second(m, r, best, ctx, out)) {
		out->why = MATCH_SEVERAL;
		return;
	}
	out->why = MATCH_FOUND;
	out->recipe = rec;
	cJSON_Delete(out->slots);
	out->slots = steal_ptr(&best->slots);
	match_mend_text(m, r, who, best, out->slots);
	for (size_t i = 0; i < rec->n_slots; i++)
		match_settle(out, &rec->slots[i]);
}

/* "tidy Downloads and then show the biggest files": both halves are requests of their own. */
static void
tell_apart(const struct matcher *m, const struct request *r, const struct match_context *ctx,
	struct match *out)
{
	int tries = 0;

	for (size_t i = 1; i + 1 < r->a.n && tries < 3; i++) {
		const struct edge *e = edges_at(&r->e, i, LEX_THEN);
		bool stop = r->a.v[i].kind == ATOM_PUNCT && strchr(".;", r->a.v[i].fold[0]);
		size_t from = e ? e->j : i + 1;
		struct slice head = { r->a.text, r->a.v[i].start }, tail;
		struct match a, b;

		if ((!e && !stop) || from >= r->a.n)
			continue;
		tries++;
		tail = (struct slice){ r->a.text + r->a.v[from].start,
			r->a.len - r->a.v[from].start };
		match_text_of(m, head, ctx, &a, 1);
		match_text_of(m, tail, ctx, &b, 1);
		if (a.recipe && b.recipe) {
			out->why = MATCH_SEVERAL;
			out->nearest[0] = (struct match_near){ a.recipe, a.score };
			out->nearest[1] = (struct match_near){ b.recipe, b.score };
			out->n_nearest = 2;
		}
		match_finish(&a);
		match_finish(&b);
		if (out->why == MATCH_SEVERAL)
			return;
	}
}

static void
match_text_of(const struct matcher *m, struct slice text, const struct match_context *ctx,
	struct match *out, int depth)
{
	struct candidate c[CANDIDATES];
	struct request *r = xcalloc(1, sizeof(*r));
	struct sense_view v = { 0 };
	size_t n;

	memset(out, 0, sizeof(*out));
	out->slots = cJSON_CreateObject();
	out->named = cJSON_CreateObject();
	out->why = MATCH_NOTHING;
	r->lex = m->lex;
	r->home = m->home;
	r->cwd = ctx->cwd;
	r->now_ms = ctx->now_ms;
	r->folders = &m->folders;
	r->aliases = ctx->aliases;
	r->n_aliases = ctx->n_aliases;
	request_init(r, text.p ? text.p : "", text.n);
	if (m->sense && r->a.n <= SENSE_ATOMS_MAX)
		sense_read(m->sense, &r->a, m->evidence->lex, &v);
	n = ctx->only ? one_candidate(m, ctx->only, c) : candidates(m, r, c);
	focus(m, r, c, n);
	for (size_t i = 0; i < n; i++)
		read_one(r, m->v[c[i].recipe], &c[i].reading);
	if (n > 0) {
		qsort(c, n, sizeof(*c), by_reading);
		decide(m, r, c, n, ctx, &v, out, depth);
	}
	if (!out->recipe && out->why == MATCH_NOTHING && depth == 0 && !ctx->only)
		tell_apart(m, r, ctx, out);
	if (!out->recipe && (out->why == MATCH_NOTHING || out->why == MATCH_NEGATED) && depth == 0)
		match_look_again(m, r, ctx, &v, out);
	if (!out->recipe && out->why == MATCH_NOTHING && v.n > 0)
		match_nearest_by_sound(m, &v, out);
	for (size_t i = 0; i < n; i++)
		cJSON_Delete(c[i].reading.slots);
	request_finish(r);
	free(r);
}

/* Splits at every "and then", comma and full stop; the first part that asks for ctx->only. */
void
match_part(const struct matcher *m, struct slice text, const struct match_context *ctx,
	struct match *ret)
{
	struct request *r = xcalloc(1, sizeof(*r));
	size_t from = 0, tries = 0;
	bool found = false;

	*r = (struct request){ .lex = m->lex,
		.home = m->home,
		.cwd = ctx->cwd,
		.now_ms = ctx->now_ms,
		.folders = &m->folders };
	request_init(r, text.p ? text.p : "", text.n);
	for (size_t i = 1; i <= r->a.n && !found && tries < 8; i++) {
		const struct edge *e = i < r->a.n ? edges_at(&r->e, i, LEX_THEN) : NULL;
		bool stop = i < r->a.n && r->a.v[i].kind == ATOM_PUNCT &&
			strchr(".;,", r->a.v[i].fold[0]);

		/* "and then" holds a "then", and ". Then" two signs: a part begins behind them. */
		if (i < from || (i < r->a.n && !e && !stop))
			continue;
		if (i == from) {
			from = e ? e->j : i + 1;
			continue;
		}
		tries++;
		size_t end = i < r->a.n ? r->a.v[i].start : r->a.len;

		if (tries > 1)
			match_finish(ret);
		match_text_of(m,
			(struct slice){ r->a.text + r->a.v[from].start,
				end - r->a.v[from].start },
			ctx, ret, 1);
		found = ret->recipe != NULL;
		from = e ? e->j : i + 1;
		if (from >= r->a.n)
			break;
	}
	if (tries == 0)
		match_text_of(m, text, ctx, ret, 1);
	request_finish(r);
	free(r);
}

void
match_request(const struct matcher *m, struct slice text, const struct match_context *ctx,
	struct match *ret)
{
	match_text_of(m, text, ctx, ret, 0);
}

void
match_finish(struct match *m)
{
	cJSON_Delete(m->slots);
	cJSON_Delete(m->named);
	strv_finish(&m->missing);
	m->slots = m->named = NULL;
}
