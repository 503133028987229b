/*
 * What a model says and how it is asked: five dialects behind one table.
 *
 * Replies: an llm_stream is fed the body's bytes as they arrive, cut anywhere. It reports deltas
 * through one callback and ends in an llm_turn. Requests: an llm_request becomes the exact body
 * bytes, path and headers. Nothing here opens a connection, reads a clock, or prints.
 *
 * Ownership: an llm_request and everything it points to are borrowed for the length of the call;
 * an llm_turn owns all it holds and ends with llm_turn_finish. Slices in callbacks live only for
 * the callback. Single thread, no shared state.
 *
 * Limits (memory stays below about three times LLM_TURN_MAX whatever the other side sends):
 *   LLM_EVENT_MAX   one event or line. A Responses completed-event repeats the whole reply and
 *                   the tool schemas; an image is one event. Sixteen megabytes hold both.
 *   LLM_TURN_MAX    the sum of all kept text, reasoning, arguments and replay bytes: what a
 *                   journal body may hold, so that every turn that is accepted can be kept.
 *   LLM_CALLS_MAX   tool calls of one reply; more and the turn is an error.
 *   LLM_BLOCKS_MAX  content blocks, output items or parts of one reply.
 * Passing one of them ends the turn with LLM_ERR_TOO_LARGE.
 */
#ifndef HOMARD_LLM_H
#define HOMARD_LLM_H

#include "agent/base/buf.h"
#include "agent/base/err.h"
#include "agent/base/str.h"

#define LLM_EVENT_MAX (16u << 20)
#define LLM_TURN_MAX (8u << 20)
#define LLM_CALLS_MAX 256u
#define LLM_BLOCKS_MAX 8192u
#define LLM_ERROR_TEXT_MAX 2048u

enum llm_kind {
	LLM_OPENAI_CHAT,
	LLM_OPENAI_RESPONSES,
	LLM_ANTHROPIC,
	LLM_GEMINI,
	LLM_OLLAMA,
	LLM_KIND_COUNT
};

/* The provider's word for the end, sorted. Never decides whether there are tool calls to run:
 * Gemini and Ollama end tool turns with STOP. */
enum llm_stop {
	LLM_STOP_NONE, /* none was sent: the reply is incomplete */
	LLM_STOP_STOP,
	LLM_STOP_LENGTH,
	LLM_STOP_TOOL_CALLS,
	LLM_STOP_CONTENT_FILTER,
	LLM_STOP_REFUSAL,
	LLM_STOP_PAUSE, /* send the turn back unchanged and go on */
	LLM_STOP_ERROR,
	LLM_STOP_OTHER
};
/* "stop", "length" ...; NULL for NONE. */
const char *llm_stop_name(enum llm_stop s);
enum llm_stop llm_stop_of(const char *word);

enum llm_error_kind {
	LLM_ERR_NONE,
	LLM_ERR_AUTH,		  /* the key is missing or wrong */
	LLM_ERR_PERMISSION,	  /* the key may not use this */
	LLM_ERR_BILLING,	  /* no money, plan or quota left: waiting does not help */
	LLM_ERR_NOT_FOUND,	  /* no such model or path */
	LLM_ERR_INVALID_REQUEST,  /* the server does not accept what was sent */
	LLM_ERR_CONTEXT_OVERFLOW, /* the request is larger than the model's window */
	LLM_ERR_CONTENT_FILTER,
	LLM_ERR_TOOL_USE_FAILED,  /* the model's own call did not fit the schema */
	LLM_ERR_RATE_LIMIT,
	LLM_ERR_OVERLOADED,
	LLM_ERR_TIMEOUT,
	LLM_ERR_SERVER,
	LLM_ERR_NETWORK,    /* set by the transport: no connection, TLS, cut off */
	LLM_ERR_PROTOCOL,   /* not the format it should be */
	LLM_ERR_INCOMPLETE, /* the stream ended without saying why */
	LLM_ERR_TOO_LARGE   /* a limit above was reached */
};
/* "auth", "rate_limit" ...; NULL for NONE. */
const char *llm_error_kind_name(enum llm_error_kind k);

struct llm_error {
	enum llm_error_kind kind; /* NONE: no error */
	bool retryable;		  /* the same request may succeed later */
	int64_t retry_after_ms;	  /* -1: the server did not say */
	int status;		  /* HTTP status, 0 inside a stream */
	char *type;		  /* the server's word, or NULL */
	char *code;		  /* raw JSON of the server's code (string with quotes or number), or NULL */
	char *type_raw;		  /* raw JSON of type when it was not a string, or NULL */
	char *detail;		  /* what stood behind a gateway's message, or NULL */
	char *message;		  /* the server's words, at most LLM_ERROR_TEXT_MAX bytes; foreign text:
				   * sanitise before showing. Never NULL once kind is set. */
};
void llm_error_finish(struct llm_error *e);
/* One sentence for the person: what happened and what to do. Owned. provider may be NULL. */
char *llm_error_sentence(const struct llm_error *e, const char *provider);

