/*
 * What the five decoders share: private to agent/llm. A decoder gets whole events, already
 * parsed, and speaks through the st_* functions, which count every kept byte, report the
 * deltas and end the stream at a limit.
 */
#ifndef HOMARD_LLM_DECODE_H
#define HOMARD_LLM_DECODE_H

#include "agent/base/jdoc.h"
#include "agent/llm/llm.h"
#include "agent/net/sse.h"

struct llm_decode_ops {
	size_t state; /* bytes of the dialect's own state, zeroed before create */
	void (*create)(void *state);
	/* False ends the stream. whole: the reply is one JSON value, not a delta. */
	bool (*event)(struct llm_stream *s, struct slice name, const struct jn *root, bool whole);
	/* The body ended: fill what is only known now, above all turn->replay. */
	void (*finish)(struct llm_stream *s);
	void (*destroy)(void *state);
};

enum body_mode { BODY_UNKNOWN, BODY_STREAM, BODY_WHOLE };

struct llm_stream {
	struct llm_stream_opts o;
	const struct llm_dialect *d;
	void *st; /* the dialect's state */
	struct llm_turn t;
	struct sse sse;
	struct jdoc doc;
	struct buf scrub; /* an event that was not UTF-8 */
	struct buf body;  /* BODY_WHOLE */
	struct buf head;  /* the first bytes, for the sentence about a body that is no stream */
	enum body_mode mode;
	size_t kept;	  /* bytes kept so far, against LLM_TURN_MAX */
	size_t events;
	size_t think_at;  /* text up to here was reported */
	int think;	  /* 0 undecided, 1 inside, 2 past it */
	uint32_t half_text, half_reasoning, half_refusal; /* a surrogate pair split by the server */
	bool stopped;
};

/* Counts n kept bytes; false (and the stream's error) when that is too much. */
bool st_keep(struct llm_stream *s, size_t n);
bool st_text(struct llm_stream *s, const struct jn *str);
bool st_reasoning(struct llm_stream *s, const struct jn *str);
bool st_refusal(struct llm_stream *s, const struct jn *str);
/* Reports the text up to byte `to` as one kind of delta. */
void st_show_text(struct llm_stream *s, enum llm_delta_kind kind, size_t to);
/* A new call; NULL past the maximum (the stream ends). name may come later. The pointer lives
 * until the next st_call_add. */
struct llm_call *st_call_add(struct llm_stream *s, const struct jn *id, const struct jn *name);
/* Reports the call's begin once it has a name. */
void st_call_begin(struct llm_stream *s, size_t call);
void st_call_args(struct llm_stream *s, size_t call, struct slice piece);
void st_call_end(struct llm_stream *s, size_t call);
/* The provider's word for the end; non-strings are ignored. */
void st_stop(struct llm_stream *s, const struct jn *word);
void st_stop_word(struct llm_stream *s, const char *word);
/* The last usage object, for usage_raw, then the delta. */
void st_usage(struct llm_stream *s, struct slice raw);
/* The stream's error from an error value of any shape (llm_error_from). Always false. */
bool st_error(struct llm_stream *s, const struct jn *err, const char *type);
bool st_fail(struct llm_stream *s, enum llm_error_kind kind, const char *message);
/* Sets *field to the decoded string unless it is set already or the value is empty. */
void st_once(char **field, const struct jn *str);
/* Sets *field to the decoded string unless it is empty: gateways change ids under way. */
void st_latest(char **field, const struct jn *str);
/* Replaces *field by the value's raw JSON. */
void st_set_raw(struct llm_stream *s, char **field, const struct jn *v);

/* args from args_raw: "{}" for blank, NULL when it is no complete JSON object. */
void call_settle(struct llm_call *c);

/* --- objects that grow member by member, values as raw JSON --- */
struct robj_member {
	char *key;
	struct buf val; /* raw; for text members the escaped inside of a string */
	bool text;
};
struct robj {
	struct robj_member *v;
	size_t n, cap;
};
void robj_finish(struct robj *o);
struct robj_member *robj_find(struct robj *o, const char *key);
/* Sets a member to raw JSON; false when a limit was passed (the stream has ended). */
bool robj_set(struct llm_stream *s, struct robj *o, struct slice key, struct slice raw);
/* Lengthens a string member by the escaped inside of another string. */
bool robj_append(struct llm_stream *s, struct robj *o, const char *key, const struct jn *str);
/* Sets every member of obj. nulls: null values overwrite too. */
bool robj_merge(struct llm_stream *s, struct robj *o, const struct jn *obj, bool nulls);
bool robj_write(const struct robj *o, struct buf *out);
/* A number; -1 when it is none. */
int64_t robj_i64(struct robj *o, const char *key);
/* Usage that came member by member: st_usage of the whole. */
void st_usage_of(struct llm_stream *s, const struct robj *usage);

/* --- errors (errors.c) --- */
/* Reads type, code, message out of any of the shapes seen; root is the body's object or the
 * error member itself. False when there is none. */
bool llm_error_from(const struct jn *root, struct llm_error *e);
/* Sorts e (kind, retryable) by status and words. */
void llm_error_sort(struct llm_error *e);

extern const struct llm_decode_ops decode_chat, decode_responses, decode_anthropic,
	decode_gemini, decode_ollama;

#endif
