/*
 * What a model gets to see: the short system text, the items as messages, old tool output cut
 * down, foreign text fenced, and compaction when the window fills.
 *
 * Everything is a pure function of the items, so that the same task gives the same bytes: what
 * was sent before is a prefix of what is sent next, and the providers' caches hit. Cutting moves
 * in jumps of CONTEXT_JUMP turns for the same reason. Owned by the caller; single thread.
 *
 * Limits: one result CONTEXT_RESULT_MAX bytes (the rest stays in the journal, by handle), an
 * old one CONTEXT_OLD_MAX, piped data CONTEXT_PIPED_MAX, a summary CONTEXT_SUMMARY_MAX, the
 * newest CONTEXT_IMAGES_MAX pictures of at most CONTEXT_IMAGES_BYTES together.
 */
#ifndef HOMARD_LLM_CONTEXT_H
#define HOMARD_LLM_CONTEXT_H

#include "agent/base/buf.h"
#include "agent/base/engine.h"
#include "agent/llm/input.h"
#include "agent/llm/llm.h"

#define CONTEXT_RESULT_MAX (24u << 10)
#define CONTEXT_OLD_MAX 600u
#define CONTEXT_PIPED_MAX (64u << 10)
#define CONTEXT_SUMMARY_MAX (24u << 10)
#define CONTEXT_IMAGES_MAX 16u
#define CONTEXT_IMAGES_BYTES (10u << 20) /* base64 */
#define CONTEXT_IMAGE_TOKENS 1600	 /* what a large picture costs; small ones less */
#define CONTEXT_JUMP 8
#define CONTEXT_KEEP_TURNS 3 /* the newest turns are never cut or summarised */

struct context {
	struct buf system;
	struct llm_message *msgs;
	size_t n, cap;
	struct llm_tool *tools;
	size_t n_tools;
	struct strv texts; /* what messages point to */
	struct llm_image *images; /* the same */
	int64_t *image_seqs;
	size_t n_images, image_bytes;
	size_t n_out; /* pictures that are still to be left out */
	bool see;
	struct llm_kept *kept;
	size_t n_kept;
};
/* cut_before: results of turns below this number are cut to CONTEXT_OLD_MAX; 0: none. see: the
 * model takes pictures; else a sentence says that one was left out. */
void context_build(const struct engine_input *in, int cut_before, bool see, struct context *ret);
/* Puts "#SEQ", the event that holds the bytes, in place of each picture: for the journal. */
void context_hide_images(struct context *c);
void context_finish(struct context *c);

/* A guess, a little above what tokenizers say: 3.6 bytes of ASCII, two thirds of a CJK sign. */
int64_t context_tokens(struct slice text);
/* Tokens of the whole input as it would be sent. */
int64_t context_measure(const struct engine_input *in, int cut_before);
/* The turn before which results are cut so that it fits into max tokens, in jumps; 0 when all
 * fits, -1 when cutting alone is not enough. */
int context_cut(const struct engine_input *in, int64_t max);

/* Replaces the older turns of k by a digest of what was done: the person's words whole, each
 * step a line with its handle; with prose (a small model's) that stands in place of the older
 * steps. Keeps the newest turns that fit into max tokens, at least one. False when there is
 * nothing to leave out. *from and *to are the seqs that went. */
bool context_compact(struct input *k, int64_t max, struct slice prose, struct buf *summary,
	int64_t *from, int64_t *to);
/* What context_compact would leave out, as text of at most max_bytes to be summed up. False when
 * there is nothing. */
bool context_old_text(const struct input *k, int64_t max, size_t max_bytes, struct buf *out);
/* The first max bytes of s in one line. */
void context_short(struct buf *out, struct slice s, size_t max);

#endif
