/*
 * The one YAML reader (libyaml, YAML 1.2 core schema) for config, rules, recipes, themes and
 * SKILL.md front matter. A document becomes a tree of nodes that know their line.
 * Limits: 1 MB of text, depth 32, 50,000 nodes; anchors, aliases and tags are refused.
 */
#ifndef HOMARD_YAML_H
#define HOMARD_YAML_H

#include "agent/base/err.h"
#include "agent/base/str.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
	enum yaml_kind kind;
	int line; /* 1-based */
	bool plain; /* scalar without quotes */
	char *text; /* scalar */
	struct yaml **items; /* list items or map values */
	char **keys; /* map keys, in order */
	int *key_lines;
	size_t n;
};

/* name is used in sentences ("rules.yaml:12: ..."). Duplicate keys are an error. */
struct yaml *yaml_parse(struct slice text, const char *name, struct err *err);
struct yaml *yaml_load(const char *path, struct err *err);
void yaml_tree_free(struct yaml *y); /* NULL is fine */
/* Inline: libyaml exports a function of this name, which ours would replace in it. */
static inline void
yaml_free(struct yaml *y)
{
	yaml_tree_free(y);
}
static inline void
yaml_free_(struct yaml **p)
{
	yaml_free(*p);
}
#define autoyaml __attribute__((cleanup(yaml_free_)))

/* Map member or NULL; NULL for other kinds. */
struct yaml *yaml_get(const struct yaml *y, const char *key);
/* Scalar text or fallback; plain null and ~ give the fallback. */
const char *yaml_str(const struct yaml *y, const char *key, const char *fallback);
bool yaml_bool(const struct yaml *y, const char *key, bool fallback);
int64_t yaml_i64(const struct yaml *y, const char *key, int64_t fallback);
/* A scalar or a list of scalars as strings. */
void yaml_strings(const struct yaml *y, const char *key, struct strv *out);
/* Refuses keys that are not in the NULL-terminated list: "file:line: unknown key ..., known: ...". */
bool yaml_check_keys(const struct yaml *y, const char *name, const char *const *known,
	struct err *err) MUST_CHECK;

#endif
