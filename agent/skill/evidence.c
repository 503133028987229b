#include "agent/skill/evidence.h"
#include "agent/base/i18n.h"


struct evidence *
evidence_create(void)
{
	struct evidence *e = xcalloc(1, sizeof(*e));

	e->lex = lexicon_create_from(lex_concepts);
	e->howto = lexicon_class_known(e->lex, "howto");
	e->service = lexicon_class_known(e->lex, "service");
	e->third = lexicon_class_known(e->lex, "third");
	e->past = lexicon_class_known(e->lex, "past");
	e->already = lexicon_class_known(e->lex, "already");
	e->plain = lexicon_class_known(e->lex, "plain");
	e->report = lexicon_class_known(e->lex, "report");
	e->calm = lexicon_class_known(e->lex, "calm");
	return e;
}

void
evidence_destroy(struct evidence *e)
{
	if (!e)
		return;
	lexicon_destroy(e->lex);
	free(e);
}

int
ev_concept(const struct evidence *e, const char *name)
{
	return lexicon_class_known(e->lex, name);
}

/* --- the lines of recipes --- */

static int
concept_of(struct evidence *e, const struct compiled *c, const char *name)
{
	for (size_t i = 0; i < c->recipe->n_words; i++) {
		const struct words *w = &c->recipe->words[i];
		autofree char *own = NULL;
		int cls;

		if (!str_eq(w->name, name) || lexicon_class_known(e->lex, name) >= 0)
			continue;
		/* The class carries the recipe's name: nobody else speaks of it. */
		own = xasprintf("%s/%s", c->recipe->name, name);
		cls = lexicon_class(e->lex, own);
		for (size_t k = 0; k < w->list.n; k++)
			lexicon_add(e->lex, w->list.v[k], cls, LEX_ANYONE, false);
		return cls;
	}
	return lexicon_class_known(e->lex, name);
}

static bool
read_token(struct evidence *e, const struct compiled *c, struct slice t, struct ev_token *out,
	struct err *err)
{
	struct slice rest = t;

	*out = (struct ev_token){ .slot = -1 };
	if (slice_starts(rest, "-") || slice_starts(rest, "~")) {
		out->forbids = rest.p[0] == '-';
		out->allows = rest.p[0] == '~';
		rest = (struct slice){ rest.p + 1, rest.n - 1 };
	}
	if (slice_starts(rest, "{") && rest.p[rest.n - 1] == '}') {
		struct slice in = { rest.p + 1, rest.n - 2 }, name = slice_cut(&in, '=');

		out->begins = in;
		if (name.n > 0 && name.p[name.n - 1] == '!') {
			out->whole = true;
			name.n--;
		}
		for (size_t i = 0; i < c->recipe->n_slots; i++)
			if (slice_eq_str(name, c->recipe->slots[i].name))
				out->slot = (int)i;
		if (out->slot >= 0)
			return true;
	}
	while (rest.p && out->n < EV_CHOICES) {
		autofree char *name = slice_dup(slice_cut(&rest, '|'));
		int cls = concept_of(e, c, name);

		if (cls < 0)
			return err_set(err, ERR_USAGE,
				_("%s: \"evidence:\" speaks of \"%s\", which is no slot, no entry "
				  "of \"words:\" and no concept."),
				c->recipe->file, name);
		out->cls[out->n++] = cls;
	}
	return true;
}

bool
evidence_compile(struct evidence *e, struct compiled *c, struct err *err)
{
	const struct strv *lines = &c->recipe->evidence;

	if (lines->n == 0)
		return true;
	c->ev = xcalloc(lines->n, sizeof(*c->ev));
	for (size_t i = 0; i < lines->n; i++) {
		struct slice rest = slice_of(lines->v[i]);
		struct ev_line *l = &c->ev[c->n_ev++];

		while (rest.p) {
			struct slice t = slice_trim(slice_cut(&rest, ' '));

			if (t.n == 0)
				continue;
			if (l->n == EV_TOKENS)
				return err_set(err, ERR_USAGE,
					_("%s: \"%s\" asks for too much; keep at most 12 words."),
					c->recipe->file, lines->v[i]);
			if (!read_token(e, c, t, &l->v[l->n++], err))
				return false;
		}
	}
	return true;
}

/* --- one request --- */

static bool
inside_other(const struct edges *e, size_t i, size_t j, int cls)
{
	for (size_t k = 0; k < e->n; k++)
		if (e->v[k].cls == cls && e->v[k].i <= i && e->v[k].j >= j && !e->v[k].typo)
			return true;
	return false;
}

static void
mark(struct ev_request *q, size_t i, size_t j, enum ev_bad why)
{
	if (inside_other(&q->e, i, j, q->ev->calm))
		return;
	for (; i < j; i++)
		q->bad[i] |= (unsigned char)why;
}

