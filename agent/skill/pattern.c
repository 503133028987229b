/*
 * say lines become sequences of parts: words (as classes of the lexicon), {slot}, {slot!},
 * [optional], (one|other phrase), =word (no synonyms). Choices of words are one part; only
 * choices with a slot in them are multiplied out.
 */
#include "agent/base/i18n.h"
#include "agent/skill/match_private.h"
#include <ctype.h>

struct build {
	struct part parts[SEQ_PARTS];
	size_t n;
	bool zh;
};
struct builds {
	struct build *v;
	size_t n, cap;
	bool too_many;
};

void
int_add(int **v, size_t *n, size_t *cap, int x)
{
	for (size_t i = 0; i < *n; i++)
		if ((*v)[i] == x)
			return;
	GROW(*v, *n, *cap);
	(*v)[(*n)++] = x;
}

static bool
is_filler(int cls)
{
	return cls == LEX_FILL || cls == LEX_PREP || cls == LEX_MY || cls == LEX_MEASURE ||
		cls == LEX_CAN;
}

static void
part_class(struct part *p, int cls)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->cls[i] == cls)
			return;
	if (p->n < LIT_CLASSES)
		p->cls[p->n++] = cls;
}

static void
push(struct builds *b, const struct part *p)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->v[i].n == SEQ_PARTS) {
			b->too_many = true;
			return;
		}
		b->v[i].parts[b->v[i].n++] = *p;
	}
}

/* The name of a class, or its plural, means that class and nothing else the word may mean. */
static int
class_named(const struct lexicon *l, const struct compiled *c, const char *text)
{
	size_t n = strlen(text);
	autofree char *one = xstrndup(text, n > 3 && text[n - 1] == 's' ? n - 1 : n);
	int cls;

	for (size_t k = 0; k < c->recipe->n_words; k++)
		if (str_eq(c->recipe->words[k].name, text))
			return lexicon_class_known(l, text);
	cls = lexicon_class_known(l, one);
	return cls >= LEX_FIRST_FREE && strchr(one, ':') == NULL && lexicon_is_builtin(l, cls)
		? cls
		: -1;
}

/* Gives the part the words of atoms [i, j): their own class and those of what means the same.
 */
static void
part_words(struct lexicon *l, const struct compiled *c, struct part *p, const struct atoms *a,
	const struct edges *e, size_t i, size_t j, bool exact, int own)
{
	autofree char *text = atoms_text(a, i, j);
	bool weak = false, strong = false;
	size_t before = p->n;
	int named;

	for (size_t k = e->first[i]; k < e->first[i + 1]; k++) {
		const struct edge *x = &e->v[k];

		if (x->j != j || x->typo || (x->owner != LEX_ANYONE && x->owner != c->owner))
			continue;
		if (is_filler(x->cls))
			weak = true;
		else {
			strong = true;
			/* Names of other parts and marks of slots are no meanings. */
			if (!exact && !strchr("=(^!~@+", lexicon_class_name(l, x->cls)[0]))
				part_class(p, x->cls);
		}
	}
	named = exact ? -1 : class_named(l, c, text);
	if (named >= 0) {
		p->n = before;
		part_class(p, named);
		strong = true;
	}
	weak = weak && !strong;
	p->weak = p->weak && weak;
	part_class(p, own);
	lexicon_add(l, text, own, c->owner, exact || weak);
}

static void
push_stretch(struct lexicon *l, const struct compiled *c, const struct atoms *a,
	const struct edges *e, size_t i, size_t j, bool exact, struct builds *b)
{
	struct part p = { .weak = true };
	autofree char *text = atoms_text(a, i, j);
	autofree char *name = xasprintf("=%s", text);

	part_words(l, c, &p, a, e, i, j, exact, lexicon_class(l, name));
	push(b, &p);
}

