/*
 * Settings: one constant table (config_table.c) of every option with default, type, range and
 * one line of help. config.yaml is read strictly: an unknown key stops the start with file, line
 * and what to do. -c section.key=value overrides for one run. The program changes the file only
 * by replacing single lines; comments stay.
 */
#ifndef HOMARD_CONFIG_H
#define HOMARD_CONFIG_H

#include "agent/base/err.h"
#include "agent/base/str.h"

struct buf;
struct config; /* opaque */

enum config_type { CONFIG_STR, CONFIG_BOOL, CONFIG_INT, CONFIG_NUM, CONFIG_CHOICE, CONFIG_LIST,
	CONFIG_SIZE, CONFIG_SECONDS };

struct config_option {
	const char *key; /* "section.name"; "provider.*.kind" for families */
	enum config_type type;
	const char *fallback;
	const char *choices; /* "a|b|c", or NULL */
	const char *help;    /* N_() */
};
extern const struct config_option config_options[]; /* key NULL ends */

/* path may not exist: defaults. */
bool config_load(const char *path, struct config **ret, struct err *err) MUST_CHECK;
void config_destroy(struct config *c);
/* "section.key=value". */
bool config_override(struct config *c, const char *assignment, struct err *err) MUST_CHECK;
/* Borrowed, never NULL; bug() on keys that are not in the table. */
const char *config_str(const struct config *c, const char *key);
bool config_bool(const struct config *c, const char *key);
int64_t config_int(const struct config *c, const char *key);
double config_num(const struct config *c, const char *key);
const struct strv *config_list(const struct config *c, const char *key);
/* Names below a family: "provider." -> openai, mybox ... */
void config_names(const struct config *c, const char *prefix, struct strv *out);
/* True when the person (file or -c) set it. */
bool config_is_set(const struct config *c, const char *key);
/* Replaces or adds the line in the file and in memory. */
bool config_set(struct config *c, const char *key, const char *value, struct err *err) MUST_CHECK;
/* The commented default file. */
void config_defaults(struct buf *out);

#endif
