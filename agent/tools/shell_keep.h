/*
 * What is kept of a command's output: all of it up to 32 KB, else the first and the last 16 KB,
 * with its size, and the SHA-256 of the whole once it passed 1 MB. Bounded whatever comes.
 */
#ifndef HOMARD_TOOLS_SHELL_KEEP_H
#define HOMARD_TOOLS_SHELL_KEEP_H

#include "agent/base/buf.h"
#include "agent/base/hash.h"

#define KEEP_PART (16u << 10)
#define KEEP_HASH_FROM (1u << 20)

struct shell_keep {
	struct buf head;
	char tail[KEEP_PART]; /* ring */
	size_t tail_at;
	uint64_t total;
	struct hasher *hash;
};

void shell_keep_init(struct shell_keep *k);
void shell_keep_finish(struct shell_keep *k);
void shell_keep_add(struct shell_keep *k, struct slice bytes);
/* The kept text, valid UTF-8, with a line that says what is left out. */
void shell_keep_text(const struct shell_keep *k, struct buf *out);
/* Hex of the whole when it was over 1 MB, else "". May be called once, at the end. */
void shell_keep_hash(struct shell_keep *k, char out[HASH_HEX_LEN]);

#endif
