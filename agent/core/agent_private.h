/*
 * Inside agent/core: the agent, the running task and its calls. One thread (the loop's); workers
 * only ever see a tool_call's ctx, args and result, and the draft while no one else uses it.
 */
#ifndef HOMARD_AGENT_PRIVATE_H
#define HOMARD_AGENT_PRIVATE_H

#include "agent/base/engine.h"
#include "agent/base/json.h"
#include "agent/core/agent.h"
#include "agent/core/items.h"
#include "agent/core/policy.h"
#include "agent/core/repeats.h"
#include "agent/core/rules.h"
#include "agent/draft/stage.h"
#include "agent/tools/tool.h"

#define AGENT_SUBSCRIBERS 8
#define TEXT_LONG (32u << 10)
#define TEXT_DELAY_MS 50 /* streamed text waits at most this long before it is an event */

struct deferred {
	struct deferred *next;
	void (*fn)(void *user);
	void *user;
};

struct agent {
	uv_loop_t *loop;
	const struct places *places;
	const struct clock *clock;
	struct config *config;
	char *front;
	bool interactive, approve_all, closing;
	struct journal *journal;
	struct rules *rules;
	struct draft_ground ground;
	char *helper; /* homard-draft, or NULL */
	char *banner;
	struct strv own; /* Homard's own folders */
	struct engine *instinct, *model;
	struct engine *(*make_engine)(void *user, const char *name); /* tests */
	void *make_user;
	struct {
		agent_event_fn *fn;
		void *user;
	} subs[AGENT_SUBSCRIBERS];
	size_t n_subs;
	uv_async_t wake; /* deferred calls and output of workers */
	struct deferred *deferred, **deferred_tail;
	struct task *task;
	struct strv queue;   /* requests for later */
	char *queue_cwd;
	int64_t *interrupted;
	size_t n_interrupted;
	struct skills *skills; /* loaded at first need */
	struct warming *warming; /* loads them on a worker, or NULL */
	struct strv secrets; /* values that must not be written */
	char *last_run; /* JSON of the newest recipe run, for follow-ups */
	struct err broken; /* the journal cannot be written: no more acts */
};

enum task_phase { TASK_STARTING, TASK_THINKING, TASK_ACTING, TASK_WAITING, TASK_COMMITTING,
	TASK_ENDING };

enum call_state { CALL_ASKED, CALL_STARTING, CALL_RUNNING, CALL_OBSERVING, CALL_WAITING,
	CALL_COMMITTING, CALL_ENDED };

struct tool_call {
	struct task *task;
	int64_t n;
	int turn;
	char *id, *name, *args_text;
	const struct tool *tool; /* NULL: unknown */
	cJSON *args;		 /* NULL: never became valid */
	enum call_state state;
	bool refused, rerun, asked_before, counted;
	bool outside;	   /* shell: for real, agreed to by the person */
	struct strv hosts; /* shell: allowed for this command */
	bool effects_known, committed; /* found in the journal after a crash */
	bool begun_before; /* found begun after a crash: not repeated */
	int64_t begun_mono, ran_mono;
	struct tool_ctx ctx;
	struct tool_result result;
	bool ok;
	struct err err;
	volatile bool cancelled;
	void *start_state;
	struct effects *effects;
	char *note; /* added to the result for the engine */
	/* output of workers, guarded by lock */
	uv_mutex_t lock;
	struct buf output;
	bool output_signalled;
	uv_work_t work;
	bool worker_busy;
};

enum pending_kind { PEND_NONE, PEND_EFFECTS, PEND_BEFORE, PEND_NETWORK, PEND_FINAL, PEND_BRAKE, PEND_BUDGET };
struct pending { /* the one open approval of a task */
	enum pending_kind kind;
	int64_t approval;
	struct tool_call *call;	 /* NULL: FINAL, BRAKE, BUDGET */
	struct effects *effects; /* borrowed from the call or the task */
	char *typed, *always;
	int brake;
	bool asked_since_shown;
};

