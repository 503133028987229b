/* A request as numbers: hashed words, pairs, groups of letters, concepts and pairs of those. */
#include "agent/skill/sense_file.h"

#define CONCEPTS_MAX 48

uint32_t
sense_mix(uint32_t h, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 16777619u;
	return (h ^ 0x1Fu) * 16777619u; /* ends the word */
}

uint32_t
sense_seed(char kind)
{
	return (2166136261u ^ (unsigned char)kind) * 16777619u;
}

/* FNV's low bits alone are poor. */
uint32_t
sense_bucket(uint32_t h, unsigned bits)
{
	h ^= h >> 15;
	h *= 0x85EBCA6Bu;
	h ^= h >> 13;
	return h & ((1u << bits) - 1);
}

/* What stands for a value is the same for all values. */
static struct sense_token
token_of(const struct atom *a)
{
	static const char *const names[] = { [ATOM_NUM] = "<n>",
		[ATOM_PATH] = "<path>",
		[ATOM_GLOB] = "<glob>",
		[ATOM_QUOTE] = "<quote>",
		[ATOM_LINK] = "<link>",
		[ATOM_TAIL] = "<tail>" };
	const char *s = a->fold;

	if (a->kind == ATOM_FILE || a->kind == ATOM_EXT)
		s = strrchr(s, '.') ? strrchr(s, '.') : s;
	else if (a->kind == ATOM_PUNCT)
		s = str_eq(s, "?") || str_eq(s, "？")       ? "?"
			: str_eq(s, ":") || str_eq(s, "：") ? ":"
			: str_eq(s, "!") || str_eq(s, "！") ? "!"
							    : ",";
	else if (a->kind != ATOM_WORD && a->kind != ATOM_CJK)
		s = names[a->kind];
	return (struct sense_token){ s, strlen(s), a->kind == ATOM_WORD };
}

size_t
sense_tokens(const struct atoms *a, struct sense_token out[SENSE_TOKENS_MAX])
{
	size_t n = MIN_OF(a->n, (size_t)SENSE_ATOMS_MAX);

	out[0] = (struct sense_token){ "^", 1, false };
	for (size_t i = 0; i < n; i++)
		out[i + 1] = token_of(&a->v[i]);
	out[n + 1] = (struct sense_token){ "$", 1, false };
	return n + 2;
}

struct features {
	uint32_t *v;
	size_t n;
};

static void
add(struct features *f, uint32_t h)
{
	if (f->n < SENSE_FEATURES_MAX)
		f->v[f->n++] = sense_bucket(h, SENSE_BITS);
}

/* Groups of four and five letters, so that inflections and typing errors are near. */
static void
add_letters(struct features *f, struct sense_token t)
{
	char w[40];
	size_t n = t.n + 2;

	if (!t.letters || t.n < 4 || n > sizeof(w))
		return;
	w[0] = '<';
	memcpy(w + 1, t.s, t.n);
	w[n - 1] = '>';
	for (size_t k = 4; k <= 5; k++)
		for (size_t i = 0; i + k <= n; i++)
			add(f, sense_mix(sense_seed('c'), w + i, k));
}

static int
by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* 代码 in 代码仓库 is no word of its own. */
static bool
is_covered(const struct edges *e, const struct edge *x, const struct lexicon *l)
{
	for (size_t k = 0; k < e->n; k++) {
		const struct edge *o = &e->v[k];

		if (o->i <= x->i && o->j >= x->j && o->j - o->i > x->j - x->i &&
			lexicon_is_builtin(l, o->cls))
			return true;
	}
	return false;
}

/* What the words are about: other words for it are other people's words. */
static void
add_concepts(struct features *f, const struct atoms *a, const struct lexicon *l)
{
	struct hits h;
	struct edges e;
	uint32_t seen[CONCEPTS_MAX];
	size_t n = 0;

	hits_init(&h, l, a, true);
	edges_init(&e, &h, NULL, LEX_ANYONE);
	for (size_t k = 0; k < e.n && n < CONCEPTS_MAX; k++) {
		const struct edge *x = &e.v[k];
		uint32_t c = (uint32_t)x->cls;
		bool again = !lexicon_is_builtin(l, x->cls) ||
			(a->v[x->i].kind == ATOM_CJK && is_covered(&e, x, l));

		for (size_t i = 0; i < n && !again; i++)
			again = seen[i] == c;
		if (!again)
			seen[n++] = c;
	}
	edges_finish(&e);
	hits_finish(&h);
	qsort(seen, n, sizeof(*seen), by_value);
	for (size_t i = 0; i < n; i++) {
		const char *name = lexicon_class_name(l, (int)seen[i]);
		uint32_t one = sense_mix(sense_seed('='), name, strlen(name));

		add(f, one);
		for (size_t j = i + 1; j < n; j++) {
			const char *other = lexicon_class_name(l, (int)seen[j]);

			add(f, sense_mix(one, other, strlen(other)));
		}
	}
}

size_t
sense_features(
	const struct atoms *a, const struct lexicon *concepts, uint32_t out[SENSE_FEATURES_MAX])
{
	struct features f = { .v = out };
	struct sense_token t[SENSE_TOKENS_MAX];
	size_t n = sense_tokens(a, t) - 2, kept = 0;

	for (size_t i = 0; i < n + 2; i++) {
		uint32_t one = sense_mix(sense_seed('w'), t[i].s, t[i].n), two, three;

		add(&f, one);
		add_letters(&f, t[i]);
		if (i + 1 >= n + 2)
			continue;
		two = sense_mix(one, t[i + 1].s, t[i + 1].n);
		add(&f, two);
		if (i + 2 >= n + 2)
			continue;
		three = sense_mix(two, t[i + 2].s, t[i + 2].n);
		add(&f, three);
		add(&f,
			sense_mix(sense_mix(sense_seed('s'), t[i].s, t[i].n), t[i + 2].s,
				t[i + 2].n));
	}
	add(&f, sense_mix(sense_seed('l'), &"012345678"[MIN_OF(n / 4, (size_t)8)], 1));
	if (concepts)
		add_concepts(&f, a, concepts);
	qsort(out, f.n, sizeof(*out), by_value);
	for (size_t i = 0; i < f.n; i++)
		if (i == 0 || out[i] != out[i - 1])
			out[kept++] = out[i];
	return kept;
}
