/*
 * A recipe: a typed procedure of tool calls with the ways to ask for it, read from recipe.yaml
 * (format: skills/README.md). Plain data, read directly; made by recipe_load, then constant.
 * A broken file is refused with "file:line: what is wrong, what to do".
 * Limits: RECIPE_BYTES_MAX of text, and the maxima below.
 */
#ifndef HOMARD_RECIPE_H
#define HOMARD_RECIPE_H

#include "agent/base/err.h"
#include "agent/base/json.h"
#include "agent/base/str.h"
#include "agent/base/yaml.h"

#define RECIPE_BYTES_MAX (128u << 10)
#define RECIPE_SLOTS_MAX 12
#define RECIPE_STEPS_MAX 24
#define RECIPE_LINES_MAX 200 /* say lines and words of one language */

/* A sentence in the languages of the program. zh NULL: en is used. */
struct saying {
	char *en, *zh;
};
const char *saying_in(const struct saying *s, const char *language);

struct slot_type;

struct slot_choice {
	char *value;
	struct strv words;
};

struct slot {
	char *name;
	const struct slot_type *type;
	bool required;
	bool statement; /* text: what is asked with "?" is none */
	bool future;    /* dates lie ahead */
	char *fallback; /* default, a template; NULL: none */
	struct saying ask;
	struct strv cue;       /* words before the value that make it this slot's */
	struct strv not_first; /* text: words it cannot begin with */
	struct strv ext;       /* path: the endings it may have; none: any */
	bool folders;          /* path with ext: a folder is fine too */
	struct strv not_with;  /* text: words it cannot contain (and what means the same) */
	struct strv strip;     /* text: phrases at its ends that are not part of it */
	int64_t min, max;      /* numbers; words of a text */
	struct slot_choice *choices;
	size_t n_choices;
	int line;
};

struct words { /* a class of the recipe's own vocabulary */
	char *name;
	struct strv list;
};

struct guard {
	char *kind;              /* exists, is_folder, not_empty, count, free_space, that */
	char *arg;               /* template: a path, or a condition for "that" */
	char *need;              /* template of a number or size; NULL */
	struct saying otherwise; /* said when it fails; en NULL: the guard's own sentence */
	int line;
};

struct step {
	char *id, *tool;
	cJSON *args;        /* strings are templates */
	char *each;         /* template of an array: one call for each, as ${item} */
	char *when;         /* condition */
	struct saying ask;  /* a question before the step; answer no skips */
	struct saying text; /* plan line */
	bool may_fail;
	int line;
};

struct result {
	char *when;
	struct saying text;
	char *list;         /* template of an array told line by line */
	struct saying item; /* one line */
	char *of;           /* template: how many there are when the list holds fewer; NULL */
	int64_t max;
};

struct recipe_test {
	char *say;
	char *language;
	cJSON *slots;
	bool none; /* must not match */
	int line;
};

struct recipe {
	char *name, *file, *skill, *dir;
	struct saying summary, example;
	bool effects; /* changes files or knowledge */
	bool trusted;
	struct words *words;
	size_t n_words;
	struct strv say;  /* patterns of all languages */
	struct strv also; /* words that change nothing */
	struct strv evidence; /* concepts and slots that name it together: evidence.h */
	struct slot *slots;
	size_t n_slots;
	struct guard *before, *after;
	size_t n_before, n_after;
	struct step *steps;
	size_t n_steps;
	struct result *results;
	size_t n_results;
	struct recipe_test *tests; /* only with RECIPE_WITH_TESTS */
	size_t n_tests;
};

#define RECIPE_WITH_TESTS 1u

/* Reads and checks; NULL with err. */
struct recipe *recipe_load(const char *path, unsigned flags, struct err *err);
struct recipe *recipe_parse(
	struct slice text, const char *name, unsigned flags, struct err *err);
void recipe_destroy(struct recipe *r);
const struct slot *recipe_slot(const struct recipe *r, const char *name);

#endif
