/* The head of the file that sense_train.c writes and sense.c maps; plain data, little-endian.
 */
#ifndef HOMARD_SENSE_FILE_H
#define HOMARD_SENSE_FILE_H

#include "agent/skill/sense.h"

#define SENSE_MAGIC "homard sense 1\n" /* with its NUL 16 bytes */

struct sense_head {
	char magic[16];
	uint32_t n_labels, bits;
	uint32_t span_bits;
	float span_scale;
	float scale[SENSE_LABELS_MAX], bias[SENSE_LABELS_MAX];
	char name[SENSE_LABELS_MAX][SENSE_NAME_MAX];
};

#define SENSE_TOKENS_MAX (SENSE_ATOMS_MAX + 2) /* with both ends */
#define SENSE_SPAN_BITS 17
#define SENSE_SPAN_FEATURES 32

struct sense_token {
	const char *s; /* borrowed from the atoms */
	size_t n;
	bool letters; /* a word whose parts tell something as well */
};
/* The request as words and marks, with "^" before and "$" behind; their number. */
size_t sense_tokens(const struct atoms *a, struct sense_token out[SENSE_TOKENS_MAX]);

/* FNV-1a over the words of a feature. */
uint32_t sense_seed(char kind);
uint32_t sense_mix(uint32_t h, const char *s, size_t n);
uint32_t sense_bucket(uint32_t h, unsigned bits);

/* What tells that a text begins ('b') or ends ('e') before atom k, or has atom k inside ('i').
 */
size_t sense_span_features(const struct sense_token *t, size_t n, size_t k, char end,
	const char *recipe, uint32_t out[SENSE_SPAN_FEATURES]);

/* Turns n scores into shares of one. */
void sense_softmax(float *v, size_t n);

#endif
