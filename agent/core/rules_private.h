/* Shared by the files of the rules only. */
#ifndef HOMARD_RULES_PRIVATE_H
#define HOMARD_RULES_PRIVATE_H

#include "agent/base/json.h"
#include "agent/base/yaml.h"
#include "agent/core/rules.h"

#define RULES_MAX 1000
#define RULES_FILE_MAX (1u << 20)

struct rule {
	char *id;
	enum verdict verdict;
	unsigned kinds; /* bit per enum effect_kind */
	char *below;	/* absolute, as written with ~ resolved at use */
	char *actor;	/* any, model, instinct, schedule */
	int64_t until;	/* ms, 0: for ever */
	char *until_text;
	int line;
	struct strv match, not_match; /* "create ~/proj/build/x.o" */
};

struct rules {
	char *path;
	struct rule *v;
	size_t n, cap;
};

/* Home as the examples in the file see it: any fixed place does. */
#define EXAMPLE_HOME "/home/example"

/* rule_hits.c */
int effect_kind_from(const char *name, size_t n); /* -1: none */
/* Does the rule speak about this effect? */
bool rule_hits(const struct rule *r, const char *home, const char *actor, enum effect_kind kind,
	const char *path, const char *from, int64_t now_ms);
size_t rule_depth(const char *place); /* folders deep, to find the most specific one */

/* rule.c */
void rule_clear(struct rule *r);
/* The rule's fields from one YAML map, checked by its own examples; name:line is put before
 * errors. */
bool rule_parse(const struct yaml *y, const char *name, struct rule *ret, struct err *err)
	MUST_CHECK;
/* One list item of the file, from the JSON of policy_answer.always. */
bool rule_to_yaml(const cJSON *o, const char *id, struct buf *b, struct err *err) MUST_CHECK;
bool rule_from_json(const char *json, struct rule *ret, struct err *err) MUST_CHECK;

/* rules.c */
bool rules_parse(struct rules *r, const struct yaml *y, struct err *err) MUST_CHECK;

#endif
