/* Shared by the files of the settings only. */
#ifndef HOMARD_CONFIG_PRIVATE_H
#define HOMARD_CONFIG_PRIVATE_H

#include "agent/core/config.h"

struct config_entry {
	char *key, *value;
	struct strv list;
	int line; /* in the file, 0: not from there */
};
struct config {
	char *path;
	struct config_entry *v;
	size_t n, cap;
};

struct config_entry *config_entry(const struct config *c, const char *key);
bool config_put(struct config *c, const char *key, const char *value, const struct strv *list,
	int line, struct err *err) MUST_CHECK;

#endif
