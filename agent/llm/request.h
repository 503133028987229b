/*
 * What the five builders share: private to agent/llm. A builder writes the body through req.w;
 * ids, pairing of calls with results, verbatim or portable, are decided here once.
 */
#ifndef HOMARD_LLM_REQUEST_H
#define HOMARD_LLM_REQUEST_H

#include "agent/base/jdoc.h"
#include "agent/base/json.h"
#include "agent/llm/llm.h"

struct req_msg {
	const struct llm_message *m;
	bool verbatim; /* assistant: the replay goes back as it is */
	char **ids;    /* assistant: the id each call has on the wire; NULL where it has none */
};

struct req {
	const struct llm_request *r;
	const struct llm_quirks *q; /* never NULL */
	struct jw w;
	struct req_msg *msgs;
	size_t n;
};

/* The result of one call, NULL when nobody answered it: then REQ_NO_RESULT is what to say. */
const struct llm_message *req_result(const struct req *q, size_t assistant, size_t call);
#define REQ_NO_RESULT "This call did not run."
#define REQ_NO_IMAGES "[An image was left out: this model takes none.]"
/* The text of a result, never empty. */
struct slice req_result_text(const struct llm_message *result);
/* The next message that is no tool result; q->n at the end. */
size_t req_next(const struct req *q, size_t after);
/* True when a result of this assistant turn carries images that are to be sent. */
bool req_has_images(const struct req *q, size_t assistant);
/* The arguments as a JSON object; "{}" for anything else. */
struct slice req_args(struct slice args);
/* NULL for DEFAULT and NONE. */
const char *req_effort(enum llm_effort e);
/* "data:image/png;base64,..." as a JSON string value. */
void req_data_url(struct req *q, const char *key, const struct llm_image *im);
/* prompt_cache_key, where the server takes it. */
void req_cache_key(struct req *q);
/* Raw members (without braces) from quirks->extra. */
void req_extra(struct req *q);
/* Index of the last user message or result, q->n when there is none: where the cache ends. */
size_t req_last_user(const struct req *q, size_t before);

/* schema.c: the tool's schema as the server takes it. Owned JSON text; NULL with *err. An
 * object without properties gives NULL without *err where the server wants none. */
char *schema_reduce(struct slice schema, enum llm_schema mode, struct err *err);

/* One tool: put writes its members into an object that is open. schema is reduced already. */
typedef void req_put_tool(struct req *q, const struct llm_tool *t, struct slice schema, size_t i);
/* The member "tools", if there are any; strict: how the schema of a strict tool is reduced. */
bool req_tools(struct req *q, enum llm_schema strict, req_put_tool *put, struct err *err);
/* name and description; then {"type":"function","function":{...}} with them (chat, Ollama). */
void req_tool_words(struct req *q, const struct llm_tool *t);
void req_put_function(struct req *q, const struct llm_tool *t, struct slice schema, size_t i);

/* What a dialect writes, in this order; a NULL is left out. */
struct req_parts {
	bool model; /* begins with the model's name (Gemini has it in the path) */
	bool (*tools)(struct req *q, struct err *err);
	void (*system)(struct req *q);
	void (*messages)(struct req *q);
	void (*options)(struct req *q);
};
bool req_build(const struct llm_request *r, const struct req_parts *parts, struct buf *out,
	struct err *err);

bool build_chat(const struct llm_request *r, struct buf *out, struct err *err);
bool build_responses(const struct llm_request *r, struct buf *out, struct err *err);
bool build_anthropic(const struct llm_request *r, struct buf *out, struct err *err);
bool build_gemini(const struct llm_request *r, struct buf *out, struct err *err);
bool build_ollama(const struct llm_request *r, struct buf *out, struct err *err);

#endif
