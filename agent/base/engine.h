/*
 * What decides the next act: instinct (agent/skill) and models (agent/llm) implement this, the
 * task loop (agent/core) drives it. Engines keep no state between turns: everything they need
 * comes back as items folded from the journal, so that a task continues after kill -9, and may
 * change its engine in the middle.
 *
 * One think() produces one turn: any text, reasoning, plan and calls through the sink, then
 * exactly one end(). A turn without calls ends the task; its text is the answer. Text that came
 * before retry(), or before an end that is not ENGINE_DONE, belongs to a reply that broke off and
 * does not count. Everything on
 * the loop's thread; the sink may be called from within think(); cancel() leads to end() with
 * ENGINE_CANCELLED.
 */
#ifndef HOMARD_ENGINE_H
#define HOMARD_ENGINE_H

#include "agent/base/err.h"
#include "agent/base/str.h"

enum engine_item_kind {
	ITEM_REQUEST, /* the person's words that began the task */
	ITEM_PIPED,   /* data piped in: not the request, untrusted */
	ITEM_TURN,    /* an earlier turn: text is the body the engine gave to sink->turn */
	ITEM_RESULT,  /* a call's result */
	ITEM_STEER,   /* further words of the person while it ran */
	ITEM_NOTE,    /* the core's facts: what was not taken, a brake, a mode change */
	ITEM_SUMMARY  /* compaction: replaces everything between the request and here */
};

enum call_outcome { CALL_DONE, CALL_FAILED, CALL_REFUSED, CALL_STOPPED };

/* A picture a call read. */
struct engine_image {
	const char *type; /* image/png ... */
	struct slice base64;
	int64_t seq; /* of its event */
};

struct engine_item {
	enum engine_item_kind kind;
	int64_t seq; /* of its event: what a handle refers to */
	int turn;
	struct slice text;
	/* ITEM_TURN */
	const char *engine, *model;
	/* ITEM_RESULT */
	int call;
	const char *id; /* the engine's own id of the call, "" if it gave none */
	const char *tool;
	enum call_outcome outcome;
	const struct engine_image *images;
	size_t n_images;
};

/* A tool as offered to an engine. */
struct engine_tool {
	const char *name;
	const char *summary;
	const char *schema; /* JSON schema of the arguments: {"type":"object",...} */
	bool read_only;
};

struct engine_input {
	int64_t task;
	int turn; /* counted from 1 */
	const char *cwd, *home, *mode, *language;
	const char *model; /* PROVIDER/MODEL, NULL for instinct */
	const char *recipe; /* instinct: the recipe chosen at the start, or NULL: match */
	const struct engine_item *items;
	size_t n_items;
	const struct engine_tool *tools;
	size_t n_tools;
	const char *plan;	/* JSON of the present plan, or NULL */
	const char *constraints; /* pinned words that are never summarised, or NULL */
	const char *memory;	/* what was recalled for this request, or NULL */
	const char *last_run;	/* instinct: the newest recipe run as JSON {recipe,slots}, or NULL */
	int64_t now_ms;
};

struct engine_usage {
	const char *provider, *model;
	int64_t input, output, cache_read, cache_write, reasoning; /* normalised; -1 unknown */
	double cost; /* < 0 unknown */
	bool estimated; /* the provider did not count, or its reply broke off before it did */
};

struct engine_request {
	const char *provider, *model, *host;
	struct slice body; /* exact, but for pictures: "#SEQ" names the event with their bytes */
	int64_t bytes;	   /* as sent */
	int64_t tokens_est;
	int64_t window; /* tokens the model takes; 0: this request is none of the task's own */
	double cost_est; /* of the input alone; < 0 unknown */
};

struct engine_retry {
	int64_t wait_ms;
	int attempt;
	const char *why;   /* a sentence */
	const char *model; /* the next one in the chain, or NULL: the same */
};

enum engine_end { ENGINE_DONE, ENGINE_FAILED, ENGINE_CANCELLED };

struct engine_sink {
	/* An empty piece: nothing follows for a while, show what there is. */
	void (*text)(void *user, struct slice piece);
	void (*reasoning)(void *user, struct slice piece);
	/* JSON array of {id,text,state}. */
	void (*plan)(void *user, const char *json);
	/* id may be NULL. args is a JSON object, or NULL bytes when it never became valid: then
	 * the call is answered with an error and never executed. */
	void (*call)(void *user, const char *id, const char *tool, struct slice args);
	/* JSON to get back in ITEM_TURN, before end(). Once; again for each time the provider
	 * paused and wants its own words back before it goes on: those are items of the same turn,
	 * in order, without calls. */
	void (*turn)(void *user, struct slice json, const char *stop);
	/* About to send. Return false to not send (budget): then end(ENGINE_FAILED, ERR_LIMIT). */
	bool (*request)(void *user, const struct engine_request *r);
	void (*reply)(void *user, int status, int64_t ms, int64_t first_ms, int64_t bytes);
	void (*usage)(void *user, const struct engine_usage *u);
	void (*retry)(void *user, const struct engine_retry *r);
	/* level "info", "warn", "error"; a translated sentence. */
	void (*notice)(void *user, const char *level, const char *sentence);
	/* The engine summarised items up to seq. */
	void (*compact)(void *user, int64_t from, int64_t to, struct slice summary,
		int64_t tokens_before, int64_t tokens_after);
	/* instinct: the recipe that runs, with its slots as JSON. */
	void (*recipe)(void *user, const char *name, const char *skill, const char *slots);
	void (*end)(void *user, enum engine_end how, const struct err *err);
};

struct engine; /* each implementation embeds this first */
struct engine_ops {
	const char *name; /* "instinct", "model" */
	bool (*think)(struct engine *e, const struct engine_input *in,
		const struct engine_sink *sink, void *user, struct err *err);
	void (*cancel)(struct engine *e);
	/* Skip the present retry wait; may be NULL. */
	void (*hurry)(struct engine *e);
	void (*destroy)(struct engine *e);
};
struct engine {
	const struct engine_ops *ops;
};

#endif
