/*
 * Which key runs which command. Contexts are looked up from the innermost outwards, "global" last.
 * The defaults are text in the form of the person's own `keys:` section and go through the same
 * reader:
 *     keys:
 *       global:
 *         C-p: palette
 *         "C-x C-e": edit-external
 *       approval:
 *         M-y: ""            # an empty command takes a binding away
 * Limits: 1,000 bindings, 4 keys in a row.
 */
#ifndef HOMARD_TUI_KEYMAP_H
#define HOMARD_TUI_KEYMAP_H

#include "agent/base/buf.h"
#include "agent/base/err.h"
#include "agent/base/yaml.h"
#include "tui/key.h"

#define KEYMAP_SEQ_MAX 4
#define KEYMAP_MAX 1000

struct binding {
	const char *context; /* one of keymap_contexts */
	struct key seq[KEYMAP_SEQ_MAX];
	size_t n;
	char *command; /* name, "" = unbound */
	char *arg;
	bool person; /* from the config */
	int line;
};

struct keymap {
	struct binding *v;
	size_t n, cap;
	struct strv problems; /* sentences: conflicts and what was ignored */
};

extern const char *const keymap_contexts[]; /* NULL-terminated */
extern const char keymap_default_text[];

/* The defaults. */
void keymap_init(struct keymap *m);
void keymap_finish(struct keymap *m);
/* Adds the person's bindings (a map of contexts). False with the first error that makes the
 * section unreadable; conflicts are no error, they are reported in problems. */
bool keymap_add(struct keymap *m, const struct yaml *keys, const char *file, bool person,
	struct err *err) MUST_CHECK;

struct config;
/* The same for the keys: section of the settings. */
bool keymap_add_config(struct keymap *m, const struct config *config, struct err *err) MUST_CHECK;

enum keymap_answer { KEYMAP_NONE, KEYMAP_PREFIX, KEYMAP_COMMAND };
/* contexts: innermost first, NULL-terminated ("global" need not be in it). */
enum keymap_answer keymap_look(const struct keymap *m, const char *const *contexts,
	const struct key *seq, size_t n, const struct binding **ret);
/* Bindings that go on from this prefix, for which-key hints: fn(user, next key, binding). */
void keymap_continue(const struct keymap *m, const char *const *contexts, const struct key *seq,
	size_t n, void (*fn)(void *user, struct key next, const struct binding *b), void *user);
/* "C-x C-e", the first binding of a command ("" when none); out of at least 64 bytes. */
const char *keymap_keys_of(const struct keymap *m, const char *command, const char *arg,
	char *out, size_t size);
const char *binding_keys(const struct binding *b, char *out, size_t size);
/* Help as text: every context with its keys and the summaries of the commands. */
void keymap_help(const struct keymap *m, struct buf *out);

#endif