/* A stretch of plain words: the longest known phrase at each place. */
static void
push_text(struct lexicon *l, const struct compiled *c, struct slice text, struct builds *b)
{
	autofree char *own = slice_dup(text);
	struct atoms a;
	struct edges e;
	struct hits h;
	bool exact = false;

	atoms_init(&a, own, strlen(own));
	hits_init(&h, l, &a, false);
	edges_init(&e, &h, NULL, c->owner);
	hits_finish(&h);
	for (size_t i = 0; i < a.n;) {
		size_t j = 0;

		/* A colon is asked for; other punctuation is only "=". */
		if (a.v[i].kind == ATOM_PUNCT && !str_eq(a.v[i].fold, ":")) {
			exact = str_eq(a.v[i].fold, "=");
			i++;
			continue;
		}
		for (size_t k = e.first[i]; k < e.first[i + 1]; k++)
			if (!e.v[k].typo &&
				(e.v[k].owner == LEX_ANYONE || e.v[k].owner == c->owner))
				j = MAX_OF(j, e.v[k].j);
		if (j == 0 || exact) {
			j = i + 1;
			/* Unknown Chinese: up to the next known word. */
			while (j < a.n && a.v[j].kind == ATOM_CJK && a.v[i].kind == ATOM_CJK &&
				(exact || e.first[j] == e.first[j + 1]))
				j++;
		}
		push_stretch(l, c, &a, &e, i, j, exact, b);
		exact = false;
		i = j;
	}
	edges_finish(&e);
	atoms_finish(&a);
}

static bool
push_slot(const struct compiled *c, struct slice name, struct builds *b, struct err *err)
{
	struct part p = { .is_slot = true };

	name = slice_trim(name);
	if (name.n > 0 && name.p[name.n - 1] == '!') {
		p.needed = true;
		name.n--;
	}
	for (size_t i = 0; i < c->recipe->n_slots; i++)
		if (slice_eq_str(name, c->recipe->slots[i].name)) {
			p.slot = (uint8_t)i;
			push(b, &p);
			return true;
		}
	return err_set(err, ERR_USAGE,
		_("%s: a say line uses {%.*s}, but there is no such slot; add it below "
		  "\"slots:\"."),
		c->recipe->file, SLICE_FMT(name));
}

static bool build_text(struct lexicon *l, const struct compiled *c, struct slice text,
	struct builds *b, struct err *err);

static void
builds_copy(struct builds *to, const struct builds *from)
{
	for (size_t i = 0; i < from->n; i++) {
		if (to->n == SEQS_PER_LINE) {
			to->too_many = true;
			return;
		}
		GROW(to->v, to->n, to->cap);
		to->v[to->n++] = from->v[i];
	}
}

/* (a|b) with only words in it: one part. An empty choice makes it optional. */
static void
push_choices(struct lexicon *l, const struct compiled *c, struct slice inside, bool optional,
	struct builds *b)
{
	struct part p = { .weak = true, .optional = optional };
	autofree char *name = NULL;
	int own;

	name = xasprintf("(%.*s", SLICE_FMT(inside));
	own = lexicon_class(l, name);
	while (inside.p) {
		struct slice alt = slice_trim(slice_cut(&inside, '|'));
		bool exact = slice_starts(alt, "=");
		struct atoms a;
		struct edges e;
		struct hits h;

		if (exact)
			alt = (struct slice){ alt.p + 1, alt.n - 1 };
		if (alt.n == 0) {
			p.optional = true;
			continue;
		}
		autofree char *text = slice_dup(alt);

		atoms_init(&a, text, strlen(text));
		hits_init(&h, l, &a, false);
		edges_init(&e, &h, NULL, c->owner);
		hits_finish(&h);
		if (a.n > 0)
			part_words(l, c, &p, &a, &e, 0, a.n, exact, own);
		edges_finish(&e);
		atoms_finish(&a);
	}
	push(b, &p);
}

/* (a|{slot} b): every choice goes on for itself. */
static bool
build_group(struct lexicon *l, const struct compiled *c, struct slice inside, bool optional,
	struct builds *b, struct err *err)
{
	struct builds all = { 0 };
	bool ok = true;

