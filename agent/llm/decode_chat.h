/* State of the openai-chat decoder, shared by its files; private to agent/llm. */
#ifndef HOMARD_DECODE_CHAT_H
#define HOMARD_DECODE_CHAT_H

#include "agent/llm/decode.h"

/* The names under which servers send reasoning: the first three in the order of the deltas. */
enum reason_field { REASON_NONE, REASON_CONTENT, REASON_PLAIN, REASON_TEXT, REASON_DETAILS,
	REASON_PARTS };

struct chat_call {
	int64_t index; /* -1: the provider does not number */
	bool begun;
	struct buf args;
	uint32_t half; /* see jn_text_piece */
	char *extra; /* raw extra_content: where Google keeps the signature */
};

struct chat {
	struct chat_call *calls; /* parallel to turn.calls */
	size_t n_calls, cap;
	enum reason_field field; /* the first one that spoke */
	struct robj *details;	 /* reasoning_details, merged by type, index and id */
	size_t n_details, details_cap;
	struct buf parts;   /* content that came as an array (Mistral): its elements */
	bool parts_open;    /* parts ends inside a text element's string */
	bool has_parts;
	struct buf notes; /* annotations: elements */
	size_t n_notes;
	char *extra; /* raw extra_content of the message itself (Google) */
};

static inline struct chat *
chat(struct llm_stream *s)
{
	return s->st;
}

/* decode_chat_calls.c */
bool chat_take_calls(struct llm_stream *s, const struct jn *list);
/* decode_chat_reasoning.c: the three strings (reasoning_content, reasoning, reasoning_text) and
 * the list of details that may hold reasoning */
bool chat_take_reasoning(struct llm_stream *s, const struct jn *const *names,
	const struct jn *list);
/* A piece under one of the names; passed over when another name spoke first. */
bool chat_take_thought(struct llm_stream *s, const struct jn *v, enum reason_field f);

#endif
