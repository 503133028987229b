/* A small hash set. */
#include "agent/tools/nameset.h"

static uint64_t
hash_name(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return h ^ h >> 29;
}

static size_t
slot_of(const struct nameset *s, const char *name)
{
	size_t i = hash_name(name) & (s->cap - 1);

	while (s->names[i] && !str_eq(s->names[i], name))
		i = (i + 1) & (s->cap - 1);
	return i;
}

static void
grow(struct nameset *s)
{
	struct nameset old = *s;

	s->cap = old.cap ? 2 * old.cap : 64;
	s->names = xcalloc(s->cap, sizeof(*s->names));
	s->values = xcalloc(s->cap, sizeof(*s->values));
	for (size_t i = 0; i < old.cap; i++)
		if (old.names[i]) {
			size_t at = slot_of(s, old.names[i]);

			s->names[at] = old.names[i];
			s->values[at] = old.values[i];
		}
	free(old.names);
	free(old.values);
}

void
nameset_put(struct nameset *s, const char *name, size_t value)
{
	size_t i;

	if (2 * (s->n + 1) > s->cap)
		grow(s);
	i = slot_of(s, name);
	s->n += !s->names[i];
	s->names[i] = name;
	s->values[i] = value;
}

size_t
nameset_get(const struct nameset *s, const char *name)
{
	size_t i;

	if (!s->cap)
		return SIZE_MAX;
	i = slot_of(s, name);
	return s->names[i] ? s->values[i] : SIZE_MAX;
}

void
nameset_finish(struct nameset *s)
{
	free(s->names);
	free(s->values);
	*s = (struct nameset){ 0 };
}
