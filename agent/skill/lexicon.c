#include "agent/skill/lexicon.h"
#include "agent/base/buf.h"
#include "agent/base/utf8.h"
#include <ctype.h>

#define KEY_MAX 160
#define EDGES_MAX 40000
#define HITS_MAX 8000

static const char *const fixed_names[LEX_FIRST_FREE] = { "fill", "prep", "neg", "then", "can",
	"ma", "here", "dir", "my", "only", "measure", "compare", "below", "since", "before",
	"past" };

struct word {
	struct word *next;
	struct lex_list list;
	uint32_t hash, len;
	int cls; /* for class names, which are kept as \x01NAME */
	bool in_vocab;
	char key[];
};

struct vocab { /* single words that typing errors may be mended to */
	const char *key;
	uint32_t letters;
	uint8_t len;
};

struct lexicon {
	struct word **table;
	size_t n_table, n_words;
	char **classes;
	size_t n_classes, cap_classes, n_builtin;
	struct vocab *vocab;
	size_t n_vocab, cap_vocab;
};

static uint32_t
hash_of(const char *s, size_t n)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return h;
}

static struct word *
word_find(const struct lexicon *l, const char *key, size_t n)
{
	uint32_t h = hash_of(key, n);

	for (struct word *w = l->table[h & (l->n_table - 1)]; w; w = w->next)
		if (w->hash == h && w->len == n && memcmp(w->key, key, n) == 0)
			return w;
	return NULL;
}

static void
table_grow(struct lexicon *l)
{
	size_t n = l->n_table * 2;
	struct word **t = xcalloc(n, sizeof(*t));

	for (size_t i = 0; i < l->n_table; i++)
		for (struct word *w = l->table[i], *next; w; w = next) {
			next = w->next;
			w->next = t[w->hash & (n - 1)];
			t[w->hash & (n - 1)] = w;
		}
	free(l->table);
	l->table = t;
	l->n_table = n;
}

static uint32_t
letters_of(const char *s)
{
	uint32_t m = 0;

	for (; *s; s++)
		if (*s >= 'a' && *s <= 'z')
			m |= 1u << (*s - 'a');
	return m;
}

static bool
plain_word(const char *s)
{
	for (; *s; s++)
		if (*s < 'a' || *s > 'z')
			return false;
	return true;
}

static void
vocab_add(struct lexicon *l, const struct word *w)
{
	if (w->len < 4 || w->len > 24 || !plain_word(w->key))
		return;
	GROW(l->vocab, l->n_vocab, l->cap_vocab);
	l->vocab[l->n_vocab++] = (struct vocab){
		.key = w->key, .letters = letters_of(w->key), .len = (uint8_t)w->len
	};
}

static struct word *
word_get(struct lexicon *l, const char *key, size_t n)
{
	struct word *w = word_find(l, key, n);

	if (w)
		return w;
	if (l->n_words >= l->n_table)
		table_grow(l);
	w = xcalloc(1, sizeof(*w) + n + 1);
	memcpy(w->key, key, n);
	w->len = (uint32_t)n;
	w->hash = hash_of(key, n);
	w->next = l->table[w->hash & (l->n_table - 1)];
	l->table[w->hash & (l->n_table - 1)] = w;
	l->n_words++;
	return w;
}

/* Appends an atom to a key: Chinese characters stick together, words are spaced. */
static bool
key_add(char *key, size_t *n, const struct atoms *a, size_t i, const char *form)
{
	size_t len = strlen(form);
	bool space = *n > 0 && !(a->v[i].kind == ATOM_CJK || a->v[i - 1].kind == ATOM_CJK);

	if (*n + len + 2 > KEY_MAX)
		return false;
	if (space)
		key[(*n)++] = ' ';
	memcpy(key + *n, form, len);
	*n += len;
	key[*n] = '\0';
	return true;
}

/* Small letters and single blanks, or Han alone: the surface is its own key. */
static bool
is_key_already(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n &&
		((s[i] >= 'a' && s[i] <= 'z') ||
			(s[i] == ' ' && i > 0 && i + 1 < n && s[i - 1] != ' '));
		i++)
		continue;
	if (i == n)
		return n > 0;
	if (i > 0 || n % 3)
		return false;
	for (; i < n; i += 3) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0xE4 || c > 0xE9)
			return false;
	}
	return true;
}

