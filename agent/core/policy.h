/*
 * What may happen without asking (DESIGN 8). A decision is data: facts in, verdict out; no
 * files, no clock, no globals. Deny > ask > allow, most specific place first. Text analysis may
 * only raise risk; only observed effects lower it.
 */
#ifndef HOMARD_POLICY_H
#define HOMARD_POLICY_H

#include "agent/draft/effects.h"

struct rules; /* agent/core/rules.h; may be NULL: only the built-in policy */

enum verdict { VERDICT_ALLOW, VERDICT_ASK, VERDICT_DENY };

struct policy_question {
	const struct effects *effects; /* NULL: asked before a command that cannot be previewed */
	const char *tool;
	const char *actor; /* "instinct", "model", "schedule" */
	const char *mode;
	const char *home, *cwd;
	const char *command;	      /* shell's words, or NULL */
	const char *const *hosts;     /* network wanted, NULL-terminated or NULL */
	const char *unpreviewed;      /* why it cannot be previewed, or NULL */
	const char *taint;	      /* source of untrusted content in the context, or NULL */
	bool no_sandbox;	      /* nothing protects: everything asks */
	int64_t now_ms;
};

struct policy_answer {
	enum verdict verdict;
	bool red;
	bool forced;	    /* a rule of the person asks: no rule can allow it */
	char *typed;	    /* the word to type for a catastrophe, or NULL; owned */
	struct strv why;    /* translated sentences */
	char *rule;	    /* id of the rule that decided, or NULL; owned */
	char *always;	    /* JSON of the rule "always" would write, or NULL; owned */
};

void policy_decide(const struct rules *rules, const struct policy_question *q,
	struct policy_answer *ret);
void policy_answer_finish(struct policy_answer *a);

#endif
