/* Model tables of strangers: what is converted can be read, and each model of it is found. */
#include "agent/base/json.h"
#include "agent/llm/catalogue.h"
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
look(struct catalogue *c)
{
	for (size_t i = 0; i < catalogue_count(c); i++) {
		const struct model_facts *m = catalogue_at(c, i), *found;

		found = catalogue_find(c, m->provider, m->id, i & 1);
		if (!found || m->n_tiers > CATALOGUE_TIERS || !isfinite(m->price.in) || !isfinite(m->price.out))
			abort();
	}
}

static void
read_table(struct slice json, bool must)
{
	struct catalogue *c = catalogue_create();
	struct err err = { 0 };

	if (catalogue_add(c, json, "t", &err))
		look(c);
	else if (must || !err.text[0])
		abort();
	catalogue_destroy(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice json = { (const char *)data, n };
	autobuf struct buf out = BUF_INIT(CATALOGUE_FILE_MAX);
	struct err err = { 0 };
	size_t models = 0;

	if (!n)
		json.p = "";
	read_table(json, false);
	if (catalogue_convert(json, "s", "2026-01-01", &out, &models, &err))
		read_table(buf_slice(&out), true);
	else if (!err.text[0])
		abort();
	return 0;
}