/* One response header; names compare without case. */
struct llm_header {
	const char *name;
	const char *value;
};
/* An HTTP reply that is an error (status >= 400, or a 200 whose body is an error object).
 * now_ms: wall clock, for headers that name a moment; 0 = use the Date header, else ignore.
 * Returns false when the body of a status < 400 holds no error. */
bool llm_error_decode(enum llm_kind kind, int status, const struct llm_header *headers, size_t n,
	struct slice body, int64_t now_ms, struct llm_error *ret);

/* The provider's raw counters; -1 = not sent. They mean different things per provider:
 * normalising is usage.c's business (the catalogue knows which). */
struct llm_usage {
	int64_t input, output, cache_read, cache_write, reasoning;
};

struct llm_call {
	char *id;	/* NULL when the provider sent none (Gemini 2, Ollama) */
	char *name;
	char *args_raw; /* what was sent, all pieces; NULL where the dialect sends an object */
	char *args;	/* complete JSON object text, "{}" for empty; NULL when it never became
			 * valid JSON: such a call must not run. Still to be parsed strictly. */
	char *item_id;	 /* Responses */
	char *signature; /* Gemini thoughtSignature, or NULL */
	bool custom;	 /* Responses custom_tool_call: args_raw is plain text, args NULL */
};

struct llm_turn {
	struct buf text;      /* as sent, nothing trimmed */
	struct buf reasoning; /* readable reasoning or its summary */
	struct buf refusal;   /* OpenAI's refusal text */
	struct llm_call *calls;
	size_t n_calls;
	char *stop_reason; /* the provider's own word, or NULL */
	enum llm_stop stop;
	struct llm_error error;
	struct llm_usage usage;
	char *usage_raw;	/* JSON of the last usage object, or NULL */
	struct buf replay;	/* JSON: what must go back to the same provider and model, raw slices inside */
	char *model, *id;	/* as reported, or NULL */
	char *status;		/* Responses */
	char *server_tool_calls; /* JSON array or NULL */
	char *annotations;	 /* JSON array or NULL: citations */
	char *stop_details;	 /* JSON object or NULL: Anthropic refusals */
	char *block_reason;	 /* Gemini promptFeedback, or NULL */
	char *finish_message;	 /* Gemini, or NULL */
	bool ended;		 /* the provider's end marker or stop reason was seen */
	bool done;		 /* complete also without a reason (old Ollama servers) */
};
void llm_turn_finish(struct llm_turn *t);
/* The stream ended without a reason, an error or a block: say so, do not take it for an answer. */
bool llm_turn_incomplete(const struct llm_turn *t);
/* The window was full and the server said so only in the stop reason (Anthropic, Z.ai). */
bool llm_turn_overflowed(const struct llm_turn *t);
/* True when at least one call is complete (rule: never ask the stop reason). */
bool llm_turn_has_calls(const struct llm_turn *t);

/* --- reading a reply --- */

enum llm_delta_kind {
	LLM_DELTA_TEXT,	     /* text */
	LLM_DELTA_REASONING, /* text */
	LLM_DELTA_REFUSAL,   /* text */
	LLM_DELTA_TOOL_BEGIN, /* call, id (or NULL), name */
	LLM_DELTA_TOOL_ARGS,  /* call, text: a piece of the arguments */
	LLM_DELTA_TOOL_END,   /* call: nothing more comes for it; not a licence to run it */
	LLM_DELTA_SERVER_TOOL, /* name: the provider runs a tool of its own */
	LLM_DELTA_USAGE,     /* usage so far */
	LLM_DELTA_STOP,	     /* the stop reason is known */
	LLM_DELTA_ERROR	     /* error; the turn is over */
};

struct llm_delta {
	enum llm_delta_kind kind;
	struct slice text;
	size_t call; /* index in llm_turn.calls */
	const char *id, *name;
	const struct llm_usage *usage;
	enum llm_stop stop;
	const struct llm_error *error;
};

struct llm_stream_opts {
	enum llm_kind kind;
	/* May be NULL. */
	void (*delta)(void *user, const struct llm_delta *d);
	void *user;
	/* A <think> block at the start of the text is reported as reasoning deltas. The turn's
	 * text stays as sent. */
	bool split_think;
};