	if (!memchr(inside.p, '{', inside.n)) {
		push_choices(l, c, inside, optional, b);
		return true;
	}
	if (optional)
		builds_copy(&all, b);
	while (inside.p && ok) {
		struct slice alt = slice_cut(&inside, '|');
		struct builds one = { 0 };

		builds_copy(&one, b);
		ok = build_text(l, c, alt, &one, err);
		builds_copy(&all, &one);
		all.too_many = all.too_many || one.too_many;
		free(one.v);
	}
	all.too_many = all.too_many || b->too_many;
	free(b->v);
	*b = all;
	return ok;
}

static bool
build_text(struct lexicon *l, const struct compiled *c, struct slice text, struct builds *b,
	struct err *err)
{
	size_t i = 0, from = 0;

	while (i < text.n) {
		static const char open[] = "{[(", shut[] = "}])";
		const char *o = strchr(open, text.p[i]), *end;
		struct slice inside;

		if (!o || !text.p[i]) {
			i++;
			continue;
		}
		push_text(l, c, (struct slice){ text.p + from, i - from }, b);
		end = memchr(text.p + i, shut[o - open], text.n - i);
		if (!end)
			return err_set(err, ERR_USAGE,
				_("%s: \"%.*s\" opens a bracket that is not closed."),
				c->recipe->file, SLICE_FMT(text));
		inside = (struct slice){ text.p + i + 1, (size_t)(end - text.p) - i - 1 };
		if (*o == '{' ? !push_slot(c, inside, b, err)
			      : !build_group(l, c, inside, *o == '[', b, err))
			return false;
		i = from = (size_t)(end - text.p) + 1;
	}
	push_text(l, c, (struct slice){ text.p + from, text.n - from }, b);
	return true;
}

static void
seq_add(struct seq **v, size_t *n, size_t *cap, const struct build *b)
{
	GROW(*v, *n, *cap);
	(*v)[*n].parts = xcalloc(MAX_OF(b->n, (size_t)1), sizeof(struct part));
	memcpy((*v)[*n].parts, b->parts, b->n * sizeof(struct part));
	(*v)[*n].zh = b->zh;
	(*v)[(*n)++].n = b->n;
}

static void
keep(struct compiled *c, struct build *b)
{
	bool text = false;

	for (size_t i = 0; i < b->n; i++) {
		text = text ||
			(b->parts[i].is_slot &&
				c->recipe->slots[b->parts[i].slot].type == &slot_text);
		for (size_t k = 0; k < b->parts[i].n; k++)
			int_add(&c->known, &c->n_known, &c->cap_known, b->parts[i].cls[k]);
	}
	if (text)
		seq_add(&c->seqs, &c->n_seqs, &c->cap_seqs, b);
	/* Where order is free a text must be quoted. */
	for (size_t i = 0; i < b->n; i++)
		if (b->parts[i].is_slot &&
			c->recipe->slots[b->parts[i].slot].type == &slot_text)
			b->parts[i].needed = true;
	seq_add(&c->frames, &c->n_frames, &c->cap_frames, b);
}

bool
pattern_compile(struct lexicon *l, struct compiled *c, const char *line, struct err *err)
{
	struct builds b = { 0 };
	bool ok, strong = false;

	GROW(b.v, b.n, b.cap);
	memset(&b.v[0], 0, sizeof(b.v[0]));
	b.n = 1;
	ok = build_text(l, c, slice_of(line), &b, err);
	if (ok && b.too_many)
		ok = err_set(err, ERR_USAGE,
			_("%s: \"%s\" has too many choices; write two lines."), c->recipe->file,
			line);
	for (size_t i = 0; ok && i < b.n; i++)
		for (size_t k = 0; k < b.v[i].n; k++)
			strong = strong ||
				(!b.v[i].parts[k].is_slot && !b.v[i].parts[k].weak &&
					!b.v[i].parts[k].optional);
	if (ok && !strong)
		ok = err_set(err, ERR_USAGE,
			_("%s: \"%s\" has no word that says what to do; add one."),
			c->recipe->file, line);
	for (size_t i = 0; ok && i < b.n; i++) {
		for (const char *p = line; *p; p++)
			b.v[i].zh = b.v[i].zh || (unsigned char)*p >= 0xE3;
		keep(c, &b.v[i]);
	}
	free(b.v);
	return ok;
}