struct brakes {
	int64_t steps, max_steps;
	int64_t work_ms, max_work_ms, clock_from; /* clock_from 0: waiting, does not count */
	int64_t tokens, max_tokens, max_day_tokens;
	double cost, max_cost, max_day_cost, warn;
	double day_cost; /* of all tasks, read before each turn */
	int64_t max_repeat, repeat; /* of the call that is about to begin */
	struct repeats repeats;
	double last_cost; /* of the newest reply */
	bool told_unpriced;
	double warned; /* a request up to this cost was allowed */
};

struct task {
	struct agent *agent;
	int64_t n;
	char *request, *cwd, *mode, *model, *recipe, *plan, *taint;
	char *skill; /* whose recipe ran or whose text was read last: what usage is counted for */
	struct engine *engine;
	enum task_phase phase;
	int turn;
	int64_t last_call, last_approval, last_commit, last_ask;
	struct items items;
	size_t items_due; /* events of them that are being written */
	bool matched, recipe_fits; /* what agent_recipe_fits said of the request */
	struct tool_call **calls; /* of this turn, in order */
	size_t n_calls, cap_calls;
	struct draft *draft;
	struct pending pending;
	struct effects final_effects;
	struct strv words; /* what the newest effects mean: "branch feature loses 3 commits" */
	struct brakes brakes;
	/* streamed text not yet an event */
	struct buf text, reasoning;
	bool text_any, reasoning_any;
	size_t text_sent; /* bytes of the open message that are events */
	uv_timer_t *text_timer, *time_timer;
	/* what the engine said at the end of this turn */
	bool thinking, end_seen, time_up;
	enum engine_end end_how;
	struct err end_err;
	bool stopping, stop_hard, refused_any, lease;
	bool commit_failed; /* the newest one: what was decided could not be done */
	bool refused_by_person; /* the newest act was */
	bool engine_failed; /* its last turn failed: the task did */
	bool for_good;	    /* the next commit keeps no undo */
	bool steered;	    /* words came while the engine spoke */
	bool budget_refused;
	int64_t begun_mono;
	void (*started)(void *user, int64_t task, const struct err *err);
	void *started_user;
	uv_work_t work;
	struct commit_job *job;
	int64_t question_call; /* ask number -> call */
	struct tool_call *asking;
	bool work_busy;
	char *next_model; /* applies from the next turn */
};

/* --- emit.c: events out --- */
/* spec: "name:t ..." with t = i (int64_t), o (the same, negative left out), s (const char *, NULL left out), b (int), d (double,
 * negative left out), j (const char *, raw JSON, NULL left out). body.p NULL: none. */
void emit(struct agent *a, int64_t task, enum event_kind kind, struct slice body,
	const char *spec, ...);
/* then(user) once it is written (and fsynced for durable kinds), on the loop. If the journal
 * cannot be written the task ends and then is not called. */
void emit_then(struct task *t, enum event_kind kind, struct slice body, void (*then)(void *user),
	void *user, const char *spec, ...);
/* An event from outside the task loop, e.g. an undo; delivered like any other. then (may be
 * NULL) is called once it is written, or could not be. */
void agent_append(struct agent *a, const struct journal_entry *e, void (*then)(void *user),
	void *user);
void agent_deliver(struct agent *a, const struct event *ev);
#define NO_BODY ((struct slice){ NULL, 0 })