struct llm_stream; /* opaque */
struct llm_stream *llm_stream_create(const struct llm_stream_opts *o);
void llm_stream_destroy(struct llm_stream *s); /* NULL is fine */
/* False when nothing more is wanted (an error or a limit): close the connection. Comments and
 * pings count as life: any bytes reset the caller's idle timer. */
bool llm_stream_feed(struct llm_stream *s, struct slice bytes);
/* True once the provider's end marker was seen: the connection may be reused or closed. */
bool llm_stream_ended(const struct llm_stream *s);
/* The end of the body. Moves the result to *ret (which the caller finishes). */
void llm_stream_finish(struct llm_stream *s, struct llm_turn *ret);

/* Splits a leading <think>...</think> off text: *reasoning and *rest are parts of text. False
 * when there is none (then rest = text). An unclosed block takes the whole text. */
bool llm_think_split(struct slice text, struct slice *reasoning, struct slice *rest);

/* --- asking --- */

enum llm_auth {
	LLM_AUTH_DEFAULT,   /* the dialect's own */
	LLM_AUTH_NONE,
	LLM_AUTH_BEARER,    /* Authorization: Bearer K */
	LLM_AUTH_X_API_KEY, /* x-api-key: K */
	LLM_AUTH_X_GOOG,    /* x-goog-api-key: K */
	LLM_AUTH_API_KEY    /* api-key: K (Azure) */
};

enum llm_tool_id { /* what ids the server takes */
	LLM_ID_ANY,
	LLM_ID_40,	 /* at most 40 of [a-zA-Z0-9_-] */
	LLM_ID_64,	 /* at most 64 of [a-zA-Z0-9_-] */
	LLM_ID_9_ALNUM	 /* exactly 9 of [a-zA-Z0-9] */
};

enum llm_schema { /* how tool schemas are reduced */
	LLM_SCHEMA_FULL,      /* as they are, without $schema */
	LLM_SCHEMA_OPENAPI,   /* Gemini `parameters` */
	LLM_SCHEMA_STRICT,    /* every property required, no additional ones */
	LLM_SCHEMA_KIMI,      /* Moonshot's dialect */
	LLM_SCHEMA_ANTHROPIC  /* without the value keywords strict mode refuses */
};

enum llm_think_field { /* assistant reasoning on replay and how thinking is switched */
	LLM_THINK_NONE,
	LLM_THINK_EFFORT,	/* reasoning_effort: low ... */
	LLM_THINK_OBJECT,	/* thinking:{type:enabled|disabled} (DeepSeek, GLM, Kimi) */
	LLM_THINK_ENABLE,	/* enable_thinking: bool (Qwen) */
	LLM_THINK_REASONING	/* reasoning:{effort} (OpenRouter) */
};

/* What a preset says about an endpoint; all zero is plain and correct for unknown servers. */
struct llm_quirks {
	enum llm_auth auth;
	enum llm_tool_id tool_id;
	enum llm_schema schema;
	enum llm_think_field think;
	bool max_completion_tokens;  /* the name of the output limit (OpenAI's reasoning models) */
	bool developer_role;	     /* "developer" instead of "system" */
	bool no_stream_options;	     /* refuses stream_options */
	bool tool_stream;	     /* send tool_stream:true (GLM: else silence while arguments form) */
	bool tool_name;		     /* tool messages carry `name` (Mistral) */
	bool tool_then_model;	     /* no user message right behind a tool's (Mistral) */
	bool no_tool_choice;	     /* never send tool_choice */
	bool drop_reasoning;	     /* must not get old reasoning back (DeepSeek R1) */
	bool require_reasoning;	     /* every assistant turn carries the field, "" if none (DeepSeek V4) */
	const char *reasoning_field; /* name on replay when the turn does not say; NULL: reasoning_content */
	bool tool_images;	     /* images may stand inside tool results */
	bool no_images;		     /* the model takes none: say so in words instead */
	bool cache_control;	     /* explicit cache breakpoints (Anthropic, Qwen, OpenRouter to both) */
	bool cache_key;		     /* takes prompt_cache_key: requests of one task find one cache */
	bool store_default;	     /* Responses: do not send store:false */
	bool no_encrypted;	     /* Responses: do not ask for encrypted reasoning */
	bool parameters_schema;	     /* Gemini: parametersJsonSchema takes the full schema */
	int64_t num_ctx;	     /* Ollama: the window to ask for; 0: leave it to the server */
	const char *version;	     /* anthropic-version; NULL: 2023-06-01 */
	const char *path;	     /* replaces the dialect's path (may hold %s for the model), or NULL */
	const char *extra;	     /* raw JSON members added to the body ("\"a\":1"), or NULL */
};

