#include "agent/core/repeats.h"
#include "agent/base/str.h"

static struct repeated *
find(struct repeats *r, const unsigned char hash[HASH_LEN])
{
	struct repeated *x;

	for (size_t i = 0; i < REPEATS_SEEN; i++)
		if (r->seen[i].n && memcmp(r->seen[i].hash, hash, HASH_LEN) == 0)
			return &r->seen[i];
	x = &r->seen[r->next++ % REPEATS_SEEN];
	memcpy(x->hash, hash, HASH_LEN);
	x->n = 0;
	return x;
}

int64_t
repeats_note(struct repeats *r, const char *tool, const char *args)
{
	autofree char *key = xasprintf("%s\n%s", tool, args);
	unsigned char hash[HASH_LEN];
	struct repeated *x;

	hash_bytes(key, strlen(key), hash);
	r->row = memcmp(hash, r->last, HASH_LEN) == 0 ? r->row + 1 : 1;
	memcpy(r->last, hash, HASH_LEN);
	x = find(r, hash);
	x->n++;
	return MAX_OF(r->row, x->n / 2);
}

void
repeats_forgive(struct repeats *r)
{
	memset(r, 0, sizeof(*r));
}
