/*
 * A task as a front end sees it: the fold over its events. The same code shows a running task
 * and one from years ago. Plain data, read directly; changed only by fold_apply.
 * Limits: output of one call keeps its last 256 KB here; the journal keeps all.
 */
#ifndef HOMARD_FOLD_H
#define HOMARD_FOLD_H

#include "agent/base/buf.h"
#include "agent/base/event.h"

enum fold_state { FOLD_NONE, FOLD_THINKING, FOLD_ACTING, FOLD_WAITING, FOLD_COMMITTING, FOLD_DONE,
	FOLD_FAILED, FOLD_STOPPED };

enum fold_call_state { FOLD_CALL_ASKED, FOLD_CALL_RUNNING, FOLD_CALL_DONE, FOLD_CALL_FAILED,
	FOLD_CALL_REFUSED, FOLD_CALL_STOPPED };

struct fold_effect { /* as in the EFFECTS body */
	int64_t n;
	char *kind, *path, *from /* of a link: where it leads */, *note;
	char *red; /* comma-joined ids, or NULL */
	uint64_t bytes, was, count;
	char type; /* 'f' file, 'd' folder, 'l' link, 'o' other */
	bool text;  /* a diff can be shown */
	char *diff; /* unified, or NULL: ask agent_diff while it is open */
	bool taken; /* committed */
};

struct fold_call {
	int64_t call, seq, turn;
	char *tool, *args, *risk;
	enum fold_call_state state;
	int64_t begun_ms, ms, exit; /* exit -1: none */
	char *summary, *result;
	struct buf output;
	struct fold_effect *effects;
	size_t n_effects;
	char *sums; /* the facts of EFFECTS as JSON */
	int64_t approval; /* newest, 0: none */
	int64_t commit;	  /* newest committed, 0: none */
	bool undone;
	bool for_good; /* its undo was not kept, or freed */
};

struct fold_approval {
	int64_t approval, call, seq;
	bool open, red;
	char *why;  /* sentences joined by newline */
	char *question, *command, *taint, *typed;
	char *rule; /* JSON of the rule "always" would write, or NULL */
	int64_t *effects; /* numbers */
	size_t n_effects;
	char *decision, *by, *words;
};

struct fold_question {
	int64_t ask, call;
	bool open;
	char *text, *choices /* JSON or NULL */, *answer;
};

struct fold_step {
	char *id, *text, *state;
	int64_t began_ms, ms;
	double cost;
};

enum fold_block_kind { BLOCK_REQUEST, BLOCK_TEXT, BLOCK_REASONING, BLOCK_CALL, BLOCK_APPROVAL,
	BLOCK_QUESTION, BLOCK_STEER, BLOCK_NOTICE, BLOCK_COMMIT, BLOCK_END };
/* The transcript in order. */
struct fold_block {
	enum fold_block_kind kind;
	int64_t seq;	   /* first event */
	int64_t time;
	uint64_t revision; /* changes when its content does */
	bool closed;	   /* nothing will be added */
	bool cut;	   /* its reply broke off: it does not count; the text ends with a mark */
	struct buf text;   /* markdown or sentence; for calls empty */
	size_t index;	   /* into calls, approvals or questions */
	char *level;	   /* notices */
};

struct fold {
	int64_t task, first_seq, last_seq, time, ended;
	char *request, *cwd, *engine, *model, *mode, *recipe, *reason;
	enum fold_state state;
	int exit;
	struct fold_block *blocks;
	size_t n_blocks, cap_blocks;
	struct fold_call *calls;
	size_t n_calls, cap_calls;
	struct fold_call whole; /* what the task would change in all (draft mode); tool NULL: nothing */
	struct fold_approval *approvals;
	size_t n_approvals, cap_approvals;
	struct fold_question *questions;
	size_t n_questions, cap_questions;
	struct fold_step *steps;
	size_t n_steps;
	int64_t tokens_in, tokens_out, tokens_cached;
	/* What the newest request fills of its model's window; window 0: not known. */
	int64_t last_context, window;
	char *asked; /* provider/model of it */
	double cost;
	int64_t retry_until; /* wall ms, 0: none */
	char *retry_why;
	char *taint; /* newest source, or NULL */
	uint64_t revision;
};

struct fold *fold_create(int64_t task);
void fold_destroy(struct fold *f);
/* Events of other tasks are ignored. True when something changed. */
bool fold_apply(struct fold *f, const struct event *ev);
/* The open approval / question, or NULL. */
const struct fold_approval *fold_open_approval(const struct fold *f);
const struct fold_question *fold_open_question(const struct fold *f);
/* call 0: the whole task's changes, decided at its end. */
const struct fold_call *fold_call(const struct fold *f, int64_t call);
bool fold_is_ended(const struct fold *f);
/* Is there a commit that can be taken back? */
bool fold_can_undo(const struct fold *f);
const char *fold_state_word(enum fold_state s); /* translated */

#endif
