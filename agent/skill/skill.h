/*
 * Skills: folders with SKILL.md (Agent Skills format), perhaps with recipe.yaml. Front matter
 * is read leniently, so that what others read is read here too; what the format forbids is told
 * separately, as problems. Nothing of a skill is executed here.
 *
 * Shipped skills lie in share/skills, the person's in data/skills. Those are untrusted data
 * until pinned: the hash over all their files is kept in data/skills/pins.yaml, and a skill
 * whose files have changed since is not used until it is pinned again.
 * Limits: 1 MB for SKILL.md, 500 skills per folder, 256 files and 8 MB per skill for the hash.
 */
#ifndef HOMARD_SKILL_H
#define HOMARD_SKILL_H

#include "agent/base/path.h"
#include "agent/skill/match.h"
#include "agent/skill/recipe.h"

#define SKILL_MD_MAX (1u << 20)
#define SKILLS_MAX 500

enum skill_front { FRONT_OK, FRONT_NONE, FRONT_UNTERMINATED, FRONT_YAML_ERROR };

struct skill_problem {
	char *id;       /* "name-missing" */
	char *sentence; /* what is wrong and what to do, translated */
};

/* What SKILL.md says. */
struct skill_doc {
	enum skill_front front;
	bool bom, crlf;
	bool salvaged; /* the YAML was broken; its simple lines were read one by one */
	char *yaml_error;
	cJSON *fields;     /* front matter; an empty object when there is none */
	char *name;        /* else the folder's */
	char *description; /* "" when missing */
	char *body;
	struct skill_problem *problems;
	size_t n_problems, cap_problems;
};
/* SKILL.md of a folder, or skill.md where only that is there. Owned. */
char *skill_md_path(const char *dir);
/* dir: the folder's name, for the rule that the skill is called like it; may be NULL. */
struct skill_doc *skill_doc_parse(struct slice text, const char *dir);
struct skill_doc *skill_doc_load(const char *path, struct err *err);
void skill_doc_destroy(struct skill_doc *d);
bool skill_doc_strict(const struct skill_doc *d); /* no problem at all */
/* One line of JSON: path, dir, bom, crlf, state, fields, problems, valid. */
void skill_doc_to_json(const struct skill_doc *d, const char *path, struct buf *out);

enum skill_source { SKILL_SHIPPED, SKILL_PERSON };

struct skill {
	char *name, *dir, *file;
	char *description;
	enum skill_source source;
	char hash[65];
	bool pinned;           /* shipped, or the pin fits */
	bool changed;          /* a pin is there and does not fit */
	struct recipe *recipe; /* or NULL */
	char *recipe_error;    /* why recipe.yaml could not be used */
};

struct skills {
	struct skill *v;
	size_t n, cap;
	struct matcher *matcher; /* with all usable recipes */
	struct followup_words *followup; /* followup.h, or NULL */
};

/* Reads all skills; broken ones are kept with their error, never fatal. Owned. */
struct skills *skills_load(const struct places *p, unsigned flags);
void skills_destroy(struct skills *s);
const struct skill *skills_find(const struct skills *s, const char *name);
const struct skill *skills_find_recipe(const struct skills *s, const char *recipe);
/* Adds one folder (for `recipe test PATH`). */
bool skills_add_folder(
	struct skills *s, const char *dir, unsigned flags, struct err *err) MUST_CHECK;
/* The hash over names and contents of all files of a skill folder. */
bool skill_hash(const char *dir, char out[65], struct err *err) MUST_CHECK;
/* Writes the pin of a skill of the person's. */
bool skills_pin(const struct places *p, const struct skill *s, struct err *err) MUST_CHECK;

#endif
