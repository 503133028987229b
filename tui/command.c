#include "tui/command.h"

const struct command *
command_find(const char *name)
{
	for (size_t t = 0; command_tables[t]; t++) {
		for (const struct command *c = command_tables[t]; c->name; c++) {
			if (str_eq(c->name, name))
				return c;
		}
	}
	return NULL;
}

const struct command *
command_find_slash(const char *word)
{
	if (*word == '/')
		word++;
	for (size_t t = 0; command_tables[t]; t++) {
		for (const struct command *c = command_tables[t]; c->name; c++) {
			if (c->slash && str_eq(c->slash + 1, word))
				return c;
		}
	}
	return NULL;
}

void
command_each(bool (*fn)(void *user, const struct command *c), void *user)
{
	for (size_t t = 0; command_tables[t]; t++) {
		for (const struct command *c = command_tables[t]; c->name; c++) {
			if (!fn(user, c))
				return;
		}
	}
}
