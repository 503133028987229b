/* What the files of the matcher share. */
#ifndef HOMARD_MATCH_PRIVATE_H
#define HOMARD_MATCH_PRIVATE_H

#include "agent/skill/match.h"

#define LIT_CLASSES 24
#define SEQ_PARTS 24
#define SEQS_PER_LINE 16

struct part {
	bool is_slot;
	bool needed; /* {slot!}: a value must be there */
	bool weak;   /* only a filler: needs no match where order is free */
	bool optional;
	uint8_t slot;
	uint8_t n;
	int cls[LIT_CLASSES]; /* any of them */
};

/* One way to ask. */
struct seq {
	struct part *parts;
	size_t n;
	bool zh; /* its words are Chinese */
};

struct compiled {
	const struct recipe *recipe;
	int owner;
	int label;        /* in the matcher's sense; -1: not known there */
	struct seq *seqs; /* in order; those with a text slot */
	size_t n_seqs, cap_seqs;
	struct seq *frames; /* order free */
	size_t n_frames, cap_frames;
	int *known; /* sorted classes it understands */
	size_t n_known, cap_known;
	int *also; /* those that may be skipped anywhere */
	size_t n_also, cap_also;
	int cue[RECIPE_SLOTS_MAX];      /* class of the slot's cue words, or -1 */
	int not_with[RECIPE_SLOTS_MAX]; /* class, or -1 */
	int not_first[RECIPE_SLOTS_MAX];
	int *bad_text[RECIPE_SLOTS_MAX]; /* further classes of not_with */
	size_t n_bad_text[RECIPE_SLOTS_MAX];
	struct ev_line *ev; /* what it is about: evidence.h */
	size_t n_ev;
};

struct posting {
	uint32_t *v;
	size_t n, cap;
};

struct matcher {
	struct lexicon *lex;
	struct evidence *evidence; /* NULL: no recipe has any */
	struct sense *sense;       /* or NULL */
	char *home;
	struct known_folders folders;
	struct compiled **v;
	size_t n, cap;
	struct posting *postings; /* by class: recipes that use it */
	size_t n_postings;
	int cls_choice_first; /* choice classes are named "@slot=value" */
};

/* What one recipe makes of a request. */
struct reading {
	bool match, negated, by_text;
	double strength; /* to compare those that match */
	double cover;    /* 0 to 1, to order those that do not */
	cJSON *slots;
	size_t text_i, text_j; /* atoms of an unquoted text slot */
};

#define TIE 3.0 /* strength; a word is worth 10 */

/* How sure the sense must be of a recipe. Chosen on requests by writers who had not seen the
 * patterns. */
#define SURE_STRICT 0.03f /* its patterns explain every word */
#define SURE_SAID 0.12f   /* the same, and a text takes any words */
#define SURE_DOUBT 0.15f /* the same, while another one reaches SURE_OTHER */
#define SURE_OTHER 0.6f
#define SURE_LOOSE 0.45f /* it has evidence */
#define SURE_ALONE 0.75f /* it has neither; so the others below */
#define SURE_PART 0.9f   /* of a part of the request, and of all of it SURE_WHOLE */
#define SURE_WHOLE 0.2f
#define SURE_REMARK 0.4f  /* instead of SURE_WHOLE, where another part speaks against it */
#define SURE_TEXT 0.8f    /* its text could be anything */
#define SURE_UNTOLD 0.99f /* and no word says that it is one */
#define SURE_NEAR 0.02f   /* to be named among the nearest */
#define SURE_AGAINST 0.9f /* something speaks against it */

struct ev_request;

/* match_sound.c */
/* How likely the request asks for the recipe; 1 when the sense cannot know. */
float match_sounds(const struct sense_view *v, const struct compiled *c);
/* Its words are all explained, and yet it sounds like something else. */
bool match_sounds_wrong(const struct matcher *m, const struct request *r,
	const struct sense_view *v, const struct compiled *c, const struct reading *got);
/* No pattern and no evidence: the recipe it sounds like, if it does so clearly. */
void match_by_sound(const struct matcher *m, struct ev_request *q,
	const struct match_context *ctx, const struct sense_view *v, struct match *out);
void match_nearest_by_sound(
	const struct matcher *m, const struct sense_view *v, struct match *out);
/* Where the words leave open how far a text goes, the sense tells. */
void match_mend_text(const struct matcher *m, const struct request *r, const struct compiled *c,
	const struct reading *got, cJSON *slots);

/* match_look.c */
/* A match that is not word for word; takes the slots. */
void match_loosely(struct match *out, const struct compiled *c, cJSON **slots, double score);
/* A folder that has only a name is missing as well. */
void match_settle(struct match *out, const struct slot *s);
/* Two recipes explain every word: 1 or -1 when one of them is what it is about; else 0. */
int match_clearer(const struct matcher *m, const struct request *r, const struct compiled *a,
	const struct compiled *b);
/* No pattern explains all of it: the recipe it is about wins if it is clearly so. */
void match_look_again(const struct matcher *m, struct request *r,
	const struct match_context *ctx, const struct sense_view *v, struct match *out);

bool pattern_compile(struct lexicon *l, struct compiled *c, const char *line, struct err *err);
bool compiled_knows(const struct compiled *c, int cls);
void int_add(int **v, size_t *n, size_t *cap, int x);
/* How many atoms of [i, j) are more than fillers. */
size_t content_atoms(const struct request *r, size_t i, size_t j);
void read_bag(const struct request *r, const struct compiled *c, struct reading *out);
void read_ordered(const struct request *r, const struct compiled *c, struct reading *out);
/* Whether the atoms may be the slot's text: what it cannot begin with or contain. */
bool text_slot_takes(
	const struct request *r, const struct compiled *c, size_t slot, size_t i, size_t j);
/* "it", "this", half a word: no text of its own. */
bool text_is_nothing(const struct request *r, size_t i, size_t j);
/* Takes the slot's `strip` phrases and punctuation from both ends of a text. */
void text_trim(const struct request *r, const struct slot *s, size_t *ti, size_t *tj);
/* Puts the value into slots; false when the slot is taken. */
bool reading_fill(cJSON *slots, const struct slot *s, const struct value *v);

#endif
