/*
 * Events: the words of the journal, shared by everyone. An event is an immutable fact; panes,
 * history, `run --json`, recovery and audit are folds over them. Kinds are only ever added.
 *
 * The table below is the truth: name, what its body is, and its facts (JSON members). `call`,
 * `approval`, `commit`, `ask` are numbers counted within the task from 1. Paths in facts and
 * bodies are JSON strings; bytes that are not UTF-8 are spelled \xHH (path_text in this header).
 */
#ifndef HOMARD_EVENT_H
#define HOMARD_EVENT_H

#include "agent/base/str.h"

/* BYTES are not text: not searched, not redacted, not printed; --json tells their hash. */
enum event_body { BODY_NONE, BODY_TEXT, BODY_JSON, BODY_BYTES };

/* X(id, name, body, durable, facts) - durable events are on disk (FULL) before anything follows. */
#define EVENT_KINDS(X)                                                                             \
	/* --- the task --- */                                                                     \
	X(REQUEST, "request", BODY_TEXT, 1,                                                        \
		"engine mode cwd model? parent? parent_seq?; body: the person's words")               \
	X(STATE, "state", BODY_NONE, 0,                                                            \
		"state: thinking|acting|waiting|committing|done|failed|stopped, reason?, exit?, "  \
		"ms?, cost?; done, failed and stopped end the task, each task has exactly one")    \
	X(STEER, "steer", BODY_TEXT, 0, "words given to the running task")                         \
	X(QUEUE, "queue", BODY_TEXT, 0, "words kept for when the task has ended")                  \
	X(ENGINE, "engine", BODY_NONE, 0, "engine model? recipe? reason: who decides from here on")\
	X(MODE, "mode", BODY_NONE, 0, "mode: step|draft|auto|read-only, by")                       \
	X(RECOVERED, "recovered", BODY_NONE, 1, "what: interrupted|commit|undo, commit?; at start")\
	/* --- the engine speaks --- */                                                            \
	X(TEXT, "text", BODY_TEXT, 0,                                                              \
		"turn, end?, cut?: a piece of the answer; end closes the message, cut says that "  \
		"its reply broke off and does not count")                                          \
	X(REASONING, "reasoning", BODY_TEXT, 0, "turn, end?, cut?")                                \
	X(TURN, "turn", BODY_JSON, 1,                                                              \
		"turn engine model? stop?; body: what the engine must get back next time "         \
		"(opaque to everyone else)")                                                       \
	X(PLAN, "plan", BODY_JSON, 0,                                                              \
		"by: engine|recipe|person; body: [{id,text,state: todo|now|done|skipped|failed}]") \
	/* --- acts --- */                                                                         \
	X(CALL, "call", BODY_JSON, 0, "call turn tool risk id? step?; body: the arguments")        \
	X(CALL_BEGUN, "call_begun", BODY_NONE, 1, "call: the act starts now")                      \
	X(OUTPUT, "output", BODY_TEXT, 0, "call: live output, sanitised text")                     \
	X(CALL_DONE, "call_done", BODY_TEXT, 1,                                                    \
		"call outcome: done|failed|refused|stopped, ms, summary, exit?, bytes?; "          \
		"body: the result the engine gets")                                                \
	X(IMAGE, "image", BODY_BYTES, 0,                                                           \
		"call type width height bytes: a picture the call read; body: the file's bytes")   \
	X(EFFECTS, "effects", BODY_JSON, 0,                                                        \
		"call n create modify delete replace perm move bytes red? unpreviewed?; "          \
		"body: [{n,kind,path,from?,bytes,count,was?,type,red?:[..],note?,text?}]")         \
	X(RAN, "ran", BODY_TEXT, 0,                                                                \
		"call summary exit?: the act ran in the draft and waits for a decision; "          \
		"body: its result, in case the program ends meanwhile")                            \
	X(DIFF, "diff", BODY_TEXT, 0, "call n: unified diff of effect n, for the small text ones")  \
	/* --- decisions --- */                                                                    \
	X(APPROVAL, "approval", BODY_JSON, 1,                                                      \
		"approval call? why: [..], red taint? typed?; body: {effects:[n..],question,"      \
		"command?,rule?}")                                                                 \
	X(DECISION, "decision", BODY_JSON, 1,                                                      \
		"approval call? decision: take|part|edit|refuse|stop|drop, by: "                   \
		"person|rule|flag|default, rule?; body: {take:[n..],words?,command?}")             \
	X(QUESTION, "question", BODY_TEXT, 1, "ask call choices?: [..]")                           \
	X(ANSWER, "answer", BODY_TEXT, 1, "ask call")                                              \
	X(RULE, "rule", BODY_JSON, 1, "op: add|remove|used, id, by")                               \
	/* --- commit and undo --- */                                                              \
	X(COMMIT_BEGUN, "commit_begun", BODY_NONE, 1, "commit call? n stage")                      \
	X(COMMIT_DONE, "commit_done", BODY_JSON, 1,                                                \
		"commit call? n bytes undoable: bool, stage; body: [{kind,path,from?,bytes}]")     \
	X(COMMIT_FAILED, "commit_failed", BODY_JSON, 1,                                            \
		"commit call? why: conflict|io|space; body: [{path,why}]")                         \
	X(UNDONE, "undone", BODY_JSON, 1, "commit n kept: conflicts kept beside; body as commit_done") \
	X(REDONE, "redone", BODY_JSON, 1, "commit n; body as commit_done")                         \
	X(FORGOTTEN, "forgotten", BODY_NONE, 1, "commit bytes: can no longer be undone")           \
	X(OUTSIDE, "outside", BODY_JSON, 1, "call what: network|mail|desktop|unpreviewed host?; "  \
		"an effect that cannot be undone")                                                 \
	/* --- model traffic and money --- */                                                      \
	X(MODEL_REQUEST, "model_request", BODY_JSON, 1,                                            \
		"turn provider model host bytes tokens_est? window? cost_est?; body: the exact "   \
		"request, pictures named by their event")                                         \
	X(MODEL_REPLY, "model_reply", BODY_NONE, 0, "turn status ms first_ms? bytes stop?")        \
	X(USAGE, "usage", BODY_NONE, 1,                                                            \
		"turn provider model input output cache_read cache_write reasoning cost? skill? "  \
		"estimated?")                                                                      \
	X(RETRY, "retry", BODY_NONE, 0, "turn wait_ms attempt why model?: waiting before a retry") \
	X(BRAKE, "brake", BODY_NONE, 1, "brake: steps|time|repeat|tokens|day|money, value limit "  \
		"decision?: a limit was reached")                                                  \
	X(COMPACT, "compact", BODY_TEXT, 1, "from to tokens_before tokens_after; body: summary")   \
	X(TAINT, "taint", BODY_NONE, 0, "source what: untrusted content entered the context")      \
	X(TRUST, "trust", BODY_NONE, 1, "place provider? by: the person trusted it")               \
	/* --- knowledge --- */                                                                    \
	X(MEMORY, "memory", BODY_TEXT, 1,                                                          \
		"op: add|edit|forget|revert, id, origin: person|task|import, trust, old?")         \
	X(RECIPE, "recipe", BODY_JSON, 1, "recipe skill outcome?: matched with its slots")         \
	X(REMINDER, "reminder", BODY_TEXT, 1, "id op: add|done, due")                              \
	/* --- the rest --- */                                                                     \
	X(NOTICE, "notice", BODY_TEXT, 0, "level: info|warn|error, for: person")                   \
	X(INPUT, "input", BODY_TEXT, 0, "draft text of the input, the newest counts")              \
	X(TOMBSTONE, "tombstone", BODY_NONE, 1, "of: seq whose body was removed, by")              \
	X(PROGRAM, "program", BODY_NONE, 0, "op: start|end, version, pid, front")