static size_t
key_of(char key[KEY_MAX], const char *surface)
{
	struct atoms a;
	size_t n = strlen(surface), k = 0;
	bool fits = true;

	if (n < KEY_MAX && is_key_already(surface, n)) {
		memcpy(key, surface, n + 1);
		return n;
	}
	atoms_init(&a, surface, n);
	for (size_t i = 0; i < a.n && fits; i++)
		fits = key_add(key, &k, &a, i, a.v[i].fold);
	atoms_finish(&a);
	return fits ? k : 0;
}

void
lexicon_add(struct lexicon *l, const char *surface, int cls, int owner, bool exact)
{
	char key[KEY_MAX];
	size_t n = key_of(key, surface);
	struct word *w;
	struct lex_list *t;

	if (n == 0)
		return;
	w = word_get(l, key, n);
	t = &w->list;
	for (size_t i = t->n; i > 0 && t->v[i - 1].owner == owner; i--)
		if (t->v[i - 1].cls == cls)
			return;
	if (t->n > 0 && t->v[t->n - 1].owner > owner)
		bug("lexicon_add: recipe %d behind recipe %d", owner, t->v[t->n - 1].owner);
	if (t->n == t->cap) {
		/* Nearly every word means one thing, and there are thousands of words. */
		t->cap = t->cap ? t->cap * 2 : 1;
		t->v = xreallocarray(t->v, t->cap, sizeof(*t->v));
	}
	t->v[t->n++] = (struct lex_entry){ .cls = cls, .owner = owner, .exact = exact };
	if (owner == LEX_ANYONE)
		t->n_common = t->n;
	if (!exact && !w->in_vocab) {
		w->in_vocab = true;
		vocab_add(l, w);
	}
}

static void
load(struct lexicon *l, const struct lex_line *lines)
{
	for (; lines->name; lines++) {
		struct slice rest = slice_of(lines->words), w;
		int cls = lexicon_class(l, lines->name);

		while (rest.p) {
			w = slice_trim(slice_cut(&rest, '|'));
			if (w.n > 0) {
				autofree char *s = slice_dup(w);

				lexicon_add(l, s, cls, LEX_ANYONE, lines->exact);
			}
		}
	}
}

static struct lexicon *
lexicon_new(size_t n_table)
{
	struct lexicon *l = xcalloc(1, sizeof(*l));

	l->n_table = n_table;
	l->table = xcalloc(l->n_table, sizeof(*l->table));
	return l;
}

struct lexicon *
lexicon_create_from(const struct lex_line *lines)
{
	struct lexicon *l = lexicon_new(4096);

	load(l, lines);
	l->n_builtin = l->n_classes;
	return l;
}

struct lexicon *
lexicon_create(void)
{
	struct lexicon *l = lexicon_new(16384);

	for (size_t i = 0; i < LEX_FIRST_FREE; i++)
		lexicon_class(l, fixed_names[i]);
	load(l, lex_en);
	load(l, lex_zh);
	l->n_builtin = l->n_classes;
	return l;
}

void
lexicon_destroy(struct lexicon *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n_table; i++)
		for (struct word *w = l->table[i], *next; w; w = next) {
			next = w->next;
			free(w->list.v);
			free(w);
		}
	for (size_t i = 0; i < l->n_classes; i++)
		free(l->classes[i]);
	free(l->classes);
	free(l->vocab);
	free(l->table);
	free(l);
}

static size_t
class_key(char key[KEY_MAX], const char *name)
{
	size_t n = strnlen(name, KEY_MAX - 2);

	key[0] = '\x01';
	memcpy(key + 1, name, n);
	key[n + 1] = '\0';
	return n + 1;
}

int
lexicon_class_known(const struct lexicon *l, const char *name)
{
	char key[KEY_MAX];
	const struct word *w = word_find(l, key, class_key(key, name));

	return w ? w->cls : -1;
}

int
lexicon_class(struct lexicon *l, const char *name)
{
	char key[KEY_MAX];
	int id = lexicon_class_known(l, name);

	if (id >= 0)
		return id;
	GROW(l->classes, l->n_classes, l->cap_classes);
	l->classes[l->n_classes] = xstrdup(name);
	word_get(l, key, class_key(key, name))->cls = (int)l->n_classes;
	return (int)l->n_classes++;
}

