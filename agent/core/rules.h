/*
 * The person's rules (rules.yaml): allow, ask or deny, shaped by effect, place and actor, with
 * examples that are checked when they load. Owned by the agent; read at start and when a rule
 * is added or removed by the person; never from below a working folder.
 */
#ifndef HOMARD_RULES_H
#define HOMARD_RULES_H

#include "agent/base/err.h"
#include "agent/core/policy.h"

struct rules; /* opaque */

/* A missing file is an empty list. An example that does not hold stops the start. */
bool rules_load(const char *path, struct rules **ret, struct err *err) MUST_CHECK;
void rules_destroy(struct rules *r);
/* Lets the rules change the built-in answer; NULL rules change nothing. */
void rules_apply(const struct rules *r, const struct policy_question *q, struct policy_answer *a);
/* Adds the rule described by JSON (policy_answer.always) to the file. ret_id owned. */
bool rules_add(struct rules *r, const char *json, char **ret_id, struct err *err) MUST_CHECK;
bool rules_remove(struct rules *r, const char *id, struct err *err) MUST_CHECK;


/* For listing. */
struct rule_view {
	const char *id;
	enum verdict verdict;
	unsigned kinds; /* bit per enum effect_kind */
	const char *below, *actor;
	int64_t until;
	const char *until_text; /* NULL: for ever */
	const struct strv *match, *not_match; /* its examples */
};
typedef void rules_fn(void *user, const struct rule_view *v);
void rules_each(const struct rules *r, rules_fn *fn, void *user);
size_t rules_count(const struct rules *r);
/* Would the rule (JSON) speak about this past effect? For showing it before it is kept. */
bool rule_json_hits(const char *json, const char *home, const char *kind, const char *path,
	const char *from);

#endif
