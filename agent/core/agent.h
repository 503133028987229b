/*
 * The assistant itself, without a screen: verbs in, events out. Several front ends (screen, line
 * mode, run) drive the same core. Everything on the loop's thread. Events reach subscribers after
 * they were written to the journal, in order; a subscriber must not call the verbs from inside
 * the callback except through agent_defer.
 */
#ifndef HOMARD_AGENT_H
#define HOMARD_AGENT_H

#include <uv.h>
#include "agent/base/clock.h"
#include "agent/base/err.h"
#include "agent/base/event.h"
#include "agent/base/path.h"
#include "agent/core/config.h"
#include "agent/store/journal.h"

struct engine;
struct agent; /* opaque */

struct agent_opts {
	uv_loop_t *loop;
	const struct places *places;
	const struct clock *clock;
	struct config *config;
	const char *front; /* "screen", "line", "run": for the journal */
	/* A person can be asked. False (headless): what needs a decision is refused, or taken
	 * when approve_all. */
	bool interactive;
	bool approve_all;
	/* Tests: makes the engine "instinct" or "model" instead of the real ones. */
	struct engine *(*make_engine)(void *user, const char *name);
	void *make_user;
};

/* Opens the journal, runs recovery (stages, interrupted tasks), loads rules and skills. */
bool agent_create(const struct agent_opts *o, struct agent **ret, struct err *err) MUST_CHECK;
/* Ends children, releases leases, flushes. NULL is fine. */
void agent_destroy(struct agent *a);
struct journal *agent_journal(struct agent *a);

typedef void agent_event_fn(void *user, const struct event *ev);
void agent_subscribe(struct agent *a, agent_event_fn *fn, void *user);
/* Runs fn on the next turn of the loop. */
void agent_defer(struct agent *a, void (*fn)(void *user), void *user);

/* After the first frame or prompt: reads on workers what the first request needs (skills, and where
 * a model is set its library and table). Optional; nothing wakes up afterwards. */
void agent_warm(struct agent *a);

/* Would a recipe, or what follows up the last one, take these words? Asks nobody. */
bool agent_recipe_fits(struct agent *a, const char *request, const char *cwd);

struct submit {
	const char *text;
	const char *cwd;
	const char *engine; /* NULL: choose (DESIGN 12), "instinct", "model" */
	const char *model;  /* NULL: model.default */
	const char *mode;   /* NULL: config */
	struct slice piped; /* untrusted data beside the request */
	int64_t fork_task, fork_seq; /* continue from there as a new task; 0: no */
};
/* started is called once with the task number (or 0 and err). One task runs at a time per
 * agent; while one runs this is ERR_USAGE (use agent_steer or agent_queue). */
bool agent_submit(struct agent *a, const struct submit *s,
	void (*started)(void *user, int64_t task, const struct err *err), void *user,
	struct err *err) MUST_CHECK;
/* Goes on with an interrupted, stopped or failed task. model: PROVIDER/MODEL from here on; NULL: the
 * one it had, or model.default where that one failed. */
bool agent_resume(struct agent *a, int64_t task, const char *model, struct err *err) MUST_CHECK;
/* A task runs, or is about to (it may not have its number yet). */
bool agent_busy(struct agent *a);
/* The running task, or 0. */
int64_t agent_running(struct agent *a);
bool agent_steer(struct agent *a, const char *text, struct err *err) MUST_CHECK;
bool agent_queue(struct agent *a, const char *text, struct err *err) MUST_CHECK;
/* hard: kill at once. */
void agent_stop(struct agent *a, bool hard);
/* Is it a mode, or written as a model? Else a sentence. */
bool agent_check_mode(const char *mode, struct err *err) MUST_CHECK;
bool agent_check_model(const char *model, struct err *err) MUST_CHECK;
bool agent_set_mode(struct agent *a, const char *mode, struct err *err) MUST_CHECK;
/* Applies from the next turn. "instinct" or PROVIDER/MODEL. */
bool agent_set_model(struct agent *a, const char *model, struct err *err) MUST_CHECK;
/* The person edits the plan: JSON as in PLAN. The engine is told. */
bool agent_set_plan(struct agent *a, const char *json, struct err *err) MUST_CHECK;
/* Skip the countdown of a retry. */
void agent_hurry(struct agent *a);

enum decision { DECIDE_TAKE, DECIDE_PART, DECIDE_EDIT, DECIDE_REFUSE, DECIDE_DROP, DECIDE_STOP };
struct decision_opts {
	enum decision decision;
	const int64_t *take; /* effect numbers n for DECIDE_PART */
	size_t n_take;
	const char *words;   /* DECIDE_REFUSE: told to the engine; DECIDE_EDIT: the new command */
	const char *typed;   /* what was typed where a typed confirmation is wanted */
	bool for_good;	     /* take, and forget the undo data at once */
	const char *by;	     /* "person" unless set */
};
bool agent_decide(struct agent *a, int64_t task, int64_t approval, const struct decision_opts *o,
	struct err *err) MUST_CHECK;
/* "Always": keeps a rule (JSON of an APPROVAL's rule, or the person's own). ret_id owned. */
bool agent_add_rule(struct agent *a, const char *json, char **ret_id, struct err *err) MUST_CHECK;
bool agent_remove_rule(struct agent *a, const char *id, struct err *err) MUST_CHECK;
/* Visits the person's rules as they hold now; view is a struct rule_view (rules.h). */
struct rule_view;
void agent_rules(struct agent *a, void (*fn)(void *user, const struct rule_view *view), void *user);
/* How many effects of the newest 2,000 acts it would have spoken about; up to max of their
 * paths are appended to out, one a line. */
size_t agent_rule_past(struct agent *a, const char *json, size_t max, struct buf *out);
/* Answers an ask_user question. */
bool agent_answer(struct agent *a, int64_t task, int64_t ask, const char *text, struct err *err)
	MUST_CHECK;
/* Text diff of effect n of the open approval (or of a committed one); owned through out. */
bool agent_diff(struct agent *a, int64_t task, int64_t call, int64_t n, struct buf *out,
	struct err *err) MUST_CHECK;

/* Undo/redo of a task (commit 0: all its commits, newest first) or one commit ("TASK:STEP").
 * Runs on a worker; done on the loop. keep: see stage.h. */
typedef void agent_undo_fn(void *user, size_t n, const char *sentence, const struct err *err);
bool agent_undo(struct agent *a, int64_t task, int64_t commit, bool keep, agent_undo_fn *done,
	void *user, struct err *err) MUST_CHECK;
bool agent_redo(struct agent *a, int64_t task, int64_t commit, bool keep, agent_undo_fn *done,
	void *user, struct err *err) MUST_CHECK;
bool agent_forget(struct agent *a, int64_t task, int64_t commit, agent_undo_fn *done, void *user,
	struct err *err) MUST_CHECK;

/* Small facts outside tasks (input drafts, trust, rules, notices): append with any kind. */
void agent_note(struct agent *a, enum event_kind kind, const char *facts, const char *body);
/* Tasks found interrupted at start, NULL-free list of numbers; count in *n. */
const int64_t *agent_interrupted(struct agent *a, size_t *n);
/* A permanent banner (no sandbox ...), or NULL. Translated. */
const char *agent_banner(struct agent *a);

/* For journals that are opened without an agent: what looks like a key is removed. */
bool agent_redact_shapes(void *unused, struct buf *out, struct slice s);

#endif
