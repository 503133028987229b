/*
 * The second look at a request that no pattern explains: which recipe is it about? Words become
 * concepts (concepts.c): things, doings, manners. A recipe's `evidence:` lines say which concepts
 * and slots must be there together; other words may stand between, in bounded number. What a
 * person asks how to do, reports, refuses, or wants from another service is nobody's.
 * Looks at no file. Made once, then read-only: any thread.
 */
#ifndef HOMARD_EVIDENCE_H
#define HOMARD_EVIDENCE_H

#include "agent/skill/match_private.h"

#define EV_TOKENS 12
#define EV_CHOICES 6
#define EV_LINES_MAX 24
#define EV_BUDGET 2500   /* spans and words tried for one request */
#define EV_ATOMS_MAX 120 /* longer requests are not looked at twice */

struct ev_token {
	int cls[EV_CHOICES]; /* any of these concepts */
	uint8_t n;
	bool forbids; /* -concept: must not be there */
	bool whole;   /* {text!}: from a mark or the beginning to a mark or the end */
	struct slice begins; /* {text=a|b}: one of these stands first; borrowed */
	bool allows;  /* ~concept: forbids nothing here */
	int slot;     /* {slot}: it must have a value; -1 */
};
struct ev_line {
	struct ev_token v[EV_TOKENS];
	size_t n;
};

/* The concepts and those that mean something to the code. */
struct evidence {
	struct lexicon *lex;
	int howto, service, third, past, calm, report, already, plain;
};
struct evidence *evidence_create(void);
void evidence_destroy(struct evidence *e);
/* Reads the recipe's lines into c->ev. */
bool evidence_compile(struct evidence *e, struct compiled *c, struct err *err);

/* One request as concepts. */
struct ev_request {
	const struct evidence *ev;
	const struct request *r;
	struct hits hits;
	struct edges e;
	unsigned char bad[ATOMS_MAX + 2]; /* why an atom forbids, enum ev_bad */
	bool plain[ATOMS_MAX + 2];        /* says nothing: fillers and the like */
	bool told[ATOMS_MAX + 2];         /* a word the recipe at hand speaks of */
	int budget;                       /* steps that may still be taken */
};
enum ev_bad {
	BAD_NEG = 1,
	BAD_HOWTO = 2,
	BAD_SERVICE = 4,
	BAD_THIRD = 8,
	BAD_PAST = 16,
	BAD_REPORT = 32,
	BAD_ALREADY = 64
};
void ev_request_init(struct ev_request *q, const struct evidence *ev, const struct request *r);
void ev_request_finish(struct ev_request *q);

/* A mark between parts of a sentence. */
bool ev_is_break(const struct atom *t);
/* Marks the words that the recipe's lines speak of: q->told. */
void ev_mark_told(struct ev_request *q, const struct compiled *c);
/* What one recipe makes of it, over its best line. Leaves out->match false when nothing. */
void read_evidence(struct ev_request *q, const struct compiled *c, struct reading *out);

/* --- shared by evidence.c and evidence_slots.c --- */

/* Values that go into slots, and which atoms they take. */
struct ev_fill {
	cJSON *slots;
	bool taken[ATOMS_MAX + 2];
	bool spent[ATOMS_MAX + 2]; /* a choice: "png" is no picture as well */
	bool anchored; /* a path or file stands in the request */
	bool odd;      /* a value is there that fits nowhere */
};
/* Fills the slots but the text from what lies outside [ti, tj). */
void ev_fill_slots(const struct ev_request *q, const struct compiled *c, size_t ti, size_t tj,
	struct ev_fill *f);
/* The class of a built-in concept. */
int ev_concept(const struct evidence *e, const char *name);
/* The text slot of the recipe, or -1. */
int ev_text_slot(const struct compiled *c);
#endif