/* --- task.c --- */
void task_think(struct task *t);
void task_finish(struct task *t, const char *state, const char *reason, int exit);
void task_fail(struct task *t, const struct err *err);
void task_state(struct task *t, const char *state);
void task_clock_stop(struct task *t); /* waiting for the person does not count */
void task_clock_go(struct task *t);
void task_free(struct task *t);
bool task_open_draft(struct task *t, struct err *err) MUST_CHECK;
struct task *task_new(struct agent *a, const char *cwd, const char *mode);
void agent_answer_nothing(struct task *t);
/* The journal cannot be written and the engine is silent: the task is over without an event. */
void task_end_unwritten(struct agent *a);
void agent_warm_model(struct agent *a);
/* What would work without a network, as a sentence; owned, NULL: nothing near. */
char *agent_offer_recipes(struct agent *a, const char *request, const char *cwd);
const char *agent_last_run(struct agent *a); /* JSON, or NULL */
void agent_engines_finish(struct agent *a);
bool agent_skill_text(struct agent *a, const char *name, struct buf *out, struct err *err);
void agent_next_queued(struct agent *a);
void task_choose_engine(struct task *t, const char *engine, const char *model);

/* --- sink.c --- */
extern const struct engine_sink task_sink;
void task_flush_text(struct task *t, bool end);

/* --- calls.c --- */
struct tool_call *call_add(struct task *t, int64_t n, const char *id, const char *tool,
	struct slice args);
void call_free(struct tool_call *c);
void task_pump(struct task *t);
void call_end(struct tool_call *c, enum call_outcome outcome);
void call_fail(struct tool_call *c, enum call_outcome outcome, const char *sentence);
void call_run(struct tool_call *c);
void prepare_resumed_call(struct tool_call *c);
void call_drain_output(struct tool_call *c);

/* --- act.c, commit.c, pending.c --- */
void act_observe(struct tool_call *c); /* after an act ran: list its effects, then decide */
void act_decide(struct tool_call *c);
void task_final(struct task *t); /* draft mode: decide once at the end */
void commit_start(struct task *t, struct tool_call *c, struct effects *e, bool *take /* owned */);
void drop_start(struct task *t, struct tool_call *c);
void commit_continue(struct task *t, struct tool_call *c);
void pending_ask(struct task *t, enum pending_kind kind, struct tool_call *c, struct effects *e,
	const struct policy_answer *p, const char *question, const char *command);
void pending_clear(struct task *t);
void pending_resolve(struct task *t, const struct decision_opts *o);

/* --- shell_ask.c: what a draft cannot show is asked for by the command itself --- */
/* False when the person is asked first, or the call was refused. */
bool shell_may_begin(struct tool_call *c);
/* True when it failed for want of a host and the person is asked to allow it. */
bool shell_wants_network(struct tool_call *c);
bool shell_is_local(const struct tool_call *c);
void shell_allow_hosts(struct tool_call *c);

/* --- brakes.c --- */
void brakes_init(struct task *t);
/* False when a brake was reached: it asks or ends the task by itself. */
bool brakes_before_turn(struct task *t);
void brakes_watch(struct task *t); /* while thinking: time_up, and the engine is cancelled */
void brakes_time(struct task *t);  /* the time is up: asks or ends the task */
bool brakes_before_call(struct task *t, struct tool_call *c);
bool brakes_request(struct task *t, const struct engine_request *r);
void brakes_usage(struct task *t, const struct engine_usage *u);
void brakes_go_on(struct task *t, int brake);

/* --- fork.c --- */
/* Puts the items of another task, up to a seq (0: all), in front. */
bool fork_items(struct agent *a, int64_t task, int64_t until_seq, struct items *into,
	struct err *err) MUST_CHECK;

/* --- handle.c --- */
/* The text behind "#SEQ", as far as this task may read it. */
bool task_text(struct task *t, int64_t seq, struct buf *out, struct err *err) MUST_CHECK;

/* --- services.c, engines.c, redact.c, recover.c --- */
extern const struct tool_services task_services;
struct engine *agent_engine(struct agent *a, const char *name, struct err *err);
void agent_add_secret(struct agent *a, const char *value);
bool agent_redact(void *user, struct buf *out, struct slice s);
bool agent_recover(struct agent *a, struct err *err) MUST_CHECK;

#endif
