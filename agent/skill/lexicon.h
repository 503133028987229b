/*
 * The lexicon: which words mean the same. A class is a set of words and phrases in any language
 * ("tidy", "organise", 整理); recipes speak in classes. Built-in classes come from lex_en.c and
 * lex_zh.c; a recipe's own words count for that recipe alone (owner), so that no skill can
 * change how another one is understood. Looks at no file. Read-only after loading: any thread.
 */
#ifndef HOMARD_LEXICON_H
#define HOMARD_LEXICON_H

#include "agent/skill/atoms.h"

#define LEX_ANYONE (-1)
#define LEX_PHRASE_MAX 8 /* atoms of one phrase */

/* Built-in classes whose ids the code knows; the order is that of the names in lexicon.c. */
enum lex_class {
	LEX_FILL,    /* says nothing: the, please, 请 */
	LEX_PREP,    /* in, of, 在 */
	LEX_NEG,     /* not, 不要 */
	LEX_THEN,    /* joins two requests */
	LEX_CAN,     /* 能, 可以: makes 吗 a polite ending */
	LEX_MA,      /* 吗 */
	LEX_HERE,    /* this folder */
	LEX_DIR,     /* folder, 文件夹 */
	LEX_MY,      /* my, 我的 */
	LEX_ONLY,    /* only, 只 */
	LEX_MEASURE, /* 个, 条 */
	LEX_COMPARE, /* more than, 大于 */
	LEX_BELOW,   /* less than */
	LEX_SINCE,   /* since, 以来 */
	LEX_BEFORE,  /* before, until */
	LEX_PAST,    /* in the last, 最近 */
	LEX_FIRST_FREE
};

/* One table line: name, words separated by |. exact: no inflection, no typing errors. */
struct lex_line {
	const char *name;
	bool exact;
	const char *words;
};
extern const struct lex_line lex_en[], lex_zh[]; /* name NULL ends */
extern const struct lex_line lex_concepts[];     /* concepts.c: those of evidence.h and sense.h */

struct lex_entry {
	int cls, owner;
	bool exact;
};
/* What a word means: everyone's meanings first, then those of recipes by rising owner. */
struct lex_list {
	struct lex_entry *v;
	uint32_t n, cap, n_common;
};

struct lexicon;                       /* opaque */
struct lexicon *lexicon_create(void); /* with the built-in classes */
/* One that knows these lines and nothing else (see concepts.c). */
struct lexicon *lexicon_create_from(const struct lex_line *lines);
void lexicon_destroy(struct lexicon *l);
/* The id of a class; a new one when unknown. */
int lexicon_class(struct lexicon *l, const char *name);
/* The id, or -1. */
int lexicon_class_known(const struct lexicon *l, const char *name);
/* Whether the class comes with the program, not from a recipe. */
bool lexicon_is_builtin(const struct lexicon *l, int cls);
const char *lexicon_class_name(const struct lexicon *l, int cls);
size_t lexicon_n_classes(const struct lexicon *l);
void lexicon_add(struct lexicon *l, const char *surface, int cls, int owner, bool exact);
const struct lex_list *lexicon_find(const struct lexicon *l, const char *key, size_t n);

/* What stretches of a request may mean. */
struct edge {
	uint16_t i, j; /* atoms [i, j) */
	int cls, owner;
	uint8_t typo; /* letters that had to be mended */
};
struct edges {
	struct edge *v; /* by i */
	size_t n, cap;
	size_t first[ATOMS_MAX + 3]; /* edges of atom i: [first[i], first[i + 1]) */
};
/* Places where the lexicon knows something: found once, whoever's words they are. */
struct hit {
	uint16_t i, j;
	const struct lex_list *list;
	bool as_written;
	uint8_t typo;
};
struct hits {
	struct hit *v; /* by i */
	size_t n, cap, n_atoms;
};
/* mended: typing errors too (slower). */
void hits_init(struct hits *h, const struct lexicon *l, const struct atoms *a, bool mended);
void hits_finish(struct hits *h);
/* The edges of everyone's words, of owner, and of those marked in owners (NULL: none). */
void edges_init(struct edges *e, const struct hits *h, const unsigned char *owners, int owner);
void edges_finish(struct edges *e);
/* The edge of a built-in class at atom i (longest), or NULL. */
const struct edge *edges_at(const struct edges *e, size_t i, int cls);
/* Distance with swaps, at most max, else max + 1. */
size_t word_distance(const char *a, const char *b, size_t max);
/* An English word that looks like a misspelt word of the lexicon, but is none. */
bool lex_is_real_word(const char *w);

#endif
