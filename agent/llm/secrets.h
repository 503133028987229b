/*
 * Keys of providers. Looked for in this order: the variable named by provider.NAME.key_env, the
 * provider's customary variables, the store. The store is the desktop's keyring, asked through
 * homard-desktop, where a secret service answers within SECRET_KEYRING_MS (then its person has
 * SECRET_UNLOCK_MS for the password of a locked one); else secrets.json in the state folder, 0600.
 * Keys are never in argv nor in a child's environment.
 *
 * Loop's thread only. Values are owned by whoever gets them; wipe with secret_wipe.
 */
#ifndef HOMARD_LLM_SECRETS_H
#define HOMARD_LLM_SECRETS_H

#include <uv.h>
#include "agent/base/err.h"
#include "agent/base/path.h"
#include "agent/llm/presets.h"

#define SECRET_MAX 8192
#define SECRET_KEYRING_MS 1000
#define SECRET_UNLOCK_MS 60000

enum secret_place { SECRET_NONE, SECRET_ENV, SECRET_FILE, SECRET_KEYRING };

/* value is owned, NULL when there is none; variable is set for SECRET_ENV. */
typedef void secret_fn(void *user, char *value, enum secret_place place, const char *variable,
	const struct err *err);
/* Calls fn exactly once: at once for variables and the file, later for the keyring. */
void secret_find(uv_loop_t *loop, const struct places *places, const struct endpoint *e,
	secret_fn *fn, void *user);
/* Keeps or (value NULL) removes the key of a provider. done: where it lies now. */
void secret_set(uv_loop_t *loop, const struct places *places, const char *provider,
	const char *value, void (*done)(void *user, enum secret_place place, const struct err *err),
	void *user);
/* Names in the store with their place. */
bool secret_list(const struct places *places,
	void (*fn)(void *user, const char *provider, enum secret_place place), void *user,
	struct err *err);
void secret_wipe(char *value); /* overwrites and frees; NULL is fine */

#endif