const char *
lexicon_class_name(const struct lexicon *l, int cls)
{
	return cls >= 0 && (size_t)cls < l->n_classes ? l->classes[cls] : "?";
}

bool
lexicon_is_builtin(const struct lexicon *l, int cls)
{
	return cls >= 0 && (size_t)cls < l->n_builtin;
}

size_t
lexicon_n_classes(const struct lexicon *l)
{
	return l->n_classes;
}

const struct lex_list *
lexicon_find(const struct lexicon *l, const char *key, size_t n)
{
	const struct word *w = word_find(l, key, n);

	return w && w->list.n > 0 ? &w->list : NULL;
}

/* --- how a word may have been meant --- */

struct form {
	char s[28];
	uint8_t typo;
	bool exact; /* as written */
};
struct forms {
	struct form v[ATOM_FORMS];
	size_t n;
};

static void
form_add(struct forms *f, const char *s, size_t n, const char *tail, unsigned typo)
{
	struct form *x = &f->v[f->n];

	if (f->n == ATOM_FORMS || n < 2 || n + strlen(tail) >= sizeof(x->s))
		return;
	memcpy(x->s, s, n);
	memcpy(x->s + n, tail, strlen(tail) + 1);
	x->typo = (uint8_t)typo;
	x->exact = false;
	for (size_t i = 0; i < f->n; i++)
		if (str_eq(f->v[i].s, x->s))
			return;
	f->n++;
}

static bool
ends(const char *w, size_t n, const char *tail)
{
	size_t t = strlen(tail);

	return n > t + 1 && memcmp(w + n - t, tail, t) == 0;
}

/* The words of which w may be an English inflection. */
static void
inflections(struct forms *f, const char *w, size_t n)
{
	if (n < 4)
		return;
	if (ends(w, n, "'s"))
		form_add(f, w, n - 2, "", 0);
	if (ends(w, n, "ies") || ends(w, n, "ied"))
		form_add(f, w, n - 3, "y", 0);
	if (ends(w, n, "s") && !ends(w, n, "ss"))
		form_add(f, w, n - 1, "", 0);
	if (ends(w, n, "es"))
		form_add(f, w, n - 2, "", 0);
	if (ends(w, n, "ed")) {
		form_add(f, w, n - 1, "", 0);
		if (n > 5 && w[n - 3] == w[n - 4])
			form_add(f, w, n - 3, "", 0);
		if (n > 5)
			form_add(f, w, n - 2, "", 0);
	}
	if (ends(w, n, "ing") && n > 5) {
		form_add(f, w, n - 3, "", 0);
		form_add(f, w, n - 3, "e", 0);
		if (n > 6 && w[n - 4] == w[n - 5])
			form_add(f, w, n - 4, "", 0);
	}
}

static bool
known(const struct lexicon *l, const struct forms *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (word_find(l, f->v[i].s, strlen(f->v[i].s)))
			return true;
	return false;
}

/* Mends typing errors: one letter in words of four to seven, two in longer ones. The first
 * letter must be right, or swapped with the second. */
static void
mend(struct forms *f, const struct lexicon *l, const char *w, size_t n)
{
	size_t max = n >= 8 ? 2 : 1, best = max;
	uint32_t letters = letters_of(w);

	if (n < 4 || n > 24 || !plain_word(w) || lex_is_real_word(w))
		return;
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < l->n_vocab; i++) {
			const struct vocab *v = &l->vocab[i];
			size_t d;

			if (v->len + max < n || n + max < v->len ||
				(size_t)__builtin_popcount(v->letters ^ letters) > 2 * best)
				continue;
			if (v->key[0] != w[0] && !(v->key[0] == w[1] && v->key[1] == w[0]))
				continue;
			d = word_distance(w, v->key, best);
			if (pass == 0 && d < best)
				best = d;
			else if (pass == 1 && d == best)
				form_add(f, v->key, v->len, "", (unsigned)d);
		}
}

