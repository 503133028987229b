/*
 * A request cut into atoms: words, single Chinese characters, numbers, paths, globs, quoted
 * texts, punctuation. Atoms keep their place in the person's bytes, so that a text slot gives
 * back exactly what was written. Looks at no file. Any thread; plain data.
 * Limits: ATOMS_MAX atoms; what follows is one atom of kind ATOM_TAIL.
 */
#ifndef HOMARD_ATOMS_H
#define HOMARD_ATOMS_H

#include "agent/base/str.h"

#define ATOMS_MAX 400
#define ATOM_FORMS 8

enum atom_kind {
	ATOM_WORD,  /* letters of any alphabet that uses spaces */
	ATOM_CJK,   /* one Han, kana or hangul character */
	ATOM_NUM,   /* digits, perhaps with a fraction */
	ATOM_PATH,  /* /x ~/x ./x a/b */
	ATOM_FILE,  /* name.ext */
	ATOM_EXT,   /* .ext */
	ATOM_GLOB,  /* with * or ? or [] */
	ATOM_QUOTE, /* between quotes; inner_start and inner_end are what stands inside */
	ATOM_LINK,  /* URL or mail address */
	ATOM_PUNCT,
	ATOM_TAIL
};

struct atom {
	enum atom_kind kind;
	uint32_t start, end; /* bytes of the text */
	uint32_t inner_start, inner_end;
	char *fold; /* folded text, owned by the list */
	double num;
	bool glued; /* no white space between this and the one before */
};

struct atoms {
	const char *text; /* borrowed */
	size_t len;
	struct atom *v;
	size_t n, cap;
};

void atoms_init(struct atoms *a, const char *text, size_t n);
void atoms_finish(struct atoms *a);
/* Owned bytes from atom i up to but not including atom j, trimmed. */
char *atoms_text(const struct atoms *a, size_t i, size_t j);
/* A name of which the ending is one that files have. */
bool atom_known_ext(const char *ext, size_t n);

#endif
