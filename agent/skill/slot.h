/*
 * Slot types: one file each (slots_TYPE.c) with its constant last, one line in slot_table.c.
 * A type finds its values in a request (scan) and reads a person's answer to a question (read).
 * Nothing here looks at a file. Any thread.
 */
#ifndef HOMARD_SLOT_H
#define HOMARD_SLOT_H

#include "agent/base/err.h"
#include "agent/skill/lexicon.h"
#include "agent/skill/recipe.h"

#define VALUES_MAX 400

enum value_op { OP_NONE, OP_OVER, OP_BELOW, OP_SINCE, OP_BEFORE };

/* A stretch of the request that is a value. */
struct value {
	uint16_t i, j;
	const char *kind; /* path, number, size, date, glob, series, text */
	enum value_op op;
	bool soft;   /* may just as well be something else */
	bool file;   /* path: names a file */
	bool named;  /* path: only a name ("my invoices folder"); text is the name */
	bool bare;   /* date: a weekday without "since" */
	bool list;   /* glob: several kinds */
	bool later;  /* date: it can only lie ahead */
	bool phrase; /* date: has its own "since" or the like */
	char *text;  /* as it goes into the slot */
	char *ahead; /* date: the one that lies ahead; NULL: same */
	double num;
	uint8_t typo;
	uint16_t extra; /* cost: how doubtful its beginning is */
};
struct values {
	struct value *v;
	size_t n, cap;
};

/* A name the person gave to a folder (from memory): "invoices" -> path. */
struct alias {
	char *name, *path;
};

struct known_folders {
	char *path[10]; /* by slot_folder_names */
};
extern const char *const slot_folder_names[]; /* "DOWNLOAD" ..., NULL ends */

struct request {
	const struct lexicon *lex;
	struct atoms a;
	struct hits hits;
	struct edges e;
	struct values values;
	int64_t now_ms;
	const char *home, *cwd;
	const struct known_folders *folders;
	const struct alias *aliases;
	size_t n_aliases;
};
void request_init(struct request *r, const char *text, size_t n);
void request_finish(struct request *r);

struct slot_type {
	const char *name;
	const char *kind;    /* of the values it takes */
	const char *summary; /* for skills/README.md and errors */
	/* Adds the values it finds; NULL: another type of the same kind does. */
	void (*scan)(const struct request *r, struct values *out);
	/* Whether a value found goes into this slot. */
	bool (*fits)(const struct slot *s, const struct value *v);
	/* The slot's JSON value for a value found. Owned. */
	cJSON *(*json)(const struct slot *s, const struct value *v);
};
extern const struct slot_type *const slot_types[]; /* NULL ends */
const struct slot_type *slot_type_find(const char *name);

/* A person's answer to the question for slot s; NULL with a sentence. Owned. */
cJSON *slot_read_answer(const struct slot *s, const struct request *r, struct err *err);

struct value *values_add(struct values *v, size_t i, size_t j, const char *kind);
/* The next atom behind the longest edge of the class at i, or 0. */
size_t after_class(const struct request *r, size_t i, int cls);
/* Longest edge at i of a class named prefix...; *ret_name behind the prefix. 0: none. */
size_t after_prefix(const struct request *r, size_t i, const char *prefix,
	const char **ret_name, uint8_t *ret_typo);
/* A number in digits, words or Chinese at i; the next atom, or 0. Measure words not included.
 */
size_t read_number(const struct request *r, size_t i, double *ret);
/* The date n days from now as YYYY-MM-DD. Owned. */
char *date_text(int64_t now_ms, int days);

extern const struct slot_type slot_path, slot_folder, slot_number, slot_size, slot_date,
	slot_glob, slot_series, slot_text, slot_choice;

#endif
