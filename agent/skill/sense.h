/*
 * Which recipe a request sounds like: the feel for other people's words that patterns lack. A
 * linear model (multinomial logistic regression over hashed words, word pairs and letter
 * groups) learned from lists of requests when the program is built (sense_train.h,
 * agent/data/requests). It only ever weighs: what a recipe does, and with which values, its
 * patterns and slots decide.
 *
 * The file: "homard sense 1\n", numbers little-endian (labels, bits of the hash, a scale and a
 * bias for each label), names, then for each hash value one signed byte a label, then one a
 * feature of where texts lie. Mapped, not read: a request touches some hundred places of it.
 * Opened once, then read-only: any thread.
 */
#ifndef HOMARD_SENSE_H
#define HOMARD_SENSE_H

#include "agent/base/err.h"
#include "agent/skill/lexicon.h"

#define SENSE_LABELS_MAX 64
#define SENSE_NAME_MAX 48
#define SENSE_FEATURES_MAX 4096
#define SENSE_ATOMS_MAX 120 /* of a longer request the beginning */
#define SENSE_BITS 16

struct sense; /* opaque */

/* NULL and a sentence when the file is missing or not whole. */
struct sense *sense_open(const char *file, struct err *err);
void sense_close(struct sense *s);
/* The number of a label, or -1: the model never heard of it. "-" is what no recipe serves. */
int sense_label(const struct sense *s, const char *name);
/* How likely each label is, 0 to 1. */
struct sense_view {
	float p[SENSE_LABELS_MAX];
	size_t n;
};
/* concepts: a lexicon of lex_concepts, perhaps with classes of recipes, which do not count
 * here. */
void sense_read(const struct sense *s, const struct atoms *a, const struct lexicon *concepts,
	struct sense_view *out);

/* Where the free text of a request for that recipe most likely lies: atoms [i, j). A stretch
 * given
 * (*i < *j) is kept unless another one is clearly likelier. */
void sense_text(const struct sense *s, const struct atoms *a, int label, size_t *i, size_t *j);

/* The sorted, different hash values of a request's features, below 2^SENSE_BITS. */
size_t sense_features(const struct atoms *a, const struct lexicon *concepts,
	uint32_t out[SENSE_FEATURES_MAX]);

#endif