enum event_kind {
#define X(id, name, body, durable, facts) EV_##id,
	EVENT_KINDS(X)
#undef X
	EV_COUNT
};

struct event_kind_info {
	const char *name;
	enum event_body body;
	bool durable;
	const char *facts; /* for documentation and the table test */
};
extern const struct event_kind_info event_kinds[EV_COUNT];

/* EV_COUNT when unknown (a newer program wrote it). */
enum event_kind event_kind_of(const char *name);

/* One event as read back; all borrowed, valid during the callback. */
struct event {
	int64_t seq;
	int64_t task; /* 0: belongs to no task */
	int64_t time; /* ms since 1970 UTC */
	enum event_kind kind;
	const char *kind_name;
	struct slice facts; /* a JSON object */
	struct slice body;
	bool has_body;	      /* a body was written */
	int64_t body_removed; /* time of the tombstone, or 0 */
	unsigned char body_hash[32];
};

struct buf;
/* Appends the event as one JSON object without newline (DESIGN 12 --json): seq task time kind,
 * the facts as members, and the body as "text" (string), "data" (raw JSON) or "sha256". */
bool event_to_json(struct buf *out, const struct event *ev);

/* Bytes of a path as text for JSON: valid UTF-8 stays, other bytes and backslash-x lookalikes
 * are spelled \xHH. Owned. path_from_text reverses it. */
char *path_text(const char *path);
char *path_from_text(const char *text);

#endif