/* In Chinese a longer word takes its parts with it: 有没有 is no 没. */
static bool
is_covered(const struct ev_request *q, const struct edge *x)
{
	for (size_t k = 0; k < q->e.n; k++) {
		const struct edge *o = &q->e.v[k];

		if (o->i <= x->i && o->j >= x->j && o->j - o->i > x->j - x->i && !o->typo &&
			q->r->a.v[o->i].kind == ATOM_CJK)
			return true;
	}
	for (size_t k = 0; k < q->r->e.n; k++) {
		const struct edge *o = &q->r->e.v[k];

		if (o->i <= x->i && o->j >= x->j && o->j - o->i > x->j - x->i && !o->typo &&
			o->owner == LEX_ANYONE && q->r->a.v[o->i].kind == ATOM_CJK &&
			(o->cls == LEX_FILL || o->cls == LEX_CAN))
			return true;
	}
	return false;
}

static void
mark_bad(struct ev_request *q)
{
	const struct evidence *ev = q->ev;

	for (size_t k = 0; k < q->e.n; k++) {
		const struct edge *x = &q->e.v[k];
		enum ev_bad why = x->cls == ev->howto ? BAD_HOWTO
			: x->cls == ev->service       ? BAD_SERVICE
			: x->cls == ev->third         ? BAD_THIRD
			: x->cls == ev->past          ? BAD_PAST
			: x->cls == ev->already       ? BAD_ALREADY
			: x->cls == ev->report        ? BAD_REPORT
						      : 0;

		if (why == BAD_ALREADY && x->j == q->r->a.n && q->r->a.v[x->i].kind == ATOM_WORD)
			continue; /* "do it already" */
		if (why && q->r->a.v[x->i].kind == ATOM_CJK && is_covered(q, x))
			continue; /* 代码 in 代码仓库 */
		if (why && !(x->typo && q->r->a.v[x->i].kind == ATOM_WORD))
			mark(q, x->i, x->j, why);
	}
	if (q->r->a.n > 0 && str_eq(q->r->a.v[0].fold, "when"))
		mark(q, 0, 1, BAD_HOWTO);
	for (size_t k = 0; k < q->r->e.n; k++) {
		const struct edge *x = &q->r->e.v[k];

		if (x->cls == LEX_NEG && x->owner == LEX_ANYONE && !x->typo && !is_covered(q, x))
			mark(q, x->i, x->j, BAD_NEG);
	}
}

static void
mark_plain(struct ev_request *q)
{
	for (size_t i = 0; i < q->r->a.n; i++)
		q->plain[i] = q->r->a.v[i].kind == ATOM_PUNCT || q->r->a.v[i].kind == ATOM_NUM ||
			(q->r->a.v[i].kind == ATOM_WORD &&
				strpbrk(q->r->a.v[i].fold, "0123456789"));
	for (size_t k = 0; k < q->r->e.n; k++) {
		const struct edge *x = &q->r->e.v[k];

		if (x->owner == LEX_ANYONE && !x->typo &&
			(x->cls == LEX_FILL || x->cls == LEX_PREP || x->cls == LEX_MY ||
				x->cls == LEX_CAN || x->cls == LEX_MA || x->cls == LEX_MEASURE ||
				x->cls == LEX_THEN || x->cls == LEX_ONLY))
			memset(q->plain + x->i, true, x->j - x->i);
	}
	for (size_t k = 0; k < q->e.n; k++)
		if (q->e.v[k].cls == q->ev->calm || q->e.v[k].cls == q->ev->plain)
			memset(q->plain + q->e.v[k].i, true, q->e.v[k].j - q->e.v[k].i);
}

/* "pictures in one folder, documents in another": two kinds side by side are a sorting by kind. */
static void
note_kinds(struct ev_request *q)
{
	static const char *const kinds[] = { "image", "video", "audio", "pdf", "archive", "doc",
		"csv" };
	const struct edge *first = NULL;
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		int cls = ev_concept(q->ev, kinds[i]);
		bool found = false;

		for (size_t k = 0; k < q->e.n && !found; k++) {
			const struct edge *x = &q->e.v[k];

			found = x->cls == cls && !x->typo;
			for (size_t v = 0; v < q->r->values.n && found; v++)
				found = !(str_eq(q->r->values.v[v].kind, "path") &&
					!q->r->values.v[v].soft && q->r->values.v[v].i <= x->i &&
					q->r->values.v[v].j >= x->j);
			if (found && (!first || x->i > first->i))
				first = x;
		}
		n += found;
	}
	if (n >= 2 && first) {
		struct edge by = *first;

		by.cls = ev_concept(q->ev, "by-type");
		GROW(q->e.v, q->e.n, q->e.cap);
		q->e.v[q->e.n++] = by;
	}
}

void
ev_request_init(struct ev_request *q, const struct evidence *ev, const struct request *r)
{
	memset(q, 0, sizeof(*q));
	q->ev = ev;
	q->r = r;
	q->budget = EV_BUDGET;
	hits_init(&q->hits, ev->lex, &r->a, true);
	edges_init(&q->e, &q->hits, NULL, LEX_ANYONE);
	note_kinds(q);
	mark_bad(q);
	mark_plain(q);
}

void
ev_request_finish(struct ev_request *q)
{
	edges_finish(&q->e);
	hits_finish(&q->hits);
}
