/*
 * Who can be asked: the table of providers (base address, dialect, key variable, quirks, how to
 * read its counters), and the endpoint that a model string PROVIDER/MODEL means with the settings
 * of the person. Facts from the providers' documentation and recorded traffic, November 2026.
 *
 * The table is constant. An endpoint owns its strings. Any thread; no state.
 */
#ifndef HOMARD_LLM_PRESETS_H
#define HOMARD_LLM_PRESETS_H

#include "agent/base/err.h"
#include "agent/base/str.h"
#include "agent/llm/catalogue.h"
#include "agent/llm/llm.h"
#include "agent/llm/model_engine.h"

/* What a provider's raw counters mean. */
#define USAGE_OUT_EXCL_REASONING (1u << 0) /* output does not hold the reasoning */
#define USAGE_IN_EXCL_CACHE (1u << 1)	   /* input does not hold what the cache gave */

struct preset {
	const char *name;     /* as in PROVIDER/MODEL */
	const char *title;    /* for people */
	enum llm_kind kind;
	const char *base_url; /* NULL: must be set (Azure) */
	const char *key_env;  /* NULL: no key needed */
	const char *key_env2; /* a second customary name, or NULL */
	unsigned usage;
	bool local;	      /* on this machine: no key, no price */
	struct llm_quirks quirks;
};
extern const struct preset presets[]; /* sorted by name; name NULL ends */
/* By name or customary other name (gemini, moonshot, glm ...); NULL when unknown. */
const struct preset *preset_find(const char *name);

struct endpoint {
	char *provider, *model; /* as the person wrote them */
	const struct preset *preset; /* NULL: an address of the person's own */
	bool replay;		/* plays a recorded folder, base_url is its path */
	enum llm_kind kind;
	char *base_url; /* without a slash at the end */
	char *host;	/* "api.openai.com", "localhost:11434", for a replay the folder */
	char *key_env;	/* provider.NAME.key_env, or NULL */
	bool needs_key, local;
	unsigned usage;
	struct strv headers; /* further ones */
	struct llm_quirks quirks; /* of this model there */
	struct model_facts facts; /* -1 and false where unknown */
};
/* "PROVIDER/MODEL", split at the first slash. A sentence says what to set when it cannot be. */
bool endpoint_resolve(const char *model, const struct model_settings *settings,
	const struct catalogue *cat, struct endpoint *ret, struct err *err) MUST_CHECK;
void endpoint_finish(struct endpoint *e);
/* Is the host part of a URL this machine? */
bool endpoint_is_loopback(const char *host);

#endif
