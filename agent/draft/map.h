/* A string-keyed hash map with copied keys. Values are borrowed. No limits of its own: what is
 * put in is bounded by its users (effects, moves). */
#ifndef HOMARD_DRAFT_MAP_H
#define HOMARD_DRAFT_MAP_H

#include "agent/base/base.h"

struct map; /* opaque */

struct map *map_create(void);
void map_destroy(struct map *m); /* NULL is fine */
/* Replaces an older value of the key. */
void map_put(struct map *m, const char *key, size_t n, void *value);
void *map_get(const struct map *m, const char *key, size_t n);
void map_remove(struct map *m, const char *key, size_t n);
size_t map_count(const struct map *m);

#endif
