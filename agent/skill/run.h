/* A recipe being run by instinct: one turn's worth. Inside agent/skill only. */
#ifndef HOMARD_SKILL_RUN_H
#define HOMARD_SKILL_RUN_H

#include "agent/base/engine.h"
#include "agent/skill/skill.h"
#include "agent/skill/template.h"

struct run {
	const struct skills *skills;
	const struct engine_input *in;
	const struct engine_sink *sink;
	void *user;
	const struct recipe *recipe;
	cJSON *slots;  /* as said, without defaults */
	cJSON *named;  /* slot -> name of a folder still to be found */
	cJSON *values; /* scope of templates: slots with defaults, results, cwd, home, today */
	cJSON *done;   /* ids of steps that ran or were left out, in order */
	size_t step;
	bool begun; /* plan shown, guards held */
	int tries;  /* questions asked in vain */
	bool stop;  /* the person said to stop after this step */
};

struct template_scope run_scope(const struct run *x);
/* Ends the turn with calls made: the state goes into TURN. pending is a JSON object text. */
void run_wait(struct run *x, const char *pending);
/* Ends the task with a sentence. */
void run_say_and_end(struct run *x, const char *text);
void run_fail(struct run *x, enum err_code code, const char *text);
/* Shows the plan; now is the step that runs, failed marks it so. */
void run_plan(struct run *x, size_t now, bool failed);
/* Goes on from where it stands: asks, checks, calls or ends. */
void run_next(struct run *x);
/* Takes what came back for step x->step; true to go on. */
bool run_take_results(struct run *x, int turn);
void run_ask(struct run *x, const char *id, const char *question, const cJSON *choices);
/* The results' text of the call with that id in that turn, NULL when there is none. */
const struct engine_item *run_result(const struct run *x, int turn, const char *id);

/* instinct.c */
struct match_context run_context(const struct run *x);
const struct engine_item *run_request(const struct engine_input *in);
/* Slots with their defaults, and what every template may use. */
void run_make_scope(struct run *x);
void run_ask_for(struct run *x, const struct slot *s, const char *lead, const cJSON *more);
/* Asks memory, then the person, for what is missing; else goes on. */
void run_fill(struct run *x);
void run_take_match(struct run *x, struct match *m);
/* The words of an answer; NULL when nobody answered. Owned. */
char *run_answer(const struct engine_item *it);
/* memory_turns.c: asks memory before a fact is kept; true when it did and the turn has ended. */
bool memory_check(struct run *x);
void memory_on_known(struct run *x, int turn);
void memory_on_contradiction(struct run *x, const cJSON *pending, int turn);
/* instinct_turns.c: goes on from the state of the last turn. */
void run_go_on(struct run *x, const cJSON *state, int turn);

#endif
