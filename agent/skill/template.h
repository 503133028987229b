/*
 * Templates in recipes: ${slot}, ${step.field}, ${item.path|tilde}. The scope is one JSON
 * object (slots by name, results by step id, item, cwd, home, today). A text that is one single
 * ${...} without filters keeps the JSON type. Filters: the constant table in template.c.
 * Conditions: "a.b > 3", "not ${x}", "x == text", "a or b"; an operand is a template path or a literal.
 */
#ifndef HOMARD_TEMPLATE_H
#define HOMARD_TEMPLATE_H

#include "agent/base/err.h"
#include "agent/base/json.h"

#define TEMPLATE_OUT_MAX (1u << 20)

struct template_scope {
	const cJSON *values;
	const char *home, *language;
	int64_t now_ms;
};

/* Syntax and filter names only. */
bool template_check(const char *text, struct err *err) MUST_CHECK;
/* Owned text; unknown names become "". NULL with err when it grows too large. */
char *template_text(const char *text, const struct template_scope *s, struct err *err);
/* Owned JSON; args' strings filled in at every depth. NULL members (an optional slot without a
 * value) are left out of objects. */
cJSON *template_json(const cJSON *args, const struct template_scope *s, struct err *err);
/* The JSON value a single "${...}" names, borrowed, or NULL. */
const cJSON *template_value(const char *text, const struct template_scope *s);
bool template_true(const char *condition, const struct template_scope *s);

#endif
