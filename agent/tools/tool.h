/*
 * Tools: what an engine may do. One file each (tool_NAME.c) with its constant entry last, one
 * line in tool_table.c. The entry carries name, summary and JSON schema: offers to models, help
 * and the man page come from it.
 *
 * A tool has either run (blocking, called on a worker thread: no journal, no loop) or start
 * (on the loop, answers later through tool_finish). Risk is declared; agent/core decides what
 * it means. Acts (RISK_ACT) only ever change the task's draft.
 */
#ifndef HOMARD_TOOL_H
#define HOMARD_TOOL_H

#include "agent/base/buf.h"
#include "agent/base/clock.h"
#include "agent/base/engine.h"
#include "agent/base/json.h"
#include "agent/draft/draft.h"

enum tool_risk {
	RISK_READ, /* looks only; several may run side by side */
	RISK_ACT,  /* changes the draft; one after another */
	RISK_TALK, /* plan, ask_user, remember, recall: handled by services */
	RISK_SINK  /* sends, or persists outside the task */
};

#define TOOL_CORE (1u << 0)   /* offered to every model, always */
#define TOOL_EXTRA (1u << 1)  /* for recipes, or offered on demand */
#define TOOL_TAINTS (1u << 2) /* its output is untrusted content */

struct tool_call; /* one running call; opaque */

/* What the core lends to a tool. */
struct tool_ctx {
	struct draft *draft;
	const char *cwd, *home, *language;
	const struct clock *clock;
	const struct places *places;
	volatile bool *cancelled;
	/* The engine reads JSON (instinct): result text must be one JSON object. Else plain
	 * text, compact, at most LIMIT_TOOL_RESULT, the rest reachable by offset arguments. */
	bool json;
	size_t max_result;
	/* Live output for the person; any thread; text is sanitised by the core. */
	void (*output)(struct tool_call *call, struct slice piece);
	/* Progress, e.g. files seen; any thread; total 0 = unknown. */
	void (*progress)(struct tool_call *call, uint64_t n, uint64_t total);
	struct tool_call *call;
	/* shell: hosts the person allowed for this one command (NULL-terminated), or NULL. */
	const char *const *hosts;
	/* shell: the person agreed that this command runs for real, without a draft, because it
	 * cannot be previewed (tool_shell_outside() said why). */
	bool outside;
	const struct tool_services *services; /* start tools only */
	uv_loop_t *loop;                      /* start tools only */
};

struct tool_result {
	struct buf text; /* what the engine gets */
	char *summary;   /* one line for the person, translated; owned */
	int exit;        /* -1: none */
	bool failed;     /* the act itself failed; text says why */
	char *taint;     /* source of untrusted content ("web page x", a path), owned or NULL */
	struct effects *effects; /* shell: already listed; owned or NULL */
	char *unpreviewed;       /* JSON array of sentences, owned or NULL */
	struct buf image; /* read: the bytes of a picture, for models that take some; else empty */
	const char *image_type; /* "image/png" ... */
	int image_width, image_height;
	char *hosts; /* shell: JSON array of the hosts it failed to reach, owned or NULL */
};

/* Services the core gives to start tools. */
struct tool_services {
	/* Asks the person; the core finishes the call with the answer. choices: JSON array or
	 * NULL */
	void (*ask)(struct tool_call *c, const char *question, const char *choices);
	/* New plan as JSON [{id,text,state}]. */
	bool (*plan)(struct tool_call *c, const char *json, struct err *err);
	/* Memory; on success the call may be finished at once. id 0: add. text NULL: forget. */
	bool (*remember)(struct tool_call *c, int64_t id, const char *text, int64_t *ret_id,
		struct err *err);
	/* Appends JSON rows [{id,text,time,task}] best first. */
	bool (*recall)(struct tool_call *c, const char *words, size_t limit, struct buf *out,
		struct err *err);
	/* A note/reminder that is due; kept in the journal. */
	bool (*remind)(struct tool_call *c, const char *text, int64_t due_ms, struct err *err);
	/* Text of an earlier body by handle (event seq), for trimmed output. */
	bool (*body)(struct tool_call *c, int64_t seq, struct buf *out, struct err *err);
	/* Skill or recipe by name, for disclosure on demand. */
	bool (*skill)(struct tool_call *c, const char *name, struct buf *out, struct err *err);
	/* Undoes what a task committed (0: the newest other task that can be undone); the core
	 * finishes the call. */
	void (*undo)(struct tool_call *c, int64_t task);
};

struct tool {
	const char *name;
	const char *summary; /* N_(): at most 60 characters; also what models read */
	const char *schema;  /* JSON schema of the arguments, terse */
	const char *returns; /* fields of the JSON result, for recipes: "moved,
				folders:[{name,count}]" */
	enum tool_risk risk;
	unsigned flags;
	/* Fills r; false with err is a failed call (the engine is told err->text). */
	bool (*run)(const struct tool_ctx *c, const cJSON *args, struct tool_result *r,
		struct err *err);
	bool (*start)(const struct tool_ctx *c, const cJSON *args, struct err *err);
	void (*stop)(
		const struct tool_ctx *c, void *state); /* start tools that can be stopped */
};

/* For start tools: exactly once; takes r's contents. state is kept for stop(). */
void tool_finish(struct tool_call *call, struct tool_result *r, const struct err *err);
void tool_set_state(struct tool_call *call, void *state);

extern const struct tool *const tool_table[]; /* sorted by name, NULL-terminated */
const struct tool *tool_find(const char *name);
void tool_result_finish(struct tool_result *r);

/* Argument helpers: a missing or mistyped argument is a sentence that names it. */
const char *tool_arg_str(const cJSON *args, const char *key, struct err *err); /* required */
/* Required path, resolved against cwd and home (path_resolve). Owned. */
char *tool_arg_path(
	const struct tool_ctx *c, const cJSON *args, const char *key, struct err *err);
/* Checks args against the tool's schema: required, types, choices, unknown keys. A number or
 * a boolean given as its text is as good (recipe slots are text). */
bool tool_check_args(const struct tool *t, const cJSON *args, struct err *err) MUST_CHECK;

/* Before a shell command runs: why its doings cannot be previewed ("sudo acts as another
 * user"). Appends a JSON array of translated sentences; returns how many. A guess from words:
 * it may only raise the risk, an empty answer promises nothing. */
size_t tool_shell_outside(const char *command, struct buf *out);

#endif
