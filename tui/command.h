/*
 * Commands: everything the screen can do has a name, a summary and a function. Keys, the palette,
 * "/" in the input, help and the man page come from this one table. Constants only.
 */
#ifndef HOMARD_TUI_COMMAND_H
#define HOMARD_TUI_COMMAND_H

#include "agent/base/base.h"

struct screen;

struct command {
	const char *name;    /* "pane-next" */
	const char *summary; /* N_(): at most 60 characters, no full stop */
	const char *context; /* key context it belongs to: "global", "input", "list" ... */
	const char *args;    /* N_(): what may follow the name, or NULL */
	const char *slash;   /* "/name" in the input, or NULL */
	/* arg is "" when none. May close or open anything. */
	void (*run)(struct screen *s, const char *arg);
	bool (*enabled)(struct screen *s); /* NULL: always; hidden from the palette when false */
};

/* Tables of commands, one per area, NULL-terminated; each table ends with a NULL name. */
extern const struct command *const command_tables[];
const struct command *command_find(const char *name);
const struct command *command_find_slash(const char *word); /* with or without the slash */
/* Visits all, table by table; stops when fn returns false. */
void command_each(bool (*fn)(void *user, const struct command *c), void *user);

#endif
