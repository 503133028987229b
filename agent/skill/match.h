/*
 * The matcher: which recipe a request asks for, and with which slots. It looks at no file.
 *
 * A request matches when one recipe explains every word of it: words of the recipe's patterns
 * (or what means the same), values that fill its slots, and words that say nothing. One word
 * that is not explained is a veto, so "tidy my inbox" is nobody's; so are negations, conditions
 * and questions about doing. Two recipes that explain a request equally well are a tie and
 * nobody's either. Where nobody explains all of it, evidence (evidence.h) and the sense (sense.h)
 * decide together; what the sense takes for something else matches nothing, whatever its words.
 * A recipe the sense never heard of, such as a person's own, is left to its patterns.
 * Built once, then read-only: any thread.
 */
#ifndef HOMARD_MATCH_H
#define HOMARD_MATCH_H

#include "agent/skill/recipe.h"
#include "agent/skill/sense.h"
#include "agent/skill/slot.h"

#define MATCH_NEAREST 3

struct matcher; /* opaque */

/* folders may be NULL: ~/Downloads and so on. */
struct matcher *matcher_create(const char *home, const struct known_folders *folders);
void matcher_destroy(struct matcher *m);
/* The recipe stays the caller's and must outlive the matcher. A bad pattern is refused. */
bool matcher_add(struct matcher *m, const struct recipe *r, struct err *err) MUST_CHECK;
/* What requests sound like; takes it. Without one patterns and evidence decide alone. */
void matcher_set_sense(struct matcher *m, struct sense *s);
size_t matcher_count(const struct matcher *m);
const struct lexicon *matcher_lexicon(const struct matcher *m);
const struct known_folders *matcher_folders(const struct matcher *m);

struct match_context {
	const char *cwd;
	int64_t now_ms;
	const struct alias *aliases;
	size_t n_aliases;
	const struct recipe *only; /* no other one is considered; NULL: all */
};

enum match_why { MATCH_FOUND, MATCH_NOTHING, MATCH_TIE, MATCH_SEVERAL, MATCH_NEGATED };

struct match_near {
	const struct recipe *recipe;
	double score;
};

struct match {
	const struct recipe *recipe; /* NULL: none */
	enum match_why why;
	cJSON *named;        /* slot -> the name of a folder whose path is not known */
	cJSON *slots;        /* those the words gave */
	struct strv missing; /* required ones without a value */
	bool loose;          /* by what it is about (evidence.h), not word for word */
	double score;        /* 0 to 1; of the nearest when there is none */
	struct match_near nearest[MATCH_NEAREST];
	size_t n_nearest;
};
void match_request(const struct matcher *m, struct slice text, const struct match_context *c,
	struct match *ret);
/* Of several requests in one sentence: the part that asks for c->only, and its slots alone. */
void match_part(const struct matcher *m, struct slice text, const struct match_context *c,
	struct match *ret);
void match_finish(struct match *m);
/* {"recipe","slots","missing","score","nearest"} */
void match_to_json(const struct match *m, struct buf *out);

#endif