static void
forms_of(struct forms *f, const struct lexicon *l, const struct atom *t, bool mended)
{
	size_t n = strlen(t->fold);

	f->n = 0;
	if (t->kind != ATOM_WORD && t->kind != ATOM_CJK && t->kind != ATOM_NUM &&
		t->kind != ATOM_PUNCT)
		return;
	if (n >= sizeof(f->v[0].s) || n == 0)
		return;
	memcpy(f->v[0].s, t->fold, n + 1);
	f->v[0].typo = 0;
	f->v[0].exact = true;
	f->n = 1;
	if (t->kind != ATOM_WORD)
		return;
	inflections(f, t->fold, n);
	if (mended && !known(l, f))
		mend(f, l, t->fold, n);
}

static void
hit_add(struct hits *h, size_t i, size_t j, const struct lex_list *le, const struct form *a,
	const struct form *b)
{
	if (!le || h->n >= HITS_MAX)
		return;
	GROW(h->v, h->n, h->cap);
	h->v[h->n++] = (struct hit){ .i = (uint16_t)i,
		.j = (uint16_t)j,
		.list = le,
		.as_written = a->exact && b->exact,
		.typo = (uint8_t)(a->typo + (a == b ? 0 : b->typo)) };
}

static void
hits_from(struct hits *h, const struct lexicon *l, const struct atoms *a, const struct forms *f,
	size_t i)
{
	for (size_t k = 0; k < f[i].n; k++) {
		const struct form *first = &f[i].v[k];
		char key[KEY_MAX];
		size_t n = 0;

		if (!key_add(key, &n, a, i, first->s))
			continue;
		hit_add(h, i, i + 1, lexicon_find(l, key, n), first, first);
		for (size_t j = i + 1; j < a->n && j < i + LEX_PHRASE_MAX && f[j].n > 0; j++) {
			size_t before = n;

			for (size_t m = 1; m < f[j].n;
				m++) { /* the last word may be inflected */
				n = before;
				if (key_add(key, &n, a, j, f[j].v[m].s))
					hit_add(h, i, j + 1, lexicon_find(l, key, n), first,
						&f[j].v[m]);
			}
			n = before;
			if (!key_add(key, &n, a, j, f[j].v[0].s))
				break;
			hit_add(h, i, j + 1, lexicon_find(l, key, n), first, &f[j].v[0]);
		}
	}
}

void
hits_init(struct hits *h, const struct lexicon *l, const struct atoms *a, bool mended)
{
	struct forms *f = xcalloc(a->n + 1, sizeof(*f));

	memset(h, 0, sizeof(*h));
	h->n_atoms = a->n;
	for (size_t i = 0; i < a->n; i++)
		forms_of(&f[i], l, &a->v[i], mended);
	for (size_t i = 0; i < a->n; i++)
		hits_from(h, l, a, f, i);
	free(f);
}

void
hits_finish(struct hits *h)
{
	free(h->v);
	*h = (struct hits){ 0 };
}

void
edges_init(struct edges *e, const struct hits *h, const unsigned char *owners, int owner)
{
	size_t at = 0;

	memset(e, 0, sizeof(*e));
	for (size_t k = 0; k < h->n; k++) {
		const struct hit *x = &h->v[k];

		while (at <= x->i)
			e->first[at++] = e->n;
		size_t to = owners || owner != LEX_ANYONE ? x->list->n : x->list->n_common;

		for (size_t m = 0; m < to && e->n < EDGES_MAX; m++) {
			const struct lex_entry *le = &x->list->v[m];

			if ((le->exact && !x->as_written) ||
				(le->owner != LEX_ANYONE && le->owner != owner &&
					!(owners && owners[le->owner])))
				continue;
			GROW(e->v, e->n, e->cap);
			e->v[e->n++] = (struct edge){ .i = x->i,
				.j = x->j,
				.cls = le->cls,
				.owner = le->owner,
				.typo = x->typo };
		}
	}
	while (at <= h->n_atoms + 1)
		e->first[at++] = e->n;
}

void
edges_finish(struct edges *e)
{
	free(e->v);
	e->v = NULL;
	e->n = e->cap = 0;
}

const struct edge *
edges_at(const struct edges *e, size_t i, int cls)
{
	const struct edge *best = NULL;

	if (i > ATOMS_MAX)
		return NULL;
	for (size_t k = e->first[i]; k < e->first[i + 1]; k++)
		if (e->v[k].cls == cls && e->v[k].owner == LEX_ANYONE &&
			(!best || e->v[k].j > best->j))
			best = &e->v[k];
	return best;
}
