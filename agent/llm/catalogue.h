/*
 * The model table: window, output limit, prices, abilities. Three files, later ones win:
 * share/models.json (shipped), data/models.json (homard models update), data/models.own.json
 * (the person's). Money in US dollars for a million tokens. Prices go stale: the file says of
 * when it is.
 *
 * Loaded whole at the first need (about a millisecond); a file that is no table is left out with
 * a sentence. Limits: CATALOGUE_FILE_MAX bytes, CATALOGUE_MODELS_MAX models, CATALOGUE_TIERS.
 * Owned by the caller of load; read-only afterwards, then any thread.
 */
#ifndef HOMARD_LLM_CATALOGUE_H
#define HOMARD_LLM_CATALOGUE_H

#include "agent/base/buf.h"
#include "agent/base/err.h"
#include "agent/base/path.h"

#define CATALOGUE_FILE_MAX (4u << 20)
#define CATALOGUE_MODELS_MAX 8000u
#define CATALOGUE_TIERS 3

struct model_price { /* -1: unknown */
	int64_t above; /* from this many input tokens on */
	double in, out, read, write;
};
struct model_facts {
	const char *provider, *id; /* NULL in facts that were not found */
	int64_t context, output;   /* tokens; -1: unknown */
	struct model_price price;
	struct model_price tiers[CATALOGUE_TIERS];
	size_t n_tiers;
	bool tools, images, reasoning; /* true where unknown is not known: see known */
	bool known;
};
extern const struct model_facts model_facts_unknown;

struct catalogue; /* opaque */
/* Never fails: what cannot be read is missing and said in *problem (owned, may be NULL). */
struct catalogue *catalogue_load(const struct places *places, char **problem);
void catalogue_destroy(struct catalogue *c);
/* One file's text in our own form, for tests and updates. */
bool catalogue_add(struct catalogue *c, struct slice json, const char *name, struct err *err)
	MUST_CHECK;
struct catalogue *catalogue_create(void);
/* The model at its provider; else, when any is true, the same id at the provider that makes it.
 * A date behind the id ("-20250929", "-2025-08-07") and "latest" are looked past. NULL: unknown. */
const struct model_facts *catalogue_find(const struct catalogue *c, const char *provider,
	const char *id, bool any);
size_t catalogue_count(const struct catalogue *c);
const struct model_facts *catalogue_at(const struct catalogue *c, size_t i);
/* "2026-08-21" of the newest file, "" when none said. */
const char *catalogue_date(const struct catalogue *c);

/* A table of models.dev (api.json), of genai-prices (data.json) or our own form as our own
 * form; which one is seen from its shape. */
bool catalogue_convert(struct slice json, const char *source, const char *date, struct buf *out,
	size_t *ret_models, struct err *err) MUST_CHECK;

#endif
