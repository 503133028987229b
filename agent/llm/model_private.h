/* Shared by the files of the engine "model" only. */
#ifndef HOMARD_MODEL_PRIVATE_H
#define HOMARD_MODEL_PRIVATE_H

#include "agent/llm/context.h"
#include "agent/llm/input.h"
#include "agent/llm/llm.h"
#include "agent/llm/model_engine.h"
#include "agent/llm/presets.h"
#include "agent/llm/record.h"
#include "agent/llm/usage.h"
#include "agent/net/http.h"

#define BREAKERS 16
#define BREAKER_FAILS 3	     /* failed replies in a row that open it */
#define BREAKER_MS 60000
#define WAIT_MAX_MS 300000   /* a server that wants more is not waited for */
#define ERROR_BODY_MAX (64u << 10)
#define GRACE_MS 1500	     /* after the provider's end marker: for the connection's own end */

struct breaker {
	char *host;
	int fails;
	int64_t open_until; /* mono */
};

#define KEPT_KEYS 8
struct kept_key {
	char *provider, *value;
};

/* What the last reply of a task taught: for the estimate of the next. */
struct learned {
	int64_t task, bytes, tokens, cached; /* without pictures */
	int cut;
	char *model;
};

struct ask;
struct model_engine {
	struct engine engine;
	struct model_engine_opts o;
	struct http *http;
	struct catalogue *cat;
	struct breaker breakers[BREAKERS];
	struct learned learned;
	struct ask *ask; /* the reply on its way, or NULL */
	struct warming *warming; /* reads the model table on a worker, or NULL */
	struct kept_key kept[KEPT_KEYS];
	size_t replayed;
	bool warned_price;
	char *blind; /* the model that refused a picture in blind_task */
	int64_t blind_task;
	char *seen; /* hosts the person was told of, a line each */
};

enum ask_state { ASK_KEY, ASK_SENT, ASK_WAITING, ASK_OVER };

/* One think(). */
struct ask {
	struct model_engine *e;
	struct input *input;
	const struct engine_sink *sink;
	void *user;
	enum ask_state state;
	struct strv chain;
	size_t at; /* in the chain */
	struct endpoint ep;
	bool resolved;
	char *key;
	enum llm_effort effort;
	int attempt;	 /* of this endpoint, from 1 */
	bool overflowed; /* compacted because the server said so */
	bool cancelled, orphan; /* ended, but the key is still being looked for */
	bool enough;	 /* the provider said it is done; its connection lingers */
	int cut;
	char cache_key[48];
	int64_t tokens, cached;
	/* this exchange */
	struct buf body;
	struct buf shown_body; /* with pictures as "#SEQ"; empty when there are none */
	size_t n_images, image_bytes; /* of the body */
	struct http_call *call;
	struct llm_stream *stream;
	struct record *record;
	int status;
	struct llm_header *head;
	size_t n_head;
	char *redirect;
	struct buf error_body;
	bool refused, shown, thought, html;
	int64_t begun, first, bytes;
	size_t written;		  /* bytes of text, thought and arguments so far */
	struct llm_usage counted; /* what the provider said so far */
	enum llm_kind kind; /* of the reply */
	uv_timer_t *timer;
	int pauses;
	/* a summary that model.small writes (model_small.c) */
	struct ask *parent;	/* of the small request: whom it is for */
	struct ask *small;	/* on its way, or NULL */
	bool small_tried, small_force, small_refused;
	struct buf prose;
};

/* --- model_engine.c --- */
int64_t model_number(const struct model_engine *e, const char *key);
bool model_flag(const struct model_engine *e, const char *key);
const char *model_setting(const struct model_engine *e, const char *key);
/* An ask for this input, not begun; it is the engine's one unless it has a parent. */
struct ask *ask_create(struct model_engine *e, const struct engine_input *in,
	const struct engine_sink *sink, void *user, struct ask *parent);
/* The end, exactly once; frees the ask. */
void ask_end(struct ask *a, enum engine_end how, const struct err *err);
void ask_notice(struct ask *a, const char *level, const char *fmt, ...) PRINTF_LIKE(3, 4);
void ask_free(struct ask *a);
/* After ms (0: on the loop's next turn) asks again, the same endpoint. */
void ask_again(struct ask *a, int64_t ms);
struct breaker *model_breaker(struct model_engine *e, const char *host);

/* --- model_key.c --- */
/* Resolves the endpoint at a->at, finds its key, builds and sends. */
void ask_begin(struct ask *a);
/* A key of the keyring that was refused, or (NULL) all of them. */
void model_forget_key(struct model_engine *e, const char *provider);

/* --- model_send.c --- */
/* Builds and sends. */
void ask_send(struct ask *a);
void ask_close(struct ask *a); /* forgets the exchange, closes its connection */

/* --- model_window.c --- */
/* Makes it fit; false with *err when nothing more can be left out. */
bool ask_fit(struct ask *a, bool force, struct err *err) MUST_CHECK;
int64_t ask_max_output(const struct ask *a);
int64_t ask_window(const struct ask *a);

/* --- model_small.c --- */
#define SMALL_OUTPUT 2000 /* tokens */
/* Where model.small is set: lets it sum up what leaves the window when `keep` tokens stay, once a
 * think(). True when it was asked: a->small is set, and the asking goes on when it has answered,
 * with its words in a->prose or without. */
bool small_ask(struct ask *a, int64_t keep, bool force);
void small_cancel(struct ask *a);

/* --- model_reply.c --- */
void ask_replied(struct ask *a); /* the body ended well */
/* It did not: retry, next model, or the end. Takes e. */
void ask_failed(struct ask *a, struct llm_error *e, const char *sentence);
/* Does the model get to see pictures in this task? */
bool ask_sees(const struct ask *a);

/* --- model_count.c --- */
/* Tells what a reply cost. */
void ask_counted(struct ask *a, const struct llm_turn *t);
/* It ended otherwise: what the provider will charge for nevertheless is counted. */
void ask_lost(struct ask *a);
#endif