struct llm_tool {
	const char *name;
	const char *description;
	struct slice schema; /* JSON Schema of the arguments object */
	bool strict;
};

struct llm_image {
	const char *media_type; /* image/png ... */
	struct slice base64;
};

enum llm_role { LLM_USER, LLM_ASSISTANT, LLM_TOOL };

struct llm_call_ref {
	const char *id, *name;
	struct slice args; /* JSON object; empty = {} */
};

struct llm_message {
	enum llm_role role;
	struct slice text; /* user: the words; assistant: the portable text; tool: the result */
	const struct llm_image *images; /* user and tool */
	size_t n_images;
	/* assistant: the replay goes back verbatim when kind, provider and model are those of the
	 * request; else the portable form is built from text and calls, opaque state dropped. */
	enum llm_kind kind;
	const char *provider, *model;
	struct slice replay;
	struct slice reasoning; /* Ollama sends it back as `thinking`; else unused */
	const struct llm_call_ref *calls;
	size_t n_calls;
	/* tool: answers the call of this index in the assistant message before it; id is what that
	 * call carried (may be NULL). Every call must be answered; missing answers are made up as
	 * errors by the builder. */
	const char *id, *name;
	size_t call;
	bool is_error;
};

enum llm_effort { LLM_EFFORT_DEFAULT, LLM_EFFORT_NONE, LLM_EFFORT_LOW, LLM_EFFORT_MEDIUM,
	LLM_EFFORT_HIGH, LLM_EFFORT_XHIGH, LLM_EFFORT_MAX };

struct llm_request {
	enum llm_kind kind;
	const char *provider, *model;
	const struct llm_quirks *quirks; /* NULL: all zero */
	struct slice system;
	const struct llm_tool *tools;
	size_t n_tools;
	const struct llm_message *messages;
	size_t n_messages;
	int64_t max_tokens;    /* 0: not sent (Anthropic: 8192) */
	enum llm_effort effort;
	double temperature;    /* below 0: not sent */
	bool cache;	       /* place cache breakpoints: tools, system, last message */
	const char *cache_key; /* the same for all requests of a task, or NULL */
	bool no_stream;
	bool no_tools;	       /* tools are declared (stable prefix) but must not be called */
};

/* The body; false with a sentence when it passes out->max or a schema is not JSON. */
bool llm_request_build(const struct llm_request *r, struct buf *out, struct err *err) MUST_CHECK;
/* What follows base_url ("/chat/completions"). */
bool llm_request_path(const struct llm_request *r, struct buf *out);
/* "Name: value" lines, content type and authentication; key may be NULL. */
void llm_request_headers(const struct llm_request *r, const char *key, struct strv *out);

/* --- keeping a turn --- */

/* One JSON object for the journal: kind provider model text reasoning calls replay. Incomplete
 * calls are kept with "args":null, an incomplete turn without its replay. */
bool llm_turn_save(const struct llm_turn *t, enum llm_kind kind, const char *provider,
	const char *model, struct buf *out);
/* The reverse: an assistant message and what it points to. Owned; NULL with *err when it is not
 * one of ours. */
struct llm_kept {
	struct llm_message msg;
	void *mem; /* private */
};
bool llm_kept_load(struct slice json, struct llm_kept *ret, struct err *err) MUST_CHECK;
void llm_kept_finish(struct llm_kept *k);

/* --- showing what was read: the fields of `homard models decode` --- */

/* One JSON object without newline. */
bool llm_turn_to_json(const struct llm_turn *t, enum llm_kind kind, struct buf *out);
/* The same for an HTTP error: an empty turn with the error's seven fields. */
bool llm_error_to_json(const struct llm_error *e, struct buf *out);

/* --- the table --- */

enum llm_framing { LLM_SSE, LLM_NDJSON };
struct llm_decode_ops; /* decode.h */
struct llm_dialect {
	enum llm_kind kind;
	const char *name; /* "openai-chat" ... as in config */
	enum llm_framing framing;
	const char *path; /* behind base_url; %s is the model */
	enum llm_auth auth;
	const struct llm_decode_ops *decode;
	bool (*build)(const struct llm_request *r, struct buf *out, struct err *err);
};
extern const struct llm_dialect *const llm_dialects[LLM_KIND_COUNT];
/* LLM_KIND_COUNT when unknown. */
enum llm_kind llm_kind_of(const char *name);
const char *llm_kind_name(enum llm_kind k);

#endif
